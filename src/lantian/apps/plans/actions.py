"""All writes to plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantian import __version__
from lantian.apps.areas import queries as areas
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.models import Job, StoredFile, User
from lantian.apps.plans.models import Assignment, Measure, MeasureFlag, Plan, PlanStatus, RoleKind, Target
from lantian.reading import model as read
from lantian.reading.text import compare_form

IMPORT = "plans.import"
_CHUNK = 1 << 20


def import_file(user: User | None, name: str, content: Path | Iterable[bytes]) -> Job:
    """Keep a plan document and ask for it to be read; returns the job.

    The same document asks once: the earlier job comes back (asked again if it had failed). Raises
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    chunks = _chunks(content) if isinstance(content, Path) else content
    stored = files.store(user, name, chunks)
    with transaction.atomic():
        payload = {"file": str(stored.uid), "name": Path(name.replace("\\", "/")).name[-255:]}
        job = jobs.enqueue(user, IMPORT, payload, key=f"{IMPORT}:{stored.sha256}:{__version__}")
        audit.record(user, "plan.import", stored, after={"job": str(job.uid), "name": payload["name"]})
    return job


@transaction.atomic
def retry_import(user: User, job: Job) -> None:
    """Ask again for a document to be read whose import failed."""
    policy.require(user, "plan.upload")
    jobs.requeue(job)
    audit.record(user, "plan.import_again", job)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@transaction.atomic
def store_plans(job: Job, stored: StoredFile, plans: Sequence[read.Plan]) -> list[Plan]:
    """Store what the reader read as drafts, once per job: called again, it returns what it stored."""
    there = list(Plan.objects.filter(job=job).order_by("place_in_file"))
    if there:
        return there
    return [_store_plan(job, stored, place, plan) for place, plan in enumerate(plans, start=1)]


@transaction.atomic
def publish_plan(user: User, plan: Plan) -> None:
    """Make a draft readable for every login. Raises PermissionDenied; publishing twice changes nothing."""
    policy.require(user, "plan.publish", plan)
    if plan.status == PlanStatus.PUBLISHED:
        return
    before = {"status": plan.status}
    plan.status, plan.published = PlanStatus.PUBLISHED, timezone.now()
    plan.save(update_fields=["status", "published"])
    audit.record(user, "plan.publish", plan, before=before, after={"status": plan.status})


def _store_plan(job: Job, stored: StoredFile, place: int, read_plan: read.Plan) -> Plan:
    area = areas.area_of(read_plan.region)
    name = job.payload["name"]
    plan = Plan.objects.create(
        title=read_plan.title[:300] or name,
        year=read_plan.year,
        region=read_plan.region[:80],
        area=area,
        level=read_plan.level,
        medium=read_plan.medium,
        file=stored,
        file_name=name,
        place_in_file=place,
        flags=[{"id": flag.id, "detail": flag.detail} for flag in read_plan.flags],
        job=job,
        created_by=job.created_by,
    )
    measures = Measure.objects.bulk_create(_measure(plan, item) for item in read_plan.measures)
    directory = areas.Directory(area, *_year(read_plan.year))
    pairs = list(zip(measures, read_plan.measures, strict=True))
    Assignment.objects.bulk_create(row for measure, item in pairs for row in _assignments(measure, item, directory))
    Target.objects.bulk_create(_target(measure, n, t) for measure, item in pairs for n, t in enumerate(item.targets))
    MeasureFlag.objects.bulk_create(
        MeasureFlag(measure=measure, rule=flag.id, detail=flag.detail) for measure, item in pairs for flag in item.flags
    )
    after = {"title": plan.title, "year": plan.year, "measures": len(measures), "sha256": stored.sha256}
    audit.record(job.created_by, "plan.create", plan, after=after)
    return plan


def _year(year: int | None) -> tuple[date, date]:
    """The days in which the plan's unit names were in use: its year, else today."""
    if year is None:
        today = timezone.localdate()
        return today, today
    return date(year, 1, 1), date(year, 12, 31)


def _measure(plan: Plan, item: read.Measure) -> Measure:
    names = " ".join(dict.fromkeys([*(role.name for role in item.roles), *item.inherited]))
    return Measure(
        plan=plan,
        n=item.n,
        section=item.section[:300],
        seq=item.seq,
        task=item.task[:500],
        text=item.measure,
        paragraphs=list(item.paragraphs),
        deadline_text=item.deadline.text[:200],
        deadline_kind=item.deadline.kind,
        deadline_start=item.deadline.start,
        deadline_end=item.deadline.end,
        deadline_also=[_deadline(due) for due in item.deadline.also],
        text_dates=[_deadline(due) for due in item.text_dates],
        page=item.source.page,
        row=item.source.row,
        cells=[_cell(cell) for cell in item.source.cells],
        search=search_form(f"{item.task} {item.measure} {names}"),
    )


def search_form(text: str) -> str:
    """The form in which text is searched: NFKC (which folds subscripts), lower case, no spaces."""
    return compare_form(text).lower()


def _deadline(due: read.Deadline) -> dict[str, Any]:
    return {
        "text": due.text, "kind": due.kind,
        "start": due.start.isoformat() if due.start else None, "end": due.end.isoformat() if due.end else None,
    }  # fmt: skip


def _cell(cell: read.CellRef) -> dict[str, Any]:
    box = cell.box
    place = None if box is None else [round(value, 4) for value in (box.x0, box.y0, box.x1, box.y1)]
    page = cell.page if box is None else box.page
    return {"field": cell.field, "page": page, "row": cell.row, "col": cell.col, "box": place}


def _assignments(measure: Measure, item: read.Measure, directory: areas.Directory) -> Iterator[Assignment]:
    for order, role in enumerate(item.roles):
        yield Assignment(
            measure=measure, role=role.role, name=role.name[:200], as_printed=role.as_printed[:300],
            open=role.open, group=role.group, order=order, unit=directory.find(role.name),
        )  # fmt: skip
    for order, name in enumerate(item.inherited, start=len(item.roles)):
        yield Assignment(
            measure=measure, role=RoleKind.INHERITED, name=name[:200], as_printed=name[:300],
            order=order, unit=directory.find(name),
        )  # fmt: skip


def _decimal(value: float | int | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.000001"))


def _target(measure: Measure, order: int, item: read.Target) -> Target:
    start, end = item.span or (None, None)
    return Target(
        measure=measure,
        order=order,
        text=item.text,
        subject=item.subject[:300],
        kind=item.kind,
        comparator=item.comparator or "",
        value=_decimal(item.value),
        value_max=_decimal(item.value_max),
        unit=(item.unit or "")[:60],
        baseline="" if item.baseline is None else str(item.baseline),
        by=item.by,
        scope=list(item.scope),
        qualifier=(item.qualifier or "")[:300],
        sense=item.sense or "",
        applies=item.applies or "",
        strength=item.strength,
        stretch=_decimal(item.stretch),
        statistic=(item.statistic or "")[:60],
        period=(item.period or "")[:60],
        denominator=(item.denominator or "")[:300],
        span_start=start,
        span_end=end,
    )

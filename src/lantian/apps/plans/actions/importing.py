"""Bringing documents in: the stored file, the job that reads it, the drafts that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lantian import __version__
from lantian.apps.areas import queries as areas
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.models import Job, JobState, StoredFile, User
from lantian.apps.plans import checkup
from lantian.apps.plans import content as rows
from lantian.apps.plans.actions.lifecycle import keep_version
from lantian.apps.plans.actions.rows import change_rows
from lantian.apps.plans.models import Plan
from lantian.reading import model as read

IMPORT = "plans.import"
_CHUNK = 1 << 20


def import_file(user: User | None, name: str, content: Path | Iterable[bytes]) -> Job:
    """Keep a plan document and ask for it to be read; returns the job.

    The same document asks once: the earlier job comes back (asked again if it had failed), unless it is another
    office's, of which the person knows nothing. Raises :class:`lantian.apps.core.files.TooLargeError`.
    """
    chunks = _chunks(content) if isinstance(content, Path) else content
    stored = files.store(user, name, chunks)
    with transaction.atomic():
        payload = {"file": str(stored.uid), "name": Path(name.replace("\\", "/")).name[-255:]}
        key = f"{IMPORT}:{stored.sha256}:{__version__}"
        earlier = Job.objects.filter(key=key)
        if user is not None and earlier.exists() and not policy.scope(user, earlier).exists():
            key += f":{user.pk}"
        job = jobs.enqueue(user, IMPORT, payload, key=key)
        audit.record(user, "plan.import", stored, after={"job": str(job.uid), "name": payload["name"]})
    return job


@transaction.atomic
def retry_import(user: User, job: Job) -> None:
    """Ask again for a document to be read whose import failed; nothing happens to one that did not.

    Raises PermissionDenied.
    """
    policy.require(user, "plan.upload")
    if job.state != JobState.FAILED:
        return
    jobs.requeue(job)
    audit.record(user, "plan.import_again", job)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@transaction.atomic
def store_plans(job: Job, stored: StoredFile, plans: Sequence[read.Plan]) -> list[Plan]:
    """Store what the reader read as drafts, once per job: called again, it returns what it stored."""
    Job.objects.select_for_update().get(pk=job.pk)  # a worker that was given up for dead may still be at it
    there = list(Plan.objects.filter(job=job).order_by("place_in_file"))
    if there:
        return there
    return [_store_plan(job, stored, place, plan) for place, plan in enumerate(plans, start=1)]


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
    directory = directory_of(plan)
    change_rows(plan, checkup.renewed([rows.content_read(item, directory) for item in read_plan.measures]))
    keep_version(job.created_by, plan, 0, note="")
    after = {"title": plan.title, "year": plan.year, "measures": len(read_plan.measures), "sha256": stored.sha256}
    audit.record(job.created_by, "plan.create", plan, after=after)
    return plan


def directory_of(plan: Plan) -> areas.Directory:
    """The names in use where and when the plan holds: its area and its year, else today."""
    if plan.year is None:
        return areas.Directory(plan.area, timezone.localdate())
    return areas.Directory(plan.area, date(plan.year, 1, 1), date(plan.year, 12, 31))

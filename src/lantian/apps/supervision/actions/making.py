"""Publishing makes commitments: every row of a plan becomes somebody's duty, and stays so through its amendments.

:func:`make` brings commitments, shares and questions in line with the plan's current text and with what people decided.
It may run as often as one likes: what is already so stays untouched, with its returns, edited rhythm and plan curves.
What the text or a decision no longer asks for is withdrawn with the reason, never deleted. A few rows are done in each
transaction, since a plan of a city expands to thousands of commitments (contracts §7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, jobs, policy
from lantian.apps.core.models import Job, User
from lantian.apps.plans import queries
from lantian.apps.plans.actions.versions import lock
from lantian.apps.plans.content import Content, target_of
from lantian.apps.plans.models import Measure, Plan, RoleKind, Target, TargetKind
from lantian.apps.supervision.actions.shares import rebind, sync_shares
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Question, QuestionKind, QuotaLine, QuotaSheet, Rhythm
from lantian.apps.supervision.owing import (
    Asked,
    Directions,
    Key,
    Owed,
    convener_of,
    directions,
    owners_of,
)  # fmt: skip
from lantian.apps.supervision.recording import Event, changes, record_all
from lantian.apps.supervision.sharing import Part, SpecKey, divide, spec_key
from lantian.status import Workdays, internal_due, propose_cadence

MAKE = "commitments.make"
CHUNK = 4  # rows of the plan in one transaction: four rows of a city expand to some hundred commitments
_FIELDS = (
    "n", "role", "via", "printed", "convener", "start", "end", "internal_due", "cadence", "cadence_reason", "withdrawn",
    "withdrawn_reason", "revision",
)  # fmt: skip
_NUMERIC = (TargetKind.LEVEL, TargetKind.CHANGE, TargetKind.COUNT, TargetKind.RATE, TargetKind.RANK)


@dataclass(slots=True)
class Made:
    """What one run did: commitments made, changed, withdrawn, and questions that wait for a person."""

    made: int = 0
    changed: int = 0
    withdrawn: int = 0
    questions: int = 0
    touched: set[int] = field(default_factory=set)

    def as_dict(self) -> dict[str, int]:
        """As a job's result."""
        return {"made": self.made, "changed": self.changed, "withdrawn": self.withdrawn, "questions": self.questions}


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for all rows of one run."""

    plan: Plan
    user: User | None
    look: Directions
    rhythm: Rhythm
    workdays: Workdays


@dataclass(slots=True)
class Batch:
    """What one transaction writes."""

    new: list[Commitment] = field(default_factory=list)
    changed: list[Commitment] = field(default_factory=list)
    withdrawn: list[Commitment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    shares: list[tuple[Commitment, list[tuple[Part, Content, Target]]]] = field(default_factory=list)


def on_publication(user: User, plan: Plan) -> None:
    """Ask for a plan's commitments in the transaction that publishes it: once for each version."""
    key = f"{MAKE}:{plan.uid}:{plan.version}"
    jobs.enqueue(user, MAKE, {"plan": str(plan.uid), "version": plan.version}, key=key)


@transaction.atomic
def make_again(user: User, plan: Plan) -> Job:
    """Ask for the commitments to be brought in line, after the directory was corrected. Raises PermissionDenied."""
    policy.require(user, "duty.assign", plan)
    audit.record(user, "commitment.make_again", plan, after={"version": plan.version})
    return jobs.enqueue(user, MAKE, {"plan": str(plan.uid), "version": plan.version})


def make(user: User | None, plan: Plan, told: Callable[[int], None] = lambda _percent: None) -> Made:
    """Bring the plan's commitments in line with its text; ``told`` hears how many percent are done.

    Called by the job, outside any transaction; ``user`` is who published or asked. A plan in preparation owes nothing.
    """
    result = Made()
    if plan.in_preparation:
        return result
    Rhythm.objects.get_or_create(plan=plan)
    rows = list(Measure.everything.filter(plan=plan).order_by("n", "pk").values_list("pk", flat=True))
    setting = _setting(user, plan)
    for start in range(0, len(rows), CHUNK):
        make_rows(setting, rows[start : start + CHUNK], result)
        told(100 * (start + CHUNK) // (len(rows) + CHUNK))
    return result


def make_measures(user: User | None, plan: Plan, measures: Sequence[int]) -> Made:
    """The same for some rows, after a decision about them; in the caller's transaction, if there is one."""
    result = Made()
    make_rows(_setting(user, plan), list(measures), result)
    return result


def _setting(user: User | None, plan: Plan) -> Setting:
    rhythm, _new = Rhythm.objects.get_or_create(plan=plan)
    return Setting(plan, user, directions(plan), rhythm, workdays())


@transaction.atomic
def make_rows(setting: Setting, keys: Sequence[int], result: Made) -> None:
    """Some rows of the plan, in one transaction that holds the plan."""
    lock(setting.plan)
    measures = list(
        queries.with_details(Measure.everything.filter(pk__in=keys)).prefetch_related(
            "assignments__unit__rules__member"
        )
    )
    there: dict[int, list[Commitment]] = defaultdict(list)
    for row in Commitment.objects.filter(measure__in=keys).select_related("unit", "via").order_by("id"):
        there[row.measure_id].append(row)
    questions: dict[int, list[Question]] = defaultdict(list)
    for question in Question.objects.filter(measure__in=keys):
        questions[question.measure_id].append(question)
    units = _answering(questions)
    lines = _issued(keys)
    batch = Batch()
    rebind(measures, QuotaSheet.objects.filter(measure__in=keys))
    for measure in measures:
        _row(setting, measure, there[measure.pk], questions[measure.pk], units, lines[measure.pk], batch)
    _write(setting, batch, result)
    waiting = Question.objects.filter(measure__in=keys, decided=None, dropped=None)
    result.questions += waiting.count()


def _answering(questions: Mapping[int, Sequence[Question]]) -> dict[str, Unit]:
    """The units that answers name, by uid."""
    uids = {uid for rows in questions.values() for row in rows if row.answer for uid in row.answer.get("units", ())}
    found = Unit.objects.filter(uid__in=uids).select_related("area").prefetch_related("rules__member")
    return {str(unit.uid): unit for unit in found}


def _issued(keys: Sequence[int]) -> dict[int, dict[SpecKey, dict[int, QuotaLine]]]:
    """Lines of issued quota sheets by row, target and unit."""
    found: dict[int, dict[SpecKey, dict[int, QuotaLine]]] = defaultdict(dict)
    for sheet in QuotaSheet.objects.filter(measure__in=keys).exclude(issued=None).prefetch_related("lines"):
        found[sheet.measure_id][spec_key(sheet.spec)] = {line.unit_id: line for line in sheet.lines.all()}
    return found


def _row(
    setting: Setting,
    measure: Measure,
    there: Sequence[Commitment],
    questions: Sequence[Question],
    units: Mapping[str, Unit],
    lines: Mapping[SpecKey, Mapping[int, QuotaLine]],
    batch: Batch,
) -> None:
    targets = list(measure.targets.all())
    specs = [target_of(target) for target in targets]
    owed: list[Owed] = []
    parts: list[Part] = []
    asked: list[Asked] = []
    if measure.withdrawn is None:
        owed, asked = owners_of(measure.assignments.all(), setting.look, _named(questions, units))
    convener = _convener(owed, there)
    if owed:
        area = setting.plan.area.name if setting.plan.area else ""
        parts, open_targets = divide(specs, owed, convener, _decided(questions), lines, area)
        asked = [*asked, *open_targets]
    _sync_questions(setting, measure, questions, asked, batch)
    by_unit: dict[int, list[tuple[Part, Content, Target]]] = defaultdict(list)
    for part in parts:
        by_unit[part.owed.unit.pk].append((part, specs[part.target], targets[part.target]))
    rows = _sync_commitments(setting, measure, owed, convener, there, by_unit, batch)
    batch.shares += [(row, by_unit.get(row.unit_id, [])) for row in rows]


def _named(questions: Sequence[Question], units: Mapping[str, Unit]) -> dict[Key, list[Unit]]:
    """The decided questions about names: key → units."""
    return {
        (row.kind, row.role, row.words): [units[uid] for uid in row.answer.get("units", ()) if uid in units]
        for row in questions
        if row.answer and row.kind != QuestionKind.APPLIES
    }


def _decided(questions: Sequence[Question]) -> dict[str, Mapping[str, Any]]:
    return {row.words: row.answer for row in questions if row.answer and row.kind == QuestionKind.APPLIES}


def _convener(owed: Sequence[Owed], there: Sequence[Commitment]) -> Owed | None:
    """The 汇总单位 that somebody chose, as long as it owes the row; else the first that the print names."""
    chosen = {row.unit_id for row in there if row.convener and row.convener_edited and row.withdrawn is None}
    return next((item for item in owed if item.unit.pk in chosen), None) or convener_of(owed)


def _sync_questions(
    setting: Setting, measure: Measure, there: Sequence[Question], asked: Sequence[Asked], batch: Batch
) -> None:
    """Questions follow the text; a decision that is no longer asked for is kept, dropped."""
    known = {(row.kind, row.role, row.words): row for row in there}
    for item in asked:
        row = known.pop(item.key, None)
        if row is None:
            row = Question(plan=setting.plan, measure=measure, kind=item.kind, role=item.role, words=item.words)
        row.unit, row.candidates, row.why, row.dropped = item.unit, list(item.candidates), item.why, None
        row.save()
    for row in known.values():
        if row.dropped is None:
            row.dropped = timezone.now()
            row.save(update_fields=["dropped"])
            batch.events.append(("question.drop", row, None, {"words": row.words}))


def _sync_commitments(
    setting: Setting,
    measure: Measure,
    owed: Sequence[Owed],
    convener: Owed | None,
    there: Sequence[Commitment],
    parts: Mapping[int, Sequence[tuple[Part, Content, Target]]],
    batch: Batch,
) -> list[Commitment]:
    """Commitments of one row that are in force afterwards, not yet written."""
    known: dict[int, Commitment] = {}
    for old in there:  # one that is in force goes before one that was withdrawn, the latest before an older
        if old.unit_id not in known or old.withdrawn is None or known[old.unit_id].withdrawn is not None:
            known[old.unit_id] = old
    kept = []
    for item in owed:
        row: Commitment | None = known.pop(item.unit.pk, None)
        numeric = any(spec["kind"] in _NUMERIC for _part, spec, _target in parts.get(item.unit.pk, ()))
        values = _values(setting, measure, item, convener, row, numeric=numeric)
        if row is None:
            row = Commitment(plan=setting.plan, measure=measure, unit=item.unit, **values)
            batch.new.append(row)
        else:
            before, after = changes(row, values)
            if after:
                row.revision += 1
                batch.changed.append(row)
            if after.keys() - {"n"}:  # a new place in the print is no change of the commitment
                batch.events.append(("commitment.change", row, before, after))
        kept.append(row)
    for gone in known.values():
        if gone.withdrawn is None:
            gone.withdrawn, gone.revision = timezone.now(), gone.revision + 1
            gone.withdrawn_reason = _why_withdrawn(measure)
            batch.withdrawn.append(gone)
            batch.events.append(("commitment.withdraw", gone, None, {"reason": gone.withdrawn_reason}))
    return kept


def _why_withdrawn(measure: Measure) -> str:
    if measure.withdrawn is not None:
        return f"第{measure.withdrawn}版不再包含这条措施"
    return "现行文本或待定事项的决定不再涉及该单位"


def _values(
    setting: Setting,
    measure: Measure,
    item: Owed,
    convener: Owed | None,
    row: Commitment | None,
    *,
    numeric: bool,
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "n": measure.n,
        "role": str(item.role),
        "via": item.via,
        "printed": item.printed[:300],
        "convener": convener is not None and item.unit.pk == convener.unit.pk,
        "start": measure.deadline_start,
        "end": measure.deadline_end,
        "withdrawn": None,
        "withdrawn_reason": "",
    }
    if row is None or not row.cadence_edited:
        role = RoleKind.RESPONSIBLE if setting.rhythm.support_reports and item.role == RoleKind.SUPPORT else item.role
        text = f"{measure.text} {measure.deadline_text}"
        cadence, reason = propose_cadence(str(role), measure.deadline_kind, text, numeric=numeric)
        values |= {"cadence": cadence, "cadence_reason": reason}
    if row is None or not row.internal_edited:
        values["internal_due"] = proposed_due(setting.rhythm, measure, setting.workdays)
    return values


def proposed_due(rhythm: Rhythm, measure: Measure, days: Workdays) -> Any:
    """倒排: the internal due day before a row's printed end, None where it has none."""
    if measure.deadline_end is None:
        return None
    return internal_due(measure.deadline_end, workdays=days, lead=rhythm.lead_days, start=measure.deadline_start)


def _write(setting: Setting, batch: Batch, result: Made) -> None:
    Commitment.objects.bulk_update(batch.withdrawn + batch.changed, _FIELDS, batch_size=200)
    Commitment.objects.bulk_create(batch.new, batch_size=200)
    batch.events += [("commitment.make", row, None, _made(row)) for row in batch.new]
    touched = sync_shares(batch.shares, batch.events)
    record_all(setting.user, batch.events)
    result.made += len(batch.new)
    result.changed += len(batch.changed)
    result.withdrawn += len(batch.withdrawn)
    result.touched |= touched | {row.pk for row in (*batch.new, *batch.changed, *batch.withdrawn)}


def _made(row: Commitment) -> dict[str, Any]:
    return {
        "n": row.measure.n, "unit": row.unit.name, "role": row.role, "via": row.via.name if row.via else None,
        "printed": row.printed,
    }  # fmt: skip

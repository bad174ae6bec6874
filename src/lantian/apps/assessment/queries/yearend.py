"""Reads of the year's end: each row with its proposed wording, words and figures, and the evidence that is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery

from lantian.apps.assessment.merge.rows import Said, in_order, merged_text, sums, sums_text
from lantian.apps.assessment.models import Outcome, YearEnd
from lantian.apps.assessment.queries.merge import said_of
from lantian.apps.assessment.yearend.numbering import Piece, file_name, numbered, safe
from lantian.apps.assessment.yearend.wording import LASTING_KINDS, SOFT_MISSED, propose
from lantian.apps.plans import queries as plans
from lantian.apps.plans.models import Measure, Plan, RoleKind
from lantian.apps.supervision.models import Commitment, Entry, Evidence, ReturnState, Share, State
from lantian.status import rule_table

FROM_MONTH = 10  # evidence is asked for from October on: later there is no time to get it
DONE = (State.MET, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Lack:
    """Evidence that is missing: ``kind`` is evidence, document or statement; of which unit."""

    kind: str
    unit: str
    commitment: Commitment


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the plan at the year's end."""

    measure: Measure
    proposed: str
    outcome: Outcome | None
    drafted: str  # words and figures of the last accepted returns
    soft: bool  # 未达力争: wants an explanation
    lacks: list[Lack]
    states: dict[str, int]

    @property
    def wording(self) -> str:
        """What stands: the office's decision, else the proposal."""
        return self.outcome.wording if self.outcome else self.proposed

    @property
    def result(self) -> str:
        """What was achieved, in words."""
        return self.outcome.result if self.outcome else self.drafted

    @property
    def reason(self) -> str:
        """Why it is not completed or differs from the proposal."""
        return self.outcome.reason if self.outcome else ""

    @property
    def strive(self) -> str:
        """Why what was striven for was not reached."""
        return self.outcome.strive if self.outcome else ""

    @property
    def differs(self) -> bool:
        """Whether the decision is not what the states say now."""
        return bool(self.outcome and self.proposed and self.outcome.wording != self.proposed)

    @property
    def open(self) -> str:
        """What a person still has to say before the year can be frozen; blank for nothing."""
        if not self.states:
            return ""  # nobody owes the row
        if not self.wording:
            return "wording"
        if (self.wording == "not_done" or self.differs) and not self.reason:
            return "reason"
        return "strive" if self.soft and not self.strive else ""


def rows(plan: Plan) -> list[Row]:
    """Every row in print order; a fixed number of queries."""
    outcomes = {row.measure_id: row for row in Outcome.objects.filter(plan=plan).select_related("by")}
    given: dict[int, list[Commitment]] = defaultdict(list)
    for duty in _duties(plan):
        given[duty.measure_id].append(duty)
    documents = _with_documents(plan)
    last = _last_entries(given)
    measures = plans.with_details(plan.measures.order_by("n"))
    return [_row(item, given[item.pk], outcomes.get(item.pk), last, documents) for item in measures]


def _duties(plan: Plan) -> list[Commitment]:
    counted = Entry.objects.filter(commitment=OuterRef("pk"), report__state=ReturnState.ACCEPTED)
    said = counted.filter(Q(done=True) | ~Q(progress="")).order_by("-report__period").values("pk")[:1]
    shares = Prefetch("shares", Share.objects.filter(withdrawn=None).order_by("order", "id"), "live_shares")
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).exclude(role=RoleKind.SUPPORT).select_related("unit")
    shown = Count("evidence", filter=Q(evidence__removed=None, evidence__entry__report__state=ReturnState.ACCEPTED))
    return list(rows.annotate(last=Subquery(said), shown=shown).prefetch_related(shares).order_by("n", "id"))


def _last_entries(given: Mapping[int, Sequence[Commitment]]) -> dict[int, Entry]:
    """The last accepted words of each commitment with their figures, by the entry's key."""
    keys = [duty.last for duties in given.values() for duty in duties if duty.last]  # type: ignore[attr-defined]
    rows = Entry.objects.filter(pk__in=keys).select_related("report").prefetch_related("figures")
    return {row.pk: row for row in rows}


def _with_documents(plan: Plan) -> set[int]:
    """Commitments of which an accepted entry names number and date of the document."""
    rows = Entry.objects.filter(commitment__plan=plan, report__state=ReturnState.ACCEPTED, document_date__isnull=False)
    return set(rows.exclude(document_number="").values_list("commitment", flat=True))


def _row(
    measure: Measure, duties: Sequence[Commitment], outcome: Outcome | None, last: Mapping[int, Entry],
    documents: set[int],
) -> Row:  # fmt: skip
    said: list[Said] = []
    lacks: list[Lack] = []
    states: dict[str, int] = defaultdict(int)
    kinds = {measure.deadline_kind, *(item.get("kind", "") for item in measure.deadline_also)}
    for duty in duties:
        entry = last.get(duty.last or 0)  # type: ignore[attr-defined]  # annotated
        states[_state(duty)] += 1
        if entry is not None:
            said.append(said_of(duty, entry, several=len(duties) > 1))
        lacks += [Lack(kind, duty.unit.name, duty) for kind in _lacks(duty, entry, kinds, documents)]
    ordered = in_order(said)
    drafted = "\n".join(part for part in (merged_text(ordered), sums_text(sums(ordered))) if part)
    soft = SOFT_MISSED in states or any(
        _soft(share.state, share.state_rule) for duty in duties for share in duty.live_shares  # type: ignore[attr-defined]
    )  # fmt: skip
    return Row(measure, propose(states, kinds), outcome, drafted, soft, lacks, dict(states))


def _state(duty: Commitment) -> str:
    return SOFT_MISSED if _soft(duty.state, duty.state_rule) else str(duty.state)


def _soft(state: str, rule: str) -> bool:
    found = rule_table().get(rule)
    return state == State.MISSED and found is not None and found.soft


def _lacks(duty: Commitment, entry: Entry | None, kinds: set[str], documents: set[int]) -> Iterator[str]:
    done = duty.state in DONE or (entry is not None and entry.done)
    if done and not duty.shown:  # type: ignore[attr-defined]  # annotated
        yield "evidence"
    paper = any(share.spec["kind"] == "deliverable" for share in duty.live_shares)  # type: ignore[attr-defined]
    if paper and duty.pk not in documents:
        yield "document"
    if kinds & LASTING_KINDS and entry is None:
        yield "statement"


def collecting(plan: Plan, today: date) -> bool:
    """Whether missing evidence is asked for: from October of the plan's year on."""
    year = plan.year or today.year
    return today >= date(year, FROM_MONTH, 1)


def evidence(plan: Plan) -> list[dict[str, Any]]:
    """The files of accepted returns, numbered and named for the pack, in print order; two queries."""
    found = Evidence.objects.filter(
        commitment__plan=plan, commitment__withdrawn=None, removed=None, entry__report__state=ReturnState.ACCEPTED
    ).select_related("file", "commitment__measure", "entry__report__unit")
    files = {str(row.uid): row for row in found.order_by("commitment__n", "commitment__id", "n")}
    printed = list(plan.measures.order_by("n").values_list("n", "seq"))
    known = {n for n, _seq in printed}
    pieces = [
        Piece(key, row.commitment.measure.n, row.commitment.measure.seq, row.caption or row.name)
        for key, row in files.items()
        if row.commitment.measure.n in known
    ]
    made = [_file(files[piece.key], number) for piece, number in numbered(pieces, printed)]
    tasks: dict[int, str] = {}
    for item in made:  # one folder for a 序号, named after its first task
        item["folder"] = tasks.setdefault(item["item"], item["folder"])
    return sorted(made, key=lambda item: item["item"])


def _file(row: Evidence, number: str) -> dict[str, Any]:
    measure, report = row.commitment.measure, row.entry.report
    item = measure.n if measure.seq is None else measure.seq
    return {
        "evidence": str(row.uid),
        "number": number,
        "item": item,
        "folder": f"{item:03d}_{safe(measure.task or measure.text, 24)}",
        "file": file_name(number, row.name),
        "name": row.caption or row.name,
        "task": measure.task or measure.text[:40],
        "unit": report.unit.name,
        "period": report.period,
        "size": row.file.size,
        "sha256": row.file.sha256,
    }


def frozen(plan: Plan) -> list[YearEnd]:
    """What was frozen, the latest first."""
    rows = YearEnd.objects.filter(plan=plan).select_related("by", "job").order_by("-number")
    return list(rows.defer("content"))

"""Reads of the year's end: each row with its proposed wording, words and figures, and the evidence that is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import OuterRef, Q, Subquery

from lantian.apps.assessment.merge.rows import Said, in_order, merged_text, sums, sums_text
from lantian.apps.assessment.models import Outcome, YearEnd
from lantian.apps.assessment.queries import said as reading
from lantian.apps.assessment.queries.said import Duty, Given, Name, Words
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
    """Evidence that is missing: ``kind`` is evidence, document or statement; of which unit, for which commitment."""

    kind: str
    unit: str
    duty: int


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


SHOW = ("open", "lacks", "soft", "differs")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows ask for each of :data:`SHOW`, and how many stand under each wording."""

    asking: dict[str, int]
    wordings: dict[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the year: its rows, the pager, the counts of all rows (None where nobody asked and they take long)."""

    rows: list[Row]
    page: Page[list[int]]
    counts: Counts | None
    total: int


def shown(plan: Plan, *, show: str = "", number: str | None = None, counted: bool = False) -> Shown:
    """A page of the rows that ask for ``show`` (one of :data:`SHOW`; blank: all rows), read as the month's merge is."""
    weight = reading.weights(plan, without=(RoleKind.SUPPORT,))
    keys = list(plan.measures.order_by("n").values_list("pk", flat=True))
    if not (show or counted or sum(weight.values()) <= reading.AT_ONCE):
        page = reading.page_of(keys, weight, number)
        return Shown(rows(plan, page.object_list[0]), page, None, len(keys))
    every = rows(plan)
    wanted = [row for row in every if not show or getattr(row, show)]
    page = reading.page_of([row.measure.pk for row in wanted], weight, number)
    here = set(page.object_list[0])
    return Shown([row for row in wanted if row.measure.pk in here], page, counts(every), len(keys))


def counts(every: Sequence[Row]) -> Counts:
    """What the rows of a year ask for, and their wordings."""
    asking = {name: sum(bool(getattr(row, name)) for row in every) for name in SHOW}
    return Counts(asking, dict(Counter(row.wording for row in every)))


def rows(plan: Plan, only: Collection[int] | None = None) -> list[Row]:
    """Every row in print order, or only these measures; a fixed number of queries."""
    outcomes = {row.measure_id: row for row in Outcome.objects.filter(plan=plan).select_related("by")}
    measures = plan.measures.order_by("n")
    where: dict[str, Any] = {"plan": plan, "withdrawn": None}
    if only is not None:
        measures, where = measures.filter(pk__in=only), {"measure__in": list(only), "withdrawn": None}
    given: dict[int, list[Duty]] = defaultdict(list)
    for duty in reading.duties(Commitment.objects.filter(**where).exclude(role=RoleKind.SUPPORT), Q(state__in=DONE)):
        given[duty.measure].append(duty)
    year = _year(plan, where)
    return [_row(item, given[item.pk], outcomes.get(item.pk), year) for item in plans.detailed(measures)]


@dataclass(frozen=True, slots=True)
class _Year:
    """What was accepted in a year, by commitment, and what is asked of it."""

    words: dict[int, Words]  # the last ones
    figures: dict[int, list[Given]]  # of these words, by entry
    shown: set[int]  # with evidence
    documents: set[int]  # with number and date of a document
    papers: set[int]  # a target asks for a document
    soft: set[int]  # of a target only what was striven for was missed
    names: dict[int, Name]


def _year(plan: Plan, where: Mapping[str, Any]) -> _Year:
    """The year of the commitments under ``where``; seven queries."""
    of_duty = {f"commitment__{name}": value for name, value in where.items()}
    accepted = {**of_duty, "entry__report__state": ReturnState.ACCEPTED}
    shown = Evidence.objects.filter(**accepted, removed=None).order_by().values_list("commitment", flat=True)
    shares = Share.objects.filter(**of_duty, withdrawn=None).order_by()
    papers = set(shares.filter(spec__kind="deliverable").values_list("commitment", flat=True))
    dated = Entry.objects.filter(
        commitment__in=reading.keys(papers), report__state=ReturnState.ACCEPTED, document_date__isnull=False
    )
    last = Entry.objects.filter(pk__in=reading.keys(_last(where)))
    return _Year(
        reading.words(last),
        reading.figures(last),
        set(shown),
        set(dated.exclude(document_number="").order_by().values_list("commitment", flat=True)),
        papers,
        set(shares.filter(state=State.MISSED, state_rule__in=_soft_rules()).values_list("commitment", flat=True)),
        reading.names_in(plan),
    )


def _last(where: Mapping[str, Any]) -> list[int]:
    """The last accepted words of each commitment, as keys of entries; one query."""
    counted = Entry.objects.filter(commitment=OuterRef("pk"), report__state=ReturnState.ACCEPTED)
    said = counted.filter(Q(done=True) | ~Q(progress="")).order_by("-report__period").values("pk")[:1]
    rows = Commitment.objects.filter(**where).exclude(role=RoleKind.SUPPORT).order_by()
    return [pk for pk in rows.annotate(last=Subquery(said)).values_list("last", flat=True) if pk]


@cache
def _soft_rules() -> list[str]:
    """The rules by which only what was striven for was missed."""
    return [name for name, rule in rule_table().items() if rule.soft]


def _row(measure: Measure, duties: Sequence[Duty], outcome: Outcome | None, year: _Year) -> Row:
    said: list[Said] = []
    lacks: list[Lack] = []
    states: dict[str, int] = defaultdict(int)
    kinds = {measure.deadline_kind, *(item.get("kind", "") for item in measure.deadline_also)}
    for duty in duties:
        entry, unit = year.words.get(duty.pk), year.names[duty.unit]
        states[_state(duty)] += 1
        if entry is not None:
            figures = year.figures.get(entry.pk, ())
            said.append(reading.said(duty, entry, figures, unit, several=len(duties) > 1, reviewed=True))
        lacks += [Lack(kind, unit.name, duty.pk) for kind in _lacks(duty, entry, kinds, year)]
    ordered = in_order(said)
    drafted = "\n".join(part for part in (merged_text(ordered), sums_text(sums(ordered))) if part)
    soft = SOFT_MISSED in states or any(duty.pk in year.soft for duty in duties)
    return Row(measure, propose(states, kinds), outcome, drafted, soft, lacks, dict(states))


def _state(duty: Duty) -> str:
    soft = duty.state == State.MISSED and duty.state_rule in _soft_rules()
    return SOFT_MISSED if soft else duty.state


def _lacks(duty: Duty, entry: Words | None, kinds: set[str], year: _Year) -> Iterator[str]:
    if (duty.asked or (entry is not None and entry.done)) and duty.pk not in year.shown:
        yield "evidence"
    if duty.pk in year.papers and duty.pk not in year.documents:
        yield "document"
    if kinds & LASTING_KINDS and entry is None:
        yield "statement"


def uids(lacks: Sequence[Lack]) -> dict[int, UUID]:
    """The uids of the commitments that lack something, by key; one query."""
    return dict(Commitment.objects.filter(pk__in={lack.duty for lack in lacks}).values_list("pk", "uid"))


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

"""Reads of a month's merge: what every row's units said, who is missing, what differs from last month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils import translation

from lantian.apps.assessment.merge.rows import (
    Said,
    Sum,
    fallen,
    in_order,
    merged_text,
    plain,
    states_text,
    sums,
    sums_text,
)
from lantian.apps.assessment.models import MergeIssue, MergeText
from lantian.apps.assessment.queries import said as reading
from lantian.apps.assessment.queries.said import Duty, Given, Name, Words
from lantian.apps.plans import queries as plans
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.beside import WORST_FIRST
from lantian.apps.supervision.models import Commitment, Entry, Return, ReturnState, State
from lantian.status import period_bounds


@dataclass(frozen=True, slots=True)
class Missing:
    """A unit that owes the row in the month and said nothing that counts; ``state`` of its return, blank for none."""

    name: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class MergedRow:
    """One row of the plan with what its units said, the text that goes out, and what to look at."""

    measure: Measure
    said: list[Said]
    missing: list[Missing]
    proposed: str
    edited: MergeText | None
    sums: list[Sum]
    states: dict[str, int]
    same: bool = False
    fallen: tuple[tuple[Sum, Any], ...] = ()

    @property
    def text(self) -> str:
        """The words that go out: the office's, else the units'."""
        return self.edited.text if self.edited else self.proposed

    @property
    def paper(self) -> str:
        """The words with the totals, as the 进展 column prints them."""
        return "\n".join(part for part in (self.text, sums_text(self.sums)) if part)

    @property
    def gaps(self) -> list[Sum]:
        """Totals that the convener reports otherwise than its units."""
        return [item for item in self.sums if item.differs]

    @property
    def unreviewed(self) -> int:
        """Units whose words nobody reviewed yet."""
        return sum(not item.reviewed for item in self.said)


SHOW = ("missing", "same", "fallen", "gaps")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a month: its rows, the pager, the counts of all rows (None where nobody asked and they take long)."""

    rows: list[MergedRow]
    page: Page[list[int]]
    counts: dict[str, int] | None
    total: int


def shown(
    plan: Plan, period: str, *, submitted: bool, show: str = "", number: str | None = None, counted: bool = False
) -> Shown:
    """A page of the rows that ask for ``show`` (one of :data:`SHOW`; blank: all rows).

    Whole plans of a district are read at once. Of a city's only the page is, unless ``show`` or ``counted`` ask more.
    """
    weight = reading.weights(plan)
    keys = list(plan.measures.order_by("n").values_list("pk", flat=True))
    if not (show or counted or sum(weight.values()) <= reading.AT_ONCE):
        page = reading.page_of(keys, weight, number)
        return Shown(rows(plan, period, submitted=submitted, only=page.object_list[0]), page, None, len(keys))
    every = rows(plan, period, submitted=submitted)
    wanted = [row for row in every if not show or getattr(row, show)]
    page = reading.page_of([row.measure.pk for row in wanted], weight, number)
    here = set(page.object_list[0])
    return Shown([row for row in wanted if row.measure.pk in here], page, tally(every), len(keys))


def tally(every: Sequence[MergedRow]) -> dict[str, int]:
    """How many rows have words, and how many ask for each of :data:`SHOW`."""
    return {"said": sum(bool(row.said) for row in every)} | {
        name: sum(bool(getattr(row, name)) for row in every) for name in SHOW
    }


def rows(plan: Plan, period: str, *, submitted: bool = False, only: Collection[int] | None = None) -> list[MergedRow]:
    """Every row of a plan for a month in print order, compared with the month before; a fixed number of queries.

    ``submitted`` takes in what was handed in and not reviewed yet, ``only`` reads no more than these measures. Last
    month is what was issued of it, else what was accepted.
    """
    measures = plan.measures.order_by("n")
    asked = plans.detailed(measures if only is None else measures.filter(pk__in=only))
    names = reading.names_in(plan)
    found = _rows(plan, period, asked, names, submitted=submitted, only=only)
    before = previous(plan, period)
    if before is None:
        return found
    last = _issued(plan, before) or _accepted(plan, before, asked, names, only)
    return [_compared(row, last.get(str(row.measure.uid))) for row in found]


def _rows(
    plan: Plan, period: str, measures: Sequence[Measure], names: Mapping[int, Name], *, submitted: bool,
    only: Collection[int] | None,
) -> list[MergedRow]:  # fmt: skip
    counted = [ReturnState.ACCEPTED, *([ReturnState.SUBMITTED] if submitted else [])]
    texts = {row.measure_id: row for row in MergeText.objects.filter(plan=plan, period=period).select_related("by")}
    duties = Commitment.objects.filter(plan=plan, withdrawn=None)
    if only is not None:
        duties = duties.filter(measure__in=only)
    given: dict[int, list[Duty]] = defaultdict(list)
    for duty in reading.duties(duties, periods.owed(period)):
        given[duty.measure].append(duty)
    month = _month(plan, period, counted, names, None if only is None else duties)
    return [_row(measure, given[measure.pk], month, texts.get(measure.pk)) for measure in measures]


@dataclass(frozen=True, slots=True)
class _Month:
    """What came in a month: state of each unit's return, words by commitment, figures by entry, accepted returns."""

    states: dict[int, str]
    words: dict[int, Words]
    figures: dict[int, list[Given]]
    accepted: frozenset[int]
    names: Mapping[int, Name]


def _month(
    plan: Plan, period: str, counted: Sequence[str], names: Mapping[int, Name], duties: QuerySet[Commitment] | None
) -> _Month:
    """The month of a plan; three queries. ``duties``: only what was said of these."""
    returns = Return.objects.filter(plan=plan, period=period).order_by()
    entries = Entry.objects.filter(report__in=returns.filter(state__in=counted).values("pk"))
    if duties is not None:
        entries = entries.filter(commitment__in=duties.order_by().values("pk"))
    reports = list(returns.values_list("pk", "unit", "state"))
    return _Month(
        {unit: state for _pk, unit, state in reports},
        reading.words(entries),
        reading.figures(entries),
        frozenset(pk for pk, _unit, state in reports if state == ReturnState.ACCEPTED),
        names,
    )


def _row(measure: Measure, duties: Sequence[Duty], month: _Month, edited: MergeText | None) -> MergedRow:
    said: list[Said] = []
    missing: list[Missing] = []
    states: dict[str, int] = defaultdict(int)
    several = len(duties) > 1
    for duty in duties:
        states[duty.state] += 1
        entry = month.words.get(duty.pk)
        given = month.figures.get(entry.pk, ()) if entry else ()
        unit = month.names[duty.unit]
        if entry is not None and (entry.progress or entry.no_change or entry.done or given):
            reviewed = entry.report in month.accepted
            said.append(reading.said(duty, entry, given, unit, several=several, reviewed=reviewed))
        elif duty.asked:
            missing.append(Missing(unit.name, duty.role, month.states.get(duty.unit, "")))
    ordered = in_order(said)
    return MergedRow(measure, ordered, missing, merged_text(ordered), edited, sums(ordered), dict(states))


def previous(plan: Plan, period: str) -> str | None:
    """The month before, where the plan was reported in it."""
    months = periods.months(plan)
    place = months.index(period) if period in months else 0
    return months[place - 1] if place else None


def _issued(plan: Plan, period: str) -> dict[str, dict[str, Any]]:
    issue = MergeIssue.objects.filter(plan=plan, period=period).order_by("-number").first()
    return {row["measure"]: row for row in issue.content["rows"]} if issue else {}


def _accepted(
    plan: Plan, period: str, measures: Sequence[Measure], names: Mapping[int, Name], only: Collection[int] | None
) -> dict[str, dict[str, Any]]:
    """What :func:`_compared` needs of a month that was not issued."""
    rows = _rows(plan, period, measures, names, submitted=False, only=only)
    return {str(row.measure.uid): {"text": row.text, "sums": kept_sums(row)} for row in rows}


def _compared(row: MergedRow, last: Mapping[str, Any] | None) -> MergedRow:
    if last is None:
        return row
    before = {item["key"]: item["cumulative"] for item in last["sums"]}
    same = bool(row.text) and row.text == last["text"]
    return MergedRow(
        row.measure, row.said, row.missing, row.proposed, row.edited, row.sums, row.states, same,
        tuple(fallen(row.sums, before)),
    )  # fmt: skip


def kept(row: MergedRow) -> dict[str, Any]:
    """A row as JSON, for the frozen issue."""
    return {
        "measure": str(row.measure.uid),
        "n": row.measure.n,
        "text": row.text,
        "paper": row.paper,
        "state": states_of(row.states),
        "sums": kept_sums(row),
        "missing": [item.name for item in row.missing],
        "unreviewed": row.unreviewed,
    }


def kept_sums(row: MergedRow) -> list[dict[str, Any]]:
    """The totals of a row as JSON."""
    return [
        {"key": item.key, "label": item.label, "unit": item.unit, "period": plain(item.period),
         "cumulative": plain(item.cumulative)}
        for item in row.sums
    ]  # fmt: skip


def states_of(counts: Mapping[str, int]) -> str:
    """States of commitments in Chinese words for papers."""
    with translation.override("zh-hans"):
        return states_text(counts, {str(value): str(label) for value, label in State.choices}, WORST_FIRST)


def month_name(period: str) -> str:
    """2025年3月."""
    end = period_bounds(period)[1]
    return f"{end.year}年{end.month}月"


def issues(plan: Plan, period: str) -> list[MergeIssue]:
    """What was issued for a month, the latest first."""
    rows = MergeIssue.objects.filter(plan=plan, period=period).select_related("by").order_by("-number")
    return list(rows.defer("content"))

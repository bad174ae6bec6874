"""Reads of a month's merge: what every row's units said, who is missing, what differs from last month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import translation

from lantian.apps.assessment.merge.rows import (
    Amount,
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
from lantian.apps.plans import queries as plans
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.beside import WORST_FIRST
from lantian.apps.supervision.models import Commitment, Entry, Figure, Return, ReturnState, Share, ShareOrigin, State
from lantian.apps.supervision.sharing import spec_key
from lantian.status import period_bounds

NUMERIC_SUMS = ("count", "change")
_PERCENT = ("%", "％", "‰", "")
_WHOLE = ("total", "both", None)


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


def rows(plan: Plan, period: str, *, submitted: bool = False) -> list[MergedRow]:
    """Every row of a plan for a month in print order, compared with the month before; a fixed number of queries.

    ``submitted`` takes in what was handed in and not reviewed yet. Last month is what was issued of it, else what was
    accepted.
    """
    found = _rows(plan, period, submitted=submitted)
    before = previous(plan, period)
    if before is None:
        return found
    last = _issued(plan, before) or _accepted(plan, before)
    return [_compared(row, last.get(str(row.measure.uid))) for row in found]


def _rows(plan: Plan, period: str, *, submitted: bool) -> list[MergedRow]:
    counted = [ReturnState.ACCEPTED, *([ReturnState.SUBMITTED] if submitted else [])]
    texts = {row.measure_id: row for row in MergeText.objects.filter(plan=plan, period=period).select_related("by")}
    given: dict[int, list[Commitment]] = defaultdict(list)
    for duty in _duties(plan, period, counted):
        given[duty.measure_id].append(duty)
    returns = dict(Return.objects.filter(plan=plan, period=period).values_list("unit", "state"))
    owed = set(Commitment.objects.filter(periods.owed(period), plan=plan).values_list("pk", flat=True))
    return [
        _row(measure, given[measure.pk], owed, returns, texts.get(measure.pk))
        for measure in plans.with_details(plan.measures.order_by("n"))
    ]


def _duties(plan: Plan, period: str, counted: Sequence[str]) -> list[Commitment]:
    """The commitments of a plan with what counts of their entries in the month, in the order of making."""
    # One entry of a commitment at most counts in a month: no order, which would join four tables for each of 13,000.
    entries = Entry.objects.filter(report__plan=plan, report__period=period, report__state__in=counted).order_by()
    figures = Prefetch("figures", Figure.objects.order_by("share__order", "id"))
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).select_related("unit").order_by("n", "id")
    said = Prefetch("entries", entries.select_related("report").prefetch_related(figures), "said")
    return list(rows.prefetch_related(said, Prefetch("shares", shares, "live_shares")))


def _row(
    measure: Measure, duties: Sequence[Commitment], owed: set[int], returns: Mapping[int, str], edited: MergeText | None
) -> MergedRow:
    said: list[Said] = []
    missing: list[Missing] = []
    states: dict[str, int] = defaultdict(int)
    several = len(duties) > 1
    for duty in duties:
        states[duty.state] += 1
        entry = next(iter(duty.said), None)  # type: ignore[attr-defined]  # prefetched
        if entry is not None and (entry.progress or entry.no_change or entry.done or entry.figures.all()):
            said.append(said_of(duty, entry, several=several))
        elif duty.pk in owed:
            missing.append(Missing(duty.unit.name, duty.role, returns.get(duty.unit_id, "")))
    ordered = in_order(said)
    return MergedRow(measure, ordered, missing, merged_text(ordered), edited, sums(ordered), dict(states))


def said_of(duty: Commitment, entry: Entry, *, several: bool) -> Said:
    """What one unit says, with its figures; ``several`` others owe the row as well. Shares are prefetched."""
    shares = {share.pk: share for share in duty.live_shares}  # type: ignore[attr-defined]  # prefetched
    amounts = tuple(
        _amount(shares[item.share_id], item, duty, several=several)
        for item in entry.figures.all()
        if item.share_id in shares
    )
    return Said(
        str(duty.unit.uid), duty.unit.name, duty.role, duty.convener, duty.pk, entry.progress, entry.no_change,
        entry.done, entry.report.state == ReturnState.ACCEPTED, entry.problems, entry.next_step, amounts,
    )  # fmt: skip


def _amount(share: Share, figure: Any, duty: Commitment, *, several: bool) -> Amount:
    spec = share.spec
    unit = spec.get("unit") or ""
    adds = spec["kind"] == "count" or (spec["kind"] == "change" and unit not in _PERCENT)
    whole = several and duty.convener and share.origin == ShareOrigin.PRINTED and spec.get("applies") in _WHOLE
    key = f"{share.order:03d} " + " ".join(spec_key(spec))
    places = "、".join(spec.get("scope") or ())  # figures for named areas stand beside each other
    label = (spec.get("subject") or spec["text"]) + (f"（{places}）" if places else "")
    return Amount(key, label, unit, adds, whole, figure.period_value, figure.cumulative)


def previous(plan: Plan, period: str) -> str | None:
    """The month before, where the plan was reported in it."""
    months = periods.months(plan)
    place = months.index(period) if period in months else 0
    return months[place - 1] if place else None


def _issued(plan: Plan, period: str) -> dict[str, dict[str, Any]]:
    issue = MergeIssue.objects.filter(plan=plan, period=period).order_by("-number").first()
    return {row["measure"]: row for row in issue.content["rows"]} if issue else {}


def _accepted(plan: Plan, period: str) -> dict[str, dict[str, Any]]:
    return {row["measure"]: row for row in map(kept, _rows(plan, period, submitted=False))}


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
        "sums": [{"key": item.key, "label": item.label, "unit": item.unit, "period": plain(item.period),
                  "cumulative": plain(item.cumulative)} for item in row.sums],
        "missing": [item.name for item in row.missing],
        "unreviewed": row.unreviewed,
    }  # fmt: skip


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

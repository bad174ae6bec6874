"""What Lantian counts for scorecards: every built-in fact of scoring/facts.yaml, for all units of a card at once.

Only what was known by the day counts: states are evaluated for it, returns count as they were handed in by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.models import EnteredFact, Scorecard
from lantian.apps.assessment.scoring import Fact, Ref, split
from lantian.apps.chasing.models import Letter, LetterState
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating, periods
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Figure, Return, ReturnState, Share, State
from lantian.status import period_bounds

_SETTLED = (State.MET, State.CLOSED)
_LATE = (State.OVERDUE, State.MISSED)
_BEHIND = (State.BEHIND, State.AT_RISK)
_OUT = (LetterState.SENT, LetterState.REPLIED, LetterState.CLOSED)
_CHARACTERS = 40  # of a measure's text in a reason
_HUNDRED = Decimal(100)
ByUnit = dict[int, Fact]


@dataclass
class Records:
    """What the facts of one card are counted from on one day, each read once however many facts ask for it."""

    card: Scorecard
    day: date
    plans: Sequence[Plan] = field(init=False)
    units: Sequence[Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.plans = list(self.card.plans.all())
        self.units = list(self.card.units.all())

    @cached_property
    def commitments(self) -> list[Commitment]:
        """Commitments of the units in the plans, with the state of the day."""
        rows = Commitment.objects.filter(plan__in=self.plans, unit__in=self.units, withdrawn=None)
        states = evaluating.evaluate(rows, self.day)
        found = list(rows.select_related("measure", "plan"))
        for row in found:
            row.state = states[row.pk].state
        return found

    @cached_property
    def returns(self) -> list[Return]:
        """Returns of the units in the plans."""
        return list(Return.objects.filter(plan__in=self.plans, unit__in=self.units).select_related("unit"))


def facts(card: Scorecard, wanted: Iterable[str], day: date) -> dict[int, dict[str, Fact]]:
    """What is known of each unit (by key) on a day; a fact of which nothing is known has no value."""
    records = Records(card, day)
    found: dict[int, dict[str, Fact]] = {unit.pk: {} for unit in records.units}
    for name in wanted:
        source, argument = split(name)
        known = SOURCES[source](records, argument)
        for unit in found:
            found[unit][name] = known.get(unit, Fact(None))
    return found


def _ref(row: Commitment) -> Ref:
    measure = row.measure
    text = f"{measure.seq or measure.n} {(measure.task or measure.text)[:_CHARACTERS]}"
    return Ref("commitment", str(row.uid), text)


def _met_share(records: Records, _argument: str) -> ByUnit:
    """Met or closed of those whose day has come; the refs are those that are not. None had come due: no value."""
    due: dict[int, list[Commitment]] = defaultdict(list)
    for row in records.commitments:
        if row.state in (*_SETTLED, *_LATE) or (row.end is not None and row.end <= records.day):
            due[row.unit_id].append(row)
    found = {}
    for unit, rows in due.items():
        open_rows = [row for row in rows if row.state not in _SETTLED]
        met = len(rows) - len(open_rows)
        share = _HUNDRED * met / len(rows)
        found[unit] = Fact(share.quantize(Decimal("0.01")), tuple(map(_ref, open_rows)), f"{met}/{len(rows)}")
    return found


def _counted(states: tuple[State, ...]) -> Callable[[Records, str], ByUnit]:
    def count(records: Records, _argument: str) -> ByUnit:
        owed: dict[int, list[Ref]] = defaultdict(list)
        for row in records.commitments:
            owed[row.unit_id] += [_ref(row)] if row.state in states else []
        return {unit: Fact(Decimal(len(refs)), tuple(refs)) for unit, refs in owed.items()}

    return count


def _late_count(records: Records, _argument: str) -> ByUnit:
    """Months whose due day is over without a return handed in by it; only months in which the unit owed something."""
    calendar, rhythms = workdays(), periods.rhythms_of(records.plans)
    given = {(row.plan_id, row.unit_id, row.period): row for row in records.returns}
    found: dict[int, list[Ref]] = {row.unit_id: [] for row in records.commitments}
    for plan in records.plans:
        rows = [row for row in records.commitments if row.plan_id == plan.pk]
        for month in periods.months(plan):
            due = periods.due_on(rhythms[plan.pk], month, calendar)
            if due >= records.day or int(month[:4]) != records.card.year:
                continue
            for unit in sorted({row.unit_id for row in rows if _owed(row, month)}):
                made = given.get((plan.pk, unit, month))
                if _late(made, due):
                    found[unit].append(Ref("return", str(made.uid) if made else "", month))
    return {unit: Fact(Decimal(len(refs)), tuple(refs)) for unit, refs in found.items()}


def _owed(row: Commitment, month: str) -> bool:
    first, last = period_bounds(month)
    begun = (row.start is None or row.start <= last) and (row.closed is None or row.closed >= first)
    return begun and row.cadence in periods.cadences(month)


def _late(row: Return | None, due: date) -> bool:
    if row is None or not row.version or row.submitted is None:
        return True
    return timezone.localdate(row.submitted) > (row.due or due)


def _sent_back_count(records: Records, _argument: str) -> ByUnit:
    """How often returns of the year were sent back; a unit that never handed anything in has none."""
    counts: dict[int, int] = {row.unit_id: 0 for row in records.commitments}
    refs: dict[int, list[Ref]] = defaultdict(list)
    for row in records.returns:
        in_time = row.period[:4] == str(records.card.year) and period_bounds(row.period)[0] <= records.day
        if row.sent_back and in_time:
            counts[row.unit_id] = counts.get(row.unit_id, 0) + row.sent_back
            refs[row.unit_id].append(Ref("return", str(row.uid), f"{row.period}×{row.sent_back}"))
    return {unit: Fact(Decimal(number), tuple(refs[unit])) for unit, number in counts.items()}


def _letters(records: Records, rung: str) -> ByUnit:
    """Letters of one rung that went out by the day. Drafts are nobody's decision yet."""
    rows = Letter.objects.filter(
        plan__in=records.plans, unit__in=records.units, rung=rung, state__in=_OUT, paper__issued__lte=records.day
    ).select_related("paper")
    refs: dict[int, list[Ref]] = {unit.pk: [] for unit in records.units}
    for row in rows:
        refs[row.unit_id].append(Ref("letter", str(row.uid), row.paper.number or row.paper.title))
    return {unit: Fact(Decimal(len(found)), tuple(found)) for unit, found in refs.items()}


def _completion(records: Records, words: str) -> ByUnit:
    """Last accepted cumulative figure as per cent of the unit's value; of several such targets the lowest.

    Units that have no such target with a figure, or never reported one, have no value.
    """
    shares = [
        share
        for share in Share.objects.filter(
            commitment__in=[row.pk for row in records.commitments], withdrawn=None, value__gt=0
        ).select_related("commitment__measure")
        if words in str(share.spec.get("text", "")) or words in str(share.spec.get("subject", ""))
    ]
    last: dict[int, Decimal] = {}
    figures = Figure.objects.filter(
        Q(entry__report__reviewed__isnull=True) | Q(entry__report__reviewed__date__lte=records.day),
        share__in=[share.pk for share in shares],
        entry__report__state=ReturnState.ACCEPTED,
        cumulative__isnull=False,
        entry__report__submitted__date__lte=records.day,
    ).order_by("entry__report__period")
    last.update((share, value) for share, value in figures.values_list("share", "cumulative") if value is not None)
    parts: dict[int, list[tuple[Decimal, Share]]] = defaultdict(list)
    for share in shares:
        if share.pk in last and share.value:
            parts[share.commitment.unit_id].append((_HUNDRED * last[share.pk] / share.value, share))
    return {unit: _lowest(found, last) for unit, found in parts.items()}


def _lowest(parts: list[tuple[Decimal, Share]], last: Mapping[int, Decimal]) -> Fact:
    """Percentages of different targets cannot be averaged: the lowest counts, all of them are named."""
    said = [
        f"{last[share.pk].normalize():f}/{(share.value or _HUNDRED).normalize():f}{share.spec.get('unit') or ''}"
        for _part, share in parts
    ]
    value = min(part for part, _share in parts).quantize(Decimal("0.01"))
    return Fact(value, tuple(_ref(share.commitment) for _part, share in parts), "；".join(said))


def _entered(records: Records, name: str) -> ByUnit:
    """What the office entered last, in force by the day."""
    rows = EnteredFact.objects.filter(card=records.card, name=name, since__lte=records.day).order_by("since", "id")
    found: ByUnit = {}
    for row in rows:
        refs = (Ref("file", str(row.uid), row.file_name),) if row.file_id else ()
        found[row.unit_id] = Fact(row.value, refs, row.basis)
    return found


SOURCES: Mapping[str, Callable[[Records, str], ByUnit]] = {
    "commitments.met_share": _met_share,
    "commitments.overdue_count": _counted(_LATE),
    "commitments.behind_count": _counted(_BEHIND),
    "returns.late_count": _late_count,
    "returns.sent_back_count": _sent_back_count,
    "letters.count": _letters,
    "quota.completion": _completion,
    "manual": _entered,
}

"""“Why am I here?” — a subject's place in a ranking taken apart, from the ranking and its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import fmean, median

from lantian.analysis.rankings.table import Ranking, Row


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A subject next in the ranking and how far its figure is from ours (its value minus ours)."""

    subject: str
    rank: int
    value: Decimal
    gap: Decimal


@dataclass(frozen=True, slots=True)
class DrivingDay:
    """A day that moved the mean: its value, the middle of all ranked subjects that day, and what the day's difference
    adds to the mean of the period."""

    day: date
    value: float
    usual: float
    adds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a subject stands where it stands.

    ``better`` and ``worse``: the nearest with another figure; ``same``: who shares the place. ``leaves_last_at``: the
    highest (or, where high is good, lowest) printed figure that would not have been in the last ``count``, the others
    unchanged — None where it is not in it, or no figure would do. ``rank_before`` and ``value_before``: the previous
    period. ``without_days``: the mean had the driving days been as usual.
    """

    row: Row
    population: int
    better: Neighbour | None
    worse: Neighbour | None
    same: tuple[str, ...]
    in_last: bool
    leaves_last_at: Decimal | None
    rank_before: int | None
    value_before: Decimal | None
    days: tuple[DrivingDay, ...]
    without_days: float | None


def explain(
    ranking: Ranking,
    subject: str,
    *,
    previous: Ranking | None = None,
    days: Mapping[str, Mapping[date, float]] | None = None,
    count: int = 30,
    most_days: int = 3,
) -> Explanation:
    """Take one place apart. ``days``: subject → daily values of the period, for the days that drove it.

    KeyError where the subject is not in the ranking.
    """
    row = ranking.row(subject)
    others = [item for item in ranking.rows if item.rank is not None and item.subject != subject]
    in_last = row.from_worst is not None and row.from_worst <= count
    before = next((item for item in previous.rows if item.subject == subject), None) if previous else None
    driving = _driving(subject, ranking, days or {}, most_days)
    own = list((days or {}).get(subject, {}).values())
    return Explanation(
        row,
        len(ranking.population),
        _next(row, others, better=True),
        _next(row, others, better=False),
        tuple(item.subject for item in others if row.rank is not None and item.rank == row.rank),
        in_last,
        _leaving(ranking, others, count) if in_last else None,
        before.rank if before else None,
        before.value if before else None,
        driving,
        fmean(own) - sum(item.adds for item in driving) if own else None,
    )


def _next(row: Row, others: Sequence[Row], *, better: bool) -> Neighbour | None:
    """The nearest with a better (or worse) place, by ``from_worst``: a larger one is better."""
    if row.from_worst is None or row.value is None:
        return None
    side = [
        item
        for item in others
        if item.from_worst is not None
        and (item.from_worst > row.from_worst if better else item.from_worst < row.from_worst)
    ]
    if not side:
        return None
    found = (min if better else max)(side, key=lambda item: (item.from_worst or 0, item.subject))
    assert found.value is not None
    assert found.rank is not None
    return Neighbour(found.subject, found.rank, found.value, found.value - row.value)


def _leaving(ranking: Ranking, others: Sequence[Row], count: int) -> Decimal | None:
    """One printed step better than the ``count``-th worst of the others: then ``count`` are strictly worse."""
    values = sorted((item.value for item in others if item.value is not None), reverse=ranking.high_is_worse)
    if len(values) < count:
        return None
    step = Decimal(1).scaleb(-ranking.places)
    return values[count - 1] - step if ranking.high_is_worse else values[count - 1] + step


def _driving(
    subject: str, ranking: Ranking, days: Mapping[str, Mapping[date, float]], most: int
) -> tuple[DrivingDay, ...]:
    own = days.get(subject, {})
    sign = 1 if ranking.high_is_worse else -1
    found = []
    for day, value in own.items():
        usual = median(days[name][day] for name in {*ranking.population, subject} if day in days.get(name, {}))
        found.append(DrivingDay(day, value, usual, (value - usual) / len(own)))
    worst = sorted((item for item in found if item.adds * sign > 0), key=lambda item: (-item.adds * sign, item.day))
    return tuple(worst[:most])

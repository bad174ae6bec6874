"""What the rest of the year must bring to meet a target, and how often past years brought it (剩余时段测算).

The first question is arithmetic on valid days. The second has no formula: the remaining days of this year are drawn
from the same days of past years, whole years first, then weeks within the year, so that a hard winter stays a hard
winter. With few past years the answer is coarse, and ``Outlook`` says how many there were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.rankings.periods import Period
from lantian.standards.evaluation import percentile
from lantian.standards.rounding import NOISE_DECIMALS, round_half_even

Values = NDArray[np.float64]
Kind = Literal["mean", "percentile", "at_most_days", "at_least_days"]
Adjust = Literal["none", "level"]

DRAWS = 2000
# Weeks of a past year are moved by up to so many days: its calendar is not this year's.
_SHIFT_DAYS = 7
_WEEK = 7
# Fewer past years say hardly more than “it has happened”.
FEW_YEARS = 5
# A past year counts if so much of the remaining days, and of the days so far, is known.
_LEAST_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Target:
    """A target on daily values.

    ``mean``, ``percentile`` (of ``p``): the year's figure as printed with ``places`` decimals is at most ``limit``.
    ``at_least_days``: at least ``limit`` days with a value up to ``threshold`` (优良天数: AQI ≤ 100);
    ``at_most_days``: at most ``limit`` days with a value above it (重污染天数: AQI > 200).
    """

    kind: Kind
    limit: float
    places: int | None = None
    p: int = 95
    threshold: float = 100.0

    def figure(self, values: Values) -> float:
        """The figure of known daily values that the limit is compared with; NaN without any."""
        if not len(values):
            return np.nan
        if self.kind == "mean":
            return float(values.mean())
        if self.kind == "percentile":
            return percentile(values.tolist(), self.p)
        above = int((np.round(values, NOISE_DECIMALS) > self.threshold).sum())
        return float(above if self.kind == "at_most_days" else len(values) - above)

    def met(self, figure: float) -> bool:
        """Whether a figure meets the target; of means and percentiles the printed figure counts (GB/T 8170)."""
        if np.isnan(figure):
            return False
        if self.kind == "at_least_days":
            return figure >= self.limit
        if self.kind in ("mean", "percentile") and self.places is not None:
            return float(round_half_even(float(figure), self.places)) <= self.limit
        return round(figure, NOISE_DECIMALS) <= self.limit

    @property
    def largest(self) -> float:
        """The largest unrounded figure that may still print as the limit: half a step above it, unless printing is in
        full. Whether the half itself still meets it depends on the even digit; :meth:`met` decides exactly."""
        return self.limit if self.places is None else self.limit + float(Decimal("0.5").scaleb(-self.places))


@dataclass(frozen=True, slots=True)
class Needed:
    """What the remaining days must bring. ``days_so_far`` and ``remaining``: valid days and calendar days;
    ``expected``: how many of the remaining will be valid, by the share so far. ``mean``: the highest mean of the rest
    (target ``mean``; negative = out of reach). ``days``: good days still needed, or days above that are still allowed
    (negative: already too many)."""

    figure_so_far: float
    days_so_far: int
    remaining: int
    expected: int
    mean: float | None
    days: int | None
    possible: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """``probability``: share of draws that meet the target (None without past years); ``low``, ``middle``, ``high``:
    the 10th, 50th and 90th percentile of the year's figure; ``met_years`` of ``years``: how often a past year's
    remaining days as they were would have met it — the plain count behind the probability. ``caveats``: Chinese
    sentences that must stand beside it."""

    needed: Needed
    probability: float | None
    low: float | None
    middle: float | None
    high: float | None
    years: tuple[int, ...]
    met_years: tuple[int, ...]
    adjust: Adjust
    caveats: tuple[str, ...]


def needed(target: Target, so_far: Sequence[float], remaining: int, elapsed: int) -> Needed:
    """Arithmetic of the rest of the year: ``so_far`` are the valid daily values, ``elapsed`` the calendar days they
    come from, ``remaining`` the calendar days to come.

    For a percentile, ``days`` is how many of the remaining days may be above the limit: with so many the rank that
    decides is still at most the limit, whatever the values.
    """
    values = np.asarray(so_far, dtype=np.float64)
    count = len(values)
    expected = round(remaining * (count / elapsed if elapsed else 1.0))
    mean: float | None = None
    days: int | None = None
    figure = target.figure(values)
    if target.kind == "mean":
        if expected:
            mean = (target.largest * (count + expected) - float(values.sum())) / expected
        possible = mean >= 0 if mean is not None else target.met(figure)
    elif target.kind == "at_least_days":
        days = max(int(target.limit) - (int(figure) if count else 0), 0)
        possible = days <= expected
    else:
        above = int((np.round(values, NOISE_DECIMALS) > _line(target)).sum())
        allowed = int(target.limit) if target.kind == "at_most_days" else _allowed_above(count + expected, target.p)
        days = allowed - above
        possible = days >= 0
    return Needed(figure, count, remaining, expected, mean, days, possible)


def _line(target: Target) -> float:
    return target.threshold if target.kind == "at_most_days" else target.largest


def _allowed_above(count: int, p: int) -> int:
    """How many of ``count`` values may be above a limit that their ``p``-th percentile must not exceed."""
    return count - 1 - -(-(count - 1) * p // 100) if count else 0


def outlook(
    target: Target,
    values: Mapping[date, float],
    today: date,
    *,
    adjust: Adjust = "none",
    draws: int = DRAWS,
    seed: int = 20260101,
) -> Outlook:
    """Needed and likely: ``values`` are valid daily values of this year up to ``today`` (included) and of past years.

    Past years are drawn with equal chance, their remaining days in blocks of a week, each moved by up to a week.
    ``adjust="level"`` scales a past year's rest by this year's mean so far over that year's mean of the same days: for
    concentrations with a trend; it assumes that the rest of the year keeps the distance, and never fits an index that
    is counted. 29 February is drawn from 28 February where a past year has none. ValueError for ``level`` with days.
    """
    if adjust == "level" and target.kind not in ("mean", "percentile"):
        raise ValueError("days are counted by an index, which cannot be scaled")
    rest = [today + timedelta(days=step) for step in range(1, (date(today.year, 12, 31) - today).days + 1)]
    past = [date(today.year, 1, 1) + timedelta(days=step) for step in range(today.timetuple().tm_yday)]
    so_far = np.array([values[day] for day in past if day in values])
    need = needed(target, so_far.tolist(), len(rest), len(past))
    pools = _pools(values, today.year, past, rest, adjust)
    whole = {year: target.figure(np.append(so_far, own[2])) for year, own in pools.items()}
    met_years = tuple(year for year, figure in whole.items() if target.met(figure))
    caveats = _caveats(pools, need, adjust)
    if not pools:
        return Outlook(need, None, None, None, None, (), (), adjust, caveats)
    if not rest:
        figure = target.figure(so_far)
        certain = float(target.met(figure))
        return Outlook(need, certain, figure, figure, figure, tuple(pools), met_years, adjust, caveats)
    chance = np.random.default_rng(seed)
    years = list(pools)
    figures = np.array(
        [
            target.figure(np.append(so_far, _draw(chance, pools[years[int(chance.integers(len(years)))]])))
            for _ in range(draws)
        ]
    )
    met = float(np.mean([target.met(figure) for figure in figures]))
    low, middle, high = (float(item) for item in np.percentile(figures, [10, 50, 90]))
    return Outlook(need, met, low, middle, high, tuple(years), met_years, adjust, caveats)


# (values, NaN unknown, from a week before the remaining days to a week after them; their number; the known ones)
_Pool = tuple[Values, int, Values]


def _pools(
    values: Mapping[date, float], year: int, past: Sequence[date], rest: Sequence[date], adjust: Adjust
) -> dict[int, _Pool]:
    pools: dict[int, _Pool] = {}
    if not rest:
        return pools
    around = [rest[0] + timedelta(days=step) for step in range(-_SHIFT_DAYS, len(rest) + _SHIFT_DAYS)]
    for earlier in sorted({day.year for day in values if day.year < year}):
        same = [values.get(_moved(day, earlier - year)) for day in rest]
        before = [values.get(_moved(day, earlier - year)) for day in past]
        known, known_before = [v for v in same if v is not None], [v for v in before if v is not None]
        if len(known) < _LEAST_SHARE * len(rest) or len(known_before) < _LEAST_SHARE * len(past):
            continue
        scale = 1.0
        if adjust == "level" and known_before and np.mean(known_before) > 0:
            own = [values[day] for day in past if day in values]
            scale = float(np.mean(own) / np.mean(known_before)) if own else 1.0
        # A week around belongs to the season as well, but only days of years before this one are known to be past.
        pool = np.array([values.get(day, np.nan) if day.year < year else np.nan for day in (
            _moved(day, earlier - year) for day in around
        )])  # fmt: skip
        pools[earlier] = (pool * scale, len(rest), np.array(known) * scale)
    return pools


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def _draw(chance: np.random.Generator, pool: _Pool) -> Values:
    """The rest of a year from one past year: week after week, each taken up to a week earlier or later."""
    series, length, _known = pool
    starts = np.arange(0, length, _WEEK)
    moved = starts + _SHIFT_DAYS + chance.integers(-_SHIFT_DAYS, _SHIFT_DAYS + 1, len(starts))
    places = (moved[:, None] + np.arange(_WEEK)).reshape(-1)[:length].clip(0, len(series) - 1)
    drawn = series[places]
    return np.asarray(drawn[~np.isnan(drawn)])


def _caveats(pools: Mapping[int, _Pool], need: Needed, adjust: Adjust) -> tuple[str, ...]:
    found = []
    if not pools:
        found.append("没有可用的往年同期数据，不能估计可能性。")
    elif len(pools) < FEW_YEARS:
        found.append(f"只有 {len(pools)} 个往年同期，可能性仅供参考。")
    if adjust == "level":
        found.append("往年数据按今年以来与往年同期的比值折算，假定剩余时段保持这一差距。")
    else:
        found.append("按往年同期原值估计，未考虑逐年变化趋势。")
    if need.expected < need.remaining:
        found.append(f"剩余 {need.remaining} 天按目前的有效率折合 {need.expected} 个有效日。")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The figure as it is and as it would be; ``days``: how many daily values were changed."""

    figure: float
    would_be: float
    days: int


def counterfactual(
    target: Target, values: Mapping[date, float], period: Period, change: Callable[[float], float]
) -> Counterfactual:
    """The year's figure had the known days of ``period`` been ``change(value)``: a month kept to its target
    (``lambda value: value * 30 / mean``), an episode half as bad. ValueError if no day of the period is known.

    Only days of the year in which the period ends count.
    """
    own = {day: value for day, value in values.items() if day.year == period.end.year}
    inside = [day for day in own if period.start <= day <= period.end]
    if not inside:
        raise ValueError(f"no daily value from {period.start} to {period.end}")
    changed = {**own, **{day: change(own[day]) for day in inside}}
    return Counterfactual(
        target.figure(np.array(list(own.values()))), target.figure(np.array(list(changed.values()))), len(inside)
    )


def month_limits(target: Target, values: Mapping[date, float], today: date) -> dict[int, float]:
    """Means that the remaining months may have so that the rest meets what is needed, in the proportion of past years.

    Month number → mean, for whole months after ``today``; the rest of the current month counts as its month. Empty
    where no past year or no needed mean is there; only for ``mean`` targets.
    """
    rest = [today + timedelta(days=step) for step in range(1, (date(today.year, 12, 31) - today).days + 1)]
    past = [day for day in values if day.year == today.year and day <= today]
    need = needed(target, [values[day] for day in past], len(rest), today.timetuple().tm_yday)
    usual = {
        number: [
            value
            for day in rest
            if day.month == number
            for year in {item.year for item in values if item.year < today.year}
            if (value := values.get(_moved(day, year - today.year))) is not None
        ]
        for number in sorted({day.month for day in rest})
    }
    if need.mean is None or need.mean < 0 or not usual or not all(usual.values()):
        return {}
    means = {number: float(np.mean(found)) for number, found in usual.items()}
    overall = float(np.mean([means[day.month] for day in rest]))
    return {number: mean * need.mean / overall for number, mean in means.items()} if overall > 0 else {}

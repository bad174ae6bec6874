"""Rankings of districts, streets or stations over a month, a half-month or the year to date: level and improvement.

As bulletins compute: from figures rounded as they are printed, ranks 1, 1, 3, the change in per cent from the rounded
figures. A subject with too few valid days has no rank and says why.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from lantian.analysis.annual import percentiles
from lantian.analysis.daily import daily_values
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import COMPOSITE, Item, Values
from lantian.apps.monitoring.queries.subjects import Subject, subjects, values
from lantian.standards.ambient import POLLUTANTS, Standard
from lantian.standards.evaluation import STATISTICS, above, composite_index, month_needs, single_indices
from lantian.standards.ranking import change_pct, competition_ranks
from lantian.standards.rounding import round_half_even

PERIODS = ("month", "half", "ytd")
_SHARE = 90  # per cent of the days that a period other than a month needs (27 of 30, scaled by us)


@dataclass(frozen=True, slots=True)
class Period:
    """What is ranked: kind, key as addresses write it, first and last day."""

    kind: str
    key: str
    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def needs(self) -> int:
        """Valid days that a ranked subject needs: of a whole month 27 (February 25), else 90 % of the days."""
        whole = self.start.day == 1 and self.end.day == calendar.monthrange(self.end.year, self.end.month)[1]
        if whole and self.start.month == self.end.month:
            return month_needs(self.start.month)
        return -(-self.days * _SHARE // 100)

    def year_before(self) -> Period:
        """The same days of the year before; 29 February becomes the 28th."""
        start, end = _last_year(self.start), _last_year(self.end)
        if self.end.day == calendar.monthrange(self.end.year, self.end.month)[1]:
            end = date(end.year, end.month, calendar.monthrange(end.year, end.month)[1])
        return Period(self.kind, self.key, start, end)


def _last_year(day: date) -> date:
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True, slots=True)
class Figure:
    """One subject's figure: unrounded and as printed, and what it rests on. ``value`` None: nothing to print."""

    exact: float | None
    value: Decimal | None
    valid_days: int
    worst: tuple[date, float] | None = None
    exceeding: int = 0
    parts: tuple[tuple[str, float], ...] = ()  # of the composite index: single indices, largest first


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ranking with what explains it."""

    subject: Subject
    now: Figure
    before: Figure
    complete: bool
    rank: int | None = None
    change: Decimal | None = None
    change_rank: int | None = None
    better: str = ""  # who stands just before, with the printed figure
    worse: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The lines in the order of their ranks; ``ranked`` of them have one."""

    rows: list[Row]
    ranked: int
    period: Period
    item: Item


def period_of(kind: str, key: str, last: date) -> Period:
    """The period of an address; what cannot be read, or lies in the future, becomes the newest finished one."""
    kind = kind if kind in PERIODS else "month"
    month = _month(key[:7], last) if key else _finished(kind, last)
    if kind == "ytd":
        return Period(kind, f"{month:%Y-%m}", date(month.year, 1, 1), min(_end(month), last))
    if kind == "month":
        return Period(kind, f"{month:%Y-%m}", month, min(_end(month), last))
    second = key.endswith("-2") if key else last.day > 15
    if not key:
        month = last.replace(day=1) if second else month
        second = not second
    start = month.replace(day=16) if second else month
    end = _end(month) if second else month.replace(day=15)
    return Period(kind, f"{month:%Y-%m}-{2 if second else 1}", start, max(start, min(end, last)))


def neighbours(period: Period, last: date) -> tuple[str, str]:
    """Keys of the period before and of the one after; the second blank where it has not begun."""
    if period.kind == "half":
        second = period.key.endswith("-2")
        this = period.start.replace(day=1)
        before = f"{this:%Y-%m}-1" if second else f"{_step(this, -1):%Y-%m}-2"
        start = _step(this, 1) if second else this.replace(day=16)
        after = f"{start:%Y-%m}-{1 if second else 2}"
        return before, after if start <= last else ""
    this = date(period.end.year, period.end.month, 1)
    following = _step(this, 1)
    return f"{_step(this, -1):%Y-%m}", f"{following:%Y-%m}" if following <= last else ""


def ranking(user: User, kind: str, item: Item, period: Period, standard: Standard, *, by_change: bool) -> Ranking:
    """Rank the subjects of a period by level or by improvement: 1 is the cleanest, or the most improved."""
    found = subjects(user, kind, period.end)
    before = period.year_before()
    now = figures(found, item, period, standard)
    then = figures(found, item, before, standard)
    rows = []
    for subject, figure, earlier in zip(found, now, then, strict=True):
        complete = figure.value is not None and figure.valid_days >= period.needs()
        comparable = complete and earlier.value is not None and earlier.valid_days >= before.needs()
        change = change_pct(figure.value, earlier.value, 1) if comparable and figure.value and earlier.value else None
        rows.append(Row(subject, figure, earlier, complete, change=None if change is None else Decimal(str(change))))
    rows = _ranked(rows)
    rows.sort(key=lambda row: _order(row, by_change=by_change))
    return Ranking(_explained(rows), sum(row.rank is not None for row in rows), period, item)


def _ranked(rows: Sequence[Row]) -> list[Row]:
    level = competition_ranks(
        [float(row.now.value) if row.complete and row.now.value is not None else None for row in rows]
    )
    change = competition_ranks([None if row.change is None else float(row.change) for row in rows])
    return [replace(row, rank=one, change_rank=two) for row, one, two in zip(rows, level, change, strict=True)]


def _order(row: Row, *, by_change: bool) -> tuple[bool, int, str]:
    rank = row.change_rank if by_change else row.rank
    return rank is None, rank or 0, row.subject.key


def _explained(rows: Sequence[Row]) -> list[Row]:
    """Each line with the nearest figures of another rank before and behind it."""
    level = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    result = []
    for row in rows:
        ahead = [other for other in level if row.rank is not None and (other.rank or 0) < row.rank]
        behind = [other for other in level if row.rank is not None and (other.rank or 0) > row.rank]
        better = f"{ahead[-1].subject.name} {ahead[-1].now.value}" if ahead else ""
        worse = f"{behind[0].subject.name} {behind[0].now.value}" if behind else ""
        result.append(replace(row, better=better, worse=worse))
    return result


def figures(found: Sequence[Subject], item: Item, period: Period, standard: Standard) -> list[Figure]:
    """The figure of each subject over the period, in their order."""
    if not found:
        return []
    days = daily_values(values(found, period.start, period.end), standard)
    if item is COMPOSITE:
        return _composites(len(found), days, standard)
    return [_figure(row, item.key, period, standard) for row in days[_column(item.key)]]


def _column(pollutant: str) -> str:
    return "O3_8h" if pollutant == "O3" else pollutant


def _figure(daily: Values, pollutant: str, period: Period, standard: Standard) -> Figure:
    exact, count = _statistic(daily, pollutant)
    if exact is None:
        return Figure(None, None, 0)
    limit = float(standard.limit(pollutant, STATISTICS[pollutant].daily))
    worst = int(np.nanargmax(daily))
    return Figure(
        exact,
        round_half_even(exact, STATISTICS[pollutant].decimals),
        count,
        (period.start + timedelta(days=worst), float(daily[worst])),
        sum(above(value, limit) for value in daily[~np.isnan(daily)].tolist()),
    )


def _statistic(daily: Values, pollutant: str) -> tuple[float | None, int]:
    """Mean of the valid days, of CO and O3 the percentile that HJ 663 judges; and how many days are valid."""
    known = daily[~np.isnan(daily)]
    if not known.size:
        return None, 0
    rule = STATISTICS[pollutant]
    if rule.divisor == "annual":
        return float(known.mean()), int(known.size)
    return float(percentiles(known[None, :], np.array([known.size]), rule.percentile)[0]), int(known.size)


def _composites(number: int, days: dict[str, Values], standard: Standard) -> list[Figure]:
    """Composite indices from concentrations rounded as printed, with their single indices."""
    found = []
    for row in range(number):
        statistics = {name: _statistic(days[_column(name)][row], name) for name in POLLUTANTS}
        printed = {
            name: float(round_half_even(exact, STATISTICS[name].decimals))
            for name, (exact, _count) in statistics.items()
            if exact is not None
        }
        index = composite_index(standard, printed)
        count = min(count for _exact, count in statistics.values())
        if index is None:
            found.append(Figure(None, None, count))
            continue
        parts = sorted(single_indices(standard, printed).items(), key=lambda part: -part[1])
        found.append(Figure(index, round_half_even(index, COMPOSITE.decimals), count, parts=tuple(parts)))
    return found


def _month(text: str, last: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return last.replace(day=1)
    return max(date(2014, 1, 1), min(found, last.replace(day=1)))


def _finished(kind: str, last: date) -> date:
    """The month of the newest finished period: the one before, unless the last day ends the month."""
    this = last.replace(day=1)
    return this if kind == "ytd" or last == _end(this) else _step(this, -1)


def _step(month: date, number: int) -> date:
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _end(month: date) -> date:
    return _step(month, 1) - timedelta(days=1)

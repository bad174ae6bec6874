"""The map and its list: every station's value at an hour, a day or a month, and the moments before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from lantian.analysis.annual import percentiles
from lantian.analysis.daily import daily_aqi, daily_values, sub_indices
from lantian.apps.monitoring.items import AQI, Item, Levels, Values, levels_of, texts
from lantian.apps.monitoring.readings import observed
from lantian.standards.ambient import POLLUTANTS, Standard, in_force
from lantian.standards.aqi import INCOMPLETE_ABOVE, aqi_rule
from lantian.standards.evaluation import STATISTICS, composite_index

HOURS, DAYS, MONTHS = 72, 31, 14  # moments of one slider
PERIODS = ("hour", "day", "month")


@dataclass(frozen=True)
class Frames:
    """Moments by key and label; per moment and station the printed value and its level (0: no colour)."""

    keys: list[str]
    labels: list[str]
    texts: list[list[str]]
    levels: list[list[int]]
    values: list[list[float]]
    standard: Standard


@dataclass(frozen=True, slots=True)
class Moment:
    """What the slider stands at."""

    per: str
    day: date
    hour: int

    @property
    def key(self) -> str:
        """As addresses write it: ``2026-11-22T13``, ``2026-11-22``, ``2026-11``."""
        return {
            "hour": f"{self.day.isoformat()}T{self.hour:02d}",
            "day": self.day.isoformat(),
            "month": f"{self.day:%Y-%m}",
        }[self.per]


def moment(per: str, text: str, newest: tuple[date, int] | None, today: date) -> Moment:
    """The moment that an address names; what cannot be read becomes the newest with data.

    The newest day is whole only after its last hour: of days the one before it is taken.
    """
    day, hour = newest or (today, 0)
    if per != "hour" and hour < 23:
        day -= timedelta(days=1)
    try:
        if per == "hour":
            given, clock = text.split("T")
            day, hour = date.fromisoformat(given), min(23, max(0, int(clock)))
        elif text:
            day = date.fromisoformat(text if per == "day" else f"{text}-01")
    except ValueError:
        pass
    first = date(2014, 1, 1)  # the first edition in this package holds since 2013
    return Moment(per, min(max(day, first), today), hour)


def window_end(at: Moment, newest: tuple[date, int] | None) -> Moment:
    """Where the slider of a moment ends: at the newest data where they are near, else at the moment itself."""
    if newest is None:
        return at
    day, hour = newest
    reach = {"hour": HOURS // 24 - 1, "day": DAYS - 1, "month": 30 * (MONTHS - 1)}[at.per]
    if at.per == "day" and hour < 23:
        day -= timedelta(days=1)
    ahead = (day - at.day).days
    return Moment(at.per, day, hour) if 0 <= ahead <= reach else at


def frames(codes: Sequence[str], item: Item, at: Moment) -> Frames:
    """The moments that end at ``at``, for the stations in the order of their codes."""
    standard = in_force(at.day)
    if not codes:
        return Frames([at.key], [at.key], [[]], [[]], [[]], standard)
    make = {"hour": _hours, "day": _days, "month": _months}[at.per]
    keys, labels, values, index = make(codes, item, at, standard)
    places = item.decimals
    printed = [texts(values[:, column], places) for column in range(len(keys))]
    levels = levels_of(index)
    numbers = [[-1.0 if np.isnan(value) else float(value) for value in values[:, at_]] for at_ in range(len(keys))]
    return Frames(keys, labels, printed, [levels[:, at_].tolist() for at_ in range(len(keys))], numbers, standard)


_Found = tuple[list[str], list[str], Values, Levels]


def _hours(codes: Sequence[str], item: Item, at: Moment, standard: Standard) -> _Found:
    begin = at.day - timedelta(days=HOURS // 24)
    data = observed(codes, begin, at.day)
    last = HOURS // 24 * 24 + at.hour + 1
    hours = range(last - HOURS, last)
    keys = [f"{(begin + timedelta(days=hour // 24)).isoformat()}T{hour % 24:02d}" for hour in hours]
    labels = [f"{key[:10]} {key[11:]}:00–{(int(key[11:]) + 1):02d}:00" for key in keys]
    cut = {name: array[:, last - HOURS : last] for name, array in data.values.items()}
    rule = aqi_rule(standard.aqi)
    if item is AQI:
        index = hourly_index(cut, standard)
        return keys, labels, np.where(index < 0, np.nan, index).astype(np.float64), index
    return keys, labels, cut[item.key], sub_indices(rule, rule.hourly[item.key], cut[item.key])


def hourly_index(values: dict[str, Values], standard: Standard) -> Levels:
    """AQI of hours by HJ 633: −1 where a value is missing and the rest is not above 100."""
    rule = aqi_rule(standard.aqi)
    parts = np.stack([sub_indices(rule, rule.hourly[name], values[name]) for name in POLLUTANTS])
    top = parts.max(axis=0)
    missing = np.stack([np.isnan(values[name]) for name in POLLUTANTS]).any(axis=0)
    index: Levels = np.where((top < 0) | (missing & (top <= INCOMPLETE_ABOVE)), -1, top)
    return index


def _days(codes: Sequence[str], item: Item, at: Moment, standard: Standard) -> _Found:
    begin = at.day - timedelta(days=DAYS - 1)
    data = observed(codes, begin, at.day)
    days = daily_values(data, standard)
    keys = [(begin + timedelta(days=day)).isoformat() for day in range(DAYS)]
    rule = aqi_rule(standard.aqi)
    if item is AQI:
        index = daily_aqi(days, rule).index
        return keys, keys, np.where(index < 0, np.nan, index).astype(np.float64), index
    column = "O3_8h" if item.key == "O3" else item.key
    return keys, keys, days[column], sub_indices(rule, rule.daily[column], days[column])


def _months(codes: Sequence[str], item: Item, at: Moment, standard: Standard) -> _Found:
    """Months: the mean (CO its P95, O3 its P90), coloured by the breakpoints of the day; the AQI becomes composite."""
    firsts = [_month_before(at.day, back) for back in range(MONTHS - 1, -1, -1)]
    end = _month_before(at.day, -1) - timedelta(days=1)
    data = observed(codes, firsts[0], end)
    days = daily_values(data, standard)
    keys = [f"{first:%Y-%m}" for first in firsts]
    offsets = [(first - firsts[0]).days for first in firsts] + [data.days]
    found = {name: monthly(days, name, offsets) for name in (POLLUTANTS if item is AQI else (item.key,))}
    if item is AQI:
        cells = [
            [_composite(standard, {name: float(found[name][row, column]) for name in POLLUTANTS})
             for column in range(len(keys))]
            for row in range(len(data.stations))
        ]  # fmt: skip
        values = np.array(cells, dtype=np.float64).reshape(len(data.stations), len(keys))
        return keys, keys, values, np.full(values.shape, -1)
    rule = aqi_rule(standard.aqi)
    column_name = "O3_8h" if item.key == "O3" else item.key
    return keys, keys, found[item.key], sub_indices(rule, rule.daily[column_name], found[item.key])


def monthly(days: dict[str, Values], pollutant: str, offsets: Sequence[int]) -> Values:
    """Mean of valid days of each span of ``offsets``; of CO and O3 the percentile that HJ 663 judges."""
    daily = days["O3_8h" if pollutant == "O3" else pollutant]
    found = np.full((len(daily), len(offsets) - 1), np.nan)
    for place, (low, high) in enumerate(pairwise(offsets)):
        part = daily[:, low:high]
        count = (~np.isnan(part)).sum(axis=1)
        if STATISTICS[pollutant].divisor == "annual":
            sums = np.where(np.isnan(part), 0.0, part).sum(axis=1)
            found[:, place] = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
        else:
            found[:, place] = np.where(count > 0, percentiles(part, count, STATISTICS[pollutant].percentile), np.nan)
    return found


def _composite(standard: Standard, values: dict[str, float]) -> float:
    known = {name: None if np.isnan(value) else value for name, value in values.items()}
    found = composite_index(standard, known)
    return float("nan") if found is None else found


def _month_before(day: date, back: int) -> date:
    """The first of the month so many months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)

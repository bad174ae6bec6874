"""When it is high: by hour of the day, day of the week, month of the year, and day by day as a calendar.

The 95 % interval is of the mean and takes days as its units: the hours of one day resemble each other, and an interval
over hours would be several times too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.daily import daily_values, sub_indices
from lantian.analysis.hourly import Observations
from lantian.standards.ambient import Standard
from lantian.standards.aqi import aqi_rule, level_of

Floats = NDArray[np.float64]
By = Literal["hour", "weekday", "month"]

# First key and number of keys: hours from 0, weekdays and months from 1 (Monday, January).
_KEYS: dict[By, tuple[int, int]] = {"hour": (0, 24), "weekday": (1, 7), "month": (1, 12)}
# A day counts as a unit of weekday and month with this many hours.
_DAY_HOURS = 18
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Pattern:
    """Means by key with their 95 % interval; ``days`` behind each. NaN where there is no day, interval NaN with one."""

    keys: NDArray[np.int64]
    mean: Floats
    lower: Floats
    upper: Floats
    days: NDArray[np.int64]


@dataclass(frozen=True)
class Calendar:
    """Day by day: valid daily values (NaN where not valid) and the class of their sub-index, 1 to 6, 0 for none."""

    days: NDArray[np.datetime64]
    values: Floats
    levels: NDArray[np.int64]


def pattern(data: Observations, pollutant: str, station: int, by: By) -> Pattern:
    """Means of one station by hour of the day (hours as they begin), weekday or month."""
    cells = data.values[pollutant][station].reshape(-1, 24)
    calendar = data.calendar()
    if by == "hour":
        # Each day gives each hour one value.
        keys = np.broadcast_to(np.arange(24), cells.shape).ravel()
        return _grouped(keys, cells.ravel(), by)
    there = ~np.isnan(cells)
    count = there.sum(axis=1)
    means = np.where(there, cells, 0.0).sum(axis=1) / np.maximum(count, 1)
    means[count < _DAY_HOURS] = np.nan
    if by == "weekday":
        keys = (calendar.astype(np.int64) + 3) % 7 + 1  # 1970-01-01 was a Thursday
    else:
        keys = calendar.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return _grouped(keys, means, by)


def _grouped(keys: NDArray[np.int64], values: Floats, by: By) -> Pattern:
    first, count = _KEYS[by]
    known = ~np.isnan(values)
    place, values = keys[known] - first, values[known]
    days = np.bincount(place, minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(place, values, minlength=count) / days
        squares = np.bincount(place, (values - mean[place]) ** 2, minlength=count)
        half = _Z95 * np.sqrt(squares / (days - 1) / days)
    half = np.where(days > 1, half, np.nan)
    return Pattern(np.arange(first, first + count), mean, mean - half, mean + half, days)


def calendar(data: Observations, pollutant: str, station: int, standard: Standard) -> Calendar:
    """Valid daily values (O3: the greatest 8 h mean) and their class by the AQI rule that goes with ``standard``."""
    rule = aqi_rule(standard.aqi)
    column = "O3_8h" if pollutant == "O3" else pollutant
    values = daily_values(data, standard)[column][station]
    index = sub_indices(rule, rule.daily[column], values)
    levels = np.array([0 if part < 0 else level_of(part).level for part in index.tolist()], dtype=np.int64)
    return Calendar(data.calendar(), values, levels)

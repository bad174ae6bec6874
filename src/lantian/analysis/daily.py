"""Daily values by GB 3095 and HJ 663, and their AQI by HJ 633, over dense arrays.

A day is the natural day. A 24 h mean needs 20 hours. The 8 h means of ozone are labelled by their last hour, 08:00 to
24:00: 17 windows that all lie within the day, each of at least 6 hours; the day needs 14 of them, or a maximum above
grade II.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.hourly import Observations
from lantian.standards.ambient import POLLUTANTS, Standard
from lantian.standards.aqi import INCOMPLETE_ABOVE, PRIMARY_ABOVE, AqiRule, aqi_rule, decimals
from lantian.standards.evaluation import VALIDITY
from lantian.standards.rounding import NOISE_DECIMALS

COLUMNS = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3_1h", "O3_8h")
_WINDOW = 8
Values = NDArray[np.float64]


@dataclass(frozen=True)
class DailyAqi:
    """``index`` (stations, days): −1 where none is published; ``primary``: bit k is the k-th of ``columns``."""

    columns: tuple[str, ...]
    index: NDArray[np.int64]
    primary: NDArray[np.int64]

    def names(self, bits: int) -> str:
        """The primary pollutants of one day, joined by ``;``."""
        return ";".join(name for place, name in enumerate(self.columns) if bits >> place & 1)


def daily_values(data: Observations, standard: Standard) -> dict[str, Values]:
    """Valid daily values ``(stations, days)`` by the columns of ``stats daily``; NaN where a day is not valid."""
    found = {name: daily_means(data.values[name]) for name in POLLUTANTS if name != "O3"}
    found["O3_1h"], found["O3_8h"] = ozone(data.values["O3"], float(standard.limit("O3", "daily_max_8h")))
    return found


def daily_means(hours: Values) -> Values:
    """24 h means of ``(stations, days × 24)``: NaN with fewer than 20 hours."""
    cells = hours.reshape(len(hours), -1, 24)
    known = ~np.isnan(cells)
    count = known.sum(axis=2)
    sums = np.where(known, cells, 0.0).sum(axis=2)
    return np.where(count >= VALIDITY["day_hours"], sums / np.maximum(count, 1), np.nan)


def ozone(hours: Values, limit: float) -> tuple[Values, Values]:
    """Daily maximum 1 h and 8 h mean of ozone; a day of few windows counts if its maximum exceeds ``limit``."""
    cells = hours.reshape(len(hours), -1, 24)
    known = ~np.isnan(cells)
    filled = np.where(known, cells, 0.0)
    largest = np.where(known, cells, -np.inf).max(axis=2)
    one = np.where(np.isfinite(largest), largest, np.nan)
    # Summed within the day: a running sum over years would carry its rounding into every window.
    sums, count = _windows(filled), _windows(known.astype(np.float64))
    enough = count >= VALIDITY["window_hours"]
    means = np.where(enough, sums / np.maximum(count, 1), -np.inf)
    top = means.max(axis=2)
    valid = (enough.sum(axis=2) >= VALIDITY["day_windows"]) | (np.round(top, NOISE_DECIMALS) > limit)
    return one, np.where(valid & np.isfinite(top), top, np.nan)


def _windows(cells: Values) -> Values:
    """Sums of the 17 windows of 8 hours within each day."""
    pairs = cells[:, :, :-1] + cells[:, :, 1:]
    fours = pairs[:, :, :-2] + pairs[:, :, 2:]
    eights: Values = fours[:, :, :-4] + fours[:, :, 4:]
    return eights


@cache
def _table(rule: str, item: str) -> NDArray[np.int64]:
    """Sub-index of every rounded concentration up to one step above the last breakpoint; −1 where none is computed."""
    known = aqi_rule(rule)
    places = decimals(item)
    last = known.breakpoints[item][-1][0].scaleb(places)
    found = [known.iaqi_rounded(item, (type(last)(step)).scaleb(-places)) for step in range(int(last) + 2)]
    return np.array([-1 if part is None else part for part in found])


def sub_indices(rule: AqiRule, item: str, values: Values) -> NDArray[np.int64]:
    """IAQI of an array of concentrations: −1 where the value is missing or the rule computes none."""
    table = _table(rule.key, item)
    places = decimals(item)
    # The ninth decimal ends the noise of binary sums; half to even on what is left is GB/T 8170.
    steps = np.rint(np.round(values * 10.0**places, NOISE_DECIMALS - places))
    known = ~np.isnan(steps)
    return np.where(known, table[np.where(known, steps, 0).clip(0, len(table) - 1).astype(np.int64)], -1)


def daily_aqi(days: dict[str, Values], rule: AqiRule) -> DailyAqi:
    """AQI and primary pollutants of every day. Where a value is missing, only an index above 100 stands."""
    columns = tuple(name for name in COLUMNS if name in rule.daily)
    parts = [sub_indices(rule, rule.daily[name], days[name]) for name in columns]
    missing = np.any([np.isnan(days[name]) for name in columns], axis=0)
    top = np.max(parts, axis=0)
    index = np.where((top < 0) | (missing & (top <= INCOMPLETE_ABOVE)), -1, top)
    bits = sum(((part == top).astype(np.int64) << place for place, part in enumerate(parts)), np.zeros_like(top))
    return DailyAqi(columns, index, np.where(index > PRIMARY_ABOVE, bits, 0))

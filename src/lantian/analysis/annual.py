"""A station's years by HJ 663: means, percentiles, days above the limit — and whether the year counts at all.

The monthly clause is the one that is forgotten: in the Beijing data 214 of 216 station-years have 324 valid days, and
only 123 also have 27 in every month (25 in February).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.daily import Values, daily_means, ozone
from lantian.analysis.hourly import Observations
from lantian.standards.ambient import POLLUTANTS, Standard
from lantian.standards.evaluation import STATISTICS, month_needs, year_valid
from lantian.standards.rounding import NOISE_DECIMALS, round_half_even

_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class YearStatistic:
    """One row of ``stats annual``. ``mean`` and ``percentile`` rest on the valid days and are None without any."""

    station: str
    pollutant: str
    year: int
    valid_days: int
    valid_months: int
    valid: bool
    mean: float | None
    percentile: float | None
    exceed_days: int

    @property
    def mean_rounded(self) -> Decimal | None:
        """The mean as printed (whole number, CO one decimal; U-DECIMALS)."""
        return _printed(self.mean, self.pollutant)

    @property
    def percentile_rounded(self) -> Decimal | None:
        """The percentile as printed."""
        return _printed(self.percentile, self.pollutant)


def _printed(value: float | None, pollutant: str) -> Decimal | None:
    return None if value is None else round_half_even(value, STATISTICS[pollutant].decimals)


@dataclass(frozen=True)
class _Calendar:
    """Which columns of a daily array belong to which year, and where its months begin."""

    years: list[tuple[int, slice, NDArray[np.int64], NDArray[np.int64]]]

    @classmethod
    def of(cls, days: NDArray[np.datetime64]) -> _Calendar:
        months = days.astype("datetime64[M]").astype(np.int64)
        found = []
        for year in range(int(months[0]) // 12, int(months[-1]) // 12 + 1):
            low, high = np.searchsorted(months, (year * 12, year * 12 + 12))
            own = months[low:high]
            begins = np.flatnonzero(np.concatenate(([True], own[1:] != own[:-1])))
            needs = np.array([month_needs(int(month) % 12 + 1) for month in own[begins]])
            found.append((1970 + year, slice(int(low), int(high)), begins, needs))
        return cls(found)


def annual_statistics(data: Observations, standard: Standard) -> list[YearStatistic]:
    """Every station, pollutant and year with any datum, sorted so; O3 is the daily maximum 8 h mean throughout."""
    return in_order(row for pollutant in POLLUTANTS for row in pollutant_years(data, pollutant, standard))


def in_order(rows: Iterable[YearStatistic]) -> list[YearStatistic]:
    """Rows of several stations and pollutants as ``stats annual`` prints them."""
    order = {name: place for place, name in enumerate(POLLUTANTS)}
    return sorted(rows, key=lambda row: (row.station, order[row.pollutant], row.year))


def pollutant_years(data: Observations, pollutant: str, standard: Standard) -> list[YearStatistic]:
    """The years of one pollutant: of ``data`` nothing else is read, so a network may come piece by piece."""
    calendar = _Calendar.of(data.calendar())
    found: list[YearStatistic] = []
    # A few stations at a time: what is computed on the way stays in the processor's cache.
    for first in range(0, len(data.stations), _AT_ONCE):
        hours = data.values[pollutant][first : first + _AT_ONCE]
        if pollutant == "O3":
            daily = ozone(hours, float(standard.limit("O3", "daily_max_8h")))[1]
        else:
            daily = daily_means(hours)
        present = np.logical_or.reduce(np.isfinite(hours).reshape(len(hours), -1, 24), axis=2)
        names = data.stations[first : first + _AT_ONCE]
        found += _years(names, pollutant, daily, present, calendar, standard)
    return found


def _years(
    stations: tuple[str, ...],
    pollutant: str,
    daily: Values,
    present: NDArray[np.bool_],
    calendar: _Calendar,
    standard: Standard,
) -> Iterator[YearStatistic]:
    rule = STATISTICS[pollutant]
    limit = float(standard.limit(pollutant, rule.daily))
    for year, own, begins, needs in calendar.years:
        values = daily[:, own]
        known = ~np.isnan(values)
        count = known.sum(axis=1)
        months = (np.add.reduceat(known, begins, axis=1, dtype=np.int64) >= needs).sum(axis=1)
        means = np.where(known, values, 0.0).sum(axis=1) / np.maximum(count, 1)
        ranked = percentiles(values, count, rule.percentile)
        exceeding = (np.round(values, NOISE_DECIMALS) > limit).sum(axis=1)
        for place in np.flatnonzero(present[:, own].any(axis=1)):
            number, full = int(count[place]), int(months[place])
            yield YearStatistic(
                stations[place],
                pollutant,
                year,
                number,
                full,
                year_valid(number, full),
                float(means[place]) if number else None,
                float(ranked[place]) if number else None,
                int(exceeding[place]),
            )


def percentiles(values: Values, count: NDArray[np.int64], p: int) -> Values:
    """The ``p``-th percentile of each row by HJ 663; ``count`` is how many of the row are not NaN (0 gives NaN)."""
    ordered = np.sort(values, axis=1)  # NaN last
    below, rest = np.divmod(np.maximum(count - 1, 0) * p, 100)
    rows = np.arange(len(values))
    low = ordered[rows, below]
    high = ordered[rows, np.minimum(below + 1, np.maximum(count - 1, 0))]
    found: Values = low + (high - low) * rest / 100
    return found

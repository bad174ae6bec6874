"""A pollutant's months, and the stations of each month ranked by it: what a monthly bulletin prints.

A month's figure is the mean of its valid days (24 h means of at least 20 hours; O3 the 90th percentile of the daily
maximum 8 h mean, CO the 95th percentile, as HJ 663 has them for a year). How many days a month needs is said beside it
and left to the reader: bulletins rank months that are short of a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lantian.analysis.annual import percentiles
from lantian.analysis.daily import daily_means, ozone
from lantian.analysis.hourly import Observations
from lantian.standards.ambient import Standard
from lantian.standards.evaluation import STATISTICS, month_needs
from lantian.standards.ranking import change_pct, competition_ranks


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month of one station; ``month`` as 2026-03, ``mean`` (of CO and O3 the percentile) None without a day."""

    station: str
    month: str
    days: int
    valid: bool
    mean: float | None


@dataclass(frozen=True, slots=True)
class MonthRank:
    """One row of ``stats rank --monthly``: rank 1 = cleanest, ties 1, 1, 3; the change is that of a year."""

    station: str
    month: str
    days: int
    valid: bool
    mean: float | None
    rank: int | None
    yoy_pct: float | None


def month_figures(data: Observations, pollutant: str, standard: Standard) -> list[MonthFigure]:
    """Every month in which a station has a datum of ``pollutant``."""
    hours = data.values[pollutant]
    daily = ozone(hours, float(standard.limit("O3", "daily_max_8h")))[1] if pollutant == "O3" else daily_means(hours)
    present = np.logical_or.reduce(np.isfinite(hours).reshape(len(hours), -1, 24), axis=2)
    months = data.calendar().astype("datetime64[M]")
    begins = np.flatnonzero(np.concatenate(([True], months[1:] != months[:-1])))
    ends = np.append(begins[1:], len(months))
    by_percentile = STATISTICS[pollutant].divisor != "annual"
    found = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        own = daily[:, begin:end]
        known = ~np.isnan(own)
        count = known.sum(axis=1)
        if by_percentile:
            value = percentiles(own, count, STATISTICS[pollutant].percentile)
        else:
            value = np.where(known, own, 0.0).sum(axis=1) / np.maximum(count, 1)
        month = str(months[begin])
        needed = month_needs(int(month[5:]))
        for place in np.flatnonzero(present[:, begin:end].any(axis=1)).tolist():
            days = int(count[place])
            figure = float(value[place]) if days else None
            found.append(MonthFigure(data.stations[place], month, days, days >= needed, figure))
    return found


def rank_months(figures: Iterable[MonthFigure]) -> list[MonthRank]:
    """The stations of each month ranked, by station and month; a month without a value has no rank."""
    known = {(one.station, one.month): one for one in figures}
    by_month: dict[str, list[MonthFigure]] = {}
    for one in known.values():
        by_month.setdefault(one.month, []).append(one)
    ranks = {
        (one.station, one.month): rank
        for own in by_month.values()
        for one, rank in zip(own, competition_ranks([one.mean for one in own]), strict=True)
    }
    found = []
    for (station, month), one in sorted(known.items()):
        before = known.get((station, f"{int(month[:4]) - 1}{month[4:]}"))
        change = None
        if one.mean is not None and before is not None and before.mean is not None:
            change = change_pct(one.mean, before.mean, None)
        found.append(
            MonthRank(station, month, one.days, one.valid, one.mean, ranks[station, month],
                      None if change is None else float(change))
        )  # fmt: skip
    return found

"""A pollutant's months, and the stations of each month ranked by it: what a monthly bulletin prints.

A month's figure is the mean of its valid days (24 h means of at least 20 hours; O3 the 90th percentile of the daily
maximum 8 h mean, CO the 95th percentile, as HJ 663 has them for a year). How many days a month needs is said beside it
and left to the reader: bulletins rank months that are short of a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from lantian.analysis.annual import percentiles
from lantian.analysis.daily import daily_means, ozone
from lantian.analysis.hourly import Observations
from lantian.standards.ambient import Standard
from lantian.standards.evaluation import STATISTICS, month_needs
from lantian.standards.ranking import change_pct, competition_ranks


class MonthFigure(NamedTuple):
    """One month of one station; ``month`` as 2026-03, ``mean`` (of CO and O3 the percentile) None without a day."""

    station: str
    month: str
    days: int
    valid: bool
    mean: float | None


class MonthRank(NamedTuple):
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
        there = present[:, begin:end].any(axis=1).tolist()
        for station, days, figure, has in zip(data.stations, count.tolist(), value.tolist(), there, strict=True):
            if has:
                found.append(MonthFigure(station, month, days, days >= needed, figure if days else None))
    return found


def rank_months(figures: Iterable[MonthFigure]) -> list[MonthRank]:
    """The stations of each month ranked, by station and month; a month without a value has no rank."""
    by_month: dict[str, dict[str, MonthFigure]] = {}
    for one in figures:
        by_month.setdefault(one.month, {})[one.station] = one
    found = []
    for month, own in by_month.items():
        before = by_month.get(f"{int(month[:4]) - 1}{month[4:]}", {})
        ranks = competition_ranks([one.mean for one in own.values()])
        for (station, one), rank in zip(own.items(), ranks, strict=True):
            then = before.get(station)
            change = None
            if one.mean is not None and then is not None and then.mean is not None:
                change = change_pct(one.mean, then.mean)
            found.append(MonthRank(*one, rank, None if change is None else float(change)))
    return sorted(found, key=itemgetter(0, 1))

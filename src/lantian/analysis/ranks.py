"""Stations of a year beside each other: composite index, PM2.5, year on year; and one year by every standard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from lantian.analysis.annual import YearStatistic, annual_statistics
from lantian.analysis.daily import daily_aqi, daily_values
from lantian.analysis.hourly import Observations
from lantian.standards.ambient import POLLUTANTS, STANDARDS, Standard
from lantian.standards.aqi import aqi_rule
from lantian.standards.days import DayCount, count_days
from lantian.standards.evaluation import STATISTICS, attains, composite_index
from lantian.standards.ranking import change_pct, competition_ranks
from lantian.standards.rounding import round_half_even

# As bulletins print the index.
_INDEX_DECIMALS = 2
Years = Mapping[tuple[str, int], Mapping[str, YearStatistic]]


@dataclass(frozen=True, slots=True)
class RankRow:
    """One row of ``stats rank``; None where something is missing. ``valid``: all six pollutants have a valid year."""

    station: str
    year: int
    composite: float | None
    rank_composite: int | None
    pm25: float | None
    rank_pm25: int | None
    pm25_yoy_pct: float | None
    valid: bool


def by_year(statistics: Sequence[YearStatistic]) -> Years:
    """(station, year) → pollutant → statistic."""
    found: dict[tuple[str, int], dict[str, YearStatistic]] = defaultdict(dict)
    for row in statistics:
        found[row.station, row.year][row.pollutant] = row
    return found


def concentration(row: YearStatistic, *, published: bool = False) -> float | None:
    """What the composite index takes of a pollutant's year: the mean, of CO and O3 the percentile."""
    printed, exact = (
        (row.percentile_rounded, row.percentile)
        if STATISTICS[row.pollutant].divisor != "annual"
        else (row.mean_rounded, row.mean)
    )
    return (None if printed is None else float(printed)) if published else exact


def rank_years(
    statistics: Sequence[YearStatistic],
    standard: Standard,
    weights: Mapping[str, float] | None = None,
    *,
    published: bool = False,
) -> list[RankRow]:
    """Rank the stations of each year: 1 = cleanest, ties 1, 1, 3; sorted by station and year.

    In full precision; with ``published`` everything comes from figures rounded as they are printed (index two decimals,
    change in per cent one), which is how bulletins compute, and then ties are common.
    """
    years = by_year(statistics)
    index: dict[tuple[str, int], float | None] = {}
    pm25: dict[tuple[str, int], float | None] = {}
    for key, rows in years.items():
        values = {name: concentration(row, published=published) for name, row in rows.items()}
        found = composite_index(standard, values, weights)
        index[key] = float(round_half_even(found, _INDEX_DECIMALS)) if published and found is not None else found
        pm25[key] = values.get("PM2.5")
    ranks_index, ranks_pm25 = _ranks_within_years(index), _ranks_within_years(pm25)
    return [
        RankRow(
            station,
            year,
            index[station, year],
            ranks_index[station, year],
            pm25[station, year],
            ranks_pm25[station, year],
            _change(pm25[station, year], pm25.get((station, year - 1)), published=published),
            all(name in rows and rows[name].valid for name in POLLUTANTS),
        )
        for (station, year), rows in sorted(years.items())
    ]


def _ranks_within_years(values: Mapping[tuple[str, int], float | None]) -> dict[tuple[str, int], int | None]:
    found: dict[tuple[str, int], int | None] = {}
    for year in {year for _station, year in values}:
        keys = [key for key in values if key[1] == year]
        found.update(zip(keys, competition_ranks([values[key] for key in keys]), strict=True))
    return found


def _change(now: float | None, before: float | None, *, published: bool) -> float | None:
    if now is None or before is None:
        return None
    change = change_pct(now, before, 1 if published else None)
    return None if change is None else float(change)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One year of one station by one standard. ``failing``: pollutants whose mean or percentile is above grade II."""

    standard: str
    days: DayCount
    composite: float | None
    attains: bool | None
    failing: tuple[str, ...]

    @property
    def good_pct(self) -> Decimal | None:
        """Good-day ratio in per cent."""
        return self.days.good_pct


def under_every_standard(
    data: Observations, weights: Mapping[str, float] | None = None
) -> dict[tuple[str, int], list[Judgement]]:
    """Every station's year judged by each edition of GB 3095 in turn, with the AQI rule that belongs to it.

    This is how 2025 is compared with 2026: never good days by two rules. ``attains`` is None if a pollutant is missing.
    """
    found: dict[tuple[str, int], list[Judgement]] = defaultdict(list)
    year_of = data.calendar().astype("datetime64[Y]").astype(np.int64) + 1970
    for standard in STANDARDS.values():
        index = daily_aqi(daily_values(data, standard), aqi_rule(standard.aqi)).index
        for (station, year), rows in sorted(by_year(annual_statistics(data, standard)).items()):
            own = index[data.stations.index(station), year_of == year].tolist()
            days = count_days(None if value < 0 else value for value in own)
            failing = tuple(name for name, row in rows.items() if _fails(standard, row))
            complete = all(name in rows and rows[name].mean is not None for name in POLLUTANTS)
            index_value = composite_index(standard, {name: concentration(row) for name, row in rows.items()}, weights)
            verdict = False if failing else (True if complete else None)
            found[station, year].append(Judgement(standard.key, days, index_value, verdict, failing))
    return found


def _fails(standard: Standard, row: YearStatistic) -> bool:
    if row.mean is None or row.percentile is None:
        return False
    return not attains(standard, row.pollutant, row.mean, row.percentile)

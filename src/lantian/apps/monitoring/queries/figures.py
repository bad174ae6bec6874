"""A subject's figure of a period from its hours or from its own measurements: what rankings rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from lantian.analysis.annual import percentiles
from lantian.analysis.daily import daily_values
from lantian.analysis.observations import Observations
from lantian.analysis.rankings import Period
from lantian.analysis.sand import without_sand
from lantian.apps.monitoring.items import COMPOSITE, Item, Values
from lantian.apps.monitoring.queries.subjects import Subject, values
from lantian.standards.ambient import POLLUTANTS, Standard
from lantian.standards.dust import SandPeriod
from lantian.standards.evaluation import STATISTICS, above, composite_index, single_indices
from lantian.standards.rounding import round_half_even


@dataclass(frozen=True, slots=True)
class Measured:
    """One subject's figure, unrounded, and what it rests on. ``exact`` None: there is nothing to print.

    ``valid_days`` None: the figure was measured by hand and has no days. ``parts``: of the composite index the single
    indices, largest first.
    """

    exact: float | None
    valid_days: int | None
    worst: tuple[date, float] | None = None
    exceeding: int = 0
    parts: tuple[tuple[str, float], ...] = ()
    points: int = 0  # jars, runs or filters behind it


def daily(
    found: Sequence[Subject], period: Period, standard: Standard, sand: Sequence[SandPeriod] = ()
) -> dict[str, Values]:
    """Valid daily values of the subjects, hour by hour means first; without the declared hours of sand-dust."""
    data: Observations = values(found, period.start, period.end)
    return daily_values(without_sand(data, sand) if sand else data, standard)


def from_hours(days: dict[str, Values], number: int, item: Item, period: Period, standard: Standard) -> list[Measured]:
    """The figures of ``number`` subjects from their :func:`daily` values, in their order."""
    if item is COMPOSITE:
        return _composites(number, days, standard)
    return [_measured(row, item.key, period, standard) for row in days[column(item.key)]]


def column(pollutant: str) -> str:
    """The daily value that a pollutant is judged by."""
    return "O3_8h" if pollutant == "O3" else pollutant


def _measured(own: Values, pollutant: str, period: Period, standard: Standard) -> Measured:
    exact, count = _statistic(own, pollutant)
    if exact is None:
        return Measured(None, 0)
    limit = float(standard.limit(pollutant, STATISTICS[pollutant].daily))
    worst = int(np.nanargmax(own))
    exceeding = sum(above(value, limit) for value in own[~np.isnan(own)].tolist())
    return Measured(exact, count, (period.start + timedelta(days=worst), float(own[worst])), exceeding)


def _statistic(own: Values, pollutant: str) -> tuple[float | None, int]:
    """Mean of the valid days, of CO and O3 the percentile that HJ 663 judges; and how many days are valid."""
    known = own[~np.isnan(own)]
    if not known.size:
        return None, 0
    rule = STATISTICS[pollutant]
    if rule.divisor == "annual":
        return float(known.mean()), int(known.size)
    return float(percentiles(known[None, :], np.array([known.size]), rule.percentile)[0]), int(known.size)


def _composites(number: int, days: dict[str, Values], standard: Standard) -> list[Measured]:
    """Composite indices from concentrations rounded as printed, with their single indices."""
    found = []
    for row in range(number):
        statistics = {name: _statistic(days[column(name)][row], name) for name in POLLUTANTS}
        printed = {
            name: float(round_half_even(exact, STATISTICS[name].decimals))
            for name, (exact, _count) in statistics.items()
            if exact is not None
        }
        index = composite_index(standard, printed)
        count = min(count for _exact, count in statistics.values())
        if index is None:
            found.append(Measured(None, count))
            continue
        parts = sorted(single_indices(standard, printed).items(), key=lambda part: -part[1])
        found.append(Measured(index, count, parts=tuple(parts)))
    return found


def as_printed(exact: float | None, item: Item) -> Decimal | None:
    """A figure rounded as bulletins print it."""
    return None if exact is None else round_half_even(exact, item.decimals)

"""HJ 663: statistics of a year, when they count, and the composite index.

Percentiles are interpolated at ``k = 1 + (n − 1)·p`` of the sorted daily values, nothing rounded before. A pollutant
attains when its annual mean *and* its percentile are within grade II; a city attains when all six do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lantian.standards.ambient import Standard
from lantian.standards.rounding import NOISE_DECIMALS
from lantian.standards.tables import yaml_table


@dataclass(frozen=True, slots=True)
class Statistic:
    """How one pollutant's year is judged. ``daily``: averaging of its daily value, ``divisor``: of the limit."""

    pollutant: str
    percentile: int
    daily: str
    divisor: str
    decimals: int
    source: str
    confidence: str


STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {row["pollutant"]: Statistic(**row) for row in yaml_table("evaluation.yaml")["statistics"]}
)
# rule → least number of hours, windows, days or per cent of sites (ids and clauses in tables/evaluation.yaml).
VALIDITY: Mapping[str, int] = MappingProxyType(
    {name: row["minimum"] for name, row in yaml_table("evaluation.yaml")["validity"].items()}
)


def month_needs(month: int) -> int:
    """How many valid days make a month (1–12) valid: 27, February 25."""
    return VALIDITY["february_days"] if month == 2 else VALIDITY["month_days"]


def year_valid(days: int, months: int) -> bool:
    """Whether a year with so many valid days and valid months is valid: at least 324, and all twelve."""
    return days >= VALIDITY["year_days"] and months == 12


def sites_suffice(valid: int, sites: int) -> bool:
    """Whether a city value may be formed from ``valid`` of ``sites`` assessed sites: 75 %, of fewer than four 50 %."""
    return sites > 0 and 100 * valid >= VALIDITY["site_share" if sites >= 4 else "few_sites_share"] * sites


def percentile(values: Sequence[float], p: int) -> float:
    """The ``p``-th percentile (whole number) of at least one value by HJ 663; ValueError for none."""
    if not values:
        raise ValueError("a percentile of no values")
    ordered = sorted(values)
    # Whole numbers keep k exact: (n − 1) × 0.98 in binary may fall just below a rank that it should hit.
    below, rest = divmod((len(ordered) - 1) * p, 100)
    if rest == 0:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * rest / 100


def above(value: float, limit: float) -> bool:
    """Whether ``value`` exceeds ``limit``, the noise of binary sums apart (75.00000000000001 is 75)."""
    return round(value, NOISE_DECIMALS) > limit


def attains(standard: Standard, pollutant: str, mean: float, daily_percentile: float) -> bool:
    """Whether a pollutant's year is within grade II: its annual mean (where there is a limit) and its percentile."""
    yearly = (pollutant, "annual")
    within_mean = yearly not in standard.limits or not above(mean, float(standard.limit(*yearly)))
    return within_mean and not above(daily_percentile, float(standard.limit(pollutant, STATISTICS[pollutant].daily)))


def single_indices(standard: Standard, concentrations: Mapping[str, float]) -> dict[str, float]:
    """Single indices (单项指数) ``C/S``: mean over the annual limit; CO its P95 over 24 h; O3 its P90 over 8 h."""
    return {
        pollutant: value / float(standard.limit(pollutant, STATISTICS[pollutant].divisor))
        for pollutant, value in concentrations.items()
    }


def composite_index(
    standard: Standard, concentrations: Mapping[str, float | None], weights: Mapping[str, float] | None = None
) -> float | None:
    """Composite index (综合指数): the weighted sum of the six single indices; None if one is missing.

    ``weights`` default to 1 each; a pollutant that they do not name weighs 1.
    """
    known = {name: value for name in STATISTICS if (value := concentrations.get(name)) is not None}
    if len(known) < len(STATISTICS):
        return None
    singles = single_indices(standard, known)
    return sum((weights or {}).get(name, 1.0) * single for name, single in singles.items())

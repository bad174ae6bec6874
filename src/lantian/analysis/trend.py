"""Trends of monthly means: Theil–Sen slopes of the deseasonalised series with a bootstrap interval, and Mann–Kendall.

The settings are those of openair's ``TheilSen(deseason = TRUE, data.thresh = 75)`` (R, 3.1), so that a figure computed
here can be checked there: a month counts with 75 % of its hours, a missing month is filled by the line through the same
month of the other years, STL takes the season out, the slope is the median of all pair-wise slopes in days × 365, and
interval and p come from 599 bootstrap samples of the months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.errors import science
from lantian.analysis.hourly import Observations

Floats = NDArray[np.float64]

# Share of a month's hours that must be there.
CAPTURE = 0.75
# Fewer months than this have no trend; up to two years have no season to take out.
LEAST_MONTHS = 6
DESEASONALISED_FROM = 25
SAMPLES = 599
SEED = 2
_YEAR = 365.0
# R's stl(s.window = 11, s.degree = 1, robust = TRUE) on monthly data: its own defaults written out.
_STL = {
    "period": 12, "seasonal": 11, "trend": 21, "low_pass": 13, "seasonal_deg": 1, "trend_deg": 1, "low_pass_deg": 1,
    "robust": True, "seasonal_jump": 2, "trend_jump": 3, "low_pass_jump": 2,
}  # fmt: skip
_ITERATIONS = {"inner_iter": 1, "outer_iter": 15}


@dataclass(frozen=True)
class Months:
    """Monthly means: ``first`` (datetime64[M]) and ``(stations, months)``, NaN where too few hours are there."""

    first: np.datetime64
    means: Floats


@dataclass(frozen=True)
class Trend:
    """A slope per year with its 95 % interval. ``months`` were used, of which ``filled`` had no mean of their own."""

    slope: float
    lower: float
    upper: float
    p: float
    months: int
    filled: int
    deseasonalised: bool


@dataclass(frozen=True)
class MannKendall:
    """Kendall's S with its tie-corrected normal approximation (z, two-sided p) and tau."""

    s: int
    z: float
    p: float
    tau: float


def monthly_means(data: Observations, pollutant: str, capture: float = CAPTURE) -> Months:
    """Means of the hours of each calendar month; NaN where less than ``capture`` of its hours are there."""
    hours = data.values[pollutant]
    days = data.calendar()
    months = days.astype("datetime64[M]")
    first = months[0]
    starts = np.flatnonzero(np.concatenate(([True], months[1:] != months[:-1])))
    there = ~np.isnan(hours)
    sums = np.add.reduceat(np.where(there, hours, 0.0), starts * 24, axis=1)
    counts = np.add.reduceat(there.astype(np.int64), starts * 24, axis=1)
    # Hours of the whole month, also where the data begin or end within it.
    calendar = months[starts]
    lengths = ((calendar + 1).astype("datetime64[D]") - calendar.astype("datetime64[D]")).astype(np.int64) * 24
    enough = (counts > 0) & (counts >= capture * lengths)
    return Months(first, np.where(enough, sums / np.maximum(counts, 1), np.nan))


def fill_months(values: Floats) -> Floats:
    """Missing months from the straight line through the same calendar month of the other years.

    With one such month its value, with none the mean of the series (openair 3.1 does the same).
    """
    filled = values.copy()
    at = np.arange(len(values))
    for month in range(12):
        own = at % 12 == month
        gaps = own & np.isnan(values)
        known = at[own & ~np.isnan(values)]
        if not gaps.any():
            continue
        if len(known) >= 2:
            slope, intercept = np.polyfit(known.astype(np.float64), values[known], 1)
            filled[gaps] = intercept + slope * at[gaps]
        else:
            filled[gaps] = values[known[0]] if len(known) else np.nanmean(values)
    return filled


def deseasonalise(values: Floats) -> Floats:
    """Trend + remainder of STL on a gap-free monthly series longer than two years. MissingExtra without statsmodels."""
    if np.ptp(values) == 0:
        return values.copy()
    stl = science("statsmodels.tsa.seasonal").STL
    found = stl(values, **_STL).fit(**_ITERATIONS)
    rest: Floats = np.asarray(found.trend + found.resid, dtype=np.float64)
    return rest


def theil_sen(x: Floats, y: Floats) -> float:
    """The median of the slopes of all pairs with different x."""
    return float(np.median(_pairs(x, y)[np.triu_indices(len(x), 1)]))


def _pairs(x: Floats, y: Floats) -> Floats:
    """Slopes of all pairs, NaN on the diagonal; ``x`` without ties."""
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes: Floats = (y[:, None] - y[None, :]) / (x[:, None] - x[None, :])
    return slopes


def bootstrap(x: Floats, y: Floats, block: int = 1, seed: int = SEED) -> Floats:
    """``SAMPLES`` Theil–Sen slopes of (x, y) drawn with replacement in overlapping blocks of ``block`` points, sorted.

    ``block=1`` takes the points as independent; ``round(n ** (1/3))`` respects autocorrelation (Künsch 1989).
    """
    count = len(x)
    slopes = _pairs(x, y)
    chance = np.random.default_rng(seed)
    starts = chance.integers(0, count - block + 1, (SAMPLES, math.ceil(count / block)))
    draws = (starts[:, :, None] + np.arange(block)).reshape(SAMPLES, -1)[:, :count]
    upper = np.triu_indices(count, 1)
    found = np.empty(SAMPLES)
    for number, draw in enumerate(draws):
        drawn = slopes[np.ix_(draw, draw)][upper]
        # A point paired with itself has no slope.
        drawn = drawn[~np.isnan(drawn)]
        found[number] = np.median(drawn) if len(drawn) else 0.0
    found.sort()
    return found


def trend(months: Months, station: int, *, autocorrelated: bool = False, seed: int = SEED) -> Trend | None:
    """The trend of one station's monthly means, from its first valid month to its last; None with fewer than six."""
    row = months.means[station]
    valid = np.flatnonzero(~np.isnan(row))
    if len(valid) < LEAST_MONTHS:
        return None
    low, high = int(valid[0]), int(valid[-1]) + 1
    values, filled = row[low:high], 0
    seasonal = len(values) >= DESEASONALISED_FROM
    calendar = (months.first + np.arange(low, high)).astype("datetime64[D]").astype(np.int64).astype(np.float64)
    if seasonal:
        filled = int(np.isnan(values).sum())
        values = deseasonalise(fill_months(values))
    else:
        there = ~np.isnan(values)
        values, calendar = values[there], calendar[there]
    block = round(len(values) ** (1 / 3)) if autocorrelated else 1
    samples = bootstrap(calendar, values, block, seed) * _YEAR
    cut = round(0.025 * SAMPLES)
    share = ((samples < 0).sum() + 0.5 * (samples == 0).sum()) / SAMPLES
    return Trend(
        slope=theil_sen(calendar, values) * _YEAR,
        lower=float(samples[cut]),
        upper=float(samples[SAMPLES - cut - 1]),
        p=float(2 * min(share, 1 - share)),
        months=len(values),
        filled=filled,
        deseasonalised=seasonal,
    )


def mann_kendall(values: Floats) -> MannKendall:
    """Mann–Kendall's test of a monotonic trend, NaN left out; ties corrected, continuity corrected (Kendall 1975)."""
    series = values[~np.isnan(values)]
    count = len(series)
    if count < 3:
        raise ValueError("Mann–Kendall needs three values")
    signs = np.sign(series[None, :] - series[:, None])[np.triu_indices(count, 1)]
    s = int(signs.sum())
    _, ties = np.unique(series, return_counts=True)
    variance = (count * (count - 1) * (2 * count + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    z = 0.0 if s == 0 or variance == 0 else (s - math.copysign(1, s)) / math.sqrt(variance)
    pairs = count * (count - 1) / 2
    tied = (ties * (ties - 1)).sum() / 2
    tau = s / math.sqrt(pairs * (pairs - tied)) if pairs > tied else 0.0
    return MannKendall(s, z, math.erfc(abs(z) / math.sqrt(2)), tau)

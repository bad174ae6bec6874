"""Where it comes from: wind rose, pollution rose, percentile rose, conditional probability, by sector.

Sectors are centred on north and numbered clockwise. Hours without direction (calm, variable) belong to no sector and
are counted apart. A sector says from where the wind blew at the station, not where the source stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SECTORS = 16
SPEED_EDGES = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
PERCENTILES = (50.0, 75.0, 90.0, 95.0)
CPF_PERCENTILE = 90.0


@dataclass(frozen=True)
class Rose:
    """``share[s, c]``: per cent of all hours with the wind from ``centres[s]`` and a value in class c.

    Class c is [edges[c], edges[c + 1]), the last has no end. ``without`` is the per cent of hours without direction;
    all shares and ``without`` together are 100.
    """

    centres: Floats
    edges: Floats
    share: Floats
    mean: Floats
    without: float
    hours: int


@dataclass(frozen=True)
class PercentileRose:
    """``values[s, k]``: percentile ``percentiles[k]`` of the values with the wind from ``centres[s]``, NaN for none."""

    centres: Floats
    percentiles: tuple[float, ...]
    values: Floats
    hours: Counts


@dataclass(frozen=True)
class Probability:
    """``share[s]`` of the hours of a sector lie above ``threshold``, ``above[s]`` of ``hours[s]``; NaN for no hour."""

    centres: Floats
    threshold: float
    share: Floats
    above: Counts
    hours: Counts


def sector_of(direction: Floats, sectors: int = SECTORS) -> Counts:
    """The sector of each direction in degrees, −1 where there is none. A border belongs to the sector after it."""
    width = 360.0 / sectors
    known = ~np.isnan(direction)
    place = np.floor((np.where(known, direction, 0.0) + width / 2) / width).astype(np.int64) % sectors
    return np.where(known, place, -1)


def wind_rose(speed: Floats, direction: Floats, edges: Sequence[float] = SPEED_EDGES, sectors: int = SECTORS) -> Rose:
    """How often the wind blew from where, by classes of its speed. ``mean`` is the mean speed of each sector."""
    return pollution_rose(speed, direction, edges, sectors)


def pollution_rose(values: Floats, direction: Floats, edges: Sequence[float], sectors: int = SECTORS) -> Rose:
    """How often the wind blew from where, by classes of a pollutant; hours without a value are left out.

    ValueError where a value lies below the first edge or the edges do not rise.
    """
    bounds = np.asarray(edges, dtype=np.float64)
    known = ~np.isnan(values)
    values, direction = values[known], direction[known]
    if (np.diff(bounds) <= 0).any() or (len(values) and values.min() < bounds[0]):
        raise ValueError("edges must rise and begin at or below the least value")
    sector = sector_of(direction, sectors)
    inside = sector >= 0
    kind = np.searchsorted(bounds, values[inside], side="right") - 1
    place = sector[inside] * len(bounds) + kind
    counts = np.bincount(place, minlength=sectors * len(bounds)).reshape(sectors, -1)
    sums = np.bincount(sector[inside], values[inside], minlength=sectors)
    total = len(values)
    with np.errstate(invalid="ignore"):
        mean = sums / counts.sum(axis=1)
    share = 100.0 * counts / max(total, 1)
    without = 100.0 * float((~inside).sum()) / max(total, 1)
    return Rose(_centres(sectors), bounds, share, mean, without, total)


def percentile_rose(
    values: Floats, direction: Floats, percentiles: Sequence[float] = PERCENTILES, sectors: int = SECTORS
) -> PercentileRose:
    """Percentiles (linear between ranks) of a pollutant by sector."""
    chosen = tuple(percentiles)
    sector = np.where(np.isnan(values), -1, sector_of(direction, sectors))
    found = np.full((sectors, len(chosen)), np.nan)
    for number in range(sectors):
        own = values[sector == number]
        if len(own):
            found[number] = np.percentile(own, chosen)
    return PercentileRose(_centres(sectors), chosen, found, np.bincount(sector[sector >= 0], minlength=sectors))


def conditional_probability(
    values: Floats, direction: Floats, percentile: float = CPF_PERCENTILE, sectors: int = SECTORS
) -> Probability:
    """The share of each sector's hours above the ``percentile`` of all hours with value and direction (Ashbaugh 1985).

    ValueError where there is no such hour.
    """
    known = ~np.isnan(values + direction)
    if not known.any():
        raise ValueError("no hour has both a value and a direction")
    values, sector = values[known], sector_of(direction[known], sectors)
    threshold = float(np.percentile(values, percentile))
    hours = np.bincount(sector, minlength=sectors)
    above = np.bincount(sector[values > threshold], minlength=sectors)
    with np.errstate(invalid="ignore"):
        share = above / hours
    return Probability(_centres(sectors), threshold, share, above, hours)


def _centres(sectors: int) -> Floats:
    return np.linspace(0.0, 360.0, sectors, endpoint=False)

"""Bivariate polar surfaces: a pollutant by the wind's direction and speed (Carslaw, openair's ``polarPlot``).

``mean`` and ``cpf`` are binned (30 speeds × 5°, or 10° where all directions are tens) and smoothed by a thin-plate
spline as openair does. ``nwr`` is Henry's kernel regression (2009), evaluated at every point of the grid: hours are
grouped by their distinct speeds (0.1 m/s) and directions (whole degrees where more than 360 differ), and the Gaussian
kernel is a product of the two, so that two small matrix products do what takes R a minute. Differences of direction
wrap on both sides of north; openair 3.1 wraps one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.surface import bilinear, fit

Floats = NDArray[np.float64]
Statistic = Literal["mean", "cpf", "nwr"]
STATISTICS: tuple[Statistic, ...] = ("mean", "cpf", "nwr")

GRID = 201
# The spline is evaluated here and interpolated to GRID.
_COARSE = 51
_SPEEDS = 30
RANK = 100
# Weight of a bin with one, two, three hours.
_FEW = (0.25, 0.5, 0.75)
# Farther than this share of the square from any bin with data, nothing is shown.
_FAR = 0.05
# Widths of the Gaussian kernels of ``nwr``: m/s and degrees.
SPEED_SPREAD = 1.5
DIRECTION_SPREAD = 5.0
PERCENTILE = 90.0


class TooFewBins(ValueError):
    """The wind fills too few bins for a surface. ``bins`` were filled, ``needed`` are."""

    def __init__(self, bins: int, needed: int) -> None:
        super().__init__(f"{bins} bins of wind hold data, the surface needs {needed}")
        self.bins = bins
        self.needed = needed


@dataclass(frozen=True)
class Surface:
    """``z[i, j]`` at the wind from which ``v = axis[i]`` (north) and ``u = axis[j]`` (east), NaN outside the mask."""

    axis: Floats
    z: Floats


@dataclass(frozen=True)
class _Wind:
    """Hours with wind and pollutant: speed m/s, direction (0, 360], value."""

    speed: Floats
    direction: Floats
    value: Floats


def polar_surface(
    speed: Floats, direction: Floats, value: Floats, statistic: Statistic = "mean", percentile: float = PERCENTILE
) -> Surface:
    """The surface of one station; hours that lack any of the three are left out.

    ``mean``: of the pollutant. ``cpf``: the share of hours above the ``percentile`` of all hours. ``nwr``: the kernel
    mean. TooFewBins: fewer than 100 bins (``mean``, ``cpf``), or no hour at all.
    """
    there = ~np.isnan(speed + direction + value)
    wind = _Wind(speed[there], direction[there], value[there])
    if not there.any() or wind.speed.max() == 0:
        raise TooFewBins(0, RANK)
    axis = np.linspace(-wind.speed.max(), wind.speed.max(), GRID)
    if statistic == "nwr":
        return _kernel_regression(wind, axis)
    number = wind.value
    if statistic == "cpf":
        number = (number > np.quantile(number, percentile / 100)).astype(np.float64)
    u, v, counts, means = _bins(wind, number)
    if len(u) < RANK:
        raise TooFewBins(len(u), RANK)
    weights = np.ones(len(u))
    for hours, weight in enumerate(_FEW, 1):
        weights[counts == hours] = weight
    # Square roots are smoothed, so that the surface stays above zero.
    spline = fit(np.column_stack([u, v]), np.sqrt(means), weights, RANK)
    coarse = np.linspace(axis[0], axis[-1], _COARSE)
    east, north = np.meshgrid(coarse, coarse)
    smooth = spline(np.column_stack([east.ravel(), north.ravel()])) ** 2
    z = bilinear(smooth.reshape(_COARSE, _COARSE), coarse, axis)
    if statistic == "cpf":
        z = np.minimum(z, 1.0)
    return Surface(axis, np.where(_near(u, v, axis), z, np.nan))


def _bins(wind: _Wind, number: Floats) -> tuple[Floats, Floats, NDArray[np.int64], Floats]:
    """(u, v) of the bins with data, their hours and means. Edges and centres are openair's to the last bit."""
    step = 10 if (wind.direction % 10 == 0).all() else 5
    sectors = 360 // step
    greatest = float(wind.speed.max())
    # Rounded to the sector, then cut to right: what lies at or just above north falls into the first sector.
    sector = np.clip(np.ceil(wind.direction / step - 0.5).astype(np.int64) - 1, 0, sectors - 1)
    # The edges must be the floats of linspace: speeds are tenths, and many lie exactly on one.
    edges = np.linspace(0.0, greatest, _SPEEDS + 1)
    ring = np.clip(np.searchsorted(edges, wind.speed, side="left") - 1, 0, _SPEEDS - 1)
    place = sector * _SPEEDS + ring
    counts = np.bincount(place, minlength=sectors * _SPEEDS)
    sums = np.bincount(place, number, minlength=sectors * _SPEEDS)
    radius = np.linspace(wind.speed.min(), greatest, _SPEEDS)
    angle = np.deg2rad(np.arange(step, 361, step))[:, None]
    u, v = (radius * np.sin(angle)).ravel(), (radius * np.cos(angle)).ravel()
    filled = counts > 0
    return u[filled], v[filled], counts[filled], sums[filled] / counts[filled]


def _near(u: Floats, v: Floats, axis: Floats) -> NDArray[np.bool_]:
    """Which points of the grid lie within reach of a point (u, v), as ``mgcv::exclude.too.far`` judges."""
    width = axis[-1] - axis[0]
    near = np.zeros((len(axis), len(axis)), dtype=bool)
    # Only the square around each point is looked at: a fortieth of the grid.
    reach = 1.01 * _FAR * width
    lows, highs = (np.searchsorted(axis, np.array([v, u]) + side * reach) for side in (-1, 1))
    for north, east, bottom, left, top, right in zip(v, u, *lows, *highs, strict=True):
        away = np.hypot((axis[bottom:top, None] - north) / width, (axis[None, left:right] - east) / width)
        near[bottom:top, left:right] |= away <= _FAR
    return near


def _kernel_regression(wind: _Wind, axis: Floats) -> Surface:
    """Henry's non-parametric wind regression at every point of the grid near any hour's wind."""
    # Finer than a fiftieth of a kernel's width tells nothing; instruments that print more would cost seconds.
    speeds, ring = np.unique(np.round(wind.speed, 1), return_inverse=True)
    fine = len(np.unique(wind.direction)) > 360
    directions, sector = np.unique(np.rint(wind.direction) if fine else wind.direction, return_inverse=True)
    size = len(speeds) * len(directions)
    place = ring * len(directions) + sector
    counts = np.bincount(place, minlength=size).astype(np.float64).reshape(len(speeds), -1)
    sums = np.bincount(place, wind.value, minlength=size).astype(np.float64).reshape(len(speeds), -1)
    filled = np.nonzero(counts)
    angle = np.deg2rad(directions[filled[1]])
    near = _near(speeds[filled[0]] * np.sin(angle), speeds[filled[0]] * np.cos(angle), axis)
    rows, columns = np.nonzero(near)
    east, north = axis[columns], axis[rows]
    z = np.full(near.shape, np.nan)
    z[rows, columns] = kernel_means(
        np.hypot(east, north), np.rad2deg(np.arctan2(east, north)), speeds, directions, counts, sums
    )
    return Surface(axis, z)


def kernel_means(
    at_speed: Floats, at_direction: Floats, speeds: Floats, directions: Floats, counts: Floats, sums: Floats
) -> Floats:
    """Kernel-weighted means at points (speed, degrees) of hours grouped by distinct speeds and directions.

    ``counts`` and ``sums`` are ``(speeds, directions)``. Directions are compared around the circle, on both sides.
    """
    by_speed = _gauss((at_speed[:, None] - speeds) / SPEED_SPREAD)
    away = (at_direction[:, None] - directions + 180.0) % 360.0 - 180.0
    # Between two sectors far from both the weights are tiny, not zero: shift the exponent, the ratio stays the same.
    exponent = -0.5 * (away / DIRECTION_SPREAD) ** 2
    by_direction = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    above = np.einsum("pd,pd->p", by_speed @ sums, by_direction)
    below = np.einsum("pd,pd->p", by_speed @ counts, by_direction)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = above / below
    return means


def _gauss(distance: Floats) -> Floats:
    found: Floats = np.exp(-0.5 * distance**2)
    return found

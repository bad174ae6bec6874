"""A thin-plate regression spline over a plane, its smoothness chosen by generalised cross-validation.

This is what R's ``mgcv::gam(z ~ s(u, v, k = 100))`` fits (Wood 2003, J. R. Stat. Soc. B 65:95): the kernel of the
points is cut to its ``k`` largest eigenvalues, three directions go to the plane, and the penalty is the spline's
bending. All that is needed stands in numpy: one eigenvalue problem of the size of the points, a QR and a search over
one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Grid of log smoothing parameters that is searched before the minimum is refined.
_COARSE = np.linspace(-25.0, 25.0, 101)
_GOLDEN = (np.sqrt(5.0) - 1) / 2


@dataclass(frozen=True)
class Spline:
    """A fitted surface: f(p) = kernel(p, knots) · bend + (1, p − centre) · plane."""

    knots: Floats
    centre: Floats
    bend: Floats
    plane: Floats

    def __call__(self, points: Floats) -> Floats:
        """Values at ``points``, ``(n, 2)``."""
        shifted = points - self.centre
        values: Floats = _kernel(shifted, self.knots) @ self.bend + _with_ones(shifted) @ self.plane
        return values


def fit(points: Floats, values: Floats, weights: Floats, rank: int) -> Spline:
    """The spline of ``rank`` dimensions through ``(n, 2)`` distinct points; ValueError with fewer points than that."""
    count = len(points)
    if count < rank:
        raise ValueError(f"{count} points, {rank} dimensions")
    centre = points.mean(axis=0)
    knots = points - centre
    level = _with_ones(knots)
    largest, vectors = _largest(_kernel(knots, knots), rank)
    # The bending part must not hold what the plane already can.
    basis = np.linalg.qr((level.T @ vectors).T, mode="complete")[0][:, 3:]
    design = np.hstack([(vectors * largest) @ basis, level])
    penalty = np.zeros((rank, rank))
    penalty[:-3, :-3] = basis.T @ (largest[:, None] * basis)
    root = np.sqrt(weights)
    coefficients = _ridge(design * root[:, None], values * root, penalty)
    return Spline(knots, centre, vectors @ (basis @ coefficients[:-3]), coefficients[-3:])


def _with_ones(points: Floats) -> Floats:
    return np.column_stack([np.ones(len(points)), points])


def _kernel(one: Floats, other: Floats) -> Floats:
    """r² log r / 8π of all pairs, written in squares of r."""
    # By hand: |a|² + |b|² − 2ab cancels where the points are close, and a missing square would be logged.
    squares = (one[:, :1] - other[:, 0]) ** 2 + (one[:, 1:] - other[:, 1]) ** 2
    found: Floats = squares * np.log(np.maximum(squares, 1e-300)) / (16 * np.pi)
    return found


def _largest(matrix: Floats, rank: int) -> tuple[Floats, Floats]:
    """The ``rank`` eigenvalues of greatest magnitude and their vectors."""
    values, vectors = np.linalg.eigh(matrix)
    order = np.argsort(-np.abs(values), kind="stable")[:rank]
    return values[order], vectors[:, order]


def _ridge(design: Floats, values: Floats, penalty: Floats) -> Floats:
    """Coefficients of least squares under the penalty whose strength has the least GCV score."""
    q, r = np.linalg.qr(design)
    inverse = np.linalg.inv(r)
    strengths, axes = np.linalg.eigh(inverse.T @ penalty @ inverse)
    strengths = np.maximum(strengths, 0.0)
    along = axes.T @ (q.T @ values)
    total, count = float(values @ values), len(values)

    def shrink(logs: Floats) -> Floats:
        kept: Floats = 1.0 / (1.0 + np.exp(logs)[:, None] * strengths)
        return kept

    def score(logs: Floats) -> Floats:
        kept = shrink(logs)
        misfit = total - ((2 * kept - kept**2) * along**2).sum(axis=1)
        found: Floats = count * misfit / (count - kept.sum(axis=1)) ** 2
        return found

    best = float(_COARSE[np.argmin(score(_COARSE))])
    low, high = best - 1.0, best + 1.0
    for _ in range(40):  # golden section: the bracket shrinks to 1e-8
        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        first, second = score(np.array([one, two]))
        low, high = (low, two) if first < second else (one, high)
    kept = shrink(np.array([(low + high) / 2]))[0]
    found: Floats = inverse @ (axes @ (along * kept))
    return found


def bilinear(grid: Floats, coarse: Floats, fine: Floats) -> Floats:
    """``grid`` on the square of ``coarse`` × ``coarse``, read at ``fine`` × ``fine``."""
    place = np.interp(fine, coarse, np.arange(len(coarse)))
    left = np.minimum(place.astype(np.int64), len(coarse) - 2)
    share = place - left
    weights = np.zeros((len(fine), len(coarse)))
    rows = np.arange(len(fine))
    weights[rows, left] = 1 - share
    weights[rows, left + 1] = share
    found: Floats = weights @ grid @ weights.T
    return found

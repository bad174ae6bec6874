"""Medians of arrays with missing values (NaN): along rows, columns, windows and over the other stations."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

# The middle of fewer than three others is hardly the network's.
LEAST_OTHERS = 3


def row_median(values: Values) -> Values:
    """The median of the known values along the last axis, NaN without any: one sort, quicker than ``nanmedian``."""
    ordered = np.sort(values, axis=-1)
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return cast(Values, np.where(count > 0, (low + high) / 2, np.nan)[..., 0])


def column_median(values: Values) -> Values:
    """The median of the known values of each column; NaN without any."""
    return row_median(np.ascontiguousarray(values.T))


def daily_median(hours: Values) -> Values:
    """The median of each day's known values: ``(stations, hours)`` to ``(stations, days)``."""
    return row_median(hours.reshape(len(hours), -1, 24))


def running_median(values: Values, width: int) -> Values:
    """The median of the known values in a centred window of odd ``width`` along the rows; at the ends it is shorter."""
    half = width // 2
    padded = np.pad(values, ((0, 0), (half, half)), constant_values=np.nan)
    return row_median(np.lib.stride_tricks.sliding_window_view(padded, width, axis=1))


def median_of_others(values: Values) -> Values:
    """For each row the median of all other rows, column by column; NaN where fewer than three others are known.

    One sort serves all rows: taking a value out of a sorted column moves the middle by at most one place.
    """
    count = (~np.isnan(values)).sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN last
    columns = np.arange(values.shape[1])
    found = np.full_like(values, np.nan)
    for row, own in enumerate(values):
        known = ~np.isnan(own)
        others = count - known
        place = np.where(known, (ordered < own).sum(axis=0), len(values))
        low, high = (others - 1) // 2, others // 2
        picked = [
            ordered[np.clip(at + (at >= place), 0, len(values) - 1), columns] for at in (np.maximum(low, 0), high)
        ]
        found[row] = np.where(others >= LEAST_OTHERS, (picked[0] + picked[1]) / 2, np.nan)
    return found


def weighted_median(values: Values, weights: Values) -> Values:
    """The median of each column's known values with a weight for each row; NaN where fewer than three are known."""
    order = np.argsort(values, axis=0)  # NaN last
    ordered = np.take_along_axis(values, order, axis=0)
    known = ~np.isnan(ordered)
    reached = np.cumsum(np.where(known, weights[order], 0.0), axis=0)
    half = reached[-1] / 2
    picked = [
        np.take_along_axis(ordered, np.minimum(below.sum(axis=0), len(values) - 1)[None], axis=0)[0]
        for below in (reached < half, reached <= half)
    ]
    # Rounding may put the upper one among the missing: then the lower one is the middle.
    middle = np.where(np.isnan(picked[1]), picked[0], (picked[0] + picked[1]) / 2)
    return cast(Values, np.where(known.sum(axis=0) >= LEAST_OTHERS, middle, np.nan))


def nearest_known(values: Values, reach: int) -> Values:
    """The value before each cell: that of the hour before or, if it is missing, of up to ``reach`` hours before."""
    found = np.full_like(values, np.nan)
    for back in range(reach, 0, -1):
        moved = np.full_like(values, np.nan)
        moved[:, back:] = values[:, :-back]
        found = np.where(np.isnan(moved), found, moved)
    return found

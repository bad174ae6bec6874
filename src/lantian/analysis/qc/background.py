"""What a station should have read: the level of the others in the same hour, times the station's own usual ratio.

Everything is in ``log(value + offset)``: ratios are what stations of one city share, and the offset (some detection
limits) keeps the noise near zero from looking like one. The usual ratio is the median over 91 days, long enough to
stay where it is while an instrument drifts for weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

# The middle of fewer than three others is hardly the network's.
LEAST_OTHERS = 3
USUAL_DAYS = 91
WEEK_DAYS = 7
# In typical daily residuals: a day so far off says nothing about what is usual.
_FAR = 3.0
_SPREAD = (0.75, 1.6)


@dataclass(frozen=True)
class Background:
    """Arrays ``(stations, hours)``: ``logs`` = log(value + offset); ``expected`` the same from the other stations, NaN
    where fewer than three of them have the hour; ``residual`` their difference. ``(stations, days)``: ``daily`` the
    median residual of a day, the station's usual one taken off; ``departure`` the same of the week around it.
    ``spread`` ``(stations,)``: how much more than the middle one a station wavers against the others (a valley town
    does); it widens thresholds."""

    offset: float
    logs: Values
    expected: Values
    residual: Values
    daily: Values
    departure: Values
    spread: Values

    def level(self) -> Values:
        """The expected concentration; NaN without a network."""
        return np.exp(self.expected) - self.offset


def background(values: Values, offset: float) -> Background:
    """The background of ``(stations, days × 24)`` values of one pollutant; NaN and negative values are no data."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.where(values >= 0, np.log(np.maximum(values, 0) + offset), np.nan)
    if len(values) <= LEAST_OTHERS:
        empty = np.full_like(logs, np.nan)
        days = np.full((len(values), values.shape[1] // 24), np.nan)
        return Background(offset, logs, empty, empty, days, days, np.ones(len(values)))
    constant = row_median(logs - column_median(logs))[:, None]
    rough = logs - constant - median_of_others(logs - constant)
    daily = row_median(rough.reshape(len(rough), -1, 24))
    usual = _usual(daily)
    own = constant + np.repeat(usual, 24, axis=1)
    expected = own + median_of_others(logs - own)
    residual = logs - expected
    daily = daily - usual
    return Background(offset, logs, expected, residual, daily, running_median(daily, WEEK_DAYS), _spread(residual))


def _usual(daily: Values) -> Values:
    """The running median of the daily residuals, a second time without the days that were far from the first: weeks of
    a fault would otherwise pull it along, and good days after them would look low."""
    usual = np.nan_to_num(running_median(daily, USUAL_DAYS))
    off = np.abs(running_median(daily - usual, WEEK_DAYS))
    with np.errstate(invalid="ignore"):
        ordinary = np.where(off > _FAR * row_median(np.abs(daily - usual))[:, None], np.nan, daily)
    again = running_median(ordinary, USUAL_DAYS)
    return np.where(np.isnan(again), usual, again)


def _spread(residual: Values) -> Values:
    size = row_median(np.abs(residual))
    middle = row_median(size)
    if not middle > 0:
        return np.ones(len(residual))
    return cast(Values, np.nan_to_num(np.sqrt(size / middle), nan=1.0).clip(*_SPREAD))


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


def column_median(values: Values) -> Values:
    """The median of the known values of each column; NaN without any."""
    return row_median(np.ascontiguousarray(values.T))


def row_median(values: Values) -> Values:
    """The median of the known values along the last axis, NaN without any: one sort, quicker than ``nanmedian``."""
    ordered = np.sort(values, axis=-1)
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return cast(Values, np.where(count > 0, (low + high) / 2, np.nan)[..., 0])


def running_median(values: Values, width: int) -> Values:
    """The median of the known values in a centred window of odd ``width`` along the rows; at the ends it is shorter."""
    half = width // 2
    padded = np.pad(values, ((0, 0), (half, half)), constant_values=np.nan)
    return row_median(np.lib.stride_tricks.sliding_window_view(padded, width, axis=1))


def nearest_known(values: Values, reach: int) -> Values:
    """The value before each cell: that of the hour before or, if it is missing, of up to ``reach`` hours before."""
    found = np.full_like(values, np.nan)
    for back in range(reach, 0, -1):
        moved = np.full_like(values, np.nan)
        moved[:, back:] = values[:, :-back]
        found = np.where(np.isnan(moved), found, moved)
    return found

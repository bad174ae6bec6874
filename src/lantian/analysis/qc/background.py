"""What a station should have read: the level of the others in the same hour, times the station's own usual ratio.

Everything is in ``log(value + offset)``: ratios are what stations of one city share, and the offset (some detection
limits) keeps the noise near zero from looking like one. The usual ratio is the median over 91 days, long enough to
stay where it is while an instrument drifts for weeks, and has a daily course. Stations that usually read like this one
weigh more. What is left is compared with what is left of the station's other pollutants: air of its own (a stove, a
front that comes an hour later) shows in all of them, a faulty instrument in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from lantian.analysis.qc.medians import (
    LEAST_OTHERS,
    Values,
    column_median,
    daily_median,
    median_of_others,
    row_median,
    running_median,
    weighted_median,
)

USUAL_DAYS = 91
WEEK_DAYS = 7
# In typical daily residuals: a day so far off says nothing about what is usual.
_FAR = 3.0
_SPREAD = (0.75, 1.6)
# The daily course is the median of COURSE_DAYS, made anew every COURSE_STEP days and interpolated between.
_COURSE_DAYS = 75
_COURSE_STEP = 15
# Stations hardly differ less than this (log), whatever the median says.
_ALIKE = 0.02
# A residual of another pollutant explains no more than this (log): a fault there must not become one here.
_EXPLAINS = 0.5


@dataclass(frozen=True)
class Background:
    """Arrays ``(stations, hours)``: ``logs`` = log(value + offset); ``expected`` the same from the other stations, NaN
    where fewer than three of them have the hour; ``residual`` their difference; ``net`` the residual without what the
    station's other pollutants share. ``daily`` ``(stations, days)``: the median ``net`` of a day, the station's usual
    one taken off, and ``daily_residual`` the same of ``residual``. ``spread`` ``(stations,)``: how much more than the
    middle one a station wavers against the others (a valley town does); it widens thresholds."""

    offset: float
    logs: Values
    expected: Values
    residual: Values
    net: Values
    daily: Values
    daily_residual: Values
    spread: Values

    def level(self) -> Values:
        """The expected concentration; NaN without a network."""
        return np.exp(self.expected) - self.offset


def backgrounds(values: Mapping[str, Values], offsets: Mapping[str, float]) -> dict[str, Background]:
    """The background of each pollutant's ``(stations, days × 24)`` values; NaN and negative values are no data."""
    logs = {name: _logs(array, offsets[name]) for name, array in values.items()}
    expected = {name: _expected(array) for name, array in logs.items()}
    residual = {name: logs[name] - expected[name] for name in logs}
    found = {}
    for name, own in residual.items():
        net = _net(own, [array for other, array in residual.items() if other != name])
        daily, daily_residual = daily_median(net), daily_median(own)
        found[name] = Background(
            offsets[name],
            logs[name],
            expected[name],
            own,
            net,
            daily - _usual(daily),
            daily_residual - _usual(daily_residual),
            _spread(net),
        )
    return found


def _logs(values: Values, offset: float) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values >= 0, np.log(np.maximum(values, 0) + offset), np.nan)


def _expected(logs: Values) -> Values:
    if len(logs) <= LEAST_OTHERS:
        return np.full_like(logs, np.nan)
    own = row_median(logs - column_median(logs))[:, None]
    own = own + np.repeat(_usual(daily_median(logs - own - median_of_others(logs - own))), 24, axis=1)
    own = own + _course(logs - own - median_of_others(logs - own))
    level = logs - own
    others = np.empty_like(logs)
    for row in range(len(logs)):
        beside = np.delete(level, row, axis=0)
        apart = np.nan_to_num(row_median(np.abs(beside - level[row])), nan=np.inf)
        weights = np.maximum(apart, _ALIKE) ** -2
        # A station without a single hour in common with any has no neighbour it is like.
        others[row] = weighted_median(beside, weights if weights.any() else np.ones(len(beside)))
    usual = _usual(daily_median(level - others))
    return own + others + np.repeat(usual, 24, axis=1)


def _usual(daily: Values) -> Values:
    """The running median of the daily residuals, and twice more without the days that were far from the one before:
    weeks of a fault would otherwise pull it along, and good days after them would look low."""
    usual = np.nan_to_num(running_median(daily, USUAL_DAYS))
    for _round in range(2):
        off = np.abs(running_median(daily - usual, WEEK_DAYS))
        with np.errstate(invalid="ignore"):
            ordinary = np.where(off > _FAR * row_median(np.abs(daily - usual))[:, None], np.nan, daily)
        again = running_median(ordinary, USUAL_DAYS)
        usual = np.where(np.isnan(again), usual, again)
    return usual


def _course(residual: Values) -> Values:
    """By how much each hour of the day usually differs from the day's middle, ``(stations, hours)``."""
    days = residual.reshape(len(residual), -1, 24)
    count = days.shape[1]
    middles = np.arange(min(_COURSE_STEP, count) // 2, count, _COURSE_STEP)
    half = _COURSE_DAYS // 2
    blocks = np.stack(
        [
            row_median(np.ascontiguousarray(days[:, max(at - half, 0) : at + half + 1].transpose(0, 2, 1)))
            for at in middles
        ],
        axis=1,
    )
    blocks = np.nan_to_num(blocks - row_median(blocks)[..., None])
    place = np.interp(np.arange(count), middles, np.arange(len(middles)))
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, len(middles) - 1)
    share = (place - low)[None, :, None]
    return cast(Values, (blocks[:, low] * (1 - share) + blocks[:, high] * share).reshape(len(residual), -1))


def _net(residual: Values, others: list[Values]) -> Values:
    """The residual without what a robust regression on the other pollutants' residuals explains, station by station."""
    net = residual.copy()
    for row, own in enumerate(residual):
        known = ~np.isnan(own)
        beside = [np.nan_to_num(np.clip(array[row], -_EXPLAINS, _EXPLAINS)) for array in others]
        if known.any() and beside:
            shared = np.stack(beside, axis=1)
            net[row] = own - shared @ _huber(shared[known], own[known])
    return net


def _huber(by: Values, target: Values) -> Values:
    """Coefficients of a regression through zero in which far points weigh less (Huber), a little shrunk."""
    weights: Values = np.ones(len(target))
    found: Values = np.zeros(by.shape[1])
    for _round in range(4):
        weighted = by * weights[:, None]
        found = np.linalg.solve(weighted.T @ by + np.eye(by.shape[1]), weighted.T @ target).astype(np.float64)
        off = np.abs(target - by @ found)
        weights = 1 / np.maximum(1, off / max(2 * float(np.median(off)), 1e-9))
    return found


def _spread(residual: Values) -> Values:
    size = row_median(np.abs(residual))
    middle = row_median(size)
    if not middle > 0:
        return np.ones(len(residual))
    return cast(Values, np.nan_to_num(np.sqrt(size / middle), nan=1.0).clip(*_SPREAD))

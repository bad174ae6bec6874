"""Days and weeks on which a station's ratio to the others is not its usual one: steps and drifts."""

from __future__ import annotations

import numpy as np

from lantian.analysis.qc.background import Background
from lantian.analysis.qc.checks_value import Found, run_bounds
from lantian.analysis.qc.medians import Mask, Values, row_median, running_median
from lantian.analysis.qc.rules import Common, Parameters

# Days compared on both sides of a departure's beginning and end.
_JUMP_DAYS = 5


def departures(behind: Background, limits: Parameters, shared: Common) -> tuple[Found, Found]:
    """Q07 and Q08: days on which the ratio to the others is not the station's usual one.

    Medians over windows of days are compared with a threshold each: the longer it lasts, the smaller a departure that
    chance does not make. One that grows from its first quarter to its second half is a drift, else it is a step
    (设备更换, 校准后突变).
    """
    found = np.zeros(behind.daily.shape, dtype=bool)
    off = np.zeros(behind.daily.shape)
    for width, least in limits.departure:
        smooth = np.nan_to_num(running_median(behind.daily, width))
        found |= _off(behind, smooth, least * behind.spread[:, None], width, shared)
        off = np.where(np.abs(smooth) > np.abs(off), smooth, off)
    steps, drifts = np.zeros(found.shape, dtype=bool), np.zeros(found.shape, dtype=bool)
    for row, low, high in zip(*run_bounds(_bridged(found)), strict=True):
        course = np.abs(behind.daily[row, low:high])
        first_days, last_days = course[: -(-len(course) // 4)], course[len(course) // 2 :]
        grows = bool(row_median(last_days) > shared.growth * row_median(first_days))
        (drifts if grows else steps)[row, low:high] = found[row, low:high]
    known = ~np.isnan(behind.residual)
    hourly = np.repeat(off, 24, axis=1)
    return (
        Found(np.repeat(steps, 24, axis=1) & known, np.abs(hourly), off=hourly),
        Found(np.repeat(drifts, 24, axis=1) & known, np.abs(hourly), off=hourly),
    )


def _off(behind: Background, smooth: Values, least: Values, width: int, shared: Common) -> Mask:
    """The days of departures at one width. They count from where a share of the threshold is exceeded.

    A fault of another pollutant moves ``daily`` a little (it has been taken for shared air), ``daily_residual`` not.
    """
    side = np.sign(smooth)
    edge = smooth * side > least * shared.departure_edge
    beside = np.nan_to_num(running_median(behind.daily_residual, width)) * side
    core = (smooth * side > least) & (beside > least * shared.departure_beside)
    # The window around a day reaches beyond the fault's ends: the day itself must be off, to the same side.
    with np.errstate(invalid="ignore"):
        itself = behind.daily * side > least * shared.departure_edge
    found = np.zeros(core.shape, dtype=bool)
    for row, low, high in zip(*run_bounds(edge), strict=True):
        enough = core[row, low:high].sum() >= max(width * shared.departure_share, 1)
        if enough and _jumps(behind.daily[row], itself[row], low, high, least[row] * shared.departure_jump):
            found[row, low:high] = itself[row, low:high]
    return found


def _jumps(daily: Values, off: Mask, low: int, high: int, least: Values) -> bool:
    """Whether the departure begins or ends within days: a fault is repaired, a season is not."""
    days = low + np.flatnonzero(off[low:high])
    if not len(days):
        return False
    first, after = int(days[0]), int(days[-1]) + 1
    # The data's own ends may have cut it off.
    if first < _JUMP_DAYS or after > len(daily) - _JUMP_DAYS:
        return True
    inner = min(_JUMP_DAYS, after - first)
    begins = row_median(daily[first : first + inner]) - row_median(daily[first - _JUMP_DAYS : first])
    ends = row_median(daily[after - inner : after]) - row_median(daily[after : after + _JUMP_DAYS])
    return bool(max(abs(begins), abs(ends)) > least[0])


def _bridged(days: Mask) -> Mask:
    """Two days that are not off between others do not end a departure."""
    closed = days.copy()
    for gap in (1, 2):
        closed[:, gap:-gap] |= days[:, : -2 * gap] & days[:, 2 * gap :]
    closed[:, 1:-2] |= days[:, :-3] & days[:, 3:]
    closed[:, 2:-1] |= days[:, :-3] & days[:, 3:]
    return closed

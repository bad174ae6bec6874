"""Rules that compare a station with the others of its network. Without three others they find nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lantian.analysis.qc.background import Background
from lantian.analysis.qc.checks_value import Found, paint, run_bounds
from lantian.analysis.qc.medians import Mask, Values, row_median, running_median
from lantian.analysis.qc.rules import Common, Parameters


def unit(hours: Values, behind: Background, limits: Parameters, shared: Common) -> Found:
    """Q04: about a thousand times above or below the other stations."""
    level = behind.level()
    with np.errstate(invalid="ignore"):
        above = hours > shared.unit_factor * np.maximum(level, limits.floor)
        below = (hours > 0) & (hours * shared.unit_factor < level) & (level > 2 * limits.floor)
    return Found(above | below, np.abs(behind.residual))


def zero(hours: Values, behind: Background, limits: Parameters, shared: Common) -> Found:
    """Q05: at zero for hours while the others are clearly not (零点、断气、采样泵停); many hours need less contrast."""
    with np.errstate(invalid="ignore"):
        station, first, after = run_bounds(hours <= limits.zero)
    level = behind.level()
    keep = []
    for place in np.flatnonzero(after - first >= shared.zero_hours):
        around = _middle(level[station[place], first[place] : after[place]])
        long = after[place] - first[place] >= shared.zero_long_hours
        if around >= limits.zero_expected / (2 if long else 1):
            keep.append(place)
    return Found(paint(np.shape(hours), station[keep], first[keep], after[keep]))


def _middle(values: Values) -> float:
    return float(row_median(values))


def neighbour(behind: Background, limits: Parameters) -> Found:
    """Q06: the median departure of some hours is far off: a local event is shorter or smaller."""
    found = np.zeros(behind.residual.shape, dtype=bool)
    for width, far in limits.neighbour:
        least = far * behind.spread[:, None]
        smooth = running_median(behind.net, width)
        side = np.sign(smooth)
        with np.errstate(invalid="ignore"):
            mask = (smooth * side > least) & (behind.residual * side > least / 2)
        station, first, after = run_bounds(mask)
        long = after - first >= width // 2
        found |= paint(mask.shape, station[long], first[long], after[long])
    return Found(found, np.abs(behind.residual), off=behind.residual)


def above_nearest(hours: Values, nearest: Mapping[int, Sequence[int]], shared: Common) -> Found:
    """Q13: an hour more than 50 % above the mean of the station's three nearest; ``nearest``: station → three others.

    A finding about the air (通州 2018), not about the instrument. An hour needs all three neighbours.
    """
    mask: Mask = np.zeros(hours.shape, dtype=bool)
    for station, others in nearest.items():
        if len(others) != 3 or station in others:
            raise ValueError(f"station {station}: three other stations are needed")
        with np.errstate(invalid="ignore"):
            mask[station] = hours[station] > shared.above_nearest * hours[list(others)].mean(axis=0)
    return Found(mask)

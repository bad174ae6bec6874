"""Rules that compare a station with the others of its network. Without three others they find nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import isqrt

import numpy as np

from lantian.analysis.qc.background import Background, Mask, Values, row_median, running_median
from lantian.analysis.qc.checks_value import Found, Partners, paint, run_bounds
from lantian.analysis.qc.rules import Common, Parameters

# A day is exchanged only where most of it can be compared.
_LEAST_HOURS = 16


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


def neighbour(behind: Background, limits: Parameters, shared: Common) -> Found:
    """Q06: the median residual of some hours is far off: a local event is shorter or smaller."""
    smooth = running_median(behind.residual, shared.neighbour_hours)
    least = limits.neighbour * behind.spread[:, None]
    with np.errstate(invalid="ignore"):
        mask = (np.abs(smooth) > least) & (np.abs(behind.residual) > least / 2)
    station, first, after = run_bounds(mask)
    long = after - first >= shared.neighbour_hours // 2
    mask = paint(mask.shape, station[long], first[long], after[long])
    return Found(mask, np.abs(behind.residual))


def departures(behind: Background, limits: Parameters, shared: Common) -> tuple[Found, Found]:
    """Q07 and Q08: days on which the week's ratio to the others is not the station's usual one.

    It counts from where the departure exceeds a share of the threshold. One that grows from its first quarter to its
    second half is a drift, else it is a step (设备更换, 校准后突变).
    """
    departure = behind.departure
    size = np.nan_to_num(np.abs(departure))
    least = limits.departure * behind.spread[:, None]
    edge, core = size > least * shared.departure_edge, size > least
    station, first, after = run_bounds(edge)
    steps, drifts = np.zeros(size.shape, dtype=bool), np.zeros(size.shape, dtype=bool)
    for row, low, high in zip(station, first, after, strict=True):
        inside = core[row, low:high]
        if inside.sum() < shared.departure_days:
            continue
        course = np.abs(behind.daily[row, low:high])
        first_days, last_days = course[: -(-len(course) // 4)], course[len(course) // 2 :]
        sudden = not row_median(last_days) > shared.growth * row_median(first_days)
        # The week around a day reaches beyond the fault's ends: the day itself must be off, to the same side.
        off = behind.daily[row, low:high] * np.sign(departure[row, low:high]) > least[row] * shared.departure_edge
        (steps if sudden else drifts)[row, low:high] = off
    known = ~np.isnan(behind.residual)
    score = np.repeat(size, 24, axis=1)
    return (
        Found(np.repeat(steps, 24, axis=1) & known, score),
        Found(np.repeat(drifts, 24, axis=1) & known, score),
    )


def swap_gains(behind: Background) -> Values:
    """How much better each pair's day fits exchanged, ``(pairs, days)``: in level, and in the jumps at both midnights.

    Pairs in the order of ``combinations``; 0 where too little of a day can be compared. The gain of a swap in truth is
    the loss that the exchange would bring on a good day, so stations that read alike cannot be told apart.
    """
    logs, expected = behind.logs, behind.expected
    own = np.abs(behind.residual).reshape(len(logs), -1, 24)
    breaks = _breaks(logs, logs)
    gains = []
    for one, two in combinations(range(len(logs)), 2):
        crossed = np.abs(logs[one] - expected[two]) + np.abs(logs[two] - expected[one])
        gain = own[one] + own[two] - crossed.reshape(-1, 24)
        count = (~np.isnan(gain)).sum(axis=1)
        fit = np.where(count >= _LEAST_HOURS, np.nansum(gain, axis=1) / np.maximum(count, 1), 0.0)
        joined = breaks[one] + breaks[two] - _breaks(logs[[one]], logs[[two]])[0] - _breaks(logs[[two]], logs[[one]])[0]
        gains.append(fit + np.nan_to_num(joined) / 2)
    return np.array(gains)


def best_pairs(gains: Values, likely: Mask) -> Mask:
    """Of each day's likely pairs those that share no station with one of greater gain: a station that bears another's
    day also fits whoever resembles that other."""
    pairs = list(combinations(range(_stations_of(len(gains))), 2))
    found = np.zeros_like(likely)
    for day in np.flatnonzero(likely.any(axis=0)):
        taken: set[int] = set()
        candidates = np.flatnonzero(likely[:, day])
        for pair in candidates[np.argsort(-gains[candidates, day], kind="stable")].tolist():
            if taken.isdisjoint(pairs[pair]):
                found[pair, day] = True
                taken.update(pairs[pair])
    return found


def _stations_of(pairs: int) -> int:
    """How many stations form so many pairs."""
    return (1 + isqrt(1 + 8 * pairs)) // 2


def swapped(behind: Background, likely: Mask) -> Found:
    """Q10: the hours of the pairs' days that are ``likely`` exchanged (``(pairs, days)``, from :func:`swap_gains`)."""
    stations = len(behind.logs)
    mask = np.zeros((stations, likely.shape[1]), dtype=bool)
    partners: Partners = {}
    pairs = list(combinations(range(stations), 2))
    for pair, day in np.argwhere(likely).tolist():
        one, two = pairs[pair]
        mask[one, day] = mask[two, day] = True
        partners[one, day * 24] = (two, day * 24)
        partners[two, day * 24] = (one, day * 24)
    return Found(np.repeat(mask, 24, axis=1), np.abs(behind.residual), partners)


def _breaks(day: Values, beside: Values) -> Values:
    """Jumps at both midnights if a day of ``day`` stood between the days of ``beside``: (stations, days)."""
    first, last = day[:, ::24], day[:, 23::24]
    before = np.pad(beside[:, 23::24], ((0, 0), (1, 0)), constant_values=np.nan)[:, :-1]
    after = np.pad(beside[:, ::24], ((0, 0), (0, 1)), constant_values=np.nan)[:, 1:]
    return np.asarray(np.abs(first - before) + np.abs(last - after))


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

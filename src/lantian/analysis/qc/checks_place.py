"""Data that stand in the wrong place: another station's, another hour's, another day's, another pollutant's.

Each rule asks whether values would fit the other stations better elsewhere, and by how much: the *gain* is the distance
from what was to be expected here less that from what was to be expected there, in typical residuals of the station.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.qc.background import Background
from lantian.analysis.qc.checks_value import Found, Partners
from lantian.analysis.qc.medians import LEAST_OTHERS, Mask, Values, row_median
from lantian.analysis.qc.rules import Common, Parameters

# Exchanged stations are looked for between every two: beyond this many that takes minutes.
MOST_SWAPPING = 40
# A day is moved only where most of it can be compared.
_LEAST_HOURS = 16
# One hour counts no more than this (log): a day does not fit elsewhere because of one spike.
_MOST = 1.0
# A clock that is wrong by one or two hours is what a front does that comes late.
_LAGS = tuple(lag for lag in range(-24, 25) if 3 <= abs(lag) <= 12 or (abs(lag) > 12 and lag % 2 == 0))
_CLOCK_DAYS = 3
_FARTHEST_DAY = 10
# Hours over which two columns are compared.
_COLUMN_HOURS = 13
_MOST_COLUMNS = 2.0

Gains = tuple[Values, NDArray[np.int64]]


def misplaced(
    values: Mapping[str, Values], behind: Mapping[str, Background], limits: Mapping[str, Parameters], shared: Common
) -> dict[str, dict[str, Found]]:
    """By pollutant, what Q10, Q16, Q17 and Q18 find; nothing without a network."""
    found: dict[str, dict[str, Found]] = {name: {} for name in behind}
    if not behind or len(next(iter(behind.values())).logs) <= LEAST_OTHERS:
        return found
    for key, rule in (("swapped", _swapped), ("shifted", _shifted), ("exchanged", _exchanged)):
        for name, one in rule(behind, limits, shared).items():
            found[name][key] = one
    for name, one in _columns(values, behind, shared).items():
        found[name]["columns"] = one
    return found


def _sizes(behind: Background) -> Values:
    """A station's typical residual, ``(stations, 1)``: gains are counted in it."""
    size = row_median(np.abs(behind.residual))[:, None]
    return np.where(size > 0, size, np.nan)


def _by_day(gain: Values) -> tuple[Values, NDArray[np.int64]]:
    days = gain.reshape(*gain.shape[:-1], -1, 24)
    return np.nansum(days, axis=-1), (~np.isnan(days)).sum(axis=-1)


def _mean(gains: Iterable[Gains], least: int) -> Values:
    """The mean gain of an hour, -inf where fewer than ``least`` hours a pollutant can be compared."""
    gains = list(gains)
    total = np.sum([gain for gain, _count in gains], axis=0)
    count = np.sum([count for _gain, count in gains], axis=0)
    return np.where(count >= least * len(gains), total / np.maximum(count, 1), -np.inf)


# Q10: two stations exchanged for a day


def _swapped(behind: Mapping[str, Background], limits: Mapping[str, Parameters], shared: Common) -> dict[str, Found]:
    """Q10: by the word of one pollutant, or of all of them together (whole stations are exchanged more often than one
    instrument)."""
    stations = len(next(iter(behind.values())).logs)
    if stations > MOST_SWAPPING:
        return {}
    gains = {name: _swap_gains(own) for name, own in behind.items()}
    total = np.sum(list(gains.values()), axis=0)
    together = _best_pairs(total, total > shared.swapped_together)
    found = {}
    for name, gain in gains.items():
        likely = together | _best_pairs(gain, gain > limits[name].swapped)
        mask = np.zeros((stations, likely.shape[1]), dtype=bool)
        partners: Partners = {}
        pairs = list(combinations(range(stations), 2))
        for pair, day in np.argwhere(likely).tolist():
            one, two = pairs[pair]
            mask[one, day] = mask[two, day] = True
            partners[one, day * 24] = (two, day * 24)
            partners[two, day * 24] = (one, day * 24)
        found[name] = _days(mask, behind[name], partners)
    return found


def _days(mask: Mask, behind: Background, partners: Partners) -> Found:
    return Found(np.repeat(mask, 24, axis=1), np.abs(behind.residual), partners)


def _swap_gains(behind: Background) -> Values:
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


def _breaks(day: Values, beside: Values) -> Values:
    """Jumps at both midnights if a day of ``day`` stood between the days of ``beside``: (stations, days)."""
    first, last = day[:, ::24], day[:, 23::24]
    before = np.pad(beside[:, 23::24], ((0, 0), (1, 0)), constant_values=np.nan)[:, :-1]
    after = np.pad(beside[:, ::24], ((0, 0), (0, 1)), constant_values=np.nan)[:, 1:]
    return np.asarray(np.abs(first - before) + np.abs(last - after))


def _best_pairs(gains: Values, likely: Mask) -> Mask:
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


# Q16 and Q17: another hour, another day of the same station


def _moved_gains(behind: Background, size: Values, lag: int) -> Gains:
    """By day and station, the gain if each value belonged to ``lag`` hours later, and of how many hours."""
    there = np.full_like(behind.expected, np.nan)
    if lag > 0:
        there[:, :-lag] = behind.expected[:, lag:]
    else:
        there[:, -lag:] = behind.expected[:, :lag]
    here = np.minimum(np.abs(behind.residual), _MOST)
    return _by_day((here - np.minimum(np.abs(behind.logs - there), _MOST)) / size)


def _shifted(behind: Mapping[str, Background], limits: Mapping[str, Parameters], shared: Common) -> dict[str, Found]:
    """Q16: three days fit the others better some hours earlier or later (时钟错误, 时区错误)."""
    gains = {name: np.full(own.daily.shape, -np.inf) for name, own in behind.items()}
    lags = {name: np.zeros(own.daily.shape, dtype=np.int64) for name, own in behind.items()}
    sizes = {name: _sizes(own) for name, own in behind.items()}
    for lag in _LAGS:
        day = {name: _moved_gains(one, sizes[name], lag) for name, one in behind.items()}
        together = _around(day.values()) / shared.shifted_together
        for name, alone in day.items():
            # In units of the threshold, so that the two can be compared.
            best = np.maximum(together, _around([alone]) / limits[name].shifted)
            lags[name][best > gains[name]] = lag
            gains[name] = np.maximum(gains[name], best)
    found = {}
    for name, gain in gains.items():
        mask = gain > 1
        partners: Partners = {
            (station, day * 24): (station, day * 24 + int(lags[name][station, day]))
            for station, day in np.argwhere(mask).tolist()
        }
        found[name] = _days(mask, behind[name], partners)
    return found


def _around(gains: Iterable[Gains]) -> Values:
    """The mean gain of the day before, the day and the day after; -inf where the day itself does not gain."""
    gains = list(gains)
    wide = [(_over_days(gain), _over_days(count)) for gain, count in gains]
    return np.where(_mean(gains, _LEAST_HOURS) > 0, _mean(wide, 2 * _LEAST_HOURS), -np.inf)


def _over_days(days: NDArray[Any]) -> NDArray[Any]:
    half = _CLOCK_DAYS // 2
    padded = np.pad(days, ((0, 0), (half, half)))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, _CLOCK_DAYS, axis=1).sum(axis=-1))


def _exchanged(behind: Mapping[str, Background], limits: Mapping[str, Parameters], shared: Common) -> dict[str, Found]:
    """Q17: two days of a station that both fit better in each other's place."""
    sizes = {name: _sizes(own) for name, own in behind.items()}
    days = next(iter(behind.values())).daily.shape[1]
    best = {name: np.ones(own.daily.shape) for name, own in behind.items()}
    others: dict[str, NDArray[np.int64]] = {
        name: np.full(own.daily.shape, -1, dtype=np.int64) for name, own in behind.items()
    }
    for apart in range(1, min(_FARTHEST_DAY, days - 1) + 1):
        later = {name: _moved_gains(own, sizes[name], 24 * apart) for name, own in behind.items()}
        earlier = {name: _moved_gains(own, sizes[name], -24 * apart) for name, own in behind.items()}
        together = _both(later.values(), earlier.values(), apart) / shared.exchanged_together
        for name, gain in best.items():
            alone = _both([later[name]], [earlier[name]], apart) / limits[name].exchanged
            pair = np.maximum(together, alone)
            for here, there in ((slice(0, days - apart), apart), (slice(apart, days), -apart)):
                better = pair > gain[:, here]
                gain[:, here] = np.where(better, pair, gain[:, here])
                others[name][:, here] = np.where(better, np.arange(days)[here] + there, others[name][:, here])
    found = {}
    for name, other in others.items():
        partners: Partners = {
            (station, day * 24): (station, int(other[station, day]) * 24)
            for station, day in np.argwhere(other >= 0).tolist()
        }
        found[name] = _days(other >= 0, behind[name], partners)
    return found


def _both(later: Iterable[Gains], earlier: Iterable[Gains], apart: int) -> Values:
    """The lesser gain of the two days of each pair, ``(stations, days - apart)``."""
    there, back = _mean(later, _LEAST_HOURS), _mean(earlier, _LEAST_HOURS)
    return np.asarray(np.minimum(there[:, :-apart], back[:, apart:]))


# Q18: two pollutants in each other's column


def _columns(values: Mapping[str, Values], behind: Mapping[str, Background], shared: Common) -> dict[str, Found]:
    """Q18: hours in which both of two pollutants fit the other stations better in each other's column."""
    shape = next(iter(behind.values())).logs.shape
    masks: dict[str, Mask] = {}
    for one, two, least in shared.columns:
        if one not in behind or two not in behind:
            continue
        gains = [_column_gain(values[there], behind[here]) for here, there in ((one, two), (two, one))]
        mask = _mean_around(np.minimum(*gains)) > least
        for name in (one, two):
            masks[name] = masks.get(name, np.zeros(shape, dtype=bool)) | mask
    return {name: Found(mask, np.abs(behind[name].residual)) for name, mask in masks.items()}


def _column_gain(other: Values, behind: Background) -> Values:
    """The gain of every hour if the other pollutant's value stood here."""
    with np.errstate(invalid="ignore"):
        logs = np.log(np.maximum(other, 0) + behind.offset)
    here = np.minimum(np.abs(behind.residual), _MOST_COLUMNS)
    return np.asarray((here - np.minimum(np.abs(logs - behind.expected), _MOST_COLUMNS)) / _sizes(behind))


def _mean_around(gain: Values) -> Values:
    """The mean over the hours around each; -inf where half of them are missing."""
    known = ~np.isnan(gain)
    total, count = (_running_sum(one, _COLUMN_HOURS) for one in (np.where(known, gain, 0.0), known.astype(np.float64)))
    return np.where(count > _COLUMN_HOURS / 2, total / np.maximum(count, 1), -np.inf)


def _running_sum(cells: Values, width: int) -> Values:
    total = np.cumsum(np.pad(cells, ((0, 0), (width // 2 + 1, width // 2))), axis=1)
    return np.asarray(total[:, width:] - total[:, :-width])

"""Rules that need the station itself only. Each takes ``(stations, hours)`` and returns which hours it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.qc.background import Background
from lantian.analysis.qc.medians import Mask, Values, nearest_known, running_median
from lantian.analysis.qc.rules import Common, Parameters

# (station, hour) → (station, hour) that it repeats or should be exchanged with.
Partners = dict[tuple[int, int], tuple[int, int]]
# How two instruments agree: the highest twentieth of the hours of two months, anew every half month.
_AGREE = 0.95
_AGREE_DAYS = 61
_AGREE_STEP = 15
# Hours over which PM2.5 and PM10 are compared with the other stations.
_REVERSED_HOURS = 3
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Found:
    """What one rule names. ``score``: how bad each hour is, larger is worse (None: the value itself);
    ``partners``: the other place for the first hour of a run; ``off``: the departure (log) that its text says in
    per cent."""

    mask: Mask
    score: Values | None = None
    partners: Partners = field(default_factory=dict)
    off: Values | None = None


def out_of_range(hours: Values, limits: Parameters) -> Found:
    """Q01: below or above what the instrument can measure."""
    low, high = limits.range
    with np.errstate(invalid="ignore"):
        mask = (hours < low) | (hours > high)
    return Found(mask, np.abs(hours))


def run_bounds(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(station, first hour, hour after the last) of every run of true cells."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    station, first = np.nonzero(edges == 1)
    _, after = np.nonzero(edges == -1)
    return station, first, after


def paint(
    shape: tuple[int, int], station: NDArray[np.int64], first: NDArray[np.int64], after: NDArray[np.int64]
) -> Mask:
    """The opposite of :func:`run_bounds`; runs may overlap."""
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
    np.add.at(steps, (station, first), 1)
    np.add.at(steps, (station, after), -1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)


def stuck(hours: Values, behind: Background, limits: Parameters, shared: Common) -> Found:
    """Q02: one value for longer than is usual at its level. Near the detection limit days of one value are ordinary;
    where the other stations move meanwhile, fewer hours are enough."""
    with np.errstate(invalid="ignore"):
        same = hours[:, 1:] == hours[:, :-1]
    station, first, after = run_bounds(same)
    after = after + 1
    level = np.searchsorted([row[0] for row in limits.stuck], hours[station, first])
    alone, moving = (np.array([row[place] for row in limits.stuck])[level] for place in (1, 2))
    length = after - first
    suspect = np.flatnonzero(((moving > 0) & (length >= moving)) | ((alone > 0) & (length >= alone)))
    keep = [
        place
        for place in suspect
        if 0 < alone[place] <= length[place]
        or _moves(behind.expected[station[place], first[place] : after[place]], shared)
    ]
    return Found(paint(np.shape(hours), station[keep], first[keep], after[keep]))


def _moves(expected: Values, shared: Common) -> bool:
    known = expected[~np.isnan(expected)]
    return len(known) > 1 and bool(np.ptp(known) > shared.moved)


def spike(hours: Values, behind: Background, limits: Parameters, shared: Common) -> Found:
    """Q03: up to three hours above the hours beside them, what the other stations do, and what the station's other
    pollutants do: a real episode lifts the neighbours too, a real plume the other pollutants."""
    raw = _rise(behind.logs, shared)
    beside = np.fmin(_rise(behind.residual, shared), _rise(behind.net, shared))
    rise = np.where(np.isnan(beside), raw / shared.without_network, np.fmin(raw, beside))
    with np.errstate(invalid="ignore"):
        tall = (rise > limits.spike) & (hours >= limits.floor)
    return Found(tall, np.where(np.isnan(rise), -np.inf, rise))


def _rise(logs: Values, shared: Common) -> Values:
    """How far each hour's block of up to ``spike_hours`` stands above the hours before and after it; NaN unknown."""
    before = nearest_known(logs, shared.spike_reach)
    after = nearest_known(logs[:, ::-1], shared.spike_reach)[:, ::-1]
    best = np.full_like(logs, np.nan)
    lowest = logs
    for length in range(1, shared.spike_hours + 1):
        if length > 1:
            # NaN where an hour of the block is missing.
            lowest = np.minimum(lowest[:, :-1], logs[:, length - 1 :])
        left, right = before[:, : lowest.shape[1]], after[:, length - 1 :]
        one = np.where(np.isnan(left), right, left)
        rise = np.where(
            np.isnan(left) | np.isnan(right), (lowest - one) / shared.one_sided, lowest - np.fmax(left, right)
        ) / (1 + 0.15 * (length - 1))
        for step in range(length):
            part = best[:, step : step + rise.shape[1]]
            np.fmax(part, rise, out=part)
    return best


def outage(hours: Values, spans: tuple[tuple[int, int], ...], shared: Common) -> Found:
    """Q12: hours without a datum in a row, between the station's first and last day."""
    mask = np.isnan(hours)
    for station, (low, high) in enumerate(spans):
        mask[station, : low * 24] = False
        mask[station, (high + 1) * 24 :] = False
    station_at, first, after = run_bounds(mask)
    long = after - first >= shared.outage_hours
    return Found(paint(mask.shape, station_at[long], first[long], after[long]))


def inversion(pm25: Values, pm10: Values, limits: Parameters, shared: Common) -> Found:
    """Q11: PM2.5 above PM10 by more than the tolerance and by more than the noise of two instruments."""
    excess = pm25 - pm10
    with np.errstate(invalid="ignore"):
        mask = (excess > limits.floor) & (pm25 > pm10 * shared.inversion_ratio)
    return Found(mask, excess)


def reversed_(
    name: str, hours: Mapping[str, Values], behind: Mapping[str, Background], limits: Parameters, shared: Common
) -> Found:
    """Q15: PM2.5 above PM10, more so than at the other stations, and ``name`` (one of the two) is the one that is off.

    ``hours`` and ``behind`` by pollutant, ``limits`` those of PM2.5. The ratio of the two and the pollutant itself must
    stand off the others over three hours. Hours without a network are compared with what the station's own two
    instruments disagree by in these weeks; that does not say which of them it is, so it is PM2.5.
    """
    hint = inversion(hours["PM2.5"], hours["PM10"], limits, shared)
    apart = running_median(behind["PM2.5"].residual - behind["PM10"].residual, _REVERSED_HOURS)
    off = running_median(behind[name].residual, _REVERSED_HOURS)
    least, least_off = shared.reversed_high if name == "PM2.5" else shared.reversed_low
    with np.errstate(invalid="ignore"):
        beside = (apart > least) & ((off if name == "PM2.5" else -off) > least_off)
    if name == "PM2.5":
        beside |= np.isnan(apart) & _unusual(hours["PM2.5"], hours["PM10"], limits, shared)
    return Found(hint.mask & beside, hint.score)


def _unusual(pm25: Values, pm10: Values, limits: Parameters, shared: Common) -> Mask:
    """Where the station's instruments agree the tolerance of Q11 is enough; where the highest twentieth of the hours is
    inverted anyway, an hour must stand out from them."""
    with np.errstate(invalid="ignore"):
        ratio = np.log((pm25 + limits.floor) / (pm10 + limits.floor))
        days = ratio.shape[1] // 24
        middles = np.arange(min(_AGREE_STEP, days) // 2, days, _AGREE_STEP)
        half = _AGREE_DAYS // 2
        high = np.stack(
            [_quantile(ratio[:, max(at - half, 0) * 24 : (at + half + 1) * 24], _AGREE) for at in middles], axis=1
        )
        usual = np.stack([np.interp(np.arange(days), middles, row) for row in np.nan_to_num(high)])
        least = shared.reversed + shared.reversed_usual * np.repeat(np.maximum(usual, 0), 24, axis=1)
        return np.asarray(ratio > least)


def _quantile(values: Values, share: float) -> Values:
    """That quantile of each row's known values (the next lower one); NaN without any."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = (~np.isnan(values)).sum(axis=1)
    place = np.maximum((count * share).astype(np.int64) - 1, 0)
    return np.where(count > 0, np.take_along_axis(ordered, place[:, None], axis=1)[:, 0], np.nan)


def repeated(hours: Values, shared: Common) -> Found:
    """Q09: a stretch equal to an earlier one of the station, or to another station's at the same time.

    Windows are compared by a hash; they must be complete and of many different values, because a calm night near the
    detection limit repeats by itself.
    """
    size = shared.repeated_hours
    if hours.shape[1] < size:
        return Found(np.zeros(hours.shape, dtype=bool))
    changes = np.zeros(hours.shape, dtype=np.int32)
    with np.errstate(invalid="ignore"):
        changes[:, 1:] = hours[:, 1:] != hours[:, :-1]
    missing = np.isnan(hours)
    busy = _window_sums(changes[:, 1:], size - 1) >= shared.repeated_distinct
    whole = _window_sums(missing, size) == 0
    digits = np.where(missing, 0.0, np.round(hours * 1e4)).astype(np.int64).view(np.uint64)
    digits = (digits ^ (digits >> np.uint64(7))) * _ODD
    hashes = np.zeros(whole.shape, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for step in range(size):
            hashes = hashes * np.uint64(6364136223846793005) + digits[:, step : step + hashes.shape[1]]
    station, at = np.nonzero(whole & busy[:, : whole.shape[1]])
    keys = hashes[station, at]
    # Sorted by hash, then hour, then station: the first of equal ones is the original.
    order = np.lexsort((station, at, keys))
    equal = np.flatnonzero(keys[order][1:] == keys[order][:-1]) + 1
    partners: Partners = {}
    for place in equal:
        one, other = order[place], order[place - 1]
        here, there = (int(station[one]), int(at[one])), (int(station[other]), int(at[other]))
        if here[0] == there[0] or here[1] == there[1]:
            partners[here] = there
    if not partners:
        return Found(np.zeros(hours.shape, dtype=bool))
    copied = np.array(sorted(partners))
    return Found(paint(np.shape(hours), copied[:, 0], copied[:, 1], copied[:, 1] + size), None, partners)


def _window_sums(cells: NDArray[np.generic], size: int) -> NDArray[np.int64]:
    total = np.cumsum(np.pad(cells.astype(np.int64), ((0, 0), (1, 0))), axis=1)
    return np.asarray(total[:, size:] - total[:, :-size])

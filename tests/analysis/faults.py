"""Faults put into good data, seeded: what the skill of quality control is measured with.

Each fault is one that instruments and people make; where it begins is drawn from all known hours. ``physical`` keeps
to hours whose value is above the floor of the pollutant (a few detection limits): a spike from 2 to 6 µg/m³ or SO2
standing still at its detection limit is no fault that anybody could tell.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.qc.rules import parameters

Values = dict[str, NDArray[np.float64]]
# Hours of the longest fault: none begins so late that it would run out of the data.
LONGEST = 24 * 43
# From here on a fault is one of weeks.
LONG = 24 * 6
# What a fault writes over: hour slice and new values, or None where the place does not suit it.
Made = tuple[slice, NDArray[np.float64]] | None
Maker = Callable[[random.Random, NDArray[np.float64], int, int, float], Made]


@dataclass(frozen=True)
class Fault:
    """One injected fault; ``hours`` are the columns that it changed, ``other`` the second station of an exchange."""

    kind: str
    station: int
    pollutant: str
    hours: NDArray[np.int64]
    other: int | None = None


def spike(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    length = chance.choice((1, 1, 1, 2, 3))
    part = slice(at, at + length)
    return part, rounded(values[station, part] * chance.uniform(3, 10), grain)


def stuck(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    del grain
    part = slice(at, at + chance.randint(6, 48))
    return part, np.full(part.stop - part.start, values[station, at])


def thousand(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    del grain
    part = slice(at, at + chance.randint(1, 24))
    return part, values[station, part] * chance.choice((1000, 1000, 0.001))


def drift(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    part = slice(at, at + 24 * chance.randint(14, 42))
    ramp = np.linspace(0, chance.uniform(0.3, 2), part.stop - part.start)
    return part, rounded(values[station, part] * (1 + ramp), grain)


def zero(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    del values, station
    part = slice(at, at + chance.randint(6, 48))
    return part, np.array([chance.choice((0.0, grain)) for _ in range(part.stop - part.start)])


def step(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    part = slice(at, at + 24 * chance.randint(7, 28))
    usual = float(np.nanmedian(values[station, max(at - 720, 0) : at + 720]))
    return part, rounded(values[station, part] + usual * chance.uniform(0.8, 2), grain)


def copied(chance: random.Random, values: NDArray[np.float64], station: int, at: int, grain: float) -> Made:
    del grain
    day = at // 24 * 24
    back = day - 24 * chance.randint(1, 10)
    if (
        back < 0
        or len(np.unique(values[station, back : back + 24])) < 10
        or np.isnan(values[station, back : back + 24]).any()
    ):
        return None
    return slice(day, day + 24), values[station, back : back + 24].copy()


MAKERS: dict[str, Maker] = {
    "spike": spike,
    "stuck": stuck,
    "thousand": thousand,
    "drift": drift,
    "zero": zero,
    "step": step,
    "copied": copied,
}


def rounded(values: NDArray[np.float64], grain: float) -> NDArray[np.float64]:
    return np.round(values / grain) * grain


def inject(
    clean: Values, seed: int, each: int, kinds: tuple[str, ...] = (*MAKERS, "swapped"), *, physical: bool = True
) -> tuple[Values, list[Fault]]:
    """Copies of the arrays with ``each`` faults of every kind and pollutant, none touching another; and the faults."""
    chance = random.Random(seed)  # noqa: S311  # invented faults
    found: list[Fault] = []
    dirty = {name: array.copy() for name, array in clean.items()}
    free = {name: np.ones(array.shape, dtype=bool) for name, array in clean.items()}
    for name, array in clean.items():
        grain = 0.1 if name == "CO" else 1.0
        # Long faults first: they find room while there is some.
        for kind in sorted(kinds, key=lambda kind: kind not in ("drift", "step")):
            for _ in range(each if kind != "swapped" else 0):
                found += _one(chance, array, dirty[name], free[name], name, kind, grain, physical=physical)
    for _ in range(each * len(clean) if "swapped" in kinds else 0):
        found += _swap(chance, clean, dirty, free)
    return dirty, found


def _one(
    chance: random.Random,
    clean: NDArray[np.float64],
    dirty: NDArray[np.float64],
    free: NDArray[np.bool_],
    name: str,
    kind: str,
    grain: float,
    *,
    physical: bool,
) -> list[Fault]:
    stations, hours = clean.shape
    for _try in range(300):
        station, at = chance.randrange(stations), chance.randrange(48, hours - LONGEST)
        floor = 2 * parameters()[name].floor if physical else 0.0
        if not clean[station, at] >= floor:
            continue
        made = MAKERS[kind](chance, clean, station, at, grain)
        if made is None:
            continue
        part, values = made
        around = slice(max(part.start - 12, 0), part.stop + 12)
        # A day that is copied fills the gaps too.
        known = ~np.isnan(clean[station, part]) | (kind == "copied")
        if part.stop > hours or not free[station, around].all() or known.mean() < 0.8:
            continue
        if kind == "zero" and np.nanmedian(clean[station, part]) < floor:
            continue
        dirty[station, part] = np.where(known, values, np.nan)
        free[station, around] = False
        return [Fault(kind, station, name, np.arange(part.start, part.stop)[known])]
    return []


def _swap(chance: random.Random, clean: Values, dirty: Values, free: dict[str, NDArray[np.bool_]]) -> list[Fault]:
    """Two stations' day exchanged in every pollutant, as happens when device numbers are mixed up."""
    first = next(iter(clean.values()))
    for _try in range(300):
        one, two = chance.sample(range(len(first)), 2)
        day = chance.randrange(2, first.shape[1] // 24 - 2)
        part = slice(day * 24, day * 24 + 24)
        places = [one, two]
        if not all(free[name][places, part].all() for name in clean):
            continue
        if np.mean([np.isnan(array[places, part]).mean() for array in clean.values()]) > 0.2:
            continue
        for name, array in clean.items():
            dirty[name][one, part], dirty[name][two, part] = array[two, part], array[one, part]
            free[name][places, part] = False
        return [Fault("swapped", one, name, np.arange(part.start, part.stop), two) for name in clean]
    return []


def score(
    faults: list[Fault], flagged: dict[str, NDArray[np.bool_]], clean: Values
) -> tuple[dict[str, tuple[int, int, int, int]], float]:
    """By kind (faults, found, hours, hours found), and the share of untouched known hours that are flagged.

    A fault is found if an hour of it is flagged; one of weeks only if a tenth of its hours are, because some hour of
    a month is flagged by chance. An exchange is one fault, of either station and any pollutant.
    """
    kinds: dict[str, list[int]] = {}
    untouched = {name: ~np.isnan(array) for name, array in clean.items()}
    exchanges: dict[tuple[int, int], bool] = {}
    for fault in faults:
        places = [fault.station] if fault.other is None else [fault.station, fault.other]
        hit = flagged[fault.pollutant][np.ix_(places, fault.hours)].reshape(-1)
        row = kinds.setdefault(fault.kind, [0, 0, 0, 0])
        found = bool(hit.mean() >= (0.1 if len(fault.hours) > LONG else 0) and hit.any())
        if fault.other is not None:
            key = (fault.station, int(fault.hours[0]))
            exchanges[key] = exchanges.get(key, False) or found
        else:
            row[0] += 1
            row[1] += found
        row[2] += len(hit)
        row[3] += int(hit.sum())
        untouched[fault.pollutant][np.ix_(places, fault.hours)] = False
    if exchanges:
        kinds["swapped"][:2] = [len(exchanges), sum(exchanges.values())]
    wrong = sum(int((flagged[name] & mask).sum()) for name, mask in untouched.items())
    return {kind: (row[0], row[1], row[2], row[3]) for kind, row in kinds.items()}, wrong / sum(
        int(mask.sum()) for mask in untouched.values()
    )

"""Faults put into good data, seeded: what the skill of quality control is measured with.

Each fault is one that instruments and people make; where it begins is drawn from all known hours of a window.
``physical`` keeps to hours whose value is above the floor of the pollutant (a few detection limits): a spike from 2 to
6 µg/m³ or SO2 standing still at its detection limit is no fault that anybody could tell. ``SIZES`` has three strengths,
so that rules are not made for one injector.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.qc.rules import parameters

Values = dict[str, NDArray[np.float64]]
# From here on a fault is one of weeks.
LONG = 24 * 6
# What a fault writes over: hour slice and new values, or None where the place does not suit it.
Made = tuple[slice, NDArray[np.float64]] | None


@dataclass(frozen=True)
class Sizes:
    """How large the faults of one strength are; pairs are the ends of a uniform draw.

    ``spike_of`` and ``step_of``: what the size multiplies, the value itself or the station's usual level (then it is
    added). ``drift_of``: the same, ``value`` is a gain that grows, ``level`` an offset that grows. ``both_ways``: gains
    may fall as well as rise.
    """

    spike: tuple[float, float]
    spike_of: str
    spike_hours: tuple[int, ...]
    stuck_hours: tuple[int, int]
    unit_hours: tuple[int, int]
    zero_hours: tuple[int, int]
    drift: tuple[float, float]
    drift_of: str
    drift_days: tuple[int, int]
    step: tuple[float, float]
    step_of: str
    step_days: tuple[int, int]
    both_ways: bool
    neighbour: tuple[float, float]
    neighbour_hours: tuple[int, int]
    inversion: tuple[float, float]
    inversion_hours: tuple[int, int]
    swapped_days: tuple[int, int]
    exchanged_apart: tuple[int, int]
    shifted_hours: tuple[int, int]
    shifted_days: tuple[int, int]
    columns_hours: tuple[int, int]
    # An exchange of days and a wrong clock are of the whole station, or of one instrument.
    whole_station: bool


SIZES: Mapping[str, Sizes] = {
    "usual": Sizes(
        spike=(3, 10),
        spike_of="value",
        spike_hours=(1, 1, 1, 2, 3),
        stuck_hours=(6, 48),
        unit_hours=(1, 24),
        zero_hours=(6, 48),
        drift=(0.3, 2),
        drift_of="value",
        drift_days=(14, 42),
        step=(0.8, 2),
        step_of="level",
        step_days=(7, 28),
        both_ways=False,
        neighbour=(2.5, 5),
        neighbour_hours=(12, 72),
        inversion=(1.5, 3),
        inversion_hours=(3, 24),
        swapped_days=(1, 1),
        exchanged_apart=(1, 10),
        shifted_hours=(6, 12),
        shifted_days=(3, 14),
        columns_hours=(24, 168),
        whole_station=True,
    ),
    "mild": Sizes(
        spike=(2.5, 5),
        spike_of="value",
        spike_hours=(1, 1, 2),
        stuck_hours=(5, 24),
        unit_hours=(1, 6),
        zero_hours=(4, 24),
        drift=(0.4, 1),
        drift_of="value",
        drift_days=(7, 28),
        step=(1.5, 2.2),
        step_of="value",
        step_days=(5, 28),
        both_ways=True,
        neighbour=(2, 3.5),
        neighbour_hours=(9, 48),
        inversion=(1.3, 2),
        inversion_hours=(2, 12),
        swapped_days=(1, 1),
        exchanged_apart=(1, 5),
        shifted_hours=(3, 8),
        shifted_days=(2, 7),
        columns_hours=(12, 72),
        whole_station=False,
    ),
    "other": Sizes(
        spike=(3, 12),
        spike_of="level",
        spike_hours=(1,),
        stuck_hours=(12, 96),
        unit_hours=(24, 240),
        zero_hours=(3, 72),
        drift=(0.8, 2.5),
        drift_of="level",
        drift_days=(5, 30),
        step=(1.6, 3),
        step_of="value",
        step_days=(2, 45),
        both_ways=True,
        neighbour=(3, 6),
        neighbour_hours=(6, 120),
        inversion=(1.4, 4),
        inversion_hours=(1, 48),
        swapped_days=(2, 7),
        exchanged_apart=(2, 20),
        shifted_hours=(8, 24),
        shifted_days=(3, 20),
        columns_hours=(6, 240),
        whole_station=True,
    ),
}


@dataclass(frozen=True)
class Place:
    """Hours (columns) of a station and pollutant that a fault changed."""

    station: int
    pollutant: str
    hours: NDArray[np.int64]


@dataclass(frozen=True)
class Fault:
    """One injected fault, wherever it shows."""

    kind: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Draw:
    """Where a fault may be made: the good hours of one pollutant, a station and an hour, and the instrument's grain."""

    chance: random.Random
    sizes: Sizes
    values: NDArray[np.float64]
    station: int
    at: int
    grain: float

    def hours(self, between: tuple[int, int]) -> slice:
        return slice(self.at, min(self.at + self.chance.randint(*between), self.values.shape[1]))

    def part(self, hours: slice) -> NDArray[np.float64]:
        return self.values[self.station, hours]

    def level(self) -> float:
        return float(np.nanmedian(self.values[self.station, max(self.at - 720, 0) : self.at + 720]))

    def gain(self, between: tuple[float, float]) -> float:
        size = self.chance.uniform(*between)
        return 1 / size if self.sizes.both_ways and self.chance.random() < 0.5 else size

    def rounded(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(values / self.grain) * self.grain


def spike(draw: Draw) -> Made:
    length = draw.chance.choice(draw.sizes.spike_hours)
    hours = slice(draw.at, min(draw.at + length, draw.values.shape[1]))
    size = draw.chance.uniform(*draw.sizes.spike)
    high = draw.part(hours) * size if draw.sizes.spike_of == "value" else draw.part(hours) + size * draw.level()
    return hours, draw.rounded(high)


def stuck(draw: Draw) -> Made:
    hours = draw.hours(draw.sizes.stuck_hours)
    return hours, np.full(hours.stop - hours.start, draw.values[draw.station, draw.at])


def thousand(draw: Draw) -> Made:
    hours = draw.hours(draw.sizes.unit_hours)
    return hours, draw.part(hours) * draw.chance.choice((1000, 1000, 0.001))


def drift(draw: Draw) -> Made:
    low, high = draw.sizes.drift_days
    hours = draw.hours((24 * low, 24 * high))
    ramp = np.linspace(0, draw.chance.uniform(*draw.sizes.drift), hours.stop - hours.start)
    if draw.sizes.drift_of == "level":
        return hours, draw.rounded(draw.part(hours) + ramp * draw.level())
    falls = draw.sizes.both_ways and draw.chance.random() < 0.5
    return hours, draw.rounded(draw.part(hours) / (1 + ramp) if falls else draw.part(hours) * (1 + ramp))


def zero(draw: Draw) -> Made:
    hours = draw.hours(draw.sizes.zero_hours)
    return hours, np.array([draw.chance.choice((0.0, draw.grain)) for _ in range(hours.stop - hours.start)])


def step(draw: Draw) -> Made:
    low, high = draw.sizes.step_days
    hours = draw.hours((24 * low, 24 * high))
    if draw.sizes.step_of == "level":
        return hours, draw.rounded(draw.part(hours) + draw.level() * draw.chance.uniform(*draw.sizes.step))
    return hours, draw.rounded(draw.part(hours) * draw.gain(draw.sizes.step))


def neighbour(draw: Draw) -> Made:
    hours = draw.hours(draw.sizes.neighbour_hours)
    return hours, draw.rounded(draw.part(hours) * draw.gain(draw.sizes.neighbour))


def copied(draw: Draw) -> Made:
    day = draw.at // 24 * 24
    back = day - 24 * draw.chance.randint(1, 10)
    if back < 0:
        return None
    source = draw.part(slice(back, back + 24))
    if len(np.unique(source)) < 10 or np.isnan(source).any():
        return None
    return slice(day, day + 24), source.copy()


MAKERS: dict[str, Callable[[Draw], Made]] = {
    "spike": spike,
    "stuck": stuck,
    "thousand": thousand,
    "drift": drift,
    "zero": zero,
    "step": step,
    "neighbour": neighbour,
    "copied": copied,
}
# Faults of several columns at once, or of two stations; so many of them as pollutants times each of the others.
TOGETHER = ("swapped", "exchanged", "shifted", "columns", "inversion")
KINDS = (*MAKERS, *TOGETHER)


@dataclass
class _Bench:
    """What is being spoilt: good hours, their copies, what is still untouched, and the window of hours."""

    clean: Values
    dirty: Values
    free: dict[str, NDArray[np.bool_]]
    window: tuple[int, int]

    def take(self, kind: str, written: Iterable[tuple[str, int, slice, NDArray[np.float64]]]) -> Fault | None:
        """Write a fault of several places; None, and nothing written, where it touches another or half is missing.

        An hour that is missing stays so, and one that did not change is none of the fault's.
        """
        written = list(written)
        low, high = self.window
        for name, station, hours, values in written:
            if hours.start < low or hours.stop > high or not self.free[name][station, hours].all():
                return None
            if np.isnan(self.clean[name][station, hours]).mean() > 0.2 or np.isnan(values).mean() > 0.2:
                return None
        places = []
        for name, station, hours, values in written:
            was = self.clean[name][station, hours]
            put = np.where(np.isnan(was), np.nan, values)
            changed = ~np.isnan(was) & (put != was)
            self.dirty[name][station, hours] = put
            self.free[name][station, hours] = False
            if changed.mean() >= 0.5:
                places.append(Place(station, name, np.arange(hours.start, hours.stop)[changed]))
        return Fault(kind, tuple(places)) if places else None


def inject(
    clean: Values,
    seed: int,
    each: int,
    kinds: tuple[str, ...] = KINDS,
    *,
    physical: bool = True,
    strength: str = "usual",
    window: tuple[int, int] | None = None,
) -> tuple[Values, list[Fault]]:
    """Copies of the arrays with ``each`` faults of every kind and pollutant, none touching another; and the faults.

    ``window``: the hours in which they are put, else all of them.
    """
    chance = random.Random(seed)  # noqa: S311  # invented faults
    hours = next(iter(clean.values())).shape[1]
    bench = _Bench(
        clean,
        {name: array.copy() for name, array in clean.items()},
        {name: np.ones(array.shape, dtype=bool) for name, array in clean.items()},
        window or (0, hours),
    )
    found: list[Fault] = []
    sizes = SIZES[strength]
    # Long faults first: they find room while there is some.
    order = sorted(kinds, key=lambda kind: kind not in ("drift", "step", "shifted"))
    for kind in order:
        for name in clean:
            for _ in range(each):
                made = (
                    _one(chance, bench, name, kind, sizes, physical=physical)
                    if kind in MAKERS
                    else _several(chance, bench, kind, sizes, physical=physical)
                )
                if made:
                    found.append(made)
    return bench.dirty, found


def _one(chance: random.Random, bench: _Bench, name: str, kind: str, sizes: Sizes, *, physical: bool) -> Fault | None:
    clean, free = bench.clean[name], bench.free[name]
    low, high = bench.window
    for _try in range(300):
        station, at = chance.randrange(len(clean)), chance.randrange(low, high)
        floor = 2 * parameters()[name].floor if physical else 0.0
        if not clean[station, at] >= floor:
            continue
        made = MAKERS[kind](Draw(chance, sizes, clean, station, at, 0.1 if name == "CO" else 1.0))
        if made is None:
            continue
        part, values = made
        around = slice(max(part.start - 12, 0), part.stop + 12)
        # A day that is copied fills the gaps too.
        known = ~np.isnan(clean[station, part]) | (kind == "copied")
        if part.stop > high or not free[station, around].all() or known.mean() < 0.8:
            continue
        if kind == "zero" and np.nanmedian(clean[station, part]) < floor:
            continue
        bench.dirty[name][station, part] = np.where(known, values, np.nan)
        free[station, around] = False
        return Fault(kind, (Place(station, name, np.arange(part.start, part.stop)[known]),))
    return None


def _several(chance: random.Random, bench: _Bench, kind: str, sizes: Sizes, *, physical: bool) -> Fault | None:
    for _try in range(300):
        written = {
            "swapped": _swapped,
            "exchanged": _exchanged,
            "shifted": _shifted,
            "columns": _columns,
            "inversion": _inversion,
        }[kind](chance, bench, sizes, 2.0 if physical else 0.0)
        fault = bench.take(kind, written) if written else None
        if fault:
            return fault
    return None


Written = list[tuple[str, int, slice, NDArray[np.float64]]]


def _place(chance: random.Random, bench: _Bench) -> tuple[int, int]:
    return chance.randrange(len(next(iter(bench.clean.values())))), chance.randrange(*bench.window)


def _swapped(chance: random.Random, bench: _Bench, sizes: Sizes, floors: float) -> Written:
    """Two stations exchanged in every pollutant for days, as happens when device numbers are mixed up."""
    del floors
    one, at = _place(chance, bench)
    two = chance.choice([row for row in range(len(bench.clean["PM2.5"])) if row != one])
    day = at // 24 * 24
    part = slice(day, day + 24 * chance.randint(*sizes.swapped_days))
    return [
        (name, here, part, array[there, part]) for name, array in bench.clean.items() for here, there in _both(one, two)
    ]


def _both(one: int, two: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (one, two), (two, one)


def _names(chance: random.Random, bench: _Bench, sizes: Sizes) -> list[str]:
    return list(bench.clean) if sizes.whole_station else [chance.choice(list(bench.clean))]


def _exchanged(chance: random.Random, bench: _Bench, sizes: Sizes, floors: float) -> Written:
    """Two days of a station exchanged."""
    del floors
    station, at = _place(chance, bench)
    one = at // 24 * 24
    two = one + 24 * chance.randint(*sizes.exchanged_apart)
    if two + 24 > bench.window[1]:
        return []
    return [
        (name, station, slice(here, here + 24), bench.clean[name][station, there : there + 24])
        for name in _names(chance, bench, sizes)
        for here, there in _both(one, two)
    ]


def _shifted(chance: random.Random, bench: _Bench, sizes: Sizes, floors: float) -> Written:
    """Days whose clock is wrong by hours."""
    del floors
    station, at = _place(chance, bench)
    by = chance.randint(*sizes.shifted_hours) * chance.choice((1, -1))
    part = slice(at, at + 24 * chance.randint(*sizes.shifted_days))
    if part.start + by < 0 or part.stop + by > bench.window[1]:
        return []
    return [
        (name, station, part, bench.clean[name][station, part.start + by : part.stop + by])
        for name in _names(chance, bench, sizes)
    ]


def _columns(chance: random.Random, bench: _Bench, sizes: Sizes, floors: float) -> Written:
    """Two pollutants exchanged; those of one unit, because CO in the place of another is off by a hundred."""
    station, at = _place(chance, bench)
    one, two = chance.sample([name for name in bench.clean if name != "CO"], 2)
    part = slice(at, at + chance.randint(*sizes.columns_hours))
    levels = [np.nanmedian(bench.clean[name][station, part]) for name in (one, two)]
    if not all(level >= floors * parameters()[name].floor for name, level in zip((one, two), levels, strict=True)):
        return []
    return [(here, station, part, bench.clean[there][station, part]) for here, there in ((one, two), (two, one))]


def _inversion(chance: random.Random, bench: _Bench, sizes: Sizes, floors: float) -> Written:
    """PM2.5 above PM10."""
    station, at = _place(chance, bench)
    part = slice(at, at + chance.randint(*sizes.inversion_hours))
    pm10 = bench.clean["PM10"][station, part]
    if not np.nanmedian(pm10) >= floors * parameters()["PM10"].floor:
        return []
    return [("PM2.5", station, part, np.round(pm10 * chance.uniform(*sizes.inversion)))]


@dataclass
class Tally:
    """Of one kind: faults, those of which an hour is flagged, and those found by the stricter count; hours and flagged
    hours."""

    faults: int = 0
    touched: int = 0
    found: int = 0
    hours: int = 0
    hit: int = 0


def score(
    faults: list[Fault], flagged: dict[str, NDArray[np.bool_]], clean: Values, window: tuple[int, int] | None = None
) -> tuple[dict[str, Tally], float]:
    """By kind the tally, and the share of untouched known hours (of the window) that are flagged.

    A fault is found if an hour of it is flagged; one of weeks only if a tenth of its hours are at one of its places,
    because some hour of a month is flagged by chance.
    """
    kinds: dict[str, Tally] = {}
    low, high = window or (0, next(iter(clean.values())).shape[1])
    untouched = {name: ~np.isnan(array) for name, array in clean.items()}
    for mask in untouched.values():
        mask[:, :low] = mask[:, high:] = False
    for fault in faults:
        row = kinds.setdefault(fault.kind, Tally())
        hits = [flagged[place.pollutant][place.station, place.hours] for place in fault.places]
        row.faults += 1
        row.touched += any(hit.any() for hit in hits)
        row.found += any(hit.any() and hit.mean() >= (0.1 if len(hit) > LONG else 0) for hit in hits)
        row.hours += sum(len(hit) for hit in hits)
        row.hit += sum(int(hit.sum()) for hit in hits)
        for place in fault.places:
            untouched[place.pollutant][place.station, place.hours] = False
    wrong = sum(int((flagged[name] & mask).sum()) for name, mask in untouched.items())
    return kinds, wrong / max(sum(int(mask.sum()) for mask in untouched.values()), 1)

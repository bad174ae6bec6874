"""Hours from what devices send, so that map, rankings and statistics go on by themselves.

An hour counts where 45 of its minutes have a value (GB 3095-2012, table 4), or three quarters of the records that a
device is to send where it sends less often. What a device itself calls the mean of an hour (CN 2061) goes before means
of its minutes, and these before means of its instants. A confirmed unit becomes that of GB 3095 (units.yaml). Units
that nobody confirmed, flags other than N and values with anything against them are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lantian.ingest.units import scale
from lantian.protocols.hj212.factors import POLLUTANTS

if TYPE_CHECKING:
    from lantian.lake import Lake

SOURCE = "gateway"
SHARE = 0.75
_HOUR = 3600
_MINUTES = 60
_BEST = ("hour", "minute", "instant")

# (station, pollutant, hour since 1970) → value in the unit of GB 3095
Hours = dict[tuple[str, str, int], float]


def roll_up(lake: Lake, hours: Iterable[int], intervals: Mapping[str, float], stood: Hours | None = None) -> list[str]:
    """Write the means of ``hours`` (since 1970, UTC); what was refused, as sentences.

    ``intervals``: seconds between two records of a station, where somebody said. The same again changes nothing, late
    data correct what stands there. ``stood``: hours that the observations had made before (:func:`means`) and lose
    their value where they no longer make them. Raises what the lake raises, but for a series that it refuses.
    """
    refused: list[str] = []
    lost = dict(stood or {})
    for first, last in _runs(hours):
        found = _means(lake, first, last, intervals)
        refused += _write(lake, found, first, last)
        for key in found:
            lost.pop(key, None)
    if lost:
        lake.withdraw_hours(lost, by=SOURCE)
    return refused


def means(lake: Lake, hours: Iterable[int], intervals: Mapping[str, float]) -> Hours:
    """The means of ``hours`` that the observations make as they stand; ``intervals`` as for :func:`roll_up`."""
    found: Hours = {}
    for first, last in _runs(hours):
        found |= _means(lake, first, last, intervals)
    return found


def _means(lake: Lake, first: int, last: int, intervals: Mapping[str, float]) -> Hours:
    until = datetime.fromtimestamp((last + 1) * _HOUR, UTC)
    found = lake.hour_means(tuple(POLLUTANTS), datetime.fromtimestamp(first * _HOUR, UTC), until)
    return counted(found.to_pylist(), intervals)


def counted(rows: Iterable[Mapping[str, Any]], intervals: Mapping[str, float]) -> Hours:
    """The hours that count, of rows as :meth:`Lake.hour_means` gives them."""
    best: dict[tuple[str, str, int], tuple[int, float]] = {}
    twice: set[tuple[str, str, int, int]] = set()
    for row in rows:
        key = (row["station"], POLLUTANTS[row["factor"]], row["hour"])
        times = scale(row["unit"], key[1])
        place = _BEST.index(row["interval"]) if row["interval"] in _BEST else None
        if times is None or place is None:
            continue
        if place and row["minutes"] < SHARE * min(_MINUTES, _HOUR / intervals.get(row["station"], _MINUTES)):
            continue
        if key in best and best[key][0] == place:
            twice.add((*key, place))  # two units within one hour: nobody knows which holds
        if key not in best or place < best[key][0]:
            best[key] = (place, row["mean"] * times)
    return {key: value for key, (place, value) in best.items() if (*key, place) not in twice}


def _write(lake: Lake, found: Hours, first: int, last: int) -> list[str]:
    import numpy as np

    from lantian.lake.blocks import HourBlock
    from lantian.lake.errors import SeriesRefused

    refused = []
    begin = datetime.fromtimestamp(first * _HOUR, UTC)
    for pollutant in sorted({name for _, name, _ in found}):
        stations = sorted({station for station, name, _ in found if name == pollutant})
        values = np.full((len(stations), last - first + 1), np.nan)
        for (station, name, hour), value in found.items():
            if name == pollutant:
                values[stations.index(station), hour - first] = value
        unit = "mg/m³" if pollutant == "CO" else "µg/m³"
        stated = {"hour_label": "begin", "time_zone": "UTC+08:00"}
        block = HourBlock(stations, pollutant, begin, values, unit, SOURCE, **stated)
        try:
            lake.write_blocks([block], by=SOURCE)
        except SeriesRefused:
            for row, station in enumerate(stations):  # one series that does not fit must not cost the others theirs
                try:
                    own = HourBlock([station], pollutant, begin, values[row : row + 1], unit, SOURCE, **stated)
                    lake.write_blocks([own], by=SOURCE)
                except SeriesRefused as error:
                    refused.append(f"{station} {pollutant}: {error}")
    return refused


def _runs(hours: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring hours together, as (first, last)."""
    for _, run in groupby(enumerate(sorted(set(hours))), key=lambda item: item[1] - item[0]):
        own = [hour for _, hour in run]
        yield own[0], own[-1]

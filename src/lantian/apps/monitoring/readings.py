"""Hourly values of the lake for pages: dense arrays, kept in the process as long as the lake stays at its version.

Hours that a person took out (人工审核剔除) are NaN in what pages count with; the lake keeps them: ``raw``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone
from numpy.typing import NDArray

from lantian.analysis.observations import Observations
from lantian.apps.monitoring.models import FindingState, QualityFinding
from lantian.standards.ambient import POLLUTANTS

MOST_BYTES = 192 * 2**20  # of arrays kept in one process
# Speed and direction of the wind as HJ 212-2017 codes them, with the units in which they are understood.
_WIND = {"a01007": ("m/s",), "a01008": ("°", "deg", "[角]度", "度")}
_SMALL = 4096  # what a result that is no array is taken to weigh
_LOOK_BACK = (3, 40, 420)  # days in which the newest hour is looked for

T = TypeVar("T")


class _Kept:
    """Results by key, the least used thrown away first; a new version of the lake throws away all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version: Hashable = None
        self._rows: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._bytes = 0

    def get(self, version: Hashable, key: Hashable, make: Callable[[], T], weigh: Callable[[T], int]) -> T:
        with self._lock:
            if version != self._version:
                self._rows.clear()
                self._version, self._bytes = version, 0
            if key in self._rows:
                self._rows.move_to_end(key)
                found: T = self._rows[key][1]
                return found
        made = make()
        weight = weigh(made)
        with self._lock:
            if version == self._version and key not in self._rows and weight <= MOST_BYTES:
                self._rows[key] = (weight, made)
                self._bytes += weight
                while self._bytes > MOST_BYTES:
                    self._bytes -= self._rows.popitem(last=False)[1][0]
        return made


_kept = _Kept()


def lake() -> Any:
    """The installation's lake (lantian.lake.Lake)."""
    from lantian.lake import Lake  # brings pyarrow and deltalake along: only who reads data pays for them

    return Lake(settings.LANTIAN_LAKE)


def version() -> tuple[str, int, datetime | None, int]:
    """What results are kept by: where the lake is, the version of its hours (packets of devices leave it alone), and
    the last decision on a finding."""
    last = QualityFinding.objects.filter(decided__isnull=False).aggregate(last=Max("decided"), number=Count("pk"))
    return str(settings.LANTIAN_LAKE), lake().table("hours").version(), last["last"], last["number"]


def kept(key: Hashable, make: Callable[[], T], weigh: Callable[[T], int] = lambda _made: _SMALL) -> T:
    """``make()``, remembered by ``key`` (hashable, naming the function and all its arguments) for this version."""
    return _kept.get(version(), key, make, weigh)


def observed(codes: Sequence[str], start: date, end: date) -> Observations:
    """Hourly values that count, of the stations in their order, for the local days ``start`` to ``end``; else NaN.

    Treat the arrays as read-only: they are shared.
    """
    names = tuple(codes)
    return kept(
        ("observed", names, start, end),
        lambda: without(raw(names, start, end), FindingState.CONFIRMED),
        lambda made: sum(array.nbytes for array in made.values.values()),
    )


def without(data: Observations, *states: str) -> Observations:
    """A copy of the data without the hours of findings in these states; the data themselves where there are none."""
    zone = timezone.get_default_timezone()
    first = datetime.combine(data.first_day, time(), zone)
    rows = QualityFinding.objects.filter(
        state__in=states, start__lt=first + timedelta(days=data.days), end__gt=first
    ).values_list("station__code", "pollutant", "start", "end")
    place = {code: at for at, code in enumerate(data.stations)}
    values: dict[str, Any] = {}
    for code, pollutant, start, end in rows:
        if code in place and pollutant in data.values:
            cells = values.setdefault(pollutant, data.values[pollutant].copy())
            low, high = (int((at - first).total_seconds() // 3600) for at in (start, end))
            cells[place[code], max(low, 0) : max(high, 0)] = np.nan
    return replace(data, values=data.values | values) if values else data


def raw(codes: Sequence[str], start: date, end: date) -> Observations:
    """Hourly values as the lake has them, whatever a person took out; read anew each time."""
    return _read(tuple(codes), start, end)


def wind(code: str, start: date, end: date) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hourly speed (m/s) and direction (degrees) of the wind at a station, NaN where there is none.

    Hours whose speed or direction is not in these units are left out: a unit is never assumed.
    """

    def look() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        found = lake().hours(list(_WIND), start, end, stations=[code])
        arrays = []
        for factor, units in _WIND.items():
            stated = found.units.get(factor, {}).get(code)
            known = code in found.stations and stated in units and found.days == (end - start).days + 1
            row = found.stations.index(code) if known else 0
            arrays.append(found.values[factor][row] if known else np.full(((end - start).days + 1) * 24, np.nan))
        return arrays[0], arrays[1]

    return kept(("wind", code, start, end), look, lambda made: sum(array.nbytes for array in made))


def _read(codes: tuple[str, ...], start: date, end: date) -> Observations:
    days = (end - start).days + 1
    values = {name: np.full((len(codes), days * 24), np.nan) for name in POLLUTANTS}
    if codes:
        hours = lake().hours(list(POLLUTANTS), start, end, stations=list(codes))
        place = {code: at for at, code in enumerate(codes)}
        rows = [at for at, code in enumerate(hours.stations) if code in place]
        into = [place[hours.stations[at]] for at in rows]
        for name in POLLUTANTS:
            if into and name in hours.values:
                values[name][into] = hours.values[name][rows]
    return Observations(codes, start, days, values, tuple((0, days - 1) for _code in codes))


def newest(codes: Sequence[str]) -> tuple[date, int] | None:
    """Day and hour (0–23) of the newest hour with a value of any of the stations; None without data."""
    today = timezone.localdate()

    def look() -> tuple[date, int] | None:
        for back in _LOOK_BACK:
            data = observed(codes, today - timedelta(days=back), today)
            present = np.zeros(data.days * 24, dtype=bool)
            for array in data.values.values():
                present |= ~np.isnan(array).all(axis=0)
            found = np.flatnonzero(present)
            if found.size:
                return data.first_day + timedelta(days=int(found[-1]) // 24), int(found[-1]) % 24
        return None

    return kept(("newest", tuple(codes), today), look) if codes else None

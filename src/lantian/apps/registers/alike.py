"""Rows that may be one thing twice: the same name in the same area, or points within thirty metres. Only a warning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lantian.analysis.geodesy import distance_m
from lantian.apps.registers.models import Record
from lantian.apps.registers.placing import Place, title
from lantian.registers import Register
from lantian.registers.rows import Problem
from lantian.registers.words import bare

NEAR_M = 30
_CELL = 2500  # cells a degree: some 35 m east to west in Beijing, 44 m north to south


class Alike:
    """The rows of a ``stock`` register (and of the file so far) by name and by place; an event has no double."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._names: dict[tuple[int | None, str], str] = {}
        self._cells: dict[tuple[int, int], list[tuple[str, float, float]]] = defaultdict(list)
        self._named = any(item.name in ("name", "title") for item in register.shown)
        self._pointed = any(item.type == "point" for item in register.shown)
        if register.kind != "stock" or not (self._named or self._pointed):
            return
        rows = Record.objects.filter(register=register.name, gone=False)
        for key, area, lon, lat, values in rows.values_list("key", "area_id", "lon", "lat", "values").iterator(2000):
            self._add(key, area, lon, lat, title(register, values))

    def _add(self, key: str, area: int | None, lon: float | None, lat: float | None, name: str) -> None:
        if self._named and name:
            self._names.setdefault((area, bare(name)), key)
        if lon is not None and lat is not None:
            self._cells[_cell(lon, lat)].append((key, lon, lat))

    def check(self, key: str, values: Mapping[str, Any], place: Place) -> list[Problem]:
        """What the row is like, and remember it."""
        if self._register.kind != "stock":
            return []
        found = []
        name = title(self._register, values)
        other = self._names.get((place.area_id, bare(name))) if self._named else None
        if other is not None and other != key:
            zh = f"与“{other}”同名同属地，可能重复"
            found.append(Problem("name", zh, f"bears the name of {other} in the same area", warning=True))
        if place.lon is not None and place.lat is not None and (near := self._near(key, place.lon, place.lat)):
            point = next(item.name for item in self._register.shown if item.type == "point")
            zh = f"距“{near[0]}”仅{near[1]}米，可能重复"
            found.append(Problem(point, zh, f"lies {near[1]} m from {near[0]}", warning=True))
        self._add(key, place.area_id, place.lon, place.lat, name)
        return found

    def _near(self, key: str, lon: float, lat: float) -> tuple[str, int] | None:
        x, y = _cell(lon, lat)
        for cell in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            for other, other_lon, other_lat in self._cells.get(cell, ()):
                if other != key and (metres := distance_m((lon, lat), (other_lon, other_lat))) <= NEAR_M:
                    return other, round(metres)
        return None


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return int(lon * _CELL), int(lat * _CELL)

"""The demonstration city as generators need it: its areas with their outlines, its units, days relative to today."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

LEVELS = ("municipal", "district", "town")
_OFFICES = ("政府", "管委会", "办事处")


@dataclass(slots=True)
class City:
    """Areas by level (code, name), streets' outlines, and units by the code of their area (name, uid)."""

    areas: Mapping[str, Sequence[tuple[str, str]]]
    parents: Mapping[str, str]
    outlines: Mapping[str, Any]
    units: Mapping[str, Sequence[tuple[str, str]]]

    @property
    def streets(self) -> Sequence[tuple[str, str]]:
        """Streets and towns, by code."""
        return self.areas["town"]

    def name(self, code: str) -> str:
        """The name of an area."""
        return next(name for rows in self.areas.values() for known, name in rows if known == code)

    def level(self, code: str) -> str:
        """The level of an area."""
        return next(level for level, rows in self.areas.items() for known, _name in rows if known == code)

    def named(self, name: str) -> str:
        """The uid of the city's own unit of a name. KeyError: there is none."""
        return dict(self.units[self.areas["municipal"][0][0]])[name]

    def keeper(self, code: str, words: Sequence[str], levels: Collection[str] = LEVELS) -> str:
        """The uid of the unit that answers in an area: one whose name holds a word, else its government or office;
        from the area upwards, at the levels that may."""
        here = code
        while here:
            rows = self.units.get(here, ()) if self.level(here) in levels else ()
            for word in words:
                if found := next((uid for name, uid in rows if word in name), None):
                    return found
            if found := next((uid for name, uid in rows if name.endswith(_OFFICES)), None):
                return found
            here = self.parents.get(here, "")
        return self.units[self.areas["municipal"][0][0]][0][1]

    def point(self, random: Random, code: str) -> tuple[float, float]:
        """A point inside a street, away from its edge where there is room."""
        from shapely.geometry import Point  # type: ignore[import-untyped]

        outline = self.outlines[code]
        inner = outline.buffer(-0.004)
        wanted = outline if inner.is_empty else inner
        west, south, east, north = wanted.bounds
        for _attempt in range(200):
            lon, lat = round(random.uniform(west, east), 5), round(random.uniform(south, north), 5)
            if wanted.contains(Point(lon, lat)):
                return lon, lat
        middle = wanted.representative_point()
        return round(middle.x, 5), round(middle.y, 5)


def city_of(folder: Path) -> City | None:
    """The city of the folder as the directory holds it; None where it holds no streets of it."""
    from shapely.geometry import shape

    from lantian.apps.areas.models import Area, Unit

    text = (folder / "boundaries.geojson").read_text(encoding="utf-8")
    outlines = {item["properties"]["code"]: shape(item["geometry"]) for item in json.loads(text)["features"]}
    home = Area.objects.filter(code__in=outlines, level="municipal").first()
    if home is None:
        return None
    inside = Area.objects.filter(path__startswith=home.path, closed=None).order_by("code")
    areas: dict[str, list[tuple[str, str]]] = {level: [] for level in LEVELS}
    parents: dict[str, str] = {}
    for code, name, level, parent in inside.values_list("code", "name", "level", "parent__code"):
        areas[level].append((code, name))
        if code != home.code:
            parents[code] = parent
    units: dict[str, list[tuple[str, str]]] = defaultdict(list)
    known = Unit.objects.filter(collective=False, area__path__startswith=home.path, closed=None, merged_into=None)
    for code, name, uid in known.order_by("id").values_list("area__code", "name", "uid"):
        units[code].append((name, str(uid)))
    return City(areas, parents, outlines, units) if areas["town"] else None


def months(today: date, years_before: int = 0) -> Iterator[date]:
    """The first days of this year's months up to today, of last year's too where this one has just begun."""
    year = today.year if today.month > 2 else today.year - 1
    month = date(year - years_before, 1, 1)
    while month <= today:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    """The first day of the month after a day's."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)

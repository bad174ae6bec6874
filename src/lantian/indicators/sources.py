"""What indicators are computed from: the lake at one version, and the directory's areas, units and stations."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from lantian.indicators.headers import Level
from lantian.indicators.rowtypes import schema_of
from lantian.indicators.snapshots import Snapshots
from lantian.lake import Lake
from lantian.lake.tables import DataFile
from lantian.registers import Register

# Levels of government (areas.Level) and the word of an indicator's header; a header's own words pass, too.
_LEVELS: Mapping[str, Level] = {
    "town": "street", "street": "street", "district": "district", "municipal": "city", "city": "city",
}  # fmt: skip


class AreaRow(NamedTuple):
    """An area as the view ``area`` shows it; ``plain``: whether it counts among the plain ones (平原区), if known."""

    code: str
    name: str
    level: str
    parent: str | None
    kind: str
    plain: bool | None = None


class UnitRow(NamedTuple):
    """A unit as the view ``unit`` shows it; ``area`` is a code."""

    uid: str
    name: str
    short_name: str
    level: str
    area: str | None


class StationRow(NamedTuple):
    """A station as the view ``station`` shows it; ``area`` is a code."""

    code: str
    name: str
    area: str | None


class ForecastRow(NamedTuple):
    """What was forecast for a day of an area (a code), ``lead`` days ahead: the range of the AQI."""

    area: str
    date: date
    lead: int
    low: int
    high: int


class ExemptionRow(NamedTuple):
    """An approved exemption of a record from ``since`` to ``until`` (None: without end)."""

    register: str
    key: str
    since: date
    until: date | None


@dataclass
class Sources:
    """One state of everything that is read. The lake is pinned register by register as it is first asked for: make new
    sources for a new run."""

    lake_root: str | Path
    areas: Iterable[AreaRow] = ()
    units: Iterable[UnitRow] = ()
    exemptions: Iterable[ExemptionRow | tuple[str, str, date, date | None]] = ()
    stations: Iterable[StationRow] = ()
    forecasts: Iterable[ForecastRow] = ()
    _pinned: dict[str, tuple[int, list[DataFile], Any]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.areas = [AreaRow(*row) for row in self.areas]
        self.units = [UnitRow(*row) for row in self.units]
        self.exemptions = [ExemptionRow(*row) for row in self.exemptions]
        self.stations = [StationRow(*row) for row in self.stations]
        self.forecasts = [ForecastRow(*row) for row in self.forecasts]
        self.root = Path(self.lake_root)

    def register(self, register: Register) -> tuple[int, list[DataFile], Any]:
        """(number of the last change set, 0 before the first; the files; their schema) of a register."""
        if register.name not in self._pinned:
            snapshots = Snapshots(self.root)
            # The number first: a change set that is written in between makes figures look older, never newer.
            last = snapshots.last(register.name) or 0
            self._pinned[register.name] = last, snapshots.files(register), schema_of(register)
        return self._pinned[register.name]

    @cached_property
    def lake(self) -> tuple[dict[str, int], Any]:
        """(versions of what ``hour`` and ``observation`` read, the lake's files)."""
        lake = Lake(self.root)
        version = {name: lake.table(name).version() + 1 for name in ("raw", "hours", "series", "review")}
        hours = version["hours"] + version["series"]
        return {"hour": hours + version["review"], "observation": hours + version["raw"]}, lake.files()

    def ancestors(self, level: Level) -> dict[str, str]:
        """The area at a level above each area (or the area itself), by code; areas that have none are left out."""
        known = {row.code: row for row in self.areas}
        found: dict[str, str] = {}
        for code in known:
            row, steps = known.get(code), 0
            while row is not None and _LEVELS.get(row.level) != level and steps < len(known):
                row, steps = known.get(row.parent or ""), steps + 1
            if row is not None and _LEVELS.get(row.level) == level:
                found[code] = row.code
        return found

    @cached_property
    def marks(self) -> dict[str, int]:
        """A checksum of each list of the directory, which changes with it."""
        lists = {
            "area": self.areas, "unit": self.units, "exemption": self.exemptions, "station": self.stations,
            "forecast": self.forecasts,
        }  # fmt: skip
        return {name: zlib.crc32(repr(sorted(map(tuple, rows), key=repr)).encode()) for name, rows in lists.items()}


@cache
def columns_around() -> Mapping[str, Any]:
    """Arrow schemas of the views that come from the directory."""
    import pyarrow as pa

    text = pa.string()
    return {
        "area": pa.schema(
            [(name, text) for name in ("code", "name", "level", "parent", "kind")] + [("plain", pa.bool_())]
        ),
        "unit": pa.schema([(name, text) for name in ("uid", "name", "short_name", "level", "area")]),
        "station": pa.schema([(name, text) for name in ("code", "name", "area")]),
        "forecast": pa.schema(
            [("area", text), ("date", pa.date32())] + [(name, pa.int64()) for name in ("lead", "low", "high")]
        ),
        "exemption": pa.schema([(name, text) for name in ("register", "key")]),
        "_ancestor": pa.schema([(name, text) for name in ("code", "at")]),
    }


def around(sources: Sources, name: str, level: Level | None, end: date) -> Any:
    """The rows of ``area``, ``unit``, ``station``, ``forecast``, ``exemption`` or ``_ancestor`` as an Arrow table.

    At a level, areas and forecasts are those of the level, and units and stations stand for the area above them there.
    """
    import pyarrow as pa

    at = sources.ancestors(level) if level else None
    rows: list[tuple[Any, ...]]
    if name == "area":
        rows = [tuple(row) for row in sources.areas if at is None or at.get(row.code) == row.code]
    elif name == "unit":
        rows = [(*row[:4], row.area if at is None else at.get(row.area or "")) for row in sources.units]
    elif name == "station":
        rows = [(*row[:2], row.area if at is None else at.get(row.area or "")) for row in sources.stations]
    elif name == "forecast":
        rows = [tuple(row) for row in sources.forecasts if at is None or at.get(row.area) == row.area]
    elif name == "exemption":
        valid = [ExemptionRow(*row) for row in sources.exemptions]
        valid = [row for row in valid if row.since <= end and (row.until is None or row.until >= end)]
        rows = [(row.register, row.key) for row in valid]
    else:
        rows = list((at or {}).items())
    schema = columns_around()[name]
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(schema.types)]
    return pa.Table.from_arrays(columns, schema=schema)

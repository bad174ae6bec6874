"""The live board: the newest value of every station and factor in the lake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import ITEMS
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries.registry import stations
from lantian.apps.monitoring.readings import kept, lake
from lantian.protocols.hj212.factors import POLLUTANTS as OF_WIRE
from lantian.protocols.hj212.factors import lookup
from lantian.standards.ambient import POLLUTANTS

SHOWN = 300  # lines of the board
# How old a value of each interval may be and still count as up to date; an hour's bears the hour's beginning.
FRESH = {"instant": timedelta(minutes=10), "minute": timedelta(minutes=30), "hour": timedelta(hours=3)}
SINCE = timedelta(days=2)
_UNITS = {"degC": "℃", "deg": "°"}
_ATTRIBUTES = ("Rtd", "Avg", "")  # the first that a factor has is shown


@dataclass(frozen=True, slots=True)
class Value:
    """A factor's newest value as sent; the unit is blank until somebody confirmed it for the device."""

    factor: str
    label: str
    value: str
    unit: str
    flag: str


@dataclass(frozen=True, slots=True)
class Line:
    """A station's newest values and when they are from; ``station`` is None for one that the registry lacks."""

    code: str
    station: Station | None
    at: datetime
    interval: str
    fresh: bool
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Live:
    """The board: lines by freshness, how many stations there are, how many are up to date."""

    lines: list[Line]
    stations: int
    fresh: int


def live(user: User, now: datetime) -> Live:
    """The newest values of the stations in sight, the freshest first. Two queries."""
    rows = kept(("latest", lake().version(), now.replace(second=0, microsecond=0)), lambda: _latest(now))
    names = {row["station"] for row in rows}
    registered = stations(user).filter(Q(code__in=names) | Q(mn__in=names)) if names else []
    place = {key: station for station in registered for key in (station.code, station.mn) if key}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        if row["station"] not in place:
            continue
        known = found.setdefault(place[row["station"]].code, {})
        what = OF_WIRE.get(row["factor"], row["factor"])  # a device's minute and the station's hour: the newer
        if what not in known or _rank(row) < _rank(known[what]):
            known[what] = row | {"factor": what}
    lines = [_line(code, place[code], list(values.values()), now) for code, values in found.items()]
    lines.sort(key=lambda line: (-line.at.timestamp(), line.code))
    return Live(lines[:SHOWN], len(lines), sum(line.fresh for line in lines))


def _latest(now: datetime) -> list[dict[str, Any]]:
    wanted = ("station", "factor", "attribute", "time", "interval", "value", "unit", "flag")
    table = lake().latest(since=now - SINCE)
    rows: list[dict[str, Any]] = table.select([name for name in wanted if name in table.column_names]).to_pylist()
    return [row for row in rows if row["value"] is not None]


def _rank(row: dict[str, Any]) -> tuple[float, int]:
    """Newer first, then the attribute that says most."""
    attribute = row.get("attribute") or ""
    place = _ATTRIBUTES.index(attribute) if attribute in _ATTRIBUTES else len(_ATTRIBUTES)
    return -_instant(row["time"]).timestamp(), place


def _instant(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _line(code: str, station: Station, rows: list[dict[str, Any]], now: datetime) -> Line:
    newest = max(rows, key=lambda row: _instant(row["time"]))
    at, interval = _instant(newest["time"]), newest.get("interval") or "instant"
    order = {name: place for place, name in enumerate(ITEMS)}
    values = [
        Value(
            row["factor"], _label(row["factor"]), f"{row['value']:.6g}", _unit(row.get("unit")), row.get("flag") or ""
        )
        for row in sorted(rows, key=lambda row: (order.get(row["factor"], len(order)), row["factor"]))
    ]
    return Line(code, station, at, interval, now - at <= FRESH.get(interval, timedelta(days=2)), values)


def _unit(text: str | None) -> str:
    """A unit as it is written: ``ug/m3`` is µg/m³, ``degC`` ℃."""
    return _UNITS.get(text or "", (text or "").replace("ug/", "µg/").replace("/m3", "/m³"))


def _label(factor: str) -> str:
    """What a wire code means, as the factor table has it; the code itself where it has none."""
    found = None if factor in POLLUTANTS else lookup(factor)
    if found is None:
        return factor
    return found.name_zh if chinese() else found.name_en or factor

"""Observations in bulk: CSV or JSON lines as rows, and every row as what the lake takes or as a reason. Pure.

A row names station, factor, time, interval, value and unit. Nothing is assumed: a row without its unit is refused, the
label of an hour and the zone of a time without one are those of the stated source.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from lantian.analysis.layouts import SENTINELS
from lantian.protocols.hj212.factors import POLLUTANTS as OF_WIRE
from lantian.protocols.hj212.factors import lookup
from lantian.standards.ambient import POLLUTANTS

MOST_ROWS = 20_000
COLUMNS = ("station", "factor", "time", "interval", "value", "unit", "attribute", "flag")
REQUIRED = COLUMNS[:6]
STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
INTERVALS = ("instant", *STEPS)
_LONGEST = 40
_AHEAD = timedelta(minutes=10)  # clocks differ; what lies farther ahead was not measured yet
_FIRST_YEAR = 1990
# A concentration's unit → what it is times as many µg/m³.
_MASS = {"µg/m³": 1.0, "μg/m³": 1.0, "ug/m3": 1.0, "µg/m3": 1.0, "mg/m³": 1000.0, "mg/m3": 1000.0}
REASONS = {
    "json": ("不是 JSON 对象", "not a JSON object"),
    "missing": ("缺少 {0}", "{0} is missing"),
    "unknown_column": ("不认识的列 {0}", "unknown column {0}"),
    "station": ("没有您管理的站点 {0}", "no station of yours is called {0}"),
    "factor": ("不认识的因子 {0}", "unknown factor {0}"),
    "interval": ("时间粒度应为 instant、minute、hour 或 day", "the interval is instant, minute, hour or day"),
    "time": ("时间无法识别或不在整点（整日）：{0}", "no time, or not a full one of its interval: {0}"),
    "future": ("时间在未来：{0}", "the time lies ahead: {0}"),
    "value": ("不是有效数值：{0}", "no value: {0}"),
    "unit": ("单位 {0} 不能用于 {1}", "{1} does not take the unit {0}"),
    "attribute": ("小时浓度只收均值（Avg），不收 {0}", "of hours only means (Avg) are taken, not {0}"),
    "twice": (
        "与第 {0} 行同一站点、因子、时间，数值不同",
        "row {0} says something else of the same station, factor and time",
    ),
}


class UnreadableError(Exception):
    """The body as a whole cannot be taken: says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Observed:
    """One row that can be taken: ``time`` (UTC) begins the interval; the six pollutants bear their published name."""

    station: str
    factor: str
    attribute: str
    interval: str
    time: datetime
    value: float
    unit: str
    flag: str

    @property
    def hourly(self) -> bool:
        """Whether it goes to the dense hours: an hourly mean that bears no flag, which they have no place for."""
        return self.interval == "hour" and self.attribute == "Avg" and not self.flag

    @property
    def key(self) -> tuple[str, str, str, str, datetime]:
        """What counts once (contracts §4)."""
        return self.station, self.factor, self.attribute, self.interval, self.time


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its line in the body, the code of the reason, and what the reason speaks of."""

    line: int
    code: str
    about: tuple[str, ...] = ()

    def said(self, *, zh: bool) -> str:
        """The reason as a sentence."""
        return REASONS[self.code][0 if zh else 1].format(*self.about)


Row = tuple[int, Mapping[str, Any] | None]


def rows_of(content: bytes, *, lines: bool) -> list[Row]:
    """The rows of a body with their line numbers: JSON lines, else CSV in UTF-8 with a heading. None: no object.

    Raises UnreadableError: not UTF-8, no heading, an unknown or repeated column, too many rows, none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("内容不是 UTF-8", "the body is not UTF-8") from None
    found = list(_lines(text) if lines else _csv(text))
    if not found:
        raise UnreadableError("没有数据行", "there is no row")
    if len(found) > MOST_ROWS:
        raise UnreadableError(f"一次最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows at a time")
    return found


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            yield number, found if isinstance(found, dict) else None


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(StringIO(text, newline=""))
    try:
        head = [name.strip() for name in next(reader, [])]
        unknown = [name for name in head if name not in COLUMNS]
        lacking = [name for name in REQUIRED if name not in head]
        if unknown or lacking or len(set(head)) != len(head):
            names = ", ".join(unknown or lacking or head)[:200]
            raise UnreadableError(f"表头的列不对：{names}", f"wrong columns in the heading: {names}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(head, cells, strict=False))
    except csv.Error as error:
        raise UnreadableError(f"第 {reader.line_num} 行不是 CSV", f"line {reader.line_num}: {error}") from None


def checked(
    rows: list[Row], stations: Collection[str], *, hour_label: str, zone: ZoneInfo, now: datetime
) -> tuple[list[Observed], list[Refused], int]:
    """What can be taken, what cannot and why, and how many rows only repeat an earlier one."""
    taken: dict[tuple[str, str, str, str, datetime], tuple[int, Observed]] = {}
    refused: list[Refused] = []
    repeated = 0
    for line, given in rows:
        found = _row(line, given, stations, hour_label, zone, now)
        if isinstance(found, Refused):
            refused.append(found)
            continue
        earlier = taken.setdefault(found.key, (line, found))
        if earlier[1] != found:
            refused.append(Refused(line, "twice", (str(earlier[0]),)))
        elif earlier[0] != line:
            repeated += 1
    return [found for _line, found in taken.values()], refused, repeated


def _row(
    line: int,
    given: Mapping[str, Any] | None,
    stations: Collection[str],
    hour_label: str,
    zone: ZoneInfo,
    now: datetime,
) -> Observed | Refused:
    if given is None:
        return Refused(line, "json")
    cells = {name: _text(value) for name, value in given.items()}
    if unknown := [name for name in cells if name not in COLUMNS]:
        return Refused(line, "unknown_column", (unknown[0][:_LONGEST],))
    if lacking := [name for name in REQUIRED if not cells.get(name)]:
        return Refused(line, "missing", (lacking[0],))
    if cells["station"] not in stations:
        return Refused(line, "station", (cells["station"],))
    factor = OF_WIRE.get(cells["factor"], cells["factor"])
    if factor not in POLLUTANTS and lookup(factor) is None:
        return Refused(line, "factor", (factor,))
    interval = cells["interval"]
    if interval not in INTERVALS:
        return Refused(line, "interval")
    at = _time(cells["time"], interval, hour_label, zone)
    if at is None:
        return Refused(line, "time", (cells["time"],))
    if at + STEPS.get(interval, timedelta()) > now + _AHEAD:
        return Refused(line, "future", (cells["time"],))
    attribute = cells.get("attribute") or ("Rtd" if interval == "instant" else "Avg")
    if interval == "hour" and factor in POLLUTANTS and attribute != "Avg":
        return Refused(line, "attribute", (attribute,))
    return _valued(
        line, cells, Observed(cells["station"], factor, attribute, interval, at, 0.0, "", cells.get("flag", ""))
    )


def _valued(line: int, cells: dict[str, str], row: Observed) -> Observed | Refused:
    """The row with its value and unit: concentrations of the six in the lake's unit, others as they were stated."""
    try:
        value = float(cells["value"])
    except ValueError:
        value = float("nan")
    air = row.factor in POLLUTANTS
    if not isfinite(value) or value in SENTINELS or (air and value < 0):
        return Refused(line, "value", (cells["value"],))
    unit = cells["unit"]
    if air:
        if unit not in _MASS:
            return Refused(line, "unit", (unit, row.factor))
        per = 1000.0 if row.factor == "CO" else 1.0
        value, unit = (
            (value if _MASS[unit] == per else value * _MASS[unit] / per),
            "mg/m³" if row.factor == "CO" else "µg/m³",
        )
    return Observed(row.station, row.factor, row.attribute, row.interval, row.time, value, unit, row.flag)


def _time(text: str, interval: str, hour_label: str, zone: ZoneInfo) -> datetime | None:
    """The instant (UTC) at which the interval begins; None for what is no such time."""
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        local = at.astimezone(zone)
        if interval == "hour" and hour_label == "end":
            at, local = at - STEPS["hour"], local - STEPS["hour"]
    except (ValueError, OverflowError):
        return None
    rest = {
        "hour": (local.minute, local.second),
        "day": (local.hour, local.minute, local.second),
        "minute": (local.second,),
    }
    if not _FIRST_YEAR <= at.year <= 9000 or local.microsecond or any(rest.get(interval, ())):
        return None
    return at.astimezone(UTC)


def _text(value: Any) -> str:
    """A cell as text: numbers as they are written, null as nothing, anything else as what it is not."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return "?"
    return str(value).strip()[:_LONGEST].replace("\x00", "?")

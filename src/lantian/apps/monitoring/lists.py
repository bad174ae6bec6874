"""Lists of stations: their columns, and every row as values or as what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from lantian.analysis.geodesy import DATUMS
from lantian.apps.areas.models import Area
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import DataSource, Station, StationClass
from lantian.apps.monitoring.rights import editable_areas

MOST = 5000  # rows of one list
_LONGEST = {"code": 40, "name": 60, "second_source": 60, "mn": 40}
CLASS_WORDS = {
    "national": "国控",
    "municipal": "市控",
    "district": "区控",
    "town": "乡镇街道",
    "micro": "微站",
    "other": "其他",
}
_YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


@dataclass(slots=True)
class Entry:
    """A row that can be taken over: values by field of the model; ``old`` is the station that has the code already."""

    line: int
    values: dict[str, Any]
    old: Station | None
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, zh: str, en: str) -> None:
        """Note a problem of one column."""
        self.problems.append(Problem(self.line, column, zh, en))


@cache
def columns() -> dict[str, Column]:
    """The columns by field, in order."""
    return columns_of(Path(__file__).parent / "tables" / "columns.yaml")


def rows_of(given: list[list[Any]]) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings."""
    return by_columns(given, columns(), MOST, ("只有表头，没有站点", "there is a heading and no station below it"))


def entries(by: User, rows: Iterable[Row]) -> tuple[list[Entry], list[Problem]]:
    """Every row as values that can be saved, and every problem. A fixed number of queries, whatever the rows."""
    rows = list(rows)
    places = Places(by)
    codes = [values.get("code", "") for _line, values in rows]
    old = {row.code: row for row in Station.objects.filter(code__in=codes).select_related("area")}
    devices = [mn for _line, values in rows if (mn := values.get("mn"))]
    taken = dict(Station.objects.filter(mn__in=devices).values_list("mn", "code"))
    sources = {row.name: row for row in DataSource.objects.filter(area__in=editable_areas(by))}
    found, seen = [], _Seen()
    for line, values in rows:
        entry = Entry(line, {}, old.get(values.get("code", "")))
        _texts(entry, values)
        _place(entry, values, places)
        _coordinates(entry, values)
        _days(entry, values)
        _source(entry, values, sources, taken)
        seen.check(entry, values)
        found.append(entry)
    return found, [problem for entry in found for problem in entry.problems]


class Places:
    """The areas where the person keeps the registry, by code, name, and name with the area above it."""

    def __init__(self, by: User) -> None:
        self._areas: dict[str, set[Area]] = defaultdict(set)
        for area in editable_areas(by).filter(closed=None).select_related("parent"):
            above = area.parent.name if area.parent else ""
            for name in {area.code, area.name, above + area.name}:
                self._areas[name].add(area)

    def find(self, text: str) -> Area | int:
        """The area, or how many have the name."""
        found = self._areas.get(text, set())
        return next(iter(found)) if len(found) == 1 else len(found)


class _Seen:
    """Codes and devices that stood in an earlier row."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], int] = {}

    def check(self, entry: Entry, values: dict[str, str]) -> None:
        for name in ("code", "mn"):
            text = values.get(name, "")
            if text and (first := self._lines.setdefault((name, text), entry.line)) != entry.line:
                entry.wrong(name, f"与第{first}行重复", f"stands in row {first}, too")


def _texts(entry: Entry, values: dict[str, str]) -> None:
    for item in columns().values():
        text = values.get(item.field, "")
        if item.required and not text:
            entry.wrong(item.field, "不能为空", "is empty")
        if item.field in _LONGEST and len(text) > _LONGEST[item.field]:
            most = _LONGEST[item.field]
            entry.wrong(item.field, f"超过{most}个字", f"longer than {most} characters")
    kinds = {word: key for key, word in CLASS_WORDS.items()} | {key: key for key in StationClass.values}
    kind = values.get("kind", "")
    if kind and kind not in kinds:
        entry.wrong("kind", f"没有这种级别：{kind}", f"no such class: {kind}")
    flag = values.get("for_assessment", "").lower()
    if flag and flag not in _YES:
        entry.wrong("for_assessment", "只能填是或否", "yes or no is wanted")
    entry.values |= {
        "code": values.get("code", ""), "name": values.get("name", ""), "kind": kinds.get(kind, ""),
        "second_source": values.get("second_source", ""), "mn": values.get("mn") or None,
        "for_assessment": _YES.get(flag, kinds.get(kind) != StationClass.MICRO),
    }  # fmt: skip


def _place(entry: Entry, values: dict[str, str], places: Places) -> None:
    text = values.get("area", "")
    area = places.find(text) if text else None
    if isinstance(area, Area):
        entry.values["area"] = area
    elif area == 0:
        entry.wrong("area", f"您管理的区域中没有“{text}”", f"none of your areas is called {text}")
    elif area is not None:
        entry.wrong("area", f"有{area}个区域叫“{text}”，请写代码或连上级名称", f"{area} areas are called {text}")
    if entry.old is not None and not places.find(entry.old.area.code):
        entry.wrong("code", "这个编码已用于您不管理的区域", "the code is in use in an area that is not yours")


def _coordinates(entry: Entry, values: dict[str, str]) -> None:
    datum = (
        values.get("datum", "").upper().replace("WGS84", "WGS-84").replace("GCJ02", "GCJ-02").replace("BD09", "BD-09")
    )
    pairs = {"": ("lon", "lat"), "second": ("second_lon", "second_lat")}
    for prefix, (lon, lat) in pairs.items():
        degrees = [_degrees(entry, values, lon, 180), _degrees(entry, values, lat, 90)]
        if (values.get(lon, "") == "") != (values.get(lat, "") == ""):
            entry.wrong(lat if values.get(lon) else lon, "经度和纬度要么都填，要么都不填", "give both or neither")
        point = None if None in degrees else (degrees[0], degrees[1])
        entry.values[f"{prefix}_point" if prefix else "point"] = point
    if entry.values["second_point"] and not entry.values["point"]:
        entry.wrong("lon", "有核对坐标而没有站点坐标", "second coordinates without the first")
    if entry.values["point"] and not datum:
        entry.wrong("datum", "有坐标时必须写明坐标系", "coordinates want their datum")
    if datum and datum not in DATUMS:
        entry.wrong("datum", f"没有这种坐标系：{datum}", f"no such datum: {datum}")
    entry.values["datum"] = datum if entry.values["point"] else ""


def _degrees(entry: Entry, values: dict[str, str], name: str, most: int) -> float | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or abs(number) > most:
        entry.wrong(name, f"不是度数：{text[:20]}", f"no degrees: {text[:20]}")
        return None
    return number


def _days(entry: Entry, values: dict[str, str]) -> None:
    for name in ("valid_from", "valid_to"):
        text = values.get(name, "").replace("/", "-").split(" ")[0]
        entry.values[name] = None
        if text:
            try:
                year, month, day = (int(part) for part in text.split("-"))
                entry.values[name] = date(year, month, day)
            except ValueError:
                entry.wrong(name, f"不是日期：{text[:20]}", f"no date: {text[:20]}")
    begins, ends = entry.values["valid_from"], entry.values["valid_to"]
    if begins and ends and ends < begins:
        entry.wrong("valid_to", "停用早于启用", "ends before it begins")


def _source(entry: Entry, values: dict[str, str], sources: dict[str, DataSource], taken: dict[Any, str]) -> None:
    name = values.get("source", "")
    entry.values["source"] = sources.get(name)
    if name and name not in sources:
        entry.wrong("source", f"没有这个数据来源：{name}", f"no such source: {name}")
    mn = values.get("mn")
    if mn and taken.get(mn, values.get("code")) != values.get("code"):
        entry.wrong("mn", f"这台设备属于站点 {taken[mn]}", f"the device belongs to station {taken[mn]}")

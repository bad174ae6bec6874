"""Lists of stations: their columns, and every row as values or as what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from lantian.analysis.geodesy import DATUMS
from lantian.apps.areas.lookup import AreaNames
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.entries import Entry as AnyEntry
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
Entry = AnyEntry[Station]  # a row of the list, with the station that has the code already


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
    places = known_areas(by)
    codes = [values.get("code", "") for _line, values in rows]
    old = {row.code: row for row in Station.objects.filter(code__in=codes).select_related("area")}
    devices = [mn for _line, values in rows if (mn := values.get("mn"))]
    taken = dict(Station.objects.filter(mn__in=devices).values_list("mn", "code"))
    sources = {row.name: row for row in DataSource.objects.filter(area__in=editable_areas(by))}
    found = []
    seen: dict[object, int] = {}
    for line, values in rows:
        entry = Entry(line, {}, old.get(values.get("code", "")))
        _texts(entry, values)
        place(entry, values.get("area", ""), places)
        if entry.old is not None and entry.old.area.code not in places:
            entry.wrong("code", "这个编码已用于您不管理的区域", "the code is in use in an area that is not yours")
        _coordinates(entry, values)
        _days(entry, values)
        _source(entry, values, sources, taken)
        for name in ("code", "mn"):
            if text := values.get(name):
                entry.once(name, (name, text), seen)
        found.append(entry)
    return found, [problem for entry in found for problem in entry.problems]


def known_areas(by: User) -> AreaNames:
    """The areas where the person keeps the registry."""
    return AreaNames(editable_areas(by).filter(closed=None))


def place(entry: AnyEntry[Any], text: str, known: AreaNames) -> None:
    """The row's area, None where the cell is blank or names none."""
    entry.values["area"] = known.find(text)
    if text and entry.values["area"] is None:
        entry.wrong("area", *known.refusal(text))


def _texts(entry: Entry, values: dict[str, str]) -> None:
    entry.check_texts(values, columns().values(), _LONGEST)
    kinds = {word: key for key, word in CLASS_WORDS.items()} | {key: key for key in StationClass.values}
    kind = values.get("kind", "")
    if kind and kind not in kinds:
        entry.wrong("kind", f"没有这种级别：{kind}", f"no such class: {kind}")
    entry.values |= {
        "code": values.get("code", ""), "name": values.get("name", ""), "kind": kinds.get(kind, ""),
        "second_source": values.get("second_source", ""), "mn": values.get("mn") or None,
        "for_assessment": entry.yes(
            "for_assessment", values.get("for_assessment", ""), blank=kinds.get(kind) != StationClass.MICRO
        ),
    }  # fmt: skip


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
        entry.values[name] = entry.day(name, values.get(name, ""))
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

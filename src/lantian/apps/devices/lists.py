"""Lists of devices: their columns, and every row as values or as what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lantian.apps.areas.lookup import AreaNames
from lantian.apps.areas.models import Unit
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.entries import Entry as AnyEntry
from lantian.apps.core.models import User
from lantian.apps.devices.models import Device, DeviceKind
from lantian.apps.devices.rights import editable_areas
from lantian.apps.monitoring.models import Station

MOST = 5000  # rows of one list
_LONGEST = {"mn": 64, "name": 60, "note": 300}
# The words of the list are Chinese: it goes to offices and comes back.
KIND_WORDS = {
    "dust": "工地扬尘", "air": "空气质量", "noise": "噪声", "catering": "餐饮油烟", "stack": "固定源废气",
    "voc": "VOCs厂界", "petrol": "加油站", "power": "用电监控", "water": "水质", "other": "其他",
}  # fmt: skip
Entry = AnyEntry[Device]  # a row of the list, with the device that has the number already


@cache
def columns() -> dict[str, Column]:
    """The columns by field, in order."""
    return columns_of(Path(__file__).parent / "tables" / "columns.yaml")


def rows_of(given: list[list[Any]]) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings."""
    return by_columns(given, columns(), MOST, ("只有表头，没有设备", "there is a heading and no device below it"))


def entries(by: User, rows: Iterable[Row]) -> tuple[list[Entry], list[Problem]]:
    """Every row as values that can be saved, and every problem. A fixed number of queries, whatever the rows."""
    rows = list(rows)
    numbers = [values.get("mn", "") for _line, values in rows]
    known = Device.objects.filter(mn__in=numbers).select_related("area", "owner", "station")
    old = {row.mn: row for row in known}
    places = _Places(by)
    seen: dict[object, int] = {}
    found = []
    for line, values in rows:
        entry = Entry(line, {}, old.get(values.get("mn", "")))
        _texts(entry, values)
        places.put(entry, values)
        if mn := values.get("mn"):
            entry.once("mn", mn, seen)
        found.append(entry)
    return found, [problem for entry in found for problem in entry.problems]


class _Places:
    """Areas where the person keeps the register, their units, and the stations in them, by every name in use."""

    def __init__(self, by: User) -> None:
        mine = editable_areas(by)
        self._areas = AreaNames(mine)
        self._units: dict[str, set[Unit]] = defaultdict(set)
        for unit in Unit.objects.filter(area__in=mine, collective=False, merged_into=None):
            for name in {unit.name, unit.short_name, unit.full_name} - {""}:
                self._units[name].add(unit)
        self._stations = {row.code: row for row in Station.objects.filter(area__in=mine)}

    def put(self, entry: Entry, values: dict[str, str]) -> None:
        """The row's area, owner and station."""
        text = values.get("area", "")
        if (area := self._areas.find(text)) is not None:
            entry.values["area"] = area
        elif text:
            entry.wrong("area", *self._areas.refusal(text))
        if entry.old is not None and entry.old.area.code not in self._areas:
            entry.wrong("mn", "这台设备不在您管理的区域", "this device is not in your areas")
        self._owner(entry, values.get("owner", ""))
        code = values.get("station", "")
        entry.values["station"] = self._stations.get(code)
        if code and code not in self._stations:
            entry.wrong("station", f"您管理的区域中没有站点“{code}”", f"none of your stations has the code {code}")

    def _owner(self, entry: Entry, text: str) -> None:
        found = self._units.get(text, set())
        area = entry.values.get("area")
        near = {unit for unit in found if area is not None and unit.area_id == area.pk}
        found = near or found
        entry.values["owner"] = next(iter(found)) if len(found) == 1 else None
        if text and len(found) != 1:
            few = len(found)
            zh = f"有{few}个单位叫“{text}”，请写全称" if few else f"单位名录中没有“{text}”"
            entry.wrong("owner", zh, f"{few} units are called {text}")


def _texts(entry: Entry, values: dict[str, str]) -> None:
    entry.check_texts(values, columns().values(), _LONGEST)
    kinds = {word: key for key, word in KIND_WORDS.items()} | {key: key for key in DeviceKind.values}
    kind = values.get("kind", "")
    if kind and kind not in kinds:
        entry.wrong("kind", f"没有这种设备类型：{kind}", f"no such kind: {kind}")
    entry.values |= {
        "mn": values.get("mn", ""), "name": values.get("name", ""), "kind": kinds.get(kind, ""),
        "for_assessment": entry.yes("for_assessment", values.get("for_assessment", ""), blank=False),
        "note": values.get("note", ""), "installed": entry.day("installed", values.get("installed", "")),
    }  # fmt: skip

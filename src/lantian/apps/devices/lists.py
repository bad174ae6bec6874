"""Lists of devices: their columns, and every row as values or as what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
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
_YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


@dataclass(slots=True)
class Entry:
    """A row that can be taken over: values by field of the model; ``old`` is the device that has the number already."""

    line: int
    values: dict[str, Any]
    old: Device | None
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
    return by_columns(given, columns(), MOST, ("只有表头，没有设备", "there is a heading and no device below it"))


def entries(by: User, rows: Iterable[Row]) -> tuple[list[Entry], list[Problem]]:
    """Every row as values that can be saved, and every problem. A fixed number of queries, whatever the rows."""
    rows = list(rows)
    numbers = [values.get("mn", "") for _line, values in rows]
    known = Device.objects.filter(mn__in=numbers).select_related("area", "owner", "station")
    old = {row.mn: row for row in known}
    places = _Places(by)
    seen: dict[str, int] = {}
    found = []
    for line, values in rows:
        entry = Entry(line, {}, old.get(values.get("mn", "")))
        _texts(entry, values)
        places.put(entry, values)
        if (mn := values.get("mn")) and (first := seen.setdefault(mn, line)) != line:
            entry.wrong("mn", f"与第{first}行重复", f"stands in row {first}, too")
        found.append(entry)
    return found, [problem for entry in found for problem in entry.problems]


class _Places:
    """Areas where the person keeps the register, their units, and the stations in them, by every name in use."""

    def __init__(self, by: User) -> None:
        self._areas: dict[str, set[Area]] = defaultdict(set)
        mine = editable_areas(by).select_related("parent")
        for area in mine:
            above = area.parent.name if area.parent else ""
            for name in {area.code, area.name, above + area.name}:
                self._areas[name].add(area)
        self._units: dict[str, set[Unit]] = defaultdict(set)
        for unit in Unit.objects.filter(area__in=mine, collective=False, merged_into=None):
            for name in {unit.name, unit.short_name, unit.full_name} - {""}:
                self._units[name].add(unit)
        self._stations = {row.code: row for row in Station.objects.filter(area__in=mine)}

    def put(self, entry: Entry, values: dict[str, str]) -> None:
        """The row's area, owner and station."""
        text = values.get("area", "")
        found = self._areas.get(text, set())
        if len(found) == 1:
            entry.values["area"] = next(iter(found))
        elif text and not found:
            entry.wrong("area", f"您管理的区域中没有“{text}”", f"none of your areas is called {text}")
        elif text:
            few = len(found)
            entry.wrong("area", f"有{few}个区域叫“{text}”，请写代码或连上级名称", f"{few} areas are called {text}")
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
    for item in columns().values():
        text = values.get(item.field, "")
        if item.required and not text:
            entry.wrong(item.field, "不能为空", "is empty")
        if (most := _LONGEST.get(item.field)) and len(text) > most:
            entry.wrong(item.field, f"超过{most}个字", f"longer than {most} characters")
    kinds = {word: key for key, word in KIND_WORDS.items()} | {key: key for key in DeviceKind.values}
    kind = values.get("kind", "")
    if kind and kind not in kinds:
        entry.wrong("kind", f"没有这种设备类型：{kind}", f"no such kind: {kind}")
    flag = values.get("for_assessment", "").lower()
    if flag and flag not in _YES:
        entry.wrong("for_assessment", "只能填是或否", "yes or no is wanted")
    entry.values |= {
        "mn": values.get("mn", ""), "name": values.get("name", ""), "kind": kinds.get(kind, ""),
        "for_assessment": _YES.get(flag, False), "note": values.get("note", ""), "installed": _day(entry, values),
    }  # fmt: skip


def _day(entry: Entry, values: dict[str, str]) -> date | None:
    text = values.get("installed", "")
    try:
        return date.fromisoformat(text.replace("/", "-")) if text else None
    except ValueError:
        entry.wrong("installed", f"不是日期：{text}（年-月-日）", f"no date: {text}")
        return None

"""Lists of own measurements (降尘缸, 道路走航, TSP 采样): every row as values or as what is wrong with it, per cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.entries import Entry as AnyEntry
from lantian.apps.core.models import User
from lantian.apps.monitoring.lists import known_areas, place
from lantian.apps.monitoring.models import Sample

MOST = 5000  # rows of one list
_LONGEST = {"point": 60, "note": 200}
_TABLES = Path(__file__).parent / "tables"
_PLACES = Decimal("0.0001")  # what a value is stored with


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its names, units (the first is printed), plausible values and days."""

    kind: str
    names: tuple[str, ...]
    units: tuple[str, ...]
    range: tuple[int, int]
    days: tuple[int, int]
    places: int


@dataclass(slots=True)
class Entry(AnyEntry[Sample]):
    """A row with its values; ``old`` is the measurement that is there already, which the row corrects."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What a measurement is known by."""
        area = self.values["area"]
        return self.values["kind"], area and area.pk, self.values["point"], self.values["start"], self.values["end"]


@cache
def columns() -> dict[str, Column]:
    """The columns by field, in order."""
    return columns_of(_TABLES / "samples.yaml")


@cache
def kinds() -> dict[str, Kind]:
    """The kinds by their code."""
    rows = yaml.safe_load((_TABLES / "kinds.yaml").read_text(encoding="utf-8"))
    return {row["kind"]: Kind(**{name: _frozen(value) for name, value in row.items()}) for row in rows}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def rows_of(given: list[list[Any]]) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings."""
    return by_columns(given, columns(), MOST, ("只有表头，没有数据", "there is a heading and no measurement below it"))


def entries(by: User, rows: Iterable[Row]) -> tuple[list[Entry], list[Problem]]:
    """Every row as values that can be saved, and every problem. A fixed number of queries, whatever the rows."""
    places, names = known_areas(by), {name: kind for kind in kinds().values() for name in kind.names}
    today, found = timezone.localdate(), []
    first: dict[tuple[Any, ...], int] = {}
    for line, values in rows:
        entry = Entry(line, {"note": values.get("note", ""), "point": values.get("point", "")})
        entry.check_texts(values, columns().values(), _LONGEST)
        kind = names.get(values.get("kind", ""))
        if values.get("kind") and kind is None:
            entry.wrong("kind", f"没有这种类别：{values['kind'][:20]}", f"no such kind: {values['kind'][:20]}")
        entry.values["kind"] = kind.kind if kind else ""
        place(entry, values.get("area", ""), places)
        _days(entry, values, kind, today)
        _numbers(entry, values, kind)
        if not entry.problems and (earlier := first.setdefault(entry.key, line)) != line:
            entry.wrong("point", f"与第{earlier}行是同一点位、同一时段", f"row {earlier} has the same point and days")
        found.append(entry)
    _olds(found)
    return found, [problem for entry in found for problem in entry.problems]


def _days(entry: Entry, values: dict[str, str], kind: Kind | None, today: date) -> None:
    start = entry.day("start", values.get("start", ""))
    end = entry.day("end", values.get("end", "")) if values.get("end") else start
    entry.values["start"], entry.values["end"] = start, end
    if start is None or end is None:
        return
    if end < start:
        entry.wrong("end", "结束早于开始", "ends before it begins")
    elif end > today:
        entry.wrong("end" if values.get("end") else "start", "日期在未来", "lies in the future")
    elif (
        kind is not None
        and not kind.days[0] <= (number := (end - start).days + (kind.kind != "dustfall")) <= kind.days[1]
    ):
        low, high = kind.days
        entry.wrong("end", f"共{number}天，应为{low}至{high}天", f"{number} days; {low} to {high} are expected")


def _numbers(entry: Entry, values: dict[str, str], kind: Kind | None) -> None:
    value, km = _number(entry, "value", values), _number(entry, "km", values)
    unit = values.get("unit", "").replace(" ", "")
    if kind is not None and unit and unit not in kind.units:
        entry.wrong("unit", f"单位应为 {kind.units[0]}", f"the unit should be {kind.units[0]}")
    elif kind is not None and value is not None and not kind.range[0] <= value <= kind.range[1]:
        low, high = kind.range
        entry.wrong("value", f"超出 {low}–{high}，请核对单位和小数点", f"beyond {low}–{high}: look at unit and point")
    if km is not None and not 0 < km <= 1000:
        entry.wrong("km", "长度应大于0、不超过1000", "the length lies between 0 and 1000")
    entry.values |= {"value": value, "km": km}


def _number(entry: Entry, name: str, values: dict[str, str]) -> Decimal | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number) >= 10**6:
            raise InvalidOperation
        return number.quantize(_PLACES)
    except InvalidOperation:
        entry.wrong(name, f"不是数字：{text[:20]}", f"no number: {text[:20]}")
        return None


def _olds(found: list[Entry]) -> None:
    """Find the measurements that are there already. One query."""
    good = [entry for entry in found if not entry.problems]
    if not good:
        return
    days = [entry.values["start"] for entry in good]
    rows = Sample.objects.filter(start__gte=min(days), start__lte=max(days), kind__in={e.values["kind"] for e in good})
    known = {(row.kind, row.area_id, row.point, row.start, row.end): row for row in rows}
    for entry in good:
        entry.old = known.get(entry.key)

"""Rows of registers from tables: ``demo/rows/<pack>.yaml`` says how many, where, when and how each field is drawn.

The same seed, city and day give the same rows. A register (docs/demonstration.md) has ``groups``; a group makes
``rows`` rows in random areas, or one for each of what ``every`` names (areas of a level, months, days, rows of another
register). Fields that a declaration requires and the table does not name are drawn by their type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import yaml

from lantian.cli.demo_city import City, months
from lantian.cli.demo_draw import Row, SpecError, draw
from lantian.registers import Register
from lantian.registers.declared import Field
from lantian.registers.rows import key_of

SEED = 20260101
# Words of register declarations for departments whose units are called otherwise in the demonstration city.
_CALLED = {
    "水务": "水利", "园林绿化": "林业和园林", "规划自然资源": "自然资源", "经济和信息化": "工业", "城管": "城市管理",
    "审批": "发展改革",
}  # fmt: skip
Rows = Mapping[str, Sequence[Mapping[str, Any]]]  # register → its rows


@dataclass(frozen=True, slots=True)
class Table:
    """What one register's rows are drawn from."""

    register: str
    groups: Sequence[Mapping[str, Any]]
    since: str  # the field from whose day on a stock row is there; empty: from the beginning of last year
    at: str  # level of the areas
    unit: str  # who keeps it: a unit of the city by its name; empty: by the register's departments
    late: bool  # filled while the site is up: what takes long


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row, and the day from which it holds."""

    since: date
    values: Mapping[str, Any]


def tables(folder: Path) -> tuple[dict[str, Table], dict[str, Any]]:
    """The tables of a folder by register, and the words that texts are made of."""
    found: dict[str, Table] = {}
    words: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem == "words":
            words = content
            continue
        for name, item in content.items():
            found[name] = Table(
                name, item["groups"], item.get("since", ""), item.get("at", "town"), item.get("unit", ""),
                item.get("late", False),
            )  # fmt: skip
    return found, words


def ordered(found: Mapping[str, Table], registers: Mapping[str, Register]) -> list[Table]:
    """The tables, each after those that its rows refer to."""
    done: dict[str, Table] = {}

    def take(name: str) -> None:
        if name in done or name not in found or name not in registers:
            return
        for item in registers[name].shown:
            if item.of and item.of != name:
                take(item.of)
        done[name] = found[name]

    for name in found:
        take(name)
    return list(done.values())


def rows_of(
    table: Table, register: Register, city: City, known: Rows, words: Mapping[str, Any], today: date
) -> Iterator[Drawn]:
    """The rows of a register in their order, changes of a row after it. Raises SpecError."""
    n = 0
    begin = date(today.year - 1, 1, 1)
    seen: set[str] = set()
    for group in table.groups:
        fields = group.get("fields", {})
        for parent, area, day in _cases(group, city, known, today):
            n += 1
            random = Random(f"{SEED} {register.name} {n}")  # noqa: S311  (a demonstration, no secret)
            if random.random() >= group.get("part", 1):
                continue
            row = Row(random, n, today, city, words, parent=parent, day=day)
            _place(row, area, table, group, register, city, known)
            values = _values(row, fields, group.get("unit", table.unit), register, city)
            key = key_of(register, values)
            if key in seen or any(values.get(item.name) is None for item in register.shown if item.required):
                continue  # the same name twice is one; what lies ahead did not happen yet
            seen.add(key)
            since = begin
            if table.since and (said := values.get(table.since)):
                since = max(begin, date.fromisoformat(said).replace(day=1))
            yield Drawn(since, values)
            yield from _later(group, row, values, since, today)


def _cases(
    group: Mapping[str, Any], city: City, known: Rows, today: date
) -> Iterator[tuple[Mapping[str, Any], str, date | None]]:
    """(the row it hangs on, area, day) of each row of a group."""
    parents: list[Mapping[str, Any]] = [{}]
    areas, days = [""], list[date | None]([None])
    first = today.year - 1 if group.get("both") else today.year
    for name in group.get("every", ()):
        if name in ("town", "district", "municipal"):
            areas = [code for code, _name in _inside(city, name, group.get("in"))]
        elif name == "month":
            days = list(months(today, 1 if group.get("both") else 0))
        elif name == "quarter":
            days = [month for month in months(today, 1 if group.get("both") else 0) if month.month in (1, 4, 7, 10)]
        elif name == "day":
            start = date(first, 1, 1)
            days = [start + timedelta(days=at) for at in range((today - start).days)]
        else:
            inside = {code for code, _name in _inside(city, "town", group.get("in"))} if "in" in group else None
            parents = [
                row
                for row in known.get(name, ())
                if _fits(row, group.get("where", {})) and (inside is None or row["_area"] in inside)
            ]
    for parent, area, day in product(parents, areas, days):
        for _copy in range(group.get("rows", 1)):
            yield parent, area, day


def _fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a row says what is wanted: one value, or one of several."""
    return all(row.get(name) in (value if isinstance(value, list) else [value]) for name, value in wanted.items())


def _inside(city: City, level: str, names: Sequence[str] | None) -> list[tuple[str, str]]:
    """The areas of a level, those of some districts only."""
    rows = city.areas[level]
    if not names:
        return list(rows)
    codes = {code for code, name in city.areas["district"] if name in names}
    return [row for row in rows if row[0] in codes or city.parents.get(row[0]) in codes]


def _place(
    row: Row, area: str, table: Table, group: Mapping[str, Any], register: Register, city: City, known: Rows
) -> None:
    """Where a row lies, and the rows of other registers that it refers to."""
    for item in register.shown:
        if item.type != "ref":
            continue
        spec = group.get("fields", {}).get(item.name)
        if isinstance(spec, dict) and "refer" in spec:
            wanted = {name: value for name, value in spec.items() if name not in ("refer", "some")}
            if row.random.random() >= spec.get("some", 1):
                continue
            picked = [one for one in known.get(item.of, ()) if _fits(one, wanted)]
        elif row.parent and item.of == next((name for name in group.get("every", ()) if name == item.of), ""):
            picked = [row.parent]
        elif item.required:
            picked = list(known.get(item.of, ()))
        else:
            continue
        if not picked:
            continue
        target = row.random.choice(picked)
        row.parent = row.parent or target
        row.values[item.name] = target["_key"]
        area = area or str(target.get("_area") or "")
    if not area:
        level = group.get("at", table.at)
        area = row.random.choice(_inside(city, level, group.get("in")))[0]
    row.area, row.place = area, city.name(area)


def _values(row: Row, fields: Mapping[str, Any], unit: str, register: Register, city: City) -> dict[str, Any]:
    for item in register.shown:
        if item.type == "area" and item.name not in fields and item.required:
            row.values[item.name] = row.area
    if register.date:
        today = row.day.isoformat() if row.day else draw({"year": [1, 365]}, row)
        row.values[register.date] = said = draw(fields[register.date], row) if register.date in fields else today
        if said and row.day is None:
            row.day = date.fromisoformat(said)
    for name, spec in fields.items():
        if not (name == register.date or (isinstance(spec, dict) and "refer" in spec)):
            row.values[name] = draw(spec, row)
    for item in register.shown:
        if item.name not in row.values and (item.required or item.type == "point"):
            value = _by_type(item, row, unit, register, city)
            if value is not None:
                row.values[item.name] = value
    unknown = row.values.keys() - {item.name for item in register.shown}
    if unknown:
        raise SpecError(f"{register.name}: {', '.join(sorted(unknown))}")
    return row.values


def _by_type(item: Field, row: Row, unit: str, register: Register, city: City) -> Any:
    """What is required and not named by the table."""
    if item.type == "unit":
        if unit:
            return city.named(unit)
        words = [_CALLED.get(word, word) for word in register.departments]
        return city.keeper(row.area, words, register.levels or ("municipal", "district", "town"))
    if item.type == "text" and item.name in register.key:
        prefix = "".join(word[0] for word in register.name.split("_")).upper()
        return f"{prefix}-{row.today.year}-{row.n:05d}"
    if item.type == "point" and row.area in city.outlines and len(row.area) > 6:
        lon, lat = city.point(row.random, row.area)
        return {"lon": lon, "lat": lat, "datum": "WGS-84", "x": lon, "y": lat}
    if item.type == "point":
        return None
    raise SpecError(f"{register.name}.{item.name}: nothing says how it is drawn")


def _later(group: Mapping[str, Any], row: Row, values: Mapping[str, Any], since: date, today: date) -> Iterator[Drawn]:
    """What changes about a row in the course of this year: a share of the rows, each in one month."""
    for change in group.get("later", ()):
        first, last = change.get("months", (2, 12))
        month = date(today.year, row.random.randint(first, last), 1)
        if row.random.random() < change["share"] and since < month <= today:
            row.values, row.day = dict(values), month
            for name, spec in change["fields"].items():
                row.values[name] = draw(spec, row)
            yield Drawn(month, row.values)


def by_day(rows: Iterator[Drawn]) -> dict[date, list[Mapping[str, Any]]]:
    """The rows of each day from which some hold, in order of days."""
    found: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.since, []).append(row.values)
    return dict(sorted(found.items()))

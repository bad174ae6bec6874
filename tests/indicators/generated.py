"""Rows for every register, made from its declaration: the same ones every time, and with something for every query.

Choices and the words that queries ask for are drawn, references mostly hit, dates lie in and around the span, areas are
of every level, some values are missing, some rows are changed later, from a later day on, or gone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
from sqlglot import exp, parse_one

from lantian.indicators.packs import Indicators
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.sources import ExemptionRow, Sources, StationRow, UnitRow
from lantian.lake import Lake
from lantian.lake.reviews import Review
from lantian.registers import Field, Register
from tests.indicators.invented import AREAS

START, END = date(2031, 1, 1), date(2031, 6, 30)
ROWS = 60
STREETS = ["880101001", "880101002", "880102001"]
UNITS = [UnitRow(f"u{number}", f"单位{number}", f"单{number}", "district", code) for number, code in enumerate(STREETS)]
STATIONS = [StationRow(f"S{number}", f"子站{number}", code) for number, code in enumerate([*STREETS, None])]
_CHINA = timezone(timedelta(hours=8))

Words = Mapping[str, list[str]]


def words_of(found: Indicators) -> Words:
    """Texts that queries hold against columns, by the column's name."""
    words: dict[str, set[str]] = defaultdict(set)
    for item in (*found.indicators.values(), *found.rules.values()):
        for node in parse_one(item.query.text, dialect="duckdb").find_all(exp.EQ, exp.NEQ, exp.In, exp.Like):
            if isinstance(node.this, exp.Column):
                others = node.expressions if isinstance(node, exp.In) else [node.expression]
                words[node.this.name] |= {part.name.strip("%") for part in others if isinstance(part, exp.Literal)}
    return {name: sorted(own) for name, own in words.items()}


def rows_of(register: Register, words: Words) -> list[dict[str, Any]]:
    """Canonical rows of a register, each key once."""
    chance = random.Random(register.name)  # noqa: S311 (invented rows)
    found: dict[str, dict[str, Any]] = {}
    for number in range(ROWS):
        row = {field.name: _value(field, register, number, chance, words) for field in register.fields}
        row = {name: value for name, value in row.items() if value is not None}
        row["key"] = "|".join(str(row[part]) for part in register.key)
        row["valid_from"] = row.get(register.date) or f"2030-0{1 + number % 9}-01"
        found[row["key"]] = row
    return list(found.values())


def _value(field: Field, register: Register, number: int, chance: random.Random, words: Words) -> Any:
    kept = field.name in register.key or field.name == register.date or field.required
    if not kept and chance.random() < 0.2:
        return None
    if field.name in register.key and len(register.key) == 1 and field.type not in {"ref", "area", "date"}:
        return f"{register.name[:3]}{number:03d}"
    return _of_type(field, number, chance, words)


def _of_type(field: Field, number: int, chance: random.Random, words: Words) -> Any:
    if field.type == "choice":
        return chance.choice(field.choices).value
    if field.type == "ref":
        return f"{field.of[:3]}{chance.randrange(int(ROWS * 1.1)):03d}"
    if field.type == "area":
        return chance.choice([*STREETS, *STREETS, "880101", "880102", "880100"])
    if field.type == "unit":
        return chance.choice(UNITS).uid
    if field.type == "date":
        return (START + timedelta(days=chance.choice([chance.randrange(181), chance.randrange(-540, 360)]))).isoformat()
    if field.type in {"decimal", "integer"}:
        low = float(field.low) if field.low is not None else 0.0
        high = float(field.high) if field.high is not None else low + chance.choice([3.0, 100.0, 2000.0])
        value = low + (high - low) * chance.random()
        return str(round(value)) if field.type == "integer" else f"{value:.2f}"
    if field.type == "bool":
        return chance.random() < 0.6
    if field.type == "point":
        return {"lon": 116.0 + chance.random(), "lat": 39.5 + chance.random()}
    if field.type == "polygon":
        return {"ha": round(9 * chance.random(), 3), "wkt": "POLYGON EMPTY"}
    own = words.get(field.name)
    return chance.choice(own) if own and chance.random() < 0.8 else f"{field.name}{number}"


def kept(root: Path, found: Indicators) -> Sources:
    """A lake with the rows of every register and half a year of hours, and the directory around it."""
    words = words_of(found)
    snapshots = Snapshots(root)
    exempt: list[ExemptionRow] = []
    for register in found.packs.registers.values():
        rows = rows_of(register, words)
        snapshots.append(register, rows, 1)
        snapshots.append(register, list(_later(rows)), 2)
        exempt += [ExemptionRow(register.name, row["key"], date(2031, 2, 1), None) for row in rows[::9]]
        exempt += [ExemptionRow(register.name, row["key"], date(2029, 2, 1), date(2031, 3, 1)) for row in rows[1::9]]
    _hours(root)
    return Sources(root, areas=AREAS, units=UNITS, stations=STATIONS, exemptions=exempt)


def _later(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """What is said of some rows later: gone, moved to another street, or other from a day behind the span on."""
    for number, row in enumerate(rows):
        if number % 10 == 3:
            yield {**row, "gone": True}
        elif number % 10 == 5:
            yield {**row, "valid_from": "2031-05-01"}
        elif number % 10 == 7:
            yield {**row, "gone": True, "valid_from": "2031-09-01"}


def _hours(root: Path) -> None:
    chance = np.random.default_rng(31)
    begin = datetime(2030, 1, 1, tzinfo=_CHINA)
    hours = 24 * 560
    for factor in ("PM2.5", "PM10", "NO2", "O3"):
        values = np.round(80 * chance.random((len(STATIONS), hours)), 3)
        values[chance.random(values.shape) < 0.1] = np.nan
        Lake(root).write_hours([row.code for row in STATIONS], factor, begin, values, "µg/m³", "test")
    spans = {"S0": (date(2031, 1, 20), date(2031, 2, 3)), "S1": (date(2030, 1, 1), date(2032, 1, 1))}
    for code, days in spans.items():  # a fortnight of a station does not count, and nothing of another one's PM10
        start, until = (datetime(day.year, day.month, day.day, tzinfo=_CHINA) for day in days)
        Lake(root).review([Review(code, 1, code, "PM10", start, until, "rejected", "王工", until)])

"""Rows of ``store: lake``, read by DuckDB from the register's table: pages by keyset, newest day first."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone as clock

from lantian.apps.areas.models import Area
from lantian.apps.registers.queries.choosing import Choice
from lantian.indicators.rowtypes import canonical, schema_of
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.views import current
from lantian.lake.query import Limits, asking
from lantian.registers import Register

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LIMITS = Limits(seconds=20)
Values = dict[str, Any]


def page(
    register: Register, choice: Choice, codes: Sequence[str] | None, cursor: str, size: int
) -> tuple[list[Values], int, str]:
    """(rows, how many there are, cursor of the next page or blank). ``codes``: areas that may be read, None: all."""
    where, values = _where(register, choice, codes)
    with _rows(register) as connection:
        count = _one(connection, f"select count(*) from rows {where}", values)  # noqa: S608  # names are declared ones
        after = _decode(cursor)
        if after is not None:
            where += " and (_day, key) < (?, ?)"
            values = [*values, *after]
        sql = f"select * from rows {where} order by _day desc, key desc limit {size + 1}"  # noqa: S608
        found = _fetch(connection, sql, values)
    following = ""
    if len(found) > size:
        found.pop()
        following = _encode(found[-1]["_day"], found[-1]["key"])
    return [_canonical(register, row) for row in found], count, following


def every(register: Register, choice: Choice, codes: Sequence[str] | None) -> Iterator[Values]:
    """All rows of a choice."""
    where, values = _where(register, choice, codes)
    with _rows(register) as connection:
        cursor = connection.execute(f"select * from rows {where} order by _day, key", values)  # noqa: S608
        names = [column[0] for column in cursor.description or ()]
        while some := cursor.fetchmany(2000):
            for row in some:
                yield _canonical(register, dict(zip(names, row, strict=True)))


def one(register: Register, key: str, codes: Sequence[str] | None) -> Values | None:
    """The row of a key."""
    where, values = _where(register, Choice(), codes)
    with _rows(register) as connection:
        found = _fetch(connection, f"select * from rows {where} and key = ?", [*values, key])  # noqa: S608
    return _canonical(register, found[0]) if found else None


def many(register: Register, keys: Sequence[str]) -> dict[str, Values]:
    """The rows of keys, by key; those that are not there are left out."""
    with _rows(register) as connection:
        found = _fetch(connection, "select * from rows where key in (select unnest(?))", [list(keys)])
    return {row["key"]: _canonical(register, row) for row in found}


def count(register: Register, codes: Sequence[str] | None) -> int:
    """How many rows there are."""
    where, values = _where(register, Choice(), codes)
    with _rows(register) as connection:
        return _one(connection, f"select count(*) from rows {where}", values)  # noqa: S608


def totals(
    register: Register, choice: Choice, codes: Sequence[str] | None, names: Sequence[str]
) -> dict[str, float | None]:
    """The sums of figures."""
    if not names:
        return {}
    where, values = _where(register, choice, codes)
    sums = ", ".join(f'sum("{name}")::double as "{name}"' for name in names)
    with _rows(register) as connection:
        found: dict[str, float | None] = _fetch(connection, f"select {sums} from rows {where}", values)[0]  # noqa: S608
    return found


def places(
    register: Register, choice: Choice, codes: Sequence[str] | None, name: str, most: int
) -> tuple[list[Values], int]:
    """The newest rows that have a value in the point or polygon ``name``, at most so many, and how many have one."""
    where, values = _where(register, choice, codes)
    column = f"{name}_lon" if register.field(name).type == "point" else f"{name}_wkt"
    where += f' and "{column}" is not null'
    with _rows(register) as connection:
        count = _one(connection, f"select count(*) from rows {where}", values)  # noqa: S608
        sql = f"select * from rows {where} order by _day desc, key desc limit {most}"  # noqa: S608
        found = _fetch(connection, sql, values)
    return [_canonical(register, row) for row in found], count


@contextmanager
def _rows(register: Register) -> Iterator[DuckDBPyConnection]:
    """A connection with the view ``rows``: what counts today, with ``_day``, the day by which rows are ordered."""
    root = Path(settings.LANTIAN_LAKE)
    files = Snapshots(root).files(register)
    today = current(register, files, schema_of(register), clock.localdate())
    with asking(root, LIMITS) as connection:
        view = f'create view rows as select *, cast("{register.date}" as date) as _day from ({today})'  # noqa: S608
        connection.execute(view)
        connection.execute("set lock_configuration = true")
        yield connection


def _where(register: Register, choice: Choice, codes: Sequence[str] | None) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    values: list[Any] = []
    if codes is not None and register.area:
        parts.append(f'("{register.area}" is null or "{register.area}" in (select unnest(?)))')
        values.append(list(codes))
    if choice.area and register.area:
        path = Area.objects.filter(code=choice.area).values_list("path", flat=True).first() or "-"
        parts.append(f'"{register.area}" in (select unnest(?))')
        values.append(list(Area.objects.filter(path__startswith=path).values_list("code", flat=True)))
    for name, text in choice.filters.items():
        if register.field(name).type == "text":
            parts.append(f'contains("{name}", ?)')
        else:
            parts.append(f'cast("{name}" as varchar) = ?')
        values.append({"是": "true", "否": "false", "1": "true"}.get(text, text)
                      if register.field(name).type == "bool" else text)  # fmt: skip
    for day, operator in ((choice.since, ">="), (choice.until, "<=")):
        if day:
            parts.append(f"_day {operator} ?")
            values.append(day)
    searched = [item.name for item in register.shown if item.type in ("text", "plate", "vin", "ref")]
    for word in choice.text.split():
        parts.append("contains(lower(concat_ws('|', key, " + ", ".join(f'"{name}"' for name in searched) + ")), ?)")
        values.append(word.lower())
    return "where " + " and ".join(parts), values


def _one(connection: DuckDBPyConnection, sql: str, values: list[Any]) -> int:
    found = connection.execute(sql, values).fetchone()
    return int(found[0]) if found else 0


def _fetch(connection: DuckDBPyConnection, sql: str, values: list[Any]) -> list[Values]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _canonical(register: Register, row: Values) -> Values:
    said = ((item, canonical(item, row)) for item in register.fields)
    found = {item.name: value for item, value in said if value is not None or not item.hidden}
    return found | {"key": row["key"], "change": row["change"]}


def _encode(day: date, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([day.isoformat(), key]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[date, str] | None:
    try:
        day, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return date.fromisoformat(day), str(key)
    except (ValueError, TypeError):
        return None

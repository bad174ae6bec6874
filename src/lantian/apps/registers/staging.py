"""Checked rows into their table by the thousand, past the ORM: where a file spends half its time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction

from lantian.apps.core.ids import uuid7
from lantian.apps.registers.models import ImportSession
from lantian.apps.registers.placing import Place

_COLUMNS = (
    "session_id", "line", "uid", "key", "values", "given", "problems", "bad", "warned", "verdict", "base", "area_id",
    "unit_id", "date", "lon", "lat", "text",
)  # fmt: skip
_INSERT = "INSERT INTO registers_stagedrow ({}) VALUES ({})".format(  # noqa: S608  # names of columns only
    ", ".join(f'"{name}"' for name in _COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
)


class Staged(NamedTuple):
    """One row of a file as :class:`lantian.apps.registers.models.StagedRow` keeps it."""

    line: int
    key: str
    values: dict[str, Any]
    given: dict[str, str]
    problems: list[dict[str, Any]]
    bad: bool
    warned: bool
    verdict: str
    base: int
    place: Place


def put(session: ImportSession, rows: Iterable[Staged]) -> None:
    """Insert rows of a session, in one short transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_INSERT, list(_lines(session, rows)))


def _lines(session: ImportSession, rows: Iterable[Staged]) -> Iterator[tuple[Any, ...]]:
    encode = json.JSONEncoder().encode  # as the JSON columns of both databases take it
    for row in rows:
        area, unit, date, lon, lat, text = row.place
        yield (
            session.pk, row.line, uuid7().hex, row.key, encode(row.values), encode(row.given) if row.given else "{}",
            encode(row.problems) if row.problems else "[]", row.bad, row.warned, row.verdict, row.base, area, unit,
            date.isoformat() if date else None, lon, lat, text,
        )  # fmt: skip

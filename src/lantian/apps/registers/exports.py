"""Rows out as files: a template, the rows of a choice, a brought file with its errors marked."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue, queries
from lantian.apps.registers.models import ImportSession, StagedRow
from lantian.apps.registers.queries import Choice
from lantian.registers import Field, Register
from lantian.registers import template as sheets
from lantian.registers.columns import Heading, headings

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def template(register: Register) -> bytes:
    """An empty workbook of a register."""
    return sheets.template(register)


def export_xlsx(user: User, register: Register, choice: Choice) -> bytes:
    """The rows of a choice that the person may read, in the template's columns."""
    return sheets.write(register, _values(user, register, choice), _named())


def export_csv(user: User, register: Register, choice: Choice) -> bytes:
    """The same as CSV (UTF-8 with BOM); ' before texts that a sheet would take for a formula (contracts §8)."""
    target = StringIO()
    writer = csv.writer(target)
    columns = headings(register)
    writer.writerow([sheets.heading_text(column) for column in columns])
    named = _named()
    for values in _values(user, register, choice):
        writer.writerow([_safe(sent) for sent in sheets.cells_of(columns, values, named)])
    return target.getvalue().encode("utf-8-sig")


def _safe(sent: sheets.Sent) -> str:
    if isinstance(sent, float):
        return f"{sent:.15g}"
    return f"'{sent}" if sent and sent.startswith(_FORMULA) else sent or ""


def _values(user: User, register: Register, choice: Choice) -> Iterator[Mapping[str, Any]]:
    return (row.values for row in queries.every(user, register, choice))


def _named() -> sheets.Named:
    """Names that read back as what they name: an area with the one above it; a unit, by its uid where two bear it."""
    areas = {
        code: (above or "") + name for code, name, above in Area.objects.values_list("code", "name", "parent__name")
    }
    units: dict[str, str] = {}
    bearers: dict[str, int] = {}
    for uid, name in Unit.objects.filter(merged_into=None).values_list("uid", "name"):
        units[str(uid)] = name
        bearers[name] = bearers.get(name, 0) + 1

    def named(field: Field, value: Any) -> str:
        if field.type == "area":
            return areas.get(value, str(value))
        name = units.get(value, "")
        return name if bearers.get(name) == 1 else str(value)

    return named


def marked(session: ImportSession, only: str = "") -> bytes:
    """A brought file with its errors marked (``only``: its bad rows, or those with warnings); it can come in again."""
    register = catalogue.registers()[session.register]
    return sheets.write_marked(register, _marked(register, queries.staged(session, only).iterator(2000)))


def _marked(register: Register, rows: Iterable[StagedRow]) -> Iterator[sheets.Marked]:
    columns = headings(register)
    named = _named()
    labels = {item.name: item.label.zh for item in register.fields}
    for row in rows:
        wrong: dict[str, tuple[bool, str]] = {}
        for problem in row.problems:
            warning, says = wrong.get(problem["field"], (True, ""))
            wrong[problem["field"]] = (warning and problem["warning"], "；".join(filter(None, (says, problem["zh"]))))
        cells = [_cell(column, row, wrong, named) for column in columns]
        says = "；".join(f"{labels.get(name, '')}：{text}".lstrip("：") for name, (_w, text) in wrong.items())
        yield sheets.Marked(row.line, cells, wrong, says)


def _cell(column: Heading, row: StagedRow, wrong: Mapping[str, Any], named: sheets.Named) -> sheets.Sent:
    field = column.field
    given = row.given.get(column.name)
    if given is None and column.part == "lon":  # longitude and latitude stood in one column
        given = row.given.get(field.name)
    if field.name in wrong and given is not None:
        return str(given)
    return sheets.cells_of([column], row.values, named)[0]

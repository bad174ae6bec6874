"""What the columns of a plan table mean: by the words of the header, never by position."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from lantian.reading.layout import Cell, Table
from lantian.reading.text import compare_form

Field = Literal[
    "seq", "section", "task", "measure", "goal", "deadline", "lead", "responsible", "support", "person", "note"
]
ROLE_FIELDS: tuple[Field, ...] = ("lead", "responsible", "support")

_DUTY_FIELDS = {"deadline", *ROLE_FIELDS}
_MAX_HEADER_ROWS = 3


@cache
def _words() -> tuple[tuple[Field, re.Pattern[str]], ...]:
    with (files(__package__) / "tables" / "header_words.csv").open(encoding="utf-8") as handle:
        return tuple((row["field"], re.compile(row["pattern"], re.I)) for row in csv.DictReader(handle))  # type: ignore[misc]


def header_field(text: str) -> Field | None:
    """The meaning of one header cell (``完成\\n时限`` → deadline), or None."""
    word = compare_form(text)
    if not word or len(word) > 16:
        return None
    for name, pattern in _words():
        if pattern.search(word):
            return name
    return None


@dataclass(slots=True)
class Header:
    """The columns of a table: field and printed word by grid column, and where they stand on the page."""

    fields: list[Field | None]
    words: list[str]
    edges: list[tuple[float, float] | None] = field(default_factory=list)  # x0, x1 in page fractions
    first_row: int = 0
    rows: int = 1

    def has(self, name: Field) -> bool:
        return name in self.fields


def find_header(table: Table, start: int = 0) -> Header | None:
    """The header that begins in row ``start`` of the table, over one to three rows (责任分工 above 牵头 | 配合)."""
    grid = table.grid()
    best: Header | None = None
    for rows in range(1, min(_MAX_HEADER_ROWS, table.rows - start) + 1):
        header = _read_header(grid[start : start + rows], table.cols, start)
        if header is None:
            continue
        if best is None or _known(header) > _known(best):
            best = header
    return best


def _known(header: Header) -> int:
    return len({name for name in header.fields if name is not None})


def _read_header(rows: Sequence[Sequence[Cell | None]], cols: int, start: int) -> Header | None:
    fields: list[Field | None] = []
    words: list[str] = []
    edges: list[tuple[float, float] | None] = []
    for col in range(cols):
        column = [row[col] for row in rows]
        found: Field | None = None
        word = ""
        edge: tuple[float, float] | None = None
        for cell in column:
            if cell is None or not cell.text.strip():
                continue
            if cell.row + cell.rowspan > start + len(rows):  # reaches into the body: not a header cell of this height
                return None
            meaning = header_field(cell.text)
            if meaning is None and len(rows) > 1 and (cell.row > start or cell.colspan == 1):
                return None  # only a title over several columns of a header may be no header word
            word = compare_form(cell.text)
            if meaning is not None:
                found = meaning
            if cell.box is not None:
                edge = (cell.box.x0, cell.box.x1)
        fields.append(found)
        words.append(word)
        edges.append(edge)
    known = {name for name in fields if name is not None}
    if len(known) < 3 or not known & {"measure", "task"} or not known & _DUTY_FIELDS:
        return None
    return Header(_settle(fields, words), words, edges, start, len(rows))


def _settle(fields: list[Field | None], words: list[str]) -> list[Field | None]:
    """Decide between columns that claim the same meaning, and what is the measure where no column says so."""
    if "measure" not in fields:
        for candidate in ("task", "goal"):
            columns = [index for index, name in enumerate(fields) if name == candidate]
            if columns:
                fields[columns[-1]] = "measure"
                break
    tasks = [index for index, name in enumerate(fields) if name == "task"]
    if len(set(words[index] for index in tasks)) > 1:
        for index in tasks[:-1]:
            if "section" not in fields:
                fields[index] = "section"
    return fields


def fields_of(cell: Cell, header: Header, *, same_grid: bool) -> tuple[Field, ...]:
    """The fields that a body cell covers: by grid column in the header's own grid, else by where it stands."""
    if same_grid or cell.box is None or not any(header.edges):
        places = range(cell.col, min(cell.col + cell.colspan, len(header.fields)))
        return _distinct(header.fields[col] for col in places)
    covered = [
        name
        for name, edge in zip(header.fields, header.edges, strict=True)
        if name is not None and edge is not None and cell.box.x0 < (edge[0] + edge[1]) / 2 < cell.box.x1
    ]
    if covered:
        return _distinct(covered)
    centre = (cell.box.x0 + cell.box.x1) / 2
    nearest = min(
        ((abs((edge[0] + edge[1]) / 2 - centre), name) for name, edge in zip(header.fields, header.edges, strict=True)
         if name is not None and edge is not None),
        default=None,
    )  # fmt: skip
    return () if nearest is None else (nearest[1],)


def _distinct(names: object) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))  # type: ignore[attr-defined]

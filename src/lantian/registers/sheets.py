"""A workbook or CSV that somebody brings → its header, and its rows one after another in bounded memory.

Two steps, since the first runs in the guarded worker: :func:`spool` writes every row of the visible sheets beside the
file, one JSON line each; :func:`find_header` and :func:`rows` read that. Title lines above the table, merged headings
of one or two lines, merged cells, ghost rows and columns, hidden sheets, notes and sums below are what sheets of
offices have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lantian.registers.columns import bare_heading
from lantian.registers.values import Figure
from lantian.registers.words import bare, words

NOTE = "※"  # begins the rows of our template that explain
HEAD_ROWS = 40  # a header stands in the first of these
Cells = dict[int, Any]  # place of the column → text, Figure


@dataclass(slots=True)
class Sheet:
    """One visible sheet: its spooled rows, its merged cells, the first of its rows."""

    name: str
    spool: str
    count: int
    merges: list[list[int]]  # first row, first column, last row, last column; rows from 1, columns from 0
    head: list[tuple[int, dict[int, str]]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """What a file holds."""

    sheets: list[Sheet]
    hidden: list[str]


@dataclass(slots=True)
class Header:
    """The header of a sheet: headings by place, the row it ends in, and how many of them were known."""

    sheet: Sheet
    texts: dict[int, str]
    last_row: int
    known: int
    samples: dict[int, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Left:
    """Rows that were no rows of the register: notes and sums, by their line."""

    notes: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    nameless: set[int] = field(default_factory=set)  # columns with content and without a heading


def book_of(told: Mapping[str, Any]) -> Book:
    """What :func:`lantian.registers.spooling.spool` told of a file."""
    sheets = []
    for item in told["sheets"]:
        sheet = Sheet(item["name"], item["spool"], item["count"], item["merges"])
        for line, cells in _spooled(sheet):
            if len(sheet.head) >= HEAD_ROWS:
                break
            sheet.head.append((line, {place: _shown(cell) for place, cell in cells.items()}))
        sheets.append(sheet)
    return Book(sheets, list(told["hidden"]))


def _spooled(sheet: Sheet) -> Iterator[tuple[int, Cells]]:
    with Path(sheet.spool).open(encoding="utf-8") as lines:
        for text in lines:
            line, places, cells = json.loads(text)
            yield (
                line,
                {at: Figure(*cell) if type(cell) is list else cell for at, cell in zip(places, cells, strict=True)},
            )


def _shown(cell: Any) -> str:
    return cell.shown if isinstance(cell, Figure) else str(cell)


def find_header(book: Book, known: Mapping[str, str]) -> Header | None:
    """The row, or the two rows, that name most of the register's columns; ``known``: columns.names_of.

    Where nothing is known, the first row with two texts or more; None where the file has no such row.
    """
    best: Header | None = None
    for sheet in book.sheets:
        for header in _candidates(sheet):
            header.known = len({name for text in header.texts.values() if (name := known.get(bare_heading(text)))})
            if best is None or header.known > best.known:
                best = header
    if best is not None and best.known == 0:
        best = next((item for sheet in book.sheets for item in _candidates(sheet) if len(item.texts) > 1), None)
    if best is not None:
        best.samples = _samples(best)
    return best


def _candidates(sheet: Sheet) -> Iterator[Header]:
    for place, (line, cells) in enumerate(sheet.head):
        if any(text.startswith(NOTE) for text in cells.values()):
            continue
        # Headings that are merged over columns have what they are about in the row below.
        below = sheet.head[place + 1] if place + 1 < len(sheet.head) else None
        spans = [item for item in sheet.merges if item[0] == line]
        if below is not None and below[0] == line + 1 and any(item[3] > item[1] for item in spans):
            yield Header(sheet, _two_lines(cells, below[1], spans), line + 1, 0)
        yield Header(sheet, {at: text for at, text in cells.items() if text}, line, 0)


def _two_lines(above: Mapping[int, str], below: Mapping[int, str], spans: Sequence[Sequence[int]]) -> dict[int, str]:
    over = dict(above)
    for _first, left, _last, right in spans:
        over |= dict.fromkeys(range(left, min(right, left + 200) + 1), above.get(left, ""))
    found = {at: over.get(at, "") + below.get(at, "") for at in sorted({*over, *below})}
    return {at: text for at, text in found.items() if text}


def _samples(header: Header) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {at: [] for at in header.texts}
    for line, cells in header.sheet.head:
        if line > header.last_row and not any(text.startswith(NOTE) for text in cells.values()):
            for at, text in cells.items():
                if at in found and text and len(found[at]) < 3:
                    found[at].append(text[:60])
    return found


def rows(header: Header, left: Left) -> Iterator[tuple[int, Cells]]:
    """(line of the sheet, cells by place) of every row below the header; what is no row is noted in ``left``.

    A cell that is merged over rows counts in each of them.
    """
    starts = {(top, at): bottom for top, at, bottom, _right in header.sheet.merges if bottom > top > header.last_row}
    open_: dict[int, tuple[int, Any]] = {}
    for line, cells in _spooled(header.sheet):
        if line <= header.last_row:
            continue
        if starts or open_:
            _fill(line, cells, starts, open_)
        named = {at: cell for at, cell in cells.items() if at in header.texts}
        left.nameless.update(at for at in cells if at not in header.texts)
        if not named:
            continue
        first = _shown(next(iter(named.values())))
        if first.startswith(NOTE):
            continue
        if bare(first) in words("sums"):
            left.sums.append(line)
        elif len(named) == 1 and len(header.texts) > 2 and bare(first).startswith(tuple(words("notes"))):
            left.notes.append(line)
        else:
            yield line, named


def _fill(line: int, cells: Cells, starts: Mapping[tuple[int, int], int], open_: dict[int, tuple[int, Any]]) -> None:
    for at, (bottom, value) in list(open_.items()):
        if line > bottom:
            del open_[at]
        else:
            cells.setdefault(at, value)
    for at, cell in cells.items():
        if (line, at) in starts:
            open_[at] = (starts[line, at], cell)

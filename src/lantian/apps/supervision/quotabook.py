"""A filled 分解表 as cells, read in the guarded worker: stored values, never what a cell's format makes of them.

Imports neither Django nor the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.sources.package import Package
from lantian.reading.sources.xlsx.book import S, read_book, rich_text
from lantian.reading.sources.xlsx.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

MAX_ROWS, MAX_COLS, MAX_TEXT = 2000, 26, 500
_DIGITS = 15  # that Excel keeps of a number: what it stores beyond them is noise of its binary form

Cells = dict[str, str]  # "B5" → text


def read_cells(path: Path) -> list[Cells]:
    """The rows with content of the first visible sheet, each cell under its name.

    A formula counts by its stored result; one without a result gives itself, which is no figure.

    Raises ReadingError for what is no workbook, or one with more rows than a quota sheet can have.
    """
    with Package(path) as package:
        book = read_book(package, path.name)
        sheet = next((item for item in book.sheets if not item.hidden), None)
        rows: list[Cells] = []
        for number, element in enumerate(package.rows(sheet.part, (S + "row",)) if sheet else (), start=1):
            if number > MAX_ROWS:
                raise ReadingError("表格的行太多，不是分解表。", "The workbook has too many rows for a quota sheet.")
            if cells := _row(element, book.strings):
                rows.append(cells)
    return rows


def _row(row: _Element, strings: Sequence[str]) -> Cells:
    names = {column_letters(col) for col in range(1, MAX_COLS + 1)}
    found = {}
    for item in row.iterfind(S + "c"):
        place = item.get("r", "").replace("$", "")
        text = " ".join(_text(item, strings).split())[:MAX_TEXT]
        if text and place.rstrip("0123456789") in names:
            found[place] = text
    return found


def _text(item: _Element, strings: Sequence[str]) -> str:
    kind = item.get("t", "n")
    if kind == "inlineStr":
        inline = item.find(S + "is")
        return "" if inline is None else rich_text(inline)
    value = (item.findtext(S + "v") or "").strip()
    if not value and item.find(S + "f") is not None:
        return f"={item.findtext(S + 'f') or ''}"
    if kind == "s":
        return strings[int(value)] if value.isascii() and value.isdigit() and int(value) < len(strings) else ""
    if kind == "n" and value:
        try:
            return f"{float(value):.{_DIGITS}g}"
        except ValueError:
            return value
    return value

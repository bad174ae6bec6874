"""XLSX and XLSM → Document: every visible sheet as a table of what it shows, the lines above a table as paragraphs.

Read straight from the XML: loading a workbook model takes longer than all the rest, and it stops at the invalid styles
that WPS writes. Formulas count by their stored result, macros are not looked at.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document
from lantian.reading.model import Flag
from lantian.reading.sources.attributes import integer
from lantian.reading.sources.limits import limit, quote
from lantian.reading.sources.package import Package
from lantian.reading.sources.xlsx.book import Book, CellStyle, S, is_on, read_book, rich_text
from lantian.reading.sources.xlsx.format import show_number
from lantian.reading.sources.xlsx.grid import SheetContent, column_letters, left_out, sheet_blocks

if TYPE_CHECKING:
    from lxml.etree import _Element

_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")


def read(path: Path) -> Document:
    """Read an .xlsx or .xlsm file.

    Raises ReadingError for what is no workbook, encrypted, damaged, too large unpacked, holds a DTD, or has content
    beyond the largest row or column allowed.
    """
    with Package(path) as package:
        book = read_book(package, path.name)
        document = Document("xlsx")
        hidden: list[str] = []
        unsaved: list[str] = []
        for sheet in book.sheets:
            if sheet.hidden:
                hidden.append(sheet.name)
                continue
            found = _read_sheet(package, sheet.part, book, path.name)
            try:
                document.blocks.extend(sheet_blocks(found, sheet.name))
            except OverflowError as error:
                raise ReadingError(
                    f"“{path.name}”的工作表“{sheet.name}”过大，拒绝读取。",
                    f"{path.name} has a sheet ({sheet.name}) that is too large; refused.",
                ) from error
            hidden.extend(f"{sheet.name}!{place}" for place in left_out(found))
            unsaved.extend(f"{sheet.name}!{place}" for place in found.unsaved)
    if hidden:
        document.flags.append(Flag("R45", quote("、".join(hidden))))
    if unsaved:
        document.flags.append(Flag("R51", quote("、".join(unsaved))))
    for line, paragraph in enumerate(document.paragraphs(), start=1):
        paragraph.line = line
    return document


def _read_sheet(package: Package, part: str, book: Book, name: str) -> SheetContent:
    sheet = SheetContent()
    last_row = 0
    for element in package.rows(part, (S + "col", S + "row", S + "mergeCell")):
        if element.tag == S + "row":
            last_row = integer(element.get("r")) or last_row + 1
            if is_on(element.get("hidden")):
                sheet.hidden_rows.add(last_row)
            _read_row(element, last_row, sheet, book, name)
        elif element.tag == S + "col":
            if is_on(element.get("hidden")):
                first, last = integer(element.get("min")) or 1, integer(element.get("max")) or 0
                sheet.hidden_cols.update(range(first, min(last, limit("sheet_columns")) + 1))
        elif merge := _range(element.get("ref", "")):
            sheet.merges.append(merge)
    return sheet


def _read_row(row: _Element, number: int, sheet: SheetContent, book: Book, name: str) -> None:
    col = 0
    for item in row.iterfind(S + "c"):
        place = _place(item.get("r", ""))
        col = place[1] if place else col + 1
        style = book.style(item.get("s"))
        text = _text(item, style, book)
        if not text:
            if item.get("t") != "str" and item.find(S + "f") is not None and not item.findtext(S + "v"):
                sheet.unsaved.append(f"{column_letters(col)}{number}")
            continue
        if number > limit("sheet_rows") or col > limit("sheet_columns"):
            rows, cols = limit("sheet_rows"), limit("sheet_columns")
            raise ReadingError(
                f"“{name}”的工作表超出上限（{rows} 行 × {cols} 列），拒绝读取。",
                f"{name} has a sheet beyond the limit of {rows} rows × {cols} columns; refused.",
            )
        sheet.texts[number, col] = text
        sheet.styles[number, col] = style


def _text(item: _Element, style: CellStyle, book: Book) -> str:
    kind = item.get("t", "n")
    if kind == "inlineStr":
        inline = item.find(S + "is")
        return "" if inline is None else rich_text(inline).strip()
    stored = item.find(S + "v")
    value = "" if stored is None else (stored.text or "").strip()
    if not value:
        return ""
    if kind == "s":
        index = integer(value)
        return book.strings[index].strip() if index is not None and 0 <= index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if is_on(value) else "FALSE"
    if kind == "d":
        return value.removesuffix("T00:00:00")
    return show_number(value, style.format, epoch_1904=book.epoch_1904) if kind == "n" else value


def _range(text: str) -> tuple[int, int, int, int] | None:
    first, _, last = text.partition(":")
    start, end = _place(first), _place(last or first)
    return (*start, *end) if start and end and start[0] <= end[0] and start[1] <= end[1] else None


def _place(text: str) -> tuple[int, int] | None:
    """``B12`` → row 12, column 2."""
    match = _REFERENCE.match(text)
    if not match:
        return None
    col = 0
    for letter in match[1].upper():
        col = col * 26 + ord(letter) - 64
    return int(match[2]), col

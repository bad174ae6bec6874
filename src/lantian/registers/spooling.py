"""What runs in the guarded worker: a workbook or CSV → one JSON line for each row, written beside the file.

No whole sheet is ever held as objects: a hundred thousand rows cost the bytes of their XML and no more.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import ReadingError
from lantian.reading.sources.attributes import integer
from lantian.reading.sources.detect import sniff
from lantian.reading.sources.package import Package
from lantian.reading.sources.xlsx.book import Book, S, is_on, read_book, rich_text
from lantian.reading.sources.xlsx.format import show_number
from lantian.registers.values import UNSAVED, Figure, serial_day
from lantian.registers.words import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_ROWS = 300_000
MOST_COLUMNS = 200
MOST_MERGES = 50_000
LONGEST = 5_000  # characters of a cell; a plot as WKT may have more
LONGEST_SHAPE = 200_000
_LETTERS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1 << 16
_MOST_FIGURES = 20_000
# A figure that a cell in the format General shows as it is stored.
_SHORT = re.compile(r"0|[1-9]\d{0,14}|(?!0\.0000)(?=[\d.]{3,11}$)(?:0|[1-9]\d*)\.\d*[1-9]")
_VALUE, _FORMULA, _INLINE = S + "v", S + "f", S + "is"


def spool(path: Path) -> dict[str, Any]:
    """``{"sheets": [{"name", "spool", "count", "merges"}], "hidden": [name]}``; the rows stand in the files ``spool``.

    Raises ReadingError for what is no table, damaged, protected by a password, or larger than is taken.
    """
    kind = sniff(path)
    if kind == "xlsx":
        return _workbook(path)
    if kind == "text":
        return _csv(path)
    raise ReadingError(
        f"{path.name}：不是 Excel 工作簿（.xlsx）或 CSV 文件。旧版 .xls 请另存为 .xlsx。",
        f"{path.name}: neither an Excel workbook (.xlsx) nor CSV. Save an old .xls as .xlsx.",
    )


def _workbook(path: Path) -> dict[str, Any]:
    sheets: list[dict[str, Any]] = []
    with Package(path) as package:
        book = read_book(package, path.name)
        shown = [sheet for sheet in book.sheets if not sheet.hidden]
        for place, sheet in enumerate(shown):
            target = path.with_name(f"{path.name}.{place}.rows")
            merges: list[list[int]] = []
            count = _write(path, target, _sheet(package, sheet.part, book, merges))
            sheets.append({"name": sheet.name, "spool": str(target), "count": count, "merges": merges})
        return {"sheets": sheets, "hidden": [sheet.name for sheet in book.sheets if sheet.hidden]}


def _write(path: Path, target: Path, rows: Iterator[tuple[int, dict[int, Any]]]) -> int:
    count = 0
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with target.open("w", encoding="utf-8") as out:
        for line, cells in rows:
            count += 1
            if count > MOST_ROWS:
                raise ReadingError(
                    f"{path.name}：超过 {MOST_ROWS} 行，请分成几个文件", f"{path.name}: more than {MOST_ROWS} rows"
                )
            out.write(encode((line, (*cells,), (*cells.values(),))))
            out.write("\n")
    return count


def _sheet(package: Package, part: str, book: Book, merges: list[list[int]]) -> Iterator[tuple[int, dict[int, Any]]]:
    line = 0
    cells_of = _Cells(book)
    for element in package.rows(part, (S + "row", S + "mergeCell")):
        if element.tag == S + "row":
            line = integer(element.get("r")) or line + 1
            if cells := cells_of.row(element):
                yield line, cells
        elif len(merges) < MOST_MERGES and (merge := _range(element.get("ref", ""))):
            merges.append(merge)


class _Cells:
    """The cells of a workbook's rows; texts and figures that come again are read once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._strings = [_cut(text) for text in book.strings]
        self._places: dict[str, int] = {}  # letters of a column → its place, counted from 0
        self._figures: dict[tuple[str, str | None], Any] = {}

    def row(self, row: _Element) -> dict[int, Any]:
        """What a row's cells hold, by the place of their column."""
        cells: dict[int, Any] = {}
        at = -1
        for item in row.iterchildren(S + "c"):
            letters = item.get("r", "").rstrip("0123456789")
            place = self._places.get(letters)
            if place is None:
                found = _place(f"{letters}1")
                place = self._places[letters] = found[1] if found else -1
            at = place if place >= 0 else at + 1
            if at >= MOST_COLUMNS:
                break
            value = self._cell(item)
            if value != "":
                cells[at] = value
        return cells

    def _cell(self, item: _Element) -> Any:
        kind = item.get("t", "n")
        stored, formula = "", False
        for child in item:
            if child.tag == _VALUE:
                stored = (child.text or "").strip()
            elif child.tag == _FORMULA:
                formula = True
            elif child.tag == _INLINE and kind == "inlineStr":
                return _cut(rich_text(child))
        if not stored:
            return UNSAVED if kind == "n" and formula else ""
        if kind == "s":
            index = integer(stored)
            return self._strings[index] if index is not None and 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "是" if is_on(stored) else "否"
        if kind == "d":
            return stored.removesuffix("T00:00:00")
        return self._figure(stored, item.get("s")) if kind == "n" else _cut(stored)

    def _figure(self, value: str, style: str | None) -> Any:
        known = self._figures.get((value, style))
        if known is None:
            if len(self._figures) >= _MOST_FIGURES:
                self._figures.clear()
            known = self._figures[value, style] = _figure(value, self._book.style(style).format, self._book.epoch_1904)
        return known


def _figure(value: str, code: str, epoch_1904: bool) -> Any:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return _cut(value)
    if not number.is_finite():
        return _cut(value)
    plain = code == "General" and _SHORT.fullmatch(value)
    shown = value if plain else show_number(value, code, epoch_1904=epoch_1904)
    return Figure(value, shown, serial_day(number, epoch_1904))


def _cut(text: str) -> str:
    found = tidy(text)
    longest = LONGEST_SHAPE if found[:5].upper() in ("POLYG", "MULTI") or found.startswith("{") else LONGEST
    return found[:longest]


def _range(text: str) -> list[int] | None:
    first, _colon, last = text.partition(":")
    start, end = _place(first), _place(last or first)
    return [*start, *end] if start and end and start[0] <= end[0] and start[1] <= end[1] else None


def _place(text: str) -> tuple[int, int] | None:
    """``B12`` → row 12, column 1 (counted from 0)."""
    found = _LETTERS.fullmatch(text)
    if found is None:
        return None
    at = 0
    for letter in found[1].upper():
        at = at * 26 + ord(letter) - 64
    return int(found[2]), at - 1


def _csv(path: Path) -> dict[str, Any]:
    target = path.with_name(f"{path.name}.0.rows")
    with path.open(encoding=_encoding(path), newline="") as stream:
        head = stream.read(4096)
        stream.seek(0)
        separator = max(",;\t", key=head.partition("\n")[0].count)
        count = _write(path, target, _csv_rows(path, csv.reader(stream, delimiter=separator)))
    return {"sheets": [{"name": "", "spool": str(target), "count": count, "merges": []}], "hidden": []}


def _csv_rows(path: Path, reader: Any) -> Iterator[tuple[int, dict[int, Any]]]:
    try:
        for texts in reader:
            cells = {at: cut for at, text in enumerate(texts[:MOST_COLUMNS]) if (cut := _cut(text))}
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise ReadingError(
            f"{path.name}：第{reader.line_num}行不是 CSV（{error}）", f"{path.name}: line {reader.line_num}: {error}"
        ) from None


def _encoding(path: Path) -> str:
    """UTF-8, else GBK: what reads the whole file without an error."""
    for encoding in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise ReadingError(f"{path.name}：文字编码无法识别", f"{path.name}: the encoding is not known")

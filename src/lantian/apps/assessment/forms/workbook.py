"""Sheets of a workbook as grids, and values put into their cells (SpreadsheetML, ECMA-376 part 1 §18.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import ReadingError
from lantian.reading.sources.package import Package
from lantian.reading.sources.xlsx.book import S, read_book

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_SHEETS, MAX_ROWS, MAX_COLS, SHOWN = 12, 400, 60, 2000
_PLACE = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,6})$")
# What stands before calcPr in a workbook part (CT_Workbook).
_BEFORE_CALC = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames",
)  # fmt: skip


def place_of(reference: str) -> tuple[int, int] | None:
    """``B12`` → (11, 1), counted from 0; None for anything else."""
    match = _PLACE.match(reference.replace("$", ""))
    if match is None:
        return None
    col = 0
    for letter in match[1]:
        col = col * 26 + ord(letter) - 64
    return int(match[2]) - 1, col - 1


def letters(col: int) -> str:
    """The name of a column counted from 0: A, B … AA."""
    name = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheets_of(package: Package, name: str) -> list[dict[str, Any]]:
    """The visible sheets as grids (``blank.Grid``), as far as :data:`MAX_ROWS` and :data:`MAX_COLS`."""
    book = read_book(package, name)
    found = []
    for index, sheet in enumerate(book.sheets[:MAX_SHEETS]):
        root = None if sheet.hidden else package.xml(sheet.part)
        rows = [] if root is None else _rows(root, book.strings)
        found.append({"name": sheet.name, "index": index, "rows": rows})
    return found


def _rows(root: _Element, strings: Sequence[str]) -> list[list[dict[str, Any] | None]]:
    cells: dict[tuple[int, int], dict[str, Any]] = {}
    for item in root.iter(f"{S}c"):
        place = place_of(item.get("r", ""))
        if place is None or place[0] >= MAX_ROWS or place[1] >= MAX_COLS:
            continue
        text, formula = _text(item, strings), item.find(f"{S}f") is not None
        cells[place] = {"text": text[:SHOWN], "rows": 1, "cols": 1} | ({"formula": True} if formula else {})
    covered: set[tuple[int, int]] = set()
    for area in root.iter(f"{S}mergeCell"):
        _merge(area.get("ref", ""), cells, covered)
    height = 1 + max((row for row, _col in cells), default=-1)
    width = 1 + max((col for _row, col in cells), default=-1)
    blank = {"text": "", "rows": 1, "cols": 1}
    return [
        [None if (row, col) in covered else cells.get((row, col), dict(blank)) for col in range(width)]
        for row in range(height)
    ]


def _merge(reference: str, cells: dict[tuple[int, int], dict[str, Any]], covered: set[tuple[int, int]]) -> None:
    first, _colon, last = reference.partition(":")
    start, end = place_of(first), place_of(last)
    if start is None or end is None or end < start or start[0] >= MAX_ROWS or start[1] >= MAX_COLS:
        return
    end = min(end[0], MAX_ROWS - 1), min(end[1], MAX_COLS - 1)
    anchor = cells.setdefault(start, {"text": "", "rows": 1, "cols": 1})
    anchor["rows"], anchor["cols"] = end[0] - start[0] + 1, end[1] - start[1] + 1
    covered.update(
        (row, col)
        for row in range(start[0], end[0] + 1)
        for col in range(start[1], end[1] + 1)
        if (row, col) != start
    )  # fmt: skip


def _text(item: _Element, strings: Sequence[str]) -> str:
    kind = item.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in item.iter(f"{S}t"))
    text = item.findtext(f"{S}v") or ""
    if kind == "s":
        return strings[int(text)] if text.isascii() and text.isdigit() and int(text) < len(strings) else ""
    return text


def filled(package: Package, name: str, values: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    """The parts of the workbook that change when ``values`` stand in their cells, by name.

    The workbook is told to compute its formulas when it is opened: their stored results may no longer hold.
    """
    from lxml import etree

    book = read_book(package, name)
    changed: dict[str, bytes] = {}
    for index, given in _by_sheet(values).items():
        root = package.xml(book.sheets[index].part) if 0 <= index < len(book.sheets) else None
        data = None if root is None else root.find(f"{S}sheetData")
        if root is None or data is None:
            raise ReadingError(
                "表样与映射不符：找不到工作表。", "The blank does not fit its mapping: a sheet is missing."
            )
        _put_all(data, given)
        changed[book.sheets[index].part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    main = package.main_part("xl/workbook.xml")
    root = package.xml(main)
    if root is not None:
        _compute_anew(root)
        changed[main] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return changed


def _by_sheet(values: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for item in values:
        found.setdefault(item["sheet"], []).append(item)
    return found


def _put_all(data: _Element, values: Sequence[dict[str, Any]]) -> None:
    rows = {int(row.get("r", "0")): row for row in data.iter(f"{S}row") if row.get("r", "0").isdigit()}
    for item in sorted(values, key=lambda value: (value["row"], value["col"])):
        number = item["row"] + 1
        if number not in rows:
            rows[number] = _insert(data, f"{S}row", number, lambda other: int(other.get("r", "0")))
        row = rows[number]
        if "spans" in row.attrib:
            del row.attrib["spans"]  # a hint of where cells stand, which may no longer hold
        _put(_cell(row, number, item["col"]), item)


def _insert(parent: _Element, tag: str, number: int, order: Any) -> _Element:
    from lxml import etree

    made = etree.Element(tag)
    made.set("r", str(number))
    after = [child for child in parent if child.tag == tag and order(child) < number]
    parent.insert(parent.index(after[-1]) + 1 if after else 0, made)
    return made


def _cell(row: _Element, number: int, col: int) -> _Element:
    """The cell of a row, made in its place with the row's style where there is none."""
    from lxml import etree

    reference = f"{letters(col)}{number}"
    before = 0
    for index, other in enumerate(row):
        place = place_of(other.get("r", ""))
        if place is not None and place[1] == col:
            return other
        if place is not None and place[1] < col:
            before = index + 1
    made = etree.Element(f"{S}c")
    made.set("r", reference)
    if row.get("customFormat") in ("1", "true") and row.get("s"):
        made.set("s", row.get("s", "0"))
    row.insert(before, made)
    return made


def _put(cell: _Element, item: dict[str, Any]) -> None:
    from lxml import etree

    if cell.find(f"{S}f") is not None:
        return
    for child in list(cell):
        cell.remove(child)
    if "number" in item:
        if "t" in cell.attrib:
            del cell.attrib["t"]
        etree.SubElement(cell, f"{S}v").text = str(item["number"])
        return
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{S}is"), f"{S}t")
    text.text = item["text"]
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _compute_anew(root: _Element) -> None:
    from lxml import etree

    setting = root.find(f"{S}calcPr")
    if setting is None:
        setting = etree.Element(f"{S}calcPr")
        before = [child for child in root if etree.QName(child).localname in _BEFORE_CALC]
        root.insert(root.index(before[-1]) + 1 if before else 0, setting)
    setting.set("fullCalcOnLoad", "1")

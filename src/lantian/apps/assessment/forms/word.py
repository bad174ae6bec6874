"""Tables of a Word document as grids, and values put into their cells (ECMA-376 part 1 §17.4). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import ReadingError
from lantian.reading.sources.package import Package

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_TABLES, MAX_ROWS, MAX_COLS, SHOWN = 12, 400, 60, 2000


def tables_of(package: Package) -> list[dict[str, Any]]:
    """The tables of the document that stand in no other, as grids (``blank.Grid``)."""
    found = []
    for index, table in enumerate(_tables(_body(package))[:MAX_TABLES]):
        found.append({"name": _caption(table) or f"{index + 1}", "index": index, "rows": _grid(table)})
    return found


def _body(package: Package) -> _Element:
    root = package.xml(package.main_part("word/document.xml"))
    if root is None:
        raise package.damaged()
    return root


def _tables(root: _Element) -> list[_Element]:
    return [table for table in root.iter(f"{W}tbl") if next(table.iterancestors(f"{W}tbl"), None) is None]


def _caption(table: _Element) -> str:
    """The words of the last paragraph before the table."""
    before = table.getprevious()
    while before is not None and before.tag == f"{W}p":
        if text := _words(before):
            return text[:60]
        before = before.getprevious()
    return ""


def _words(paragraph: _Element) -> str:
    return "".join(part.text or "" for part in paragraph.iter(f"{W}t")).strip()


def _own_rows(table: _Element) -> list[_Element]:
    return [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table][:MAX_ROWS]


def _places(row: _Element) -> list[tuple[int, int, _Element]]:
    """(column, columns covered, cell) of a row."""
    found, col = [], _skipped(row)
    for cell in row.iter(f"{W}tc"):
        if next(cell.iterancestors(f"{W}tr")) is not row:
            continue
        span = _number(cell, "gridSpan", 1)
        found.append((col, span, cell))
        col += span
    return found


def _skipped(row: _Element) -> int:
    item = row.find(f"{W}trPr/{W}gridBefore")
    text = "0" if item is None else item.get(f"{W}val", "0")
    return min(int(text), MAX_COLS) if text.isascii() and text.isdigit() else 0


def _number(cell: _Element, name: str, default: int) -> int:
    item = cell.find(f"{W}tcPr/{W}{name}")
    text = "" if item is None else item.get(f"{W}val", "")
    return max(1, min(int(text), MAX_COLS)) if text.isascii() and text.isdigit() else default


def _continues(cell: _Element) -> bool:
    """Whether the cell belongs to the one above (vMerge without ``restart``)."""
    item = cell.find(f"{W}tcPr/{W}vMerge")
    return item is not None and item.get(f"{W}val", "continue") != "restart"


def _grid(table: _Element) -> list[list[dict[str, Any] | None]]:
    rows = [_places(row) for row in _own_rows(table)]
    width = min(MAX_COLS, max((col + span for row in rows for col, span, _cell in row), default=0))
    grid: list[list[dict[str, Any] | None]] = []
    open_cells: dict[int, dict[str, Any]] = {}
    for row in rows:
        line: list[dict[str, Any] | None] = [None] * width
        for col, span, cell in row:
            if col >= width:
                continue
            if _continues(cell) and col in open_cells:
                open_cells[col]["rows"] += 1
                continue
            text = "\n".join(_words(paragraph) for paragraph in cell.iter(f"{W}p")).strip()
            line[col] = open_cells[col] = {"text": text[:SHOWN], "rows": 1, "cols": span}
        grid.append(line)
    return grid


def filled(package: Package, values: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    """The document part with ``values`` in the cells of its tables; numbers stand as they are printed."""
    from lxml import etree

    part = package.main_part("word/document.xml")
    root = _body(package)
    tables = _tables(root)
    for item in values:
        cell = _cell(tables, item)
        if cell is None:
            raise ReadingError(
                "表样与映射不符：找不到单元格。", "The blank does not fit its mapping: a cell is missing."
            )
        _put(cell, str(item["number"] if "number" in item else item["text"]))
    return {part: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)}


def _cell(tables: Sequence[_Element], item: dict[str, Any]) -> _Element | None:
    if not 0 <= item["sheet"] < len(tables):
        return None
    rows = _own_rows(tables[item["sheet"]])
    if not 0 <= item["row"] < len(rows):
        return None
    return next((cell for col, _span, cell in _places(rows[item["row"]]) if col == item["col"]), None)


def _put(cell: _Element, text: str) -> None:
    """The text as the only one of the cell, in the look of what stood first in it."""
    from lxml import etree

    paragraphs = [child for child in cell if child.tag == f"{W}p"]
    first = paragraphs[0] if paragraphs else etree.SubElement(cell, f"{W}p")
    for other in paragraphs[1:]:
        cell.remove(other)
    look = first.find(f".//{W}r/{W}rPr")
    if look is None:
        look = first.find(f"{W}pPr/{W}rPr")
    for child in [child for child in first if child.tag != f"{W}pPr"]:
        first.remove(child)
    run = etree.SubElement(first, f"{W}r")
    if look is not None:
        run.append(_run_look(look))
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(run, f"{W}br")
        words = etree.SubElement(run, f"{W}t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _run_look(look: _Element) -> _Element:
    """Properties of a run; those of a paragraph mark hold insertions and deletions besides, which a run may not."""
    copy = deepcopy(look)
    for name in ("ins", "del", "moveFrom", "moveTo"):
        for item in copy.findall(f"{W}{name}"):
            copy.remove(item)
    return copy

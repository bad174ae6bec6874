"""The grid of an HTML table: rowspan and colspan expanded and clipped (HTML standard, 4.9.12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantian.reading.sources.attributes import integer
from lantian.reading.sources.html.style import is_hidden
from lantian.reading.sources.limits import limit

if TYPE_CHECKING:
    from lxml.etree import _Element

_CELLS = ("td", "th")
_BLOCKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6")


class TooManyPlacesError(ValueError):
    """The spans of a table ask for more places than the limit allows."""


@dataclass(slots=True)
class GridCell:
    element: _Element
    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(slots=True)
class Grid:
    """The cells of a table in reading order; ``row_numbers`` counts the rows of the page from 1."""

    rows: int = 0
    cols: int = 0
    cells: list[GridCell] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    caption: str = ""


def inner_text(element: _Element) -> str:
    """All words inside an element, as they stand in the source."""
    return "".join(text if isinstance(text, str) else text.decode() for text in element.itertext())


def table_rows(table: _Element) -> list[_Element]:
    """The rows of a table without those of nested tables; the rows of ``tfoot`` last, as they are printed."""
    body: list[_Element] = []
    foot: list[_Element] = []
    for row in _rows_below(table):
        group = row.getparent()
        (foot if group is not None and group.tag == "tfoot" else body).append(row)
    return body + foot


def row_cells(row: _Element) -> list[_Element]:
    """The cells of a row that are shown."""
    return [item for item in row if item.tag in _CELLS and not is_hidden(item)]


def is_frame(rows: list[_Element]) -> bool:
    """One cell in every row: no table but a frame or a stack of frames round text."""
    return all(len(row_cells(row)) <= 1 for row in rows)


def is_layout(rows: list[_Element]) -> bool:
    """Whether the table only places a page: one cell holds most of its text, and that in many paragraphs."""
    cells = [cell for row in rows for cell in row_cells(row)]
    lengths = [sum(len(text.strip()) for text in cell.itertext()) for cell in cells]
    if not cells or 100 * max(lengths) < limit("layout_share_percent") * sum(lengths):
        return False
    largest = cells[lengths.index(max(lengths))]
    return sum(1 for _ in largest.iter(*_BLOCKS)) >= limit("layout_paragraphs")


def read_grid(table: _Element) -> Grid:
    """Place the cells of ``table``.

    A rowspan ends with its row group (0 = all of it); columns at the right in which no cell begins are clipped,
    unless ``col`` elements ask for them. Raises TooManyPlacesError for spans beyond the limit.
    """
    grid = Grid()
    shown: list[_Element] = []
    for number, row in enumerate(table_rows(table), start=1):
        if is_hidden(row):
            grid.hidden.append(number)
        else:
            shown.append(row)
            grid.row_numbers.append(number)
    grid.rows = len(shown)
    taken: list[set[int]] = [set() for _ in shown]
    ends = _group_ends(shown)
    places = 0
    for index, row in enumerate(shown):
        left = ends[index] - index
        col = 0
        for item in row_cells(row):
            while col in taken[index]:
                col += 1
            colspan = _span(item.get("colspan"), 1)
            rowspan = min(_span(item.get("rowspan"), 0) or left, left) if item.get("rowspan") else 1
            places += rowspan * colspan
            if places > limit("table_places"):
                raise TooManyPlacesError
            for covered in taken[index : index + rowspan]:
                covered.update(range(col, col + colspan))
            grid.cells.append(GridCell(item, index, col, rowspan, colspan))
            col += colspan
    declared = sum(_span(item.get("span"), 1) for item in table.iterfind("colgroup/col"))
    declared += sum(_span(item.get("span"), 1) for item in table.iterfind("col"))
    grid.cols = max([min(declared, limit("span"))] + [cell.col + 1 for cell in grid.cells])
    for cell in grid.cells:
        cell.colspan = min(cell.colspan, grid.cols - cell.col)
    if grid.rows * grid.cols > limit("table_places"):
        raise TooManyPlacesError
    caption = table.find("caption")
    grid.caption = "" if caption is None else " ".join(inner_text(caption).split())
    return grid


def _rows_below(parent: _Element) -> Iterator[_Element]:
    for child in parent:
        if child.tag == "tr":
            yield child
        elif isinstance(child.tag, str) and child.tag not in ("table", "caption", *_CELLS):
            yield from _rows_below(child)


def _group_ends(rows: list[_Element]) -> list[int]:
    """For every row the index after the last row of its group (``thead``, ``tbody``, ``tfoot``)."""
    ends = [len(rows)] * len(rows)
    for index in range(len(rows) - 2, -1, -1):
        same = rows[index].getparent() is rows[index + 1].getparent()
        ends[index] = ends[index + 1] if same else index + 1
    return ends


def _span(text: str | None, least: int) -> int:
    number = integer(text)
    if number is None:
        return 1
    return min(max(number, least), limit("table_places") if least == 0 else limit("span"))

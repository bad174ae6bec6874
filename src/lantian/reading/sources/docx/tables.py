"""The grid of a DOCX table: which printed cell stands where, with merged cells as spans (ECMA-376 part 1, 17.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantian.reading.sources.attributes import integer
from lantian.reading.sources.docx.text import row_deleted, row_hidden
from lantian.reading.sources.docx.xml import VAL, W, contents, value
from lantian.reading.sources.limits import limit

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(slots=True)
class GridCell:
    """A cell before its words are read. ``inherits``: it continues a merged cell of another width."""

    element: _Element
    row: int
    col: int
    colspan: int = 1
    rowspan: int = 1
    vertical: str | None = None  # w:vMerge: restart, continue, or none
    inherits: bool = False


@dataclass(slots=True)
class Grid:
    """The cells of a table in reading order; ``row_numbers`` counts the rows of the file from 1."""

    cells: list[GridCell] = field(default_factory=list)
    rows: int = 0
    cols: int = 0
    row_numbers: list[int] = field(default_factory=list)
    deleted: list[_Element] = field(default_factory=list)  # rows and cells that tracked changes removed
    hidden: list[int] = field(default_factory=list)

    @property
    def is_frame(self) -> bool:
        """One cell in every row: no table but a frame or a stack of frames round text."""
        return len({cell.row for cell in self.cells}) == len(self.cells)


def read_grid(table: _Element) -> Grid:
    """Place the cells of ``w:tbl``.

    Rows and cells that tracked changes removed and hidden rows are left out; cells that continue a vertical merge
    are swallowed by the cell they continue, whatever they hold (Word does not show it either). Columns so narrow that
    they only come from rows drawn out of line are joined to their neighbour.
    """
    grid = Grid()
    number = 0
    for row in contents(table):
        if row.tag != W + "tr":
            continue
        number += 1
        if row_deleted(row):
            grid.deleted.append(row)
        elif row_hidden(row):
            grid.hidden.append(number)
        else:
            _read_row(row, grid)
            grid.row_numbers.append(number)
            grid.rows += 1
    _join_slivers(grid, [integer(item.get(W + "w")) or 0 for item in table.iterfind(f"{W}tblGrid/{W}gridCol")])
    _merge_down(grid)
    return grid


def _read_row(row: _Element, grid: Grid) -> None:
    col = _span(value(row, "trPr/gridBefore"), least=0)
    before: GridCell | None = None
    for item in contents(row):
        if item.tag != W + "tc":
            continue
        properties = item.find(W + "tcPr")
        if properties is not None and properties.find(W + "cellDel") is not None:
            grid.deleted.append(item)
            continue
        colspan = _span(value(properties, "gridSpan"), least=1)
        if before is not None and _merge(properties, "hMerge") == "continue":
            before.colspan += colspan
        else:
            before = GridCell(item, grid.rows, col, colspan, vertical=_merge(properties, "vMerge"))
            grid.cells.append(before)
        col += colspan
    grid.cols = max(grid.cols, col + _span(value(row, "trPr/gridAfter"), least=0))


def _merge(properties: _Element | None, name: str) -> str | None:
    found = None if properties is None else properties.find(W + name)
    return None if found is None else found.get(VAL, "continue")


def _span(text: str | None, *, least: int) -> int:
    return min(max(integer(text) or least, least), limit("span"))


def _join_slivers(grid: Grid, widths: list[int]) -> None:
    """Drop grid columns that are narrower than a hand's tremor and that no cell has to itself."""
    narrow = limit("sliver_twips")
    if len(widths) != grid.cols:
        return
    own = {cell.col for cell in grid.cells if cell.colspan == 1}
    lines = [0]  # new number of every grid line
    for index, width in enumerate(widths):
        lines.append(lines[-1] + (not 0 < width < narrow or index in own))
    if any(lines[cell.col] == lines[cell.col + cell.colspan] for cell in grid.cells):
        return
    for cell in grid.cells:
        end = lines[cell.col + cell.colspan]
        cell.col = lines[cell.col]
        cell.colspan = end - cell.col
    grid.cols = lines[-1]


def _merge_down(grid: Grid) -> None:
    kept: list[GridCell] = []
    open_above: dict[int, GridCell] = {}
    open_here: dict[int, GridCell] = {}
    row = 0
    for cell in grid.cells:
        if cell.row != row:
            open_above = open_here if cell.row == row + 1 else {}
            open_here = {}
            row = cell.row
        upper = open_above.get(cell.col) if cell.vertical == "continue" else None
        if upper is not None and upper.colspan == cell.colspan:
            upper.rowspan += 1
            open_here[cell.col] = upper
            continue
        cell.inherits = upper is not None
        kept.append(cell)
        if cell.vertical is not None:
            open_here[cell.col] = cell
    grid.cells = kept

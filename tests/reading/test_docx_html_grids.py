"""Any grid of merged cells survives the way through DOCX and HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.reading.layout import Document, Table
from lantian.reading.sources import docx, html
from tests.conftest import examples

from .writers import Block, grid_docx, grid_html

Grid = tuple[int, int, list[Block]]
Writer = Callable[[Path, int, int, Sequence[Block]], Path]
words = st.text(st.sampled_from("大气污染防治序号〔〕（）0123ABxyz<>&\"'，。、—·；：㎡²"), min_size=1, max_size=8)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    rows, cols = draw(st.integers(1, 6)), draw(st.integers(2, 6))
    taken: set[tuple[int, int]] = set()
    blocks: list[Block] = []
    for row in range(rows):
        for col in range(cols):
            if (row, col) in taken:
                continue
            rowspan, colspan = draw(st.integers(1, min(3, rows - row))), draw(st.integers(1, min(3, cols - col)))
            places = {(r, c) for r in range(row, row + rowspan) for c in range(col, col + colspan)}
            if places & taken:
                rowspan = colspan = 1
                places = {(row, col)}
            taken |= places
            blocks.append(Block(row, col, rowspan, colspan, tuple(draw(st.lists(words, max_size=3)))))
    if len(blocks) == len({block.row for block in blocks}):  # one cell a row: a frame, which readers open
        blocks = [Block(r, c, 1, 1, ("x",)) for r in range(rows) for c in range(cols)]
    return rows, cols, blocks


@pytest.mark.parametrize(
    ("name", "write", "read"),
    [("grid.docx", grid_docx, docx.read), ("grid.html", grid_html, html.read)],
)
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grid=grids())
def test_grids_round_trip(
    tmp_path: Path, name: str, write: Writer, read: Callable[[Path], Document], grid: Grid
) -> None:
    rows, cols, blocks = grid
    (table,) = read(write(tmp_path / name, rows, cols, blocks)).blocks
    assert isinstance(table, Table)
    assert (table.rows, table.cols) == (rows, cols)
    found = [Block(cell.row, cell.col, cell.rowspan, cell.colspan, tuple(cell.paragraphs)) for cell in table.cells]
    assert found == sorted(blocks, key=lambda block: (block.row, block.col))

"""One grid row of a plan table → a row of cells by meaning, a section row, or a note that is no measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from lantian.reading.columns import ROLE_FIELDS, Field, Header, fields_of
from lantian.reading.layout import Cell, Table
from lantian.reading.lexicon import table as word_table
from lantian.reading.model import CellRef
from lantian.reading.tabular.rows import DASHES, Row, RowCell, parse_number
from lantian.reading.tabular.titles import section_level
from lantian.reading.text import join_layout

_LONGEST_SECTION = 40
_LONGEST_TOTAL = 12  # characters of what stands beside 合计; more is a sentence
_LONGEST_SIGNATURE = 40
_STOP = re.compile(r"[。；;！？]$")


@cache
def _row_words(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in word_table("row_words") if row["kind"] == kind))


def read_row(
    table: Table, places: Sequence[Cell | None], r: int, header: Header, index: int, *, same_grid: bool, geometry: bool
) -> Row | None:
    """The row that begins in grid row ``r``; None where nothing is printed or cells from above reach through it.

    ``index`` counts the tables of the document; ``same_grid``: the header stands in this table's own grid.
    """
    here = list({id(place): place for place in places if place is not None}.values())
    if not any(cell.text.strip() for cell in here if cell.row == r) and all(cell.row < r for cell in here):
        return None
    if not any(cell.text.strip() for cell in here):
        return None
    page, number = table.page, table.row_number(r)
    if is_note(here, r):
        return Row("note", _line("note", here[0], here, r, page, number, index), index, page, number)
    section = _section_cell(here, r, table.cols, header)
    if section is not None:
        cells = _line("section", section, [section], r, page, number, index)
        return Row("section", cells, index, page, number, geometry=geometry)
    row = Row("measure", {}, index, page, number, geometry=geometry)
    last_named = max((index for index, word in enumerate(header.words) if word), default=0)
    for cell in here:
        names = fields_of(cell, header, same_grid=same_grid)
        unnamed = cell.col > last_named
        if not names and unnamed and cell.row == r and cell.text.strip():
            row.surplus.append(cell.text)
        for name in names:
            if name in ("section", "task") and "measure" in names:
                continue  # a measure that needs no task label takes its place, too
            _place(row, r, name, cell, names, table, index)
    return row if row.cells or row.surplus else None


def is_note(cells: Sequence[Cell], r: int) -> bool:
    """Whether a row is a note under the measures, a sum or a line for signatures."""
    texts = [join_layout(cell.text) for cell in cells if cell.row == r and cell.text.strip()]
    if not texts:
        return False
    signed = _row_words("sign").match(texts[0]) and all(len(text) <= _LONGEST_SIGNATURE for text in texts)
    if signed or (len(texts) == 1 and _row_words("note").match(texts[0])):
        return True
    total = next((at for at, text in enumerate(texts[:2]) if _row_words("total").match(text)), None)
    return total is not None and all(len(text) <= _LONGEST_TOTAL for text in texts)


def is_ditto(text: str) -> bool:
    """同上, 〃."""
    return bool(_row_words("ditto").match(join_layout(text)))


def _line(
    name: Field, at: Cell, cells: Sequence[Cell], r: int, page: int | None, number: int, index: int
) -> dict[Field, RowCell]:
    paragraphs = [text for cell in cells if cell.row == r for text in cell.paragraphs if text.strip()]
    return {name: RowCell(paragraphs, CellRef(name, page, number, at.col + 1, at.box), (index, at.row, at.col))}


def _place(row: Row, r: int, name: Field, cell: Cell, names: tuple[Field, ...], table: Table, index: int) -> None:
    ref = CellRef(name, table.page, table.row_number(cell.row), cell.col + 1, cell.box)
    item = RowCell(
        list(cell.paragraphs), ref, (index, cell.row, cell.col), cell.row < r or cell.inherits,
        names if len(names) > 1 else (), cell.confidence, cell.auto_number,
    )  # fmt: skip
    known = row.cells.get(name)
    if known is None or known.blank:
        row.cells[name] = item
    elif item.blank or item.origin == known.origin:
        return
    elif name == "section":
        row.cells["section"] = _joined_section(known, item)
    elif name == "task" and "section" not in row.cells:  # one header word over two columns: the outer is the section
        row.cells["section"], row.cells["task"] = known, item
    elif name in (*ROLE_FIELDS, "note", "measure", "goal"):
        known.paragraphs = known.paragraphs + item.paragraphs


def _joined_section(outer: RowCell, inner: RowCell) -> RowCell:
    """一 | 大气 is 一、大气; 产业结构调整 | 优化布局 is 产业结构调整／优化布局."""
    text = join_layout(outer.text)
    mark = "" if text[-1] in "）)、．." else "、" if parse_number(text) is not None else "／"
    covered = outer.covered and inner.covered
    return replace(outer, paragraphs=[text + mark + join_layout(inner.text)], covered=covered)


def _section_cell(cells: Sequence[Cell], r: int, cols: int, header: Header) -> Cell | None:
    """The cell of a section row: one cell across the table, or the only cell printed, and no number."""
    texts = [cell for cell in cells if cell.text.strip() and not cell.inherits]
    if len(texts) != 1 or texts[0].row != r:
        return None
    cell = texts[0]
    text = join_layout(cell.text)
    if parse_number(text) is not None or DASHES.match(text):
        return None
    if cell.colspan >= cols or (cell.colspan > 1 and cell.colspan >= cols - 1):
        return cell
    if any(other.row < r and other.text.strip() for other in cells):
        return None
    place = header.fields[cell.col] if cell.col < len(header.fields) else None
    if place in ("seq", "section") or (place is None and cell.col == 0):
        return cell
    level = section_level(text)
    if level is not None and level < 3 and len(text) <= _LONGEST_SECTION and not _STOP.search(text):
        return cell if place != "measure" or header.has("seq") else None
    return None

"""Tables → rows: every printed row of a plan table with its cells by meaning, before anything is repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from lantian.reading.columns import ROLE_FIELDS, Field, Header, fields_of, find_header
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.model import CellRef, Flag
from lantian.reading.text import compare_form, join_layout

Kind = Literal["measure", "section"]

DASHES = re.compile(r"^[-—–－_/／\s]+$|^(无|空)$")
SECTION_NUMBER = re.compile(
    r"^(第[一二三四五六七八九十百]+[章节篇]|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])"
)
_NUMBER = re.compile(r"^[（(]?(\d{1,3}|[一二三四五六七八九十]{1,3})[）).、．]?$")
_CHINESE = {digit: index for index, digit in enumerate("零一二三四五六七八九十")}


@dataclass(slots=True)
class RowCell:
    """What one row prints for one field. ``covered``: a merged cell reaches down into this row."""

    paragraphs: list[str]
    ref: CellRef
    origin: tuple[int, int, int]
    covered: bool = False
    spans: tuple[Field, ...] = ()
    confidence: float | None = None
    auto_number: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    @property
    def blank(self) -> bool:
        """Nothing printed here (a dash is something: it says none)."""
        return not self.text.strip()

    @property
    def dashed(self) -> bool:
        """Printed as none: —— or 无."""
        return bool(DASHES.match(self.text.strip()))


@dataclass(slots=True)
class Row:
    """One printed row. ``table`` counts the tables of the document; ``opens_table`` marks the first body row of one."""

    kind: Kind
    cells: dict[Field, RowCell]
    table: int
    page: int | None
    number: int
    opens_table: bool = False
    after_page_break: bool = False
    cut_top: bool | None = None
    geometry: bool = False  # the source knows which cells are merged
    surplus: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def text(self, name: Field) -> str:
        cell = self.cells.get(name)
        return "" if cell is None else cell.text

    def blank(self, name: Field) -> bool:
        cell = self.cells.get(name)
        return cell is None or cell.blank

    def own(self, name: Field) -> bool:
        """Whether this row itself prints something here."""
        cell = self.cells.get(name)
        return cell is not None and not cell.blank and not cell.covered


@dataclass(slots=True)
class PlanRows:
    """The rows of one plan with the paragraphs before it."""

    header: Header
    rows: list[Row]
    before: list[Paragraph]
    flags: list[Flag] = field(default_factory=list)


def parse_number(text: str) -> int | None:
    """The 序号 of a cell: ``12``, ``（三）``, ``四、``; a number printed twice in one cell counts once."""
    lines = {join_layout(line) for line in text.split("\n") if line.strip()}
    if len(lines) != 1:
        return None
    match = _NUMBER.match(lines.pop())
    if match is None:
        return None
    return int(match[1]) if match[1].isdigit() else _chinese_number(match[1])


def _chinese_number(text: str) -> int:
    if "十" not in text:
        return _CHINESE[text[-1]]
    tens, _, ones = text.partition("十")
    return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)


def collect_plans(document: Document) -> list[PlanRows]:
    """All plan tables of a document, tables that continue one another joined, one entry per plan.

    A new plan begins where paragraphs stand before a table and its numbers start again at 1.
    """
    plans: list[PlanRows] = []
    before: list[Paragraph] = []
    last_page: int | None = None
    for index, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            if block.text.strip():
                before.append(block)
            continue
        header = _first_header(block)
        current = plans[-1] if plans else None
        if header is None and (current is None or not _continues(block, current.header)):
            before.extend(_table_paragraphs(block))
            continue
        rows, flags = _table_rows(block, header or current.header, index, header is not None, document.kind)  # type: ignore[union-attr]
        if current is None or (header is not None and _starts_plan(rows, current, before)):
            assert header is not None
            plans.append(PlanRows(header, rows, before, flags))
        else:
            if header is not None:
                current.header = header
            if rows:
                rows[0].after_page_break = block.page is None or block.page != last_page
                rows[0].cut_top = block.cut_top
            current.rows.extend(rows)
            current.flags.extend(flag for flag in flags if flag not in current.flags)
        before = []
        last_page = block.page
    return plans


def _first_header(table: Table) -> Header | None:
    for start in range(min(table.rows, 6)):
        header = find_header(table, start)
        if header is not None:
            return header
    return None


def _continues(table: Table, header: Header) -> bool:
    """Whether a table without a header carries on the one above: as many columns, or columns under the same edges."""
    if table.cols == len(header.fields):
        return True
    if not any(header.edges):
        return False
    wide = [cell for cell in table.cells if cell.box is not None and cell.colspan < table.cols]
    return table.cols >= 3 and bool(wide)


def _starts_plan(rows: list[Row], current: PlanRows, before: list[Paragraph]) -> bool:
    if not any(paragraph.text.strip() for paragraph in before):
        return False
    numbers = [parse_number(row.text("seq")) for row in rows if row.kind == "measure" and row.own("seq")]
    previous = [parse_number(row.text("seq")) for row in current.rows if row.own("seq")]
    if numbers and previous:
        return numbers[0] == 1 and (previous[-1] or 0) >= 1
    title = any(re.search(r"(计划|方案|清单|分解表|任务表|措施表)", paragraph.text) for paragraph in before)
    return title and not rows_continue(rows)


def rows_continue(rows: list[Row]) -> bool:
    """Whether the first row has neither number nor task of its own."""
    return bool(rows) and rows[0].kind == "measure" and not rows[0].own("seq") and not rows[0].own("task")


def _table_paragraphs(table: Table) -> list[Paragraph]:
    """A table that is no plan (a layout frame, a cover) as the paragraphs it shows."""
    return [
        Paragraph(text, page=table.page, line=table.row_number(cell.row))
        for cell in table.cells
        for text in cell.paragraphs
        if text.strip()
    ]


def _table_rows(table: Table, header: Header, index: int, has_header: bool, kind: str) -> tuple[list[Row], list[Flag]]:
    grid = table.grid()
    rows: list[Row] = []
    skip_until = -1
    geometry = kind != "text"
    seen_body = False
    for r in range(table.rows):
        if r <= skip_until:
            continue
        again = find_header(table, r)
        if again is not None:
            skip_until = r + again.rows - 1
            header = again if has_header else header
            if rows:
                seen_body = False
            continue
        if has_header and r < header.first_row:
            continue
        row = _read_row(table, grid[r], r, header, index, has_header, geometry)
        if row is None:
            continue
        row.opens_table = not seen_body
        row.after_page_break = bool(rows) and not seen_body
        seen_body = True
        rows.append(row)
    return rows, _unused_columns(header)


def _unused_columns(header: Header) -> list[Flag]:
    notes = [word for name, word in zip(header.fields, header.words, strict=True) if name in ("note", None) and word]
    persons = [word for name, word in zip(header.fields, header.words, strict=True) if name == "person"]
    flags = [Flag("R48", "、".join(notes))] if notes else []
    return flags + ([Flag("R37", "、".join(persons))] if persons else [])


def _read_row(
    table: Table, places: list[Cell | None], r: int, header: Header, index: int, same_grid: bool, geometry: bool
) -> Row | None:
    here = list({id(place): place for place in places if place is not None}.values())
    if not any(cell.text.strip() for cell in here if cell.row == r) and all(cell.row < r for cell in here):
        return None  # nothing begins in this row: cells from above reach through it
    if not any(cell.text.strip() for cell in here):
        return None
    page, number = table.page, table.row_number(r)
    section = _section_cell(here, r, table.cols, header)
    if section is not None:
        ref = CellRef("section", page, number, section.col + 1, section.box)
        title = RowCell(section.paragraphs, ref, (index, section.row, section.col))
        return Row("section", {"section": title}, index, page, number, geometry=geometry)
    row = Row("measure", {}, index, page, number, geometry=geometry)
    for cell in here:
        names = fields_of(cell, header, same_grid=same_grid)
        unnamed = cell.col >= len(header.words) or not header.words[cell.col]
        if not names and unnamed and cell.row == r and cell.text.strip():
            row.surplus.append(cell.text)
        for name in names:
            _place(row, r, name, cell, names, table, index)
    return row if row.cells or row.surplus else None


def _place(row: Row, r: int, name: Field, cell: Cell, names: tuple[Field, ...], table: Table, index: int) -> None:
    ref = CellRef(name, table.page, table.row_number(cell.row), cell.col + 1, cell.box)
    item = RowCell(
        list(cell.paragraphs), ref, (index, cell.row, cell.col), cell.row < r or cell.inherits,
        names if len(names) > 1 else (), cell.confidence, cell.auto_number,
    )  # fmt: skip
    known = row.cells.get(name)
    if known is None or known.blank:
        row.cells[name] = item
    elif not item.blank and name in (*ROLE_FIELDS, "note", "measure", "goal"):
        known.paragraphs = known.paragraphs + item.paragraphs


def _section_cell(cells: list[Cell], r: int, cols: int, header: Header) -> Cell | None:
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
    fields = header.fields[cell.col] if cell.col < len(header.fields) else None
    if fields in ("seq", "section", None):
        return cell
    if SECTION_NUMBER.match(text) and len(text) <= 40 and cell.col <= 1 and fields != "measure":
        return cell
    return None


def section_title(text: str) -> str:
    """A section row as it is shown: ``一、主要目标``."""
    return join_layout(text)


def same_words(one: str, other: str) -> bool:
    """Whether two printings say the same (spaces, widths and dashes aside)."""
    return compare_form(one) == compare_form(other)

"""Tables → plans: which tables are plans, where one ends and the next begins, what carries on over a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lantian.reading.columns import Grid, Header, find_header, header_field, is_list_word
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.model import CellRef, Flag
from lantian.reading.tabular.column_content import complete_header, fits, read_header_by_content
from lantian.reading.tabular.row_reading import is_note, read_row
from lantian.reading.tabular.rows import PlanRows, Row, RowCell, parse_number
from lantian.reading.tabular.titles import (
    heads_section,
    is_title,
    opens_attachment,
    plan_title,
    repeats_title,
    section_level,
    separate_lines,
)
from lantian.reading.text import join_layout

_FEWEST_FOREIGN = 3  # header cells of a table that is no plan, beside 序号
_LONGEST_WORD = 16
_PLAN_WORD = re.compile(r"计划|方案|要点|任务书|清单|分解表|任务表|分工")
_SHORTEST_TITLE = 8


@dataclass(slots=True)
class _Part:
    """A run of rows of one table under one header. ``foreign``: the table of something else begins here."""

    start: int
    stop: int
    header: Header | None = None
    foreign: bool = False
    titles: list[Paragraph] = field(default_factory=list)

    @property
    def body(self) -> int:
        return self.start if self.header is None else self.header.first_row + self.header.rows


def collect_plans(document: Document) -> list[PlanRows]:
    """All plan tables of a document, tables that continue one another joined, one entry per plan.

    A table whose header words are unknown, or a list of enterprises, sites or indicators, is a plan only in a document
    that has no other. R60 tells which tables were left out.
    """
    for guessing, listings in ((False, False), (True, False), (False, True)):
        if plans := _collect(document, guessing=guessing, listings=listings):
            return plans
    return []


def _collect(document: Document, *, guessing: bool, listings: bool) -> list[PlanRows]:
    collector = _Collector(document.kind, guessing, listings)
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            collector.table(block, index)
        elif block.text.strip():
            collector.before.extend(separate_lines(block))
    if collector.plans:
        collector.plans[-1].flags.extend(collector.unread)
    return collector.plans


class _Collector:
    """Walks the blocks of a document in print order."""

    def __init__(self, kind: str, guessing: bool, listings: bool) -> None:
        self.kind = kind
        self.guessing = guessing
        self.listings = listings
        self.plans: list[PlanRows] = []
        self.before: list[Paragraph] = []
        self.unread: list[Flag] = []
        self.last_page: int | None = None
        self.closed = False  # a foreign table stands between the last plan and what comes now

    def table(self, table: Table, index: int) -> None:
        grid = table.grid()
        first = True
        for part in _parts(table, grid):
            self.before.extend(part.titles)
            if part.header is None and not self._goes_on(table, grid, part):
                part.header = read_header_by_content(grid, part.start, part.stop) if self.guessing else None
                part.foreign = part.header is None
            if part.foreign or (part.header is not None and part.header.listing and not self.listings):
                self._leave_out(table, grid, part)
            else:
                self._read(table, grid, part, index, first)
            first = False

    def _goes_on(self, table: Table, grid: Grid, part: _Part) -> bool:
        """Whether rows without a header belong to the plan above; a header nobody can read (OCR) is passed over."""
        if not self.plans:
            return False
        current = self.plans[-1]
        known = {join_layout(item.text) for item in current.before}
        if any(opens_attachment(item.text) and join_layout(item.text) not in known for item in self.before):
            return False
        if not part.foreign:
            return _as_wide(table, current.header) and fits(
                table, grid[part.start : part.stop], current.header, surely=self.closed
            )
        texts = _own_texts(grid, part.start)
        if len(texts) < _FEWEST_FOREIGN or any(map(is_list_word, texts)):
            return False
        if not fits(table, grid[part.start + 1 : part.stop], current.header, surely=True):
            return False
        part.start, part.foreign = part.start + 1, False
        return True

    def _leave_out(self, table: Table, grid: Grid, part: _Part) -> None:
        """A table of something else; what is no grid of its own (a cover, a layout frame) counts as lines of text."""
        shown = [(row, text) for row in range(part.start, part.stop) for text in _own_texts(grid, row)]
        if table.cols > 2 and len(shown) > table.cols:
            captions = [join_layout(item.text) for item in reversed(self.before) if is_title(item.text)]
            title = captions[0] if self.plans and captions else ""
            self.unread.append(Flag("R60", title or "、".join(text for _, text in shown[: min(4, table.cols)])))
            self.closed = True
            if self.plans:
                self.before = []
        else:
            for row, text in shown:  # blank lines between them: no title goes over from cell to cell
                self.before += [Paragraph(text, page=table.page, line=table.row_number(row)), Paragraph("")]

    def _read(self, table: Table, grid: Grid, part: _Part, index: int, first: bool) -> None:
        current = self.plans[-1] if self.plans else None
        header = part.header or (current.header if current else None)
        assert header is not None
        if part.header is not None:
            complete_header(header, grid)
        rows, notes = self._rows(table, grid, part, header, index)
        flags = [*_unused_columns(header), *header.flags]
        if current is None or (part.header is not None and self._starts_plan(rows, current)):
            current = PlanRows(header, [], self.before, self.unread)
            self.plans.append(current)
            self.unread = []
        else:
            current.header = header
            if rows:
                rows[0].after_page_break = not first or table.page is None or table.page != self.last_page
                rows[0].cut_top = table.cut_top if first else None
        if self.before and heads_section(self.before[-1].text):
            current.headings.append((len(current.rows), _heading_row(self.before[-1], index)))
        current.rows.extend(rows)
        current.notes.extend(notes)
        current.flags.extend(flag for flag in flags if flag not in current.flags)
        current.flags.extend(Flag("R54", note[:20]) for note in notes)
        self.before = []
        self.closed = False
        self.last_page = table.page

    def _rows(self, table: Table, grid: Grid, part: _Part, header: Header, index: int) -> tuple[list[Row], list[str]]:
        rows: list[Row] = []
        notes: list[str] = []
        for r in range(part.body, part.stop):
            same = part.header is not None
            row = read_row(table, grid[r], r, header, index, same_grid=same, geometry=self.kind != "text")
            if row is None:
                continue
            if row.kind == "note":
                notes.append(join_layout(row.text("note")))
                continue
            row.opens_table = not rows
            rows.append(row)
        return rows, notes

    def _starts_plan(self, rows: list[Row], current: PlanRows) -> bool:
        """A new plan begins where a title of its own stands over the table, or where its numbers start again."""
        title = plan_title(current.before)[0]
        before = [item for item in self.before if not repeats_title(item.text, title)]
        if not before:
            return False
        numbers = [parse_number(row.text("seq")) for row in rows if row.kind == "measure" and row.own("seq")]
        previous = [parse_number(row.text("seq")) for row in current.rows if row.own("seq")]
        restarts = bool(numbers and previous) and numbers[0] == 1 and (previous[-1] or 0) >= 1
        titles = [join_layout(item.text) for item in before if is_title(item.text)]
        if titles:
            strong = any(_PLAN_WORD.search(text) and len(text) >= _SHORTEST_TITLE for text in titles)
            attached = any(opens_attachment(item.text) for item in before)
            return restarts or (not _continue_group(rows) and strong and (attached or not (numbers and previous)))
        return restarts and not self._next_section(current)

    def _next_section(self, current: PlanRows) -> bool:
        """Whether only a section heading of the same kind as over the table before stands over this one."""
        heading = self.before[-1].text
        if not heads_section(heading) or not current.headings:
            return False
        return section_level(heading) == section_level(current.headings[-1][1].text("section"))


def _parts(table: Table, grid: Grid) -> Iterator[_Part]:
    """The table cut at its headers: printed again after a page, of another plan below, of a foreign table."""
    starts: list[_Part] = []
    row = 0
    while row < table.rows:
        header = find_header(table, row, grid)
        if header is not None or _is_foreign_header(grid, row):
            starts.append(_Part(row, table.rows, header, header is None))
            row += header.rows if header is not None else 1
        else:
            if _opens_other(grid, row):
                starts.append(_Part(row, table.rows, None, True))
            row += 1
    if not starts:
        yield _Part(0, table.rows)
        return
    done = 0
    parts: list[_Part] = []
    for part, following in zip(starts, [*starts[1:], None], strict=True):
        if (
            part.foreign
            and following
            and all(_is_line_above(grid, row, opening=False) for row in _between(part, following))
        ):
            continue  # only the titles of the next part
        top = part.start
        while top > done and _is_line_above(grid, top - 1, opening=done == 0):
            top -= 1
        part.titles = [
            Paragraph(text, page=table.page, line=table.row_number(row))
            for row in range(top, part.start) for text in _own_texts(grid, row)
        ]  # fmt: skip
        if parts:
            parts[-1].stop = top
        elif top > 0:
            parts.append(_Part(0, top))
        parts.append(part)
        done = part.start + 1
    yield from parts


def _between(part: _Part, following: _Part) -> range:
    return range(part.start, following.start)


def _is_foreign_header(grid: Grid, row: int) -> bool:
    """Whether a row heads a table of something else: 序号 | 企业名称 | 所在区 | 产能, 职务 | 姓名 | 单位."""
    texts = _own_texts(grid, row)
    if len(texts) < _FEWEST_FOREIGN or any(
        len(text) > _LONGEST_WORD or parse_number(text) is not None for text in texts
    ):
        return False
    if sum(map(is_list_word, texts)) > 1:
        return True
    return len(texts) > _FEWEST_FOREIGN and header_field(texts[0]) == "seq"


def _opens_other(grid: Grid, row: int) -> bool:
    """Whether a lone line inside a table opens an attachment (附件2 联络员名单) that is no part of the plan."""
    texts = _own_texts(grid, row)
    return row > 0 and len(texts) == 1 and opens_attachment(texts[0])


def _is_line_above(grid: Grid, row: int, *, opening: bool) -> bool:
    """Whether a row over a header is a line of its own: any lone cell above the first header, a title above others."""
    texts = _own_texts(grid, row)
    if len(texts) > 1:
        return False
    if not texts:
        return True
    cell = next(cell for cell in grid[row] if cell is not None and cell.row == row and cell.text.strip())
    if is_note([cell], row):
        return False
    return opening or is_title(texts[0]) or opens_attachment(texts[0])


def _own_texts(grid: Grid, row: int) -> list[str]:
    """What begins in a grid row, each cell once."""
    cells = {id(cell): cell for cell in grid[row] if cell is not None and cell.row == row}
    return [join_layout(cell.text) for cell in cells.values() if cell.text.strip()]


def _as_wide(table: Table, header: Header) -> bool:
    """Whether a table without a header has as many columns as the one above, or columns under the same edges."""
    if table.cols == len(header.fields):
        return True
    if not any(header.edges):
        return False
    wide = [cell for cell in table.cells if cell.box is not None and cell.colspan < table.cols]
    return table.cols >= 3 and bool(wide)


def _continue_group(rows: list[Row]) -> bool:
    """Whether the first row has neither number nor task of its own."""
    return bool(rows) and rows[0].kind == "measure" and not rows[0].own("seq") and not rows[0].own("task")


def _heading_row(line: Paragraph, index: int) -> Row:
    cell = RowCell([line.text], CellRef("section", line.page, line.line, None, line.box), (index, -1, 0))
    return Row("section", {"section": cell}, index, line.page, line.line)


def _unused_columns(header: Header) -> list[Flag]:
    notes = [word for name, word in zip(header.fields, header.words, strict=True) if name in ("note", None) and word]
    persons = [word for name, word in zip(header.fields, header.words, strict=True) if name == "person"]
    flags = [Flag("R48", "、".join(dict.fromkeys(notes)))] if notes else []
    return flags + ([Flag("R37", "、".join(dict.fromkeys(persons)))] if persons else [])

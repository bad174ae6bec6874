"""Cell-per-line dumps of a table: every cell begins with a tab on a line of its own, its further lines have none.

Such a dump (what some converters make of a DOCX) loses what a table knows: blank lines stand between rows but also
inside cells, automatic numbers vanish with their tab, merged cells are lone tabs. :mod:`text_align` decides which cell
stands in which column; here lines become cells and columns become a :class:`~lantian.reading.layout.Table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lantian.reading.columns import ROLE_FIELDS
from lantian.reading.layout import Cell, Paragraph, Table
from lantian.reading.model import Flag
from lantian.reading.sources.limits import quote
from lantian.reading.sources.text.align import DumpCell, Joint, Placed, place
from lantian.reading.sources.text.header import MOST_COLUMNS, Columns, clean, header_row, is_word, word_field
from lantian.reading.text import compare_form

_LOST_TAB = re.compile(r"[ \u00a0](?=[^\s])")  # one space is what is left of a number and its tab; more are indentation
_LABEL = 40  # longest label (characters) that is looked for a second time in its cell
_LABEL_LINES = 8
_HEADER_LINES = 60
_CARRIED = {"seq", "section", "task", "goal", "measure", "deadline", *ROLE_FIELDS}


def may_begin(lines: Sequence[str], start: int) -> bool:
    """Whether line ``start`` (0-based) is a header word in a cell of its own, or one that only lost its tab."""
    line = lines[start]
    if "\t" in line:
        alone = line.startswith("\t") and line.count("\t") == 1
    else:
        alone = start + 1 < len(lines) and lines[start + 1].startswith("\t")
    return alone and word_field(clean(line)) is not None


def header_at(lines: Sequence[str], start: int) -> bool:
    """Whether a cell-per-line table begins in line ``start`` (0-based) with its header row."""
    line = lines[start]
    first = line if line.startswith("\t") else "\t" + line
    cells = split_cells([first, *lines[start + 1 : start + _HEADER_LINES]], start + 1)
    return header_row(list(islice(cells, 2 * MOST_COLUMNS)), 0) is not None


def read_cells(lines: Sequence[str], first_line: int) -> tuple[list[Paragraph | Table], list[Flag]]:
    """Lines that begin with the header of a cell-per-line table → tables and the paragraphs between them.

    ``first_line`` is the 1-based number of the first line. Flags: R20 where a cell had lost its tab.
    """
    if lines and not lines[0].startswith("\t"):
        lines = ["\t" + lines[0], *lines[1:]]
    cells = list(split_cells(lines, first_line))
    blocks: list[Paragraph | Table] = []
    flags: list[Flag] = []
    starts = _headers(cells)
    for (start, header), (end, _) in zip(starts, [*starts[1:], (len(cells), None)], strict=True):
        placed = place(cells[start + len(header.cells) + len(header.below) : end], header.kinds)
        blocks.extend(_blocks(header, placed))
        flags.extend(_moved(placed))
    return blocks, flags


def split_cells(lines: Sequence[str], first_line: int) -> Iterator[DumpCell]:
    """Cut lines into cells. A cell that lost its tab (one leading space) or stands after a blank line without one is
    a cell of its own here, marked by ``joint``; a label repeated below a blank line is taken once."""
    cell: DumpCell | None = None
    gap = repeating = False
    for number, raw in enumerate(lines, first_line):
        head, *rest = raw.split("\t")
        if not rest and not head.strip():
            gap = True
            continue
        if text := clean(head):
            joint = _joint(head, cell, gap)
            repeating = cell is not None and (joint is not None or repeating) and _repeated(cell, text)
            if cell is None or (joint is not None and not repeating):
                if cell is not None:
                    yield cell
                cell = DumpCell(number, joint or "loose", gap or joint is None)
            if not repeating:
                cell.lines.append((number, text))
        for order, part in enumerate(rest):
            if cell is not None:
                yield cell
            lost_number = order == 0 and head != "" and not head.strip()
            cell = DumpCell(number, "soft" if lost_number else "tab", gap and order == 0)
            repeating = False
            if text := clean(part):
                cell.lines.append((number, text))
        gap = False
    if cell is not None:
        yield cell


def _joint(head: str, cell: DumpCell | None, gap: bool) -> Joint | None:
    """How a line without a tab stands to the cell above it; None: it carries on that cell."""
    if _LOST_TAB.match(head) and cell is not None:
        return "soft"
    return "loose" if gap else None


def _repeated(cell: DumpCell, text: str) -> bool:
    if len(text) > _LABEL:
        return False
    return any(compare_form(text) == compare_form(known) for _, known in cell.lines[:_LABEL_LINES])


def _headers(cells: Sequence[DumpCell]) -> list[tuple[int, Columns]]:
    """All header rows with the index of their first cell; a table printed again has its header again."""
    found: list[tuple[int, Columns]] = []
    at = 0
    while at < len(cells):
        words = [cell.text for cell in cells[at : at + 2] if is_word(cell)]
        header = header_row(cells, at) if len(words) == 2 and words[0] != words[1] else None
        if header is None:
            at += 1
            continue
        found.append((at, header))
        at += len(header.cells) + len(header.below)
    return found


def _moved(placed: Sequence[Placed]) -> Iterator[Flag]:
    for row in placed:
        for at, cell in enumerate(row.cells):
            joined = at > 0 and row.columns and row.columns[at] == row.columns[at - 1]
            if cell.joint == "soft" and not row.outside and not joined:
                yield Flag("R20", quote(cell.text))


def _blocks(header: Columns, placed: Sequence[Placed]) -> Iterator[Paragraph | Table]:
    """One table per run of rows; what stands outside comes between as paragraphs."""
    rows: list[Placed] = []
    first = True
    for row in placed:
        if not row.outside:
            rows.append(row)
            continue
        if rows or first:
            yield _table(header if first else None, header, rows)
            rows, first = [], False
        yield from (Paragraph(text, line=number) for cell in row.cells for number, text in cell.lines)
    if rows or first:
        yield _table(header if first else None, header, rows)


def _table(shown: Columns | None, header: Columns, placed: Sequence[Placed]) -> Table:
    width = len(header.fields)
    cells: list[Cell] = []
    numbers: list[int] = []
    if shown is not None:
        for words in (shown.cells, shown.below):
            if words:
                cells.extend(_header_cells(words, len(numbers), width))
                numbers.append(words[0].line)
    grown = False
    for row in placed:
        at = len(numbers)
        if not row.columns:
            cells.append(Cell(at, 0, [text for cell in row.cells for _, text in cell.lines], colspan=width))
            numbers.append(row.cells[0].line)
            grown = False
            continue
        printed = _by_column(row)
        cells.extend(_row_cells(at, printed, header, grown))
        numbers.append(_row_line(row, printed.get(header.measure)))
        grown = True
    return Table(len(numbers), width, cells, row_numbers=numbers)


def _header_cells(words: list[DumpCell], row: int, width: int) -> Iterator[Cell]:
    start = 0 if row == 0 or not all(cell.lines for cell in words) else width - len(words)
    for at, cell in enumerate(words, start):
        last = at == start + len(words) - 1
        yield Cell(row, at, [text for _, text in cell.lines], colspan=width - at if last else 1)


def _by_column(row: Placed) -> dict[int, list[DumpCell]]:
    printed: dict[int, list[DumpCell]] = {}
    for column, cell in zip(row.columns, row.cells, strict=True):
        printed.setdefault(column, []).append(cell)
    return printed


def _row_cells(row: int, printed: dict[int, list[DumpCell]], header: Columns, grown: bool) -> Iterator[Cell]:
    """The cells of one row. Below another row a row without number and task of its own continues the group above:
    its lone tabs are merged cells. In a row that opens a group a lone tab is an empty cell."""
    texts = {column: [text for cell in parts for _, text in cell.lines] for column, parts in printed.items()}
    leading = [at for at, name in enumerate(header.fields[: header.measure]) if name in _CARRIED]
    for at in leading:
        texts[at] = _once(texts.get(at, []))
    continues = grown and bool(leading) and not any(texts.get(at) for at in leading)
    for at, name in enumerate(header.fields):
        paragraphs = texts.get(at, [])
        carried = continues and not paragraphs and (at in leading or (name in _CARRIED and at in printed))
        yield Cell(row, at, paragraphs, inherits=carried)


def _once(paragraphs: list[str]) -> list[str]:
    """A label that is printed several times over in its cell, taken once."""
    for size in range(1, len(paragraphs) // 2 + 1):
        if len(paragraphs) <= _LABEL_LINES and paragraphs[:size] * (len(paragraphs) // size) == paragraphs:
            return paragraphs[:size]
    return paragraphs


def _row_line(row: Placed, measure: list[DumpCell] | None) -> int:
    for cell in measure or row.cells:
        if cell.lines:
            return cell.lines[0][0]
    return (measure or row.cells)[0].line

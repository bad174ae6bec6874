"""Tables in a text, one line a row: tab-separated dumps, pipe tables (markdown), comma-separated values."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence

from lantian.reading.columns import header_field
from lantian.reading.layout import Cell, Table
from lantian.reading.sources.text.align import text_class
from lantian.reading.sources.text.header import header_fields
from lantian.reading.text import join_layout, strip_markup

Row = tuple[int, list[str]]  # 1-based line, raw cells

_PARAGRAPH = re.compile(r"</?p(?:\s[^<>]*)?>", re.I)
_BREAK = re.compile(r"[ \t]{0,9}<br\s{0,9}/?>[ \t]{0,9}", re.I)
_CLOSED = re.compile(r"(?<=[。；！？])\n")
_BOLD = re.compile(r"\s*(?:<(b|strong)>.*</\1>|\*\*[^*]+\*\*)\s*", re.I | re.S)
_STARS = re.compile(r"\*\*([^*]+)\*\*")
_RULE = re.compile(r"^\s*:?-{2,}:?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_QUOTED_LINES = 60  # most lines that one quoted cell is looked for
_FEWEST_TABS = 2


def is_header(words: Sequence[str]) -> bool:
    """Whether the cells of a line are the header of a measure table."""
    return header_fields([word.strip().strip('"') for word in words]) is not None


def is_tab_row(line: str) -> bool:
    """Whether a line can be a row of a tab-separated dump: two tabs or more."""
    return line.count("\t") >= _FEWEST_TABS


def starts_tab_table(lines: Sequence[str], start: int, widths: Collection[int]) -> bool:
    """Whether a run of rows begins here: its header, a row as wide as a table above (``widths``, in columns), or two
    rows of equally many cells (a dump cut in the middle)."""
    line = lines[start]
    if not is_tab_row(line) or not line.strip():
        return False
    tabs = line.count("\t")
    if tabs + 1 in widths or is_header(line.split("\t")):
        return True
    following = lines[start + 1] if start + 1 < len(lines) else ""
    return following.count("\t") == tabs and bool(following.strip())


def read_tab_table(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """One run of rows → its table and the index of the first line after it.

    The run ends at a blank line, before the next header row, and before a line that is neither a row nor a section.
    """
    rows: list[Row] = []
    wide: list[int] = []
    width = 0
    at = start
    while at < len(lines) and lines[at].strip(" \u3000"):
        line = lines[at]
        if not is_tab_row(line):
            if not (width and _is_section(line)):
                break
            wide.append(len(rows))
            rows.append((at + 1, [line]))
            at += 1
            continue
        parts, after = _whole_row(lines, at)
        if is_header(parts):
            if rows:
                break
            width = len(parts)
        elif width > len(parts):
            parts, after = _rejoined(lines, parts, after, width)
        rows.append((at + 1, parts))
        at = after
    return build_table(rows, wide), at


def _is_section(line: str) -> bool:
    """A line without tabs between rows: a section row whose empty cells were cut off."""
    return text_class("".join(cell_paragraphs(line))) == "heading"


def _whole_row(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """The cells of a row. A cell that opens a quotation mark in its first place may hold line breaks (spreadsheets)."""
    parts = lines[at].split("\t")
    if not _open_quote(parts[-1]):
        return [_unquoted(part) for part in parts], at + 1
    for end in range(at + 1, min(at + _QUOTED_LINES, len(lines))):
        if '"' not in lines[end]:
            continue
        head, *rest = lines[end].split("\t")
        if head.rstrip().endswith('"') and not head.rstrip().endswith('""'):
            inner = "\n".join([parts[-1], *lines[at + 1 : end], head])
            whole = [*parts[:-1], inner, *rest]
            if not _open_quote(whole[-1]):
                return [_unquoted(part) for part in whole], end + 1
            parts, at = whole, end
    return parts, at + 1


def _open_quote(cell: str) -> bool:
    text = cell.strip()
    return text.startswith('"') and text.count('"') % 2 == 1


def _unquoted(cell: str) -> str:
    text = cell.strip(" ")
    if "\n" in text and len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return text[1:-1].replace('""', '"')
    return cell


def _rejoined(lines: Sequence[str], parts: list[str], after: int, width: int) -> tuple[list[str], int]:
    """A row broken over lines inside a cell, if the following lines complete it to the header's width exactly."""
    joined, end = list(parts), after
    while len(joined) < width and end < len(lines) and end - after < _QUOTED_LINES:
        line = lines[end]
        head, *rest = line.split("\t")
        if not joined[-1].strip() or text_class(head) in ("blank", "number", "heading"):
            break
        joined = [*joined[:-1], f"{joined[-1]}\n{head}", *rest]
        end += 1
    return (joined, end) if len(joined) == width else (parts, after)


def starts_pipe_table(lines: Sequence[str], start: int) -> bool:
    """A markdown table: a line of cells between pipes and below it a line of rules, or a header of ours."""
    if "|" not in lines[start]:
        return False
    cells = _pipe_cells(lines[start])
    if len(cells) < 2:
        return False
    below = _pipe_cells(lines[start + 1]) if start + 1 < len(lines) else []
    return (bool(below) and all(_RULE.match(cell) for cell in below)) or is_header(cells)


def read_pipe_table(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """Rows between pipes up to the first line that has none; the line of rules below the header is no row."""
    rows: list[Row] = []
    at = start
    while at < len(lines) and "|" in lines[at]:
        cells = _pipe_cells(lines[at])
        if rows and is_header(cells):
            break
        if not all(_RULE.match(cell) for cell in cells):
            rows.append((at + 1, cells))
        at += 1
    return build_table(rows), at


def _pipe_cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [part.replace("\\|", "|") for part in _PIPE.split(text)]


def starts_comma_table(lines: Sequence[str], start: int) -> bool:
    """Comma-separated values are recognised by their header only: prose has commas too."""
    line = lines[start]
    if line.count(",") < _FEWEST_TABS or len(line) > 400 or header_field(line.split(",", 1)[0].strip('" ')) is None:
        return False
    return is_header(next(csv.reader([line]), []))


def read_comma_table(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """Comma-separated rows, quoted cells over several lines, up to a blank line outside a cell."""
    reader = csv.reader(f"{lines[at]}\n" for at in range(start, len(lines)))
    rows: list[Row] = []
    before = 0
    try:
        for parts in reader:
            if not parts or (rows and is_header(parts)):
                break
            rows.append((start + before + 1, [part.strip("\n") for part in parts]))
            before = reader.line_num
    except csv.Error:  # a cell beyond the reader's limit: what follows is no table
        pass
    return build_table(rows), start + max(before, 1)


def build_table(rows: Sequence[Row], wide: Sequence[int] = ()) -> Table:
    """Raw rows → table. Every row gets a cell in every column; rows in ``wide`` are one cell over all of them."""
    cols = max((len(parts) for _, parts in rows), default=0)
    cells: list[Cell] = []
    over = set(wide)
    for index, (_, parts) in enumerate(rows):
        if index in over:
            cells.append(_cell(index, 0, parts[0], cols))
            continue
        padded = [*parts, *[""] * (cols - len(parts))]
        cells.extend(_cell(index, column, raw) for column, raw in enumerate(padded))
    return Table(len(rows), cols, cells, row_numbers=[number for number, _ in rows])


def _cell(row: int, col: int, raw: str, colspan: int = 1) -> Cell:
    bold = bool(raw) and bool(_BOLD.fullmatch(raw))
    return Cell(row, col, list(cell_paragraphs(raw)), colspan=colspan, bold=bold)


def cell_paragraphs(raw: str) -> Iterator[str]:
    """The paragraphs of a raw cell: ``<p>…</p>`` and line breaks after a closed sentence part them, other line breaks
    stay inside; markup is taken out."""
    if not raw.strip():
        return
    for part in _PARAGRAPH.split(raw):
        lines = _BREAK.sub("\n", part)
        for text in _CLOSED.split(lines):
            cleaned = strip_markup(_STARS.sub(r"\1", text)).strip()
            if join_layout(cleaned):
                yield cleaned

"""Text files: table dumps, markdown and comma-separated tables, and running text, told apart by what they hold."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Table
from lantian.reading.model import Flag
from lantian.reading.sources.detect import decode
from lantian.reading.sources.limits import limit
from lantian.reading.sources.text import cells as text_cells
from lantian.reading.sources.text import prose as text_prose
from lantian.reading.sources.text import tabs as text_tabs

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_SOFT_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNREADABLE = re.compile(r"[^\s\ufffd]{0,6}\ufffd+[^\s\ufffd]{0,6}")
_SHOWN = 5  # passages with unreadable characters that are quoted


def read(path: Path) -> Document:
    """Read a text file. Raises ReadingError if it is larger than ``text_bytes`` of the limits, or not text."""
    most = limit("text_bytes")
    if path.stat().st_size > most:
        megabytes = most // 10**6
        raise ReadingError(
            f"{path.name}：文本超过 {megabytes} MB，请拆分后再读取。",
            f"{path.name}: text of more than {megabytes} MB; split it.",
        )
    return parse(decode(path.read_bytes(), path.name))


def parse(text: str) -> Document:
    """Text → document: paragraphs and tables in the order of the lines; line numbers count from 1."""
    lines = _lines(text)
    document = Document("text")
    prose: list[text_prose.Line] = []
    widths: set[int] = set()
    looked = False  # for the header of a cell-per-line table, in this run of lines (up to a blank one)
    at = 0
    while at < len(lines):
        begins = False
        if lines[at].strip():
            begins = not looked and text_cells.may_begin(lines, at)
            looked = looked or begins
        else:
            looked = False
        if begins and text_cells.header_at(lines, at):
            after = _cells_end(lines, at)
            found, repairs = text_cells.read_cells(lines[at:after], at + 1)
            document.flags.extend(repairs)
        else:
            table, after = _table_at(lines, at, widths)
            found = [] if table is None else [table]
        if found:
            document.blocks.extend(text_prose.paragraphs(prose))
            document.blocks.extend(found)
            prose = []
        else:
            prose.append((at + 1, lines[at]))
        at = after
    document.blocks.extend(text_prose.paragraphs(prose))
    if "\ufffd" in text:
        document.flags.extend(Flag("R21", match[0]) for match in islice(_UNREADABLE.finditer(text), _SHOWN))
    return document


def _table_at(lines: list[str], at: int, widths: set[int]) -> tuple[Table | None, int]:
    """The table of one line a row that begins here, and the line after it. ``widths`` collects the widths met."""
    if "\t" in lines[at]:
        if text_tabs.starts_tab_table(lines, at, widths):
            table, after = text_tabs.read_tab_table(lines, at)
            widths.add(table.cols)
            return table, after
    elif text_tabs.starts_pipe_table(lines, at):
        return text_tabs.read_pipe_table(lines, at)
    elif text_tabs.starts_comma_table(lines, at):
        return text_tabs.read_comma_table(lines, at)
    return None, at + 1


def _lines(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SOFT_BREAK.sub(" ", text)).split("\n")


def _cells_end(lines: list[str], start: int) -> int:
    """A cell-per-line table reaches to the end of the text or to the header of a table of another form."""
    for at in range(start, len(lines)):
        if text_tabs.is_tab_row(lines[at]) and text_tabs.is_header(lines[at].split("\t")):
            return at
    return len(lines)

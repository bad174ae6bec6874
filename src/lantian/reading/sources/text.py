"""Text files: table dumps, markdown and comma-separated tables, and running text, told apart by what they hold."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.model import Flag
from lantian.reading.sources import text_cells, text_prose, text_tabs
from lantian.reading.sources.detect import decode

MAX_BYTES = 20_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_SOFT_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNREADABLE = re.compile(r"[^\s\ufffd]{0,6}\ufffd+[^\s\ufffd]{0,6}")
_SHOWN = 5  # passages with unreadable characters that are quoted


def read(path: Path) -> Document:
    """Read a text file of at most 20 MB. Raises ReadingError if it is larger or not text."""
    if path.stat().st_size > MAX_BYTES:
        raise ReadingError(
            f"{path.name}：文本超过20 MB，请拆分后再读取。", f"{path.name}: text of more than 20 MB; split it."
        )
    return parse(decode(path.read_bytes(), path.name))


def parse(text: str) -> Document:
    """Text → document: paragraphs and tables in the order of the lines; line numbers count from 1."""
    lines = _lines(text)
    blocks: list[Paragraph | Table] = []
    flags: list[Flag] = []
    prose: list[text_prose.Line] = []
    widths: set[int] = set()
    at = 0
    tried = False  # a header of a cell-per-line table was looked for in this run of lines (up to a blank one)
    while at < len(lines):
        found: Table | None = None
        after = at + 1
        if not lines[at].strip():
            tried = False
        elif "\t" in lines[at] or (lines[at + 1 : at + 2] and lines[at + 1].startswith("\t")):
            begins = not tried and text_cells.may_begin(lines, at)
            tried = tried or begins
            if begins and text_cells.header_at(lines, at):
                after = _cells_end(lines, at)
                blocks.extend(text_prose.paragraphs(prose))
                prose = []
                made, repairs = text_cells.read_cells(lines[at:after], at + 1)
                blocks.extend(made)
                flags.extend(repairs)
                at = after
                continue
            if text_tabs.starts_tab_table(lines, at, widths):
                found, after = text_tabs.read_tab_table(lines, at)
                widths.add(found.cols)
        elif text_tabs.starts_pipe_table(lines, at):
            found, after = text_tabs.read_pipe_table(lines, at)
        elif text_tabs.starts_comma_table(lines, at):
            found, after = text_tabs.read_comma_table(lines, at)
        if found is None:
            prose.append((at + 1, lines[at]))
        else:
            blocks.extend(text_prose.paragraphs(prose))
            prose = []
            blocks.append(found)
        at = after
    blocks.extend(text_prose.paragraphs(prose))
    if "\ufffd" in text:
        flags.extend(Flag("R21", match[0]) for match in islice(_UNREADABLE.finditer(text), _SHOWN))
    return Document("text", blocks, flags=flags)


def _lines(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SOFT_BREAK.sub(" ", text)).split("\n")


def _cells_end(lines: list[str], start: int) -> int:
    """A cell-per-line table reaches to the end of the text or to the header of a table of another form."""
    for at in range(start, len(lines)):
        if text_tabs.is_tab_row(lines[at]) and text_tabs.is_header(lines[at].split("\t")):
            return at
    return len(lines)

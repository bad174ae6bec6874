"""Text with columns: CSV, tab-separated, pasted from a sheet. Lines of one cell are paragraphs."""

from __future__ import annotations

import csv
import re
from itertools import groupby
from pathlib import Path

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.sources.detect import decode
from lantian.reading.sources.limits import limit

_BLANKS = re.compile(r"[ \u3000]{2,}")
_COLUMNS = 100


def read_delimited(path: Path) -> Document:
    """A text file as tables and paragraphs. Raises ReadingError if it is too large or no text."""
    if path.stat().st_size > limit("text_bytes"):
        raise ReadingError(f"{path.name}：文本过大，请拆分后再读取。", f"{path.name}: too much text; split it.")
    return parse_delimited(decode(path.read_bytes(), path.name))


def parse_delimited(text: str) -> Document:
    """Text → document. The delimiter is told line by line: tab, comma, |, or two blanks; rows lie together."""
    document = Document("text")
    lines = text.lstrip("\ufeff").splitlines()
    rows = [(n, _split(line)) for n, line in enumerate(lines, 1) if line.strip()]
    rows = [row for row in rows if row[1]]
    for tabular, group in groupby(rows, key=lambda row: len(row[1]) > 1):
        block = list(group)
        if tabular and len(block) > 1:
            document.blocks.append(_table(block))
        else:
            document.blocks.extend(Paragraph(lines[n - 1].strip(), line=n) for n, _cells in block)
    return document


def _split(line: str) -> list[str]:
    line = line.rstrip("\r\n")
    if "\t" in line:
        cells = line.split("\t")
    elif line.strip().startswith("|"):
        cells = line.strip().strip("|").split("|")
    elif "," in line:
        cells = _commas(line)
    elif "，" in line and "。" not in line and len(line) < 60 and line.count("，") > 1:
        cells = line.split("，")
    else:
        cells = _BLANKS.split(line.strip())
    cells = [cell.strip() for cell in cells[:_COLUMNS]]
    if all(set(cell) <= set("-: ") for cell in cells) and len(cells) > 1 and any("-" in cell for cell in cells):
        return []  # the rule of a markdown table
    filled = [cell for cell in cells if cell]
    return filled if len(filled) <= 1 else cells


def _commas(line: str) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error:
        return [line]


def _table(rows: list[tuple[int, list[str]]]) -> Table:
    width = max(len(cells) for _n, cells in rows)
    cells = [Cell(r, c, [text]) for r, (_n, row) in enumerate(rows) for c, text in enumerate(row)]
    return Table(len(rows), width, cells, row_numbers=[n for n, _row in rows])

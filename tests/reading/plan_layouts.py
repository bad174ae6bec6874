"""Plan tables as other cities print them (invented cities), written as DOCX, HTML, XLSX and text dumps.

``layouts/tables.txt`` holds one layout a ``===``: lines above the tables, table rows with ``|`` (``^`` is covered from
above, ``<`` from the left, ``¶`` parts paragraphs), and under ``---`` what a careful official reads, one measure a
line: section | number | task | measure | deadline | lead | responsible | support.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl

from lantian.reading.layout import Document
from lantian.reading.model import Measure

from .writers import Block, p, tbl, tc, tr, write_docx

LAYOUTS = Path(__file__).parent / "layouts" / "tables.txt"


@dataclass(frozen=True)
class Grid:
    """One table: its size and its printed cells."""

    rows: int
    cols: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Layout:
    """A document as paragraphs and grids, and what it must be read as."""

    name: str
    parts: tuple[str | Grid, ...]
    measures: tuple[str, ...]
    titles: tuple[str, ...]
    skip: tuple[str, ...]


def load() -> list[Layout]:
    """All layouts of the data file."""
    return [_layout(text) for text in LAYOUTS.read_text(encoding="utf-8").split("=== ")[1:]]


def _layout(text: str) -> Layout:
    head, _, read = text.partition("\n--- read as\n")
    name, *lines = head.split("\n")
    skip: tuple[str, ...] = ()
    if lines and lines[0].startswith("skip: "):
        skip = tuple(lines.pop(0).removeprefix("skip: ").split())
    wanted = [line for line in read.split("\n") if line]
    titles = tuple(line.removeprefix("title: ") for line in wanted if line.startswith("title: "))
    measures = tuple(line for line in wanted if not line.startswith("title: "))
    return Layout(name, tuple(parts("\n".join(lines))), measures, titles, skip)


def parts(text: str) -> list[str | Grid]:
    """Lines as paragraphs, runs of lines with ``|`` as grids."""
    found: list[str | Grid] = []
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if "|" in line:
            rows.append([cell.strip() for cell in line.split("|")])
            continue
        if rows:
            found.append(grid(rows))
            rows = []
        if line.strip():
            found.append(line.strip())
    return found


def grid(rows: list[list[str]]) -> Grid:
    """Rows of cell texts with ``^`` and ``<`` as a grid of merged cells."""
    cols = max(map(len, rows))
    rows = [[*row, *[""] * (cols - len(row))] for row in rows]
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for r in range(len(rows)):
        for c in range(cols):
            top, left = r, c
            while rows[top][left] == "^":
                top -= 1
            while rows[top][left] == "<":
                left -= 1
            down, across = spans.get((top, left), (1, 1))
            spans[top, left] = (max(down, r - top + 1), max(across, c - left + 1))
    blocks = [
        Block(r, c, down, across, tuple(rows[r][c].split("¶")) if rows[r][c] else ())
        for (r, c), (down, across) in sorted(spans.items())
    ]
    return Grid(len(rows), cols, tuple(blocks))


def as_docx(path: Path, layout: Layout) -> Path:
    """Paragraphs and tables with gridSpan and vMerge."""
    return write_docx(path, "".join(p(part) if isinstance(part, str) else _docx_table(part) for part in layout.parts))


def _docx_table(table: Grid) -> str:
    places = {(row, block.col): block for block in table.blocks for row in range(block.row, block.row + block.rowspan)}
    lines = []
    for row in range(table.rows):
        cells = []
        for col in range(table.cols):
            block = places.get((row, col))
            if block is None:
                continue
            first = block.row == row
            span = f'<w:gridSpan w:val="{block.colspan}"/>' if block.colspan > 1 else ""
            merge = "" if block.rowspan == 1 else '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
            content = "".join(map(p, block.paragraphs)) if first else ""
            cells.append(tc(content or "<w:p/>", span + merge))
        lines.append(tr(*cells))
    return tbl(*lines, widths=[1000] * table.cols)


def as_html(path: Path, layout: Layout) -> Path:
    """A page with rowspan and colspan."""
    body = []
    for part in layout.parts:
        if isinstance(part, str):
            body.append(f"<p>{html.escape(part)}</p>")
            continue
        lines = [
            "".join(
                f'<td rowspan="{block.rowspan}" colspan="{block.colspan}">'
                + "".join(f"<p>{html.escape(text)}</p>" for text in block.paragraphs) + "</td>"
                for block in part.blocks if block.row == row
            )
            for row in range(part.rows)
        ]  # fmt: skip
        body.append("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body>{"".join(body)}</body>', encoding="utf-8")
    return path


def as_xlsx(path: Path, layout: Layout) -> Path:
    """One sheet, lines merged over its width, numbers as numbers."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    width = max(part.cols for part in layout.parts if isinstance(part, Grid))
    top = 1
    for part in layout.parts:
        if isinstance(part, str):
            sheet.cell(top, 1, part)
            sheet.merge_cells(start_row=top, end_row=top, start_column=1, end_column=width)
            top += 1
            continue
        for block in part.blocks:
            text = "\n".join(block.paragraphs)
            row, col = top + block.row, 1 + block.col
            sheet.cell(row, col, int(text) if text.isascii() and text.isdigit() else text or None)
            if block.rowspan > 1 or block.colspan > 1:
                sheet.merge_cells(
                    start_row=row, end_row=row + block.rowspan - 1, start_column=col, end_column=col + block.colspan - 1
                )
        top += part.rows
    book.save(path)
    return path


def as_text(path: Path, layout: Layout) -> Path:
    """A dump: one line a row, tabs between cells, merged places blank."""
    lines: list[str] = []
    for part in layout.parts:
        if isinstance(part, str):
            lines.append(part)
            continue
        texts = {(block.row, block.col): "<p>".join(block.paragraphs) for block in part.blocks}
        lines += ["\t".join(texts.get((row, col), "") for col in range(part.cols)) for row in range(part.rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


FORMS: dict[str, Callable[[Path, Layout], Path]] = {
    "docx": as_docx, "html": as_html, "xlsx": as_xlsx, "text": as_text,
}  # fmt: skip


def document(folder: Path, layout: Layout, form: str) -> Document:
    """The layout written in one form and read back by that form's reader."""
    path = FORMS[form](folder / f"plan.{form}", layout)
    result: Document = import_module(f"lantian.reading.sources.{form}").read(path)
    return result


def line(measure: Measure) -> str:
    """A measure as the data file writes it."""
    units = ["、".join(measure.units(role)) for role in ("lead", "responsible", "support")]
    cells = [measure.section, str(measure.seq or ""), measure.task, measure.measure, measure.deadline.text, *units]
    return "|".join(cells)

"""What runs in the guarded worker: functions of a path, found by name, importing neither Django nor the database."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from lantian.reading import open_document, plans_of
from lantian.reading.columns import find_header
from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.model import Plan
from lantian.reading.text import join_layout

WIDTH = 1400  # of a page picture, in pixels
_HEADER_WITHIN = 6  # rows of a table in which its header is looked for

Print = list[dict[str, Any]]


def read_with_print(path: Path) -> tuple[list[Plan], Print]:
    """The plans of a document and its print."""
    document = open_document(path)
    plans = plans_of(document, file=path.name, sha256=sha256(path.read_bytes()).hexdigest())
    return plans, print_of(document)


def print_of(document: Document) -> Print:
    """Blocks in print order: ``{"line", "page", "text"}`` and ``{"page", "rows": [{"row", "cells": […]}]}``."""
    blocks: Print = []
    persons: set[int] = set()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            blocks.append({"line": block.line, "page": block.page, "text": block.label + join_layout(block.text)})
            continue
        rows: list[dict[str, Any]] = [{"row": block.row_number(index), "cells": []} for index in range(block.rows)]
        persons = _person_columns(block, persons)
        for cell in block.cells:
            if cell.row < block.rows and cell.col not in persons:
                text = "\n".join(join_layout(part) for part in cell.paragraphs)
                rows[cell.row]["cells"].append(
                    {"col": cell.col, "span": cell.colspan, "height": cell.rowspan, "text": text}
                )
        blocks.append({"page": block.page, "columns": block.cols, "rows": rows})
    return blocks


def _person_columns(table: Table, before: set[int]) -> set[int]:
    """Columns of names and telephones, which are not stored; a table without a header goes on with those above."""
    grid = table.grid()
    for start in range(min(table.rows, _HEADER_WITHIN)):
        header = find_header(table, start, grid)
        if header is not None:
            return {col for col, name in enumerate(header.fields) if name == "person"}
    return before


def render_page(path: Path) -> bytes:
    """One page of a PDF as PNG; the path is a link named by the page's number, as a worker takes only a path."""
    from lantian.reading.sources.pdf import render_page as render

    return render(path.resolve(), int(path.name), WIDTH)


def render_image(path: Path) -> bytes:
    """A scanned picture as PNG of the common width, whatever format it came in."""
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ReadingError(f"{path.name}：图片无法打开。", f"{path.name}: the picture cannot be opened.")
    height = max(1, round(picture.shape[0] * WIDTH / picture.shape[1]))
    scaled = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".png", scaled)[1].tobytes())

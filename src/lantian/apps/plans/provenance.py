"""Where a measure was printed: pages with its cells marked, or the passage of the text with its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lantian.apps.plans import prints
from lantian.apps.plans.models import Measure
from lantian.apps.plans.worker import Print
from lantian.reading.text import compare_form

AROUND = 2  # rows or lines shown before and after
_LINES = 12  # at most so many lines of one measure are marked


@dataclass(frozen=True, slots=True)
class MarkedBox:
    """A rectangle in fractions of the page, with the field that was read from it."""

    field: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """One page picture and what to mark on it."""

    page: int
    boxes: list[MarkedBox]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """One printed row or line; ``hit`` where the measure was read from it."""

    number: int
    cells: list[dict[str, Any]]
    hit: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """Pages, or a passage, or neither where the print was not kept."""

    pages: list[MarkedPage] = field(default_factory=list)
    passage: list[PassageRow] = field(default_factory=list)


def provenance(measure: Measure, next_row: int | None, around: int = AROUND) -> Provenance:
    """What the measure page shows on its right; ``next_row`` is the line of the following measure, if any.

    ``around`` is how many rows or lines of a passage are shown before and after.
    """
    stored = measure.plan.file
    if prints.has_pages(stored):
        pages = marked_pages(measure)
        if pages:
            return Provenance(pages=pages)
    return Provenance(passage=passage(measure, prints.load(stored), next_row, around))


def marked_pages(measure: Measure) -> list[MarkedPage]:
    """The pages that hold cells of the measure, first page first; the page alone where no cell has a box."""
    boxes: dict[int, list[MarkedBox]] = {}
    if measure.page:
        boxes[measure.page] = []
    for cell in measure.cells:
        if cell["box"] and cell["page"]:
            x0, y0, x1, y1 = cell["box"]
            marked = MarkedBox(cell["field"], x0, y0, round(x1 - x0, 4), round(y1 - y0, 4))
            boxes.setdefault(cell["page"], []).append(marked)
    return [MarkedPage(page, boxes[page]) for page in sorted(boxes)]


def passage(measure: Measure, blocks: Print, next_row: int | None, around: int = AROUND) -> list[PassageRow]:
    """The rows of the table, or the lines of the text, in which the measure was printed, with some before and after."""
    start = compare_form((measure.paragraphs or [measure.text])[0])[:16]
    rows = {measure.row, *(cell["row"] for cell in measure.cells if cell["field"] == "measure")}
    best: list[PassageRow] = []
    for block in blocks:
        if "rows" not in block:
            continue
        hits = [index for index, row in enumerate(block["rows"]) if row["row"] in rows]
        printed = compare_form("".join(cell["text"] for i in hits for cell in block["rows"][i]["cells"]))
        if hits and (start in printed or not best):
            best = _table_window(block, hits, around)
        if hits and start in printed:
            return best
    lines = [block for block in blocks if "text" in block]
    end = min(next_row or measure.row + 1, measure.row + _LINES)
    hits = [index for index, line in enumerate(lines) if measure.row <= line["line"] < max(end, measure.row + 1)]
    if not hits:
        return best
    shown = range(max(0, hits[0] - around), min(len(lines), hits[-1] + around + 1))
    return [PassageRow(lines[i]["line"], [_line(measure, lines[i]["text"], i in hits)], i in hits) for i in shown]


def _line(measure: Measure, text: str, hit: bool) -> dict[str, Any]:
    """A printed line; where several measures share it, the stretch of this one is told apart."""
    place = text.find(measure.text) if hit else -1
    if place < 0:
        return {"text": text}
    end = place + len(measure.text)
    return {"text": text, "before": text[:place], "own": measure.text, "after": text[end:]}


def _table_window(block: dict[str, Any], hits: list[int], around: int) -> list[PassageRow]:
    """The hit rows of a printed table with their neighbours; merged cells keep their columns, cut to the window."""
    rows, columns = block["rows"], block["columns"]
    first, last = max(0, hits[0] - around), min(len(rows), hits[-1] + around + 1)
    taken: set[tuple[int, int]] = set()
    shown: dict[int, dict[int, dict[str, Any]]] = {index: {} for index in range(first, last)}
    for top, row in enumerate(rows[:last]):
        for cell in row["cells"]:
            start, end = max(top, first), min(top + cell["height"], last)
            if start >= end:
                continue
            shown[start][cell["col"]] = {**cell, "height": end - start}
            taken |= {(r, c) for r in range(start, end) for c in range(cell["col"], cell["col"] + cell["span"])}
    for index in range(first, last):
        for column in range(columns):
            if (index, column) not in taken:
                shown[index][column] = {"text": "", "gap": True}
    return [
        PassageRow(rows[i]["row"], [cell for _column, cell in sorted(shown[i].items())], i in hits)
        for i in range(first, last)
    ]

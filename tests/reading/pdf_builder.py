"""Small PDFs of our own for the tests: tables drawn in every way that generators draw them.

Latin text only (no CJK font is assumed); everything in points from the top left of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from fpdf import FPDF

SIZE = 10.0
Border = tuple[float, float, float, float]  # x0, y0, x1, y1 of one side


@dataclass(frozen=True)
class Spec:
    """A printed cell: place, span, lines of text."""

    row: int
    col: int
    lines: tuple[str, ...]
    rowspan: int = 1
    colspan: int = 1


#: A plan in small: header, section row, a task over two rows, lead and responsible merged once.
PLAN = (
    Spec(0, 0, ("No",)), Spec(0, 1, ("Task",)), Spec(0, 2, ("Measure",)), Spec(0, 3, ("Due",)),
    Spec(0, 4, ("Lead",)), Spec(0, 5, ("Resp.",)), Spec(0, 6, ("Support",)),
    Spec(1, 0, ("I. Aims",), colspan=7),
    Spec(2, 0, ("1",), rowspan=2), Spec(2, 1, ("Cleaner", "roads"), rowspan=2),
    Spec(2, 2, ("Wash forty streets", "a night in June.")), Spec(2, 3, ("June",)),
    Spec(2, 4, ("Road office",)), Spec(2, 5, ("Wards",)), Spec(2, 6, ("Police",)),
    Spec(3, 2, ("Count the dust.",)), Spec(3, 3, ("Yearly",)),
    Spec(3, 4, ("Air office",), colspan=2), Spec(3, 6, ("None",)),
)  # fmt: skip
XS = (60.0, 90.0, 160.0, 300.0, 350.0, 430.0, 500.0, 560.0)
YS = (80.0, 110.0, 130.0, 175.0, 210.0)


def new_page(landscape: bool = False) -> FPDF:
    """A document with one empty A4 page, unit points."""
    pdf = FPDF(orientation="L" if landscape else "P", unit="pt", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_compression(False)
    pdf.set_font("Helvetica", size=SIZE)
    pdf.add_page()
    return pdf


def sides(specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> list[Border]:
    """The four sides of every cell."""
    found: list[Border] = []
    for spec in specs:
        x0, x1 = xs[spec.col], xs[spec.col + spec.colspan]
        y0, y1 = ys[spec.row], ys[spec.row + spec.rowspan]
        found += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    return found


def strokes(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """One stroke a cell side."""
    for side in sides(specs, xs, ys):
        pdf.line(*side)


def boxes(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """One stroked rectangle a cell."""
    for spec in specs:
        x0, y0 = xs[spec.col], ys[spec.row]
        pdf.rect(x0, y0, xs[spec.col + spec.colspan] - x0, ys[spec.row + spec.rowspan] - y0)


def slivers(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Filled rectangles half a point thick, as word processors print borders."""
    pdf.set_fill_color(0)
    for x0, y0, x1, y1 in sides(specs, xs, ys):
        pdf.rect(x0, y0, max(x1 - x0, 0.48), max(y1 - y0, 0.48), style="F")


def double(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Two thin lines a side, 2 pt apart."""
    for x0, y0, x1, y1 in sides(specs, xs, ys):
        dx, dy = (1.0, 0.0) if x0 == x1 else (0.0, 1.0)
        pdf.line(x0 - dx, y0 - dy, x1 - dx, y1 - dy)
        pdf.line(x0 + dx, y0 + dy, x1 + dx, y1 + dy)


def dashed(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A dash pattern in the graphics state."""
    pdf.set_dash_pattern(dash=3, gap=2)
    strokes(pdf, specs, xs, ys)
    pdf.set_dash_pattern()


def dotted(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Every dash a line of its own."""
    for x0, y0, x1, y1 in sides(specs, xs, ys):
        length = max(x1 - x0, y1 - y0)
        steps = int(length // 4)
        for step in range(steps + 1):
            start, end = step * 4 / length, min(1.0, (step * 4 + 2.5) / length)
            if start < 1:
                pdf.line(x0 + (x1 - x0) * start, y0 + (y1 - y0) * start, x0 + (x1 - x0) * end, y0 + (y1 - y0) * end)


def shaded(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Cells as filled areas with narrow gaps between, no lines."""
    pdf.set_fill_color(220)
    for spec in specs:
        x0, y0 = xs[spec.col] + 0.5, ys[spec.row] + 0.5
        x1, y1 = xs[spec.col + spec.colspan] - 0.5, ys[spec.row + spec.rowspan] - 0.5
        pdf.rect(x0, y0, x1 - x0, y1 - y0, style="F")


def jittered(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Sides that miss each other by a point and corners that do not quite close."""
    for index, (x0, y0, x1, y1) in enumerate(sides(specs, xs, ys)):
        off = (index % 3 - 1) * 0.8
        if x0 == x1:
            pdf.line(x0 + off, y0 + 1, x1 + off, y1 - 1)
        else:
            pdf.line(x0 + 1, y0 + off, x1 - 1, y1 + off)


def long_lines(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float]) -> None:
    """As few strokes as possible: borders of several cells in one line; outer frame as one rectangle."""
    merged: dict[tuple[bool, float], list[tuple[float, float]]] = {}
    for x0, y0, x1, y1 in sides(specs, xs, ys):
        key = (x0 == x1, x0 if x0 == x1 else y0)
        merged.setdefault(key, []).append((y0, y1) if x0 == x1 else (x0, x1))
    for (upright, at), parts in merged.items():
        start, end = min(parts)
        for low, high in [*sorted(parts), (float("inf"), float("inf"))]:
            if low > end:
                pdf.line(*((at, start, at, end) if upright else (start, at, end, at)))
                start, end = low, high
            end = max(end, high)
    pdf.rect(xs[0], ys[0], xs[-1] - xs[0], ys[-1] - ys[0])


STYLES: dict[str, Callable[[FPDF, Sequence[Spec], Sequence[float], Sequence[float]], None]] = {
    style.__name__: style for style in (strokes, boxes, slivers, double, dashed, dotted, shaded, jittered, long_lines)
}


def write(pdf: FPDF, specs: Sequence[Spec], xs: Sequence[float], ys: Sequence[float], pad: float = 4) -> None:
    """The text of every cell at its top left."""
    for spec in specs:
        for number, line in enumerate(spec.lines):
            pdf.text(xs[spec.col] + pad, ys[spec.row] + pad + SIZE * (0.8 + 1.2 * number), line)


def plan(style: str = "strokes", landscape: bool = False) -> FPDF:
    """One page with :data:`PLAN`, borders drawn in ``style``."""
    pdf = new_page(landscape)
    STYLES[style](pdf, PLAN, XS, YS)
    write(pdf, PLAN, XS, YS)
    return pdf


def save(pdf: FPDF, folder: Path, name: str = "sample.pdf") -> Path:
    """Write the document into ``folder``."""
    path = folder / name
    path.write_bytes(bytes(pdf.output()))
    return path


def rotated(path: Path, degrees: int) -> Path:
    """The same file with /Rotate set on every page."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.set_rotation(degrees)
    target = path.with_name(f"rotated-{degrees}.pdf")
    document.save(target)
    document.close()
    return target

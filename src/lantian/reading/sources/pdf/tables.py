"""Tables of one PDF page: grids filled with the characters whose middle lies in a cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantian.reading.layout import Cell, Table
from lantian.reading.sources.pdf.cells import Grid, Span, grids
from lantian.reading.sources.pdf.characters import Frame, Glyph
from lantian.reading.sources.pdf.lines import Line, is_bold, lines_of
from lantian.reading.sources.pdf.paragraphs import Setting, paragraphs_of, setting_of
from lantian.reading.sources.pdf.rulings import Area, Drawing, Ruling, join_pieces

_PAGE_BORDER = 0.6  # share of the page from which an empty frame is an ornament around the page
_NOWHERE = (1.0, 1.0, 0.0, 0.0)
_HANGING = frozenset("，。、；：！？,.;:!?）)”’》】")


@dataclass(slots=True)
class PageTables:
    """Tables with their top edges, lines by frame of one column (专栏), characters outside, what was repaired."""

    tables: list[tuple[float, Table]] = field(default_factory=list)
    boxed: list[list[Line]] = field(default_factory=list)
    outside: list[Glyph] = field(default_factory=list)
    bounds: list[tuple[float, float, float, float]] = field(default_factory=list)
    columns: list[float] | None = None
    repaired: bool = False
    nested: bool = False


def ruled_tables(
    glyphs: list[Glyph], drawing: Drawing, frame: Frame, page: int, heavy: list[bool], before: list[float] | None
) -> PageTables:
    """The ruled tables of page ``page``; ``before`` as in :func:`pdf_cells.grids`."""
    found = grids(drawing.level, drawing.upright, before)
    if not any(len(grid.spans) >= 4 for grid in found) and len(drawing.shaded) >= 4:
        found = _shaded_grids(drawing.shaded, before) or found
    result = PageTables()
    kept = _outermost(found, frame, result)
    filled, result.outside = _fill(kept, glyphs)
    for grid in sorted(kept, key=lambda grid: grid.ys[0]):
        lines = {key: lines_of(some) for key, some in filled[id(grid)].items()}
        if not lines:
            continue
        if len(grid.xs) == 2:
            if len(grid.ys) == 2 and _is_small(grid, lines):
                result.outside.extend(glyph for some in filled[id(grid)].values() for glyph in some)
                continue
            result.boxed.extend(lines[key] for key in sorted(lines))
        else:
            result.tables.append((grid.ys[0], _table(grid, lines, frame, page, heavy)))
            result.columns = grid.xs
        result.bounds.append(grid.bounds)
        result.repaired |= grid.repaired
    return result


def _outermost(found: list[Grid], frame: Frame, result: PageTables) -> list[Grid]:
    """Without page borders and without tables inside a cell of another table."""
    page_area = frame.width * frame.height
    kept = [grid for grid in found if not (len(grid.spans) == 1 and _area(grid) > _PAGE_BORDER * page_area)]
    outer: list[Grid] = []
    for grid in kept:
        if any(other is not grid and len(other.spans) > 1 and _inside(grid, other) for other in kept):
            result.nested |= len(grid.spans) > 1
        else:
            outer.append(grid)
    return sorted(outer, key=_area)


def _area(grid: Grid) -> float:
    x0, y0, x1, y1 = grid.bounds
    return (x1 - x0) * (y1 - y0)


def _inside(inner: Grid, outer: Grid) -> bool:
    a, b = inner.bounds, outer.bounds
    return (
        _area(inner) < _area(outer) and a[0] >= b[0] - 2 and a[1] >= b[1] - 2 and a[2] <= b[2] + 2 and a[3] <= b[3] + 2
    )


def _fill(kept: list[Grid], glyphs: list[Glyph]) -> tuple[dict[int, dict[tuple[int, int], list[Glyph]]], list[Glyph]]:
    """Characters by grid and cell, and those outside all grids."""
    filled: dict[int, dict[tuple[int, int], list[Glyph]]] = {id(grid): {} for grid in kept}
    outside: list[Glyph] = []
    last: Glyph | None = None
    place: list[Glyph] = outside
    left, top, right, bottom = _NOWHERE
    for glyph in glyphs:
        # A stop that hangs over the border belongs to the word it closes.
        hangs = (
            glyph.char in _HANGING
            and last is not None
            and abs(glyph.y - last.y) < 0.1 * glyph.size
            and abs(glyph.x0 - last.x1) < 0.1 * glyph.size
        )
        if not hangs and not (left <= glyph.cx < right and top <= glyph.cy < bottom):
            place, (left, top, right, bottom) = outside, _NOWHERE
            for grid in kept:
                span = grid.at(glyph.cx, glyph.cy)
                if span is not None:
                    place = filled[id(grid)].setdefault((span.row, span.col), [])
                    left, top, right, bottom = grid.rectangle(span)
                    break
        place.append(glyph)
        last = glyph
    return filled, outside


def _is_small(grid: Grid, lines: dict[tuple[int, int], list[Line]]) -> bool:
    """A frame around a word (a stamp, a tick box), not around text of its own."""
    only = next(iter(lines.values()))
    return len(only) == 1 and grid.xs[-1] - grid.xs[0] < 20 * only[0].size


def _settings(spans: list[Span], lines: dict[tuple[int, int], list[Line]]) -> dict[tuple[int, int], Setting]:
    columns: dict[tuple[int, int], list[list[Line]]] = {}
    for span in spans:
        if some := lines.get((span.row, span.col)):
            columns.setdefault((span.col, span.colspan), []).append(some)
    return {key: setting_of(groups) for key, groups in columns.items()}


def _table(grid: Grid, lines: dict[tuple[int, int], list[Line]], frame: Frame, page: int, heavy: list[bool]) -> Table:
    settings = _settings(grid.spans, lines)
    cells: list[Cell] = []
    for span in grid.spans:
        some = lines.get((span.row, span.col), [])
        cell = Cell(span.row, span.col, [], span.rowspan, span.colspan)
        cell.box = frame.box(page, *grid.rectangle(span))
        if some:
            cell.paragraphs = paragraphs_of(some, settings[span.col, span.colspan])
            cell.bold = is_bold(some, heavy)
        cells.append(cell)
    rows, cols = len(grid.ys) - 1, len(grid.xs) - 1
    return Table(rows, cols, cells, page, list(range(1, rows + 1)), grid.cut_top, grid.cut_bottom)


def _shaded_grids(shaded: list[Area], before: list[float] | None) -> list[Grid]:
    """Tables whose cells are filled rectangles without lines: the edges of the fills are the borders."""
    level: list[Ruling] = []
    upright: list[Ruling] = []
    for area in shaded:
        level += [Ruling(area.y0, area.x0, area.x1), Ruling(area.y1, area.x0, area.x1)]
        upright += [Ruling(area.x0, area.y0, area.y1), Ruling(area.x1, area.y0, area.y1)]
    found = grids(join_pieces(level), join_pieces(upright), before)
    return [grid for grid in found if len(grid.spans) >= 4 and len(grid.xs) > 2]

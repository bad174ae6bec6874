"""Tables without upright rulings: columns by the gaps that run down through the lines, rows by distance or numbers.

What is found here is inferred, never certain (flag R43). Three kinds: level rulings only (every band between two
rulings is a row, or holds several), shaded stripes, and no drawing at all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from lantian.reading.layout import Cell, Table
from lantian.reading.sources.pdf.characters import Frame, Glyph
from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.lines import Line, is_bold, lines_of
from lantian.reading.sources.pdf.paragraphs import paragraphs_of, setting_of
from lantian.reading.sources.pdf.rulings import Drawing, Ruling

_COLUMNS = 3  # two columns may as well be prose with a margin
_LINES = 3
_NUMBER = re.compile(r"^[(（]?([0-9]{1,3}|[一二三四五六七八九十]{1,3})[)）.、．]?$")
_LEAST = 0.3  # of the page width: shorter level rulings underline words
_EXTENT = 6.0  # points by which the ends of rulings of one table may differ


@dataclass(slots=True)
class Found:
    """A table and the lines it used up, with its upper and lower edge."""

    table: Table
    lines: list[Line]
    top: float
    bottom: float


def unruled_tables(lines: Sequence[Line], drawing: Drawing, frame: Frame, page: int, heavy: list[bool]) -> list[Found]:
    """Tables among the lines outside ruled tables; lines must be in reading order."""
    found: list[Found] = []
    left = list(lines)
    for rules in _rule_sets(drawing, frame):
        inside = [line for line in left if rules[0].at < line.y - 0.3 * line.size < rules[-1].at]
        table = _build(inside, [rule.at for rule in rules], frame, page, heavy)
        if table is not None:
            found.append(table)
            used = {id(line) for line in table.lines}
            left = [line for line in left if id(line) not in used]
    for run in _runs(left):
        table = _build(run, [], frame, page, heavy)
        if table is not None:
            found.append(table)
    return found


def _rule_sets(drawing: Drawing, frame: Frame) -> list[list[Ruling]]:
    """Level rulings (or edges of stripes) with the same ends, at least three, none of them part of a grid."""
    least = _LEAST * frame.width
    level = [rule for rule in drawing.level if rule.end - rule.start >= least]
    for area in (area for area in drawing.shaded if area.x1 - area.x0 >= least):
        level += [Ruling(area.y0, area.x0, area.x1), Ruling(area.y1, area.x0, area.x1)]
    sets: list[list[Ruling]] = []
    for rule in sorted(level):
        for some in sets:
            if abs(some[0].start - rule.start) <= _EXTENT and abs(some[0].end - rule.end) <= _EXTENT:
                if rule.at - some[-1].at > LIMITS["snap"]:
                    some.append(rule)
                break
        else:
            sets.append([rule])
    return [some for some in sets if len(some) >= 3]


def _runs(lines: Sequence[Line]) -> list[list[Line]]:
    """Stretches of lines that stand close together and of which most have gaps inside."""
    runs: list[list[Line]] = [[]]
    for line in lines:
        if runs[-1] and line.y - runs[-1][-1].y > 4 * line.size:
            runs.append([])
        runs[-1].append(line)
    trimmed: list[list[Line]] = []
    for run in runs:
        gapped = [index for index, line in enumerate(run) if len(_pieces(line)) >= 2]
        if len(gapped) >= _LINES:
            trimmed.append(run[gapped[0] : _end(run, gapped[-1])])
    return trimmed


def _end(run: list[Line], last: int) -> int:
    """The last row may end in lines of one column only; a line from the left edge across is text again."""
    end, left = last + 1, min(line.x0 for line in run[: last + 1])
    while end < len(run) and run[end].x0 > left + 2 * run[end].size:
        end += 1
    return end


def _pieces(line: Line) -> list[list[Glyph]]:
    """Glyphs of a line, parted at gaps as wide as a gutter."""
    pieces: list[list[Glyph]] = [[line.glyphs[0]]]
    for glyph in line.glyphs[1:]:
        if glyph.x0 - pieces[-1][-1].x1 >= LIMITS["gutter"] * line.size:
            pieces.append([])
        pieces[-1].append(glyph)
    return pieces


def _build(lines: list[Line], rules: list[float], frame: Frame, page: int, heavy: list[bool]) -> Found | None:
    if len(lines) < _LINES:
        return None
    borders = _columns(lines)
    if len(borders) - 1 < _COLUMNS:
        return None
    rows = _rows(lines, borders, rules)
    if len(rows) < 2:
        return None
    edges = _edges(rows, rules)
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        cells.extend(_row_cells(number, row, borders, edges, frame, page, heavy))
    count = len(rows)
    table = Table(count, len(borders) - 1, cells, page, list(range(1, count + 1)))
    return Found(table, lines, edges[0], edges[-1])


def _columns(lines: list[Line]) -> list[float]:
    """Column borders: the middle of every gap that (nearly) all lines leave open, and the outer edges."""
    pieces = [
        (piece[0].x0, max(glyph.x1 for glyph in piece), index)
        for index, line in enumerate(lines)
        for piece in _pieces(line)
    ]
    size = median(line.size for line in lines)
    allowed = int(LIMITS["crossing"] * len(lines))
    events = sorted([(start, 1) for start, _, _ in pieces] + [(end, -1) for _, end, _ in pieces])
    borders = [min(start for start, _, _ in pieces) - 0.5 * size]
    depth, since = 0, None
    for at, change in events:
        before = depth
        depth += change
        if before > allowed >= depth:
            since = at
        elif before <= allowed < depth and since is not None:
            if at - since >= LIMITS["gutter"] * size * 0.8:
                borders.append((since + at) / 2)
            since = None
    borders.append(max(end for _, end, _ in pieces) + 0.5 * size)
    return borders


def _column(glyph: Glyph, borders: list[float]) -> int:
    for index in range(len(borders) - 2):
        if glyph.cx < borders[index + 1]:
            return index
    return len(borders) - 2


def _rows(lines: list[Line], borders: list[float], rules: list[float]) -> list[list[Line]]:
    bands: list[list[Line]] = []
    if rules:
        for low, high in itertools.pairwise(rules):
            if band := [line for line in lines if low < line.y - 0.3 * line.size < high]:
                bands.append(band)
        if len(bands) >= _LINES:
            return bands
    else:
        bands = [lines]
    return [row for band in bands for row in _split(band, borders)]


def _split(band: list[Line], borders: list[float]) -> list[list[Line]]:
    """Rows of a band: at section lines, at wide distances, at numbers in the first column, else line by line."""
    steps = [after.y - line.y for line, after in itertools.pairwise(band)]
    if not steps:
        return [band]
    wide = LIMITS["row_gap"] * min(steps)
    rows: list[list[Line]] = [[band[0]]]
    for step, line in zip(steps, band[1:], strict=True):
        if step > wide or _is_section(line, borders) or _is_section(rows[-1][-1], borders):
            rows.append([])
        rows[-1].append(line)
    return [part for row in rows for part in _split_at_numbers(row, borders)]


def _split_at_numbers(row: list[Line], borders: list[float]) -> list[list[Line]]:
    firsts = ["".join(glyph.char for glyph in line.glyphs if glyph.cx < borders[1]) for line in row]
    numbered = [index for index, text in enumerate(firsts) if _NUMBER.match(text)]
    if len(numbered) > 1:
        if numbered[0] != 0:
            numbered.insert(0, 0)
        return [row[start:end] for start, end in zip(numbered, [*numbered[1:], len(row)], strict=True)]
    if len(row) > 1 and sum(bool(text) for text in firsts) == len(row) and not numbered:
        full = [len({_column(glyph, borders) for glyph in line.glyphs}) for line in row]
        if min(full) >= len(borders) - 2:
            return [[line] for line in row]
    return [row]


def _is_section(line: Line, borders: list[float]) -> bool:
    """A line of one piece that runs from the first column across a border: a section heading in the table."""
    pieces = _pieces(line)
    return len(pieces) == 1 and pieces[0][0].cx < borders[1] < pieces[0][-1].x0


def _edges(rows: list[list[Line]], rules: list[float]) -> list[float]:
    tops = [min(line.top for line in row) for row in rows]
    ends = [max(line.bottom for line in row) for row in rows]
    inner = [(end + top) / 2 for end, top in zip(ends, tops[1:], strict=False)]
    first, last = (min(rules[0], tops[0]), max(rules[-1], ends[-1])) if rules else (tops[0], ends[-1])
    return [first, *inner, last]


def _row_cells(
    number: int, row: list[Line], borders: list[float], edges: list[float], frame: Frame, page: int, heavy: list[bool]
) -> list[Cell]:
    top, bottom = edges[number], edges[number + 1]
    count = len(borders) - 1
    if len(row) == 1 and _is_section(row[0], borders):
        box = frame.box(page, borders[0], top, borders[-1], bottom)
        return [Cell(number, 0, [row[0].text], 1, count, box, bold=is_bold(row, heavy))]
    cells: list[Cell] = []
    for col in range(count):
        glyphs = [glyph for line in row for glyph in line.glyphs if _column(glyph, borders) == col]
        cell = Cell(number, col, box=frame.box(page, borders[col], top, borders[col + 1], bottom))
        if glyphs:
            lines = lines_of(glyphs)
            cell.paragraphs = paragraphs_of(lines, setting_of([lines]))
            cell.bold = is_bold(lines, heavy)
        cells.append(cell)
    return cells

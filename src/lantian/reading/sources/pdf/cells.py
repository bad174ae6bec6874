"""Cells from rulings: which lines belong to one table, its grid, and what is merged because a border is missing."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.rulings import Ruling

_SNAP = LIMITS["snap"]


@dataclass(slots=True)
class Span:
    """A cell: top left place and how many places it covers."""

    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(slots=True)
class Grid:
    """A ruled table: column and row borders in points, cells, what was told about page cuts and repairs.

    ``cut_top`` / ``cut_bottom`` are True where upright lines run on without a closing border.
    """

    xs: list[float]
    ys: list[float]
    spans: list[Span]
    cut_top: bool | None = None
    cut_bottom: bool | None = None
    repaired: bool = False
    places: list[list[Span]] = field(default_factory=list)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def at(self, x: float, y: float) -> Span | None:
        """The cell that covers a point, None outside the table."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return self.places[bisect_right(self.ys, y) - 1][bisect_right(self.xs, x) - 1]

    def rectangle(self, span: Span) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a cell in points."""
        below, behind = span.row + span.rowspan, span.col + span.colspan
        return self.xs[span.col], self.ys[span.row], self.xs[behind], self.ys[below]


def grids(level: list[Ruling], upright: list[Ruling], before: list[float] | None = None) -> list[Grid]:
    """The ruled tables of one page, top to bottom.

    ``before`` are the column borders of the table that ended the page before: a table with the same outer borders and
    no others of its own goes on in that grid, so that columns merged on every row of this page still count.
    """
    found = []
    for levels, uprights in components(level, upright):
        grid = _grid(levels, uprights, before)
        if grid is not None:
            found.append(grid)
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def components(level: list[Ruling], upright: list[Ruling]) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Sets of lines that touch or cross, each with lines of both directions."""
    parent = list(range(len(level) + len(upright)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    places = [line.at for line in upright]
    for index, line in enumerate(level):
        first, last = bisect_left(places, line.start - _SNAP), bisect_right(places, line.end + _SNAP)
        for other in range(first, last):
            if upright[other].start - _SNAP <= line.at <= upright[other].end + _SNAP:
                parent[root(len(level) + other)] = root(index)
    sets: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for index, line in enumerate(level):
        sets.setdefault(root(index), ([], []))[0].append(line)
    for index, line in enumerate(upright):
        sets.setdefault(root(len(level) + index), ([], []))[1].append(line)
    return [pair for pair in sets.values() if pair[0] and pair[1]]


def _grid(level: list[Ruling], upright: list[Ruling], before: list[float] | None) -> Grid | None:
    columns, rows = _tracks(upright), _tracks(level)
    open_left, open_right = _open_ends(level, columns)
    if open_left is not None:
        columns.insert(0, (open_left, []))
    if open_right is not None:
        columns.append((open_right, []))
    cut_top, cut_bottom = _open_ends(upright, rows)
    if cut_top is not None:
        rows.insert(0, (cut_top, []))
    if cut_bottom is not None:
        rows.append((cut_bottom, []))
    if len(columns) < 2 or len(rows) < 2 or len(columns) * len(rows) > LIMITS["max_places"]:
        return None
    if before is not None:
        columns = _continued(columns, before)
    columns, moved = _aligned(columns)
    xs, ys = [at for at, _ in columns], [at for at, _ in rows]
    walls = _Walls(columns, rows)
    spans, repaired = _spans(walls, len(ys) - 1, len(xs) - 1)
    grid = Grid(
        xs, ys, spans, cut_top is not None or None, cut_bottom is not None or None, moved or repaired or walls.broken
    )
    grid.places = _places(spans, len(ys) - 1, len(xs) - 1)
    return grid


Track = tuple[float, list[tuple[float, float]]]


def _tracks(lines: list[Ruling]) -> list[Track]:
    """Lines at (nearly) one place as one border with the stretches it covers."""
    groups: list[list[Ruling]] = []
    total = 0.0
    for line in sorted(lines):
        if groups and line.at - total / len(groups[-1]) <= _SNAP:
            groups[-1].append(line)
            total += line.at
        else:
            groups.append([line])
            total = line.at
    tracks: list[Track] = []
    for group in groups:
        weight = sum(line.end - line.start for line in group)
        at = sum(line.at * (line.end - line.start) for line in group) / weight
        stretches: list[tuple[float, float]] = []
        for line in sorted(group, key=lambda line: line.start):
            if stretches and line.start - stretches[-1][1] <= _SNAP:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], line.end))
            else:
                stretches.append((line.start, line.end))
        tracks.append((at, stretches))
    return tracks


def _open_ends(lines: list[Ruling], borders: list[Track]) -> tuple[float | None, float | None]:
    """Where most lines run on past the outermost border: an open side of the table, or a page cut."""
    if not borders:
        return None, None
    reach, half = LIMITS["open_side"], len(lines) / 2
    first, last = borders[0][0], borders[-1][0]
    starts = [line.start for line in lines if line.start < first - reach]
    ends = [line.end for line in lines if line.end > last + reach]
    return (min(starts) if len(starts) >= half else None), (max(ends) if len(ends) >= half else None)


def _continued(columns: list[Track], before: list[float]) -> list[Track]:
    near = {index: _nearest(at, before) for index, (at, _) in enumerate(columns)}
    if near[0] != 0 or near[len(columns) - 1] != len(before) - 1 or None in near.values():
        return columns
    known = {near[index]: track for index, track in enumerate(columns)}
    return [known.get(index, (at, [])) for index, at in enumerate(before)]


def _aligned(columns: list[Track]) -> tuple[list[Track], bool]:
    """Borders that step aside by less than a character from row to row are one border (repair)."""
    kept: list[Track] = []
    for at, stretches in columns:
        if kept and at - kept[-1][0] <= LIMITS["sliver"] and not _overlap(kept[-1][1], stretches):
            kept[-1] = ((kept[-1][0] + at) / 2, sorted(kept[-1][1] + stretches))
        else:
            kept.append((at, stretches))
    return kept, len(kept) < len(columns)


def _overlap(some: list[tuple[float, float]], others: list[tuple[float, float]]) -> bool:
    """Whether two borders stand side by side along more than a crossing; an unprinted border overlaps everything."""
    if not some or not others:
        return True
    return any(min(end, until) - max(start, since) > _SNAP for start, end in some for since, until in others)


def _nearest(at: float, borders: list[float]) -> int | None:
    index = min(range(len(borders)), key=lambda item: abs(borders[item] - at))
    return index if abs(borders[index] - at) <= _SNAP else None


class _Walls:
    """Which sides of the grid's places are borders."""

    def __init__(self, columns: list[Track], rows: list[Track]) -> None:
        xs, ys = [at for at, _ in columns], [at for at, _ in rows]
        self.broken = False
        # upright[c][r]: border at column line c beside row r; level[r][c]: border at row line r over column c
        self.upright = [[self._wall(stretches, *band) for band in itertools.pairwise(ys)] for _, stretches in columns]
        self.level = [[self._wall(stretches, *band) for band in itertools.pairwise(xs)] for _, stretches in rows]

    def _wall(self, stretches: list[tuple[float, float]], low: float, high: float) -> bool:
        # Ends may stop short of a crossing by the width of a line.
        slack = min(2.0, (high - low) / 6)
        low, high = low + slack, high - slack
        covered = sum(max(0.0, min(high, end) - max(low, start)) for start, end in stretches)
        share = covered / (high - low)
        if share < LIMITS["wall"]:
            return False
        if share < LIMITS["whole_wall"]:
            self.broken = True
        return True


def _spans(walls: _Walls, rows: int, cols: int) -> tuple[list[Span], bool]:
    """Rectangles of places without a border between them; an angled region is cut into rectangles (repair)."""
    owner = [[-1] * cols for _ in range(rows)]
    regions: list[list[tuple[int, int]]] = []
    for row in range(rows):
        for col in range(cols):
            if owner[row][col] < 0:
                regions.append(_flood(walls, owner, row, col, len(regions)))
    spans: list[Span] = []
    repaired = False
    for region in regions:
        top, left = min(row for row, _ in region), min(col for _, col in region)
        bottom, right = max(row for row, _ in region), max(col for _, col in region)
        if len(region) == (bottom - top + 1) * (right - left + 1):
            spans.append(Span(top, left, bottom - top + 1, right - left + 1))
        else:
            repaired = True
            spans.extend(_rectangles(set(region), walls))
    return sorted(spans, key=lambda span: (span.row, span.col)), repaired


def _flood(walls: _Walls, owner: list[list[int]], row: int, col: int, mark: int) -> list[tuple[int, int]]:
    rows, cols = len(owner), len(owner[0])
    owner[row][col] = mark
    region, queue = [(row, col)], [(row, col)]
    while queue:
        r, c = queue.pop()
        steps = (
            (r, c + 1, c + 1 < cols and not walls.upright[c + 1][r]),
            (r, c - 1, c > 0 and not walls.upright[c][r]),
            (r + 1, c, r + 1 < rows and not walls.level[r + 1][c]),
            (r - 1, c, r > 0 and not walls.level[r][c]),
        )
        for to_row, to_col, free in steps:
            if free and owner[to_row][to_col] < 0:
                owner[to_row][to_col] = mark
                region.append((to_row, to_col))
                queue.append((to_row, to_col))
    return region


def _rectangles(region: set[tuple[int, int]], walls: _Walls) -> list[Span]:
    """Cut an angled region where borders that end inside it point to, else row by row from the top left."""
    spans: list[Span] = []
    left = set(region)
    while left:
        row, col = min(left)
        width = 1
        while (row, col + width) in left and not walls.upright[col + width][row]:
            width += 1
        height = 1
        while all((row + height, c) in left and not walls.level[row + height][c] for c in range(col, col + width)):
            height += 1
        spans.append(Span(row, col, height, width))
        left.difference_update((r, c) for r in range(row, row + height) for c in range(col, col + width))
    return spans


def _places(spans: list[Span], rows: int, cols: int) -> list[list[Span]]:
    places = [[spans[0]] * cols for _ in range(rows)]
    for span in spans:
        for row in range(span.row, span.row + span.rowspan):
            places[row][span.col : span.col + span.colspan] = [span] * span.colspan
    return places

"""The ruled grid of a page image: rulings, the places between them, and the cells that missing rulings merge.

Two rails of each direction bound a place; the edge between two places is drawn or not, told by the share of it that
carries thin ink. All lengths are pixels; ``em`` is the height of a character on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantian.reading.sources.scan.limits import SCAN
from lantian.reading.sources.scan.rails import Rail, find_rails, find_regions, find_runs, sample, wipe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Edges = NDArray[np.float32]
    Drawn = NDArray[np.bool_]


@dataclass(slots=True)
class Place:
    """A cell of the grid at its top left, with its spans."""

    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(slots=True)
class Grid:
    """A ruled table: level rails, upright rails, and its cells in reading order."""

    levels: list[Rail]
    uprights: list[Rail]
    places: list[Place]
    level_drawn: Drawn = field(repr=False)  # by level rail and column, by upright rail and row
    upright_drawn: Drawn = field(repr=False)
    repaired: bool = False
    cut_top: bool | None = None
    cut_bottom: bool | None = None

    def corner(self, row: int, col: int) -> tuple[float, float]:
        """Where level rail ``row`` crosses upright rail ``col`` (x, y)."""
        level, upright = self.levels[row], self.uprights[col]
        y = (level.offset + level.slope * upright.offset) / (1 - level.slope * upright.slope)
        return upright.at(y), y

    def crosses(self, row: int, col: int) -> bool:
        """Whether a level and an upright ruling are drawn at a crossing."""
        beside = self.level_drawn[row, max(0, col - 1) : col + 1].any() and self.levels[row].drawn
        upright = self.upright_drawn[col, max(0, row - 1) : row + 1].any() and self.uprights[col].drawn
        return bool(beside and upright)

    def box(self, place: Place) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of a cell in pixels."""
        bottom, right = place.row + place.rowspan, place.col + place.colspan
        corners = [self.corner(r, c) for r in (place.row, bottom) for c in (place.col, right)]
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
        return (ax + cx) / 2, (ay + by) / 2, (bx + dx) / 2, (cy + dy) / 2

    def outline(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the whole table in pixels."""
        return self.box(Place(0, 0, len(self.levels) - 1, len(self.uprights) - 1))


def find_grids(ink: Image, em: float) -> list[Grid]:
    """The ruled tables of a page, from top to bottom. Frames with a single place are no tables."""
    level = find_runs(ink, em, SCAN["level_run"])
    upright = find_runs(ink.T, em, SCAN["upright_run"]).T
    grids = []
    for x0, y0, x1, y1 in find_regions(level, upright, em):
        levels = find_rails(level[y0:y1, x0:x1], ink, em, x0, y0)
        uprights = find_rails(upright[y0:y1, x0:x1].T, ink.T, em, y0, x0)
        grid = _build(ink, em, levels, uprights)
        if grid is not None:
            grids.append(grid)
    return sorted(grids, key=lambda grid: grid.outline()[1])


def erase(grey: Image, ink: Image, grid: Grid) -> None:
    """Wipe the rulings of a grid off the page and its mask in place; strokes that cross a ruling stay whole."""
    for rails, drawn, across, swap in (
        (grid.levels, grid.level_drawn, grid.uprights, False),
        (grid.uprights, grid.upright_drawn, grid.levels, True),
    ):
        page, mask = (grey.T, ink.T) if swap else (grey, ink)
        for i, rail in enumerate(rails):
            for j in range(len(across) - 1):
                if drawn[i, j] and rail.drawn:
                    start = across[j].at(rail.offset) - across[j].half
                    stop = across[j + 1].at(rail.offset) + across[j + 1].half
                    wipe(page, mask, rail, int(start), int(stop) + 1)
    for i, level in enumerate(grid.levels):
        for j, upright in enumerate(grid.uprights):
            x, y = (round(value) for value in grid.corner(i, j))
            dx, dy = int(upright.half) + 3, int(level.half) + 3
            spot = (slice(max(0, y - dy), y + dy + 1), slice(max(0, x - dx), x + dx + 1))
            if ink[spot].any() and grid.crosses(i, j):
                grey[spot], ink[spot] = 255, 0


def _build(ink: Image, em: float, levels: list[Rail], uprights: list[Rail]) -> Grid | None:
    """The grid of one region, or None where the rulings enclose no table."""

    if len(levels) < 1 or len(uprights) < 1:
        return None
    levels, uprights = list(levels), list(uprights)
    open_top, open_bottom = _add_open_sides(ink, em, levels, uprights, swap=True)
    open_left, open_right = _add_open_sides(ink, em, uprights, levels, swap=False)
    if len(levels) < 2 or len(uprights) < 2:
        return None
    level_drawn, level_ink = _edges(ink, em, levels, uprights, swap=False)
    upright_drawn, upright_ink = _edges(ink, em, uprights, levels, swap=True)
    keep_levels = _real(levels, level_drawn, level_ink, em)
    keep_uprights = _real(uprights, upright_drawn, upright_ink, em)
    if len(keep_levels) < len(levels) or len(keep_uprights) < len(uprights):
        return _build(ink, em, [levels[i] for i in keep_levels if levels[i].drawn],
                      [uprights[i] for i in keep_uprights if uprights[i].drawn])  # fmt: skip
    broken = _broken(level_ink, level_drawn) or _broken(upright_ink, upright_drawn)
    for drawn in (level_drawn, upright_drawn):
        drawn[0, :] = drawn[-1, :] = True
    places, bent = _places(level_drawn, upright_drawn)
    if len(places) < 2:
        return None
    repaired = broken or bent or open_left or open_right
    return Grid(levels, uprights, places, level_drawn, upright_drawn, repaired, open_top or None, open_bottom or None)


def _real(rails: list[Rail], drawn: Drawn, shares: Edges, em: float) -> list[int]:
    """Which rails are rulings: some edge is drawn, and no better rail runs within a character's width."""
    inked = (shares * drawn).sum(axis=1)
    kept: list[int] = []
    for i, rail in enumerate(rails):
        if rail.drawn and not drawn[i].any():
            continue
        if kept and rail.drawn and abs(rail.offset - rails[kept[-1]].offset) < SCAN["narrow"] * em:
            if rails[kept[-1]].drawn and inked[i] > inked[kept[-1]]:
                kept[-1] = i
            continue
        kept.append(i)
    return kept


def _broken(shares: Edges, drawn: Drawn) -> bool:
    """Whether a ruling that is solid elsewhere has a hole (a dashed ruling has holes everywhere)."""
    import numpy as np

    for share, there in zip(shares, drawn, strict=True):
        if there.any() and float(np.median(share[there])) > SCAN["solid"] and float(share[there].min()) < SCAN["whole"]:
            return True
    return False


def _add_open_sides(ink: Image, em: float, rails: list[Rail], across: list[Rail], *, swap: bool) -> tuple[bool, bool]:
    """Add a rail at the ends of ``across`` where at least two of them reach past the first or last of ``rails``."""
    import numpy as np

    mask = ink.T if swap else ink
    first, last = rails[0], rails[-1]
    before, after = [], []
    for rail in across:
        start, stop = _reach(mask, rail, first.at(rail.offset), last.at(rail.offset), em)
        before.append(first.at(rail.offset) - start)
        after.append(stop - last.at(rail.offset))
    opened = [False, False]
    for side, overhang in enumerate((before, after)):
        long = [length for length in overhang if length > SCAN["overhang"] * em]
        if len(long) >= max(2, len(across) // 2):
            opened[side] = True
            reach = float(np.median(long))
            if side == 0:
                rails.insert(0, Rail(first.offset - reach, first.slope, drawn=False))
            else:
                rails.append(Rail(last.offset + reach, last.slope, drawn=False))
    return opened[0], opened[1]


def _reach(mask: Image, rail: Rail, start: float, stop: float, em: float) -> tuple[float, float]:
    """How far the ruling runs on before ``start`` and after ``stop`` without a gap of more than half an em."""
    limit = mask.shape[1]
    gap = round(0.5 * em)
    ends = []
    for position, step in ((round(start), -1), (round(stop), 1)):
        seen, at = position, position
        while 0 <= at < limit and abs(at - seen) <= gap:
            y = round(rail.at(at))
            if mask[max(0, y - 2) : y + 3, at].any():
                seen = at
            at += step
        ends.append(float(seen))
    return ends[0], ends[1]


def _edges(ink: Image, em: float, rails: list[Rail], across: list[Rail], *, swap: bool) -> tuple[Drawn, Edges]:
    """Along each rail between neighbouring crossings: is the edge drawn, and what share of it carries ink.

    A row of text under the rail covers it too, but with ink above and below it; a ruling has clean paper on at least
    one side. One stroke of a character may pass for a short edge, so that a short one must be nearly whole. Remains
    of a ruling count where the rest of it is there.
    """
    import numpy as np

    mask = ink.T if swap else ink
    full = np.zeros((len(rails), len(across) - 1), np.float32)
    drawn = np.zeros(full.shape, np.bool_)
    for i, rail in enumerate(rails):
        thin, length = np.zeros(len(across) - 1), np.zeros(len(across) - 1)
        for j in range(len(across) - 1):
            start = round(across[j].at(rail.offset) + across[j].half + 2)
            stop = round(across[j + 1].at(rail.offset) - across[j + 1].half - 1)
            if not rail.drawn or stop - start < 3:
                continue
            on, above, below = sample(mask, rail, start, stop, em)
            full[i, j] = float(on.mean())
            thin[j] = float((on & ~above & ~below).mean())
            length[j] = (stop - start) / em
            clean = full[i, j] >= SCAN["whole"] and min(above.mean(), below.mean()) < SCAN["clean"]
            least = SCAN["drawn"] if length[j] >= SCAN["short_edge"] else SCAN["drawn_short"]
            drawn[i, j] = full[i, j] >= SCAN["solid"] or clean or thin[j] >= least
        if drawn[i].mean() >= SCAN["trusted"]:
            drawn[i] |= (length >= SCAN["long_edge"]) & (thin >= SCAN["drawn_remains"])
    return drawn, full


def _places(level: Drawn, upright: Drawn) -> tuple[list[Place], bool]:
    """Cells from the drawn edges; where missing edges leave a bent shape it is cut into rows (second value true)."""
    rows, cols = level.shape[0] - 1, upright.shape[0] - 1
    owner = {(r, c): (r, c) for r in range(rows) for c in range(cols)}

    def root(key: tuple[int, int]) -> tuple[int, int]:
        while owner[key] != key:
            key = owner[key]
        return key

    for r in range(rows):
        for c in range(cols):
            if c + 1 < cols and not upright[c + 1, r]:
                one, other = sorted((root((r, c)), root((r, c + 1))))
                owner[other] = one
            if r + 1 < rows and not level[r + 1, c]:
                one, other = sorted((root((r, c)), root((r + 1, c))))
                owner[other] = one
    shapes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key in owner:
        shapes.setdefault(root(key), []).append(key)
    places: list[Place] = []
    bent = False
    for shape in shapes.values():
        top, left = min(r for r, _ in shape), min(c for _, c in shape)
        height, width = max(r for r, _ in shape) - top + 1, max(c for _, c in shape) - left + 1
        if height * width == len(shape):
            places.append(Place(top, left, height, width))
            continue
        bent = True
        places.extend(_cut(shape, upright))
    for place in places:
        for r in range(place.row, place.row + place.rowspan):
            level[place.row, place.col : place.col + place.colspan] = True
            upright[place.col, r] = True
    return sorted(places, key=lambda place: (place.row, place.col)), bent


def _cut(shape: list[tuple[int, int]], upright: Drawn) -> list[Place]:
    """A bent shape as rectangles: level stretches of each row, equal stretches of neighbouring rows joined."""
    open_places: list[Place] = []
    done: list[Place] = []
    for row in sorted({r for r, _ in shape}):
        stretches: list[Place] = []
        for col in sorted(c for r, c in shape if r == row):
            last = stretches[-1] if stretches else None
            if last is not None and last.col + last.colspan == col and not upright[col, row]:
                last.colspan += 1
            else:
                stretches.append(Place(row, col))
        carried: list[Place] = []
        for stretch in stretches:
            above = next((p for p in open_places if (p.col, p.colspan) == (stretch.col, stretch.colspan)), None)
            if above is not None:
                above.rowspan += 1
                open_places.remove(above)
                carried.append(above)
            else:
                carried.append(stretch)
        done.extend(open_places)
        open_places = carried
    return done + open_places

"""Text of a page image put where it belongs: pieces of lines into cells, lines into paragraphs.

A *piece* is what the recogniser reads at once: part of one line inside one cell. All lengths are pixels; ``em`` is the
height of a character on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lantian.reading.sources.scan.grid import Grid, Place
from lantian.reading.sources.scan.limits import SCAN
from lantian.reading.sources.scan.ocr import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

DASH = "——"


@dataclass(slots=True)
class Piece:
    """Where a stretch of text stands and in which cell (``None``: outside tables); ``text`` once it is read."""

    spot: Spot
    place: Place | None = None
    text: str = ""
    score: float = 1.0
    known: bool = False  # told by its shape, not to be recognised
    ruling: int | None = None  # where a ruling crosses it before its last mark
    missed: bool = False  # overlooked by the detector; dirt if nothing but marks is read there
    places: tuple[float, ...] = ()  # middle of each character, as a share of the spot's width


@dataclass(slots=True)
class TextLine:
    """A line of text: its pieces from left to right, joined."""

    text: str
    spot: Spot
    score: float


def place_pieces(spots: Iterable[Spot], grid: Grid, ink: Image, em: float) -> list[Piece]:
    """Pieces for the spots that lie in a grid: a spot over several cells is split at the rulings.

    A punctuation mark that a full line pushed over its ruling stays with its line.
    """
    boxes = [(place, grid.box(place)) for place in grid.places]
    pieces: list[Piece] = []
    for spot in spots:
        middle = (spot.y0 + spot.y1) / 2
        row = [(p, b) for p, b in boxes if b[1] <= middle < b[3] and min(b[2], spot.x1) - max(b[0], spot.x0) > 1]
        column = [(p, b) for p, b in boxes if _deep(b, spot, em)]
        if len(column) > 1 and len(row) <= 1:
            pieces.extend(_split(spot, column, ink, em, axis=1))
        elif row:
            pieces.extend(_split(spot, row, ink, em, axis=0))
    return pieces


def _deep(box: tuple[float, float, float, float], spot: Spot, em: float) -> bool:
    """Whether a tall spot reaches into a cell by more than half a character."""
    inside = box[0] <= (spot.x0 + spot.x1) / 2 < box[2]
    return inside and min(box[3], spot.y1) - max(box[1], spot.y0) > 0.75 * em


def _split(
    spot: Spot, cells: list[tuple[Place, tuple[float, float, float, float]]], ink: Image, em: float, *, axis: int
) -> list[Piece]:
    parts: list[tuple[Place, Spot, Spot]] = []
    for place, box in cells:
        part = _clip(spot, box, axis) if len(cells) > 1 else spot
        body = _ink_box(ink, part)
        if body is not None and not _is_remnant(body, box, em):
            parts.append((place, part, body))
    parts = _take_back(parts, em) if axis == 0 and parts else parts
    if len(parts) == 1:
        parts = [(parts[0][0], spot, spot)]
    sides = {id(place): round(box[2]) for place, box in cells}
    return [
        Piece(part, place, ruling=sides[id(place)] if axis == 0 and part.x1 > sides[id(place)] else None)
        for place, part, _ in parts
    ]


def _is_remnant(body: Spot, box: tuple[float, float, float, float], em: float) -> bool:
    """Whether ink is what was left of a ruling at the side of a cell."""
    at_side = body.x0 - box[0] < 0.2 * em or box[2] - body.x1 < 0.2 * em
    return at_side and body.width < 0.25 * em


def _take_back(parts: list[tuple[Place, Spot, Spot]], em: float) -> list[tuple[Place, Spot, Spot]]:
    """Give a lone punctuation mark past a ruling back to the line before it."""
    kept = [parts[0]]
    for place, part, body in parts[1:]:
        before, whole, text = kept[-1]
        if _is_mark(body, em) and body.x0 - text.x1 < SCAN["mark_gap"] * em:
            kept[-1] = (before, replace(whole, x1=part.x1), replace(text, x1=body.x1))
        else:
            kept.append((place, part, body))
    return kept


def _is_mark(body: Spot, em: float) -> bool:
    return body.height <= SCAN["mark"] * em and body.width <= SCAN["mark"] * em


def _clip(spot: Spot, box: tuple[float, float, float, float], axis: int) -> Spot:
    if axis == 0:
        return replace(spot, x0=max(spot.x0, round(box[0])), x1=min(spot.x1, round(box[2])))
    return replace(spot, y0=max(spot.y0, round(box[1])), y1=min(spot.y1, round(box[3])))


def _ink_box(ink: Image, spot: Spot) -> Spot | None:
    """The ink inside a spot, or None."""
    import numpy as np

    part = ink[spot.y0 : spot.y1, spot.x0 : spot.x1]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows) or not len(columns):
        return None
    x0, y0 = spot.x0, spot.y0
    return Spot(x0 + int(columns[0]), y0 + int(rows[0]), x0 + int(columns[-1]) + 1, y0 + int(rows[-1]) + 1)


def find_missed(pieces: list[Piece], grid: Grid, ink: Image, em: float) -> None:
    """Add what the detector overlooked inside a grid: lone digits, dashes, marks at the end of a line.

    Changes ``pieces``: marks stretch the piece they belong to, the rest become pieces of their own.
    """
    import cv2
    import numpy as np

    x0, y0, x1, y1 = (max(0, round(value)) for value in grid.outline())
    left = ink[y0:y1, x0 : x1 + round(em)].copy()
    for piece in pieces:
        spot = piece.spot
        left[max(0, spot.y0 - y0) : max(0, spot.y1 - y0), max(0, spot.x0 - x0) : max(0, spot.x1 - x0)] = 0
    reach = max(3, round(0.45 * em))
    joined = cv2.dilate(left, np.ones((3, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [(place, grid.box(place)) for place in grid.places]
    for x, y, w, h, _ in sorted(stats[1:].tolist(), key=lambda item: item[0]):
        body = _ink_box(ink, Spot(x0 + x, y0 + y, x0 + x + w, y0 + y + h))
        if body is None or max(body.width, body.height) < 0.15 * em:
            continue
        owner = _line_before(pieces, body, em)
        if owner is not None:
            owner.spot = replace(owner.spot, x1=max(owner.spot.x1, body.x1 + 2))
            continue
        place = next((p for p, b in boxes if _inside(body, b, em)), None)
        if place is None:
            continue
        if body.height <= 0.3 * em and body.width >= 1.4 * em:
            pieces.append(Piece(body, place, DASH, known=True))
        elif body.height >= 0.5 * em or body.width >= 0.6 * em:
            margin = round(0.2 * em)
            spot = Spot(body.x0 - margin, body.y0 - margin, body.x1 + margin, body.y1 + margin, 0.0)
            pieces.append(Piece(replace(spot, x0=max(0, spot.x0), y0=max(0, spot.y0)), place, missed=True))


def _inside(body: Spot, box: tuple[float, float, float, float], em: float) -> bool:
    x, y = (body.x0 + body.x1) / 2, (body.y0 + body.y1) / 2
    edge = 0.12 * em
    return (
        box[0] <= x < box[2] and box[1] <= y < box[3]
        and body.x0 > box[0] + edge / 2 and body.x1 < box[2] - edge / 2
        and (body.height < 0.8 * (box[3] - box[1]) and body.y0 > box[1] + edge / 2 and body.y1 < box[3] - edge / 2)
    )  # fmt: skip


def _line_before(pieces: list[Piece], body: Spot, em: float) -> Piece | None:
    """The piece that a punctuation mark ends."""
    if not _is_mark(body, em) or body.height < 0.15 * em:
        return None
    middle = (body.y0 + body.y1) / 2
    near = [
        piece
        for piece in pieces
        if piece.spot.y0 <= middle <= piece.spot.y1
        and -2 <= body.x0 - piece.spot.x1 < SCAN["mark_gap"] * em
        and not piece.known
    ]
    return max(near, key=lambda piece: piece.spot.x1, default=None)


def is_dash(spot: Spot, ink: Image, em: float) -> bool:
    """Whether all the ink of a piece is one long flat stroke: the —— of an empty role cell."""
    body = _ink_box(ink, spot)
    return body is not None and body.height <= 0.3 * em and body.width >= 1.4 * em


def unstack(crop: Image, em: float) -> Image:
    """A column of characters printed one below the other, laid side by side for the recogniser."""
    import numpy as np

    rows = np.flatnonzero((crop < 170).any(axis=1))
    if not len(rows):
        return crop
    gaps = np.flatnonzero(np.diff(rows) > max(2, 0.08 * em))
    starts = [int(rows[0]), *(int(rows[i + 1]) for i in gaps)]
    stops = [*(int(rows[i]) + 1 for i in gaps), int(rows[-1]) + 1]
    glyphs: list[list[int]] = []
    for start, stop in zip(starts, stops, strict=True):
        if glyphs and stop - glyphs[-1][0] <= 1.15 * em:
            glyphs[-1][1] = stop
        else:
            glyphs.append([start, stop])
    side = max(crop.shape[1], max(stop - start for start, stop in glyphs)) + 4
    strip = np.full((side, 0), 255, np.uint8)
    for start, stop in glyphs:
        tile = np.full((side, crop.shape[1] + 2), 255, np.uint8)
        top = (side - (stop - start)) // 2
        tile[top : top + stop - start, 1:-1] = crop[start:stop]
        strip = np.concatenate([strip, tile], axis=1)
    return strip


def lines_of(pieces: Sequence[Piece], em: float) -> list[TextLine]:
    """Pieces as lines from top to bottom; pieces of one line are joined, a wide gap by a space."""
    rows: list[list[Piece]] = []
    for piece in sorted((p for p in pieces if p.text), key=lambda p: p.spot.y0 + p.spot.y1):
        middle = (piece.spot.y0 + piece.spot.y1) / 2
        if rows and abs(middle - _middle(rows[-1])) < SCAN["same_line"] * em:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = []
    for row in rows:
        row.sort(key=lambda p: p.spot.x0)
        text = row[0].text
        for before, after in pairwise(row):
            text += (" " if after.spot.x0 - before.spot.x1 > 0.6 * em else "") + after.text
        if text.strip():
            spot = Spot(
                row[0].spot.x0, min(p.spot.y0 for p in row), max(p.spot.x1 for p in row), max(p.spot.y1 for p in row)
            )
            lines.append(TextLine(text.strip(), spot, min(p.score for p in row)))
    return lines


def _middle(row: list[Piece]) -> float:
    return sum((piece.spot.y0 + piece.spot.y1) / 2 for piece in row) / len(row)


def paragraphs_of(lines: Sequence[TextLine], em: float, width: float | None = None) -> list[list[TextLine]]:
    """Lines as paragraphs. In a cell (``width`` given) only where the print is certain: a first-line indent in text
    set to one left margin; centred lines and short lists stay one paragraph. Outside tables also at every gap, short
    line and centred line.
    """
    if width is None:
        return _loose_paragraphs(lines, em)
    if len(lines) < 3 or width < 8 * em:
        return [list(lines)] if lines else []
    margin = min(line.spot.x0 for line in lines)
    flush = [line.spot.x0 - margin < SCAN["left"] * em for line in lines]
    indented = [SCAN["indent"] * em <= line.spot.x0 - margin <= SCAN["indent_most"] * em for line in lines]
    if sum(flush) < (1 if indented[0] else 2) or not all(
        one or other for one, other in zip(flush, indented, strict=True)
    ):
        return [list(lines)]
    right = max(line.spot.x1 for line in lines)
    groups = [[lines[0]]]
    for i in range(1, len(lines)):
        after_full_stop = lines[i - 1].text.endswith(("。", "；", ";", "：", ":"))
        ended = after_full_stop or right - lines[i - 1].spot.x1 > SCAN["short_line"] * em
        if indented[i] and ended:
            groups.append([lines[i]])
        else:
            groups[-1].append(lines[i])
    return groups


def _loose_paragraphs(lines: Sequence[TextLine], em: float) -> list[list[TextLine]]:
    if not lines:
        return []
    margin = min(line.spot.x0 for line in lines)
    right = max(line.spot.x1 for line in lines)
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        starts_at_margin = line.spot.x0 - margin < SCAN["left"] * em
        full = right - before.spot.x1 < SCAN["short_line"] * em
        close = line.spot.y0 - before.spot.y1 < 1.2 * em
        if starts_at_margin and full and close:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups

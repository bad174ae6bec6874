"""Rulings of a PDF page: strokes, thin filled rectangles and thin pictures as level and upright lines.

Every generator draws borders its own way: one stroke per border, one stroke per cell side, a rectangle per cell,
double or dashed lines, or filled rectangles half a point thick. All end here as :class:`Ruling`.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from lantian.reading.sources.pdf.characters import Frame, Matrix, compose
from lantian.reading.sources.pdf.file import prototype, raw
from lantian.reading.sources.pdf.limits import LIMITS

_WHITE = 250  # channels from this value up are paper
_DEPTH = 6  # forms inside forms


class Ruling(NamedTuple):
    """A line at ``at`` (y of a level, x of an upright line) from ``start`` to ``end``, in points of the frame."""

    at: float
    start: float
    end: float


class Area(NamedTuple):
    """A shaded rectangle in the upright frame."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page besides text: level and upright lines, shaded areas, share covered by pictures, number of
    things drawn."""

    level: list[Ruling]
    upright: list[Ruling]
    shaded: list[Area]
    picture_share: float
    items: int = 0


Point = tuple[float, float]


def page_drawing(page: Any, frame: Frame) -> Drawing:
    """Collect the drawing of a loaded PDFium page in the upright frame; lines are joined and sorted."""
    drawing = Drawing([], [], [], 0.0)
    limit = int(LIMITS["max_objects"])
    for seen, (kind, item, matrix) in enumerate(_objects(page, frame.matrix)):
        if seen >= limit:
            break
        drawing.items += 1
        if kind == raw.FPDF_PAGEOBJ_PATH:
            _add_path(drawing, item, matrix)
        else:
            _add_picture(drawing, item, matrix, frame)
    drawing.level = join_pieces(drawing.level)
    drawing.upright = join_pieces(drawing.upright)
    return drawing


def _objects(page: Any, frame: Matrix) -> Iterator[tuple[int, Any, Matrix]]:
    """Paths and pictures of the page and of the forms in it, with the matrix from form space to the frame."""
    wanted = (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE)
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    get_object = prototype("FPDFPage_GetObject", pointer, pointer, integer)
    get_type = prototype("FPDFPageObj_GetType", integer, pointer)
    handle = ctypes.cast(page, pointer).value
    for index in range(raw.FPDFPage_CountObjects(page)):
        address = get_object(handle, index)
        kind = get_type(address)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            continue
        item = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
        if kind in wanted:
            yield kind, item, frame
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            yield from _form(item, frame, _DEPTH)


def _form(form: Any, outer: Matrix, depth: int) -> Iterator[tuple[int, Any, Matrix]]:
    matrix = compose(_matrix(form), outer)
    for index in range(raw.FPDFFormObj_CountObjects(form)):
        item = raw.FPDFFormObj_GetObject(form, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            yield kind, item, matrix
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth:
            yield from _form(item, matrix, depth - 1)


def _matrix(item: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, matrix):
        return (1, 0, 0, 1, 0, 0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _visible(item: Any, colour: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour(item, red, green, blue, alpha):
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < _WHITE


def _add_path(drawing: Drawing, item: Any, outer: Matrix) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    stroked = bool(stroke.value) and _visible(item, raw.FPDFPageObj_GetStrokeColor)
    filled = bool(fill.value) and _visible(item, raw.FPDFPageObj_GetFillColor)
    if not (stroked or filled):
        return
    for points, straight in _outlines(item, compose(_matrix(item), outer)):
        if stroked:
            for (x0, y0), (x1, y1) in itertools.pairwise(points):
                _add_line(drawing, x0, y0, x1, y1)
        if filled and straight and len(points) > 2:
            xs, ys = [point[0] for point in points], [point[1] for point in points]
            _add_filled(drawing, min(xs), min(ys), max(xs), max(ys))


def _outlines(item: Any, matrix: Matrix) -> Iterator[tuple[list[Point], bool]]:
    """The parts of a path as points in the frame; False where curves belong to them."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[Point] = []
    straight = True
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points, straight
            points, straight = [point], True
            continue
        straight = straight and kind == raw.FPDF_SEGMENT_LINETO
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and points[0] != point:
            points.append(points[0])
    if len(points) > 1:
        yield points, straight


def _add_line(drawing: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    wide, high = abs(x1 - x0), abs(y1 - y0)
    slope = LIMITS["slope"]
    if high <= max(0.6, slope * wide) and wide > high:
        drawing.level.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    elif wide <= max(0.6, slope * high) and high > wide:
        drawing.upright.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _add_filled(drawing: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    wide, high = x1 - x0, y1 - y0
    thin = LIMITS["thin"]
    if high <= thin and wide > high:
        drawing.level.append(Ruling((y0 + y1) / 2, x0, x1))
    elif wide <= thin and high > wide:
        drawing.upright.append(Ruling((x0 + x1) / 2, y0, y1))
    elif wide > thin and high > thin:
        drawing.shaded.append(Area(x0, y0, x1, y1))


def _add_picture(drawing: Drawing, item: Any, outer: Matrix, frame: Frame) -> None:
    a, b, c, d, e, f = compose(_matrix(item), outer)
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    x0, y0 = max(0.0, min(xs)), max(0.0, min(ys))
    x1, y1 = min(frame.width, max(xs)), min(frame.height, max(ys))
    if x1 <= x0 or y1 <= y0:
        return
    thin = LIMITS["thin"]
    if min(x1 - x0, y1 - y0) <= thin:
        _add_filled(drawing, x0, y0, x1, y1)
    else:
        drawing.picture_share += (x1 - x0) * (y1 - y0) / (frame.width * frame.height)


def join_pieces(lines: Iterable[Ruling]) -> list[Ruling]:
    """Join the pieces of one ruling (cell sides, dashes, dots) and drop what is too short to be a border.

    At most ``max_segments`` lines are kept, the longest ones; sorted by place.
    """
    joined: list[Ruling] = []
    group: list[Ruling] = []
    for line in sorted(lines):
        if group and line.at - group[0].at > 1.0:
            joined.extend(_chain(group))
            group = []
        group.append(line)
    joined.extend(_chain(group))
    kept = [line for line in joined if line.end - line.start >= LIMITS["min_ruling"]]
    if len(kept) > LIMITS["max_segments"]:
        kept = sorted(kept, key=lambda line: line.start - line.end)[: int(LIMITS["max_segments"])]
    return sorted(kept)


def _chain(group: list[Ruling]) -> Iterator[Ruling]:
    """Pieces at one place in their order, joined over gaps that a corner or a dash leaves."""
    if not group:
        return
    snap, dash, piece = LIMITS["snap"], LIMITS["dash"], LIMITS["dash_piece"]
    at, start, end, last = 0.0, 0.0, float("-inf"), 0.0
    weight = 0.0
    for line in sorted(group, key=lambda line: line.start):
        length = line.end - line.start
        reach = dash if length <= piece and last <= piece else snap
        if line.start - end > reach:
            if weight:
                yield Ruling(at / weight, start, end)
            at, start, end, weight = 0.0, line.start, line.end, 0.0
        end = max(end, line.end)
        share = max(length, 0.01)
        at, weight, last = at + line.at * share, weight + share, length
    if weight:
        yield Ruling(at / weight, start, end)

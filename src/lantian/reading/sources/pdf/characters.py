"""Characters of a PDF page, turned upright: where each glyph stands, how large, in which face.

Coordinates are points in the *upright* frame: x to the right, y down, text running to the right. A page that is shown
turned (/Rotate) or whose text was drawn turned is brought into that frame; :meth:`Frame.box` leads back to the page as
it is shown.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from math import hypot
from typing import Any, NamedTuple

from lantian.reading.model import Box
from lantian.reading.sources.pdf.file import prototype, raw
from lantian.reading.sources.pdf.limits import HEAVY_FONTS

Matrix = tuple[float, float, float, float, float, float]
_HEAVY_WEIGHT = 600  # OpenType weight class of semi-bold
_STROKED = 2  # text render mode fill + stroke: bold made by outlining
_INVISIBLE = 3
_LEAST_SIZE, _MOST_SIZE = 2.5, 150.0  # points: type outside this is measured by its box
_SPACES = frozenset(
    " \t\r\n\f\v\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"
)
_MIDDLE = 0.35  # of the size: how far the middle of a character stands over its baseline
_ODD = frozenset([*map(chr, range(32)), "\x7f", "\ufffd", "\ufffe", "\uffff"])
_BROKEN_HYPHEN = "\x02"  # PDFium's mark for a hyphen that ended a line


class Glyph(NamedTuple):
    """A printed character: advance from x0 to x1, baseline y, size in points, centre, face, quarter turns."""

    x0: float
    x1: float
    y: float
    size: float
    char: str
    face: int
    cx: float
    cy: float
    turn: int


class _Run(NamedTuple):
    """What the glyphs of one text object share. ``direction``: quarter turns in user space, None = oblique."""

    face: int
    size: float
    direction: int | None
    invisible: bool
    unmapped: bool
    x: float
    y: float


_NO_RUN = _Run(0, 1.0, None, False, False, 0.0, 0.0)
_Found = tuple[str, _Run, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """How the upright frame lies on the page: user space → upright, and its size in points."""

    matrix: Matrix
    width: float
    height: float
    turn: int  # quarter turns, clockwise, that made the text upright
    rotated: int  # /Rotate of the page, quarter turns

    def box(self, page: int, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A rectangle of the upright frame as fractions of the page as it is shown."""
        corners = (self._shown(x0, y0), self._shown(x1, y1))
        xs, ys = sorted(point[0] for point in corners), sorted(point[1] for point in corners)
        return Box(page, *(round(min(1.0, max(0.0, part)), 5) for part in (xs[0], ys[0], xs[1], ys[1])))

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        across, down = x / self.width, y / self.height
        turned = ((across, down), (down, 1 - across), (1 - across, 1 - down), (1 - down, across))
        return turned[self.turn]


@dataclass(slots=True)
class PageText:
    """Glyphs of one page and what is needed to judge its text layer: shares of unreadable and invisible characters."""

    glyphs: list[Glyph]
    frame: Frame
    count: int
    unreadable: int
    invisible: int
    oblique: int


class Faces:
    """Typefaces met in a document; ``heavy[i]`` tells whether face *i* is bold or a heading type (黑体, 小标宋)."""

    def __init__(self) -> None:
        self.heavy: list[bool] = []
        self._known: dict[tuple[str, bool], int] = {}

    def index(self, name: str, bold: bool) -> int:
        key = (name, bold)
        if key not in self._known:
            lowered = name.lower()
            self._known[key] = len(self.heavy)
            self.heavy.append(bold or any(part in lowered for part in HEAVY_FONTS))
        return self._known[key]


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies ``inner``, then ``outer`` (PDF order: a b c d e f)."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def page_text(page: Any, faces: Faces) -> PageText:
    """Read every printed character of a loaded PDFium page. White space is left out: gaps tell it.

    Text that leans (watermarks) is left out. No errors; a page without a text layer gives no glyphs.
    """
    textpage = raw.FPDFText_LoadPage(page)
    try:
        return _read(page, textpage, _Runs(textpage, faces))
    finally:
        raw.FPDFText_ClosePage(textpage)


def _read(page: Any, textpage: Any, runs: _Runs) -> PageText:
    get_object = prototype("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    get_box = prototype("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    handle = ctypes.cast(textpage, ctypes.c_void_p).value
    rect = raw.FS_RECTF()
    rect_at = ctypes.addressof(rect)
    found: list[_Found] = []
    directions = [0, 0, 0, 0]
    unreadable = invisible = oblique = 0
    run, known = _NO_RUN, -1
    for index, char in enumerate(_characters(textpage)):
        if char in _SPACES:
            continue
        address = get_object(handle, index)
        if address != known:
            known, run = address, runs.get(address, index)
        if run.direction is None:
            oblique += 1
            continue
        directions[run.direction] += 1
        invisible += run.invisible
        if char in _ODD or run.unmapped or char >= "\ud800":
            char, broken = _checked(char)
            unreadable += broken or run.unmapped
        get_box(handle, index, rect_at)
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        x, y = run.x, run.y
        # In upright writing (or after a jump inside the run) the origin moves: ask for it again.
        if not (bottom - run.size <= y <= top if run.direction in (0, 2) else left <= x <= right + run.size):
            x, y = runs.origin(index)
        found.append((char, run, left, bottom, right, top, x, y))
    frame = _frame(page, directions)
    return PageText(_place(found, frame), frame, len(found), unreadable, invisible, oblique)


def _characters(textpage: Any) -> list[str]:
    """The characters of a text page by index; in one call where every one is a single UTF-16 unit."""
    count = raw.FPDFText_CountChars(textpage)
    units = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage, 0, count, units) == count + 1 and not any(
        0xD800 <= unit < 0xE000 for unit in units
    ):
        return list(map(chr, units[:count]))
    return [chr(raw.FPDFText_GetUnicode(textpage, index)) for index in range(count)]


def _checked(char: str) -> tuple[str, bool]:
    """The character to keep, and whether it is one that nobody can read."""
    if char == _BROKEN_HYPHEN:
        return "-", False
    if char in _ODD or "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" or "\ud800" <= char <= "\udfff":
        return "\ufffd", True
    return char, False


class _Runs:
    """What the glyphs of each text object share, asked once per object and, for faces, once per font."""

    def __init__(self, textpage: Any, faces: Faces) -> None:
        pointer, integer, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_double
        self._page = ctypes.cast(textpage, pointer).value
        self._typed = textpage
        self._faces = faces
        self._known: dict[int | None, _Run] = {}
        self._known_faces: dict[tuple[int | None, bool], int] = {}
        self._matrix, self._x, self._y = raw.FS_MATRIX(), real(), real()
        self._at = [ctypes.addressof(part) for part in (self._matrix, self._x, self._y)]
        self._get_matrix = prototype("FPDFText_GetMatrix", integer, pointer, integer, pointer)
        self._get_size = prototype("FPDFText_GetFontSize", real, pointer, integer)
        self._get_origin = prototype("FPDFText_GetCharOrigin", integer, pointer, integer, pointer, pointer)
        self._get_error = prototype("FPDFText_HasUnicodeMapError", integer, pointer, integer)
        self._get_mode = prototype("FPDFTextObj_GetTextRenderMode", integer, pointer)
        self._get_font = prototype("FPDFTextObj_GetFont", pointer, pointer)

    def get(self, address: int | None, index: int) -> _Run:
        """The run at ``address`` (a text object), which the character ``index`` belongs to."""
        run = self._known.get(address)
        if run is None:
            run = self._known[address] = self._ask(address, index)
        return run

    def origin(self, index: int) -> tuple[float, float]:
        """Origin of one character in user space."""
        self._get_origin(self._page, index, self._at[1], self._at[2])
        return self._x.value, self._y.value

    def _ask(self, address: int | None, index: int) -> _Run:
        matrix = self._matrix
        self._get_matrix(self._page, index, self._at[0])
        across, up, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        size = abs(self._get_size(self._page, index)) * (hypot(c, d) or 1.0)
        if not _LEAST_SIZE <= size <= _MOST_SIZE:
            size = self._drawn_size(index)
        direction: int | None = None
        if abs(up) <= 0.1 * abs(across):
            direction = 0 if across > 0 else 2
        elif abs(across) <= 0.1 * abs(up):
            direction = 1 if up > 0 else 3
        x, y = self.origin(index)
        if not address:
            return _Run(self._faces.index("", False), size, direction, False, False, x, y)
        mode = self._get_mode(address)
        face = self._face(self._get_font(address), mode == _STROKED)
        return _Run(face, size, direction, mode == _INVISIBLE, self._get_error(self._page, index) == 1, x, y)

    def _drawn_size(self, index: int) -> float:
        """The larger side of a glyph's box, for fonts (Type 3) whose nominal size says nothing."""
        rect = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._typed, index, rect)
        return float(max(abs(rect.top - rect.bottom), abs(rect.right - rect.left), _LEAST_SIZE))

    def _face(self, font: int | None, stroked: bool) -> int:
        key = (font, stroked)
        if key not in self._known_faces:
            name_of = prototype(
                "FPDFFont_GetBaseFontName", ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t
            )
            weight_of = prototype("FPDFFont_GetWeight", ctypes.c_int, ctypes.c_void_p)
            buffer = ctypes.create_string_buffer(128)
            name_of(font, buffer, 128)
            bold = stroked or weight_of(font) >= _HEAVY_WEIGHT
            self._known_faces[key] = self._faces.index(buffer.value.decode("utf-8", "replace"), bold)
        return self._known_faces[key]


def _frame(page: Any, directions: list[int]) -> Frame:
    bounds = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, bounds)
    left, bottom, right, top = bounds.left, bounds.bottom, bounds.right, bounds.top
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    rotated = raw.FPDFPage_GetRotation(page) % 4
    shown: Matrix = (
        (1, 0, 0, -1, -left, top),
        (0, 1, 1, 0, -bottom, -left),
        (-1, 0, 0, 1, right, -bottom),
        (0, -1, -1, 0, top, right),
    )[rotated]
    if rotated % 2:
        width, height = height, width
    # A run that climbs by n quarter turns in user space climbs by n - rotated on the shown page.
    climbs = directions.index(max(directions))
    turn = (climbs - rotated) % 4
    turned: Matrix = (
        (1, 0, 0, 1, 0, 0),
        (0, 1, -1, 0, height, 0),
        (-1, 0, 0, -1, width, height),
        (0, -1, 1, 0, 0, width),
    )[turn]
    if turn % 2:
        width, height = height, width
    return Frame(compose(shown, turned), width, height, turn, rotated)


def _place(found: list[_Found], frame: Frame) -> list[Glyph]:
    a, b, c, d, e, f = frame.matrix
    upright = (frame.turn + frame.rotated) % 4
    width, height = frame.width, frame.height
    glyphs: list[Glyph] = []
    for char, run, left, bottom, right, top, x, y in found:
        x0, x1 = a * left + c * bottom + e, a * right + c * top + e
        if x0 > x1:
            x0, x1 = x1, x0
        base, centre = b * x + d * y + f, (x0 + x1) / 2
        if run.direction == upright:
            glyph = Glyph(x0, x1, base, run.size, char, run.face, centre, base - _MIDDLE * run.size, 0)
        else:
            turn = ((run.direction or 0) - upright) % 4
            middle = (b * (left + right) + d * (bottom + top)) / 2 + f
            glyph = Glyph(x0, x1, base, run.size, char, run.face, centre, middle, turn)
        if -1 < centre < width + 1 and -1 < glyph.cy < height + 1:
            glyphs.append(glyph)
    return glyphs

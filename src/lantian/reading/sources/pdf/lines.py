"""Printed lines from glyphs: by the baseline of the large ones, small ones joined to the letter beside them.

Rule (reading conventions, *Text*): subscripts join their letters (PM2.5, NOx, O3); a raised 2 or 3 after a letter is
printed ² ³ (m³, km²). A gap between glyphs is a space; what of it survives is decided by ``text.join_layout``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from lantian.reading.sources.pdf.characters import Glyph
from lantian.reading.sources.pdf.limits import LIMITS, RADICALS

_RADICALS = str.maketrans(RADICALS)
_FOREIGN = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
_POWERS = {"2": "²", "3": "³"}
_BOLD_SHARE = 0.8
_SAME_LINE = LIMITS["same_line"]
_SMALL = LIMITS["small"]
_SPACE = LIMITS["space"]
_RAISED = LIMITS["raised"]


@dataclass(slots=True)
class Line:
    """One printed line: text, extent, baseline, size of its large glyphs, share of heavy ones, its glyphs by x."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    glyphs: list[Glyph]

    @property
    def top(self) -> float:
        return self.y - 0.9 * self.size

    @property
    def bottom(self) -> float:
        return self.y + 0.25 * self.size

    def heavy_share(self, heavy: list[bool]) -> float:
        """Share of glyphs in bold or heading faces, 0–1."""
        return sum(heavy[glyph.face] for glyph in self.glyphs) / len(self.glyphs)


@dataclass(slots=True)
class _Band:
    y: float
    size: float
    glyphs: list[Glyph]


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The printed lines of some glyphs, top to bottom; text drawn turned comes after the upright text."""
    upright: list[Glyph] = []
    turned: list[Glyph] = []
    for glyph in glyphs:
        (turned if glyph.turn else upright).append(glyph)
    lines = [line_of(band.glyphs, band.y, band.size) for band in _attach_small(_bands(upright))]
    for turn in (1, 2, 3):
        if some := [glyph for glyph in turned if glyph.turn == turn]:
            lines.extend(_turned_lines(some, turn))
    return lines


def _bands(glyphs: list[Glyph]) -> list[_Band]:
    """Glyphs by baseline, top to bottom."""
    bands: list[_Band] = []
    band: _Band | None = None
    for glyph in sorted(glyphs, key=attrgetter("y")):
        size = glyph.size
        if band is not None and glyph.y - band.y <= _SAME_LINE * (size if size > band.size else band.size):
            band.glyphs.append(glyph)
            if size > band.size:
                band.y, band.size = glyph.y, size
        else:
            band = _Band(glyph.y, size, [glyph])
            bands.append(band)
    return bands


def _attach_small(bands: list[_Band]) -> list[_Band]:
    """Give each band of small glyphs to the large line whose letters they stand beside."""
    kept: list[_Band] = []
    taken: set[int] = set()
    for index, small in enumerate(bands):
        for near in (index - 1, index + 1, index - 2, index + 2):
            if not 0 <= near < len(bands) or near in taken:
                continue
            large = bands[near]
            if small.size > _SMALL * large.size:
                continue
            rise = (large.y - small.y) / large.size
            if -LIMITS["reach_down"] <= rise <= LIMITS["reach_up"] and _beside(small.glyphs, large):
                large.glyphs.extend(small.glyphs)
                taken.add(index)
                break
    kept.extend(band for index, band in enumerate(bands) if index not in taken)
    return kept


def _beside(small: list[Glyph], large: _Band) -> bool:
    """Whether every run of small glyphs stands directly behind (or before) a glyph of the large line."""
    reach = LIMITS["beside"] * large.size
    ends = [glyph.x1 for glyph in large.glyphs if glyph.size > _SMALL * large.size]
    ends.extend(glyph.x0 for glyph in large.glyphs if glyph.size > _SMALL * large.size)
    last = float("-inf")
    for glyph in sorted(small, key=lambda glyph: glyph.x0):
        if glyph.x0 - last > reach and not any(-reach <= glyph.x0 - end <= reach for end in ends):
            return False
        last = glyph.x1
    return True


def line_of(glyphs: list[Glyph], y: float, size: float) -> Line:
    """One line from its glyphs, spaces set at gaps, raised powers recognised, overprinted copies dropped."""
    glyphs.sort(key=attrgetter("x0"))
    spacing = _letter_spacing(glyphs)
    kept: list[Glyph] = []
    parts: list[str] = []
    last: Glyph | None = None
    for glyph in glyphs:
        char = glyph.char
        if last is not None:
            if char == last.char and glyph.x0 - last.x0 < 0.15 * glyph.size and abs(glyph.y - last.y) < 0.15 * size:
                continue
            if glyph.x0 - last.x1 > spacing + _SPACE * (glyph.size if glyph.size < last.size else last.size):
                parts.append(" ")
            elif char in _POWERS and _is_power(glyph, last, y, size):
                char = _POWERS[char]
        parts.append(char)
        kept.append(glyph)
        last = glyph
    return Line(letters("".join(parts)), kept[0].x0, max(glyph.x1 for glyph in kept), y, size, kept)


def _letter_spacing(glyphs: list[Glyph]) -> float:
    """The gap that a justified or spaced line puts between all its glyphs, in points: no printed space by itself."""
    if len(glyphs) < 5:
        return 0.0
    gaps = sorted([after.x0 - glyph.x1 for glyph, after in pairwise(glyphs)])
    return max(0.0, gaps[len(gaps) // 4])


def is_bold(lines: list[Line], heavy: list[bool]) -> bool:
    """Whether (nearly) all glyphs of the lines are in bold or heading faces."""
    share = sum(line.heavy_share(heavy) * len(line.glyphs) for line in lines) / sum(len(line.glyphs) for line in lines)
    return share >= _BOLD_SHARE


def letters(text: str) -> str:
    """Radicals and compatibility forms that a font's map gives (⼤, ⺠) as the letters they print (大, 民)."""
    if not _FOREIGN.search(text):
        return text
    return _FOREIGN.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text.translate(_RADICALS))


def _is_power(glyph: Glyph, last: Glyph, y: float, size: float) -> bool:
    letter = last.char.isascii() and last.char.isalpha()
    return letter and glyph.size <= _SMALL * size and y - glyph.y >= _RAISED * size and last.size > glyph.size


def _turned_lines(glyphs: list[Glyph], turn: int) -> list[Line]:
    """Lines of text drawn a quarter or half turn off, read in their own direction."""

    def along(glyph: Glyph) -> float:
        return {1: -glyph.cy, 2: -glyph.cx, 3: glyph.cy}[turn]

    def across(glyph: Glyph) -> float:
        return {1: glyph.cx, 2: -glyph.cy, 3: -glyph.cx}[turn]

    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=across):
        if groups and across(glyph) - across(groups[-1][0]) <= 0.5 * glyph.size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    lines: list[Line] = []
    for group in groups:
        group.sort(key=along)
        text = letters("".join(glyph.char for glyph in group))
        low, high = min(g.cy for g in group), max(g.cy for g in group)
        left, right = min(g.x0 for g in group), max(g.x1 for g in group)
        lines.append(Line(text, left, right, (low + high) / 2, group[0].size, group))
    return lines

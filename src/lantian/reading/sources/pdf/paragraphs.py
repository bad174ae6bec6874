"""Paragraphs from printed lines, inside a cell and on the open page.

A new paragraph is set only where the print shows one: a first-line indent, or a sentence that ends well before the
right edge although the next word would have fitted. Everything else stays a wrap (``\\n``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.lines import Line

_STOPS = tuple("。！？；：!?;:.…")
_CLOSERS = "”’」』）)》〉】］]\"'"
_FLUSH = 0.4  # em: how far line starts may lie apart in a column set flush left
_FLUSH_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Setting:
    """How a column is set: left edge of its lines, right edge, and whether it is flush left."""

    left: float
    right: float
    flush: bool


def setting_of(groups: Sequence[Sequence[Line]]) -> Setting:
    """The setting that the cells of one column share, from their lines."""
    later = [line for lines in groups for line in lines[1:]]
    every = [line for lines in groups for line in lines]
    if not later:
        return Setting(0.0, 0.0, False)
    left = median(line.x0 for line in later)
    flush = sum(abs(line.x0 - left) <= _FLUSH * line.size for line in later) >= _FLUSH_SHARE * len(later)
    return Setting(left, max(line.x1 for line in every), flush)


def paragraphs_of(lines: Sequence[Line], setting: Setting) -> list[str]:
    """Texts of the paragraphs of one cell, wraps kept as ``\\n``; empty for no lines."""
    return ["\n".join(line.text for line in group) for group in grouped(lines, setting)]


def grouped(lines: Sequence[Line], setting: Setting) -> list[list[Line]]:
    """Lines of one cell or text block in groups, one a paragraph."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not (setting.flush and starts_new(groups[-1][-1], line, setting)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def starts_new(before: Line, line: Line, setting: Setting) -> bool:
    """Whether ``line`` begins a paragraph after ``before`` in a column that is set flush left."""
    inset = (line.x0 - setting.left) / line.size
    if LIMITS["indent"] <= inset <= LIMITS["indent_most"]:
        return True
    if abs(inset) > _FLUSH or not before.text.rstrip(_CLOSERS).endswith(_STOPS):
        return False
    room = setting.right - before.x1
    return room >= LIMITS["short_line"] * before.size and room >= _first_word(line) + 0.5 * line.size


def _first_word(line: Line) -> float:
    """Width of what cannot be broken at the start of a line."""
    start = end = line.glyphs[0].x0
    for glyph in line.glyphs:
        if glyph.x0 - end > LIMITS["space"] * glyph.size:
            break
        end = glyph.x1
        if glyph.char > "\u2e7f":
            break
    return end - start

"""Full or half width, a space or none: what the recogniser does not tell apart, measured on the page.

The recogniser writes ``，`` and ``,`` as it likes. In print a full-width mark takes a whole character's room, a
half-width one half of it; the blank on both sides of the ink tells which. Marks beside other marks or at the end of a
line follow the majority of their page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lantian.reading.sources.scan.limits import SCAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lantian.reading.sources.scan.text import Piece

    Image = NDArray[np.uint8]

_FULL = "，：；！？（）"
_HALF = ",:;!?()"
_OTHER = {**dict(zip(_FULL, _HALF, strict=True)), **dict(zip(_HALF, _FULL, strict=True))}
_SLIM = "一1Il"  # so little ink that the blank around them tells nothing
_CLOSING, _OPENING = "》」』】〕”’。、", "《「『【〔“‘"  # marks with blank after, before them


def settle_widths(pieces: Sequence[Piece], ink: Image, em: float) -> None:
    """Give the marks in ``pieces`` the width they were printed with, and Latin words the spaces between them."""
    votes: Counter[tuple[bool, bool]] = Counter()
    measured: list[list[bool | None]] = []
    for piece in pieces:
        widths = [_is_full(piece, i, ink, em) if char in _OTHER else None for i, char in enumerate(piece.text)]
        measured.append(widths)
        votes.update((_bracket(char), wide) for char, wide in zip(piece.text, widths, strict=True) if wide is not None)
    for piece, widths in zip(pieces, measured, strict=True):
        text = ""
        for char, wide in zip(piece.text, _paired(piece.text, widths), strict=True):
            if char in _OTHER:
                wide = _majority(votes, _bracket(char)) if wide is None else wide
                text += char if wide is None or wide == (char in _FULL) else _OTHER[char]
            else:
                text += char
        spaces = _spaces(piece, ink, em)
        piece.text = "".join(f" {char}" if i in spaces else char for i, char in enumerate(text))
        piece.places = ()


def _paired(text: str, widths: list[bool | None]) -> list[bool | None]:
    """Widths with each closing bracket as wide as the one it closes."""
    result = list(widths)
    opened: list[int] = []
    for i, char in enumerate(text):
        if char in "（(":
            opened.append(i)
        elif char in "）)" and opened:
            start = opened.pop()
            known = widths[i] if widths[start] is None else widths[start]
            result[start] = result[i] = known
    return result


def _bracket(char: str) -> bool:
    return char in "（）()"


def _majority(votes: Counter[tuple[bool, bool]], bracket: bool) -> bool | None:
    full, half = votes[bracket, True], votes[bracket, False]
    if not full + half or max(full, half) < SCAN["majority"] * (full + half):
        return None
    return full > half


def _is_full(piece: Piece, i: int, ink: Image, em: float) -> bool | None:
    """Whether a mark takes a whole character's room; None where the line ends or the next mark is as uncertain."""
    text = piece.text
    if not 0 < i < len(text) - 1 or len(piece.places) != len(text):
        return None
    before, after = text[i - 1], text[i + 1]
    if any(char in _OTHER or char in _SLIM for char in (before, after)) or after in _CLOSING:
        return None
    room = SCAN["full_width"] + SCAN["mark_blank"] * ((before in _CLOSING) + (after in _OPENING))
    return _gap(piece, i - 1, ink) + _gap(piece, i, ink) > room * em


def _gap(piece: Piece, i: int, ink: Image) -> int:
    """Widest blank between the middles of characters ``i`` and ``i + 1``, in pixels."""
    import numpy as np

    spot = piece.spot
    start, stop = (spot.x0 + round(piece.places[j] * spot.width) for j in (i, i + 1))
    blank = ~ink[spot.y0 : spot.y1, start : stop + 1].any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], blank.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _spaces(piece: Piece, ink: Image, em: float) -> set[int]:
    """Before which characters a space is printed that the recogniser left out: only between two Latin letters."""
    if len(piece.places) != len(piece.text):
        return set()
    pairs = [i for i in range(len(piece.text) - 1) if _is_latin(piece.text[i]) and _is_latin(piece.text[i + 1])]
    gaps = {i: _gap(piece, i, ink) for i in pairs}
    if len(gaps) < 3:
        return set()
    usual = sorted(gaps.values())[len(gaps) // 2]
    return {i + 1 for i, gap in gaps.items() if gap > SCAN["space"] * em and gap - usual > SCAN["space_wider"] * em}


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()

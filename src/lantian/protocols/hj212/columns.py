"""Hundreds of frames of one layout read at once by NumPy: where every value begins and ends, and all the numbers.

Only what is beyond doubt is read here: every byte that is no value stands where the layout has it, values hold word
characters only, numbers are at most 15 characters of digits, one point and a sign (so that digits divided by a power of
ten are what ``float`` gives), DataTime is a date. Every other row is left to the reading one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lantian.protocols.hj212.framing import Run, Span
from lantian.protocols.hj212.layout import FLAGS, WORD, Layout

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.bool_]

# Frames below which one by one is faster.
FEW = 48
_WORD = 8
_WIDEST = 15
_SPECIAL = bytes(WORD.fullmatch(bytes((value,))) is None for value in range(256))
_TENS = np.array([float(10**power) for power in range(_WIDEST + 1)])
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
# How many digits each has; the order counts.
_DIGITS = {"Flag": 1, "QN": 17, "ST": 2, "CN": 4, "DataTime": 14}
_DIGIT_OF = np.repeat(np.arange(len(_DIGITS)), list(_DIGITS.values()))
_DIGIT_AT = np.concatenate([np.arange(width) for width in _DIGITS.values()])
_IS_FLAG = np.array([bytes((value + 48 & 255,)) in FLAGS for value in range(256)])
_POINT, _MINUS, _PLUS, _ZERO = b".-+0"


@dataclass(frozen=True, slots=True)
class _Template:
    """A layout as positions among a frame's special bytes (all that are no word characters, from ``##`` on)."""

    specials: Bytes
    anchors: Places
    """Which special byte each text of the layout begins with; of the first the ``##`` before it."""
    skips: Places
    """From there to the value behind the text."""
    at: Places
    """The text in words of eight bytes: anchor, offset, mask and content of each."""
    offsets: Places
    masks: Words
    contents: Words


@lru_cache(maxsize=4096)
def _template(layout: Layout) -> _Template:
    specials, anchors, skips, pieces = b"##", [], [], []
    for number, text in enumerate(layout.texts):
        # The length field stands between ## and the first text, and its digits are no special bytes.
        start = 6 if number == 0 else 0
        anchors.append(0 if number == 0 else len(specials))
        skips.append(start + len(text))
        for offset in range(0, len(text), _WORD):
            piece = text[offset : offset + _WORD]
            mask = (b"\xff" * len(piece)).ljust(_WORD, b"\0")
            pieces.append((anchors[-1], start + offset, mask, piece.ljust(_WORD, b"\0")))
        specials += bytes(byte for byte in text if _SPECIAL[byte])
    columns = list(zip(*pieces, strict=True))
    return _Template(
        np.frombuffer(specials, dtype=np.uint8),
        np.array(anchors),
        np.array(skips),
        np.array(columns[0]),
        np.array(columns[1]),
        np.frombuffer(b"".join(columns[2]), dtype=np.uint64),
        np.frombuffer(b"".join(columns[3]), dtype=np.uint64),
    )


@dataclass(slots=True, eq=False)
class Block:
    """Frames of one layout: ``frames`` are their numbers in the run, ``numbers`` a row of floats for each."""

    layout: Layout
    run: Run
    frames: Places
    numbers: npt.NDArray[np.float64]
    _starts: Places
    _ends: Places
    _columns: dict[int, list[bytes]] = field(default_factory=dict)

    def column(self, place: int) -> list[bytes]:
        """A value of the layout as sent, for every row."""
        found = self._columns.get(place)
        if found is None:
            data = self.run.data
            pairs = zip(self._starts[:, place].tolist(), self._ends[:, place].tolist(), strict=True)
            found = self._columns[place] = [data[start:end] for start, end in pairs]
        return found

    def letters(self, places: Sequence[int]) -> Bytes | None:
        """Values that are one character each, as bytes: a row for every frame, a column for every place; None where
        one has another length."""
        starts = self._starts[:, places]
        if not (self._ends[:, places] - starts == 1).all():
            return None
        found: Bytes = np.frombuffer(self.run.data, dtype=np.uint8)[starts]
        return found

    def only(self, right: Rows) -> Block:
        """Some of the rows."""
        return Block(
            self.layout, self.run, self.frames[right], self.numbers[right], self._starts[right], self._ends[right]
        )

    def span(self, row: int) -> Span:
        """The frame of a row."""
        return self.run.span(int(self.frames[row]))


class Scan:
    """A run with its special bytes found: what every layout is tried against."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._low = int(run.starts[0])
        text = run.data[self._low : int(run.ends[-1])]
        self._buffer = np.frombuffer(text + bytes(2 * _WORD), dtype=np.uint8)
        self._special = np.flatnonzero(np.frombuffer(text.translate(_SPECIAL), dtype=np.bool_))
        self._kinds = self._buffer[self._special]
        # Where a frame's special bytes begin and end: behind them stand only those of the line end.
        self._first = np.searchsorted(self._special, run.starts - self._low)
        self.counts = np.searchsorted(self._special, run.ends - self._low) - self._first
        # Eight bytes from every byte on, as one number.
        self._words: Words = np.ndarray(
            (len(self._buffer) - _WORD + 1,), dtype=np.uint64, buffer=self._buffer, strides=(1,)
        )

    def read(self, layout: Layout, frames: Places) -> Block | None:
        """Those of these frames that are of this layout; None where they are few, or none."""
        template = _template(layout)
        frames = frames[self.counts[frames] == len(template.specials)]
        if len(frames) < FEW:
            return None
        among = self._first[frames][:, None] + np.arange(len(template.specials))
        places = self._special[among]
        at = np.minimum(places[:, template.at] + template.offsets, len(self._words) - 1)
        right = (self._kinds[among] == template.specials).all(axis=1)
        right &= ((self._words[at] & template.masks) == template.contents).all(axis=1)
        right &= places[:, template.anchors[-1]] == self.run.ends[frames] - self._low - 6
        frames, places = _kept(right, frames, places)
        if not len(frames):
            return None
        anchors = places[:, template.anchors]
        starts, ends = anchors[:, :-1] + template.skips[:-1], anchors[:, 1:]
        numbers, right = self._numbers(starts[:, layout.numeric], ends[:, layout.numeric])
        right &= self._head(layout, starts, ends)
        frames, numbers, starts, ends = _kept(right, frames, numbers, starts, ends)
        return Block(layout, self.run, frames, numbers, starts + self._low, ends + self._low) if len(frames) else None

    def _head(self, layout: Layout, starts: Places, ends: Places) -> Rows:
        """Whether QN, ST, CN, Flag and DataTime are as the standard wants them."""
        places = [layout.places[key] for key in _DIGITS]
        own = starts[:, places]
        right: Rows = (ends[:, places] - own == list(_DIGITS.values())).all(axis=1)
        cells = self._buffer[own[:, _DIGIT_OF] + _DIGIT_AT] - np.uint8(_ZERO)
        right &= (cells <= 9).all(axis=1)
        right &= _IS_FLAG[cells[:, 0]]
        time = cells[:, -14:].astype(np.int64)
        century, _, month, day, hour, minute, second = (time[:, 0::2] * 10 + time[:, 1::2]).T
        right &= ((century == 19) | (century == 20)) & (month >= 1) & (month <= 12)
        right &= (day >= 1) & (day <= _DAYS[np.minimum(month, 12)])
        right &= (hour <= 23) & (minute <= 59) & (second <= 59)
        return right

    def _numbers(self, starts: Places, ends: Places) -> tuple[npt.NDArray[np.float64], Rows]:
        """The numbers of every row, and whether all were read: others are something else, or longer than is exact."""
        shape = starts.shape
        starts, ends = np.ascontiguousarray(starts).ravel(), np.ascontiguousarray(ends).ravel()
        widths = ends - starts
        first = self._buffer[starts]
        negative = first == _MINUS
        digits = (negative | (first == _PLUS)).astype(np.int64)  # how many places are accounted for
        total = np.zeros(len(ends))
        pointed = np.zeros(len(ends), dtype=np.bool_)
        decimals = np.zeros(len(ends), dtype=np.int64)
        signs = digits.copy()
        for place in range(min(int(widths.max()), _WIDEST)):  # from the right: units, tens, …
            cells = self._buffer[ends - (place + 1)]
            figures = cells - np.uint8(_ZERO)
            inside = widths > place
            is_digit = inside & (figures <= 9)
            is_point = inside & (cells == _POINT) & ~pointed
            total += np.where(is_digit, figures, np.uint8(0)) * _TENS[place]
            digits += is_digit
            decimals += np.where(is_point, place, 0)
            pointed |= is_point
        sound = (widths <= _WIDEST) & (digits > signs) & (digits + pointed == widths)
        # Left of the point every digit stands one place too high.
        left = np.floor(total / _TENS[decimals + 1]) * _TENS[decimals + 1]
        values = np.where(pointed, total - left + left / 10.0, total) / _TENS[decimals]
        return np.where(negative, -values, values).reshape(shape), sound.reshape(shape).all(axis=1)


def _kept(right: Rows, *arrays: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    """The rows that are right, of every array."""
    return arrays if right.all() else tuple(array[right] for array in arrays)

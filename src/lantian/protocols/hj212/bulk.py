"""All the headers of a buffer whose declared length and HJ 212 checksum hold, found in one pass.

A few one by one, hundreds with NumPy; the result is the same. Only of a large buffer it is also said which good frames
stand directly behind each other and need no closer look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lantian.protocols.hj212 import crc

HEADER = re.compile(rb"##([0-9]{4,9}|[0-9]{1,3}(?=[A-Za-z]))")
HEX = {value: b"%04X" % value for value in (*crc.TABLE, crc.EMPTY)}

_FEW = 7  # below this one by one is faster than a batch
_MANY = 8192  # bytes; below this one by one is faster than looking at all of them at once
_DIGITS = np.frombuffer(b"0123456789ABCDEF", dtype=np.uint8)
_UPPER = np.frombuffer(bytes(range(256)).upper(), dtype=np.uint8)
_SHIFTS = np.array([12, 8, 4, 0], dtype=np.uint16)
_PLACES = np.array([1000, 100, 10, 1])
_MARK, _AND, _RETURN, _NEWLINE, _ZERO = b"#&\r\n0"

Places = npt.NDArray[np.int64]


@dataclass(slots=True)
class Proved:
    """The good frames of a buffer, by where their ``##`` stands: where the segment begins, where the checksum ends.

    ``until`` (of a large buffer, else empty): for each of ``starts`` the first after it that does not follow directly,
    all before it being plain (:class:`~lantian.protocols.hj212.framing.Run`); its own number where it is not plain.
    """

    good: dict[int, tuple[int, int]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    until: list[int] = field(default_factory=list)
    at: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    ends: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def prove_all(data: bytes, limit: int) -> Proved:
    """What is good in these bytes; a segment is at most ``limit`` bytes long."""
    found = _at_once(data, limit) if len(data) >= _MANY else None
    return found or _one_by_one(data, limit)


def _one_by_one(data: bytes, limit: int) -> Proved:
    starts, begins, ends, segments = [], [], [], []
    for found in HEADER.finditer(data):
        begin = found.end()
        end = begin + int(found[1])
        if data[end - 2 : end] == b"&&" and begin < end - 1 <= begin + limit:
            starts.append(found.start())
            begins.append(begin)
            ends.append(end + 4)
            segments.append(data[begin:end])
    sums = crc.many(segments).tolist() if len(segments) > _FEW else map(crc.hj212, segments)
    good = {
        start: (begin, end)
        for start, begin, end, value in zip(starts, begins, ends, sums, strict=True)
        if (sent := data[end - 4 : end]) == HEX[value] or sent.upper() == HEX[value]
    }
    return Proved(good, list(good))


def _at_once(data: bytes, limit: int) -> Proved | None:
    """The same for many; None where a header has not four digits, or a segment is too short to be summed so."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    marks = buffer == _MARK
    pairs = np.flatnonzero(marks[:-1] & marks[1:])
    starts = pairs[pairs + 6 < len(data)]
    digits = buffer[starts[:, None] + np.arange(2, 7)] - np.uint8(_ZERO)
    is_digit = digits <= 9
    headers = is_digit[:, 0]
    starts, digits, is_digit = starts[headers], digits[headers], is_digit[headers]
    if not (is_digit[:, :4].all() and not is_digit[:, 4].any()):
        return None
    declared = digits[:, :4] @ _PLACES
    ends = starts + 6 + declared
    fits = (declared >= 2) & (declared <= limit + 1) & (ends + 4 <= len(data))
    starts, ends = starts[fits], ends[fits]
    closed = (buffer[ends - 2] == _AND) & (buffer[ends - 1] == _AND)
    starts, ends = starts[closed], ends[closed]
    if not len(starts) or (ends - starts).min() < 6 + 8:
        return None
    sums = crc.within(buffer, starts + 6, ends)
    sent = _UPPER[buffer[ends[:, None] + np.arange(4)]]
    right = (sent == _DIGITS[sums[:, None] >> _SHIFTS & np.uint16(15)]).all(axis=1)
    starts, ends = starts[right], ends[right] + 4
    good = dict(zip(starts.tolist(), zip((starts + 6).tolist(), ends.tolist(), strict=True), strict=True))
    return Proved(good, list(good), _runs(buffer, pairs, starts, ends), starts, ends)


def _runs(buffer: npt.NDArray[np.uint8], pairs: Places, starts: Places, ends: Places) -> list[int]:
    """``Proved.until``."""
    plain = np.searchsorted(pairs, starts + 2) == np.searchsorted(pairs, ends - 1)
    beyond = np.flatnonzero(buffer >= 128)
    if len(beyond):
        plain &= np.searchsorted(beyond, starts) == np.searchsorted(beyond, ends)
    last = len(buffer) - 1
    plain &= (buffer[np.minimum(ends, last)] == _RETURN) & (buffer[np.minimum(ends + 1, last)] == _NEWLINE)
    alone = ~(plain[:-1] & plain[1:] & (starts[1:] == ends[:-1] + 2))
    stops = np.append(np.flatnonzero(alone) + 1, len(starts))
    numbers = np.arange(len(starts))
    until: list[int] = np.where(plain, stops[np.searchsorted(stops, numbers, side="right")], numbers).tolist()
    return until

"""Records put together from packets: parts joined, repeats known.

Parts of a split packet have QNs of their own, so they are joined on MN, CN, DataTime and PNUM, never on QN. A part is
whole in itself: what has come is of use, and a part that never comes is no reason to drop the rest.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b

from lantian.protocols.hj212.body import Value
from lantian.protocols.hj212.decode import Frame

_Key = tuple[str, str, str, str]


@dataclass
class Record:
    """One record of a device. ``missing``: the numbers of parts that have not come; empty when it is complete."""

    mn: str
    command: str
    data_time: str
    frames: list[Frame] = field(default_factory=list)
    factors: dict[str, dict[str, Value]] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()


class Assembler:
    """Joins parts as they come, those of several devices between each other, in any order; keeps ``limit`` open
    records and lets the oldest go (its parts have long been handed on)."""

    def __init__(self, limit: int = 10_000) -> None:
        self._open: OrderedDict[_Key, Record] = OrderedDict()
        self._limit = limit

    def add(self, frame: Frame) -> Record | None:
        """The record that this frame belongs to, with everything that has come of it; None for an unusable frame."""
        body = frame.body
        if not frame.usable or body is None:
            return None
        head = body.head
        stamp = body.data_time() or ""
        number, count = _integer(head.get("PNO")), _integer(head.get("PNUM"))
        record = Record(frame.mn, head.get("CN", ""), stamp)
        if number is None or count is None or count < 2 or not 1 <= number <= count:
            _merge(record, frame)
            return record
        key = (frame.mn, record.command, stamp, str(count))
        if key in self._open:
            record = self._open[key]
        else:
            record.missing = tuple(range(1, count + 1))
            self._open[key] = record
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
        _merge(record, frame)
        record.missing = tuple(one for one in record.missing if one != number)
        if not record.missing:
            del self._open[key]
        return record

    @property
    def incomplete(self) -> list[Record]:
        """The records that still wait for a part."""
        return list(self._open.values())


class Repeats:
    """Knows a frame that has come before: same device, command, QN and content. Every repeat is answered, none is
    stored twice. Remembers the last ``limit`` frames."""

    def __init__(self, limit: int = 100_000) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._limit = limit

    def seen(self, frame: Frame) -> bool:
        """Whether this frame is a repeat; remembers it."""
        key = blake2b(frame.segment, digest_size=16).digest()
        if key in self._seen:
            self._seen.move_to_end(key)
            return True
        self._seen[key] = None
        if len(self._seen) > self._limit:
            self._seen.popitem(last=False)
        return False


def _merge(record: Record, frame: Frame) -> None:
    body = frame.body
    if body is None:
        return
    record.frames.append(frame)
    record.params.update(body.params)
    for code, values in body.factors.items():
        record.factors.setdefault(code, {}).update(values)


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None

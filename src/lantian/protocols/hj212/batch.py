"""Many frames at once, fast: for replays, and for a gateway under load.

Runs of regular frames are read by :mod:`columns`, hundreds at a time; a single frame of a known layout by one match of
its pattern (:mod:`layout`). Whatever is not quite regular goes the careful way of :mod:`decode`, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from lantian.protocols.hj212.columns import FEW, Block, Places, Scan
from lantian.protocols.hj212.decode import ACCEPT, Frame, ProfileOf, frame_of, wire_codes
from lantian.protocols.hj212.framing import Framer, Run, Span, device_of
from lantian.protocols.hj212.layout import Layout, dividers_of, kind_of, layout_of
from lantian.protocols.hj212.profile import DEFAULT, Profile
from lantian.protocols.hj212.proof import PLAIN

_KEPT = 4096
_CANDIDATES = 8  # layouts that share their dividers
_TRIED = 32  # layouts that a run is tried against, before the rest is read one by one


class _Source(Protocol):
    """What a packet was read from: frames of one layout, and their values as sent."""

    @property
    def layout(self) -> Layout: ...

    def column(self, place: int) -> Sequence[bytes]: ...

    def span(self, row: int) -> Span: ...


class _Single:
    """One frame that was read by itself."""

    __slots__ = ("_parts", "_span", "layout")

    def __init__(self, span: Span, layout: Layout, parts: tuple[bytes, ...]) -> None:
        self._span = span
        self.layout = layout
        self._parts = parts

    def column(self, place: int) -> Sequence[bytes]:
        return (self._parts[place],)

    def span(self, row: int) -> Span:
        del row
        return self._span


class Packet:
    """One frame that was read fast: its numbers are there, everything else is read when it is asked for."""

    __slots__ = ("_row", "_source", "numbers")

    def __init__(self, source: _Source, row: int, numbers: Sequence[float]) -> None:
        self._source = source
        self._row = row
        self.numbers = numbers
        """The values, in the order of ``layout.attributes``."""

    outcome = ACCEPT
    usable = True

    @property
    def layout(self) -> Layout:
        """The kind of the frame; packets of one kind share it."""
        return self._source.layout

    @property
    def span(self) -> Span:
        """The frame as it was cut from the stream."""
        return self._source.span(self._row)

    @property
    def offset(self) -> int:
        """Where the frame begins in the stream."""
        return self.span.offset

    @property
    def codes(self) -> list[str]:
        """The quirks of the frame's outside; a regular segment has none."""
        return wire_codes(self.span)

    @property
    def qn(self) -> str:
        """The request number (QN), 17 digits."""
        return self._text("QN")

    @property
    def mn(self) -> str:
        """The device number."""
        return self._text("MN")

    @property
    def command(self) -> str:
        """The command (CN)."""
        return self._text("CN")

    @property
    def stamp(self) -> str:
        """DataTime as sent."""
        return self._text("DataTime")

    @property
    def flags(self) -> list[str | None]:
        """The data flag beside each number, None where the device sends none."""
        source, row = self._source, self._row
        return [source.column(at)[row].decode("ascii") if at >= 0 else None for at in source.layout.flags]

    @property
    def frame(self) -> Frame:
        """The same frame read in full."""
        return frame_of(self.span, DEFAULT)

    def _text(self, key: str) -> str:
        source = self._source
        return source.column(source.layout.places[key])[self._row].decode("ascii")


class BatchDecoder:
    """As :class:`decode.Decoder`, for streams of many frames: gives a :class:`Packet` for every regular frame and a
    :class:`Frame` for every other."""

    def __init__(self, profiles: ProfileOf | None = None, *, tails: bool = False) -> None:
        self._profiles = profiles
        self._framer = Framer(profiles, tails=tails)
        self._layouts: dict[bytes, list[Layout]] = {}
        self._met: set[int] = set()  # kinds of segments that came at least once
        self._common: list[Layout] = []  # those that runs were read by, the last one first

    @property
    def skipped(self) -> int:
        """Bytes of noise so far."""
        return self._framer.skipped

    def feed(self, chunk: bytes, *, final: bool = False) -> list[Packet | Frame]:
        """What is decided by now."""
        found: list[Packet | Frame] = []
        for one in self._framer.runs(chunk, final=final):
            if isinstance(one, Run):
                found += self._run(one)
            else:
                found.append(self.read(one))
        return found

    def close(self) -> list[Packet | Frame]:
        """What is left when nothing more will come."""
        return self.feed(b"", final=True)

    def read(self, span: Span) -> Packet | Frame:
        """One span that was framed before: of a stream (:meth:`feed`), or kept since by a journal."""
        if span.proof is PLAIN and not span.junk and span.declared == len(span.segment) and span.digits == 4:
            packet = self._packet(span)
            if packet is not None and self._reads_alike(packet.mn):
                return packet
        profile = (self._profiles(device_of(span.segment)) if self._profiles else None) or DEFAULT
        return frame_of(span, profile)

    def _reads_alike(self, mn: str) -> bool:
        """Whether the device's profile gives what reading without one does, for a plain ASCII frame."""
        profile: Profile | None = self._profiles(mn) if self._profiles else None
        return profile is None or (not profile.aliases and profile.period_label == "start")

    def _packet(self, span: Span) -> Packet | None:
        dividers = dividers_of(span.segment)
        for layout in self._layouts.get(dividers, ()):
            read = layout.read(span.segment)
            if read is not None:
                return Packet(_Single(span, layout, read[0]), 0, read[1])
        return self._learn(span, dividers)

    def _learn(self, span: Span, dividers: bytes) -> Packet | None:
        """The packet by a new layout, which is made when a kind of segment comes for the second time: a hostile sender
        may invent kinds for ever."""
        kind = kind_of(span.segment)
        if kind is None:
            return None
        mark = hash(kind.texts)
        if mark not in self._met:
            if len(self._met) >= _KEPT:
                self._met.clear()
            self._met.add(mark)
            return None
        layout = layout_of(kind)
        read = layout.read(span.segment)
        if read is None:
            return None
        if len(self._layouts) >= _KEPT:
            self._layouts.clear()
        known = self._layouts.setdefault(dividers, [])
        known.insert(0, layout)
        del known[_CANDIDATES:]
        return Packet(_Single(span, layout, read[0]), 0, read[1])

    def _run(self, run: Run) -> list[Packet | Frame]:
        """The frames of a run, in order."""
        blocks, singles = self.blocks(run)
        found: list[Packet | Frame | None] = [singles.get(number) for number in range(len(run.starts))]
        for block in blocks:
            for row, (number, numbers) in enumerate(zip(block.frames.tolist(), block.numbers.tolist(), strict=True)):
                found[number] = Packet(block, row, tuple(numbers))
        return [one for one in found if one is not None]

    def blocks(self, run: Run) -> tuple[list[Block], dict[int, Packet | Frame]]:
        """The frames of a run, which a journal may have kept since they were proved: layout by layout while many are
        left, and those that were read one by one, by their number in the run."""
        left = np.arange(len(run.starts))
        blocks: list[Block] = []
        singles: dict[int, Packet | Frame] = {}
        if len(left) >= FEW:
            scan = Scan(run)
            for layout in self._common[:_TRIED]:
                if len(left) < FEW:
                    break
                left = self._take(scan, layout, left, blocks)
            for _ in range(_TRIED):
                if len(left) < FEW:
                    break
                first = singles[int(left[0])] = self.read(run.span(int(left[0])))
                left = left[1:]
                if isinstance(first, Packet) and first.layout not in self._common:
                    left = self._take(scan, first.layout, left, blocks)
        for number in left.tolist():
            singles[number] = self.read(run.span(number))
        return [self._alike(block, singles) for block in blocks], singles

    def _take(self, scan: Scan, layout: Layout, left: Places, blocks: list[Block]) -> Places:
        """Add the block of one layout; the numbers of the frames that are still left."""
        block = scan.read(layout, left)
        if block is None:
            return left
        if layout in self._common:
            self._common.remove(layout)
        self._common.insert(0, layout)
        del self._common[_KEPT:]
        blocks.append(block)
        return np.setdiff1d(left, block.frames, assume_unique=True)

    def _alike(self, block: Block, singles: dict[int, Packet | Frame]) -> Block:
        """The block without the frames whose device's profile reads them otherwise; those go to ``singles``."""
        if self._profiles is None:
            return block
        names = block.column(block.layout.places["MN"])
        odd = {name for name in set(names) if not self._reads_alike(name.decode("ascii"))}
        if not odd:
            return block
        right = np.array([name not in odd for name in names])
        for number in block.frames[~right].tolist():
            singles[number] = self.read(block.run.span(number))
        return block.only(right)

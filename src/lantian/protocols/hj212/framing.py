"""Frames in a byte stream: ``## | LLLL | data segment | CCCC | CR LF``, split, glued, damaged, with noise between them.

The same bytes give the same frames however they are cut into chunks. What is decided, and when:

* A header is ``##`` with four digits (fewer or more digits are a repair that the checksum must prove).
* A frame is good as soon as its declared length is there and the checksum proves it.
* Where the declared place proves nothing, the last ``&&`` with a checksum before the next header or line end is tried.
* A complete good frame inside the awaited span of another wins, so a wrong large length holds nothing up; text between
  ``=//`` and ``//`` is opaque, and a frame quoted in it is none.
* After a failure the search goes on two bytes behind the failed ``##``. A failed frame is reported once; failed headers
  inside its span are not reported again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lantian.protocols.hj212.bulk import HEADER, Places, Proved, prove_all
from lantian.protocols.hj212.profile import DEFAULT, Profile
from lantian.protocols.hj212.proof import PLAIN, Proof, prove

ProfileOf = Callable[[str], Profile | None]

MAX_FRAME = 65536
_MAX_TAIL = 16
_FEW = 8  # fewer frames make no run
_PARTIAL = re.compile(rb"#(?:#[0-9]{0,9})?\Z")
_TERMINATOR = re.compile(rb"\n|##[0-9]{4}")
_CHECKSUM = re.compile(rb"[0-9A-Fa-f]{1,4}")
_ENDING = re.compile(rb"&&([0-9A-Fa-f]{1,4})")
_OPENING = re.compile(rb"CP\s{0,8}=\s{0,8}&&", re.IGNORECASE)
_OPAQUE_END = re.compile(rb"//(?=\s*(?:[;,]|&&))")
_TAIL = re.compile(rb"\r\n|\n|\\r\\n|\*\*|\r\r?|")
_BLANK = b"\r\n\0 \t"


@dataclass(slots=True)
class Span:
    """One frame, good or failed. Offsets count from the start of the stream."""

    offset: int
    segment: bytes
    """The data segment as sent, from behind the length field to the last ``&&``."""
    declared: int
    digits: int
    checksum: bytes
    proof: Proof | None
    junk: bool = False
    tail: str = ""
    end: int = 0


@dataclass(slots=True, eq=False)
class Run:
    """Frames directly behind each other, each as nearly all are: four digits, declared length and checksum right,
    ASCII, no second ``##`` in it, CR LF behind it. ``starts`` (at ``##``) and ``ends`` (behind the checksum) count in
    ``data``, which stands at ``base`` in the stream."""

    data: bytes
    base: int
    starts: Places
    ends: Places
    tail: int
    """How many bytes of the line end belong to a frame."""

    def span(self, frame: int) -> Span:
        """One of the frames."""
        return self._span(int(self.starts[frame]), int(self.ends[frame]))

    def spans(self) -> Iterator[Span]:
        """All of them."""
        return map(self._span, self.starts.tolist(), self.ends.tolist())

    def _span(self, start: int, end: int) -> Span:
        data, base = self.data, self.base
        segment, checksum = data[start + 6 : end - 4], data[end - 4 : end]
        return Span(base + start, segment, len(segment), 4, checksum, PLAIN, False, "", base + end + self.tail)


@dataclass(slots=True)
class _Header:
    start: int
    segment: int
    declared: int
    digits: int


class Framer:
    """Feed bytes, get spans. ``profiles`` gives the profile of a device number; ``tails`` waits for a frame's end mark
    and reports it (for files; on a connection an answer must not wait for it)."""

    def __init__(self, profiles: ProfileOf | None = None, *, tails: bool = False, limit: int = MAX_FRAME) -> None:
        self._profiles = profiles or (lambda _mn: DEFAULT)
        self._tails = tails
        self._limit = limit
        self._data = b""
        self._base = 0  # offset of the buffer in the stream
        self._hold = 0  # from here on nothing is decided
        self._edge = 0  # everything before is accounted for: frame, failed frame, or noise
        self._swallow = 0  # failed headers before this are part of a failed frame
        self._lead = b""  # the first bytes behind the last frame
        self._noise = 0
        self._first = True
        self._proved = Proved()  # of the buffer
        self.skipped = 0
        """Bytes between frames that belong to no frame (blanks, line ends and NUL not counted)."""

    @property
    def quiet(self) -> bool:
        """Whether nothing is held and nothing but a line end has come behind the last frame: what comes next means the
        same to a new framer."""
        return not self._data and not self._noise and self._lead in (b"", b"\r\n")

    def feed(self, chunk: bytes, *, final: bool = False) -> list[Span]:
        """Take the next bytes; give every frame that is decided by now. ``final``: nothing more will come."""
        spans: list[Span] = []
        for one in self.runs(chunk, final=final):
            if isinstance(one, Run):
                spans += one.spans()
            else:
                spans.append(one)
        return spans

    def runs(self, chunk: bytes, *, final: bool = False) -> list[Span | Run]:
        """The same, with many regular frames behind each other in one piece."""
        self._data += chunk
        self._hold = 0
        self._proved = prove_all(self._data, self._limit)
        found = list(self._scan(final))
        self._drop(final)
        return found

    def close(self) -> list[Span]:
        """The connection or file has ended: what is left is decided."""
        return self.feed(b"", final=True)

    def _scan(self, final: bool) -> Iterator[Span | Run]:
        data, good, position = self._data, self._proved.good, 0
        while True:
            start = data.find(b"##", position)
            known = good.get(start)
            if known is not None and (run := self._run(start)):
                position = int(run.ends[-1])
                yield run
                continue
            if known is not None and data.find(b"##", start + 2, known[1]) < 0 and data[start : known[1]].isascii():
                begin, position = known
                if self._follows(start) and (not self._tails or data[position : position + 2] == b"\r\n"):
                    yield self._regular(start, begin, position)
                    continue
                verdict: tuple[Span, int] | None = self._plain(start, begin, position, final)
            else:
                header = self._next_header(position, final)
                if header is None:
                    return
                start = header.start
                verdict = self._judge(header, final)
            if verdict is None:
                self._hold = start
                return
            span, end = verdict
            if span.proof is None:
                position = start + 2
                if start >= self._swallow:
                    yield self._emit(span, start, end)
                    self._swallow = self._edge
                continue
            yield self._emit(span, start, end)
            position = end

    def _follows(self, start: int) -> bool:
        """Whether a header follows the last frame directly, or behind its line end."""
        gap = start - self._edge
        quiet = not self._lead and not self._noise
        return quiet and (gap == 0 or (gap == 2 and self._data[self._edge : start] == b"\r\n"))

    def _run(self, start: int) -> Run | None:
        """The regular frames from here on, where they are many."""
        proved = self._proved
        if not proved.until:
            return None
        first = bisect_left(proved.starts, start)
        last = proved.until[first]
        if last - first < _FEW or not self._follows(start):
            return None
        run = Run(self._data, self._base, proved.at[first:last], proved.ends[first:last], 2 if self._tails else 0)
        self._edge = int(run.ends[-1]) + run.tail
        self._first = False
        return run

    def _regular(self, start: int, begin: int, end: int) -> Span:
        """What nearly every frame is: directly behind the one before, declared length and checksum right."""
        self._edge = end + 2 if self._tails else end
        self._first = False
        data, base = self._data, self._base
        segment = data[begin : end - 4]
        digits = begin - start - 2
        return Span(
            base + start, segment, len(segment), digits, data[end - 4 : end], PLAIN, False, "", base + self._edge
        )

    def _emit(self, span: Span, start: int, end: int) -> Span:
        if start > self._edge:
            self._gap(self._data[self._edge : start])
        span.junk = self._noise_before()
        span.offset = self._base + start
        if self._tails:
            span.tail, consumed = _tail(self._data, end)
            end += consumed
        span.end = self._base + end
        self._edge = max(self._edge, end)
        self._first = False
        return span

    def _gap(self, between: bytes) -> None:
        room = _MAX_TAIL + 2 - len(self._lead)
        if room > 0:
            self._lead += between[:room]
            between = between[room:]
        self._noise += len(between.translate(None, _BLANK))

    def _noise_before(self) -> bool:
        """Whether more than a frame's end mark, line ends and keep-alives stood before this frame; counts it."""
        if self._lead:
            consumed = 0 if self._tails or self._first else _tail(self._lead, 0)[1]
            self._noise += len(self._lead[consumed:].translate(None, _BLANK))
            self._lead = b""
        noisy = self._noise > 0
        self.skipped += self._noise
        self._noise = 0
        return noisy

    def _next_header(self, position: int, final: bool) -> _Header | None:
        found = HEADER.search(self._data, position)
        if found is None or (found.end() == len(self._data) and not final):
            partial = None if final else _PARTIAL.search(self._data, max(position, len(self._data) - 11))
            self._hold = found.start() if found else partial.start() if partial else len(self._data)
            return None
        return _Header(found.start(), found.end(), int(found[1]), len(found[1]))

    def _judge(self, header: _Header, final: bool) -> tuple[Span, int] | None:
        """The span and its end, its ``proof`` None where it failed; None: more bytes are needed."""
        data, size = self._data, len(self._data)
        place = header.segment + header.declared
        bounded = header.declared <= self._limit
        awaited = place + 4 if bounded else header.segment
        last = header.segment + self._limit
        stop = _TERMINATOR.search(data, header.segment, last + 6)
        edge = stop.start() if stop else last if size >= last + 6 else size if final else None
        if edge is not None and edge < awaited - 4 and (found := self._lenient(header, edge)):
            return self._settled(found[0], found[1], final)
        inside = self._inside(header, min(awaited, size))
        if inside is not None:
            end = min(inside, stop.start()) if stop else inside
            return self._settled(*self._failed(header, end, sound=False), final)
        if size < awaited and not final:
            return None
        sound = bounded and self._ending_at(place, header)
        if sound and (found := self._proven(header, place)):
            return self._settled(found[0], found[1], final)
        if edge is None:
            return None
        if edge >= awaited - 4 and (found := self._lenient(header, edge)):
            return self._settled(found[0], found[1], final)
        return self._settled(*self._failed(header, edge, sound=sound), final)

    def _plain(self, start: int, begin: int, end: int, final: bool) -> tuple[Span, int] | None:
        """A frame whose declared length and checksum hold, with nothing else in question."""
        segment = self._data[begin : end - 4]
        span = Span(0, segment, len(segment), begin - start - 2, self._data[end - 4 : end], PLAIN)
        return self._settled(span, end, final)

    def _settled(self, span: Span, end: int, final: bool) -> tuple[Span, int] | None:
        if self._tails and not final and not _tail_known(self._data, end):
            return None
        return span, end

    def _lenient(self, header: _Header, edge: int) -> tuple[Span, int] | None:
        """The frame ended at its last ``&&`` and checksum before ``edge``."""
        ending = self._last_ending(header, edge)
        found = self._proven(header, ending + 2) if ending is not None else None
        # Without a checksum only the declared length says where a frame ends.
        return found if found and found[0].proof and found[0].proof.kind != "none" else None

    def _proven(self, header: _Header, place: int) -> tuple[Span, int] | None:
        checksum = _CHECKSUM.match(self._data, place)
        if checksum is None:
            return None
        segment = self._data[header.segment : place]
        proof = prove(segment, checksum[0], self._profile(segment))
        if proof is None:
            return None
        return Span(0, segment, header.declared, header.digits, checksum[0], proof), checksum.end()

    def _ending_at(self, place: int, header: _Header) -> bool:
        return (
            place - header.segment >= 2
            and self._data[place - 2 : place] == b"&&"
            and _CHECKSUM.match(self._data, place) is not None
        )

    def _last_ending(self, header: _Header, edge: int) -> int | None:
        opening = _OPENING.search(self._data, header.segment, min(edge, header.segment + 1024))
        begin = opening.end() if opening else header.segment
        found = self._data.rfind(b"&&", begin, edge)
        while found >= 0:
            if _ENDING.match(self._data, found, edge):
                return found
            found = self._data.rfind(b"&&", begin, found)
        return None

    def _failed(self, header: _Header, edge: int, *, sound: bool) -> tuple[Span, int]:
        """What can be said of a frame that nothing proves, and its end: the segment up to the last ``&&`` before
        ``edge``, and its checksum. ``sound``: both stand where the declared length has them."""
        ending = header.segment + header.declared - 2 if sound else self._last_ending(header, edge)
        checksum = None if ending is None else _CHECKSUM.match(self._data, ending + 2)
        if ending is not None and checksum is not None:
            segment = self._data[header.segment : ending + 2]
            return Span(0, segment, header.declared, header.digits, checksum[0], None), checksum.end()
        last = self._data.rfind(b"&&", header.segment, edge)
        stop = last + 2 if last >= 0 else edge
        segment = self._data[header.segment : stop].rstrip(_BLANK)
        return Span(0, segment, header.declared, header.digits, b"", None), edge

    def _inside(self, header: _Header, limit: int) -> int | None:
        """Start of the first complete good frame within an awaited span, quoted text not counted."""
        starts, good = self._proved.starts, self._proved.good
        for start in starts[bisect_right(starts, header.start) :]:
            if start >= limit:
                return None
            if good[start][1] < limit:
                quote = self._data.rfind(b"=//", header.segment, start)
                if quote < 0 or _OPAQUE_END.search(self._data, quote + 3, start):
                    return start
        return None

    def _profile(self, segment: bytes) -> Profile:
        return self._profiles(device_of(segment)) or DEFAULT

    def _drop(self, final: bool) -> None:
        """Let go of what is decided; what is held begins at a header, or at what may become one."""
        keep = len(self._data) if final else self._hold
        if keep > self._edge:
            self._gap(self._data[self._edge : keep])
            self._edge = keep
        if final:
            self._noise_before()
        self._data = self._data[keep:]
        self._base += keep
        self._edge = max(0, self._edge - keep)
        self._swallow = max(0, self._swallow - keep)


_DEVICE = re.compile(rb"(?:^|[;,])\s{0,8}MN\s{0,8}=([^;]*)", re.IGNORECASE)


def device_of(segment: bytes) -> str:
    """The device number (MN) that a segment names, empty where it names none."""
    found = _DEVICE.search(segment, 0, 512)
    return found[1].strip().decode("ascii", "backslashreplace") if found else ""


def _tail(data: bytes, end: int) -> tuple[str, int]:
    """The code of what follows a frame, and how many bytes of it belong to the frame."""
    rest = data[end : end + _MAX_TAIL + 2]
    if rest.startswith(b"\r\n"):
        return "", 2
    if rest.startswith(b"\n"):
        return "tail-lf", 1
    header = rest.find(b"##")
    rest = rest[:header] if header >= 0 else rest
    known = _TAIL.match(rest)
    text = known[0] if known and known[0] else rest.split(b"\n", 1)[0].rstrip(b"\r")[:_MAX_TAIL]
    if not text:
        return "tail-absent", 0
    return f"tail-{text.decode('latin-1').encode('unicode_escape').decode('ascii')}", len(text)


def _tail_known(data: bytes, end: int) -> bool:
    rest = data[end : end + _MAX_TAIL + 2]
    return len(rest) == _MAX_TAIL + 2 or b"\n" in rest or b"##" in rest

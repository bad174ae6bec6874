"""Many frames at once, fast: for replays, and for a gateway under load.

Devices send the same keys every minute and other values. The layout of a segment is worked out once and kept as one
pattern; of the next frame with that layout only the values are read: one match, one ``float`` each. Whatever is not
quite regular goes the careful way of :mod:`decode`, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from lantian.protocols.hj212.body import Body, is_text, parse
from lantian.protocols.hj212.decode import ACCEPT, Frame, ProfileOf, frame_of, wire_codes
from lantian.protocols.hj212.framing import Framer, Span, device_of
from lantian.protocols.hj212.profile import DEFAULT, Profile
from lantian.protocols.hj212.proof import PLAIN

_NOT_DIVIDERS = bytes(set(range(256)) - set(b";,="))
_KEPT = 4096
_CANDIDATES = 8  # layouts that share their dividers
_HEAD = frozenset(("QN", "ST", "CN", "PW", "MN", "Flag"))


@dataclass(slots=True)
class Layout:
    """A kind of segment: its pattern, where its values stand among the groups, and which attribute each number is."""

    pattern: re.Pattern[bytes]
    qn: int
    mn: int
    command: int
    stamp: int
    numbers: itemgetter  # type: ignore[type-arg]
    attributes: tuple[tuple[str, str], ...]
    """(factor, attribute) of each number."""
    flags: tuple[int, ...]
    """Where the data flag of each number's factor stands, -1 where it has none."""


class Packet:
    """One frame that was read fast: its numbers are there, everything else is read when it is asked for."""

    __slots__ = ("_parts", "_span", "layout", "numbers")

    def __init__(self, span: Span, layout: Layout, parts: tuple[bytes, ...], numbers: tuple[float, ...]) -> None:
        self._span = span
        self._parts = parts
        self.layout = layout
        self.numbers = numbers
        """The values, in the order of ``layout.attributes``."""

    outcome = ACCEPT
    usable = True

    @property
    def offset(self) -> int:
        """Where the frame begins in the stream."""
        return self._span.offset

    @property
    def codes(self) -> list[str]:
        """The quirks of the frame's outside; a regular segment has none."""
        return wire_codes(self._span)

    @property
    def qn(self) -> str:
        """The request number (QN), 17 digits."""
        return self._parts[self.layout.qn].decode("ascii")

    @property
    def mn(self) -> str:
        """The device number."""
        return self._parts[self.layout.mn].decode("ascii")

    @property
    def command(self) -> str:
        """The command (CN)."""
        return self._parts[self.layout.command].decode("ascii")

    @property
    def stamp(self) -> str:
        """DataTime as sent."""
        return self._parts[self.layout.stamp].decode("ascii")

    @property
    def flags(self) -> list[str | None]:
        """The data flag beside each number, None where the device sends none."""
        return [self._parts[at].decode("ascii") if at >= 0 else None for at in self.layout.flags]

    @property
    def frame(self) -> Frame:
        """The same frame read in full."""
        return frame_of(self._span, DEFAULT)


class BatchDecoder:
    """As :class:`decode.Decoder`, for streams of many frames: gives a :class:`Packet` for every regular frame and a
    :class:`Frame` for every other."""

    def __init__(self, profiles: ProfileOf | None = None, *, tails: bool = False) -> None:
        self._profiles = profiles
        self._framer = Framer(profiles, tails=tails)
        self._layouts: dict[bytes, list[Layout]] = {}

    @property
    def skipped(self) -> int:
        """Bytes of noise so far."""
        return self._framer.skipped

    def feed(self, chunk: bytes, *, final: bool = False) -> list[Packet | Frame]:
        """What is decided by now."""
        return [self.read(span) for span in self._framer.feed(chunk, final=final)]

    def close(self) -> list[Packet | Frame]:
        """What is left when nothing more will come."""
        return self.feed(b"", final=True)

    def read(self, span: Span) -> Packet | Frame:
        """One span that was framed before: of a stream (:meth:`feed`), or kept since by a journal."""
        if span.proof is PLAIN and not span.junk and span.declared == len(span.segment) and span.digits == 4:
            packet = self._packet(span)
            if packet is not None:
                if self._profiles is None:
                    return packet
                profile = self._profiles(packet.mn)
                if profile is None or _says_nothing(profile):
                    return packet
        profile = (self._profiles(device_of(span.segment)) if self._profiles else None) or DEFAULT
        return frame_of(span, profile)

    def _packet(self, span: Span) -> Packet | None:
        segment = span.segment
        dividers = segment.translate(None, _NOT_DIVIDERS)
        for layout in self._layouts.get(dividers, ()):
            found = layout.pattern.fullmatch(segment)
            if found is not None:
                break
        else:
            return self._learn(span, dividers)
        parts = found.groups()
        try:
            numbers = tuple(map(float, layout.numbers(parts)))
        except ValueError:
            return None
        total = sum(numbers)
        return Packet(span, layout, parts, numbers) if total - total == 0.0 else None

    def _learn(self, span: Span, dividers: bytes) -> Packet | None:
        layout = _layout(span.segment)
        if layout is None or layout.pattern.fullmatch(span.segment) is None:
            return None
        if len(self._layouts) >= _KEPT:  # a hostile sender may invent layouts for ever
            self._layouts.clear()
        known = self._layouts.setdefault(dividers, [])
        known.insert(0, layout)
        del known[_CANDIDATES:]
        return self._packet(span)


def _says_nothing(profile: Profile) -> bool:
    """Whether reading by this profile gives what reading without one does, for a plain ASCII frame."""
    return not profile.aliases and profile.period_label == "start"


def _layout(segment: bytes) -> Layout | None:
    """The layout of a regular segment: every head field of the standard once, DataTime, factors in the standard's form,
    at least two numbers. None where the careful way is needed."""
    body = parse(segment.decode("ascii"))
    keys = [*body.head, *(key for group in body.items for key, _ in group)]
    if body.codes or body.head_other or set(body.head) != _HEAD or "DataTime" not in body.params:
        return None
    if any(
        not isinstance(value, float)
        for code in body.factors.values()
        for name, value in code.items()
        if not is_text(name)
    ):
        return None
    numeric = {
        f"{code}-{name}": (code, name) for code in body.factors for name in body.factors[code] if not is_text(name)
    }
    if len(numeric) < 2:
        return None
    place = {name: index for index, name in enumerate(keys)}
    return Layout(
        re.compile(_pattern(body, numeric)),
        place["QN"],
        place["MN"],
        place["CN"],
        place["DataTime"],
        itemgetter(*(place[key] for key in numeric)),
        tuple(numeric.values()),
        tuple(place.get(f"{code}-Flag", -1) for code, _ in numeric.values()),
    )


def _pattern(body: Body, numeric: Mapping[str, tuple[str, str]]) -> bytes:
    """The segment with its values left open. What a value may hold is narrow: anything else is read the careful way."""

    def pair(key: str) -> str:
        wanted = _FIXED.get(key) or (_NUMBER if key in numeric else _WORD)
        return f"{re.escape(key)}=({wanted})"

    head = ";".join(pair(key) for key in body.head)
    area = ";".join(",".join(pair(key) for key, _ in group) for group in body.items)
    return f"{head};CP=&&{area}&&".encode("ascii")


_NUMBER = "[-+0-9.eE]+"
_WORD = "[-+0-9A-Za-z._]*"
# Every day that is one in every year; 29 February is read the careful way.
_DAYS = "(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31"
_FIXED = {
    "QN": "[0-9]{17}",
    "ST": "[0-9]{2}",
    "CN": "[0-9]{4}",
    "Flag": "[01458]|9",
    "DataTime": f"(?:19|20)[0-9]{{2}}(?:{_DAYS})(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]",
}

"""Kinds of segments: the same keys in the same order, with the values left open.

Devices send the same keys every minute and other values. A layout is worked out once, the careful way, from one
segment; :meth:`Layout.read` then reads one segment more, :mod:`columns` hundreds at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from lantian.protocols.hj212.body import Body, is_text, parse

_NOT_DIVIDERS = bytes(set(range(256)) - set(b";,="))
_HEAD = frozenset(("QN", "ST", "CN", "PW", "MN", "Flag"))

_NUMBER = "[-+0-9.eE]+"
_WORD = "[-+0-9A-Za-z._]*"
WORD = re.compile(_WORD.removesuffix("*").encode("ascii"))
# Every day that is one in every year; 29 February is read the careful way.
_DAYS = "(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31"
_FIXED = {
    "QN": "[0-9]{17}",
    "ST": "[0-9]{2}",
    "CN": "[0-9]{4}",
    "Flag": "[01458]|9",
    "DataTime": f"(?:19|20)[0-9]{{2}}(?:{_DAYS})(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]",
}
FLAGS = b"014589"
"""What Flag may be in a regular segment: no packet number, nothing of a later edition."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A kind of segment: its pattern, where its values stand among the groups, and which attribute each number is."""

    pattern: re.Pattern[bytes]
    places: Mapping[str, int]
    """Which value has which key, in the order of the pattern's groups."""
    texts: tuple[bytes, ...]
    """What stands before each value, from the end of the value before it, and behind the last."""
    numeric: tuple[int, ...]
    """Which values are numbers."""
    attributes: tuple[tuple[str, str], ...]
    """(factor, attribute) of each number."""
    flags: tuple[int, ...]
    """Where the data flag of each number's factor stands, -1 where it has none."""
    numbers: itemgetter  # type: ignore[type-arg]

    def read(self, segment: bytes) -> tuple[tuple[bytes, ...], tuple[float, ...]] | None:
        """Every value as sent, and the numbers; None for a segment of another kind or a number that is not finite."""
        found = self.pattern.fullmatch(segment)
        if found is None:
            return None
        parts = found.groups()
        try:
            numbers = tuple(map(float, self.numbers(parts)))
        except ValueError:
            return None
        total = sum(numbers)
        return (parts, numbers) if total - total == 0.0 else None


def dividers_of(segment: bytes) -> bytes:
    """The dividers of a segment, in order."""
    return segment.translate(None, _NOT_DIVIDERS)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a layout is made from: cheap to find out, where a pattern is not."""

    keys: tuple[str, ...]
    texts: tuple[bytes, ...]
    numeric: Mapping[str, tuple[str, str]]
    """(factor, attribute) by key."""


def kind_of(segment: bytes) -> Kind | None:
    """The kind of a regular segment: every head field of the standard once, DataTime, factors in the standard's form,
    at least two numbers. None where the careful way is needed."""
    if not segment.isascii():
        return None
    body = parse(segment.decode("ascii"))
    if body.codes or body.head_other or set(body.head) != _HEAD or "DataTime" not in body.params:
        return None
    found = {f"{code}-{name}": (code, name) for code in body.factors for name in body.factors[code]}
    numeric = {key: pair for key, pair in found.items() if not is_text(pair[1])}
    if len(numeric) < 2 or not all(isinstance(body.factors[code][name], float) for code, name in numeric.values()):
        return None
    keys = (*body.head, *(key for group in body.items for key, _ in group))
    return Kind(keys, _texts(body), numeric)


def layout_of(kind: Kind) -> Layout:
    """The layout of a kind; this compiles a pattern, which takes as long as reading hundreds of frames."""
    place = {name: index for index, name in enumerate(kind.keys)}
    places = tuple(place[key] for key in kind.numeric)
    return Layout(
        re.compile(_pattern(kind)),
        place,
        kind.texts,
        places,
        tuple(kind.numeric.values()),
        tuple(place.get(f"{code}-Flag", -1) for code, _ in kind.numeric.values()),
        itemgetter(*places),
    )


def _texts(body: Body) -> tuple[bytes, ...]:
    head = ";".join(f"{key}=\n" for key in body.head)
    area = ";".join(",".join(f"{key}=\n" for key, _ in group) for group in body.items)
    return tuple(text.encode("ascii") for text in f"{head};CP=&&{area}&&".split("\n"))


def _pattern(kind: Kind) -> bytes:
    """The segment with its values left open. What a value may hold is narrow: anything else is read the careful way."""
    made = b"".join(
        re.escape(text) + f"({_FIXED.get(key) or (_NUMBER if key in kind.numeric else _WORD)})".encode("ascii")
        for key, text in zip(kind.keys, kind.texts, strict=False)
    )
    return made + kind.texts[-1]

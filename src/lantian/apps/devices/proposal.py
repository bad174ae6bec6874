"""What a device's packets suggest: its profile field by field, and every factor with the range of its values. Pure.

Nothing here is used before a person confirms it. The range stands beside every proposed unit because it is the only
ground that there is: nothing on the wire names a unit (interfaces.md 1.11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from lantian.protocols.hj212.decode import Frame
from lantian.protocols.hj212.factors import lookup
from lantian.protocols.hj212.propose import Hint, Proposal, propose

_VALUES = ("Rtd", "Avg")
# The kind that a device's factors speak for, the first that fits; the system type on the wire tells nothing.
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("catering", frozenset({"a34041"})),
    ("petrol", frozenset({"i41000"})),
    ("stack", frozenset({"a19001", "a01011", "a01012"})),
    ("air", frozenset({"a05024", "a21026", "a21004"})),
    ("dust", frozenset({"a34001", "a34002", "a34004"})),
    ("voc", frozenset({"a24088", "a99054"})),
    ("noise", frozenset({"LA", "Leq", "a50001"})),
    ("water", frozenset({"w01018", "w01019", "w21003"})),
)


@dataclass(frozen=True, slots=True)
class Observed:
    """One factor as it was seen: its code in use, what it is called, how many values, and their range."""

    factor: str
    wire: str
    name_zh: str
    name_en: str
    count: int
    low: float | None
    middle: float | None
    high: float | None
    candidates: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether a table knows the code; another is "to be named" by a person."""
        return bool(self.name_zh)


@dataclass(frozen=True)
class Suggestion:
    """A proposal as pages show it. ``settings``: hint by field; ``interval``: seconds between records, if they tell."""

    frames: int = 0
    usable: int = 0
    settings: Mapping[str, Hint] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    quirks: Mapping[str, int] = field(default_factory=dict)
    factors: tuple[Observed, ...] = ()
    interval: Hint | None = None
    kind: str = "other"


def suggestion(frames: Sequence[Frame]) -> Suggestion:
    """What the packets of one device suggest, decoded without a profile."""
    made: Proposal = propose(frames)
    seen = observed(frames, made.aliases, made.units)
    return Suggestion(
        frames=len(frames),
        usable=sum(frame.usable for frame in frames),
        settings=made.settings,
        aliases=made.aliases,
        quirks=made.quirks,
        factors=seen,
        interval=_interval(frames),
        kind=kind_of({one.factor for one in seen}),
    )


def observed(
    frames: Sequence[Frame], aliases: Mapping[str, str], candidates: Mapping[str, Sequence[str]] | None = None
) -> tuple[Observed, ...]:
    """Every factor of the frames that are proved, or would be by a profile; values that are flagged do not count."""
    values: dict[str, list[float]] = {}
    for frame in frames:
        if frame.body is None or not (frame.usable or frame.proposal):
            continue
        for code, attributes in frame.body.factors.items():
            numbers = values.setdefault(code, [])
            if attributes.get("Flag", "N") in ("N", "n"):
                numbers += [value for name in _VALUES if isinstance(value := attributes.get(name), float)]
    return tuple(
        _observed(code, aliases, numbers, (candidates or {}).get(code, ())) for code, numbers in values.items()
    )


def renamed(factors: Sequence[Observed], aliases: Mapping[str, str]) -> tuple[Observed, ...]:
    """The factors under the codes that the confirmed aliases give them."""
    return tuple(replace(one, factor=aliases.get(one.wire, one.wire)) for one in factors)


def kind_of(factors: set[str]) -> str:
    """The kind of device whose factors these are; ``other`` where nothing speaks for one."""
    return next((kind for kind, wanted in _KINDS if factors & wanted), "other")


@cache
def units() -> dict[str, str]:
    """The units that may be confirmed, with how they are shown."""
    text = (Path(__file__).parent / "tables" / "units.yaml").read_text(encoding="utf-8")
    return {item["unit"]: item["shown"] for item in yaml.safe_load(text)}


def _observed(wire: str, aliases: Mapping[str, str], numbers: list[float], candidates: Sequence[str]) -> Observed:
    factor = aliases.get(wire, wire)
    meant = lookup(factor)
    span: tuple[Any, Any, Any] = (min(numbers), median(numbers), max(numbers)) if numbers else (None, None, None)
    names = (meant.name_zh, meant.name_en) if meant else ("", "")
    known = tuple(unit for unit in candidates if unit in units())
    return Observed(factor, wire, *names, len(numbers), *span, known)


def _interval(frames: Sequence[Frame]) -> Hint | None:
    """The usual step between the instants of real-time records, else of minute or hour records."""
    for command in ("2011", "2051", "2061"):
        instants = sorted(
            {
                frame.data_time
                for frame in frames
                if frame.body and frame.data_time and frame.body.head.get("CN") == command
            }
        )
        steps = [int((after - before).total_seconds()) for before, after in pairwise(instants)]
        if len(steps) >= 2:
            usual = int(median(steps))
            return Hint(str(usual), sum(abs(step - usual) <= usual * 0.2 for step in steps), len(steps))
    return None

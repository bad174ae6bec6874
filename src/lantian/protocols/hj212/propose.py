"""A profile proposed from what a device sends. A person confirms it; until then nothing of it is used.

Every proposal says how many frames speak for it. Units are proposed from the range of the values and the kind of the
factor, and only as candidates: TSP of 0.160 and of 75600.000 were both seen from working devices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from lantian.protocols.hj212 import times
from lantian.protocols.hj212.decode import Frame
from lantian.protocols.hj212.factors import lookup, meant_by
from lantian.protocols.hj212.profile import MINUTES

# Only frames of these commands are looked at for the period label: their DataTime names a period.
_NEW_2025 = frozenset(("1001", "1002", "1014", "2013", "2052", "2111", "3022", "3024"))
_SOON = timedelta(minutes=10)
_DUST = ("a34001", "a34002", "a34004", "a34005")
_GASES = ("a21026", "a21004", "a05024", "a21003", "a21002")


@dataclass(frozen=True)
class Hint:
    """One proposed setting: its value, and how many of the frames that could tell speak for it."""

    value: str
    votes: int
    of: int


@dataclass
class Proposal:
    """What a device seems to do. ``unnamed``: codes that no table knows; ``units``: candidates, none of them used."""

    frames: int = 0
    settings: dict[str, Hint] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)
    units: dict[str, list[str]] = field(default_factory=dict)
    quirks: dict[str, int] = field(default_factory=dict)
    offset_seconds: float | None = None

    def as_mapping(self) -> dict[str, object]:
        """What :func:`profile.from_mapping` takes: the settings and aliases; units are left to a person."""
        made: dict[str, object] = {name: hint.value for name, hint in self.settings.items() if name != "minutes"}
        if "minutes" in self.settings:
            made["minutes"] = int(self.settings["minutes"].value)
        if self.aliases:
            made["aliases"] = dict(self.aliases)
        return made


def propose(frames: Iterable[Frame]) -> Proposal:
    """A profile from the frames of one device (decoded without one), the more the better."""
    seen = [frame for frame in frames if frame.body is not None]
    proposal = Proposal(frames=len(seen))
    quirks = Counter(code for frame in seen for code in frame.codes)
    proposal.quirks = dict(quirks.most_common())
    _majority(proposal, "crc", [_checksum(frame) for frame in seen])
    _majority(proposal, "version", [_version(frame) for frame in seen])
    _majority(proposal, "encoding", [_encoding(frame) for frame in seen])
    _majority(proposal, "period_label", [_label(frame) for frame in seen])
    _minutes(proposal, seen)
    _codes(proposal, seen)
    offsets = sorted(
        (frame.qn_time - frame.data_time).total_seconds()
        for frame in seen
        if frame.qn_time and frame.data_time and frame.body and frame.body.head.get("CN") == "2011"
    )
    proposal.offset_seconds = offsets[len(offsets) // 2] if offsets else None
    return proposal


def _majority(proposal: Proposal, name: str, votes: list[str | None]) -> None:
    counted = Counter(vote for vote in votes if vote)
    if counted:
        value, number = counted.most_common(1)[0]
        proposal.settings[name] = Hint(value, number, sum(counted.values()))


def _checksum(frame: Frame) -> str | None:
    if frame.proposal:
        return frame.proposal["crc"]
    return "hj212" if frame.outcome in ("accept", "repaired") else None


def _version(frame: Frame) -> str | None:
    """By Flag bits; 2025 only where something else speaks for it, because surface-water stations have set these bits
    since 2018 without following that standard."""
    body = frame.body
    if body is None or frame.flag is None:
        return None
    if frame.flag.version < 2:
        return ("2005", "2017")[frame.flag.version]
    shown = "RF" in body.head or body.head.get("CN") in _NEW_2025 or any(c.startswith("sm4") for c in frame.codes)
    return "2025" if shown else None


def _encoding(frame: Frame) -> str | None:
    if "text-gbk" in frame.codes:
        return "gbk"
    return None if frame.segment.isascii() else "utf-8"


def _label(frame: Frame) -> str | None:
    """Start or end of the period, by how long after DataTime the record was sent."""
    body = frame.body
    if body is None or frame.qn_time is None or frame.data_time is None or "RF" in body.head:
        return None
    period = times.PERIODS.get(body.head.get("CN", ""))
    if period is None:
        return None
    lag = frame.qn_time - frame.data_time
    if period <= lag < period + _SOON * 3:
        return "start"
    return "end" if timedelta(0) <= lag < _SOON else None


def _minutes(proposal: Proposal, seen: list[Frame]) -> None:
    instants: list[datetime] = sorted(
        {f.data_time for f in seen if f.body and f.body.head.get("CN") == "2051" and f.data_time is not None}
    )
    steps = [str(int((after - before).total_seconds() // 60)) for before, after in pairwise(instants)]
    _majority(proposal, "minutes", [step for step in steps if int(step) in MINUTES])


def _codes(proposal: Proposal, seen: list[Frame]) -> None:
    values: dict[str, list[float]] = {}
    for frame in seen:
        for code, attributes in frame.body.factors.items() if frame.body else ():
            numbers = values.setdefault(code, [])
            numbers += [
                value
                for name, value in attributes.items()
                if name in ("Rtd", "Avg") and isinstance(value, float) and attributes.get("Flag", "N") == "N"
            ]
    for code, numbers in values.items():
        meaning = meant_by(code)
        if meaning:
            proposal.aliases[code] = meaning
        elif lookup(code) is None:
            proposal.unnamed.append(code)
        units = _units(meaning or code, sorted(numbers))
        if units:
            proposal.units[code] = units


def _units(code: str, numbers: list[float]) -> list[str]:
    """Units that the middle of the values would allow, the likelier first."""
    positive = [value for value in numbers if value > 0]
    if not positive:
        return []
    middle = positive[len(positive) // 2]
    if code in _DUST:
        if middle < 1:
            return ["mg/m3"]
        return ["ug/m3", "mg/m3"] if middle < 10 else ["ug/m3"] if middle < 5000 else ["ng/m3"]
    if code in _GASES:
        return ["mg/m3"] if middle < 0.5 else ["ug/m3", "mg/m3", "ppb"]
    factor = lookup(code)
    return [factor.unit_printed] if factor and factor.unit_printed and factor.unit_printed != "ng/m3" else []

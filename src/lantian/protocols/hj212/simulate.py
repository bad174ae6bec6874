"""Invented devices: dust monitors, air stations and noise meters whose values wander as real ones do.

For tests, demonstrations and load; the same seed gives the same packets.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lantian.protocols.hj212.encode import upload
from lantian.protocols.hj212.profile import DEFAULT, Profile

# (factor, middle, spread, decimals) of each kind; ST as such devices send it.
KINDS: dict[str, tuple[str, tuple[tuple[str, float, float, int], ...]]] = {
    "dust": (
        "39",
        (
            ("a34001", 160, 60, 0), ("a34002", 85, 30, 0), ("a34004", 40, 18, 0), ("a01001", 14, 9, 1),
            ("a01002", 52, 20, 1), ("a01006", 101.3, 0.8, 2), ("a01007", 1.8, 1.2, 1), ("a01008", 180, 110, 0),
            ("LA", 58, 8, 1),
        ),
    ),
    "air": (
        "22",
        (
            ("a34004", 38, 20, 0), ("a34002", 72, 30, 0), ("a21026", 4, 2, 0), ("a21004", 32, 14, 0),
            ("a21005", 0.6, 0.3, 2), ("a05024", 70, 40, 0), ("a01001", 14, 9, 1), ("a01002", 52, 20, 1),
            ("a01007", 1.8, 1.2, 1), ("a01008", 180, 110, 0),
        ),
    ),
    "noise": ("23", (("LA", 58, 8, 1),)),
}  # fmt: skip
_ORDER = ("dust", "dust", "air", "dust", "noise")


@dataclass(frozen=True)
class Device:
    """One invented device."""

    mn: str
    kind: str
    index: int


def devices(count: int) -> list[Device]:
    """``count`` devices; their numbers are invented and say so (``SIM…``)."""
    return [Device(f"SIM{index:021d}", _ORDER[index % len(_ORDER)], index) for index in range(1, count + 1)]


def packets(
    device: Device, at: datetime, *, seed: int = 0, answer: bool = True, profile: Profile = DEFAULT
) -> list[bytes]:
    """The frames of one real-time record (2011) sent at ``at``."""
    system, factors = KINDS[device.kind]
    chance = random.Random(f"{seed}/{device.mn}/{int(at.timestamp())}")  # noqa: S311 - a simulation
    phase = at.timestamp() / 86_400 * 2 * math.pi
    rows = []
    for number, (code, middle, spread, digits) in enumerate(factors):
        wave = math.sin(phase + device.index * 0.7 + number)
        value = max(0.0, middle + spread * (0.6 * wave + 0.4 * chance.uniform(-1, 1)))
        flag = "N" if chance.random() > 0.01 else chance.choice("DCM")
        rows.append((code, {"Rtd": f"{value:.{digits}f}", "Flag": flag}))
    return upload(device.mn, "2011", at, at, rows, system=system, answer=answer, profile=profile)


def rounds(
    count: int, start: datetime, number: int, every: timedelta, *, seed: int = 0, answer: bool = True
) -> Iterator[bytes]:
    """The frames of ``number`` rounds of ``count`` devices, one round each ``every``."""
    park = devices(count)
    for turn in range(number):
        at = start + turn * every
        for device in park:
            yield from packets(device, at, seed=seed, answer=answer)

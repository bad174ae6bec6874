"""Invented devices: dust monitors, air stations and noise meters whose values wander as real ones do.

For tests, demonstrations and load; the same seed gives the same packets.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lantian.protocols.hj212.encode import upload
from lantian.protocols.hj212.profile import DEFAULT, Profile

# ST as such devices send it, and the factors, of each kind.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dust": ("39", ("a34001", "a34002", "a34004", "a01001", "a01002", "a01006", "a01007", "a01008", "LA")),
    "air": (
        "22",
        ("a34004", "a34002", "a21026", "a21004", "a21005", "a05024", "a01001", "a01002", "a01007", "a01008"),
    ),
    "noise": ("23", ("LA",)),
}


@dataclass(frozen=True)
class _Course:
    """A factor's day: ``middle``, the swing to the hour of its peak (Beijing time) and, where ``rush``, the two peaks
    of traffic; ``days`` is how much of it the weather of several days carries, ``chance`` the share of noise."""

    middle: float
    swing: float
    peak: float
    digits: int
    rush: float = 0.0
    days: float = 0.0
    chance: float = 0.05


_COURSES = {
    "a34004": _Course(38, 0.15, 3, 0, rush=0.15, days=0.5, chance=0.08),
    "a21026": _Course(5, 0.3, 10, 0, days=0.3, chance=0.1),
    "a21004": _Course(34, 0.3, 22, 0, rush=0.3, days=0.25, chance=0.08),
    "a21005": _Course(0.7, 0.2, 23, 2, rush=0.25, days=0.3),
    "a05024": _Course(72, 0.7, 15, 0, days=0.15),
    "a01001": _Course(14, 0.35, 15, 1, days=0.15, chance=0.02),
    "a01002": _Course(52, 0.3, 4, 1, days=0.1, chance=0.03),
    "a01006": _Course(101.3, 0.001, 9, 2, days=0.006, chance=0.0003),
    "a01007": _Course(2.0, 0.4, 15, 1, days=0.2, chance=0.25),
    "a01008": _Course(180, 0.3, 12, 0, days=0.4, chance=0.15),
    "LA": _Course(58, 0.08, 14, 1, rush=0.04, chance=0.04),
}
# Particles by PM2.5, so that TSP > PM10 > PM2.5 as in nature.
_OF_FINE = {"a34004": 1.0, "a34002": 1.7, "a34001": 3.2}
_LIKE = dict.fromkeys(_OF_FINE, "a34004")
_MOST = {"a01002": 99.0, "a01008": 359.0}
_ORDER = ("dust", "dust", "air", "dust", "noise")


@dataclass(frozen=True)
class Device:
    """One invented device."""

    mn: str
    kind: str
    index: int


Levels = Callable[[Device, datetime], Mapping[str, float] | None]


def devices(count: int) -> list[Device]:
    """``count`` devices; their numbers are invented and say so (``SIM…``)."""
    return [Device(f"SIM{index:021d}", _ORDER[index % len(_ORDER)], index) for index in range(1, count + 1)]


def packets(
    device: Device,
    at: datetime,
    *,
    seed: int = 0,
    answer: bool = True,
    profile: Profile = DEFAULT,
    levels: Mapping[str, float] | None = None,
) -> list[bytes]:
    """The frames of one real-time record (2011) sent at ``at``.

    ``levels``: what factors are about now, in the unit in which such devices send them; NaN: nothing is measured. The
    others have a course of their own.
    """
    system, factors = KINDS[device.kind]
    chance = random.Random(f"{seed}/{device.mn}/{int(at.timestamp())}")  # noqa: S311 - a simulation
    place = random.Random(f"{seed}/{device.mn}").uniform(0.7, 1.35)  # noqa: S311 - cleaner and dirtier places
    fine = _value(_COURSES["a34004"], at, chance) * place
    rows = []
    for code in factors:
        given = levels.get(code) if levels else None
        if given is not None:
            if math.isnan(given):
                continue
            value = max(0.0, given * (1 + _COURSES[_LIKE.get(code, code)].chance * chance.gauss(0, 1)))
            digits = _COURSES[_LIKE.get(code, code)].digits
        elif code in _OF_FINE:
            value, digits = fine * _OF_FINE[code] * chance.uniform(0.95, 1.05), 0
        else:
            value, digits = _value(_COURSES[code], at, chance), _COURSES[code].digits
        local = place if given is None and code.startswith("a21") else 1.0
        value = min(value * local, _MOST.get(code, math.inf))
        flag = "N" if chance.random() > 0.01 else chance.choice("DCM")
        rows.append((code, {"Rtd": f"{value:.{digits}f}", "Flag": flag}))
    return upload(device.mn, "2011", at, at, rows, system=system, answer=answer, profile=profile)


def _value(course: _Course, at: datetime, chance: random.Random) -> float:
    """One value of a factor's day; never below zero."""
    hour = (at.timestamp() / 3600 + 8) % 24
    days = at.timestamp() / 86_400
    weather = math.sin(days * 2 * math.pi / 5.3) + 0.5 * math.sin(days * 2 * math.pi / 2.1)
    traffic = sum(math.exp(-(((hour - peak) / 1.6) ** 2)) for peak in (8.0, 18.5))
    change = course.swing * math.cos((hour - course.peak) / 24 * 2 * math.pi) + course.rush * traffic
    change += course.days * weather / 1.5 + course.chance * chance.gauss(0, 1)
    return max(0.0, course.middle * (1 + change))


def rounds(
    count: int,
    start: datetime,
    number: int,
    every: timedelta,
    *,
    seed: int = 0,
    answer: bool = True,
    levels: Levels = lambda _device, _at: None,
) -> Iterator[bytes]:
    """The frames of ``number`` rounds of ``count`` devices, one round each ``every``; ``levels`` as for
    :func:`packets`, of a device and a time."""
    park = devices(count)
    for turn in range(number):
        at = start + turn * every
        for device in park:
            yield from packets(device, at, seed=seed, answer=answer, levels=levels(device, at))

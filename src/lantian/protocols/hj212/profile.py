"""A device profile: what a device does in its own way, confirmed by a person. Nothing in it is assumed.

Only part of the packets seen in public follow the standard in every point, so a profile is no exception but the rule.
:func:`lantian.protocols.hj212.propose.propose` suggests one from what a device sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CHECKSUMS = ("hj212", "modbus", "swapped", "none")
ENCODINGS = ("utf-8", "gbk", "gb18030")
VERSIONS = {"2005": 0, "2017": 1, "2025": 2}
LABELS = ("start", "end")
# MinInterval of the standard (command 1064).
MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)


class ProfileError(ValueError):
    """A profile that cannot be meant; ``name`` is the field, ``reason`` says what it may be."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Profile:
    """How one device speaks.

    ``crc``: ``hj212`` (the default), ``modbus``, ``swapped`` (low byte first) or ``none``. ``version``: what the device
    follows, None where nobody has said. ``period_label``: whether DataTime of period data is the period's start or its
    end. ``minutes``: length of minute data. ``aliases``: wire code → standard code. ``units``: wire code → unit; a unit
    that is not here is unknown.
    """

    crc: str = "hj212"
    version: str | None = None
    encoding: str | None = None
    period_label: str = "start"
    minutes: int | None = None
    sm4_key: bytes = b""
    aliases: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def period(self, command: str, periods: Mapping[str, timedelta]) -> timedelta | None:
        """Length of the period of a record, None where the profile must say it and does not."""
        if command == "2051":
            return timedelta(minutes=self.minutes) if self.minutes else None
        return periods.get(command)


DEFAULT = Profile()
_KEY = re.compile(r"[0-9A-Fa-f]{32}")


def from_mapping(values: Mapping[str, object]) -> Profile:
    """A profile from JSON: ``crc``, ``version``, ``encoding``, ``period_label``, ``minutes``, ``sm4_key_hex``,
    ``aliases``, ``units``.

    Raises ProfileError, which names the field; an unknown field is an error, too (a misspelt one would change nothing).
    """
    known = {"crc", "version", "encoding", "period_label", "minutes", "sm4_key_hex", "aliases", "units"}
    for name in values:
        if name not in known:
            raise ProfileError(str(name), f"unknown field; known: {', '.join(sorted(known))}")
    version = values.get("version")
    minutes = values.get("minutes")
    if minutes is not None and minutes not in MINUTES:
        raise ProfileError("minutes", f"one of {', '.join(map(str, MINUTES))}")
    return Profile(
        crc=_choice(values, "crc", CHECKSUMS) or "hj212",
        version=None if version is None else _version(version),
        encoding=_choice(values, "encoding", ENCODINGS),
        period_label=_choice(values, "period_label", LABELS) or "start",
        minutes=minutes if isinstance(minutes, int) else None,
        sm4_key=key_from_hex(values.get("sm4_key_hex")),
        aliases=_texts(values, "aliases"),
        units=_texts(values, "units"),
    )


def key_from_hex(value: object, name: str = "sm4_key_hex") -> bytes:
    """The 16 bytes of a key written as 32 hexadecimal digits; empty for None or an empty text."""
    if value is None or value == "":
        return b""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise ProfileError(name, "32 hexadecimal digits (16 bytes)")
    return bytes.fromhex(value)


def _version(value: object) -> str:
    """The year; ``HJ 212-2017`` and the number of the Flag bits (0, 1, 2) mean the same."""
    text = str(value).strip().removeprefix("HJ").strip().removeprefix("212-").removeprefix("/T 212-")
    for year, bits in VERSIONS.items():
        if text in (year, str(bits)):
            return year
    raise ProfileError("version", "2005, 2017 or 2025")


def _choice(values: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value.lower() not in allowed:
        raise ProfileError(name, f"one of {', '.join(allowed)}")
    return value.lower()


def _texts(values: Mapping[str, object], name: str) -> dict[str, str]:
    value = values.get(name) or {}
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for pair in value.items() for one in pair):
        raise ProfileError(name, "an object of texts")
    return {str(key): str(text) for key, text in value.items()}

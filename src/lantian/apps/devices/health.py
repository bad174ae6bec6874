"""How devices do: what the gateway writes about each number (``devices.json``, docs/gateway.md), judged in words.

The file is another process's: it may be absent, old, or hold anything. What cannot be read counts as not said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from lantian.apps.devices.models import DeviceState
from lantian.ingest.health import FILE
from lantian.ingest.settings import journal_beside

MOST_BYTES = 64 << 20
STALE = timedelta(minutes=2)  # the gateway writes every few seconds
_SILENT = timedelta(hours=24)  # where nobody said how often a device sends
_SILENT_LEAST = timedelta(minutes=30)
LOW_SHARE = 0.75
RUBBISH_SHARE = 0.05
REPEAT_SHARE = 0.2
CLOCK_SECONDS = 600.0  # interfaces.md 1.7: more than ten minutes
_REJECTS = ("rejected", "unconfirmed")
_HARMLESS = ("crc-lower-case", "crc-leading-zero-dropped")


@dataclass(frozen=True, slots=True)
class Health:
    """What the gateway says of one number; ``share``: packets of the last day by those expected."""

    known: bool = False
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    share: float | None = None
    offset: float | None = None
    packets: int = 0
    peer: str = ""
    second_peer: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Every packet since the counts began."""
        return sum(number for name, number in self.counts.items() if name not in ("second_peer", "wrong_password"))

    @property
    def rejected(self) -> int:
        """Packets that nothing proved, or that only an unconfirmed profile would prove."""
        return sum(self.counts.get(name, 0) for name in _REJECTS)

    @property
    def repeated(self) -> int:
        """Packets that came again."""
        return self.counts.get("repeated", 0)

    @property
    def crc_failures(self) -> int:
        """Packets whose checksum fails or is another one."""
        return sum(number for code, number in self.codes.items() if code.startswith("crc-") and code not in _HARMLESS)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole file; ``written`` None: there is none, so no gateway has run."""

    written: datetime | None = None
    devices: Mapping[str, Health] = field(default_factory=dict)
    alarms: Mapping[str, str] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        """Whether the gateway has stopped writing."""
        return self.written is not None and timezone.now() - self.written > STALE


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a device does: ``state`` is a key of the words of the pages, ``problems`` further ones."""

    state: str
    problems: tuple[str, ...] = ()


_kept: tuple[tuple[str, int, int], Report] | None = None


def folder() -> Path:
    """The gateway's journal, beside the lake."""
    return journal_beside(str(settings.LANTIAN_LAKE))


def report() -> Report:
    """What the gateway last wrote; read again only when the file changed."""
    global _kept
    path = folder() / FILE
    try:
        state = path.stat()
        stamp = (str(path), state.st_mtime_ns, state.st_size)
        if _kept is not None and _kept[0] == stamp:
            return _kept[1]
        made = _report(json.loads(path.read_bytes())) if state.st_size <= MOST_BYTES else Report()
    except (OSError, ValueError, RecursionError):
        return Report()
    _kept = (stamp, made)
    return made


def judge(state: str, health: Health | None, interval: int | None, now: datetime) -> Verdict:
    """How a device of the register does. A silent device is not blamed for its checksums of last week."""
    if state in (DeviceState.RETIRED, DeviceState.PROPOSED):
        return Verdict(state)
    if health is None or health.last_seen is None:
        return Verdict("never")
    silent = max(_SILENT_LEAST, timedelta(seconds=3 * interval)) if interval else _SILENT
    if now - health.last_seen > silent:
        return Verdict("maintenance" if state == DeviceState.MAINTENANCE else "offline")
    return Verdict("maintenance" if state == DeviceState.MAINTENANCE else "online", problems(health))


def problems(health: Health) -> tuple[str, ...]:
    """What is wrong with what a device sends: ``rubbish``, ``clock``, ``low``, ``repeats``, ``second_peer``."""
    total = health.total or 1
    found = {
        "rubbish": health.rejected / total > RUBBISH_SHARE,
        "clock": health.offset is not None and abs(health.offset) > CLOCK_SECONDS,
        "low": health.share is not None and health.share < LOW_SHARE,
        "repeats": health.repeated / total > REPEAT_SHARE,
        "second_peer": bool(health.second_peer),
    }
    return tuple(name for name, holds in found.items() if holds)


def _report(found: Any) -> Report:
    if not isinstance(found, dict):
        return Report()
    entries = found.get("devices")
    devices = {
        str(mn): _health(entry)
        for mn, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict)
    }
    alarms = found.get("alarms")
    words = {str(key): str(text) for key, text in alarms.items()} if isinstance(alarms, dict) else {}
    return Report(_instant(found.get("written")), devices, words)


def _health(entry: dict[str, Any]) -> Health:
    return Health(
        known=bool(entry.get("known")),
        first_seen=_instant(entry.get("first_seen")),
        last_seen=_instant(entry.get("last_seen")),
        share=_number(entry.get("expected_share")),
        offset=_number(entry.get("clock_offset_seconds")),
        packets=int(_number(entry.get("packets_24h")) or 0),
        peer=str(entry.get("peer") or "")[:60],
        second_peer=str(entry.get("second_peer") or "")[:60],
        counts=_counts(entry.get("counts")),
        codes=_counts(entry.get("codes")),
    )


def _counts(found: Any) -> dict[str, int]:
    if not isinstance(found, dict):
        return {}
    numbers = {str(key)[:60]: _number(value) for key, value in found.items()}
    return {key: int(value) for key, value in numbers.items() if value is not None}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None

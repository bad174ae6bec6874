"""Per device: when it was last seen, what became of its packets, how its clock stands. Written as devices.json."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.ingest.registry import Device
from lantian.ingest.settings import Limits

if TYPE_CHECKING:
    from lantian.ingest.connection import Connection

FILE = "devices.json"
_CODES_KEPT = 32
_SHARE_SECONDS = 24 * 3600


@dataclass(slots=True)
class Health:
    """One device number, known or not. ``counts`` by outcome: accepted, repaired, repeated, rejected, limited, …"""

    mn: str
    device: Device | None
    first_seen: float
    counted_from: float
    tokens: float
    refilled: float
    last_seen: float = 0.0
    peer: str = ""
    owner: Connection | None = None
    owner_seen: float = 0.0
    clock_offset: float | None = None
    commands: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    hours: dict[int, int] = field(default_factory=dict)
    second_peer: str = ""

    def allowed(self, now: float, rate: float, burst: float) -> bool:
        """Take one token; False: this device sends faster than it may."""
        self.tokens = min(burst, self.tokens + (now - self.refilled) * rate)
        self.refilled = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def seen(self, now: float, peer: str) -> None:
        """A proved packet came."""
        self.last_seen = now
        self.peer = peer
        hour = int(now // 3600)
        self.hours[hour] = self.hours.get(hour, 0) + 1
        if len(self.hours) > 25:
            del self.hours[min(self.hours)]

    def noted(self, codes: list[str]) -> None:
        """Quirks of a packet, by code."""
        for code in codes:
            if code in self.codes or len(self.codes) < _CODES_KEPT:
                self.codes[code] += 1

    def as_dict(self, now: float) -> dict[str, Any]:
        """The device's entry in devices.json (docs/gateway.md)."""
        interval = self.device.interval if self.device else None
        return {
            "station": self.device.station if self.device else None,
            "known": self.device is not None,
            "first_seen": _iso(self.first_seen),
            "last_seen": _iso(self.last_seen),
            "peer": self.peer,
            "second_peer": self.second_peer or None,
            "clock_offset_seconds": None if self.clock_offset is None else round(self.clock_offset, 1),
            "expected_share": self._share(now, interval),
            "packets_24h": sum(self.hours.values()),
            "counts": dict(self.counts),
            "commands": dict(self.commands),
            "codes": dict(self.codes),
        }

    def _share(self, now: float, interval: float | None) -> float | None:
        """Packets of the last day (or since the first of this run) by those expected; None without an interval."""
        if not interval:
            return None
        recent = sum(number for hour, number in self.hours.items() if hour * 3600 > now - _SHARE_SECONDS)
        expected = min(now - self.counted_from, _SHARE_SECONDS) / interval
        return round(min(1.0, recent / expected), 4) if expected >= 1 else None


class Park:
    """Every device number that has sent, at most ``limits.devices`` of those that nobody registered."""

    def __init__(self, limits: Limits) -> None:
        self.devices: dict[str, Health] = {}
        self.untracked = 0
        self._limits = limits
        self._others = 0

    def get(self, mn: str, device: Device | None, now: float) -> Health:
        """The health of a number; beyond the limit one that is counted and let go."""
        found = self.devices.get(mn)
        if found is None:
            found = Health(mn, device, now, now, self._limits.device_burst, time.monotonic())
            if device is None:
                if self._others >= self._limits.devices:
                    self.untracked += 1
                    return found
                self._others += 1
            self.devices[mn] = found
        return found

    def renew(self, device: Callable[[str], Device | None]) -> None:
        """The register has changed: who is known now?"""
        for mn, one in self.devices.items():
            one.device = device(mn)
        self._others = sum(one.device is None for one in self.devices.values())

    def load(self, path: Path) -> None:
        """Take up what an earlier run wrote: first and last seen, counts and codes go on."""
        try:
            entries = json.loads(path.read_bytes())["devices"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        now = time.time()
        for mn, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                known = self.get(mn, None, now)
                known.first_seen = _seconds(entry["first_seen"]) or now
                known.last_seen = _seconds(entry["last_seen"]) or 0.0
                known.peer = str(entry["peer"])
                for name in ("counts", "commands", "codes"):
                    getattr(known, name).update({str(key): int(number) for key, number in entry[name].items()})
            except (KeyError, TypeError, ValueError, AttributeError):
                continue

    def write(self, path: Path, more: dict[str, Any]) -> None:
        """devices.json beside its last version, then in its place. OSError: the old one stays."""
        now = time.time()
        made = {"written": _iso(now), **more, "untracked": self.untracked}
        made["devices"] = {mn: one.as_dict(now) for mn, one in self.devices.items()}
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        os.replace(draft, path)


def told_clock(path: Path) -> object:
    """What an earlier run's clock said of itself (:meth:`clock.Clock.state`), None where nothing is told."""
    try:
        return json.loads(path.read_bytes())["clock"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _iso(seconds: float) -> str | None:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None


def _seconds(text: str | None) -> float | None:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp() if text else None

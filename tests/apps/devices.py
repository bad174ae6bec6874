"""Invented devices of tests: their packets, a gateway's journal and its devices.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.devices import actions
from lantian.apps.devices.models import Device
from lantian.ingest import records
from lantian.protocols.hj212.encode import upload
from lantian.protocols.hj212.profile import DEFAULT, Profile

MN = "YXDUST000000000000000001"
DUST = (("a34001", 0.16), ("a34004", 0.04), ("a01001", 21.5))
PLAIN: dict[str, Any] = {
    "crc": "hj212", "version": "2017", "encoding": "", "period_label": "start", "minutes": None, "interval": 60,
    "check_password": False, "aliases": {}, "relay": "", "why": "",
}  # fmt: skip


def packets(
    mn: str = MN,
    number: int = 5,
    *,
    factors: Sequence[tuple[str, float]] = DUST,
    profile: Profile = DEFAULT,
    command: str = "2011",
    every: timedelta = timedelta(minutes=1),
    lag: timedelta = timedelta(0),
    start: datetime | None = None,
) -> list[bytes]:
    """Packets of one device, the last of them just now; ``lag``: how long after its time a record is sent."""
    begin = start or timezone.localtime().replace(microsecond=0) - every * number
    made = []
    for turn in range(number):
        at = begin + turn * every
        rows = [(code, {"Rtd": round(value * (1 + turn / 10), 3), "Flag": "N"}) for code, value in factors]
        made += upload(mn, command, at + lag, at, rows, system="39", profile=profile)
    return made


def keep(settings: Any, frames: Sequence[bytes], *, marks: int = records.REGULAR, junk: int = 0) -> Path:
    """A journal with these packets beside the test's lake; ``junk`` puts that many further packets before them."""
    folder = Path(settings.LANTIAN_LAKE).with_name("journal")
    folder.mkdir(parents=True, exist_ok=True)
    now = int(timezone.now().timestamp() * 1e6)
    data = b"".join(records.pack(now, 1, marks, b"10.0.0.9:5000", b"##0001x" + b"z" * 400) for _ in range(junk))
    data += b"".join(records.pack(now + n, 1, marks, b"10.0.0.7:4711", frame) for n, frame in enumerate(frames))
    path = folder / f"{0:020d}.journal"
    with path.open("ab") as stream:
        stream.write(data)
    return folder


def healthy(**changes: Any) -> dict[str, Any]:
    """An entry of devices.json."""
    now = timezone.now()
    return {
        "station": None, "known": True, "first_seen": (now - timedelta(days=2)).isoformat(),
        "last_seen": now.isoformat(), "peer": "10.0.0.7", "second_peer": None, "clock_offset_seconds": 1.2,
        "expected_share": 0.99, "packets_24h": 1400, "counts": {"accepted": 1400}, "commands": {"2011": 1400},
        "codes": {},
    } | changes  # fmt: skip


def report(settings: Any, devices: dict[str, dict[str, Any]], **more: Any) -> None:
    """Write devices.json as the gateway does."""
    folder = Path(settings.LANTIAN_LAKE).with_name("journal")
    folder.mkdir(parents=True, exist_ok=True)
    made = {"written": timezone.now().isoformat(), "alarms": {}, "devices": devices} | more
    (folder / "devices.json").write_text(json.dumps(made), encoding="utf-8")


def enter(by: User, mn: str = MN, *, area: str = "880101", profile: bool = True, **changes: Any) -> Device:
    """A device of the register, in use where it has a profile."""
    values = {"mn": mn, "name": "东塘工地一号", "kind": "dust", "area": Area.objects.get(code=area)} | changes
    row = actions.save_device(by, values)
    if profile:
        actions.save_profile(by, row, PLAIN)
        row.refresh_from_db()
    return row


Enter = Callable[..., Device]

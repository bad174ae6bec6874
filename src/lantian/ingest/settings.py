"""What a gateway is started with, and the limits that keep one sender from harming the others (docs/gateway.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Every limit, with the reason beside it in docs/gateway.md."""

    connections: int = 10_000
    per_address: int = 1_000
    idle_seconds: float = 7200.0
    stranger_seconds: float = 120.0
    noise_bytes: int = 65_536
    device_rate: float = 100.0
    device_burst: float = 1_000.0
    stranger_rate: float = 1_000.0
    reject_rate: float = 10.0
    unsent_bytes: int = 65_536
    unsent_seconds: float = 60.0
    undurable_bytes: int = 64 << 20
    repeats: int = 200_000
    devices: int = 20_000
    owner_silent_seconds: float = 120.0


@dataclass(frozen=True)
class Settings:
    """How one gateway runs. ``port`` 0: any free one; ``keep_days``: how long raw packets stay once the lake has them;
    ``every_seconds``: between two batches to the lake, and between two versions of devices.json; ``trust_clock``: a
    person says that this machine's clock is right, whatever an earlier run thought."""

    lake: str
    journal: Path
    host: str = "127.0.0.1"
    port: int = 0
    profiles: Path | None = None
    accept_unknown: bool = False
    metrics_port: int | None = None
    keep_days: float = 30.0
    every_seconds: float = 3.0
    chinese: bool = False
    trust_clock: bool = False
    limits: Limits = field(default_factory=Limits)


def journal_beside(lake: str) -> Path:
    """Where the journal of a lake stands where nobody says: ``journal`` beside a folder named ``lake`` (the data
    folder), ``NAME-journal`` beside any other, so that two lakes of one folder never share one."""
    folder = Path(lake).absolute()
    return folder.with_name("journal" if folder.name == "lake" else f"{folder.name}-journal")

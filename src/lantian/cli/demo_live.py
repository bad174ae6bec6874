"""The demonstration's devices: a gateway on a free port, and some hundred simulated monitors that speak to it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lantian.cli.beside import running

DEVICES = 300
EVERY_SECONDS = 60
_YEAR_OF_ROUNDS = 366 * 24 * 60


@contextlib.contextmanager
def devices(lake: str, profiles: Path, air: Path) -> Iterator[None]:
    """Run gateway and simulator until the site ends. ``profiles``: the device profiles that the site writes; ``air``:
    which devices stand at stations whose air is generated (:mod:`demo_levels`).

    The simulator starts when the gateway listens, and tries no more once it is gone.
    """
    port = _free_port()
    gateway = ["ingest", "--port", str(port), "--lake", lake, "--profiles", str(profiles)]
    simulator = [
        "hj212", "simulate", "--to", f"127.0.0.1:{port}", "--devices", str(DEVICES),
        "--every", str(EVERY_SECONDS), "--rounds", str(_YEAR_OF_ROUNDS), "--air", str(air),
    ]  # fmt: skip
    with running(*gateway, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"ready":
            yield  # it said on standard error why
            return
        # What it counts is on the pages; a monitor in the field has no standard error either.
        with running(*simulator, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

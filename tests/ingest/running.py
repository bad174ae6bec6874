"""A real gateway process and the sockets of devices; packets are ours."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lantian.lake import Lake
from lantian.protocols.hj212.encode import upload

PATIENCE = 60.0
EVERY = ("--every", "0.2")
DUST = (("a34004", {"Rtd": "35.5", "Flag": "N"}), ("a34002", {"Rtd": "81", "Flag": "N"}))


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def now() -> datetime:
    """The present second."""
    return datetime.now(UTC).replace(microsecond=0)


def packet(mn: str, at: datetime | None = None, *, rows: Any = DUST, command: str = "2011", **more: Any) -> bytes:
    """One frame."""
    at = at or now()
    (frame,) = upload(mn, command, at, more.pop("data_time", at), rows, system="39", **more)
    return frame


class Gateway:
    """``lantian ingest`` in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.lake = folder / "lake"
        self.journal = folder / "journal"
        self.errors: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lantian.cli", "ingest", "--port", "0", "--lake", str(self.lake), *EVERY, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"},
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line == "ready\n", (line, self.errors)
        until(lambda: any(one.startswith("port ") for one in self.errors), "the port is told")
        self.port = int(next(one for one in self.errors if one.startswith("port ")).split()[1])

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.errors.append(line)

    def connect(self, source: str = "127.0.0.1") -> Device:
        """One connection."""
        return Device(socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0)))

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self.gone()

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.gone()

    def gone(self) -> int:
        """The exit code when the process has ended."""
        code = self.process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    def health(self) -> dict[str, Any]:
        """devices.json as it stands."""
        try:
            found: dict[str, Any] = json.loads((self.journal / "devices.json").read_bytes())
        except FileNotFoundError:
            return {"counts": {}, "devices": {}, "lake": {}, "alarms": {}, "position": -1, "lake_lag_seconds": 1}
        return found


class Device:
    """A socket that sends frames and reads answers."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._rest = b""

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.connection.sendall(data)

    def answer(self, seconds: float = PATIENCE) -> bytes:
        """The next answer without its line end; empty: none came in time, or the connection was closed."""
        self.connection.settimeout(seconds)
        while b"\r\n" not in self._rest:
            try:
                received = self.connection.recv(65536)
            except (TimeoutError, ConnectionError):
                return b""
            if not received:
                return b""
            self._rest += received
        line, _, self._rest = self._rest.partition(b"\r\n")
        return line

    def ask(self, data: bytes) -> bytes:
        """Send one frame and wait for its answer."""
        self.send(data)
        return self.answer()

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


@contextmanager
def gateway(folder: Path, *options: str) -> Iterator[Gateway]:
    """A gateway that is gone afterwards."""
    running = Gateway(folder, *options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def raw(lake: Path, table: str = "raw") -> list[dict[str, Any]]:
    """Every row that was ever written, repeated ones twice."""
    delta = Lake(lake).table(table).open()
    return [] if delta is None else delta.to_pyarrow_table().to_pylist()


def seen(lake: Path, **where: object) -> list[dict[str, Any]]:
    """Rows of ``observation`` that match."""
    rows = Lake(lake).sql("select * from observation").to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in where.items())]


def hours_away(hours: float) -> datetime:
    """A wrong clock."""
    return now() + timedelta(hours=hours)

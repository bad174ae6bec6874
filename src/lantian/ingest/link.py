"""The gateway's side of the process that fills the lake: started, told, listened to, started again."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from lantian.ingest.alarms import Alarms
from lantian.ingest.settings import Settings

_RESTART_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
_STOP_SECONDS = 120.0


class Link:
    """``position``: everything before it is in the lake; ``counts``: fates of frames and values since the start."""

    def __init__(self, settings: Settings, alarms: Alarms) -> None:
        self.position = 0
        self.located = asyncio.Event()
        self.tried = asyncio.Event()
        self.counts: Counter[str] = Counter()
        self.incomplete = 0
        self.error = ""
        self._settings = settings
        self._alarms = alarms
        self._durable = 0
        self._told = -1
        self._behind_since = 0.0
        self._before: Counter[str] = Counter()
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def lag_seconds(self) -> float:
        """How long something durable has been waiting for the lake."""
        return time.monotonic() - self._behind_since if self._behind_since else 0.0

    @property
    def caught_up(self) -> bool:
        """Whether everything durable is in the lake."""
        return self.position >= self._durable

    async def run(self) -> None:
        """Keep the process alive until :meth:`stop`."""
        failures = 0
        while not self._stopping:
            begin = time.monotonic()
            code = await self._once()
            if self._stopping:
                return
            failures = 0 if time.monotonic() - begin > 60 else failures + 1
            self._alarms.raised("drain", f"exit {code}")
            self.tried.set()
            await asyncio.sleep(_RESTART_SECONDS[min(failures, len(_RESTART_SECONDS)) - 1])

    async def _once(self) -> int:
        settings = self._settings
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lantian.ingest.drain", str(settings.journal), settings.lake,
            str(settings.profiles or ""), "1" if settings.accept_unknown else "0", str(settings.every_seconds),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20,
        )  # fmt: skip
        self._told = -1
        self._before = Counter(self.counts)
        self.tell()
        assert self._process.stdout
        async for line in self._process.stdout:
            self._heard(json.loads(line))
        return await self._process.wait()

    def _heard(self, report: dict[str, Any]) -> None:
        self.position = max(self.position, report["position"])
        self.counts = self._before + Counter(report["counts"])
        self.incomplete = report["incomplete"]
        if "problem" in report:
            self._state("profiles", report["problem"])
        self.error = report.get("error", "")
        if "error" in report or report.get("located"):
            self._state("lake", self.error)
        if not self.error:
            self._alarms.over("drain")
        if report.get("located"):
            self.located.set()
        if self.error or (self.located.is_set() and self.caught_up):
            self.tried.set()
        self._behind_since = (self._behind_since or time.monotonic()) if not self.caught_up else 0.0

    def _state(self, key: str, problem: str) -> None:
        if problem:
            self._alarms.raised(key, problem)
        else:
            self._alarms.over(key)

    def durable(self, end: int) -> None:
        """The journal is durable up to here; :meth:`tell` says so to the process."""
        self._durable = end
        if not self._behind_since:
            self._behind_since = time.monotonic()

    def tell(self) -> None:
        """Say how far the journal is durable, if that has changed."""
        if self._durable != self._told:
            self._told = self._durable
            self._say(f"durable {self._durable}")

    def devices_changed(self) -> None:
        """The register of devices was read again: the process shall do so, too."""
        self._say("devices")

    def _say(self, line: str) -> None:
        process = self._process
        if process and process.returncode is None and process.stdin and not process.stdin.is_closing():
            process.stdin.write(f"{line}\n".encode("ascii"))

    async def stop(self) -> bool:
        """Drain to the end and end; False where the lake could not be filled."""
        self._stopping = True
        self.tell()
        self._say("stop")
        process = self._process
        if process is None or process.returncode is not None:
            return self.caught_up
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        return self.caught_up

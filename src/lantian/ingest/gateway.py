"""The gateway process: opens the journal, replays what the lake has not, listens, and ends in good order."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from lantian.ingest import alarms as alarm_words
from lantian.ingest import journal
from lantian.ingest.alarms import Alarms
from lantian.ingest.clock import Clock
from lantian.ingest.commit import Committer
from lantian.ingest.connection import Connection
from lantian.ingest.health import FILE, Park, told_clock
from lantian.ingest.intake import Intake
from lantian.ingest.link import Link
from lantian.ingest.records import REJECTED
from lantian.ingest.registry import Registry, RegistryError
from lantian.ingest.settings import Settings

_TICK_SECONDS = 0.25
_SHARE = 20  # devices.json takes at most a twentieth of the time
_PRUNE_SECONDS = 3600.0
_REMEMBERED = 64 << 20  # bytes of the journal's end in which a repeated packet is known again after a restart
_STOP_SECONDS = 10.0
_BACKLOG = 4096


class Gateway:
    """One gateway of one journal. :meth:`run` is its life."""

    alarm_names = tuple(alarm_words.SENTENCES)

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.alarms = Alarms(settings.chinese)
        self.journal = journal.FileJournal(settings.journal)
        self.registry = Registry(settings.profiles, settings.accept_unknown)
        self.park = Park(settings.limits)
        self.link = Link(settings, self.alarms)
        self.committer = Committer(self.journal, self.alarms, self._durable, self._synced)
        self.intake = Intake(settings.limits, self.registry, self.park, self.committer, self.alarms, self.clock)
        self._observe: Callable[[float], None] = lambda _seconds: None
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Exit 0: everything that was acknowledged is in the lake; 1: it is safe in the journal, the lake failed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        if self.journal.cut:
            self.alarms.tell(f"journal: {self.journal.cut} bytes of an unfinished write were cut off")
        end_metrics = self._metrics()
        filling = asyncio.create_task(self.link.run())
        tasks = [asyncio.create_task(self.committer.run())]
        try:
            await self._replay()
            tasks.append(asyncio.create_task(self._watch()))
            if not self._stop.is_set():
                await self._listen()
            return await self._end()
        finally:
            for task in (*tasks, filling):
                task.cancel()
            end_metrics()
            self.journal.close()

    def _metrics(self) -> Callable[[], None]:
        port = self.settings.metrics_port
        if port is None:
            return lambda: None
        from lantian.ingest.metrics import Metrics

        metrics = Metrics(self)
        self._observe = metrics.sync.observe
        return metrics.serve(port)

    async def _replay(self) -> None:
        """Bring the lake up to the journal before anybody is let in. A lake that cannot be written now must not keep
        the devices out: their data are safe in the journal."""
        self._refresh()
        self.park.load(self.settings.journal / FILE)
        self.park.renew(self.registry.device)
        self.link.durable(self.journal.end)
        self.link.tell()
        stopped = asyncio.create_task(self._stop.wait())
        tried = asyncio.create_task(self.link.tried.wait())
        await asyncio.wait((tried, stopped), return_when=asyncio.FIRST_COMPLETED)
        for task in (tried, stopped):
            task.cancel()
        self.journal.skip_to(self.link.position)
        latest = 0.0
        for record in journal.tail(self.settings.journal, self.journal.end, _REMEMBERED):
            latest = record.arrival / 1e6
            if not record.marks & REJECTED:
                self.intake.repeated(record.raw)
        if self.settings.trust_clock:
            self.clock.trust()
        else:
            self.clock.resume(told_clock(self.settings.journal / FILE), latest)
        self._check_clock()

    async def _listen(self) -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self.intake), self.settings.host, self.settings.port, backlog=_BACKLOG
        )
        if not self.settings.port:
            sys.stderr.write(f"port {server.sockets[0].getsockname()[1]}\n")
            sys.stderr.flush()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await self._stop.wait()
        server.close()

    async def _end(self) -> int:
        """Nothing new is read; what came is made durable and answered, the lake is filled."""
        self.intake.guests.pause(True)
        self.intake.digest()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.committer.idle(), _STOP_SECONDS)
        self.link.durable(self.journal.end)
        filled = await self.link.stop()
        for connection in list(self.intake.guests.connections):
            if connection.transport:
                connection.transport.close()
        self._write_health()
        await asyncio.sleep(0)
        return 0 if filled else 1

    async def _watch(self) -> None:
        """What is done from time to time."""
        health = prune = 0.0
        while True:
            now = time.monotonic()
            self.link.tell()
            self._check_clock()
            if self.intake.guests.paused and self.committer.held < self.settings.limits.undurable_bytes // 2:
                self.intake.guests.pause(self._stop.is_set())
            if self._refresh():
                self.link.devices_changed()
            self.intake.guests.sweep()
            if now >= health:
                self._write_health()
                spent = time.monotonic() - now
                health = now + max(self.settings.every_seconds, _SHARE * spent)
            if now - prune > _PRUNE_SECONDS and not self.clock.jump:  # how old a segment is, only a clock tells
                prune = now
                with suppress(OSError):
                    self.journal.prune(self.link.position, self.settings.keep_days * 86_400)
            await asyncio.sleep(_TICK_SECONDS)

    def _check_clock(self) -> None:
        self.clock.now()
        if self.clock.jump:
            reason = alarm_words.CLOCK[0 if self.settings.chinese else 1]
            self.alarms.raised("clock", reason.format(f"{self.clock.jump / 60:+.0f}"))
        else:
            self.alarms.over("clock")

    def _refresh(self) -> bool:
        try:
            changed = self.registry.refresh()
        except RegistryError as error:
            self.alarms.raised("profiles", error)
            return False
        if changed:
            self.park.renew(self.registry.device)
            if self.registry.problems:
                self.alarms.raised("profiles", "; ".join(self.registry.problems[:5]))
            else:
                self.alarms.over("profiles")
        return changed

    def _write_health(self) -> None:
        more = {
            "position": self.journal.end,
            "alarms": dict(self.alarms.standing),
            "counts": dict(self.intake.counts),
            "lake": dict(self.link.counts),
            "lake_lag_seconds": round(self.link.lag_seconds, 1),
            "connections": len(self.intake.guests.connections),
            "clock": self.clock.state(),
        }
        try:
            self.park.write(self.settings.journal / FILE, more)
        except OSError as error:
            self.alarms.raised("health", error.strerror or error)
        else:
            self.alarms.over("health")

    def _durable(self, end: int) -> None:
        self.link.durable(end)

    def _synced(self, seconds: float) -> None:
        self._observe(seconds)


def serve(settings: Settings) -> int:
    """Run a gateway until SIGTERM. OSError: the journal or the address cannot be had."""

    async def main() -> int:
        return await Gateway(settings).run()

    try:
        import uvloop
    except ImportError:
        return asyncio.run(main())
    code: int = uvloop.run(main())
    return code


def recover(settings: Settings) -> dict[str, int]:
    """Replay what the lake has not, and stop: the counts. Raises what the lake raises."""
    from lantian.ingest.drain import Drain
    from lantian.lake import Lake

    store = journal.FileJournal(settings.journal)
    lock = journal.locked(settings.journal / "drain.lock", wait=30.0)
    try:
        registry = Registry(settings.profiles, settings.accept_unknown)
        registry.refresh()
        drain = Drain(settings.journal, Lake(settings.lake), registry)
        drain.locate()
        while drain.step(store.end):
            pass
        drain.roll_up()
        return {"records": 0, "rows": 0, "quarantined_rows": 0, **drain.counts}
    finally:
        lock.close()
        store.close()

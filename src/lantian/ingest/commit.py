"""Group commit: what has arrived is written and synced together, and only then the answers leave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lantian.ingest.alarms import Alarms
from lantian.ingest.journal import Journal

RETRY_SECONDS = 1.0


class Committer:
    """Collects records and answers; one commit is under way at a time, and takes everything that came meanwhile.

    While the journal cannot be written nothing is answered and nothing is forgotten: the same records are tried again
    every second. ``held`` is their size; the gateway stops reading where it grows too large.
    """

    def __init__(
        self, journal: Journal, alarms: Alarms, durable: Callable[[int], None], synced: Callable[[float], None]
    ) -> None:
        self.held = 0
        self.acknowledged = 0
        self._journal = journal
        self._alarms = alarms
        self._durable = durable
        self._synced = synced
        self._records: list[bytes] = []
        self._answers: list[tuple[asyncio.Transport, bytes]] = []
        self._wake = asyncio.Event()
        self._stirred = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = ThreadPoolExecutor(1, "journal")

    def add(self, record: bytes) -> None:
        """A record to be made durable."""
        self._records.append(record)
        self.held += len(record)
        if not self._stirred:
            self._stir()

    def answer(self, transport: asyncio.Transport, answer: bytes) -> None:
        """An answer that leaves when everything added before it is durable; an empty one closes the connection."""
        self._answers.append((transport, answer))
        if not self._stirred:
            self._stir()

    def _stir(self) -> None:
        self._stirred = True
        self._wake.set()
        self._idle.clear()

    async def idle(self) -> None:
        """Until everything is durable and answered."""
        await self._idle.wait()

    async def run(self) -> None:
        """For ever; cancel to end."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._stirred = False
            records, self._records = self._records, []
            answers, self._answers = self._answers, []
            if records:
                await self._written(records)
            self.held -= sum(map(len, records))
            self._send(answers)
            if not self._wake.is_set():
                self._idle.set()

    async def _written(self, records: list[bytes]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begin = time.perf_counter()
            try:
                end = await loop.run_in_executor(self._thread, self._journal.append, records)
            except OSError as error:
                self._alarms.raised("journal", error.strerror or error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._synced(time.perf_counter() - begin)
            self._alarms.over("journal")
            self._durable(end)
            return

    def _send(self, answers: list[tuple[asyncio.Transport, bytes]]) -> None:
        for transport, answer in answers:
            if transport.is_closing():
                continue
            if answer:
                transport.write(answer)
                self.acknowledged += 1
            else:
                transport.close()

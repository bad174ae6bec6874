"""Who is connected: admitted by the limits, held back when too much waits, sent away when silent or deaf."""

from __future__ import annotations

import asyncio
from collections import Counter

from lantian.ingest.connection import Connection
from lantian.ingest.settings import Limits


class Guests:
    """The connections that stand. ``counts`` takes what was refused and closed."""

    def __init__(self, limits: Limits, counts: Counter[str], loop: asyncio.AbstractEventLoop) -> None:
        self.connections: set[Connection] = set()
        self.paused = False
        self._limits = limits
        self._counts = counts
        self._loop = loop
        self._addresses: Counter[str] = Counter()
        self._number = 0

    def admit(self, connection: Connection) -> bool:
        """Whether the limits admit one more."""
        self._counts["connections"] += 1
        if len(self.connections) >= self._limits.connections:
            self._counts["refused:full"] += 1
            return False
        if self._addresses[connection.address] >= self._limits.per_address:
            self._counts["refused:address"] += 1
            return False
        self._number += 1
        self._addresses[connection.address] += 1
        connection.number = self._number
        connection.created = connection.last_frame = self._loop.time()
        self.connections.add(connection)
        if self.paused and connection.transport:
            connection.transport.pause_reading()
        return True

    def leave(self, connection: Connection) -> None:
        """The connection is gone."""
        self.connections.discard(connection)
        self._addresses[connection.address] -= 1
        if not self._addresses[connection.address]:
            del self._addresses[connection.address]

    def sweep(self) -> None:
        """Close what has sent no whole packet for too long, or does not read its answers."""
        now = self._loop.time()
        for connection in list(self.connections):
            transport = connection.transport
            if transport is None:
                continue
            if connection.stalled and now - connection.stalled > self._limits.unsent_seconds:
                self._counts["closed:slow"] += 1
                transport.abort()
                continue
            stranger = connection.last_frame == connection.created
            patience = self._limits.stranger_seconds if stranger else self._limits.idle_seconds
            if not self.paused and now - connection.last_frame > patience:
                self._counts["closed:idle"] += 1
                transport.close()

    def pause(self, paused: bool) -> None:
        """Stop or go on reading from everybody: back-pressure reaches the devices through TCP."""
        if paused == self.paused:
            return
        self.paused = paused
        for connection in self.connections:
            if connection.transport is None or connection.transport.is_closing():
                continue
            if paused:
                connection.transport.pause_reading()
            elif not connection.stalled:
                connection.transport.resume_reading()

"""One TCP connection of a device, a relay, or a stranger."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from lantian.protocols.hj212.framing import Framer

if TYPE_CHECKING:
    from lantian.ingest.intake import Intake

_KEPT = 140_000  # raw bytes kept to cut frames from: more than the largest frame with what may stand round it


class Connection(asyncio.Protocol):
    """Hands bytes to the intake. Never bound to a device: a relay speaks for many."""

    __slots__ = (
        "address", "created", "framer", "intake", "key", "last_frame", "noise", "number", "peer", "raw", "raw_base",
        "rejects", "rejects_at", "stalled", "transport",
    )  # fmt: skip

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.transport: asyncio.Transport | None = None
        self.framer: Framer | None = None
        self.peer = b""
        self.address = ""
        self.number = 0
        self.created = self.last_frame = 0.0
        self.stalled = 0.0
        self.noise = 0
        self.rejects = 0.0
        self.rejects_at = 0.0
        self.raw = b""
        self.raw_base = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admitted, or refused by the limits."""
        self.transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername") or ("?", 0)
        self.address, self.peer = str(name[0]), f"{name[0]}:{name[1]}".encode("ascii", "backslashreplace")
        handle = transport.get_extra_info("socket")
        if handle is not None:
            with suppress(OSError):
                handle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
                handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 20)
                handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        self.transport.set_write_buffer_limits(high=self.intake.limits.unsent_bytes)
        if not self.intake.opened(self):
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.intake.take(self, data)

    def eof_received(self) -> bool:
        """The device will send no more: what it sent is answered, then the connection is closed."""
        self.intake.ended(self)
        return True

    def connection_lost(self, _error: Exception | None) -> None:
        """The connection is gone."""
        self.intake.closed(self)

    def pause_writing(self) -> None:
        """The peer does not read its answers: it gets no further ones."""
        if self.transport:
            self.transport.pause_reading()
            self.stalled = asyncio.get_running_loop().time()

    def resume_writing(self) -> None:
        """The peer reads again."""
        if self.transport and not self.transport.is_closing() and not self.intake.guests.paused:
            self.transport.resume_reading()
        self.stalled = 0.0

    def kept(self, data: bytes, framer: Framer | None) -> Framer:
        """Remember raw bytes for :meth:`cut`, and the framer that counts them."""
        if framer is None:
            framer = self.framer = Framer(self.intake.registry.profile)
            self.raw, self.raw_base = b"", 0
        self.raw += data
        surplus = len(self.raw) - _KEPT - len(data)
        if surplus > 0:
            self.raw, self.raw_base = self.raw[surplus:], self.raw_base + surplus
        return framer

    def cut(self, begin: int, end: int) -> bytes:
        """The raw bytes of a span."""
        return self.raw[max(0, begin - self.raw_base) : max(0, end - self.raw_base)]

    def settle(self) -> None:
        """Let the framer go where the next bytes mean the same to a new one; forget raw bytes no span can need."""
        if self.framer is not None and self.framer.quiet:
            self.framer, self.raw = None, b""

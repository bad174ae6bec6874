"""``lantian hj212 simulate|replay``: bytes to standard output, or to a host as devices send them."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.hj212 import every_of, fail, start_of
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.protocols.hj212.simulate import Device, Levels

_CHUNK = 1 << 16
_PATIENCE = 10.0  # seconds for an answer: the standard's default on mobile networks
_REPEATS = 3  # and how often the same frame is sent
_AWAY = 300.0  # seconds for which a host that went away is called again
_PAUSE = 3.0


def run(args: argparse.Namespace) -> int:
    """Simulate or replay; exit 1 where the address does not answer or the file cannot be read."""
    address = None
    if args.to:
        host, colon, port = args.to.rpartition(":")
        if not colon or not port.isdigit() or not 0 < int(port) < 65536:
            return fail(f"--to {args.to}: HOST:PORT", 2)
        address = (host.strip("[]") or "127.0.0.1", int(port))
    try:
        if args.task == "replay":
            return _replay(args, address)
        endless = args.rounds == 0 and address is not None
        if args.devices < 1 or (args.rounds < 1 and not endless) or args.every < 0:
            return fail("--devices, --rounds: 1 … (--rounds 0 --to …); --every: 0 …", 2)
        return asyncio.run(_devices(args, address)) if address else _print(args)
    except ValueError as error:
        return fail(f"--start, --air: {error}", 2)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and not args.to:
            raise  # who read our output went away: main ends quietly
        return fail(f"{args.to or error.filename or ''}: {error.strerror or error}")


def _print(args: argparse.Namespace) -> int:
    from lantian.protocols.hj212.simulate import rounds

    out = sys.stdout.buffer
    levels = _levels(args)
    for frame in rounds(args.devices, start_of(args), args.rounds, every_of(args), seed=args.seed, levels=levels):
        out.write(frame)
    out.flush()
    return 0


def _levels(args: argparse.Namespace) -> Levels:
    if not args.air:
        return lambda _device, _at: None
    from lantian.cli.demo_levels import Air

    return Air(Path(args.air)).levels


async def _devices(args: argparse.Namespace, address: tuple[str, int]) -> int:
    """One connection for each device, as in the field; counts what was sent and what was answered."""
    from lantian.protocols.hj212.simulate import devices

    counts = {"sent": 0, "answered": 0}
    start = start_of(args).timestamp() if args.start else None
    levels = _levels(args)
    results = await asyncio.gather(
        *(_device(device, args, address, start, counts, levels) for device in devices(args.devices)),
        return_exceptions=True,
    )
    broken = [one for one in results if isinstance(one, BaseException)]
    sent, answered = counts["sent"], counts["answered"]
    sys.stderr.write(
        f"已发送 {sent} 帧，收到应答 {answered} 个，断开 {len(broken)} 台\n"
        if prefers_chinese()
        else f"{sent} frames sent, {answered} answered, {len(broken)} devices cut off\n"
    )
    if broken:
        raise OSError(str(broken[0]))
    return 0


async def _device(
    device: Device,
    args: argparse.Namespace,
    address: tuple[str, int],
    start: float | None,
    counts: dict[str, int],
    levels: Levels,
) -> None:
    """One device: its first record at once, the following spread over the interval as devices' clocks are."""
    from lantian.protocols.hj212.simulate import packets

    line = _Line(address)
    await line.open()
    begin, turn = time.time(), 0
    try:
        while turn < args.rounds or not args.rounds:
            if turn and args.every:
                due = begin + (turn - 1 + (device.index % args.devices + 1) / args.devices) * args.every
                await asyncio.sleep(max(0.0, due - time.time()))
            at = datetime.fromtimestamp(time.time() if start is None else start + turn * args.every, UTC)
            for frame in packets(device, at, seed=args.seed, levels=levels(device, at)):
                counts["sent"] += 1
                answered = await line.ask(frame)  # read first: other devices count meanwhile
                counts["answered"] += answered
            turn += 1
    finally:
        line.close()


class _Line:
    """A device's connection. A host that went away is called again for some minutes; what was not answered is sent
    again, as the standard has it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Raises OSError where nobody listens."""
        self._reader, self._writer = await asyncio.open_connection(*self._address)

    def close(self) -> None:
        """Hang up."""
        if self._writer:
            self._writer.close()

    async def ask(self, frame: bytes) -> bool:
        """Whether the frame was answered, sent up to three times. OSError: the host has been away too long."""
        for _ in range(_REPEATS):
            try:
                if self._writer is None or self._reader is None:
                    await self._reopen()
                assert self._writer
                assert self._reader
                self._writer.write(frame)
                await self._writer.drain()
                if await _answered(self._reader):
                    return True
                if self._reader.at_eof():
                    self._lost()
            except ConnectionError:
                self._lost()
        return False

    def _lost(self) -> None:
        self.close()
        self._reader = self._writer = None

    async def _reopen(self) -> None:
        until = time.monotonic() + _AWAY
        while True:
            try:
                return await self.open()
            except OSError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(_PAUSE)


async def _answered(reader: asyncio.StreamReader) -> bool:
    """Whether the next line is an answer, within the standard's time."""
    try:
        return (await asyncio.wait_for(reader.readline(), _PATIENCE)).startswith(b"##")
    except TimeoutError:
        return False


def _replay(args: argparse.Namespace, address: tuple[str, int] | None) -> int:
    pieces = _paced(args) if args.per_second else _chunks(args.file)
    if address is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    import socket

    sent = 0
    with socket.create_connection(address, timeout=_PATIENCE) as connection:
        for piece in pieces:
            connection.sendall(piece)
            sent += len(piece)
        connection.shutdown(socket.SHUT_WR)
        answers = 0
        while received := connection.recv(_CHUNK):  # the host closes when it has answered
            answers += received.count(b"CN=901")
    sys.stderr.write(
        f"已发送 {sent} 字节，收到应答 {answers} 个\n"
        if prefers_chinese()
        else f"{sent} bytes sent, {answers} answers\n"
    )
    return 0


def _chunks(name: str) -> Iterator[bytes]:
    with Path(name).open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def _paced(args: argparse.Namespace) -> Iterator[bytes]:
    """The file as it is, a frame at a time; noise travels with the frame behind it."""
    from lantian.protocols.hj212.framing import Framer

    framer = Framer(tails=True)
    data, base, begin = b"", 0, time.monotonic()
    count = 0
    for chunk in (*_chunks(args.file), b""):
        data += chunk
        for span in framer.feed(chunk, final=not chunk):
            if span.end <= base:
                continue
            pause = begin + count / args.per_second - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            count += 1
            yield data[: span.end - base]
            data, base = data[span.end - base :], span.end
    yield data

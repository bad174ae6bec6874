"""``lantian hj212 simulate|replay``: bytes to standard output, or to a host as devices send them."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lantian.cli.hj212 import every_of, fail, start_of
from lantian.reading.errors import prefers_chinese

_CHUNK = 1 << 16
_PATIENCE = 10.0  # seconds for an answer: the standard's default on mobile networks


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
        if args.devices < 1 or args.rounds < 1 or args.every < 0:
            return fail("--devices, --rounds: 1 …; --every: 0 …", 2)
        return asyncio.run(_devices(args, address)) if address else _print(args)
    except ValueError as error:
        return fail(f"--start: {error}", 2)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and not args.to:
            raise  # who read our output went away: main ends quietly
        return fail(f"{args.to or error.filename or ''}: {error.strerror or error}")


def _print(args: argparse.Namespace) -> int:
    from lantian.protocols.hj212.simulate import rounds

    out = sys.stdout.buffer
    for frame in rounds(args.devices, start_of(args), args.rounds, every_of(args), seed=args.seed):
        out.write(frame)
    out.flush()
    return 0


async def _devices(args: argparse.Namespace, address: tuple[str, int]) -> int:
    """One connection for each device, as in the field; counts what was sent and what was answered."""
    from lantian.protocols.hj212.simulate import devices

    counts = {"sent": 0, "answered": 0}
    start = start_of(args)
    results = await asyncio.gather(
        *(_device(device, args, address, start.timestamp(), counts) for device in devices(args.devices)),
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
    device: object, args: argparse.Namespace, address: tuple[str, int], start: float, counts: dict[str, int]
) -> None:
    from datetime import UTC, datetime

    from lantian.protocols.hj212.simulate import Device, packets

    assert isinstance(device, Device)
    reader, writer = await asyncio.open_connection(*address)
    try:
        for turn in range(args.rounds):
            if turn and args.every:
                await asyncio.sleep(args.every)
            at = datetime.fromtimestamp(start + turn * args.every, UTC)
            for frame in packets(device, at, seed=args.seed):
                writer.write(frame)
                await writer.drain()
                counts["sent"] += 1
                answered = await _answered(reader)  # read first: other devices count meanwhile
                counts["answered"] += answered
    finally:
        writer.close()


async def _answered(reader: asyncio.StreamReader) -> bool:
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

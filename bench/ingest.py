"""The gateway end to end: packets a second at 2,000 connections, each answered only after its sync, on this machine.

Every connection is a device that waits for its answer before it sends the next packet. The senders are processes of
this benchmark on the same cores: what they use is used up for the gateway, too. Decoding into the lake goes on
meanwhile; the packets are counted in the lake afterwards. Beside it a gateway as one writes it first.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.hj212 import naive

CONNECTIONS = 2000
SENDERS = 2
SECONDS = 10.0
_FACTORS = ("a34004", "a34002", "a34001", "a21026", "a21004", "a05024", "a01001", "a01002", "a01006")


def packets(device: int, number: int) -> list[bytes]:
    """``number`` real-time packets of one device, about 371 bytes each, a request number of its own in every one."""
    from lantian.protocols.hj212 import crc, times

    start = datetime.now(UTC) - timedelta(minutes=number)
    segments = []
    for turn in range(number):
        at = start + timedelta(minutes=turn)
        rows = ";".join(
            f"{code}-Rtd={10 + (turn * 7 + place * 13 + device) % 80}.{turn % 10},{code}-Flag=N"
            for place, code in enumerate(_FACTORS)
        )
        head = f"QN={times.qn(at)};ST=39;CN=2011;PW=123456;MN=B{device:023d};Flag=5"
        segments.append(f"{head};CP=&&DataTime={times.stamp(at)};{rows}&&".encode())
    sums = crc.many(segments).tolist()
    return [b"##%04d%b%04X\r\n" % (len(one), one, value) for one, value in zip(segments, sums, strict=True)]


def send(port: int, first: int, count: int, seconds: float, each: int, ready: Any, results: Any) -> None:
    """One sender: ``count`` devices from ``first``; puts (answered packets, CPU seconds) when ``seconds`` are over."""
    park = [packets(first + index, each) for index in range(count)]
    poll = select.epoll()
    connections: dict[int, tuple[socket.socket, list[bytes]]] = {}
    for frames in park:
        one = socket.create_connection(("127.0.0.1", port))
        one.setblocking(False)
        connections[one.fileno()] = (one, frames)
        poll.register(one.fileno(), select.EPOLLIN)
    ready.wait()
    begin, cpu, answered = time.perf_counter(), time.process_time(), 0
    for one, frames in connections.values():
        one.send(frames.pop())
    until = begin + seconds
    while time.perf_counter() < until:
        for handle, _ in poll.poll(0.2, 4096):
            one, frames = connections[handle]
            if not one.recv(4096).startswith(b"##"):
                raise RuntimeError("no answer")
            answered += 1
            if frames:
                one.send(frames.pop())
    results.put((answered, time.perf_counter() - begin, time.process_time() - cpu))


def measure(port: int, seconds: float, rate: float) -> tuple[float, int, float]:
    """(packets a second, packets answered, CPU seconds of the senders)."""
    context = get_context("spawn")
    ready, results = context.Barrier(SENDERS), context.Queue()
    share = CONNECTIONS // SENDERS
    each = int(seconds * rate / CONNECTIONS) + 2
    workers = [
        context.Process(target=send, args=(port, index * share, share, seconds, each, ready, results))
        for index in range(SENDERS)
    ]
    for worker in workers:
        worker.start()
    found = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    answered = sum(one for one, _, _ in found)
    return answered / max(wall for _, wall, _ in found), answered, sum(cpu for _, _, cpu in found)


def ours(folder: Path) -> dict[str, object]:
    """Our gateway; rows in the lake are counted after it has ended."""
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--port", "0", "--lake", str(folder / "lake")]
    gateway = subprocess.Popen(
        [*command, "--accept-unknown", "--per-address", str(2 * CONNECTIONS)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert gateway.stdout
    assert gateway.stderr
    port = int(gateway.stderr.readline().split()[-1])
    gateway.stdout.readline()
    used = _cpu(gateway.pid)
    rate, answered, cpu = measure(port, SECONDS, 40_000)
    used = _cpu(gateway.pid) - used
    begin = time.perf_counter()
    gateway.terminate()
    code = gateway.wait()
    drained = time.perf_counter() - begin
    from lantian.lake import Lake

    table = Lake(folder / "lake").sql("select count(distinct (station, time)) from observation")
    stored = table.column(0)[0].as_py()
    return {
        "packets_per_second": round(rate), "answered": answered, "in_the_lake": stored, "exit": code,
        "drained_seconds": round(drained, 1), "gateway_cpu_us_each": round(used / max(1, answered) * 1e6, 1),
        "senders_cpu_us_each": round(cpu / max(1, answered) * 1e6, 1),
    }  # fmt: skip


def _cpu(process: int) -> float:
    """CPU seconds of a running process, its children not counted."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_PEER = """
import asyncio, os, sys
from bench.ingest import peer
asyncio.run(peer(sys.argv[1]))
"""


async def peer(path: str) -> None:
    """A gateway as one writes it first: a line, decode, write, sync, answer."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from lantian.protocols.hj212.encode import message

        while line := await reader.readline():
            for found in naive(line):
                os.write(log, json.dumps(found).encode())
                os.fdatasync(log)
                head = {"QN": found["QN"], "ST": "91", "CN": "9014", "PW": found["PW"], "MN": found["MN"], "Flag": "4"}
                writer.write(message({name: str(value) for name, value in head.items()}))
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def theirs(folder: Path) -> dict[str, object]:
    """The peer, for half the time."""
    server = subprocess.Popen(
        [sys.executable, "-c", _PEER, str(folder / "peer.log")], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    try:
        rate, answered, _ = measure(int(server.stdout.readline()), SECONDS / 2, 5_000)
    finally:
        server.kill()
        server.wait()
    return {"packets_per_second": round(rate), "answered": answered}


def run() -> None:
    """Print both."""
    print(f"\n# Gateway: {CONNECTIONS} connections, each waits for its answer, sync before answer; {SENDERS} senders")
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        print("lantian ingest  ", json.dumps(ours(Path(name))))
        print("a naive gateway ", json.dumps(theirs(Path(name))))


if __name__ == "__main__":
    run()

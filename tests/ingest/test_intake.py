"""The quick way and the careful way of taking bytes give the same; one sender cannot hold the others up."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.ingest.alarms import Alarms
from lantian.ingest.clock import Clock
from lantian.ingest.commit import Committer
from lantian.ingest.connection import Connection
from lantian.ingest.health import Park
from lantian.ingest.intake import Intake
from lantian.ingest.records import REJECTED, unpack
from lantian.ingest.registry import Registry
from lantian.ingest.settings import Limits
from lantian.protocols.hj212 import Decoder, answers
from tests.conftest import examples
from tests.ingest.running import now, packet


class Memory:
    """A journal that keeps its records in memory, and fails while ``broken``."""

    def __init__(self) -> None:
        self.data = b""
        self.broken = False

    @property
    def end(self) -> int:
        return len(self.data)

    def append(self, records: list[bytes]) -> int:
        if self.broken:
            raise OSError("no")
        self.data += b"".join(records)
        return self.end

    def prune(self, drained: int, keep_seconds: float) -> int:
        return int(drained and keep_seconds)

    def close(self) -> None:
        self.data = b""


class Line(asyncio.Transport):
    """What a connection writes to; remembers it."""

    def __init__(self, address: str = "10.0.0.1") -> None:
        super().__init__()
        self.said = b""
        self.reading = True
        self.gone = False
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 5000) if name == "peername" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high or low

    def is_closing(self) -> bool:
        return self.gone

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.said += bytes(data)

    def close(self) -> None:
        self.gone = True

    abort = close

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Desk:
    """An intake with a journal in memory. Made inside a running loop."""

    def __init__(self, clock: Clock | None = None, **limits: float) -> None:
        self.journal = Memory()
        self.limits = Limits(**limits)  # type: ignore[arg-type]
        alarms = Alarms()
        self.committer = Committer(self.journal, alarms, lambda _end: None, lambda _seconds: None)
        registry = Registry(accept_unknown=True)
        self.intake = Intake(self.limits, registry, Park(self.limits), self.committer, alarms, clock or Clock())

    def connect(self) -> tuple[Connection, Line]:
        line, connection = Line(), Connection(self.intake)
        connection.connection_made(line)
        return connection, line

    async def settle(self) -> None:
        running = asyncio.create_task(self.committer.run())
        self.intake.digest()
        await asyncio.wait_for(self.committer.idle(), 5)
        running.cancel()

    @property
    def kept(self) -> list[bytes]:
        return [record.raw for record in unpack(self.journal.data, 0) if not record.marks & REJECTED]


FRAMES = [packet(f"YX{turn % 3}", now() + timedelta(seconds=turn), answer=turn % 4 > 0) for turn in range(12)]
NOISE = [b"\r\n", b"\0\0", b"+++AT\r\n", b"##", b"##0400QN=2026", b"GET / HTTP/1.1\r\n\r\n", b""]


@given(
    parts=st.lists(st.sampled_from([*FRAMES, *NOISE]), max_size=10),
    damage=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=3),
    cuts=st.lists(st.integers(0, 3000), max_size=8),
)
@settings(max_examples=examples(150))
def test_however_bytes_are_cut_the_answers_are_those_of_the_library(
    parts: list[bytes], damage: list[tuple[int, int]], cuts: list[int]
) -> None:
    data = bytearray(b"".join(parts))
    for at, value in damage:
        if at < len(data):
            data[at] = value
    sent = bytes(data)
    decoder = Decoder()
    frames = [frame for frame in decoder.feed(sent, final=True) if frame.usable]
    expected = b"".join(answers.answer_to(frame) or b"" for frame in frames)

    async def taken() -> tuple[bytes, list[bytes]]:
        desk = Desk()
        connection, line = desk.connect()
        places = sorted({0, *(cut for cut in cuts if cut < len(sent)), len(sent)})
        for begin, end in pairwise(places):
            connection.data_received(sent[begin:end])
            if end % 2:
                desk.intake.digest()
        connection.eof_received()
        await desk.settle()
        return line.said, desk.kept

    said, kept = asyncio.run(taken())
    assert said == expected
    assert len(kept) == len({frame.segment for frame in frames})
    assert all(any(frame.segment in raw for raw in kept) for frame in frames)


def test_many_connections_at_once_are_answered_each_on_its_own() -> None:
    async def play() -> None:
        desk = Desk()
        chance = random.Random(3)  # noqa: S311 - any order will do
        lines = [(*desk.connect(), packet(f"YX{number}")) for number in range(200)]
        chance.shuffle(lines)
        for connection, _, frame in lines:
            connection.data_received(frame)
        await desk.settle()
        for number, (_, line, frame) in enumerate(lines):
            assert line.said == (answers.answer_to(Decoder().feed(frame)[0]) or b""), number
        assert desk.intake.counts["accepted"] == len(desk.kept) == 200

    asyncio.run(play())


def test_nothing_is_answered_before_it_is_durable_and_reading_stops_when_too_much_waits() -> None:
    async def play() -> None:
        desk = Desk(undurable_bytes=400)
        connection, line = desk.connect()
        desk.journal.broken = True
        running = asyncio.create_task(desk.committer.run())
        for frame in FRAMES[1:4]:
            connection.data_received(frame)
            desk.intake.digest()
        await asyncio.sleep(0.05)
        assert line.said == b""
        assert not line.reading
        desk.journal.broken = False
        await asyncio.wait_for(desk.committer.idle(), 5)
        assert line.said.count(b"CN=9014") == 3
        assert desk.committer.held == 0
        running.cancel()

    asyncio.run(play())


def test_a_peer_that_does_not_read_its_answers_is_sent_away() -> None:
    async def play() -> None:
        desk = Desk(unsent_seconds=0.0)
        connection, line = desk.connect()
        other, _ = desk.connect()
        connection.pause_writing()
        assert not line.reading
        await asyncio.sleep(0.01)
        desk.intake.guests.sweep()
        assert line.gone
        assert desk.intake.counts["closed:slow"] == 1
        connection.connection_lost(None)
        assert desk.intake.guests.connections == {other}

    asyncio.run(play())


def test_noise_without_end_is_sent_away_and_rejects_are_not_kept_without_end() -> None:
    async def play() -> None:
        desk = Desk(noise_bytes=10_000)
        connection, line = desk.connect()
        for _ in range(20):
            connection.data_received(b"\x16\x03\x01" * 300)
            desk.intake.digest()
        assert line.gone
        assert desk.intake.counts["closed:noise"] >= 1
        flood, line = desk.connect()
        bad = FRAMES[1].replace(b"35.5", b"35.6")
        flood.data_received(bad * 50)
        flood.data_received(FRAMES[1])
        await desk.settle()
        assert line.said.count(b"CN=9014") == 1
        assert desk.intake.counts["rejected"] == desk.intake.counts["crc_failures"] == 50
        kept = sum(bool(record.marks & REJECTED) for record in unpack(desk.journal.data, 0))
        assert kept + desk.intake.counts["rejects_not_kept"] == 50
        assert 0 < kept <= 11

    asyncio.run(play())


def test_strangers_without_end_are_counted_and_not_remembered() -> None:
    async def play() -> None:
        desk = Desk(devices=5)
        desk.intake.registry.accept_unknown = False
        connection, line = desk.connect()
        connection.data_received(b"".join(packet(f"ST{number}") for number in range(9)))
        await desk.settle()
        assert line.said.count(b"CN=9014") == 9
        assert len(desk.intake.park.devices) == 5
        assert desk.intake.park.untracked == 4

    asyncio.run(play())

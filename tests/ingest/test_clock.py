"""This machine's own clock jumps: packets are kept, nobody is answered, an alarm stands, and it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lantian.ingest.clock import Clock
from lantian.ingest.gateway import Gateway
from lantian.ingest.records import unpack
from lantian.ingest.settings import Settings
from lantian.protocols.hj212 import Decoder
from tests.ingest.running import packet, raw, seen
from tests.ingest.test_intake import Desk, Line

START = datetime(2026, 5, 6, 4, tzinfo=UTC).timestamp()
HOUR = 3600.0


class Hands:
    """A clock that a test sets: ``wall`` may be moved, ``running`` only goes on."""

    def __init__(self, wall: float = START, running: float = 1000.0) -> None:
        self.wall, self.running = wall, running

    def clock(self, boot: str = "first") -> Clock:
        return Clock(lambda: self.wall, lambda: self.running, boot)

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.running += seconds


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("hours", [8.0, -8.0])
def test_time_goes_on_as_it_was_until_the_clock_is_back(hours: float) -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += hours * HOUR
    hands.pass_by(10)
    assert clock.now() == pytest.approx(START + 10)
    assert clock.jump == pytest.approx(hours * HOUR)
    hands.wall -= hours * HOUR - 2
    assert clock.now() == hands.wall
    assert clock.jump == 0.0


def test_what_a_time_server_corrects_is_followed() -> None:
    hands = Hands()
    clock = hands.clock()
    for _ in range(10):
        hands.pass_by(3600)
        hands.wall -= 50  # altogether more than the tolerance, never at once
        assert clock.now() == hands.wall
    assert clock.jump == 0.0


def test_three_devices_bear_the_new_time_out() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += 8 * HOUR
    clock.now()
    for device, says in (("A", hands.wall + 3), ("B", START), ("C", hands.wall - 20)):
        assert clock.jump
        clock.witness(device, says)
    assert clock.jump == 0.0
    assert clock.now() == hands.wall


def test_one_device_is_believed_after_a_minute_and_odd_clocks_never() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += 8 * HOUR
    clock.now()
    for number in range(5):
        clock.witness(f"odd{number}", START + 3 * HOUR)
    clock.witness("A", hands.wall)
    assert clock.jump
    hands.pass_by(61)
    clock.witness("odd", START + 3 * HOUR)
    assert clock.jump
    clock.witness("A", hands.wall)
    assert clock.jump == 0.0


def test_devices_that_hold_with_the_old_time_keep_it() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall -= 8 * HOUR
    for turn in range(100):
        hands.pass_by(10)
        clock.witness(f"YX{turn % 5}", clock.now() + 1)
    assert clock.jump == pytest.approx(-8 * HOUR)


@pytest.mark.parametrize("hours", [8.0, -8.0])
def test_a_clock_that_was_set_between_two_runs_is_noticed(hours: float) -> None:
    hands = Hands()
    told = hands.clock().state()
    hands.pass_by(600)
    hands.wall += hours * HOUR
    clock = hands.clock()
    clock.resume(told, START)
    assert clock.jump == pytest.approx(hours * HOUR)
    assert clock.now() == pytest.approx(START + 600)


def test_after_a_start_of_the_machine_the_journal_tells_what_has_been() -> None:
    hands = Hands()
    told = hands.clock().state()
    later = Hands(START - 8 * HOUR, running=5.0)
    clock = later.clock("second")
    clock.resume(told, START)
    assert clock.now() == pytest.approx(START)
    assert clock.jump == pytest.approx(-8 * HOUR)
    off_for_a_week = Hands(START + 168 * HOUR, running=5.0)
    clock = off_for_a_week.clock("second")
    clock.resume(told, START)
    assert clock.jump == 0.0


@pytest.mark.parametrize("told", [None, "x", {"boot": "first"}, {"boot": "first", "now": "x", "running": 1}])
def test_what_an_earlier_run_said_may_be_of_no_use(told: object) -> None:
    clock = Hands().clock()
    clock.resume(told, 0.0)
    assert clock.jump == 0.0


@pytest.mark.parametrize("hours", [8.0, -8.0])
def test_while_the_clock_is_in_doubt_packets_are_kept_and_not_answered(hours: float) -> None:
    async def play() -> None:
        hands = Hands()
        desk = Desk(hands.clock())
        connection, line = desk.connect()

        async def sent(frame: bytes) -> bytes:
            line.said = b""
            connection.data_received(frame)
            await desk.settle()
            return line.said

        assert b"CN=9014" in await sent(packet("YX1", at(START)))
        hands.wall += hours * HOUR
        hands.pass_by(60)
        frame = packet("YX1", at(START + 60))
        assert await sent(frame) == b""
        assert await sent(frame) == b""
        assert await sent(_calibration("YX1", at(START + 61))) == b"", "no device is told a time that may be wrong"
        assert desk.intake.counts["unanswered:clock"] == 3
        hands.wall -= hours * HOUR
        hands.pass_by(30)
        assert b"CN=9014" in await sent(frame)
        records = list(unpack(desk.journal.data, 0))
        arrivals = [round(record.arrival / 1e6 - START) for record in records]
        assert arrivals == [0, 60, 60, 90], "by the time that was carried on, in the order in which they came"
        assert [record.raw for record in records].count(frame.removesuffix(b"\r\n")) == 2

    asyncio.run(play())


def test_a_device_that_asks_is_told_the_right_time_again() -> None:
    async def play() -> None:
        hands = Hands()
        desk = Desk(hands.clock())
        connection, line = desk.connect()
        connection.data_received(_calibration("YX1", at(START)))
        await desk.settle()
        _, clock = Decoder().feed(line.said)
        assert clock.body is not None
        assert clock.body.params["SystemTime"] == "20260506120000"

    asyncio.run(play())


def test_devices_that_know_the_time_end_the_silence() -> None:
    """The clock was slow and is set right: what came meanwhile under the wrong time comes in under the right one."""

    async def play() -> None:
        hands = Hands(START - 8 * HOUR)
        desk = Desk(hands.clock())
        lines: list[Line] = []
        hands.wall += 8 * HOUR
        frames = [packet(f"YX{number}", at(START)) for number in range(4)]
        for frame in frames:
            connection, line = desk.connect()
            connection.data_received(frame)
            await desk.settle()
            lines.append(line)
            connection.data_received(frame)
            await desk.settle()
        assert [line.said.count(b"CN=9014") for line in lines] == [0, 0, 1, 2], "the third tips the scale"
        first, _ = desk.connect()
        first.data_received(frames[0])
        await desk.settle()
        stamps = [record.arrival / 1e6 for record in unpack(desk.journal.data, 0) if frames[0].startswith(record.raw)]
        assert stamps == [pytest.approx(START - 8 * HOUR), pytest.approx(START)]

    asyncio.run(play())


def _calibration(mn: str, moment: datetime) -> bytes:
    from lantian.protocols.hj212.encode import message
    from lantian.protocols.hj212.times import qn

    return message({"QN": qn(moment), "ST": "39", "CN": "1013", "PW": "123456", "MN": mn, "Flag": "5"}, {})


def test_a_gateway_of_sockets_and_files_stops_answering_says_so_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hands of the clock set while it runs and between two runs; every answered packet is in the lake once."""
    present = datetime.now(UTC).timestamp()
    hands = Hands(present, 1000.0)

    async def told(gateway: Gateway, key: str, *, stands: bool) -> None:
        async with asyncio.timeout(60):
            while (key in gateway.alarms.standing) is not stands:
                await asyncio.sleep(0.02)

    async def first(gateway: Gateway, ask: Callable[[bytes], Awaitable[bytes]]) -> None:
        assert b"CN=9014" in await ask(packet("YX1", at(present)))
        hands.wall -= 5 * HOUR
        assert await ask(packet("YX1", at(present + 1))) == b""
        await told(gateway, "clock", stands=True)
        assert gateway.alarms.standing["clock"] == "this machine's clock was set by -300 min"
        hands.wall += 5 * HOUR
        await told(gateway, "clock", stands=False)
        assert b"CN=9014" in await ask(packet("YX1", at(present + 1)))
        hands.wall += 5 * HOUR

    async def second(gateway: Gateway, ask: Callable[[bytes], Awaitable[bytes]]) -> None:
        await told(gateway, "clock", stands=True)
        assert await ask(packet("YX1", at(present + 2))) == b""
        hands.wall -= 5 * HOUR
        await told(gateway, "clock", stands=False)
        assert b"CN=9014" in await ask(packet("YX1", at(present + 2)))
        hands.wall -= 5 * HOUR

    async def third(gateway: Gateway, ask: Callable[[bytes], Awaitable[bytes]]) -> None:
        assert b"CN=9014" in await ask(packet("YX1", at(present + 3 - 5 * HOUR)))
        assert not gateway.alarms.standing, "a person said that the clock is right"

    for life, trusted in ((first, False), (second, False), (third, True)):
        assert _lived(Settings(str(tmp_path / "lake"), tmp_path / "journal", accept_unknown=True, every_seconds=0.2,
                               trust_clock=trusted), hands, life, capsys) == 0  # fmt: skip
    times = {row["time"] for row in seen(tmp_path / "lake", station="YX1", factor="a34004")}
    second_of = datetime.fromtimestamp(int(present), UTC)
    assert times == {second_of + timedelta(seconds=n) for n in range(3)} | {second_of + timedelta(hours=-5, seconds=3)}
    assert len(raw(tmp_path / "lake")) >= len(times) * 2


def _lived(
    settings: Settings,
    hands: Hands,
    life: Callable[[Gateway, Callable[[bytes], Awaitable[bytes]]], Awaitable[None]],
    capsys: pytest.CaptureFixture[str],
) -> int:
    """The life of one gateway in this process, and its exit code."""

    async def play() -> int:
        gateway = Gateway(settings, hands.clock())
        running = asyncio.create_task(gateway.run())
        said = ""
        async with asyncio.timeout(60):
            while "port " not in said:
                await asyncio.sleep(0.02)
                said += capsys.readouterr().err
        port = int(said.split("port ")[1].split()[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def ask(frame: bytes) -> bytes:
            kept = gateway.journal.end
            writer.write(frame)
            if gateway.clock.now() and gateway.clock.jump:
                while gateway.journal.end == kept:
                    await asyncio.sleep(0.01)
                await gateway.committer.idle()
            try:
                return await asyncio.wait_for(reader.readuntil(b"\r\n"), 0.3 if gateway.clock.jump else 60)
            except TimeoutError:
                return b""

        await life(gateway, ask)
        os.kill(os.getpid(), signal.SIGTERM)
        code = await running
        writer.close()
        return code

    return asyncio.run(play())

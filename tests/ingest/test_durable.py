"""What was acknowledged is in the lake exactly once, whatever is killed, full or not to be written."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import SOAK
from tests.ingest.running import EVERY, Gateway, gateway, now, packet, raw, seen, until

ROUNDS = 300 if SOAK else 10
SENDERS = 6


@pytest.fixture
def open_gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that takes every device."""
    with gateway(tmp_path, "--accept-unknown") as one:
        yield one


class Sender(threading.Thread):
    """A device: one packet after the other; what was not answered is sent again, as the standard has it."""

    def __init__(self, running: Gateway, mn: str, start: datetime, unanswered: bytes | None) -> None:
        super().__init__(daemon=True)
        self.running = running
        self.mn = mn
        self.at = start
        self.pending = unanswered
        self.answered: list[datetime] = []

    def run(self) -> None:
        """Until the gateway is gone."""
        try:
            device = self.running.connect()
            while True:
                frame = self.pending or packet(self.mn, self.at)
                self.pending = frame
                if not device.ask(frame):
                    return
                self.answered.append(self.at)
                self.at += timedelta(seconds=1)
                self.pending = None
        except OSError:
            return


def test_killed_at_any_moment_every_acknowledged_packet_is_there_once(tmp_path: Path) -> None:
    chance = random.Random(212)  # noqa: S311 - when to kill
    start = now() - timedelta(days=20)
    places: dict[str, tuple[datetime, bytes | None]] = {f"YX{number}": (start, None) for number in range(SENDERS)}
    acknowledged: set[tuple[str, datetime]] = set()
    for _ in range(ROUNDS):
        running = Gateway(tmp_path, "--accept-unknown")
        senders = [Sender(running, mn, at, unanswered) for mn, (at, unanswered) in places.items()]
        for sender in senders:
            sender.start()
        until(lambda every=senders: all(one.answered for one in every), "every device got an answer")
        time.sleep(chance.uniform(0, 0.6))  # the moment of the kill is the point
        running.kill()
        for sender in senders:
            sender.join()
            acknowledged |= {(sender.mn, at) for at in sender.answered}
            places[sender.mn] = (sender.at, sender.pending)
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--recover", "--accept-unknown"]
    recovered = subprocess.run(
        [*command, "--lake", str(tmp_path / "lake")], check=False, capture_output=True, text=True
    )
    assert recovered.returncode == 0, recovered.stderr
    written = Counter((row["station"], row["time"], row["factor"]) for row in raw(tmp_path / "lake"))
    missing = [one for one in acknowledged if not written[*one, "a34004"] or not written[*one, "a34002"]]
    assert len(acknowledged) >= ROUNDS * SENDERS
    assert not missing
    assert max(written.values()) == 1
    unanswered = {(mn, at) for mn, (at, pending) in places.items() if pending}
    assert {(station, at) for station, at, _ in written} <= acknowledged | unanswered
    sys.stdout.write(f"killed {ROUNDS} times: {len(acknowledged)} acknowledged packets, each once in the lake\n")


def test_the_next_start_replays_before_it_is_ready(tmp_path: Path) -> None:
    running = Gateway(tmp_path, "--accept-unknown", "--every", "3600")
    device, start = running.connect(), now()
    assert device.ask(packet("YX01", start))
    assert device.ask(packet("YX01", start + timedelta(seconds=1)))
    running.kill()
    with gateway(tmp_path, "--accept-unknown") as again:
        assert len(seen(tmp_path / "lake", station="YX01")) == 4, again.errors
        device = again.connect()
        assert device.ask(packet("YX01", start))  # a repeat is known across the restart
        assert again.stop() == 0
    assert len(raw(tmp_path / "lake")) == 4


def test_what_was_taken_of_an_unknown_device_is_taken_by_a_replay_without_that_option(tmp_path: Path) -> None:
    running = Gateway(tmp_path, "--accept-unknown", "--every", "3600")
    device, start = running.connect(), now()
    assert device.ask(packet("YX01", start))
    odd = packet("YX01", start + timedelta(seconds=1))
    assert device.ask(odd[:2] + b"%04d" % (int(odd[2:6]) - 5) + odd[6:])  # repaired: not the fast way
    running.kill()
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--recover", "--lake", str(tmp_path / "lake")]
    recovered = subprocess.run(command, check=False, capture_output=True, text=True)
    assert recovered.returncode == 0, recovered.stderr
    assert len(seen(tmp_path / "lake", station="YX01")) == 4
    with gateway(tmp_path) as stricter:
        assert stricter.connect().ask(packet("YX01", start + timedelta(seconds=2)))
        assert stricter.stop() == 0
    assert len(seen(tmp_path / "lake", station="YX01")) == 4


def test_a_clean_stop_leaves_everything_in_the_lake(open_gateway: Gateway) -> None:
    device, start = open_gateway.connect(), now()
    frames = [packet("YX01", start + timedelta(seconds=turn)) for turn in range(200)]
    device.send(b"".join(frames))
    assert all(device.answer() for _ in frames)
    assert open_gateway.stop() == 0, open_gateway.errors
    assert len(raw(open_gateway.lake)) == 400


def test_no_answer_while_the_disk_is_full_and_then_by_itself(open_gateway: Gateway) -> None:
    device, start = open_gateway.connect(), now()
    assert device.ask(packet("YX01", start))
    process = open_gateway.process.pid
    unlimited = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, unlimited[1]))
    device.send(packet("YX01", start + timedelta(seconds=1)))
    until(lambda: any("the journal cannot be written" in line for line in open_gateway.errors), "the alarm")
    assert device.answer(0.3) == b""
    resource.prlimit(process, resource.RLIMIT_FSIZE, unlimited)
    assert b"CN=9014" in device.answer()
    until(lambda: any("alarm over: journal" in line for line in open_gateway.errors), "the end of the alarm")
    assert open_gateway.stop() == 0, open_gateway.errors
    assert len(raw(open_gateway.lake)) == 4


def test_devices_are_answered_while_the_lake_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("in the way", encoding="utf-8")
    with gateway(tmp_path, "--accept-unknown") as running:
        device = running.connect()
        assert device.ask(packet("YX01"))
        until(lambda: any("the lake cannot be written" in line for line in running.errors), "the alarm")
        until(lambda: "lake" in running.health()["alarms"], "the alarm in devices.json")
        (tmp_path / "lake").unlink()
        until(lambda: len(raw(running.lake)) == 2, "the lake is filled by itself")
        until(lambda: not running.health()["alarms"], "the alarm is over")
        assert running.stop() == 0


def test_stopping_with_a_broken_lake_says_so_and_recovers_later(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("in the way", encoding="utf-8")
    with gateway(tmp_path, "--accept-unknown") as running:
        assert running.connect().ask(packet("YX01"))
        assert running.stop() == 1
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--recover", "--accept-unknown"]
    command += ["--lake", str(tmp_path / "lake")]
    broken = subprocess.run(command, check=False, capture_output=True, text=True)
    assert broken.returncode == 1
    assert len(broken.stderr.splitlines()) == 1
    (tmp_path / "lake").unlink()
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert len(raw(tmp_path / "lake")) == 2


def test_the_process_that_fills_the_lake_is_started_again(open_gateway: Gateway) -> None:
    children = Path(f"/proc/{open_gateway.process.pid}/task/{open_gateway.process.pid}/children")
    (child,) = children.read_text(encoding="ascii").split()
    os.kill(int(child), 9)
    assert open_gateway.connect().ask(packet("YX01"))
    until(lambda: len(raw(open_gateway.lake)) == 2, "the lake is filled again")
    assert any("ended and is started again" in line for line in open_gateway.errors)
    assert open_gateway.stop() == 0, open_gateway.errors


def test_a_second_gateway_of_one_journal_is_refused(open_gateway: Gateway) -> None:
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--port", "0", "--lake", str(open_gateway.lake), *EVERY]
    second = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "LANG": "en_US"})
    assert second.returncode == 1
    assert "another gateway is using this journal" in second.stderr
    assert second.stdout == ""


def test_wrong_use_is_told() -> None:
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--lake", "x"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2

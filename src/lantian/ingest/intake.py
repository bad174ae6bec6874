"""Bytes in, records and answers out: the part of the gateway that every packet passes.

Whole, regular frames of many connections are proved together (one NumPy pass over all checksums of a turn of the event
loop) and their head is read by one pattern. Everything else goes through the connection's framer and the careful
reader, with the same result.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, OrderedDict
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from lantian.ingest import records
from lantian.ingest.alarms import Alarms
from lantian.ingest.clock import Clock
from lantian.ingest.commit import Committer
from lantian.ingest.connection import Connection
from lantian.ingest.guests import Guests
from lantian.ingest.health import Health, Park
from lantian.ingest.registry import Registry
from lantian.ingest.settings import Limits
from lantian.protocols.hj212 import answers, crc, times
from lantian.protocols.hj212.decode import REPAIRED, Frame, frame_of
from lantian.protocols.hj212.framing import Span, device_of
from lantian.protocols.hj212.profile import DEFAULT, Profile
from lantian.protocols.hj212.proof import PLAIN

_HEAD = re.compile(
    rb"QN=([0-9]{17});ST=[0-9]{2};CN=(2011|2051|2061|2031);PW=([!-:<-~]{1,32});MN=([!-:<-~]{1,64});Flag=([014589]);CP=&&"
)
_DIGITS = {b"%04d" % number: number for number in range(2, 1025)}
_SUMS = {b"%04X" % value: value for value in crc.TABLE}
_ANSWERED = {b"1": b"0", b"5": b"4", b"9": b"8"}  # Flag with bit A → Flag of the answer
_FEW = 7  # below this one by one is faster than a batch
# What a device says to us about a request of ours: logged, needs no answer, is not unknown.
_REPLIES = frozenset(("9011", "9012", "9013", "9014", "1011", "1012"))
_FAILED = ("crc-mismatch", "crc-missing", "crc-is-", "crc-bytes")
_TOLD = 200
_COMMANDS_KEPT = 50


class Intake:
    """Takes the bytes of all connections. ``counts``: outcomes since the start; ``commands``: proved packets by CN;
    ``codes``: quirks."""

    def __init__(
        self, limits: Limits, registry: Registry, park: Park, committer: Committer, alarms: Alarms, clock: Clock
    ) -> None:
        self.limits = limits
        self.registry = registry
        self.park = park
        self.committer = committer
        self.counts: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self._alarms = alarms
        self._clock = clock
        self._doubtful: list[bytes] | None = None
        """None while the clock is trusted; else the marks of the packets that came since it is not."""
        self._inbox: list[tuple[Connection, bytes]] = []
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._strangers = Health("", None, 0.0, 0.0, limits.stranger_rate, 0.0)
        self._told: set[tuple[str, str]] = set()
        self._loop = asyncio.get_running_loop()
        self.guests = Guests(limits, self.counts, self._loop)

    def opened(self, connection: Connection) -> bool:
        """Whether the limits admit one more."""
        return self.guests.admit(connection)

    def closed(self, connection: Connection) -> None:
        """The connection is gone; a frame that it did not finish is judged."""
        if connection in self.guests.connections:
            self._finish(connection)
            self.guests.leave(connection)

    def ended(self, connection: Connection) -> None:
        """Nothing more will come; close when all is answered."""
        self._finish(connection)
        if connection.transport:
            self.committer.answer(connection.transport, b"")

    def _finish(self, connection: Connection) -> None:
        self.digest()
        if connection.framer:
            self._feed(connection, b"", final=True)

    def take(self, connection: Connection, data: bytes) -> None:
        """Bytes of one connection; they are looked at together with what the others send in this turn."""
        if not self._inbox:
            self._loop.call_soon(self.digest)
        self._inbox.append((connection, data))

    def digest(self) -> None:
        """Judge everything that has come."""
        while self._inbox:
            inbox, self._inbox = self._inbox, []
            later: list[tuple[Connection, bytes]] = []
            plain: list[tuple[Connection, bytes, int]] = []
            busy = set()
            for connection, data in inbox:
                if connection in busy:  # its earlier bytes come first
                    later.append((connection, data))
                    continue
                busy.add(connection)
                end = _whole(data) if connection.framer is None else 0
                if end:
                    plain.append((connection, data, end))
                else:
                    self._feed(connection, data)
            self._prove(plain)
            self._inbox = later + self._inbox
        if self.committer.held > self.limits.undurable_bytes:
            self.guests.pause(True)

    def _prove(self, plain: list[tuple[Connection, bytes, int]]) -> None:
        """Frames that stand alone in their bytes: those that the checksum proves are regular."""
        segments = [data[6:end] for _, data, end in plain]
        sums = crc.many(segments).tolist() if len(plain) > _FEW else map(crc.hj212, segments)
        wanted: list[tuple[Connection, bytes]] = []
        now, tick = self._now(), self._loop.time()
        for (connection, data, end), segment, value in zip(plain, segments, sums, strict=True):
            sent = data[end : end + 4]
            if value != (_SUMS.get(sent) or _SUMS.get(sent.upper())):
                self._feed(connection, data)
                continue
            span = Span(0, segment, len(segment), 4, sent, PLAIN)
            body = self._regular(connection, span, data[: end + 4], now, tick)
            if body:
                wanted.append((connection, body))
        self._acknowledge(wanted)

    def _now(self) -> float:
        """When what is looked at now arrived. What came while the clock was in doubt was not answered and comes again:
        then it is a packet like any other, with an arrival that holds."""
        now = self._clock.now()
        if self._clock.jump:
            self._doubtful = self._doubtful or []
        elif self._doubtful is not None:
            for mark in self._doubtful:
                self._seen.pop(mark, None)
            self._doubtful = None
        return now

    def _feed(self, connection: Connection, data: bytes, *, final: bool = False) -> None:
        """Bytes that need the framer: parts of frames, several at once, noise, repairs."""
        framer = connection.kept(data, connection.framer)
        skipped = framer.skipped
        spans = framer.feed(data, final=final)
        self.counts["noise_bytes"] += framer.skipped - skipped
        now, tick = self._now(), self._loop.time()
        for span in spans:
            raw = connection.cut(span.offset, span.end)
            plain = span.proof is PLAIN and not span.junk and span.declared == len(span.segment) and span.digits == 4
            if plain and len(span.segment) <= 1024 and span.segment.isascii():
                body = self._regular(connection, span, raw, now, tick)
                if body:
                    self._acknowledge([(connection, body)])
            else:
                self._careful(connection, span, raw, now, tick)
        if spans:
            connection.noise = 0
        else:
            connection.noise += len(data)
            if connection.noise > self.limits.noise_bytes and connection.transport:
                self.counts["closed:noise"] += 1
                connection.transport.abort()
        connection.settle()

    def _acknowledge(self, wanted: list[tuple[Connection, bytes]]) -> None:
        """Answers round their bodies; they leave when the journal is durable. None while the clock is in doubt."""
        if self._doubtful is not None:
            self.counts["unanswered:clock"] += len(wanted)
            return
        bodies = [body for _, body in wanted]
        sums = crc.many(bodies).tolist() if len(bodies) > _FEW else map(crc.hj212, bodies)
        for (connection, body), value in zip(wanted, sums, strict=True):
            if connection.transport:
                self.committer.answer(connection.transport, b"##%04d%b%04X\r\n" % (len(body), body, value))

    def _regular(self, connection: Connection, span: Span, raw: bytes, now: float, tick: float) -> bytes:
        """A frame with nothing in question; its head is usually read by one pattern. Gives the segment of the answer,
        empty where there is none (or it has been given)."""
        found = _HEAD.match(span.segment)
        if found is None:
            self._careful(connection, span, raw, now, tick, records.REGULAR)
            return b""
        qn, command, password, number, flag = found.groups()
        mn = number.decode("ascii")
        health = self.park.devices.get(mn) or self.park.get(mn, self.registry.device(mn), now)
        if health.device and health.device.profile.crc not in ("hj212", "none"):
            self._careful(connection, span, raw, now, tick, records.REGULAR)
            return b""
        codes = [] if span.checksum.isupper() or span.checksum.isdigit() else ["crc-lower-case"]
        marks = self._admitted(connection, health, password.decode("ascii"), tick)
        if marks is None:
            return b""
        instant = _instant(qn[:14])
        if instant:
            health.clock_offset = instant - now
            self._witness(health, instant)
        self._store(connection, health, command.decode("ascii"), codes, "accepted", raw, marks | records.REGULAR, now)
        version = _ANSWERED.get(flag)
        if version is None:
            return b""
        return b"QN=%b;ST=91;CN=9014;PW=%b;MN=%b;Flag=%b;CP=&&&&" % (qn, password, number, version)

    def _careful(self, connection: Connection, span: Span, raw: bytes, now: float, tick: float, marks: int = 0) -> None:
        profile = self.registry.profile(device_of(span.segment)) or DEFAULT
        frame = frame_of(span, profile)
        if not frame.usable or frame.body is None:
            self._reject(connection, frame, raw, now, tick)
            return
        head = frame.body.head
        health = self.park.get(frame.mn, self.registry.device(frame.mn), now)
        admitted = self._admitted(connection, health, head.get("PW", ""), tick)
        if admitted is None:
            return
        if frame.qn_time:
            health.clock_offset = frame.qn_time.timestamp() - now
            self._witness(health, frame.qn_time.timestamp())
        command = head.get("CN", "")
        outcome = "repaired" if frame.outcome == REPAIRED else "by_profile" if frame.outcome != "accept" else "accepted"
        self._store(connection, health, command, frame.codes, outcome, raw, marks | admitted, now)
        self._answer(connection, frame, profile, command, now)

    def _witness(self, health: Health, instant: float) -> None:
        """A known device tells the time; it counts while this machine's clock is in doubt."""
        if self._doubtful is not None and health.device is not None:
            self._clock.witness(health.mn, instant)

    def _answer(self, connection: Connection, frame: Frame, profile: Profile, command: str, now: float) -> None:
        answer = answers.answer_to(frame, profile)
        transport = connection.transport
        if answer is None:
            if command not in answers.UPLOADS and command not in _REPLIES and command != answers.HEARTBEAT:
                self._unknown_command(frame.mn, command)
            return
        if transport is None or frame.body is None:
            return
        if self._doubtful is not None:
            self.counts["unanswered:clock"] += 1
            return
        self.committer.answer(transport, answer)
        if command == answers.CALIBRATION_WANTED:
            head, at = frame.body.head, datetime.fromtimestamp(now, UTC)
            params = {"PolId": frame.body.params["PolId"]} if frame.body.params.get("PolId") else {}
            params["SystemTime"] = times.stamp(at)
            clock = answers.request(
                frame.mn, "1012", at, system=head.get("ST", answers.EXCHANGE), password=head.get("PW", ""),
                params=params, profile=profile,
            )  # fmt: skip
            self.committer.answer(transport, clock)

    def _unknown_command(self, mn: str, command: str) -> None:
        if command == answers.CALIBRATION_WANTED:
            return
        self.counts["unknown_command"] += 1
        if (mn, command) not in self._told and len(self._told) < _TOLD:
            self._told.add((mn, command))
            self._alarms.tell(f"unknown command {command!r} from {mn!r}: stored, not answered")

    def _admitted(self, connection: Connection, health: Health, password: str, tick: float) -> int | None:
        """The marks of a proved frame, None where its sender is over its rate (it is not stored and not answered)."""
        connection.last_frame = tick
        limits, device = self.limits, health.device
        allowed = health.allowed(tick, limits.device_rate, limits.device_burst)
        if device is None and allowed:
            allowed = self._strangers.allowed(tick, limits.stranger_rate, limits.stranger_rate)
        if not allowed:
            self.counts["limited"] += 1
            health.counts["limited"] += 1
            return None
        marks = 0 if health.mn in self.registry.devices or device is None else records.TAKEN_UNKNOWN
        owner = health.owner
        if owner is connection or self._yields(owner, connection, health, tick):
            health.owner, health.owner_seen = connection, tick
        else:
            marks |= records.SECOND_PEER
            health.second_peer = connection.address
            health.counts["second_peer"] += 1
            self.counts["second_peer"] += 1
        if device and device.password and password != device.password:
            marks |= records.WRONG_PASSWORD
            health.counts["wrong_password"] += 1
            self.counts["wrong_password"] += 1
        return marks

    def _yields(self, owner: Connection | None, newcomer: Connection, health: Health, tick: float) -> bool:
        """Whether another connection may speak for the device now: the one before is closed, or its own host, or has
        been silent for two of the device's intervals."""
        if owner is None or owner not in self.guests.connections or owner.address == newcomer.address:
            return True
        interval = health.device.interval if health.device else None
        return tick - health.owner_seen > max(self.limits.owner_silent_seconds, 2 * (interval or 0.0))

    def _store(
        self,
        connection: Connection,
        health: Health,
        command: str,
        codes: list[str],
        outcome: str,
        raw: bytes,
        marks: int,
        now: float,
    ) -> None:
        """A proved frame: into the journal, unless the same came before (then it is only answered again)."""
        health.seen(now, connection.address)
        if self.repeated(raw):
            outcome = "repeated"
        else:
            self.committer.add(records.pack(int(now * 1e6), connection.number, marks, connection.peer, raw))
        self.counts[outcome] += 1
        name = command if len(command) == 4 and command.isdigit() else "other"
        self.commands[name] += 1
        health.counts[outcome] += 1
        if name in health.commands or len(health.commands) < _COMMANDS_KEPT:
            health.commands[name] += 1
        if codes:
            health.noted(codes)
            self.codes.update(code.partition("(")[0] for code in codes)
        if health.device is None:
            self.counts["unknown_device"] += 1

    def repeated(self, raw: bytes) -> bool:
        """Whether the same bytes came before; remembers them."""
        key = blake2b(raw, digest_size=16).digest()
        if key in self._seen:
            self._seen.move_to_end(key)
            return True
        self._seen[key] = None
        if self._doubtful is not None:
            self._doubtful.append(key)
        if len(self._seen) > self.limits.repeats:
            self._seen.popitem(last=False)
        return False

    def _reject(self, connection: Connection, frame: Frame, raw: bytes, now: float, tick: float) -> None:
        """Nothing proves it: counted, kept raw for audit (a few a second), never answered."""
        outcome = "unconfirmed" if frame.proposal else "rejected"
        self.counts[outcome] += 1
        self.codes.update(code.partition("(")[0] for code in frame.codes)
        if any(code.startswith(_FAILED) for code in frame.codes):
            self.counts["crc_failures"] += 1
        known = self.park.devices.get(frame.mn)
        if known is not None:
            known.counts[outcome] += 1
            known.noted(frame.codes)
        rate = self.limits.reject_rate
        connection.rejects = max(0.0, connection.rejects - (tick - connection.rejects_at) * rate) + 1
        connection.rejects_at = tick
        if connection.rejects <= rate:
            self.committer.add(records.pack(int(now * 1e6), connection.number, records.REJECTED, connection.peer, raw))
        else:
            self.counts["rejects_not_kept"] += 1


def _whole(data: bytes) -> int:
    """Where the segment of the one frame in ``data`` ends; 0 where it is not one plain frame and nothing else."""
    if not data.startswith(b"##"):
        return 0
    length = _DIGITS.get(data[2:6])
    if length is None:
        return 0
    end = length + 6
    if data[end + 4 :] not in (b"\r\n", b"") or data[end - 2 : end] != b"&&" or len(data) < end + 4:
        return 0
    return end if data.find(b"##", 2) < 0 and data.isascii() else 0


@lru_cache(maxsize=4096)
def _instant(stamp: bytes) -> float:
    found = times.read(stamp.decode("ascii"))
    return found.timestamp() if found else 0.0

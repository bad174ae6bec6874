"""Bytes that nobody would send: no crash, no hang, and the same verdicts however they come in and are read.

Some cases in `make test`, half an hour of them in `make soak`. A failure names the call that repeats it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import timedelta
from typing import NamedTuple

import pytest

from lantian.protocols.hj212 import Profile
from lantian.protocols.hj212.batch import BatchDecoder
from lantian.protocols.hj212.decode import Decoder, Frame
from lantian.protocols.hj212.packets import Assembler, Repeats
from lantian.protocols.hj212.propose import propose
from lantian.protocols.hj212.simulate import rounds
from tests.conftest import SOAK
from tests.protocols.packets import AT, COMMAND, DUST, KEY, framed
from tests.protocols.test_hj212_batch import ODD, check
from tests.protocols.test_hj212_stream import PIECES

# Of tests/protocols `make soak` runs what bears this mark.
pytestmark = pytest.mark.hypothesis

SECONDS = 1800.0 if SOAK else 0.0
CASES = 40
SEED = random.SystemRandom().randrange(2**32) if SOAK else 212
# CPU seconds for one case (some 100 kB at most, read six times over); the slowest seen take a twentieth of it.
HANGS = 60.0
TOKENS = (
    b"##", b"#", b"&&", b"&", b"=", b";", b",", b"\r\n", b"\n", b"\0", b"CP=&&", b"cp = &&", b"=//", b"//", b"//;",
    b"-", b"0", b"9999", b"##0000", b"##9999", b"##12", b"MN=", b"QN=", b"PNUM=2;PNO=1;", b"Flag=", b"DataTime=",
    b"NaN", b"1e999", b"{0x4A", b"\xc4\xe3", "密码".encode(), b"\xff", b"a34001-Rtd=1,", b"a34001-Flag=N;", b" " * 40,
)  # fmt: skip
SENT = b"".join(rounds(20, AT, 6, timedelta(minutes=1)))


class Verdict(NamedTuple):
    """All that is said of one frame."""

    end: int
    said: str


def mutated(chance: random.Random) -> bytes:
    """A stream: pieces of what is sent, damaged, some of it with a right checksum again."""
    if chance.random() < 0.2:
        start = chance.randrange(len(SENT) // 2)
        stream = bytearray(SENT[start : start + chance.randrange(4000, 40_000)])
    else:
        stream = bytearray(b"".join(chance.choices((*PIECES, *ODD, framed(COMMAND)), k=chance.randrange(1, 8))))
    for _ in range(chance.choice((0, 1, 2, 5, 20))):
        at = chance.randrange(len(stream) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            stream[at:at] = chance.choice(TOKENS)
        elif kind == 1:
            del stream[at : at + chance.randrange(1, 30)]
        elif kind == 2 and at < len(stream):
            stream[at] = chance.randrange(256)
        elif kind == 3:
            stream[at:at] = stream[at : at + chance.randrange(200)]
        elif kind == 4:
            stream[at:at] = chance.randbytes(chance.randrange(12))
        else:
            stream[at:at] = proved(chance)
    return bytes(stream)


def proved(chance: random.Random) -> bytes:
    """A damaged segment whose length and checksum are right: content that the checksum lets through."""
    segment = bytearray(DUST.encode())
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(segment) - 2)
        segment[at : at + chance.randrange(8)] = chance.choice(TOKENS)
    return framed(bytes(segment)[:9000])


def cut(chance: random.Random, stream: bytes) -> list[bytes]:
    size = chance.choice((7, 100, 1500, 20_000))
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def verdicts(chunks: list[bytes], profile: Profile, *, tails: bool) -> list[Verdict]:
    decoder = Decoder(lambda _mn: profile, tails=tails)
    frames = [frame for chunk in chunks for frame in decoder.feed(chunk)] + decoder.close()
    return [Verdict(frame.end, json.dumps(frame.as_dict(frame.offset), allow_nan=False)) for frame in frames]


def case(seed: int) -> None:
    """One stream, read in every way. AssertionError, or whatever the decoder raises."""
    chance = random.Random(seed)  # noqa: S311
    stream, tails = mutated(chance), chance.random() < 0.5
    profile = chance.choice((Profile(), Profile(sm4_key=KEY), Profile(crc="none", encoding="gbk", period_label="end")))
    begin = time.process_time()
    whole = verdicts([stream], profile, tails=tails)
    assert verdicts(cut(chance, stream), profile, tails=tails) == whole
    plain = Decoder(tails=tails)
    frames = plain.feed(stream, final=True)
    fast = BatchDecoder(tails=tails)
    quick = [one for chunk in cut(chance, stream) for one in fast.feed(chunk)] + fast.close()
    check(quick, frames)
    assert plain.skipped == fast.skipped
    used(frames)
    assert time.process_time() - begin < HANGS


def used(frames: list[Frame]) -> None:
    """What the gateway does with frames next."""
    assembler, repeats = Assembler(limit=4), Repeats(limit=4)
    for frame in frames:
        repeats.seen(frame)
        assembler.add(frame)
    propose(frames)


def test_nothing_crashes_hangs_or_is_judged_in_two_ways() -> None:
    stop = time.monotonic() + SECONDS
    number = 0
    while number < CASES or time.monotonic() < stop:
        seed = SEED * 1_000_000 + number
        try:
            case(seed)
        except Exception as error:
            error.add_note(f"tests.protocols.test_hj212_fuzz.case({seed})")
            raise
        number += 1
    sys.stdout.write(f"{number} streams in {SECONDS / 60:.0f} minutes\n")

"""Byte streams: split, glued, damaged, noisy. The same bytes give the same frames however they come in."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.protocols.hj212 import Decoder, Frame, Profile
from lantian.protocols.hj212.encode import upload
from tests.conftest import examples
from tests.protocols.packets import AT, COMMAND, DUST, KEY, framed

GOOD = framed(DUST)
NESTED = framed(DUST.replace("LA-Rtd=61.2,LA-Flag=N", "i11001-Info=//R:" + framed(COMMAND).decode().strip() + "//"))
SECRET = upload("YX1", "2051", AT, AT, [("a34004", {"Avg": 35.5, "Flag": "N"})], profile=Profile(sm4_key=KEY))[0]
PIECES = (
    GOOD,
    GOOD[:-2],
    framed(COMMAND, b"\n"),
    framed(COMMAND, b"\\r\\n"),
    NESTED,
    SECRET,
    framed(DUST, length=400),
    framed(DUST, length=60),
    framed(DUST, crc="0001"),
    GOOD[:90],
    GOOD[90:],
    b"##0400QN=1;CP=&&&&",
    b"##9999",
    b"##12QN=1;CP=&&&&",
    b"#",
    b"&&",
    b"\r\n\0",
    b"+++AT",
    b"GET / HTTP/1.1\r\n",
)


def run(chunks: list[bytes], *, tails: bool) -> tuple[list[tuple[object, ...]], int]:
    decoder = Decoder(lambda _mn: Profile(sm4_key=KEY), tails=tails)
    frames = [frame for chunk in chunks for frame in decoder.feed(chunk)] + decoder.close()
    return [(f.offset, f.end, f.outcome, f.codes, f.segment) for f in frames], decoder.skipped


def outcomes(*chunks: bytes) -> list[str]:
    return [str(row[2]) for row in run(list(chunks), tails=False)[0]]


def live(chunk: bytes) -> list[Frame]:
    """What is decided while the connection is still open."""
    return Decoder().feed(chunk)


@st.composite
def cut_streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    parts = draw(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=30)), min_size=1, max_size=6))
    stream = bytearray(b"".join(parts))
    for place, byte in draw(st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(b"#&0\r\n=/,;")), max_size=3)):
        if place < len(stream):
            stream[place] = byte
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    edges = [0, *cuts, len(stream)]
    return bytes(stream), [bytes(stream[a:b]) for a, b in pairwise(edges)]


@given(cut_streams(), st.booleans())
@settings(max_examples=examples(150))
def test_any_split_gives_the_same_frames(case: tuple[bytes, list[bytes]], tails: bool) -> None:
    stream, chunks = case
    assert run(chunks, tails=tails) == run([stream], tails=tails)


@given(st.one_of(st.binary(max_size=3000), st.text(alphabet="#&0123QNCP=;,-/\r\n ABab", max_size=3000).map(str.encode)))
@settings(max_examples=examples(150))
def test_no_bytes_crash_it(data: bytes) -> None:
    rows, _ = run([data], tails=True)
    assert all(row[2] in ("accept", "repaired", "profile", "reject") for row in rows)


def test_byte_by_byte() -> None:
    assert outcomes(*(GOOD[i : i + 1] for i in range(len(GOOD)))) == ["accept"]


def test_an_answer_need_not_wait_for_the_end_mark() -> None:
    assert [frame.outcome for frame in live(GOOD[:-2])] == ["accept"]


def test_glued_frames_and_keep_alives() -> None:
    assert outcomes(GOOD[:-2] * 3 + b"\0\0\r\n" + GOOD) == ["accept"] * 4


def test_noise_is_counted_and_marks_the_frame_behind_it() -> None:
    rows, skipped = run([GOOD + b"noise\r\n" + GOOD], tails=True)
    assert [(row[2], row[3]) for row in rows] == [("accept", []), ("repaired", ["junk-before-header"])]
    assert skipped == 5
    assert run([b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"], tails=True) == ([], 18)


def test_a_length_too_large_holds_no_good_frame_up() -> None:
    assert [frame.outcome for frame in live(b"##0400QN=1;MN=A;CP=&&&&\r\n" + GOOD)] == ["reject", "accept"]
    assert [frame.outcome for frame in live(framed(DUST, length=900))] == ["repaired"]


def test_a_length_too_small_is_repaired_by_the_checksum() -> None:
    assert outcomes(framed(DUST, length=60) + GOOD) == ["repaired", "accept"]


def test_a_quoted_frame_is_none() -> None:
    assert outcomes(NESTED + GOOD) == ["accept", "accept"]
    assert outcomes(*(NESTED[i : i + 7] for i in range(0, len(NESTED), 7))) == ["accept"]


def test_a_failed_frame_is_reported_once_and_hides_none() -> None:
    assert outcomes(framed(DUST, crc="0001") + GOOD) == ["reject", "accept"]
    assert outcomes(GOOD[:100] + GOOD) == ["reject", "accept"]
    assert outcomes(GOOD[:100]) == ["reject"]


def test_ciphertext_may_hold_line_ends_and_hashes() -> None:
    """Invented values until the encrypted area holds what would divide a plain one."""
    for value in range(500):
        (raw,) = upload("YX1", "2011", AT, AT, [("a34004", {"Rtd": value})], profile=Profile(sm4_key=KEY))
        if b"\n" in raw[:-2]:
            break
    assert b"\n" in raw[:-2]
    assert [row[2] for row in run([raw + GOOD], tails=True)[0]] == ["accept", "accept"]
    assert run([raw[i : i + 1] for i in range(len(raw))], tails=True) == run([raw], tails=True)


def test_hostile_streams_do_not_hang() -> None:
    """Nothing quadratic in what a sender may choose: each of these is 60 kB that a careless reader chokes on."""
    streams = (
        b"##9999" * 10_000,
        b"##0060" * 10_000,
        b"##9999QN=1;CP=&&" + b"a" * 60_000,
        b"##9999CP=&&" + b"=//" * 20_000 + b"&&0000\r\n",
        b"##9990CP=&&" + b" " * 9_000 + b"&&0000\r\n",
        b"##9990" + b"," * 9_000 + b"CP=&&" + b"&&1" * 300 + b"\r\n",
        b"#" * 60_000,
        (b"##9999" + framed("ST=1;&&")) * 2_500,
    )
    for stream in streams:
        begin = time.process_time()
        run([stream], tails=True)
        run([stream[i : i + 1500] for i in range(0, len(stream), 1500)], tails=False)
        assert time.process_time() - begin < 20, stream[:20]  # 0.2 s are usual

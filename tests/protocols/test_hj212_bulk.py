"""Many frames at once give what one by one gives: large buffers, long runs, every number, hostile bytes among them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.protocols.hj212 import Frame, Profile, decode_chunks
from lantian.protocols.hj212.batch import BatchDecoder, Packet
from lantian.protocols.hj212.columns import FEW, Scan
from lantian.protocols.hj212.framing import Framer, Run, Span
from lantian.protocols.hj212.simulate import rounds
from tests.conftest import examples
from tests.growth import calls
from tests.protocols.packets import AT, COMMAND, DUST, framed
from tests.protocols.test_hj212_batch import ODD, both, check

MANY = b"".join(rounds(20, AT, 5, timedelta(minutes=1)))
NUMBERS = (
    *("0", "-0.0", "+7", "12.", ".5", "88.5", "0.001", "123456789012345", "1234567890.12345", "-12345678.9", "9999"),
    *("1e3", "1E-5", "--5", "1.2.3", ".", "-", "NaN", "1_0", "５", "00012.50", "0.30000000000000004"),
)
VALUES = st.one_of(
    st.sampled_from(NUMBERS),
    st.floats(-1e9, 1e9, allow_nan=False).map(repr),
    st.decimals(-99999, 99999, allow_nan=False, places=3).map(str),
    st.text(alphabet="0123456789.-+eE_ &=;,#", max_size=18),
)


def dust(value: str, number: int = 0, **other: str) -> bytes:
    """The dust frame with another value, and with other parts replaced."""
    text = DUST.replace("231", value).replace("101500123", f"101500{number % 1000:03d}")
    for old, new in other.items():
        text = text.replace(*{"time": ("DataTime=20251103101500", f"DataTime={new}"), "flag": ("Flag=5", f"Flag={new}"),
                              "pw": ("PW=123456", f"PW={new}")}[old])  # fmt: skip
    return framed(text)


def cut(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def rows(spans: list[Span]) -> list[tuple[object, ...]]:
    return [(s.offset, s.end, s.segment, s.declared, s.digits, s.checksum, s.proof, s.junk, s.tail) for s in spans]


def framed_as(chunks: list[bytes], *, tails: bool) -> tuple[list[tuple[object, ...]], int]:
    framer = Framer(tails=tails)
    spans = [span for chunk in chunks for span in framer.feed(chunk)] + framer.close()
    return rows(spans), framer.skipped


@given(st.lists(VALUES, min_size=1, max_size=12), st.integers(60, 90))
@settings(max_examples=examples(30))
def test_whatever_a_number_looks_like(texts: list[str], count: int) -> None:
    stream = b"".join(dust(texts[number % len(texts)], number) for number in range(count))
    check(*both([stream]))


def test_regular_numbers_are_read_in_columns_and_odd_ones_beside_them() -> None:
    stream = b"".join(dust("1e3" if number == 70 else f"{number}.{number:02d}", number) for number in range(100))
    (run,) = Framer(tails=True).runs(stream)
    assert isinstance(run, Run)
    decoder = BatchDecoder(tails=True)
    packets = decoder.feed(stream, final=True)
    last = packets[-1]
    assert isinstance(last, Packet)
    layout = last.layout
    block = Scan(run).read(layout, np.arange(100))
    assert block is not None
    assert block.frames.tolist() == [number for number in range(100) if number != 70]
    assert block.numbers[:, 0].tolist() == [float(f"{number}.{number:02d}") for number in block.frames.tolist()]
    assert packets[70].numbers[0] == 1000.0  # type: ignore[union-attr]
    assert check(packets, list(decode_chunks([stream]))) == 99  # a layout is learnt from the second frame on


def test_heads_and_times_that_are_not_regular() -> None:
    odd = [
        dust("1", time="20240229101500"),
        dust("1", time="20250229101500"),
        dust("1", time="20251303101500"),
        dust("1", time="20251103241500"),
        dust("1", time="20251103101560"),
        dust("1", time="18991103101500"),
        dust("1", time="2025110310150"),
        dust("1", time=""),
        dust("1", flag="2"),
        dust("1", flag="7"),
        dust("1", flag="12"),
        dust("1", pw=""),
        dust("1", pw="a b"),
        dust("1", pw="#"),
        dust("1", pw="密码"),
        framed(COMMAND),
    ]
    stream = b"".join(part for one in odd for part in (*(dust(f"{at}.5", at) for at in range(60)), one))
    for size in (len(stream), 9000, 700):
        assert check(*both(cut(stream, size))) >= 60 * len(odd) - 1


@given(
    st.lists(st.tuples(st.integers(0, len(MANY) - 1), st.binary(max_size=3)), max_size=12),
    st.lists(st.sampled_from(ODD), max_size=3),
    st.integers(200, 4000),
    st.booleans(),
)
@settings(max_examples=examples(30))
def test_damage_is_found_the_same_way_in_large_buffers_and_in_small_ones(
    damage: list[tuple[int, bytes]], odd: list[bytes], size: int, tails: bool
) -> None:
    stream = bytearray(MANY)
    for at, new in damage:
        stream[at : at + len(new)] = new
    whole = bytes(stream) + b"".join(odd) + MANY[:9_000]
    expected = framed_as(cut(whole, size), tails=tails)
    assert framed_as([whole], tails=tails) == expected
    assert framed_as(cut(whole, 30_000), tails=tails) == expected
    ends = [int(str(row[1])) for row in expected[0]]
    assert all(end <= int(str(row[0])) or row[6] is None for end, row in zip(ends, expected[0][1:], strict=False))
    check(*both([whole]))


def test_runs_are_found_and_broken_by_what_is_not_plain() -> None:
    plain = [dust(f"{at}.5", at) for at in range(50)]
    for breaker, pieces in ((b"", 1), (b"\r\n", 1), (b"noise", 2), (b"##", 2), (framed(DUST, b"\n"), 2)):
        found = Framer(tails=True).runs(b"".join(plain) + breaker + b"".join(plain), final=True)
        runs = [one for one in found if isinstance(one, Run)]
        assert sum(len(run.starts) for run in runs) + len(found) - len(runs) >= 100
        assert len(runs) in (pieces, 2)
        assert all((a.ends[-1] <= b.starts[0]) for a, b in pairwise(runs))


def test_a_profile_that_changes_the_reading_is_kept_in_a_run() -> None:
    stream = b"".join(dust(f"{at}.5", at) for at in range(100))
    decoder = BatchDecoder(lambda mn: Profile(aliases={"a34001": "x"}) if mn.endswith("DUST") else None, tails=True)
    found = decoder.feed(stream, final=True)
    assert len(found) == 100
    assert all(isinstance(one, Frame) and one.body and "x" in one.body.factors for one in found)


def test_several_layouts_in_one_run_keep_their_order() -> None:
    other = framed(DUST.replace("a34002", "a34004"))
    stream = b"".join(dust(f"{at}", at) + other for at in range(2 * FEW))
    quick, careful = both([stream])
    assert check(quick, careful) == 4 * FEW - 2  # the first of each


def test_a_sender_that_invents_layouts_costs_little_more() -> None:
    """Reading one frame of each kind costs little more than the careful way; no pattern is compiled for it."""
    invented = b"".join(framed(DUST.replace("a34001", f"a{10000 + at}")) for at in range(1500))
    quick = BatchDecoder(tails=True).feed(invented, final=True)
    careful = list(decode_chunks([invented]))
    assert check(quick, careful) == 0
    asked = calls(lambda: BatchDecoder(tails=True).feed(invented, final=True))
    assert asked < 4 * calls(lambda: list(decode_chunks([invented])))

"""The fast way gives what the careful way gives."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.protocols.hj212 import Frame, Profile, decode_chunks
from lantian.protocols.hj212.batch import BatchDecoder, Packet
from lantian.protocols.hj212.simulate import rounds
from tests.conftest import examples
from tests.protocols.packets import AT, DUST, framed

STREAM = b"".join(rounds(40, AT, 3, timedelta(minutes=1)))
ODD = (
    framed(DUST, b""),
    framed(DUST, crc="0001"),
    framed(DUST, length=60),
    framed(DUST.replace("231", "NaN")),
    framed(DUST.replace("231", "1_0")),
    framed(DUST.replace("231", "1e999")),
    framed(DUST.replace("231", "")),
    framed(DUST.replace("231", "0x1F")),
    framed(DUST.replace("231", " 231")),
    framed(DUST.replace("DataTime=20251103", "DataTime=20250231")),
    framed(DUST.replace("Flag=5", "Flag=7")),
    framed(DUST.replace(";LA-Rtd", "; LA-Rtd")),
    framed(DUST.replace("LA-Flag=N&&", "LA-Flag=N;&&")),
    framed(DUST.replace("LA-Rtd", "a34001-Rtd")),
    framed(DUST.replace("LA-Rtd", "LA-SampleTime=20251103100000,LA-Rtd")),
    framed(DUST.replace("LA-Flag=N", "i11001-Info=//a;b=1,c//")),
    framed("QN=20251103101500123;ST=91;CN=9014;PW=1;MN=A;Flag=4;CP=&&&&"),
    b"noise",
)


def both(chunks: list[bytes]) -> tuple[list[Packet | Frame], list[Frame]]:
    fast = BatchDecoder(tails=True)
    quick = [one for chunk in chunks for one in fast.feed(chunk)] + fast.close()
    return quick, list(decode_chunks(chunks))


def check(quick: list[Packet | Frame], careful: list[Frame]) -> int:
    """How many were read fast; every one of them as the careful way reads it."""
    assert len(quick) == len(careful)
    number = 0
    for one, other in zip(quick, careful, strict=True):
        if isinstance(one, Frame):
            assert one.as_dict(1) == other.as_dict(1)
            continue
        number += 1
        body = other.body
        assert body is not None
        assert (one.outcome, one.codes, one.offset) == (other.outcome, other.codes, other.offset)
        assert (one.mn, one.command, one.stamp) == (other.mn, body.head["CN"], body.params["DataTime"])
        values = dict(zip(one.layout.attributes, one.numbers, strict=True))
        wanted = {
            (code, name): value
            for code, attributes in body.factors.items()
            for name, value in attributes.items()
            if isinstance(value, float)
        }
        assert values == wanted
        flags = {code: flag for (code, _), flag in zip(one.layout.attributes, one.flags, strict=True)}
        assert flags == {code: body.factors[code].get("Flag") for code in flags}
        assert one.frame.as_dict(1) == other.as_dict(1)
    return number


def test_regular_frames_are_read_fast() -> None:
    quick, careful = both([STREAM[i : i + 5000] for i in range(0, len(STREAM), 5000)])
    fast = check(quick, careful)
    # All but the noise meters, which send one number each, and the first frame of each of two layouts.
    assert fast == 94
    assert len(careful) == 120


@given(st.lists(st.sampled_from((*ODD, *ODD, STREAM[:2000])), min_size=1, max_size=12))
@settings(max_examples=examples(60))
def test_odd_frames_are_read_as_carefully_as_ever(pieces: list[bytes]) -> None:
    check(*both([b"".join(pieces)]))


def test_a_profile_that_changes_the_reading_is_kept() -> None:
    fast = BatchDecoder(lambda mn: Profile(aliases={"a34001": "x"}) if mn.endswith("DUST") else None, tails=True)
    (one,) = fast.feed(framed(DUST), final=True)
    assert isinstance(one, Frame)
    assert one.body is not None
    assert "x" in one.body.factors

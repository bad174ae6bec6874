"""The checksum of HJ 212, singly, in batches, and what it cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.protocols.hj212 import crc
from tests.conftest import examples
from tests.protocols.packets import slow_crc, slow_modbus

SEGMENTS = st.binary(min_size=1, max_size=1200)


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (b"", 0xFFFF),
        # HJ 212-2017 annex A prints this example (and, in its prose, a misprint of the result).
        (
            b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&",
            0x1C80,
        ),
    ],
)
def test_known_values(segment: bytes, expected: int) -> None:
    assert crc.hj212(segment) == expected


@given(SEGMENTS)
@settings(max_examples=examples(60))
def test_one_frame_equals_the_standards_loop(segment: bytes) -> None:
    assert crc.hj212(segment) == slow_crc(segment)
    assert crc.modbus(segment) == slow_modbus(segment)


@given(st.lists(SEGMENTS, min_size=1, max_size=40))
@settings(max_examples=examples(30))
def test_many_frames_equal_one_by_one(segments: list[bytes]) -> None:
    assert crc.many(segments).tolist() == [crc.hj212(one) for one in segments]


@given(st.binary(min_size=8, max_size=900), st.data())
@settings(max_examples=examples(40))
def test_segments_within_a_buffer_equal_one_by_one(data: bytes, chosen: st.DataObject) -> None:
    """They may lie anywhere, beside each other or one in the other."""
    starts = chosen.draw(st.lists(st.integers(0, len(data) - 8), min_size=1, max_size=12))
    ends = [chosen.draw(st.integers(start + 8, len(data))) for start in starts]
    found = crc.within(np.frombuffer(data, dtype=np.uint8), np.array(starts), np.array(ends))
    assert found.tolist() == [crc.hj212(data[start:end]) for start, end in zip(starts, ends, strict=True)]


def test_a_batch_may_be_empty_but_not_hold_an_empty_segment() -> None:
    assert crc.many([]).tolist() == []
    with pytest.raises(ValueError, match="empty segment"):
        crc.many([b"a", b""])


def test_only_256_values_can_occur() -> None:
    assert len(crc.POSSIBLE) == 256
    assert {value & 0xFF for value in crc.POSSIBLE} == {0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1}

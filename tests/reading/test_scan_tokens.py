"""Terms of the field that recognition misreads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.reading.sources.scan.tokens import repair_tokens


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("V0Cs含量限值", "VOCs含量限值"),
        ("VOC5治理", "VOCs治理"),
        ("细颗粒物（PM25）浓度", "细颗粒物（PM2.5）浓度"),
        ("PM2。5和PM1O", "PM2.5和PM10"),
        ("PM₂.₅", "PM2.5"),
        ("N0x排放", "NOx排放"),
        ("二氧化硫（S02）", "二氧化硫（SO2）"),
        ("臭氧（03）", "臭氧（O3）"),
        ("35ug/m3", "35μg/m³"),
        ("吨/平方公里.月", "吨/平方公里·月"),
    ],
)
def test_misread_terms_are_put_right_and_reported(read: str, printed: str) -> None:
    text, repairs = repair_tokens(read)
    assert text == printed
    assert bool(repairs) == ("₂" not in read)


@pytest.mark.parametrize(
    "text", ["VOCs", "PM2.5", "PM10", "S02高速", "03号", "PM250型", "2023年", "NOx", "（一）推进", "CO2"]
)
def test_what_is_right_or_uncertain_stays(text: str) -> None:
    assert repair_tokens(text) == (text, [])


@given(st.text())
def test_repairing_twice_changes_nothing(text: str) -> None:
    once, _ = repair_tokens(text)
    assert repair_tokens(once) == (once, [])

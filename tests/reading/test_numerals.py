"""Chinese numerals: numbers that count or date, and amounts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.numerals import amount, numeral
from tests.conftest import examples


def printed(number: int) -> str:
    """A number below 200 as a heading prints it: 十, 二十一, 一百零三, 一百一十."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = "一百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


@settings(max_examples=examples(50))
@given(st.integers(1, 199))
def test_a_number_as_headings_print_it(number: int) -> None:
    assert numeral(printed(number)) == numeral(str(number)) == amount(printed(number)) == number


@pytest.mark.parametrize("text", ["二〇二五", "二○二五", "二O二五", "二零二五", "二0二五", "2025", "２０２５"])
def test_a_year_in_any_printing(text: str) -> None:
    assert numeral(text) == 2025


@pytest.mark.parametrize("text", ["", "年", "1.5", "三点五", "十四五年"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        numeral(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("一百八十万", 1800000), ("两百", 200), ("三十", 30), ("十二", 12), ("一千零五", 1005), ("两万五", 25000),
     ("三点五", 3.5), ("二〇二五", 2025), ("一亿两千万", 120000000)],
)  # fmt: skip
def test_amounts(text: str, value: float) -> None:
    assert float(amount(text) or 0) == value


@pytest.mark.parametrize("text", ["十四五", "一二三", "二三", "吨"])
def test_no_amount(text: str) -> None:
    assert amount(text) is None

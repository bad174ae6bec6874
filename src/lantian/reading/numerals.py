"""Chinese numerals: numbers that count or date (十二, 二〇二五) and amounts (一百八十万, 三点五)."""

from __future__ import annotations

from decimal import Decimal

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_PRINTED_ZEROS = str.maketrans("○O0", "〇〇〇")


def numeral(text: str) -> int:
    """A number of a heading, a row or a date: 12, 十二, 二十五, 一百零二, and digit by digit 二〇二五 (also 二○二五).

    :raises ValueError: the characters make no number.
    """
    if text.isdecimal():  # also in full width
        return int(text)
    total = current = 0
    for letter in text.translate(_PRINTED_ZEROS):
        if letter in "十百":
            total, current = total + (current or 1) * _PLACES[letter], 0
        elif letter in DIGITS:
            current = 10 * current + DIGITS[letter]
        else:
            raise ValueError(text)
    if not text:
        raise ValueError(text)
    return total + current


def amount(text: str) -> Decimal | None:
    """The value of a counted amount (一百八十万, 两百, 十二, 三点五, 二〇二五), or None if the characters form none.

    Stricter than :func:`numeral`: 二三 and 十四五 stand in running text without being amounts.
    """
    whole, _, fraction = text.partition("点")
    if fraction:
        base = amount(whole)
        digits = "".join(str(DIGITS[char]) for char in fraction if char in DIGITS)
        return None if base is None else base + Decimal(f"0.{digits}")
    if len(whole) > 1 and all(char in DIGITS for char in whole):
        if "两" in whole or not ("〇" in whole or "零" in whole or len(whole) == 4):
            return None
        return Decimal("".join(str(DIGITS[char]) for char in whole))
    total = section = digit = 0
    unit = 1
    for char in whole:
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
        elif char in _PLACES:
            unit = _PLACES[char]
            section += (digit or 1) * unit
            digit = 0
        elif char in "万亿":
            scale = 10**4 if char == "万" else 10**8
            total = (total + section + digit) * scale if char == "亿" else total + (section + digit) * scale
            section = digit = 0
            unit = scale
        else:
            return None
    if digit and unit > 10 and not whole.endswith(("零" + whole[-1], "〇" + whole[-1])):
        digit *= unit // 10
    return Decimal(total + section + digit)

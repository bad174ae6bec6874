"""Automatic list numbers: formats of WordprocessingML (ECMA-376, ST_NumberFormat) and of CSS lists."""

from __future__ import annotations

from functools import cache

from lantian.reading.lexicon import table

_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_UNITS = ((1000, 12), (100, 11), (10, 10))  # value, its place in the symbols of the counting methods
_LARGEST = 1_000_000


@cache
def _formats() -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["method"], row["symbols"]) for row in table("list_formats")}


def known_format(name: str) -> bool:
    """Whether ``tables/list_formats.csv`` has the format."""
    return name in _formats()


def format_number(number: int, name: str) -> str:
    """``number`` as a list label prints it: (12, chineseCounting) → 十二, (3, decimalEnclosedCircle) → ③.

    Formats that are not in the table print decimal digits; ``bullet`` and ``none`` print nothing; a number that a
    format cannot write (zero, or past the last symbol of a sequence) is printed in digits, as Word does.
    """
    method, symbols = _formats().get(name, ("digits", "0123456789"))
    digits = str(number)
    if method == "none":
        return ""
    if method == "padded":
        return digits.rjust(2, "0")
    if method == "dashed":
        return f"- {digits} -"
    if method == "digits":
        return "".join(symbols[int(digit)] if digit.isdigit() else digit for digit in digits)
    if number < 1 or number > _LARGEST:
        return digits
    if method == "sequence":
        return symbols[number - 1] if number <= len(symbols) else digits
    if method == "letters":  # a … z, aa, bb … as Word repeats the letter
        times, index = divmod(number - 1, len(symbols))
        return symbols[index] * (times + 1) if times < 30 else digits
    if method == "roman":
        return _roman(number, symbols)
    return _counting(number, symbols, formal=method == "formal") if number < 10_000 else digits


def _roman(number: int, symbols: str) -> str:
    if number >= 4000:
        return str(number)
    parts: list[str] = []
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        parts.append(letters * times)
    text = "".join(parts)
    return text if symbols[0] == "I" else text.lower()


def _counting(number: int, symbols: str, *, formal: bool) -> str:
    text = ""
    rest = number
    for value, place in _UNITS:
        count, rest = divmod(rest, value)
        if count:
            text += symbols[count] + symbols[place]
        elif text and rest and not text.endswith(symbols[0]):
            text += symbols[0]
    if rest:
        text += symbols[rest]
    if not formal and 10 <= number < 20:
        text = text[1:]
    return text

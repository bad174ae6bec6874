"""How a sheet shows a number: the formats of SpreadsheetML (ECMA-376 part 1, 18.8.30–31) that plans use."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache

from lantian.reading.lexicon import table

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|!(?P<forced>.)|[_*].|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<general>General|G/通用格式)|(?P<letters>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|a{3,4})|(?P<other>.)",
    re.S,
)
_ELAPSED = re.compile(r"^[hms]+$", re.I)
_DAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (a sheet's dates have no time zone)
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31
_LONGEST_CODE = 255
_LARGEST = Decimal("1e15")  # a sheet keeps 15 digits
_FALSE_LEAP_DAY = 60  # 1900-02-29, which the 1900 date system counts
_NUMERIC_DATE = re.compile(r"^[ymd]+([-/.])[ymd]+\1[ymd]+$")


@cache
def _built_in() -> dict[int, str]:
    return {int(row["id"]): row["code"] for row in table("sheet_formats")}


def built_in_format(number: int) -> str:
    """The code of a built-in number format as Chinese Excel shows it; General for the rest."""
    return _built_in().get(number, "General")


def show_number(value: str, code: str, *, epoch_1904: bool = False) -> str:
    """A stored number as its cell shows it: ("45657", "yyyy-mm-dd") → 2024-12-31, ("0.95", "0%") → 95%, ("3.0", …) → 3.

    Dates that are shown as plain figures of year, month and day come as ISO dates, all others as formatted. A format
    that this does not know, and a value that is no number, are shown plainly.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number) > Decimal("1e300"):
        return value
    sections = _sections(code)
    tokens = _tokens(sections[0])
    if any(kind == "letters" for kind, _ in tokens):
        shown = _show_date(number, tokens, epoch_1904=epoch_1904)
        return _plain(number) if shown is None else shown
    own_sign = len(sections) > 1 and number < 0
    if own_sign:
        tokens = _tokens(sections[1])
    elif len(sections) > 2 and number == 0:
        tokens = _tokens(sections[2])
    return _show_quantity(abs(number) if own_sign else number, tokens)


def _sections(code: str) -> list[str]:
    code = code[:_LONGEST_CODE]
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    return parts if parts[0] else ["General"]


@lru_cache(maxsize=1024)
def _tokens(section: str) -> list[tuple[str, str]]:
    """The section as (kind, text): literal, letters (of a date), half (AM/PM), general, other (digit places, signs)."""
    tokens: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup
        text = match[kind] if kind else ""
        if kind in ("quoted", "escaped", "forced"):
            tokens.append(("literal", text))
        elif kind == "bracket":
            if _ELAPSED.match(text):
                tokens.append(("letters", text))
            elif text.startswith("$") and (symbol := text[1:].split("-")[0]):
                tokens.append(("literal", symbol))
        elif kind is not None:
            tokens.append((kind, text.lower() if kind == "letters" else text))
    return tokens


def _plain(number: Decimal) -> str:
    """The General format: whole numbers without decimals, at most ten significant digits after that."""
    if number == number.to_integral_value() and abs(number) < _LARGEST:
        return str(int(number))
    return f"{float(number):.10g}"


def _show_quantity(number: Decimal, tokens: list[tuple[str, str]]) -> str:
    pattern = "".join(text for kind, text in tokens if kind == "other" and text in "0#?.,%/Ee")
    if any(kind == "general" for kind, _ in tokens):
        return "".join(_plain(number) if kind == "general" else text for kind, text in tokens)
    if not re.search("[0#?]", pattern):
        literal = "".join(text for _, text in tokens)
        return _plain(number) if "@" in literal or not literal else literal
    if re.search("[/Ee]", pattern) or abs(number) >= _LARGEST or _broken_digits(tokens):
        return _plain(number)
    digits = _digits(number, pattern)
    shown = ""
    placed = False
    for kind, text in tokens:
        if kind == "other" and text in "0#?.,":
            shown += "" if placed else digits
            placed = True
        else:
            shown += text
    return shown.strip()


def _broken_digits(tokens: list[tuple[str, str]]) -> bool:
    """Whether a literal stands among the digit places (``0!.0,"万"``): then the plain number is shown."""
    places = [index for index, (kind, text) in enumerate(tokens) if kind == "other" and text in "0#?"]
    return any(kind == "literal" for kind, _ in tokens[places[0] : places[-1]])


def _digits(number: Decimal, pattern: str) -> str:
    whole, _, fraction = pattern.replace("%", "").partition(".")
    scale = len(whole) - len(whole.rstrip(",")) + len(fraction) - len(fraction.rstrip(","))
    number = number * 100 ** pattern.count("%") / 1000**scale
    places = sum(fraction.count(place) for place in "0#?")
    rounded = number.quantize(Decimal(1).scaleb(-min(places, 30)), rounding=ROUND_HALF_UP) if number else Decimal(0)
    left, _, right = f"{abs(rounded):f}".partition(".")
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole.rstrip(","):
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    right = right.ljust(fraction.count("0"), "0")
    while len(right) > fraction.count("0") and right.endswith("0"):
        right = right[:-1]
    sign = "-" if rounded < 0 else ""
    return sign + (left or "0") + (f".{right}" if right else "")


def _show_date(number: Decimal, tokens: list[tuple[str, str]], *, epoch_1904: bool) -> str | None:
    if number < 0 or number >= _LAST_SERIAL:
        return None
    epoch = _EPOCH_1904 if epoch_1904 else _EPOCH
    if not epoch_1904 and number < _FALSE_LEAP_DAY:
        epoch += timedelta(days=1)
    moment = epoch + timedelta(seconds=round(float(number) * 86400))
    skeleton = "".join(text for _, text in tokens).strip()
    if _NUMERIC_DATE.match(skeleton) and {"y", "m", "d"} <= set(skeleton) and "mmm" not in skeleton:
        return moment.strftime("%Y-%m-%d")
    letters = [text[0] if kind == "letters" else "" for kind, text in tokens]
    shown = ""
    for index, (kind, text) in enumerate(tokens):
        if kind == "half":
            shown += "上午" if moment.hour < 12 else "下午"
        elif kind == "letters":
            near = [letter for letter in letters[:index] if letter][-1:] + [
                letter for letter in letters[index + 1 :] if letter
            ][:1]
            minute = text[0] == "m" and len(text) < 3 and ("h" in near[:1] or "s" in near)
            shown += _date_part(moment, text, minute=minute, twelve=any(kind == "half" for kind, _ in tokens))
        else:
            shown += text
    return shown.strip()


def _date_part(moment: datetime, letters: str, *, minute: bool, twelve: bool) -> str:
    letter, length = letters[0], len(letters)
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "a":
        return ("星期" if length == 4 else "") + _DAYS[moment.weekday()]
    if letter == "d" and length > 2:
        return f"星期{_DAYS[moment.weekday()]}"
    if letter == "m" and length > 2:
        return _MONTHS[moment.month - 1]
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    number = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return f"{number:02d}" if length > 1 else str(number)

"""报告期 in print: 2025年10月上半月, 10月1日至15日, 2025年9月, 2025年1-9月, 三季度. Never from a file's date."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from lantian.reading.numerals import numeral
from lantian.reading.received.model import Period
from lantian.reading.received.words import fold

_DASH = r"(?:-|至|到|——)"
_N = r"(\d{1,2})"
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|[-/.](?=\d{1,2}(?:[-/.月]|$)))")
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("days", re.compile(rf"{_N}月{_N}日?{_DASH}(?:{_N}月)?{_N}日")),
    ("half", re.compile(rf"{_N}月份?(上|下)半月")),
    ("months", re.compile(rf"{_N}月?份?{_DASH}{_N}月")),
    ("half_year", re.compile(r"(上|下)半年")),
    ("quarter", re.compile(r"第?([1-4一二三四])季度")),
    ("month", re.compile(rf"(?<![\d-]){_N}月(?!\d{{1,2}}日)")),
)
_ISO = re.compile(r"((?:19|20)\d{2})-(\d{2})-(\d{2})(?:\.\.|至|到|~|-{2,3}|/)((?:19|20)\d{2})-(\d{2})-(\d{2})")
_ISO_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.](\d{1,2})(?![\d/.-])")
_WHOLE_YEAR = re.compile(r"((?:19|20)\d{2})年(?:度|全年)?(?!\d{1,2}月)")
_ISSUED = re.compile(r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日(?!-|至|到|\d)")
_CHINESE_YEAR = re.compile("[二][〇零○O][〇零○一二三四五六七八九]{2}(?=年)")
_CHINESE_MONTH = re.compile("(十[一二]?|[一二三四五六七八九])(?=月)")
_CUMULATIVE = ("累计", "今年以来", "年初以来")


def period_in(text: str, year: int | None = None) -> Period | None:
    """The period that a text names; ``year`` counts where the text prints none. None without a period or a year.

    A single day (2025年10月20日) is a day of issue, no period, and is passed over.
    """
    folded = _arabic(text)
    if found := _iso(folded):
        return found
    folded = _ISSUED.sub(" ", folded)
    printed = _YEAR.search(folded)
    year = int(printed[1]) if printed else year
    if year is None:
        return None
    if month := _ISO_MONTH.search(folded):
        return _months(int(month[1]), int(month[2]), int(month[2]))
    for kind, pattern in _FORMS:
        if match := pattern.search(folded):
            found = _period(kind, match, year)
            if found is not None and found.kind == "month" and any(word in folded for word in _CUMULATIVE):
                return _months(found.start.year, 1, found.start.month)
            return found
    whole = _WHOLE_YEAR.search(folded)
    return Period("year", date(int(whole[1]), 1, 1), date(int(whole[1]), 12, 31)) if whole else None


def has_yearless_period(text: str) -> bool:
    """Whether the text names days, a month or a quarter, but no year."""
    folded = _ISSUED.sub(" ", _arabic(text))
    return not _YEAR.search(folded) and period_in(text, 2000) is not None


def year_in(text: str) -> int | None:
    """The first year that a text prints, days of issue left out."""
    match = _YEAR.search(_ISSUED.sub(" ", _arabic(text)))
    return int(match[1]) if match else None


def _arabic(text: str) -> str:
    folded = _CHINESE_YEAR.sub(lambda match: str(numeral(match[0])), fold(text))
    return _CHINESE_MONTH.sub(lambda match: str(numeral(match[0])), folded)


def _iso(text: str) -> Period | None:
    match = _ISO.search(text)
    if not match:
        return None
    try:
        numbers = [int(part) for part in match.groups()]
        return _of_days(date(*numbers[:3]), date(*numbers[3:]))
    except ValueError:
        return None


def _period(kind: str, match: re.Match[str], year: int) -> Period | None:
    try:
        if kind == "days":
            month, first, other, last = match.groups()
            return _of_days(date(year, int(month), int(first)), date(year, int(other or month), int(last)))
        if kind == "half":
            month = int(match[1])
            end = monthrange(year, month)[1]
            return Period("half_month", *_stretch(year, month, *((1, 15) if match[2] == "上" else (16, end))))
        if kind == "half_year":
            first = 1 if match[1] == "上" else 7
            return Period("half_year", date(year, first, 1), _last(year, first + 5))
        if kind == "quarter":
            first = 3 * (int(match[1]) if match[1].isdigit() else numeral(match[1])) - 2
            return Period("quarter", date(year, first, 1), _last(year, first + 2))
        first = int(match[1])
        return _months(year, first, int(match[2]) if kind == "months" else first)
    except ValueError:
        return None


def _stretch(year: int, month: int, first: int, last: int) -> tuple[date, date]:
    return date(year, month, first), date(year, month, last)


def _months(year: int, first: int, last: int) -> Period | None:
    if not 1 <= first <= last <= 12:
        return None
    start, end = date(year, first, 1), _last(year, last)
    if (first, last) == (1, 12):
        return Period("year", start, end)
    return Period("month" if first == last else "range", start, end)


def _of_days(start: date, end: date) -> Period | None:
    """Days as the kind of period that they make: a half month, a month, or any stretch."""
    if end < start:
        return None
    last = monthrange(end.year, end.month)[1]
    same = (start.year, start.month) == (end.year, end.month)
    if same and (start.day, end.day) in ((1, 15), (16, last)):
        return Period("half_month", start, end)
    if same and (start.day, end.day) == (1, last):
        return Period("month", start, end)
    if start.day == 1 and end.day == last and start.year == end.year:
        return _months(start.year, start.month, end.month)
    return Period("range", start, end)


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])

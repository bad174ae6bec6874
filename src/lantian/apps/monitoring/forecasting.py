"""Forecasts as they are brought: a range, levels, pollutants and instants in the words that offices print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone

from lantian.apps.areas.lookup import AreaNames
from lantian.apps.areas.models import Area
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.entries import day_of, no_day
from lantian.apps.core.models import User
from lantian.apps.monitoring.lists import known_areas
from lantian.standards.aqi import LEVELS, level_of

MOST = 5000  # rows of one list
AHEAD = 15  # days that an issue may look ahead
LARGEST = LEVELS[-1].high
POLLUTANTS = ("PM2.5", "PM10", "O3", "NO2", "SO2", "CO")
_LONGEST = {"issuer": 120, "note": 200}
_BETWEEN = re.compile(r"[-–—~～至到]+")
_SEVERAL = re.compile(r"[、，,；;/或和\s]+")
_NONE = frozenset({"", "-", "—", "–", "/", "无"})
_ALSO = {"臭氧": "O3", "O3-8H": "O3", "O3_8H": "O3", "细颗粒物": "PM2.5", "可吸入颗粒物": "PM10", "二氧化氮": "NO2",
         "二氧化硫": "SO2", "一氧化碳": "CO", "PM25": "PM2.5"}  # fmt: skip
_NUMERALS = dict(zip("一二三四五六", range(1, 7), strict=True))


class WrongError(ValueError):
    """What is wrong with one cell, in both languages; ``column`` is a field of ``tables/forecasts.yaml``."""

    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.zh, self.en = column, zh, en


@dataclass(frozen=True, slots=True)
class DayGiven:
    """What an issue says of one day, as ``ForecastDay`` keeps it."""

    day: date
    low: int | None
    high: int | None
    levels: tuple[int, int]
    primary: str = ""
    text: str = ""


@dataclass(slots=True)
class Issue:
    """One issue: its area, who and when, its days, and the rows of the list that it stands in."""

    area: Area
    issuer: str
    issued: datetime
    days: list[DayGiven] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@cache
def columns() -> dict[str, Column]:
    """The columns by field, in order."""
    return columns_of(Path(__file__).parent / "tables" / "forecasts.yaml")


def rows_of(given: list[list[object]]) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings."""
    return by_columns(given, columns(), MOST, ("只有表头，没有预报", "there is a heading and no forecast below it"))


def issues(by: User, rows: Iterable[Row]) -> tuple[list[Issue], list[Problem]]:
    """The issues that the rows make, in their order, and every problem. A fixed number of queries."""
    places, problems = known_areas(by), []
    found: dict[tuple[int, str, datetime], Issue] = {}
    for line, values in rows:
        try:
            area, issuer, issued = _head(places, values)
            day = day_given(values, issued)
        except WrongError as wrong:
            problems.append(Problem(line, wrong.column, wrong.zh, wrong.en))
            continue
        issue = found.setdefault((area.pk, issuer, issued), Issue(area, issuer, issued))
        if any(day.day == other.day for other in issue.days):
            problems.append(Problem(line, "day", "这次预报中这一天出现两次", "the issue says this day twice"))
        issue.days.append(day)
        issue.lines.append(line)
    return list(found.values()), problems


def _head(places: AreaNames, values: Mapping[str, str]) -> tuple[Area, str, datetime]:
    for item in columns().values():
        text = values.get(item.field, "")
        if item.required and not text:
            raise WrongError(item.field, "不能为空", "is empty")
        if len(text) > (most := _LONGEST.get(item.field, 60)):
            raise WrongError(item.field, f"超过{most}个字", f"longer than {most} characters")
    text = values["area"]
    area = places.find(text)
    if area is None:
        raise WrongError("area", *places.refusal(text))
    return area, values["issuer"], instant(values["issued"])


def day_given(values: Mapping[str, str], issued: datetime) -> DayGiven:
    """What the cells ``day``, ``aqi``, ``level``, ``primary``, ``note`` say of one day. Raises WrongError."""
    day = _day(values.get("day", ""))
    first = timezone.localdate(issued)
    if not first <= day <= first + timedelta(days=AHEAD):
        raise WrongError("day", f"应在发布当天至之后{AHEAD}天内", f"lies outside the {AHEAD} days after the issue")
    low, high = aqi_range(values.get("aqi", ""))
    named = levels(values.get("level", ""))
    spanned = None if low is None or high is None else (level_of(low).level, level_of(high).level)
    if named is None and spanned is None:
        raise WrongError("aqi", "AQI范围和级别至少填一项", "neither an AQI range nor a level")
    if named and spanned and (named[1] < spanned[0] or spanned[1] < named[0]):
        raise WrongError("level", "级别与AQI范围不符", "the level contradicts the AQI range")
    both = named or spanned
    assert both is not None
    return DayGiven(day, low, high, both, primaries(values.get("primary", "")), values.get("note", "")[:200])


def aqi_range(text: str) -> tuple[int | None, int | None]:
    """``80-110``, ``80~110``, ``95`` as whole numbers; (None, None) for nothing. Raises WrongError."""
    if text.strip() in _NONE:
        return None, None
    parts = [part.strip() for part in _BETWEEN.split(text.strip())]
    if not 1 <= len(parts) <= 2 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise WrongError("aqi", f"应写成 80-110：{text[:20]}", f"80-110 is wanted: {text[:20]}")
    low, high = int(parts[0]), int(parts[-1])
    if low > high or high > LARGEST:
        raise WrongError("aqi", f"应由小到大、不超过{LARGEST}", f"from small to large, at most {LARGEST}")
    return low, high


def levels(text: str) -> tuple[int, int] | None:
    """``良``, ``良至轻度污染``, ``3级``, ``二-三级`` as level numbers; None for nothing. Raises WrongError."""
    if text.strip() in _NONE:
        return None
    found = sorted(_level(part) for part in _BETWEEN.split(text.replace(" ", "")) if part)
    if not found:
        raise WrongError("level", f"没有这个级别：{text[:20]}", f"no such level: {text[:20]}")
    return found[0], found[-1]


def _level(text: str) -> int:
    short = text.removesuffix("级").removesuffix("污染")
    number = int(short) if short in "123456" and len(short) == 1 else _NUMERALS.get(short)
    if number is None:
        number = next((item.level for item in LEVELS if short == item.zh.removesuffix("污染")), None)
    if number is None:
        raise WrongError("level", f"没有这个级别：{text[:20]}", f"no such level: {text[:20]}")
    return number


def primaries(text: str) -> str:
    """Pollutants as ``stats daily`` names them, joined by ``;``; blank for none. Raises WrongError."""
    found = []
    for part in _SEVERAL.split(text.strip()):
        name = part.upper().replace("₂", "2").replace("₃", "3").replace("．", ".")
        if name in _NONE:
            continue
        name = _ALSO.get(name, name)
        if name not in POLLUTANTS:
            raise WrongError("primary", f"没有这种污染物：{part[:20]}", f"no such pollutant: {part[:20]}")
        found.append(name)
    return ";".join(dict.fromkeys(found))


def instant(text: str) -> datetime:
    """``2026-11-20 17:00`` (or ``2026/11/20``) as an instant, in local time. Raises WrongError."""
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        raise WrongError("issued", f"应写成 2026-11-20 17:00：{text[:20]}", f"2026-11-20 17:00 is wanted: {text[:20]}")
    aware = found if found.tzinfo else timezone.make_aware(found)
    if aware > timezone.now() + timedelta(days=1):
        raise WrongError("issued", "发布时间在未来", "lies in the future")
    return aware.replace(second=0, microsecond=0)


def _day(text: str) -> date:
    try:
        found = day_of(text)
    except ValueError:
        raise WrongError("day", *no_day(text)) from None
    if not 2000 <= found.year <= 2100:
        raise WrongError("day", *no_day(text))
    return found


def range_text(low: int | None, high: int | None) -> str:
    """A range as it is printed: 80–110, or one number."""
    return "" if low is None or high is None else f"{low}" if low == high else f"{low}–{high}"


def level_words(pair: Sequence[int], *, chinese: bool) -> str:
    """Levels in words: 良至轻度污染, good to light."""
    low, high = (LEVELS[number - 1] for number in pair)
    if chinese:
        return low.zh if low is high else f"{low.zh}至{high.zh}"
    return low.en if low is high else f"{low.en} – {high.en}"

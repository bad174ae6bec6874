"""The kinds of bulletin, what they print (tables/kinds.yaml, tables/templates.yaml), and their periods."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is published: ``said`` follows the name where a value is meant (浓度); ``words`` is its unit there."""

    id: str
    zh: str
    said: str
    unit: str
    words: str
    places: int
    better: str
    compare: str

    @property
    def name(self) -> str:
        """As a sentence calls its value: 细颗粒物（PM2.5）浓度, 降尘量."""
        return f"{self.zh}{self.said}"

    @property
    def short(self) -> str:
        """As a column is headed: PM2.5 for 细颗粒物（PM2.5）."""
        return self.zh.partition("（")[2].rstrip("）") or self.zh


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of bulletin; kinds.yaml says what each field does."""

    id: str
    zh: str
    period: str
    indicators: tuple[Indicator, ...]
    subject: str
    named: int
    listed: int
    extremes: int
    apart: tuple[str, ...]
    least: int

    @property
    def main(self) -> Indicator:
        """The indicator that is ranked."""
        return self.indicators[0]


@dataclass(frozen=True, slots=True)
class Template:
    """Title and body with their slots unfilled."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Period:
    """报告期: whole days, both ends included."""

    start: date
    end: date

    @property
    def words(self) -> str:
        """2025年10月1—15日 for half a month, 2025年10月 for a whole one."""
        head = f"{self.start.year}年{self.start.month}月"
        if self.start.day == 1 and self.end == _last(self.start):
            return head
        return f"{head}{self.start.day}—{self.end.day}日"

    @property
    def name(self) -> str:
        """As the place of a slot in a title and a list: 2025-10, 2025-10 上半月."""
        half = "" if self.words.endswith("月") else (" 上半月" if self.start.day == 1 else " 下半月")
        return f"{self.start:%Y-%m}{half}"


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_TABLES / "kinds.yaml").read_text(encoding="utf-8"))
    return found


@cache
def indicators() -> dict[str, Indicator]:
    """Indicator → what the table says of it."""
    return {name: Indicator(name, **row) for name, row in _read()["indicators"].items()}


@cache
def kinds() -> dict[str, Kind]:
    """Kind → what the table says of it."""
    known = indicators()
    return {
        name: Kind(
            name,
            **row | {"indicators": tuple(known[one] for one in row["indicators"]), "apart": tuple(row["apart"])},
        )
        for name, row in _read()["kinds"].items()
    }


@cache
def shipped_templates() -> dict[str, Template]:
    """The texts that come with the project, by kind; an installation may have its own (models.OwnText)."""
    rows = yaml.safe_load((_TABLES / "templates.yaml").read_text(encoding="utf-8"))
    return {name: Template(row["title"], row["body"]) for name, row in rows.items()}


def period_of(kind: Kind, month: str, half: str = "") -> Period:
    """The period of a kind: ``month`` such as 2025-10, ``half`` 1 or 2 for half a month.

    Raises ValueError for what is no month of 2000–2100, or no half where one is wanted.
    """
    start = date.fromisoformat(f"{month}-01")
    if not 2000 <= start.year <= 2100:
        raise ValueError(month)
    if kind.period == "month":
        return Period(start, _last(start))
    if half == "1":
        return Period(start, start.replace(day=15))
    if half == "2":
        return Period(start.replace(day=16), _last(start))
    raise ValueError(half)


def _last(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])

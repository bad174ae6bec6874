"""What reading a bulletin gives: figures with their ranks, period, unit and place in print, and every oddity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

PeriodKind = Literal["half_month", "month", "quarter", "half_year", "year", "range"]
Direction = Literal["worst", "best"]  # what rank 1 is, or which end of a list a figure stands at


@dataclass(frozen=True, slots=True)
class Period:
    """报告期: first and last day. ``range`` is any other stretch, such as the months of a year so far (累计)."""

    kind: PeriodKind
    start: date
    end: date

    @property
    def key(self) -> str:
        """``2025-10-01..2025-10-15``."""
        return f"{self.start}..{self.end}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure is printed: table, row and column from 1; page where the source has pages."""

    table: int
    row: int
    col: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure: whose, of what, when, how much and at which rank.

    ``value`` is None where no number is printed; ``value_text`` always holds the print. ``yoy`` is a signed change in
    per cent as printed; ``previous`` the figure of the year before. ``side``: the list names only this end (最差).
    """

    place: Place
    subject: str
    district: str
    indicator: str | None
    period: Period | None
    unit: str
    value: Decimal | None = None
    value_text: str = ""
    rank: int | None = None
    direction: Direction | None = None
    side: Direction | None = None
    yoy: Decimal | None = None
    yoy_text: str = ""
    previous: Decimal | None = None

    def with_(self, **changes: object) -> Figure:
        """A copy with other fields."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Oddity:
    """A doubt, repair or note: ``rule`` is a row of ``received_rules.csv``; table and row 0 = the whole document."""

    rule: str
    detail: str = ""
    table: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A bulletin. ``indicator`` and ``period`` are those of most of its figures; ``listed``: 后30 → 30."""

    title: str
    issuer: str
    indicator: str | None
    period: Period | None
    unit: str
    figures: tuple[Figure, ...]
    oddities: tuple[Oddity, ...]
    notes: tuple[str, ...] = ()
    listed: int | None = None
    file: str = ""

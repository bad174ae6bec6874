"""Periods that are ranked, and who belonged to a group when."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``start`` to ``end``, both included. ValueError where it ends before it starts."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the period from {self.start} ends before it starts ({self.end})")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def year_before(self) -> Period:
        """The same days a year before (同期); 29 February becomes the 28th, and a February's end stays its end."""
        return Period(_year_before(self.start, ends=False), _year_before(self.end, ends=True))


def month(year: int, number: int) -> Period:
    """A calendar month."""
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def half_month(day: date) -> Period:
    """The half-month (半月) of a day: 1–15, or 16 to the end of the month."""
    whole = month(day.year, day.month)
    if day.day <= 15:
        return Period(whole.start, day.replace(day=15))
    return Period(day.replace(day=16), whole.end)


def half_months(year: int) -> list[Period]:
    """The 24 half-months of a year."""
    return [half_month(date(year, number, day)) for number in range(1, 13) for day in (1, 16)]


def year_to_date(day: date) -> Period:
    """From 1 January to ``day`` (累计)."""
    return Period(day.replace(month=1, day=1), day)


def _year_before(day: date, *, ends: bool) -> date:
    year = day.year - 1
    last = monthrange(year, day.month)[1]
    at_end = ends and day.day == monthrange(day.year, day.month)[1]
    return date(year, day.month, last if at_end else min(day.day, last))


@dataclass(frozen=True, slots=True)
class Membership:
    """That a subject belonged to a group (平原地区, 城六区) from ``since`` to ``until``, both included; None = open."""

    group: str
    subject: str
    since: date | None = None
    until: date | None = None


def members(memberships: Iterable[Membership], group: str, period: Period) -> set[str]:
    """The subjects that belonged to ``group`` on the last day of ``period``: that day decides who is ranked in it."""
    return {
        item.subject
        for item in memberships
        if item.group == group
        and (item.since is None or item.since <= period.end)
        and (item.until is None or item.until >= period.end)
    }

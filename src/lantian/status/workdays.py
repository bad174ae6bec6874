"""Working days in China: weekends, the State Council's holidays and the days worked instead (``tables/holidays.csv``).

The table holds the years whose notices were published when it was written. For other years only weekends are known and
:meth:`Workdays.known` says so; an office imports the year's notice as ``extra``.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

TABLES = Path(__file__).resolve().parent / "tables"
ONE_DAY = timedelta(days=1)
WHOLE_YEAR = 11  # the law gives 13 days off, two of which may fall on weekends: fewer days of our own are a correction


@cache
def shipped() -> dict[date, bool]:
    """Days that differ from the week: True is worked, False is off. From ``tables/holidays.csv``."""
    with (TABLES / "holidays.csv").open(encoding="utf-8", newline="") as handle:
        return {date.fromisoformat(row["date"]): row["kind"] == "work" for row in csv.DictReader(handle)}


class Workdays:
    """工作日历. ``extra`` maps a day to whether it is worked and goes before the shipped table."""

    __slots__ = ("_days", "_years")

    def __init__(self, extra: Mapping[date, bool] | None = None) -> None:
        self._days = {**shipped(), **(extra or {})}
        own = Counter(day.year for day in extra or {})
        self._years = {day.year for day in shipped()} | {year for year, days in own.items() if days >= WHOLE_YEAR}

    def known(self, year: int) -> bool:
        """Whether the holidays of a year are in the table; if not, only weekends are days off."""
        return year in self._years

    def is_workday(self, day: date) -> bool:
        """Whether offices work on a day."""
        return self._days.get(day, day.weekday() < 5)

    def next_workday(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def previous_workday(self, day: date) -> date:
        """The day itself if it is worked, else the last before it that is."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def add_workdays(self, day: date, number: int) -> date:
        """The day so many working days later (earlier if negative); 0 gives the day itself, worked or not."""
        step = ONE_DAY if number > 0 else -ONE_DAY
        left = abs(number)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end`` (0 if end is not later)."""
        days = (end - start).days
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, days + 1))


WORKDAYS = Workdays()

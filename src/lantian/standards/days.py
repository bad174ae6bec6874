"""Good days and heavy-pollution days (优良天数, 重污染天数)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lantian.standards.rounding import round_half_even

GOOD_UP_TO = 100
HEAVY_ABOVE = 200


@dataclass(frozen=True, slots=True)
class DayCount:
    """Days of a period by their AQI; ``days`` are those that have one."""

    days: int
    good: int
    heavy: int

    @property
    def good_pct(self) -> Decimal | None:
        """Good-day ratio (优良天数比率) in per cent with one decimal; None without days."""
        return good_day_pct(self.good, self.days)


def good_day_pct(good: int, days: int) -> Decimal | None:
    """``good`` of ``days`` valid days in per cent with one decimal (311 of 365 = 85.2); None without days."""
    return round_half_even(Decimal(good) * 100 / Decimal(days), 1) if days else None


def count_days(indices: Iterable[int | None]) -> DayCount:
    """Count the days of a list of daily AQI: good up to 100, heavy above 200.

    2026 moved the breakpoints of PM2.5 and PM10: never compare its good days with an earlier year's before that year
    has been recomputed by the newer rule.
    """
    known = [index for index in indices if index is not None]
    return DayCount(
        len(known), sum(index <= GOOD_UP_TO for index in known), sum(index > HEAVY_ABOVE for index in known)
    )

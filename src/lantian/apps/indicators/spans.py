"""For which days an indicator is computed: the periods of a year, or from its first day to the end of each month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from lantian.status import period_bounds, period_of

Rhythm = Literal["month", "quarter", "half", "year", "to_date"]


def spans(rhythm: Rhythm, cumulative: bool, first: date, until: date) -> Iterator[tuple[date, date]]:
    """(first day, last day) of every span that began by ``until`` and did not end before ``first``.

    Figures that add up over a year (``cumulative``), and those to date, run from the first of January to the end of
    each month; the others have one span a period. The span under way ends with its period: coming days hold nothing.
    """
    if rhythm == "to_date" or cumulative:
        for start, end in _periods("month", first, until):
            yield start.replace(month=1), end
    else:
        yield from _periods(rhythm, first, until)


def _periods(
    cadence: Literal["month", "quarter", "half", "year"], first: date, until: date
) -> Iterator[tuple[date, date]]:
    day = first
    while day <= until:
        start, end = period_bounds(period_of(cadence, day))
        yield start, end
        day = end + timedelta(days=1)


def key_of(rhythm: Rhythm, cumulative: bool, end: date) -> str:
    """The reporting period that a span's figure is of; empty where it runs from the year's first day."""
    return "" if cumulative or rhythm == "to_date" else period_of(rhythm, end)

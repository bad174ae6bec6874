"""The period that a ranking's address names, and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lantian.analysis import rankings
from lantian.standards.evaluation import month_needs

PERIODS = ("month", "half", "ytd")
_SHARE = 90  # per cent of the days that a period other than a month needs (27 of 30, scaled by us)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is ranked: kind, key as addresses write it, and the days so far."""

    kind: str
    key: str
    days: rankings.Period

    @property
    def start(self) -> date:
        """The first day."""
        return self.days.start

    @property
    def end(self) -> date:
        """The last day."""
        return self.days.end


def needs(period: rankings.Period) -> int:
    """Valid days that a ranked subject needs: of a whole month 27 (February 25), else 90 % of the days."""
    if period == rankings.month(period.start.year, period.start.month):
        return month_needs(period.start.month)
    return -(-period.days * _SHARE // 100)


def period_of(kind: str, key: str, last: date) -> Asked:
    """The period of an address; what cannot be read, or lies in the future, becomes the newest finished one."""
    kind = kind if kind in PERIODS else "month"
    month = _month(key[:7], last) if key else _finished(kind, last)
    if kind == "ytd":
        return Asked(kind, f"{month:%Y-%m}", rankings.year_to_date(min(_end(month), last)))
    if kind == "month":
        return Asked(kind, f"{month:%Y-%m}", rankings.Period(month, min(_end(month), last)))
    second = key.endswith("-2") if key else last.day > 15
    if not key:
        month = last.replace(day=1) if second else month
        second = not second
    whole = rankings.half_month(month.replace(day=16 if second else 1))
    found = rankings.Period(whole.start, max(whole.start, min(whole.end, last)))
    return Asked(kind, f"{month:%Y-%m}-{2 if second else 1}", found)


def neighbours(period: Asked, last: date) -> tuple[str, str]:
    """Keys of the period before and of the one after; the second blank where it has not begun."""
    if period.kind == "half":
        second = period.key.endswith("-2")
        this = period.start.replace(day=1)
        before = f"{this:%Y-%m}-1" if second else f"{_step(this, -1):%Y-%m}-2"
        start = _step(this, 1) if second else this.replace(day=16)
        after = f"{start:%Y-%m}-{1 if second else 2}"
        return before, after if start <= last else ""
    this = date(period.end.year, period.end.month, 1)
    following = _step(this, 1)
    return f"{_step(this, -1):%Y-%m}", f"{following:%Y-%m}" if following <= last else ""


def _month(text: str, last: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return last.replace(day=1)
    return max(date(2014, 1, 1), min(found, last.replace(day=1)))


def _finished(kind: str, last: date) -> date:
    """The month of the newest finished period: the one before, unless the last day ends the month."""
    this = last.replace(day=1)
    return this if kind == "ytd" or last == _end(this) else _step(this, -1)


def _step(month: date, number: int) -> date:
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _end(month: date) -> date:
    return _step(month, 1) - timedelta(days=1)

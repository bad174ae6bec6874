"""报告期: periods as keys, when their returns are due, how often a duty is reported, and the internal due day (倒排).

Keys: ``2025-03`` a month, ``2025-Q1`` a quarter, ``2025-H1`` a half-year, ``2025`` a year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from lantian.status.model import Cadence, DueRule, Language
from lantian.status.workdays import WORKDAYS, Workdays

TABLES = Path(__file__).resolve().parent / "tables"
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
KEY = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")


@cache
def _table() -> dict[str, Any]:
    with (TABLES / "cadence.yaml").open(encoding="utf-8") as handle:
        return cast("dict[str, Any]", yaml.safe_load(handle))


@lru_cache(maxsize=4096)
def period_bounds(key: str) -> tuple[date, date]:
    """First and last day of a period. ValueError names a key that is none."""
    match = KEY.fullmatch(key)
    if not match:
        raise ValueError(f"not a reporting period: {key!r} (2025-03, 2025-Q1, 2025-H1, 2025)")
    year, quarter, half, month = (int(part) if part else 0 for part in match.groups())
    length = 3 if quarter else 6 if half else 1 if month else 12
    first = month or (quarter or half or 1) * length - length + 1
    last = first + length - 1
    after = date(year + 1, 1, 1) if last == 12 else date(year, last + 1, 1)
    return date(year, first, 1), after - timedelta(days=1)


def period_cadence(key: str) -> Cadence:
    """Of which cadence a period is."""
    period_bounds(key)
    if "Q" in key:
        return "quarter"
    if "H" in key:
        return "half"
    return "month" if "-" in key else "year"


def period_of(cadence: Cadence, day: date) -> str:
    """The key of the period in which a day lies. ValueError for ``none``."""
    if cadence == "none":
        raise ValueError("what is not reported has no periods")
    number = (day.month - 1) // MONTHS[cadence] + 1
    form = {"month": "{}-{:02}", "quarter": "{}-Q{}", "half": "{}-H{}", "year": "{}"}[cadence]
    return form.format(day.year, number)


@lru_cache(maxsize=4096)
def periods(cadence: Cadence, start: date, end: date) -> tuple[str, ...]:
    """Keys of all periods that have a day between ``start`` and ``end`` (inclusive), in order; none for ``none``."""
    if cadence == "none":
        return ()
    keys, day = [], start
    while day <= end:
        keys.append(period_of(cadence, day))
        day = period_bounds(keys[-1])[1] + timedelta(days=1)
    return tuple(keys)


def previous_year(key: str) -> str:
    """The same period a year before (同期)."""
    period_bounds(key)
    return f"{int(key[:4]) - 1:04}{key[4:]}"


@lru_cache(maxsize=4096)
def due_day(key: str, rule: DueRule = DueRule(), workdays: Workdays = WORKDAYS) -> date:  # noqa: B008  frozen
    """The day by which a period's return is owed: days after its end, or a day of its last month, then shifted."""
    end = period_bounds(key)[1]
    if rule.day_of_month is None:
        day = end + timedelta(days=rule.days)
    else:
        day = end.replace(day=min(rule.day_of_month, end.day))
    if rule.shift == "next":
        return workdays.next_workday(day)
    return workdays.previous_workday(day) if rule.shift == "previous" else day


def propose_cadence(role: str, deadline_kind: str, text: str, *, numeric: bool = False) -> tuple[Cadence, str]:
    """How often a duty should be reported, and the id of the rule that says so (``tables/cadence.yaml``).

    ``text`` is the measure with its printed deadline; ``numeric`` tells whether the duty has a numeric target. A person
    may choose otherwise.
    """
    for rule in _table()["rules"]:
        if role not in rule.get("role", (role,)) or deadline_kind not in rule.get("kinds", (deadline_kind,)):
            continue
        if rule.get("numeric", numeric) != numeric or ("words" in rule and not _found(rule["words"], text)):
            continue
        return rule["cadence"], rule["id"]
    raise AssertionError("the last rule of tables/cadence.yaml has no condition")


def cadence_reason(rule: str, language: Language, text: str = "") -> str:
    """The sentence of a rule of :func:`propose_cadence`; ``text`` lets it quote the words. KeyError if unknown."""
    row = next((row for row in _table()["rules"] if row["id"] == rule), None)
    if row is None:
        raise KeyError(rule)
    return str(row[language]).format(words=_found(row.get("words", ()), text) or "…")


@lru_cache(maxsize=4096)
def every_of(*texts: str) -> Cadence | None:
    """Whether printed words (每月, 按季度, 次/周) make each period answer for itself, and which period."""
    for row in _table()["every"]:
        if any(_found(row["words"], text) or text in row.get("exact", ()) for text in texts):
            return cast("Cadence", row["every"])
    return None


def internal_due(
    end: date, *, workdays: Workdays = WORKDAYS, lead: int | None = None, start: date | None = None
) -> date:
    """倒排: the office's own day before a printed ``end``, never before ``start``.

    ``lead`` working days before, by default as ``tables/cadence.yaml`` says for ends of the year, of a quarter, others.
    """
    if lead is None:
        lead = next(int(row["days"]) for row in _table()["lead"] if _ends(row["ends"], end))
    day = workdays.add_workdays(end, -lead)
    return max(day, start) if start else day


def _ends(kind: str, end: date) -> bool:
    last_of_month = (end + timedelta(days=1)).day == 1
    if kind == "year_end":
        return (end.month, end.day) == (12, 31)
    return kind == "any" or (last_of_month and end.month % 3 == 0)


def _found(words: list[str] | tuple[str, ...], text: str) -> str:
    return next((word for word in words if word in text), "")

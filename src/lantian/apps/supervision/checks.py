"""Checks of a return's rows: pure rules over plain values, each with an id, a sentence and a severity.

The table ``tables/checks.yaml`` holds what each says and whether it stops the return or asks for an explanation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from lantian.reading.text import compare_form

Severity = Literal["stop", "warn"]
TABLE = Path(__file__).resolve().parent / "tables" / "checks.yaml"
HUNDRED = Decimal(100)
_TIMES = {"": Decimal(1), "万": Decimal(10**4), "亿": Decimal(10**8)}


@dataclass(frozen=True, slots=True)
class FigureGiven:
    """What is said of one target. ``adds``: the cumulative figure is the sum of the periods' figures.

    ``sense`` is at_least or at_most; ``last`` the cumulative figure reported last; ``needed`` says that a figure is
    expected.
    """

    key: str
    unit: str = ""
    kind: str = "count"
    adds: bool = True
    needed: bool = True
    sense: str = "at_least"
    target: Decimal | None = None
    period: Decimal | None = None
    cumulative: Decimal | None = None
    last: Decimal | None = None
    computed: Decimal | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class RowGiven:
    """What is said of one commitment, and what was said of it last (``last_words`` None: never reported)."""

    progress: str = ""
    done: bool = False
    no_change: bool = False
    document: bool = False  # the commitment is a document to deliver whose end a number shows
    document_number: str = ""
    document_date: date | None = None
    evidence: int = 0
    last_words: str | None = None
    last_done: bool = False
    figures: Sequence[FigureGiven] = default(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a check found; ``key`` names the figure it is about, empty for the row."""

    check: str
    severity: Severity
    field: str
    args: dict[str, str] = default(default_factory=dict)
    key: str = ""

    def text(self, language: str) -> str:
        """The sentence, in Chinese unless ``language`` is English."""
        row = table()["checks"][self.check]
        return str(row["en" if language.startswith("en") else "zh"]).format(**self.args)


@cache
def table() -> dict[str, Any]:
    """The table of checks."""
    with TABLE.open(encoding="utf-8") as stream:
        found: dict[str, Any] = yaml.safe_load(stream)
    return found


def check(row: RowGiven, *, today: date, behalf: bool = False) -> list[Problem]:
    """Everything that the checks find in one row, in the order of their ids.

    ``behalf``: the office writes down what a unit sent (代填); what the unit left out then only warns.
    """
    found = [*_row(row, today), *(item for figure in row.figures for item in _figure(row, figure))]
    rows = table()["checks"]

    def problem(item: tuple[str, str, dict[str, str]]) -> Problem:
        name, key, args = item
        severity = rows[name].get("behalf", rows[name]["severity"]) if behalf else rows[name]["severity"]
        return Problem(name, severity, rows[name]["field"], args, key)

    once = {(name, *args.values()) if args else (name, key): (name, key, args) for name, key, args in found}
    return sorted(map(problem, once.values()), key=lambda item: item.check)


_Found = tuple[str, str, dict[str, str]]


def _row(row: RowGiven, today: date) -> Iterator[_Found]:
    if not row.progress.strip() and not row.no_change:
        yield "C07", "", {}
    if row.no_change and row.last_words is None:
        yield "C14", "", {}
    if row.document_date is not None and row.document_date > today:
        yield "C09", "", {"day": row.document_date.isoformat()}
    if row.done:
        if not row.evidence:
            yield "C04", "", {}
        if row.document and not (row.document_number.strip() and row.document_date):
            yield "C13", "", {}
    elif row.last_done:
        yield "C16", "", {}
    if _copied(row):
        yield "C10", "", {}


def _copied(row: RowGiven) -> bool:
    """The words are last period's to the letter, though a figure is not."""
    if row.no_change or not row.progress.strip() or row.last_words is None:
        return False
    changed = any(item.last is not None and item.cumulative not in (None, item.last) for item in row.figures)
    return changed and compare_form(row.progress) == compare_form(row.last_words)


def _figure(row: RowGiven, item: FigureGiven) -> Iterator[_Found]:
    now, period = item.cumulative, item.period
    if now is None:
        if item.needed and not row.no_change:
            yield "C08", item.key, {}
    else:
        yield from _against_last(item, now)
        if item.kind == "rate" and item.unit == "%" and now > HUNDRED:
            yield "C12", item.key, {"now": plain(now)}
        if row.done and _short(item, now):
            yield "C05", item.key, {"now": _with_unit(now, item.unit), "target": _with_unit(item.target, item.unit)}
        if item.computed is not None and _differs(now, item.computed):
            tolerance = str(table()["tolerance"])
            args = {"now": plain(now), "computed": plain(item.computed), "source": item.source, "tolerance": tolerance}
            yield "C06", item.key, args
    if period is not None and item.adds and period < 0:
        yield "C11", item.key, {"period": plain(period)}
    if row.no_change and period:
        yield "C15", item.key, {"period": plain(period)}
    if item.unit and (now is not None or period is not None):
        words = _other_unit(row.progress, item)
        if words:
            yield "C03", item.key, {"words": words, "unit": item.unit}


def _against_last(item: FigureGiven, now: Decimal) -> Iterator[_Found]:
    if not item.adds:
        return
    if item.last is not None and now < item.last:
        yield "C01", item.key, {"now": plain(now), "before": plain(item.last)}
    if item.last is not None and item.period is not None and now != item.last + item.period:
        args = {"now": plain(now), "before": plain(item.last), "period": plain(item.period)}
        yield "C02", item.key, args | {"sum": plain(item.last + item.period)}


def _short(item: FigureGiven, now: Decimal) -> bool:
    if item.target is None:
        return False
    return now > item.target if item.sense == "at_most" else now < item.target


def _differs(now: Decimal, computed: Decimal) -> bool:
    return abs(now - computed) > abs(computed) * Decimal(table()["tolerance"]) / HUNDRED


@cache
def _amounts() -> re.Pattern[str]:
    units = "|".join(re.escape(unit) for unit in table()["units"])
    return re.compile(rf"(?<![第\d.])(\d[\d,]*(?:\.\d+)?)\s*([万亿]?)({units})")


def _other_unit(words: str, item: FigureGiven) -> str:
    """The amount in the words that has the reported figure's number, but not the target's unit; empty if none.

    An amount of the target's own unit that agrees (1.2万辆 for 12000 辆) settles it.
    """
    times, base = _split(item.unit)
    if base not in table()["units"]:
        return ""
    given = [value for value in (item.cumulative, item.period) if value]
    other = ""
    for match in _amounts().finditer(compare_form(words)):
        number, multiplier, unit = Decimal(match[1].replace(",", "")), _TIMES[match[2]], match[3]
        if unit == base and any(number * multiplier == value * times for value in given):
            return ""
        if number in given and (unit != base or multiplier != times):
            other = other or match[0]
    return other


def _split(unit: str) -> tuple[Decimal, str]:
    """A unit as multiplier and base: 万辆 → 10000, 辆."""
    form = compare_form(unit)
    return (_TIMES[form[0]], form[1:]) if form[:1] in ("万", "亿") else (Decimal(1), form)


def _with_unit(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{plain(value)}{unit}"


def plain(value: Decimal) -> str:
    """A figure without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

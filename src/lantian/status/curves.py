"""计划曲线 and 序时进度: how much of a figure a plan expects by a day.

Presets stand in ``tables/curves.yaml`` as cumulative shares by month; a curve is spread over the months of its own
span, so that a window (6—9月) and two years work as a year does. Edited points go before the preset.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

import yaml

from lantian.status.cadence import period_bounds
from lantian.status.model import Language

TABLES = Path(__file__).resolve().parent / "tables"
ZERO, ONE = Decimal(0), Decimal(1)
Points = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One preset; ``months`` are twelve cumulative percents, empty where every day weighs the same."""

    id: str
    zh: str
    en: str
    steps: bool
    months: tuple[int, ...]


@cache
def curve_presets() -> dict[str, Curve]:
    """All presets by id, in table order."""
    with (TABLES / "curves.yaml").open(encoding="utf-8") as handle:
        rows = yaml.safe_load(handle)
    return {
        name: Curve(name, row["zh"], row["en"], row["steps"], tuple(row.get("months", ())))
        for name, row in rows.items()
    }


def curve_label(curve: str, language: Language) -> str:
    """The name of a preset as people read it. KeyError if there is none."""
    return curve_presets()[curve].zh if language == "zh" else curve_presets()[curve].en


@cache
def _curve_words() -> tuple[tuple[tuple[str, ...], str], ...]:
    with (TABLES / "curve_words.yaml").open(encoding="utf-8") as handle:
        return tuple((tuple(row["words"]), row["curve"]) for row in yaml.safe_load(handle))


@lru_cache(maxsize=4096)
def propose_curve(text: str) -> str:
    """The preset that fits a target by its words (``tables/curve_words.yaml``); a person may choose otherwise."""
    return next(curve for words, curve in _curve_words() if not words or any(word in text for word in words))


def planned(curve: str, start: date, end: date, target: Decimal, on: date, points: Points = ()) -> Decimal:
    """What is expected of ``target`` by the end of the day ``on``: nothing before ``start``, all from ``end`` on.

    ``points`` (period key, cumulative part from 0 to 1) go before the preset. KeyError if the curve is unknown.
    """
    return target * share(curve, start, end, on, points)


@lru_cache(maxsize=16384)
def share(curve: str, start: date, end: date, on: date, points: Points = ()) -> Decimal:
    """The part (0 to 1) that is expected by the end of a day; never falls from one day to the next."""
    preset = curve_presets()[curve]
    if on >= end:
        return ONE
    if on < start:
        return ZERO
    if points:
        return _from_points(points, start, end, on, steps=preset.steps)
    if not preset.months:
        return _ratio(on, start, end)
    return _from_months(preset, start, end, on)


def _ratio(on: date, start: date, end: date) -> Decimal:
    return Decimal((on - start).days + 1) / Decimal((end - start).days + 1)


def _from_points(points: Points, start: date, end: date, on: date, *, steps: bool) -> Decimal:
    """Between two points by days, or the last point passed where the curve goes by steps."""
    before, part = date.fromordinal(start.toordinal() - 1), ZERO
    for key, value in sorted(points, key=lambda point: period_bounds(point[0])[1]):
        day, value = period_bounds(key)[1], min(max(value, part), ONE)
        if day > on:
            if steps:
                return part
            reach = min(day, end)
            return part + (value - part) * Decimal((on - before).days) / Decimal(max((reach - before).days, 1))
        before, part = day, value
    if steps:
        return part
    return part + (ONE - part) * Decimal((on - before).days) / Decimal(max((end - before).days, 1))


def _from_months(preset: Curve, start: date, end: date, on: date) -> Decimal:
    """Weights of the calendar months in the span, the cut months by their days, scaled to 1."""
    total = passed = ZERO
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        low, high = max(first, start), min(last, end)
        weight = Decimal(preset.months[month - 1] - (preset.months[month - 2] if month > 1 else 0))
        weight *= Decimal((high - low).days + 1) / Decimal(last.day)
        total += weight
        if on >= high:
            passed += weight
        elif on >= low and not preset.steps:
            passed += weight * Decimal((on - low).days + 1) / Decimal((high - low).days + 1)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if not total:  # no month of the span has a weight (fourth_quarter in spring): evenly, or all at the end
        return ZERO if preset.steps else _ratio(on, start, end)
    return passed / total

"""Dust: what falls into a jar, what lies on roads, and hours of sand-dust left out of particle statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from lantian.standards.tables import yaml_table

# HJ 1221-2021 (tables/sources.csv, S20): what a jar of glycol solution can show, in t/(km²·30 d).
DETECTION_LIMIT = Decimal("0.3")
DETERMINATION_LIMIT = Decimal("1.2")


def dustfall(after: Decimal, before: Decimal, blank: Decimal, opening_cm2: Decimal, days: Decimal) -> Decimal:
    """Dustfall (降尘量) in t/(km²·30 d) from the dish after, before, the glycol blank (g), opening (cm²) and days out.

    Jars hang 27–33 days, so the days are kept with the value. ValueError where opening or days are not positive.
    """
    if opening_cm2 <= 0 or days <= 0:
        raise ValueError("the opening and the days of exposure must be positive")
    return (after - before - blank) / (opening_cm2 * days) * 30 * 10_000


@dataclass(frozen=True, slots=True)
class DustIndicator:
    """One of the four indicators that must never share a column; ``usual`` is the span of published values."""

    id: str
    zh: str
    unit: str
    usual: tuple[float, float]
    who: str
    every: str
    source: str


def dust_indicators() -> dict[str, DustIndicator]:
    """``dustfall``, ``tsp``, ``silt_load`` (道路尘负荷), ``road_residue`` (道路尘土残存量)."""
    return {row["id"]: DustIndicator(**{**row, "usual": tuple(row["usual"])}) for row in yaml_table("dust.yaml")}


def mistaken_for(indicator: str, value: float) -> tuple[str, ...]:
    """Indicators of the same unit whose usual span holds ``value`` although the named one's does not."""
    known = dust_indicators()
    own = known[indicator]
    if own.usual[0] <= value <= own.usual[1]:
        return ()
    return tuple(
        other.id
        for other in known.values()
        if other.id != indicator and other.unit == own.unit and other.usual[0] <= value <= other.usual[1]
    )


@dataclass(frozen=True, slots=True)
class SandPeriod:
    """Hours that somebody entitled declared to be sand-dust: from ``start`` until before ``end`` in ``area``."""

    area: str
    start: datetime
    end: datetime
    decided_by: str
    document: str


def sand_hours(periods: Sequence[SandPeriod], area: str, first: datetime, hours: int) -> list[bool]:
    """For each of ``hours`` from ``first``: whether it lies in a declared period of ``area``.

    PM10, PM2.5 and the composite index are shown with and without these hours; good and heavy days keep them.
    """
    own = [period for period in periods if period.area == area]
    times = [first + timedelta(hours=step) for step in range(hours)]
    return [any(period.start <= time < period.end for period in own) for time in times]


def suggests_sand(pm10: Sequence[float], pm25: Sequence[float]) -> bool:
    """Whether the last of seven hours looks like the start of sand-dust: a suggestion, a list decides (U-SAND-HOURS).

    PM10 at least twice the mean of the six hours before and above 150 µg/m³, or PM2.5/PM10 at most half of theirs.
    """
    if len(pm10) != 7 or len(pm25) != 7:
        raise ValueError("six hours and the one in question are needed")
    before10, before25 = sum(pm10[:6]) / 6, sum(pm25[:6]) / 6
    jump = pm10[6] >= 2 * before10 and pm10[6] > 150
    coarse = pm10[6] > 0 and before10 > 0 and before25 > 0 and pm25[6] / pm10[6] <= before25 / before10 / 2
    return jump or coarse

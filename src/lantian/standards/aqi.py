"""HJ 633: sub-index (IAQI), index (AQI), primary pollutant and level.

The concentration is rounded first (whole number, CO one decimal, GB/T 8170), then the sub-index is read on the straight
line between two breakpoints and rounded **up**. Everything is exact: decimals and fractions, no binary floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil
from types import MappingProxyType

from lantian.standards.rounding import round_half_even
from lantian.standards.tables import csv_rows, yaml_table

# Above 50 a primary pollutant (首要污染物) is named; above 100 an index from incomplete values may be published.
PRIMARY_ABOVE = 50
INCOMPLETE_ABOVE = 100


@dataclass(frozen=True, slots=True)
class Level:
    """空气质量指数级别."""

    level: int
    low: int
    high: int
    zh: str
    en: str
    rgb: str


LEVELS = tuple(
    Level(int(row["level"]), int(row["low"]), int(row["high"]), row["zh"], row["en"], row["rgb"])
    for row in csv_rows("levels.csv")
)


def level_of(index: int) -> Level:
    """The level of an AQI: 优 to 50, 良 to 100, 轻度污染 to 150, 中度污染 to 200, 重度污染 to 300, 严重污染 above."""
    return next((level for level in LEVELS if index <= level.high), LEVELS[-1])


def decimals(item: str) -> int:
    """To how many decimals a concentration is rounded before its sub-index: CO one, others none."""
    return 1 if item.startswith("CO_") else 0


@dataclass(frozen=True)
class AqiRule:
    """One edition of HJ 633. ``daily`` and ``hourly``: for each reported value the item whose breakpoints it uses."""

    key: str
    title: str
    zh: str
    valid_from: date
    valid_to: date | None
    daily: Mapping[str, str]
    hourly: Mapping[str, str]
    above: Mapping[str, int | None]
    source: str
    confidence: str

    @cached_property
    def breakpoints(self) -> Mapping[str, tuple[tuple[Decimal, int], ...]]:
        """item → ((concentration, IAQI), …) from table 1."""
        rows = [row for row in csv_rows("breakpoints.csv") if row["rule"] == self.key]
        items = [name for name in rows[0] if name not in ("rule", "iaqi", "clause", "source", "confidence")]
        return MappingProxyType(
            {item: tuple((Decimal(row[item]), int(row["iaqi"])) for row in rows if row[item]) for item in items}
        )

    def iaqi(self, item: str, concentration: Decimal | float | str) -> int | None:
        """Sub-index of one concentration (CO mg/m³, others µg/m³) by the breakpoints of ``item`` (``PM2.5_24h``, …).

        None where the rule computes none: in 2012 SO2 1 h and O3 8 h above 800. Above the last breakpoint it stays 500.
        ValueError for a negative concentration.
        """
        return self.iaqi_rounded(item, round_half_even(concentration, decimals(item)))

    def iaqi_rounded(self, item: str, value: Decimal) -> int | None:
        """The same for a concentration that is rounded already."""
        points = self.breakpoints[item]
        if value < 0:
            raise ValueError(f"{item} {value} is negative")
        for (low, under), (high, over) in pairwise(points):
            if value <= high:
                share = Fraction(value - low) / Fraction(high - low)
                return ceil(under + (over - under) * share)
        return self.above.get(item, points[-1][1])


RULES: Mapping[str, AqiRule] = MappingProxyType(
    {row["key"]: AqiRule(**row) for row in yaml_table("standards.yaml")["index"]}
)


def aqi_rule(key: str) -> AqiRule:
    """The rule of that key (``hj633-2012``, ``hj633-2026``); KeyError otherwise."""
    return RULES[key]


@dataclass(frozen=True, slots=True)
class Aqi:
    """An index with what explains it. ``value`` and ``level`` are None where nothing may be published."""

    value: int | None
    primary: tuple[str, ...]
    level: Level | None
    parts: Mapping[str, int]


def aqi(
    rule: AqiRule,
    values: Mapping[str, Decimal | float | str | None],
    items: Mapping[str, str],
    required: Iterable[str] | None = None,
) -> Aqi:
    """AQI of ``values`` (name → concentration, None = missing), whose item each name is given by ``items``.

    ``items`` is usually ``rule.daily`` or ``rule.hourly``. If one of ``required`` (all of ``items`` where not given) is
    missing, the index of the rest is published only above 100 (HJ 633-2026). The primary pollutants are those with the
    largest sub-index, in the order of ``items``; none at AQI 50 or less.
    """
    found = {name: values.get(name) for name in items}
    parts = {
        name: part
        for name, value in found.items()
        if value is not None and (part := rule.iaqi(items[name], value)) is not None
    }
    missing = any(found[name] is None for name in (items if required is None else required))
    top = max(parts.values(), default=None)
    if top is None or (missing and top <= INCOMPLETE_ABOVE):
        return Aqi(None, (), None, parts)
    primary = tuple(name for name, part in parts.items() if part == top) if top > PRIMARY_ABOVE else ()
    return Aqi(top, primary, level_of(top), parts)

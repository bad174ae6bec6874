"""GB 3095 as dated objects: which limits held on which day.

``limit("PM2.5", "annual", 2, date(2026, 5, 1))`` is 30 µg/m³; the same question for 2025 gives 35. CO is in mg/m³,
every other pollutant in µg/m³ (the unit stands beside every limit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from lantian.standards.tables import csv_rows, yaml_table

# 六项基本项目, in the order of the contracts' columns.
POLLUTANTS = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")


@dataclass(frozen=True, slots=True)
class Limit:
    """One cell pair of a table of limits (浓度限值). ``reference_only``: annex A, for guidance, not for judging."""

    pollutant: str
    averaging: str
    unit: str
    grade1: Decimal
    grade2: Decimal
    reference_only: bool
    clause: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Standard:
    """One edition (and phase) of GB 3095. ``aqi`` and ``evaluation`` name the rules in force beside it."""

    key: str
    title: str
    zh: str
    valid_from: date
    valid_to: date | None
    aqi: str
    evaluation: str
    source: str
    confidence: str
    limits: Mapping[tuple[str, str], Limit]

    def limit(self, pollutant: str, averaging: str, grade: int = 2) -> Decimal:
        """The limit of ``grade`` 1 or 2; KeyError where the standard has none (CO has no annual limit)."""
        found = self.limits[pollutant, averaging]
        return {1: found.grade1, 2: found.grade2}[grade]


def _limits(key: str) -> Mapping[tuple[str, str], Limit]:
    return MappingProxyType(
        {
            (row["pollutant"], row["averaging"]): Limit(
                row["pollutant"],
                row["averaging"],
                row["unit"],
                Decimal(row["grade1"]),
                Decimal(row["grade2"]),
                row["reference_only"] == "yes",
                row["clause"],
                row["source"],
                row["confidence"],
            )
            for row in csv_rows("limits.csv")
            if row["standard"] == key
        }
    )


STANDARDS: Mapping[str, Standard] = MappingProxyType(
    {row["key"]: Standard(**row, limits=_limits(row["key"])) for row in yaml_table("standards.yaml")["quality"]}
)


def standard(key: str) -> Standard:
    """The standard of that key (``gb3095-2012``, ``gb3095-2026-interim`` …); KeyError otherwise."""
    return STANDARDS[key]


def in_force(day: date) -> Standard:
    """The standard that held on ``day``; LookupError for a day before the first one."""
    for candidate in STANDARDS.values():
        if candidate.valid_from <= day and (candidate.valid_to is None or day <= candidate.valid_to):
            return candidate
    raise LookupError(f"no edition of GB 3095 in this package was in force on {day}")


def limit(pollutant: str, averaging: str, grade: int, day: date) -> Decimal:
    """The limit that held on ``day``; averaging ``annual``, ``24h``, ``1h``, ``daily_max_8h`` (O3), ``quarter``."""
    return in_force(day).limit(pollutant, averaging, grade)

"""GB 3838-2002: class of surface water (every limit from memory, U-WATER)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lantian.standards.tables import csv_rows

CLASSES = ("I", "II", "III", "IV", "V")
WORSE = "worse than V"


def water_class(item: str, value: Decimal | float) -> str:
    """Class of one value of ``item`` (tables/water.csv), ``worse than V`` (劣Ⅴ类) beyond all; else KeyError."""
    row = {row["item"]: row for row in csv_rows("water.csv")}[item]
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return next((name for name in CLASSES if _within(row[name], row["sense"], exact)), WORSE)


def _within(printed: str, sense: str, value: Decimal) -> bool:
    if sense == "range":
        low, high = map(Decimal, printed.split("-"))
        return low <= value <= high
    return value >= Decimal(printed) if sense == "at_least" else value <= Decimal(printed)


def section_class(values: Mapping[str, Decimal | float]) -> str:
    """Class of a section (断面): its worst item decides. ValueError without values."""
    if not values:
        raise ValueError("a section without values has no class")
    order = (*CLASSES, WORSE)
    return max((water_class(item, value) for item, value in values.items()), key=order.index)

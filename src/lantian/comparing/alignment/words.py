"""The word lists of the alignment: ``comparing/tables/*.csv``, each read once when first asked for."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).resolve().parent.parent / "tables"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """All rows of ``tables/<name>.csv`` as dictionaries by the header's names."""
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def pattern(group: str) -> re.Pattern[str]:
    """One expression for all lines of a group of ``alignment_words.csv``, in their order."""
    return re.compile("|".join(row["pattern"] for row in table("alignment_words") if row["group"] == group))


@cache
def replacements(group: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The lines of a group with what stands in for what they find."""
    rows = (row for row in table("alignment_words") if row["group"] == group)
    return tuple((re.compile(row["pattern"]), row["value"]) for row in rows)


@cache
def forces() -> dict[str, int]:
    """Verb → how binding it is, from 0 (研究) to 4 (确保)."""
    rows = (row for row in table("alignment_words") if row["group"] == "force")
    return {word: int(row["value"]) for row in rows for word in row["pattern"].split("|")}


@cache
def factors() -> dict[str, tuple[str, float]]:
    """Unit → its base unit and how many of it: 公里 → (米, 1000)."""
    return {row["unit"]: (row["base"], float(row["factor"])) for row in table("unit_factors")}

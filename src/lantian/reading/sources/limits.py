"""Limits of the source readers, from ``tables/source_limits.csv``."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

_TABLES = files("lantian.reading") / "tables"


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of ``tables/<name>``, one dict by column each."""
    with (_TABLES / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def _limits() -> dict[str, int]:
    return {row["name"]: int(row["value"]) for row in table_rows("source_limits.csv")}


def limit(name: str) -> int:
    """One limit by its name; the unit stands in the table."""
    return _limits()[name]


def quote(print_: str) -> str:
    """Print as a flag quotes it: one line, clipped."""
    text = " ".join(print_.split())
    longest = limit("quote_characters")
    return text if len(text) <= longest else text[: longest - 1] + "…"

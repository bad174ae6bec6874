"""Limits of the source readers, from ``tables/source_limits.csv``."""

from __future__ import annotations

from functools import cache

from lantian.reading.lexicon import table


@cache
def _limits() -> dict[str, int]:
    return {row["name"]: int(row["value"]) for row in table("source_limits")}


def limit(name: str) -> int:
    """One limit by its name; the unit stands in the table."""
    return _limits()[name]


def quote(print_: str) -> str:
    """Print as a flag quotes it: one line, clipped."""
    text = " ".join(print_.split())
    longest = limit("quote_characters")
    return text if len(text) <= longest else text[: longest - 1] + "…"

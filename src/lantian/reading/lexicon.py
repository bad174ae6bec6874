"""Rules, word lists and thresholds: the CSV files of ``tables/``, each read once when first asked for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TABLES = Path(__file__).resolve().parent / "tables"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """All rows of ``tables/<name>.csv`` as dictionaries by the header's names."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) + ")"

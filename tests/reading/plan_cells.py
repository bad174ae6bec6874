"""Cells of the tab-separated dumps of real plans, read without the table reader so that grammars are tested alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

DUMPS = {"bj-air-2024": 2024, "bj-air-2022": 2022, "bj-2021": 2021}
MEASURE, DEADLINE, FIRST_ROLE = 2, 3, 4


def rows(folder: Path, dump: str) -> list[list[str]]:
    """The table rows of a dump, header rows left out, as cells."""
    lines = (folder / f"{dump}.txt").read_text(encoding="utf-8").splitlines()
    table = [line.split("\t") for line in lines if line.count("\t") >= FIRST_ROLE]
    return [cells for cells in table if "完成时限" not in cells]


def role_cells(folder: Path, dump: str) -> list[str]:
    """All role cells that print something; paragraph marks become empty lines."""
    cells = [re.sub("</?p>", "\n\n", cell).strip() for row in rows(folder, dump) for cell in row[FIRST_ROLE:]]
    return [cell for cell in cells if cell]


def confusion(expected: Counter[str], read: Counter[str]) -> list[str]:
    """What differs, one line a name: how often the table says and how often was read."""
    names = sorted(set(expected) | set(read))
    return [f"{name}: {expected[name]} expected, {read[name]} read" for name in names if expected[name] != read[name]]


def f1(expected: Counter[str], read: Counter[str]) -> float:
    """Harmonic mean of precision and recall over occurrences."""
    return 2 * (expected & read).total() / (expected.total() + read.total())

"""What the commands on measurements share: the choice of a standard, refusals in one line, CSV on standard output."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from lantian.reading.errors import prefers_chinese


def refuse(command: str, zh: str, en: str) -> int:
    """One line on standard error; exit code 1."""
    note(command, zh, en)
    return 1


def note(command: str, zh: str, en: str) -> None:
    """One line on standard error in the user's language."""
    sys.stderr.write(f"lantian {command}: {zh if prefers_chinese() else en}\n")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV with full precision: missing is empty, booleans ``true`` and ``false``, floats as ``repr`` writes them."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value

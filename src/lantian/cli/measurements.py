"""What the commands on measurements share: the choice of a standard, refusals in one line, CSV on standard output."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.analysis.observations import Observations
    from lantian.standards.ambient import Standard


def one_thread() -> None:
    """No threads for linear algebra; said before NumPy is imported.

    To start them takes a tenth of the shortest command, and on a busy machine they wait for each other in a busy loop:
    a polar surface of 0.06 s took seconds.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def refuse(command: str, zh: str, en: str) -> int:
    """One line on standard error; exit code 1."""
    note(command, zh, en)
    return 1


def note(command: str, zh: str, en: str) -> None:
    """One line on standard error in the user's language."""
    sys.stderr.write(f"lantian {command}: {zh if prefers_chinese() else en}\n")


def of_last_day(command: str, data: Observations) -> Standard:
    """The standard in force on the last day with a row, and a line that says so."""
    return of_day(command, data.first_day + timedelta(days=max(high for _low, high in data.spans)))


def of_day(command: str, last: date) -> Standard:
    """The standard in force on a day, and a line that says so."""
    from lantian.standards.ambient import STANDARDS, in_force

    try:
        standard = in_force(last)
    except LookupError:
        standard = next(iter(STANDARDS.values()))
    note(command, f"未指定标准，采用 {standard.key}", f"no standard given: {standard.key}")
    return standard


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV with full precision: missing is empty, booleans ``true`` and ``false``, floats as ``repr`` writes them."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    # csv writes None as nothing; a call for every value would take as long as the writing.
    writer.writerows(["true" if cell is True else "false" if cell is False else cell for cell in row] for row in rows)

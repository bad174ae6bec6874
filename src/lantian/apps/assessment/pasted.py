"""Lines pasted from a spreadsheet, ``unit<TAB>value…``: cells and numbers, and what is wrong with them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

LINES, CHARACTERS = 2000, 100_000
BLANKS = frozenset({"", "-", "—", "——", "/", "无"})
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in what was pasted, the first cell, the cells behind it as they stand."""

    n: int
    name: str
    cells: tuple[str, ...]


def lines(text: str) -> Iterator[Line]:
    """The lines that hold something; cells are divided by tabs, or by blanks where a line has no tab."""
    for n, raw in enumerate(text[:CHARACTERS].splitlines()[:LINES], 1):
        cells = [cell.strip() for cell in (raw.split("\t") if "\t" in raw else raw.rsplit(maxsplit=1))]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        if any(cells):
            yield Line(n, cells[0], tuple(cells[1:]))


def number(cell: str) -> Decimal | None:
    """A figure as people type it: full-width digits and grouped thousands are understood, signs and dots, else None."""
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").strip()  # the minus of Word
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        found = Decimal(text) if len(text) <= _LONGEST and "_" not in text else None
    except InvalidOperation:
        found = None
    return found if found is not None and found.is_finite() else None

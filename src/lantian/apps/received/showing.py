"""What the pages of one bulletin show: its lists, its problems in sentences, its print. Pure but for the areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lantian.apps.areas.models import Area
from lantian.apps.received.models import Bulletin, Figure
from lantian.reading.received.model import Oddity
from lantian.reading.received.words import is_doubt, sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """One oddity in words; ``doubt`` wants a look; table and row lead to the print."""

    rule: str
    text: str
    doubt: bool
    table: int
    row: int


@dataclass(frozen=True, slots=True)
class FigureList:
    """Figures of one table, indicator and period; the columns that hold something."""

    table: int
    first: Figure
    figures: list[Figure]
    ranked: bool
    valued: bool
    compared: bool
    districts: bool
    sided: bool


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of the print; ``hit``: a figure was read from it. ``n`` is how the source counts it."""

    n: int
    cells: list[dict[str, Any]]
    hit: bool


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """A paragraph (``text``) or a table of the print."""

    text: str
    table: int
    rows: list[PrintedRow]


def problems(row: Bulletin, *, chinese: bool) -> list[Problem]:
    """The oddities of the reading, doubts first, in printed order."""
    found = []
    for item in row.oddities:
        odd = Oddity(item["rule"], item["detail"], item["table"], item["row"])
        found.append(Problem(odd.rule, sentence(odd, chinese=chinese), is_doubt(odd), odd.table, odd.row))
    return sorted(found, key=lambda problem: (not problem.doubt, problem.table, problem.row))


def lists(figures: Iterable[Figure]) -> list[FigureList]:
    """The figures parted as they are printed: by table, indicator and period."""
    parts: dict[tuple[Any, ...], list[Figure]] = {}
    for figure in figures:
        parts.setdefault((figure.table_no, figure.indicator, figure.start, figure.end), []).append(figure)
    return [
        FigureList(
            found[0].table_no, found[0], found,
            ranked=any(figure.rank is not None for figure in found),
            valued=any(figure.value_text for figure in found),
            compared=any(figure.yoy_text for figure in found),
            districts=any(figure.district for figure in found),
            sided=any(figure.side for figure in found),
        )
        for found in parts.values()
    ]  # fmt: skip


def printed(blocks: Sequence[dict[str, Any]], hits: set[tuple[int, int]]) -> list[PrintedBlock]:
    """The print as stored, tables numbered as the reader numbers them."""
    found, number = [], 0
    for block in blocks:
        if "rows" not in block:
            found.append(PrintedBlock(block["text"], 0, []))
            continue
        number += 1
        rows = [PrintedRow(row["row"], row["cells"], (number, row["row"]) in hits) for row in block["rows"]]
        found.append(PrintedBlock("", number, rows))
    return found


def choices(office: Area) -> list[Area]:
    """The areas that a printed name can mean: those of the office's city that are open, in the order of the codes."""
    top = office.path.split("/")[1]
    rows = Area.objects.filter(path__startswith=f"/{top}/", closed=None).select_related("parent")
    return list(rows.order_by("code"))

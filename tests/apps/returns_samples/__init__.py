"""Fifty-seven returns of an invented city in the shapes in which units send them, with what they say: docs/dropbox.md.

``plan.yaml`` is the plan, ``pieces.yaml`` the returns; :func:`write` makes each a file of its kind, :func:`measure`
counts how many are read as a careful person reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lantian.apps.supervision.incoming.model import Content, Duty, Goal, Party, Proposal
from lantian.apps.supervision.incoming.parts import parts_of
from lantian.apps.supervision.incoming.reader import read_piece
from lantian.apps.supervision.incoming.staging import propose
from lantian.apps.supervision.incoming.units import Names, find_unit

HERE = Path(__file__).resolve().parent


@cache
def _table(name: str) -> Any:
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def pieces() -> list[dict[str, Any]]:
    """The returns with their truth."""
    found: list[dict[str, Any]] = _table("pieces")
    return found


def duty(n: int) -> Duty:
    """A row of the plan as a unit owes it."""
    row = _table("plan")["measures"][n]
    goals = tuple(Goal(f"{n}/{place}", *goal[:3], level=len(goal) > 3) for place, goal in enumerate(row["goals"]))
    return Duty(str(n), f"c{n:04d}", str(row["seq"]), row["task"], row["text"], goals, row.get("document", False))


def duties(unit: str) -> list[Duty]:
    """What a unit owes."""
    return [duty(n) for n in _table("plan")["units"][unit]["owes"]]


def parties() -> list[Party]:
    """The units with their names."""
    return [
        Party(name, f"{place:08x}", name, tuple(row["names"]), tuple(row.get("below", ())))
        for place, (name, row) in enumerate(_table("plan")["units"].items())
    ]


def write(piece: dict[str, Any], folder: Path) -> Path:
    """A return as the file that a unit would send."""
    path = folder / piece["file"]
    kind = path.suffix
    if kind == ".txt":
        path.write_text("\n".join(piece["blocks"]), encoding="utf-8")
    elif kind == ".docx":
        _write_docx(piece["blocks"], path)
    else:
        _write_xlsx(piece["blocks"], path)
    return path


def _rows(block: str) -> list[list[str]] | None:
    lines = block.strip().split("\n")
    if not lines[0].startswith("|"):
        return None
    return [line.strip()[1:-1].split("|") for line in lines]


def _write_docx(blocks: list[str], path: Path) -> None:
    import docx

    document = docx.Document()
    for block in blocks:
        rows = _rows(block)
        if rows is None:
            document.add_paragraph(block)
            continue
        table = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=False):
                cell.text = text
    document.save(str(path))


def _write_xlsx(blocks: list[str], path: Path) -> None:
    """Lines and tables one below the other; bare numbers are numbers, as people type them."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    line = 0
    for block in blocks:
        for cells in _rows(block) or [[block]]:
            for column, text in enumerate(cells):
                if text.replace(".", "", 1).isdecimal():
                    page.write_number(line, column, float(text))
                elif text:
                    page.write_string(line, column, text)
            line += 1
    book.close()


@dataclass(slots=True)
class Tally:
    """Right ones of all: units of parts, rows of the truth, figures of the truth; and what was read beyond it."""

    parts: int = 0
    units: int = 0
    rows: int = 0
    rows_right: int = 0
    rows_beyond: int = 0
    figures: int = 0
    figures_right: int = 0
    figures_beyond: int = 0
    wrong: list[str] = field(default_factory=list)


def read(path: Path) -> list[tuple[str | None, Content, list[Proposal]]]:
    """The parts of a file as the drop box stages them: unit, content, proposals."""
    names = Names(parties())
    content = read_piece(path)
    found = []
    for part in parts_of(content, names):
        unit = part.party or find_unit(part.content, names, file=path.name if path.suffix != ".txt" else "").party
        proposals = propose(part.content, duties(unit))[0] if unit else []
        found.append((unit, part.content, proposals))
    return found


def measure(folder: Path) -> Tally:
    """Write, read and compare all returns."""
    tally = Tally()
    for piece in pieces():
        staged = {unit: proposals for unit, _content, proposals in read(write(piece, folder))}
        for unit, truth in piece["truth"].items():
            tally.parts += 1
            tally.units += unit in staged
            if unit not in staged:
                tally.wrong.append(f"{piece['file']}: {unit} not found, but {list(staged)}")
            _compare(tally, piece["file"], truth, staged.get(unit, []))
    return tally


def _compare(tally: Tally, file: str, truth: dict[Any, list[Any]], proposals: list[Proposal]) -> None:
    rows = {str(key).split("/")[0] for key in truth}
    found = [proposal.duty for proposal in proposals if proposal.duty]
    tally.rows += len(rows)
    tally.rows_right += len(rows & set(found))
    tally.rows_beyond += len([key for key in found if key not in rows])
    for missed in sorted(rows - set(found)):
        tally.wrong.append(f"{file}: row {missed} not found")
    for extra in sorted(set(found) - rows):
        tally.wrong.append(f"{file}: row {extra} is not meant")
    read_figures = {
        (count.goal, kind): value
        for proposal in proposals
        for count in proposal.counts
        for kind, value in (("period", count.period), ("cumulative", count.cumulative))
        if value is not None
    }
    for key, (period, cumulative) in truth.items():
        goal = str(key) if "/" in str(key) else f"{key}/0"
        for kind, value in (("period", period), ("cumulative", cumulative)):
            got = read_figures.pop((goal, kind), None)
            if value is not None:
                tally.figures += 1
                right = got == Decimal(str(value))
                tally.figures_right += right
                if not right:
                    tally.wrong.append(f"{file}: {goal} {kind} is {value}, read {got}")
            elif got is not None:
                tally.figures_beyond += 1
                tally.wrong.append(f"{file}: {goal} {kind} {got} is not meant")
    for (goal, kind), value in read_figures.items():
        tally.figures_beyond += 1
        tally.wrong.append(f"{file}: {goal} {kind} {value} is not meant")


def summary(tally: Tally) -> str:
    """The counts in one line."""
    return (
        f"{len(pieces())} returns; units {tally.units}/{tally.parts}, rows {tally.rows_right}/{tally.rows}"
        f" (+{tally.rows_beyond} not meant), figures {tally.figures_right}/{tally.figures}"
        f" (+{tally.figures_beyond} not meant)"
    )

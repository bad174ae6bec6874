"""Which cell of a cell-per-line dump belongs into which column: the cheapest way to lay the cells over the header.

A dump loses tabs, numbers and blank lines, but never the order of the cells. So every cell gets a cost for every column
by what it holds (a closed-list deadline outside the deadline column is dear, a sentence under 序号 too;
``tables/dump_costs.csv``), every lost or doubtful separator a cost of its own (``tables/dump_steps.csv``), and the
cheapest sequence of columns is found by dynamic programming, linear in the number of cells. The deadline cell is the
anchor because it is the one cell whose words are a closed list (plan catalogue of the districts, *Safe reading order*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from lantian.reading.grammar.deadlines import is_deadline
from lantian.reading.grammar.units.names import has_ending
from lantian.reading.lexicon import table
from lantian.reading.text import join_layout

Kind = Literal["seq", "label", "measure", "deadline", "role", "other"]
Joint = Literal["tab", "soft", "loose"]
Action = Literal["new", "next", "join", "section", "outside"]

_LONGEST_DEADLINE = 40
_LONGEST_UNIT = 40
_LIST_END = re.compile(r"(?:等(?:部门|单位)?)?[、，,；;]?$")
_NEVER = float("inf")


@dataclass(slots=True)
class DumpCell:
    """One cell as the dump separates it: its lines with their numbers, and what stood before it."""

    line: int
    joint: Joint = "tab"
    gap: bool = False  # a blank line stands before it
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


@dataclass(slots=True)
class Placed:
    """One row of the table, one section row (``columns`` empty) or one paragraph outside (``outside``)."""

    cells: list[DumpCell]
    columns: list[int]
    outside: bool = False


@cache
def _classes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["holds"], re.compile(row["pattern"])) for row in table("dump_classes"))


@cache
def _costs() -> dict[str, dict[str, float]]:
    return {row.pop("holds"): {kind: float(cost) for kind, cost in row.items()} for row in table("dump_costs")}


@cache
def _step_costs() -> dict[tuple[str, str, bool], float]:
    return {
        (row["step"], row["joint"], row["after_blank_line"] == "yes"): float(row["cost"]) for row in table("dump_steps")
    }


def cell_class(cell: DumpCell) -> str:
    """What a cell holds: blank, dash, number, deadline, heading, sentence, units or phrase."""
    return text_class(cell.text)


@lru_cache(maxsize=8192)
def text_class(text: str) -> str:
    """As :func:`cell_class`, for the text of a cell with its line breaks."""
    whole = join_layout(text)
    if not whole:
        return "blank"
    if len(whole) <= _LONGEST_DEADLINE and is_deadline(whole):
        return "deadline"
    for name, pattern in _classes():
        if pattern.search(whole):
            return name
    return "units" if _are_units(text) else "phrase"


def _are_units(text: str) -> bool:
    lines = [_LIST_END.sub("", line.strip()) for line in text.split("\n") if line.strip()]
    return all(len(line) <= _LONGEST_UNIT and has_ending(line) for line in lines)


def place(cells: Sequence[DumpCell], kinds: Sequence[Kind]) -> list[Placed]:
    """Lay the cells over columns of these kinds. Rows that stand as they should are taken as they are; between them
    the cheapest reading is searched."""
    rows: list[Placed] = []
    doubtful: list[DumpCell] = []
    groups = list(_groups(cells))
    belows = [*groups[1:], []] if groups else []
    for group, below in zip(groups, belows, strict=True):
        regular = _regular(group, kinds)
        if regular is None or (below and below[0].joint != "tab"):
            doubtful.extend(group)
            continue
        rows.extend(_search(doubtful, kinds))
        doubtful = []
        rows.append(regular)
    rows.extend(_search(doubtful, kinds))
    return rows


def _groups(cells: Sequence[DumpCell]) -> Iterator[list[DumpCell]]:
    group: list[DumpCell] = []
    for cell in cells:
        if cell.gap and group:
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _regular(group: list[DumpCell], kinds: Sequence[Kind]) -> Placed | None:
    if len(group) != len(kinds) or any(cell.joint != "tab" for cell in group):
        return None
    held = [cell_class(cell) for cell in group]
    for name, kind in zip(held, kinds, strict=True):
        if kind == "seq" and name not in ("number", "blank"):
            return None
        if kind == "deadline" and name != "deadline":
            return None
        if kind == "measure" and name in ("number", "dash", "deadline"):
            return None
    return Placed(group, list(range(len(kinds))))


def _search(cells: list[DumpCell], kinds: Sequence[Kind]) -> list[Placed]:
    if not cells:
        return []
    columns = _Columns(kinds)
    best = [_NEVER] * columns.width + [0.0, _NEVER]
    trail: list[list[tuple[int, Action]]] = []
    above: DumpCell | None = None
    for cell in cells:
        best, origins = columns.step(best, cell, after_blank=above is not None and not above.lines)
        trail.append(origins)
        above = cell
    ends = [total + rest for total, rest in zip(best, columns.rest, strict=True)]
    state = ends.index(min(ends))
    path: list[tuple[int, Action]] = []
    for origins in reversed(trail):
        origin, action = origins[state]
        path.append((state, action))
        state = origin
    return _rows(cells, path[::-1])


class _Columns:
    """One step of the search. States are the columns, then a section row (``width``), then text outside."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = kinds
        self.width = len(kinds)
        self._missing = [_costs()["missing"][kind] for kind in kinds]
        self.rest = [sum(self._missing[column + 1 :]) for column in range(self.width)] + [0.0, 0.0]

    def step(
        self, best: list[float], cell: DumpCell, *, after_blank: bool
    ) -> tuple[list[float], list[tuple[int, Action]]]:
        """Cheapest costs of every state once this cell is placed, and for each where it came from and how."""
        width, step_costs = self.width, _step_costs()
        content = _costs()[cell_class(cell)]
        joint, gap = cell.joint, cell.gap
        ended = [total + rest for total, rest in zip(best, self.rest, strict=True)]
        start = step_costs["new", joint, gap]
        opened = min((total + (start if state < width else 0.0), state) for state, total in enumerate(ended))
        totals: list[float] = []
        origins: list[tuple[int, Action]] = []
        passed = (_NEVER, 0)  # the cheapest column to the left, the columns skipped since then paid for
        before = 0.0
        for column, kind in enumerate(self.kinds):
            ways: list[tuple[float, int, Action]] = [
                (opened[0] + before, opened[1], "new"),
                (passed[0] + step_costs["next", joint, gap], passed[1], "next"),
            ]
            if joint != "tab":
                ways.append((best[column] + step_costs["empty" if after_blank else "join", joint, gap], column, "join"))
            total, origin, action = min(ways)
            totals.append(total + content[kind])
            origins.append((origin, action))
            passed = min((best[column], column), (passed[0] + self._missing[column], passed[1]))
            lost_number = joint == "soft" and kind == "seq"
            before += step_costs["number", joint, gap] if lost_number else self._missing[column]
        section = [
            (total + step_costs["section", joint, gap or state >= width], state) for state, total in enumerate(ended)
        ]
        total, origin = min(section)
        totals.append(total + content["section"])
        origins.append((origin, "section"))
        total, origin = min((ended[state], state) for state in range(width - 1, width + 2))
        totals.append(total + content["outside"] if joint == "loose" else _NEVER)
        origins.append((origin, "outside"))
        return totals, origins


def _rows(cells: list[DumpCell], path: list[tuple[int, Action]]) -> list[Placed]:
    rows: list[Placed] = []
    for cell, (state, action) in zip(cells, path, strict=True):
        if action == "section" or action == "outside":
            rows.append(Placed([cell], [], outside=action == "outside"))
        elif action == "new" or not rows:
            rows.append(Placed([cell], [state]))
        else:
            rows[-1].cells.append(cell)
            rows[-1].columns.append(state)
    return rows

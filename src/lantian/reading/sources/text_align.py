"""Which cell of a cell-per-line dump belongs into which column: the cheapest way to lay the cells over the header.

A dump loses tabs, numbers and blank lines, but never the order of the cells. So every cell gets a cost for every column
by what it holds (a closed-list deadline outside the deadline column is dear, a sentence under 序号 too;
``tables/dump_costs.csv``), every lost or doubtful separator a cost of its own (``tables/dump_steps.csv``), and the cheapest sequence of columns is
found by dynamic programming, linear in the number of cells. The deadline cell is the anchor because it is the one cell
whose words are a closed list (plan catalogue of the districts, *Safe reading order*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Literal

from lantian.reading.grammar.deadlines import is_deadline
from lantian.reading.grammar.unit_names import has_ending
from lantian.reading.sources.limits import table_rows
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
    return tuple((row["holds"], re.compile(row["pattern"])) for row in table_rows("dump_classes.csv"))


@cache
def _costs() -> dict[str, dict[str, float]]:
    return {row.pop("holds"): {kind: float(cost) for kind, cost in row.items()} for row in table_rows("dump_costs.csv")}


@cache
def _step_costs() -> dict[tuple[str, str, bool], float]:
    return {
        (row["step"], row["joint"], row["after_blank_line"] == "yes"): float(row["cost"])
        for row in table_rows("dump_steps.csv")
    }


def cell_class(cell: DumpCell) -> str:
    """What a cell holds: blank, dash, number, deadline, heading, sentence, units or phrase (``tables/dump_classes.csv``)."""
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
    for group, below in zip_longest(groups, groups[1:], fillvalue=[]):
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
    width = len(kinds)
    held = [_costs()[cell_class(cell)] for cell in cells]
    steps = _Steps(kinds)
    best = [_NEVER] * width + [0.0, _NEVER]
    trail: list[list[tuple[int, Action]]] = []
    for index, cell in enumerate(cells):
        after_blank = index > 0 and not cells[index - 1].lines
        table = steps.table(cell.joint, cell.gap, after_blank)
        content = [held[index][kind] for kind in kinds] + [held[index]["section"], held[index]["outside"]]
        now: list[float] = []
        back: list[tuple[int, Action]] = []
        for state, ways in enumerate(table):
            total, origin, action = min((best[origin] + cost, origin, action) for origin, cost, action in ways)
            now.append(total + content[state])
            back.append((origin, action))
        best = now
        trail.append(back)
    ends = [total + steps.rest(state) for state, total in enumerate(best)]
    state = ends.index(min(ends))
    path: list[tuple[int, Action]] = []
    for back in reversed(trail):
        origin, action = back[state]
        path.append((state, action))
        state = origin
    return _rows(cells, path[::-1])


class _Steps:
    """Costs of going from one column to the next. State ``width`` is a section row, ``width + 1`` text outside."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._missing = [_costs()["missing"][kind] for kind in kinds]
        self._known: dict[tuple[Joint, bool, bool], list[list[tuple[int, float, Action]]]] = {}

    def rest(self, state: int) -> float:
        """Cost of ending the row here."""
        return sum(self._missing[state + 1 :])

    def table(self, joint: Joint, gap: bool, after_blank: bool) -> list[list[tuple[int, float, Action]]]:
        """For every state the ways to reach it: origin, cost, what is done."""
        key = (joint, gap, after_blank)
        if key not in self._known:
            states = range(len(self._kinds) + 2)
            self._known[key] = [[self._way(a, b, joint, gap, after_blank) for a in states] for b in states]
        return self._known[key]

    def _way(self, origin: int, to: int, joint: Joint, gap: bool, after_blank: bool) -> tuple[int, float, Action]:
        width = len(self._kinds)
        cost_of = _step_costs()
        if to == width:
            return origin, self.rest(origin) + cost_of["section", joint, gap or origin >= width], "section"
        if to == width + 1:
            allowed = joint == "loose" and origin >= width - 1
            return origin, self.rest(origin) if allowed else _NEVER, "outside"
        missing = list(self._missing[:to])
        if joint == "soft" and to and self._kinds[0] == "seq":
            missing[0] = cost_of["number", joint, gap]
        start = cost_of["new", joint, gap] if origin < width else 0.0
        ways: list[tuple[float, Action]] = [(self.rest(origin) + start + sum(missing), "new")]
        if origin < to:
            ways.append((sum(self._missing[origin + 1 : to]) + cost_of["next", joint, gap], "next"))
        if origin == to and joint != "tab":
            ways.append((cost_of["empty" if after_blank else "join", joint, gap], "join"))
        cost, action = min(ways)
        return origin, cost, action


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

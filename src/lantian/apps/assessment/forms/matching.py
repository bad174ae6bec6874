"""What a blank asks for: its head, what each column means, which row is which measure and unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from lantian.reading.text import compare_form

WORDS = Path(__file__).resolve().parent / "words.yaml"
HEAD_ROWS = 15  # the head of a table stands in its first rows
ALIKE = 62  # of 100: words of a row and of a measure that are the same row
AGREES = 45  # so alike they must be where the number is the same
BETTER = 12  # and no other measure may be so much more like them
_SUMS = re.compile(r"^(合计|总计|小计|填表人|填报人|审核人|负责人|制表|联系人|注:|备注:|说明:)")
# What a row is recognised by, not filled from returns.
KEYS = frozenset({"seq", "text", "unit"})
FIGURES = ("period", "cumulative", "target")
SOURCES = ("words", "problems", "next_step", *FIGURES, "state", "done", "document", "units", "fixed")

Rows = Sequence[Sequence[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Known:
    """A measure of the plan as rows are matched with it."""

    n: int
    seq: int | None
    task: str
    text: str


@cache
def _columns() -> list[tuple[re.Pattern[str], str]]:
    table = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return [(re.compile(row["pattern"]), row["key"]) for row in table["columns"]]


def meaning(head: str) -> str:
    """The key of a column by its head; empty where no word of the table stands in it."""
    form = compare_form(head)
    return next((key for pattern, key in _columns() if pattern.search(form)), "") if form else ""


def head_of(rows: Rows) -> tuple[int, int] | None:
    """First row of the head and first row behind it; None where no row looks like a head."""
    best, best_row = 1, -1
    for index, row in enumerate(rows[:HEAD_ROWS]):
        keys = {key for cell in row if cell and (key := meaning(cell["text"])) and len(cell["text"]) < 40}
        if len(keys) > best:
            best, best_row = len(keys), index
    if best_row < 0:
        return None
    deep = max(cell["rows"] for cell in rows[best_row] if cell)
    return best_row, min(best_row + deep, len(rows))


def heads(rows: Rows, first: int, behind: int) -> list[str]:
    """The words above each column, those of several rows of the head joined from above."""
    width = max((len(row) for row in rows), default=0)
    words: list[list[str]] = [[] for _column in range(width)]
    for row in rows[first:behind]:
        for col, cell in enumerate(row):
            if cell and cell["text"]:
                for place in range(col, min(width, col + cell["cols"])):
                    words[place].append(str(cell["text"]))
    return ["".join(parts) for parts in words]


def propose(rows: Rows, measures: Sequence[Known], units: Mapping[str, str]) -> dict[str, Any] | None:
    """The mapping of one sheet: ``{"first", "last", "columns": {"3": {"source", "target"}}, "keys": {"0": "seq"},
    "rows": {"5": {"n", "unit"}}}``; ``units`` gives uids by name. None for a sheet that is no table to fill."""
    found = head_of(rows)
    if found is None:
        return None
    _top, first = found
    names = heads(rows, *found)
    keys, columns = _meanings(names, rows, first)
    last = _last(rows, first)
    matched = _match_rows(rows, first, last, keys, measures, units)
    if not columns and not matched:
        return None
    return {"first": first, "last": last, "columns": columns, "keys": keys, "rows": matched}


def _meanings(names: Sequence[str], rows: Rows, first: int) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Columns that name the row, and columns to fill; one that is printed full already is left alone."""
    keys: dict[str, str] = {}
    columns: dict[str, dict[str, Any]] = {}
    for col, name in enumerate(names):
        key = meaning(name)
        if key in KEYS:
            if key not in keys.values():
                keys[str(col)] = key
        elif key and not _printed(rows, first, col):
            columns[str(col)] = {"source": key, "target": 0}
    return keys, columns


def _printed(rows: Rows, first: int, col: int) -> bool:
    cells = [row[col] for row in rows[first:] if col < len(row) and row[col]]
    return bool(cells) and sum(bool(cell["text"].strip()) for cell in cells if cell) * 2 > len(cells)


def _last(rows: Rows, first: int) -> int:
    """The last row of the table: before the sums and signatures, and with words in it."""
    last = first
    for index, row in enumerate(rows[first:], start=first):
        texts = [compare_form(cell["text"]) for cell in row if cell and cell["text"].strip()]
        if texts and _SUMS.match(texts[0]):
            break
        if texts:
            last = index
    return last


def _match_rows(
    rows: Rows, first: int, last: int, keys: Mapping[str, str], measures: Sequence[Known], units: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Row → measure and unit. A measure stands in one row, unless units tell its rows apart."""
    places = {key: int(col) for col, key in keys.items()}
    by_form = {compare_form(name): uid for name, uid in units.items()}
    seen: set[tuple[int, str]] = set()
    found: dict[str, dict[str, Any]] = {}
    carried: dict[str, str] = {}
    for index in range(first, last + 1):
        texts = {key: _text(rows, index, col, carried, key) for key, col in places.items()}
        unit = by_form.get(compare_form(texts.get("unit", "")), "")
        known = match(texts.get("seq", ""), texts.get("text", ""), measures)
        if known is None and not unit:
            continue
        n = known.n if known else 0
        if (n, unit) in seen:
            continue
        seen.add((n, unit))
        found[str(index)] = {"n": n, "unit": unit}
    return found


def _text(rows: Rows, index: int, col: int, carried: dict[str, str], key: str) -> str:
    """The cell's words; of a cell that covers several rows in each of them."""
    cell = rows[index][col] if col < len(rows[index]) else None
    if cell is not None:
        carried[key] = str(cell["text"]).strip()
    return carried.get(key, "")


def match(seq: str, text: str, measures: Sequence[Known]) -> Known | None:
    """The measure of a row: by its 序号 if its words agree and fit no other measure better, else by its words.

    None where neither is sure: the office above may count otherwise than the plan.
    """
    form = compare_form(text)
    digits = re.sub(r"\D", "", compare_form(seq).removesuffix(".0"))
    numbered = [item for item in measures if digits and len(digits) < 5 and item.seq == int(digits)]
    if not form:
        return numbered[0] if len(numbered) == 1 else None
    scored = sorted(((_likeness(form, item), -item.n, item) for item in measures), key=lambda row: row[:2])
    top = scored[-1][0] if scored else 0.0
    best = max((row for row in scored if row[2] in numbered), key=lambda row: row[:2], default=None)
    if best is not None and best[0] >= AGREES and best[0] >= top - BETTER:
        return best[2]
    if top >= ALIKE and (len(scored) == 1 or scored[-2][0] < top):
        return scored[-1][2]
    return None


def _likeness(form: str, item: Known) -> float:
    """How alike words of a row and of a measure are (0–100); a short row may quote a part, or only the task."""
    whole = compare_form(item.text)
    best = fuzz.ratio(form, whole)
    if len(form) >= 6:
        best = max(best, fuzz.partial_ratio(form, whole) * 0.95)
    return max(best, float(fuzz.ratio(form, compare_form(item.task))) * 0.9)

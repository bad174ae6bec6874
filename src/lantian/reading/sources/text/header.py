"""The header row of a dumped table: which words make one, and where it ends when every cell is a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lantian.reading.columns import ROLE_FIELDS, Field, header_field
from lantian.reading.sources.text.align import DumpCell, Kind
from lantian.reading.text import strip_markup

MOST_COLUMNS = 24

_MARKED = re.compile(r"[<\[_^]")
_LONGEST = 16  # characters of a header word
_MOST_LINES = 4  # lines over which a header word may be broken
_UNKNOWN_WORDS = 3
_KINDS: dict[Field, Kind] = {
    "seq": "seq", "section": "label", "task": "label", "goal": "label", "measure": "measure", "deadline": "deadline",
    "lead": "role", "responsible": "role", "support": "role",
}  # fmt: skip


@dataclass(slots=True)
class Columns:
    """The header of a dump: its cells, one meaning per column, and what stands in the measure column."""

    cells: list[DumpCell]
    fields: list[Field | None]
    below: list[DumpCell]  # second header row (牵头 | 配合 under 责任分工), or nothing

    @property
    def kinds(self) -> list[Kind]:
        return ["other" if name is None else _KINDS.get(name, "other") for name in self.fields]

    @property
    def measure(self) -> int:
        return self.fields.index("measure")


def clean(raw: str) -> str:
    """The text of a line without markup and outer spaces."""
    return (strip_markup(raw) if _MARKED.search(raw) else raw).strip()


def header_fields(words: Sequence[str]) -> list[Field | None] | None:
    """The meaning of every column if these words are the header of a measure table, else None.

    Where no word says 工作措施, the last task column holds the measures.
    """
    fields = [word_field(clean(word)) for word in words]
    known = {name for name in fields if name is not None}
    if len(known) < 3 or not known & {"measure", "task"} or not known & {"deadline", *ROLE_FIELDS}:
        return None
    if "measure" not in known:
        last = max(index for index, name in enumerate(fields) if name == "task")
        fields[last] = "measure"
    return fields


def header_row(cells: Sequence[DumpCell], start: int) -> Columns | None:
    """The header row that begins with this cell: the longest run of header words (unknown short words between)."""
    if cells[start].joint != "tab" or not is_word(cells[start]):
        return None
    end = start
    for at in range(start, min(len(cells), start + MOST_COLUMNS)):
        cell = cells[at]
        if cell.joint != "tab" or not _is_short(cell):
            break
        if is_word(cell):
            if cell.gap and end == at and _begins_below(cells[start:at], cells[at : at + MOST_COLUMNS]):
                break
            end = at + 1
        elif cell.gap:
            break
    end = _to_gap(cells, end)
    row = list(cells[start:end])
    fields = header_fields([cell.text for cell in row])
    if fields is None:
        return None
    below = _second_row(cells, end, len(row))
    if below:
        fields = _under(fields, below)
    return Columns(row, fields, below)


def is_word(cell: DumpCell) -> bool:
    """Whether a cell holds a header word and nothing else."""
    return len(cell.lines) <= _MOST_LINES and word_field(cell.text) is not None


def _is_short(cell: DumpCell) -> bool:
    return 0 < len(cell.lines) <= _MOST_LINES and sum(len(text) for _, text in cell.lines) <= _LONGEST


@lru_cache(maxsize=4096)
def word_field(text: str) -> Field | None:
    """The meaning of a header word; None for any longer text."""
    return header_field(text) if len(text) <= 2 * _LONGEST else None


def _to_gap(cells: Sequence[DumpCell], end: int) -> int:
    """Take in a few unknown header words, if the blank line comes right after them."""
    for at in range(end, min(end + _UNKNOWN_WORDS + 1, len(cells))):
        cell = cells[at]
        if cell.gap:
            return at
        if cell.joint != "tab" or not _is_short(cell):
            break
    return end


def _begins_below(above: Sequence[DumpCell], cells: Sequence[DumpCell]) -> bool:
    """Whether header words after a blank line are a second row (牵头单位, 配合单位 under 责任分工), not the same row:
    the row above is a header that closes with 责任, and the words that follow are roles, 牵头 among them."""
    fields = header_fields([cell.text for cell in above])
    if fields is None or fields[-1] != "responsible":
        return False
    words: list[Field | None] = []
    for cell in cells:
        if words and cell.gap:
            break
        words.append(word_field(cell.text))
    return len(words) > 1 and "lead" in words and all(word in ROLE_FIELDS for word in words)


def _second_row(cells: Sequence[DumpCell], start: int, width: int) -> list[DumpCell]:
    end = start
    most = min(len(cells), start + MOST_COLUMNS)
    while end < most and cells[end].joint == "tab" and (end == start or not cells[end].gap):
        if cells[end].lines and not is_word(cells[end]):
            return []
        end += 1
    row = list(cells[start:end])
    words = [cell for cell in row if cell.lines]
    if not words or header_fields([cell.text for cell in row]) is not None:
        return []
    return row if len(row) >= width or len(words) == len(row) > 1 else []


def _under(fields: list[Field | None], below: list[DumpCell]) -> list[Field | None]:
    if all(cell.lines for cell in below):
        return fields[:-1] + [header_field(cell.text) for cell in below]
    last = fields[-1]
    known = fields + [last] * (len(below) - len(fields))
    return [header_field(cell.text) or name for cell, name in zip(below, known, strict=True)]

"""What the columns of a plan table mean: by the words of the header, never by position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, cast

from lantian.reading.layout import Cell, Table
from lantian.reading.lexicon import table as word_table
from lantian.reading.model import Flag
from lantian.reading.text import compare_form

Field = Literal[
    "seq", "section", "task", "measure", "goal", "deadline", "lead", "responsible", "support", "inherited", "person",
    "note",
]  # fmt: skip
Grid = Sequence[Sequence[Cell | None]]
ROLE_FIELDS: tuple[Field, ...] = ("lead", "responsible", "support")

_DUTY_FIELDS = {"deadline", *ROLE_FIELDS}
_MAX_HEADER_ROWS = 3
_LONGEST_WORD = 16  # characters of a header word without its brackets; the longest met has 14
_LONGEST_CELL = 60
_BRACKETED = re.compile(r"\([^()]*\)")
_UNDER = {*ROLE_FIELDS, "deadline", "goal", "note", "person"}  # what stands under a title over several columns


@cache
def _words() -> tuple[tuple[Field, int, re.Pattern[str]], ...]:
    return tuple(
        (cast(Field, row["field"]), int(row["rank"]), re.compile(row["pattern"], re.I))
        for row in word_table("header_words")
    )


@cache
def _list_words() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in word_table("list_words")))


def header_field(text: str) -> Field | None:
    """The meaning of one header cell (``完成\\n时限`` → deadline), or None."""
    return None if len(text) > _LONGEST_CELL else _meaning(text)[0]


@lru_cache(maxsize=4096)
def _meaning(text: str) -> tuple[Field | None, int]:
    word = _word(text)
    if word and len(word) <= _LONGEST_WORD and not _list_words().search(word):
        for name, rank, pattern in _words():
            if pattern.search(word):
                return name, rank
    return None, 0


def is_list_word(text: str) -> bool:
    """Whether a header word belongs to a list of enterprises, sites or indicators (企业名称, 二级指标)."""
    return bool(_list_words().search(_word(text)))


def _word(text: str) -> str:
    word = compare_form(text)
    return _BRACKETED.sub("", word).strip(":") or word.strip("():")


@dataclass(slots=True)
class Header:
    """The columns of a table: field and printed word by grid column, and where they stand on the page."""

    fields: list[Field | None]
    words: list[str]
    edges: list[tuple[float, float] | None] = field(default_factory=list)  # x0, x1 in page fractions
    first_row: int = 0
    rows: int = 1
    listing: bool = False  # a list of enterprises, sites or indicators, not of measures
    flags: list[Flag] = field(default_factory=list)

    def has(self, name: Field) -> bool:
        return name in self.fields


def find_header(table: Table, start: int = 0, grid: Grid | None = None) -> Header | None:
    """The header that begins in row ``start`` of the table, over one to three rows (责任分工 above 牵头 | 配合).

    ``grid``: the table's grid, where the caller has it.
    """
    grid = table.grid() if grid is None else grid
    if sum(1 for cell in _distinct(grid[start]) if header_field(cell.text)) < 2:
        return None
    best: Header | None = None
    for rows in range(1, min(_MAX_HEADER_ROWS, table.rows - start) + 1):
        if rows > 1 and not _is_lower_row(grid, start, start + rows - 1):
            break
        header = _read_header(grid[start : start + rows], table.cols, start)
        if header is not None and (best is None or _known(header) >= _known(best)):
            best = header
    return best


def _known(header: Header) -> int:
    return len({name for name in header.fields if name is not None})


def _is_lower_row(grid: Grid, start: int, row: int) -> bool:
    """Whether a row goes on the header above it: merged header cells reach into it, or it only names duties."""
    own = [cell for cell in _distinct(grid[row]) if cell.row == row and cell.text.strip()]
    if any(len(_word(cell.text)) > _LONGEST_WORD for cell in own):
        return False
    if any(cell.row < row and cell.row >= start and cell.text.strip() for cell in _distinct(grid[row])):
        return True
    return len(own) > 1 and all(header_field(cell.text) in _UNDER for cell in own)


def _read_header(rows: Grid, cols: int, start: int) -> Header | None:
    fields: list[Field | None] = []
    ranks: list[int] = []
    words: list[str] = []
    edges: list[tuple[float, float] | None] = []
    for col in range(cols):
        found: tuple[Field | None, int] = (None, 0)
        word = ""
        edge: tuple[float, float] | None = None
        for row in rows:
            cell = row[col]
            if cell is None or not cell.text.strip():
                continue
            if cell.row + cell.rowspan > start + len(rows):  # reaches into the body: not a header cell of this height
                return None
            meaning = _meaning(cell.text)
            word = compare_form(cell.text)
            if meaning[0] is not None:
                found = meaning
            if cell.box is not None:
                edge = (cell.box.x0, cell.box.x1)
        fields.append(found[0])
        ranks.append(found[1])
        words.append(word)
        edges.append(edge)
    _fill_blank_titles(fields, words)
    known = {name for name in fields if name is not None}
    if not known & {"measure", "task"} or not known & _DUTY_FIELDS:
        return None
    if len(known) < 3 and (cols > 3 or not known & {*ROLE_FIELDS} or sum(map(bool, words)) != len(known)):
        return None
    listing = any(map(is_list_word, words)) and not {"measure", "task"} <= known
    if listing and "task" not in fields:  # what the list is of: 企业名称
        named = next(index for index, word in enumerate(words) if is_list_word(word))
        fields[named] = "task"
    return Header(settle(fields, words, ranks), words, edges, start, len(rows), listing)


def _fill_blank_titles(fields: list[Field | None], words: list[str]) -> None:
    """A header cell over two columns leaves the second one blank in a dump: 任务 |  | 任务内容."""
    last = max((index for index, word in enumerate(words) if word), default=0)
    for index in range(1, last):
        if not words[index] and fields[index] is None and fields[index - 1] in ("task", "section", *ROLE_FIELDS):
            fields[index], words[index] = fields[index - 1], words[index - 1]


def settle(fields: list[Field | None], words: Sequence[str], ranks: Sequence[int]) -> list[Field | None]:
    """Decide between columns that claim the same meaning, and what is the measure where no column says so."""
    _settle_measure(fields, words, ranks)
    dates = [index for index, name in enumerate(fields) if name == "deadline"]
    for index in dates:  # 建设年限 beside 完成时限
        if ranks[index] > min(ranks[other] for other in dates):
            fields[index] = None
    measure = fields.index("measure") if "measure" in fields else len(fields)
    for index, name in enumerate(fields):
        if name == "goal" and index < measure and "task" not in fields and "任务" in words[index]:
            fields[index] = "task"
    numbers = [index for index, name in enumerate(fields) if name == "seq"]
    for index in numbers[:-1]:  # 序号 | 类别 | 序号 | 任务: the first numbers the sections
        fields[index] = "section" if "section" in fields[index : numbers[-1]] else None
    tasks = [index for index, name in enumerate(fields) if name == "task"]
    if len({words[index] for index in tasks}) > 1:
        for index in tasks[:-1]:
            fields[index] = "section"
    return fields


def _settle_measure(fields: list[Field | None], words: Sequence[str], ranks: Sequence[int]) -> None:
    """One measure column: 措施 before 内容 before 要求, the last of equals; else the last task, else the last goal."""
    columns = [index for index, name in enumerate(fields) if name == "measure"]
    if not columns:
        for candidate in ("task", "goal"):
            found = [index for index, name in enumerate(fields) if name == candidate]
            if found:
                for index in found:
                    if words[index] == words[found[-1]]:
                        fields[index] = "measure"
                return
    best = min((ranks[index] for index in columns), default=0)
    chosen = words[max((index for index in columns if ranks[index] == best), default=0)]
    last = max((index for index in columns if words[index] == chosen), default=0)
    for index in columns:
        if words[index] != chosen:
            fields[index] = "task" if index < last else "goal"


def fields_of(cell: Cell, header: Header, *, same_grid: bool) -> tuple[Field, ...]:
    """The fields that a body cell covers: by grid column in the header's own grid, else by where it stands."""
    if same_grid or cell.box is None or not any(header.edges):
        places = range(cell.col, min(cell.col + cell.colspan, len(header.fields)))
        return _named(header.fields[col] for col in places)
    covered = [
        name
        for name, edge in zip(header.fields, header.edges, strict=True)
        if name is not None and edge is not None and cell.box.x0 < (edge[0] + edge[1]) / 2 < cell.box.x1
    ]
    if covered:
        return _named(covered)
    centre = (cell.box.x0 + cell.box.x1) / 2
    nearest = min(
        ((abs((edge[0] + edge[1]) / 2 - centre), name) for name, edge in zip(header.fields, header.edges, strict=True)
         if name is not None and edge is not None),
        default=None,
    )  # fmt: skip
    return () if nearest is None else (nearest[1],)


def _named(names: Iterable[Field | None]) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _distinct(places: Iterable[Cell | None]) -> list[Cell]:
    """The cells of one grid row, each once."""
    return list({id(cell): cell for cell in places if cell is not None}.values())

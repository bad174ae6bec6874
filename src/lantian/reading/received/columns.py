"""The header of a table of figures: which columns hold whom, the rank, the value, of what and when.

A header has one to three rows, merged as printed. Side by side columns (排名 街道 浓度 排名 街道 浓度) are blocks of
their own; within a block every value column is a series with the rank and the year-on-year column that belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lantian.reading.layout import Cell, Table
from lantian.reading.received.cells import looks_like_data
from lantian.reading.received.model import Direction, Period
from lantian.reading.received.periods import period_in
from lantian.reading.received.words import column_field, fold, named_indicators, unit_in, words

_HEADER_ROWS = 3
_WITHIN = 8  # rows of a table in which its header is looked for

Grid = list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``last`` the lowest header cell, ``text`` all of them, ``head`` the upper ones."""

    index: int
    field: str
    last: str
    head: str

    @property
    def text(self) -> str:
        return f"{self.head} {self.last}".strip()


@dataclass(frozen=True, slots=True)
class Series:
    """The columns of one value: any of them may lack. Blank words where the header says nothing."""

    value: Column | None
    rank: Column | None
    yoy: Column | None
    previous: Column | None
    indicators: tuple[str, ...] = ()
    unit: str = ""
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Columns that print one list: whom they name, and the series beside the names."""

    subject: Column
    district: Column | None
    side: Column | None
    series: tuple[Series, ...]
    heading: str  # the words above the block, from which a direction can be read


@dataclass(slots=True)
class Header:
    """``first`` is the first row of data; ``captions`` are full-width lines above the columns."""

    first: int
    columns: list[Column]
    captions: list[str] = field(default_factory=list)


def header_of(table: Table, grid: Grid) -> Header | None:
    """The header of a table, None if no row names a subject or district beside a rank or a value."""
    captions: list[str] = []
    start = 0
    while start < min(table.rows, _WITHIN):
        row = grid[start]
        if _full_width(row):
            captions.append(_text(row[0]))
        elif any(column_field(_text(cell)) or named_indicators(_text(cell)) for cell in row):
            break
        start += 1
    first = start
    while first < min(table.rows, start + _HEADER_ROWS) and not _is_data(grid[first]):
        first += 1
    if first == start:
        return None
    columns = [_column(grid, start, first, col) for col in range(table.cols)]
    fields = {column.field for column in columns}
    if not fields & {"subject", "district"} or not fields & {"rank", "value", "seq"}:
        return None
    return Header(first, columns, captions)


def blocks_of(header: Header, year: int | None) -> list[Block]:
    """The lists that stand side by side in the table; ``year`` counts for headers such as 9月."""
    key = "subject" if any(column.field == "subject" for column in header.columns) else "district"
    names = [column for column in header.columns if column.field == key]
    starts = _equal_parts(header.columns, len(names)) or _leads(header.columns, names)
    blocks = []
    for n, column in enumerate(names):
        end = starts[n + 1] if n + 1 < len(names) else len(header.columns)
        own = header.columns[starts[n] : end]
        shared = header.columns[: names[0].index] if n else header.columns[: starts[0]]
        blocks.append(_block(column, own, shared, year))
    return [block for block in blocks if block.series]


def _equal_parts(columns: list[Column], parts: int) -> list[int]:
    """Where each block begins if the same columns are printed so many times; empty if they are not."""
    width, rest = divmod(len(columns), max(1, parts))
    if rest or any(column.field != columns[column.index % width].field for column in columns):
        return []
    return [part * width for part in range(parts)]


def _leads(columns: list[Column], names: list[Column]) -> list[int]:
    """Where each block begins: at its name, or at the rank, number or district right before it."""
    starts: list[int] = []
    for n, column in enumerate(names):
        at, floor = column.index, names[n - 1].index if n else -1
        while at - 1 > floor and columns[at - 1].field in ("rank", "seq", "district", "side"):
            at -= 1
        starts.append(at)
    return starts


def direction_words(text: str, better: str = "low") -> Direction | None:
    """What rank 1 is by words (后30, 由好到差, 从高到低); None where they say nothing or both."""
    folded = fold(text)
    worst = any(word in folded for word in words("worst"))
    best = any(word in folded for word in words("best"))
    high = any(word in folded for word in words("high_first"))
    low = any(word in folded for word in words("low_first"))
    worst |= high if better == "low" else low
    best |= low if better == "low" else high
    if worst == best:
        return None
    return "worst" if worst else "best"


def _block(name: Column, own: list[Column], shared: list[Column], year: int | None) -> Block:
    def first(kind: str, places: list[Column]) -> Column | None:
        return next((column for column in places if column.field == kind and column is not name), None)

    district = first("district", own) or first("district", shared)
    series = _series(own, [column for column in own if column.field == "rank"], year)
    heading = " ".join(dict.fromkeys(column.head for column in own if column.head))
    return Block(name, district, first("side", own) or first("side", shared), tuple(series), heading)


def _series(own: list[Column], ranks: list[Column], year: int | None) -> list[Series]:
    values = [column for column in own if column.field == "value"]
    if not values:
        return [Series(None, ranks[0], None, None)] if ranks else []
    found = []
    for value in values:
        found.append(
            Series(
                value,
                _belonging(value, values, ranks),
                _belonging(value, values, [column for column in own if column.field == "yoy"]),
                _belonging(value, values, [column for column in own if column.field == "previous"]),
                tuple(named_indicators(value.last) or named_indicators(value.text)),
                unit_in(value.last) or unit_in(value.text),
                period_in(value.last, year) or period_in(value.text, year),
            )
        )
    return found


def _belonging(value: Column, values: list[Column], others: list[Column]) -> Column | None:
    """The column that speaks of a value: under the same upper header, else the next one before the next value."""
    following = [other.index for other in values if other.index > value.index]
    limit = min(following, default=10**6)
    under = [column for column in others if column.head and column.head == value.head]
    if under:
        return under[0]
    behind = [column for column in others if value.index < column.index < limit]
    if behind:
        return behind[0]
    before = [column for column in others if column.index < values[0].index]
    return before[-1] if before and value is values[0] else None


def _column(grid: Grid, start: int, first: int, col: int) -> Column:
    cells: list[Cell] = []
    for row in range(start, first):
        cell = grid[row][col]
        if cell is not None and cell.text.strip() and all(cell is not other for other in cells):
            cells.append(cell)
    texts = [_text(cell) for cell in cells]
    last, head = (texts[-1], " ".join(texts[:-1])) if texts else ("", "")
    return Column(col, _field(last, head), last, head)


def _field(last: str, head: str) -> str:
    """The field by the lowest cell, else by all; a name of an indicator, a unit or a period alone heads a value."""
    for text in (last, f"{head} {last}") if head else (last,):
        found = column_field(text)
        if found:
            return found
        if named_indicators(text) or unit_in(text) or period_in(text, 2000):
            return "value"
    return ""


def _is_data(row: list[Cell | None]) -> bool:
    return any(cell is not None and looks_like_data(cell.text) for cell in row)


def _full_width(row: list[Cell | None]) -> bool:
    """Whether one cell (merged, or the only one with text) speaks for the row."""
    return len({id(cell) for cell in row if cell is not None and cell.text.strip()}) == 1 and row[0] is not None


def _text(cell: Cell | None) -> str:
    return "".join(cell.text.split()) if cell is not None else ""

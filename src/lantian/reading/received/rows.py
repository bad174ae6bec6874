"""The rows under a header: one list of figures for each block and series."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantian.reading.layout import Table
from lantian.reading.received.cells import change_of, rank_of, value_of
from lantian.reading.received.columns import Block, Column, Grid, Series, direction_words
from lantian.reading.received.model import Direction, Figure, Oddity, Period, Place
from lantian.reading.received.words import column_field, fold, indicators
from lantian.reading.text import join_layout


@dataclass(slots=True)
class List:
    """The figures of one series of a table in printed order, and what is odd about them."""

    table: int
    figures: list[Figure] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    indicator: str | None = None
    unit_fits: bool = False
    heading: str = ""  # the words above the columns
    near: str = ""  # the lines above the table

    @property
    def ranked(self) -> bool:
        """Whether ranks are printed."""
        return any(figure.rank is not None for figure in self.figures)

    def odd(self, rule: str, detail: str = "", row: int = 0) -> None:
        """Remember an oddity of this table."""
        self.oddities.append(Oddity(rule, detail, self.table, row))

    def continues(self, other: List) -> bool:
        """Whether ``other`` goes on where this list ends: the same series, its first rank not before our last."""
        if not (self.ranked and other.ranked and self.figures and other.figures):
            return False
        mine, theirs = self.figures[-1], other.figures[0]
        same = (mine.indicator, mine.period, mine.unit) == (theirs.indicator, theirs.period, theirs.unit)
        last, first = self._ranks()[-1], other._ranks()[0]
        return same and self.heading == other.heading and 0 < first - last + 1 <= len(self.figures) + 1

    def take(self, other: List) -> None:
        """Add the figures of a list that goes on."""
        self.figures += other.figures
        self.oddities += other.oddities

    def _ranks(self) -> list[int]:
        return [figure.rank for figure in self.figures if figure.rank is not None]

    def settle(self, named: tuple[str, ...], unit: str, period: Period | None) -> None:
        """Indicator, unit and period of the list. Words decide what it is; a unit that contradicts them is a doubt.

        Several indicators that are named, or none: of those, the only one that has the printed unit; else it is asked.
        """
        self.indicator = _choose(named, unit)
        own = indicators()[self.indicator].unit if self.indicator else ""
        self.unit_fits = bool(self.indicator) and unit in ("", own)
        if self.indicator and unit and unit != own:
            self.odd("B02", f"{indicators()[self.indicator].zh} {unit}")
        self.figures = [figure.with_(indicator=self.indicator, unit=unit, period=period) for figure in self.figures]


def read_block(table: Table, grid: Grid, first: int, number: int, block: Block, series: Series) -> List:
    """The figures of one series. A blank district takes the one above; a line over the full width names a side."""
    found = List(number)
    side: Direction | None = None
    district = ""
    for row in range(first, table.rows):
        line = table.row_number(row)
        subject = _cell(grid, row, block.subject)
        if len({id(cell) for cell in grid[row]}) == 1:
            side = direction_words(subject) or side
            continue
        printed = _cell(grid, row, block.district)
        if printed:
            district = printed
        elif block.district is not None and subject and district:
            found.odd("B22", f"{district} {subject}", line)
        if not subject or _is_header(subject, block):
            continue
        own_side = direction_words(_cell(grid, row, block.side)) or side
        figure = _figure(grid, row, table, number, series, found)
        found.figures.append(figure.with_(subject=subject, district=district if block.district else "", side=own_side))
    found.figures = [f for f in found.figures if f.rank is not None or f.value_text]
    return found


def _figure(grid: Grid, row: int, table: Table, number: int, series: Series, found: List) -> Figure:
    line = table.row_number(row)
    column = series.value or series.rank
    place = Place(number, line, (column.index if column else 0) + 1, table.page)
    rank_text = _cell(grid, row, series.rank)
    yoy_text = _cell(grid, row, series.yoy)
    figure = Figure(place, "", "", None, None, "", rank=rank_of(rank_text), yoy=change_of(yoy_text), yoy_text=yoy_text)
    if series.value is None:
        if rank_text and figure.rank is None:
            found.odd("B15", rank_text, line)
        return figure
    value = value_of(_cell(grid, row, series.value))
    if value.kind == "empty" and value.text:
        found.odd("B16", value.text, line)
    elif value.kind == "below":
        found.odd("B14", value.text, line)
    elif value.kind == "text":
        found.odd("B15", value.text, line)
    previous = value_of(_cell(grid, row, series.previous)).number
    return figure.with_(value=value.number, value_text=value.text, previous=previous)


def _choose(named: tuple[str, ...], unit: str) -> str | None:
    if len(named) == 1:
        return named[0]
    fitting = [name for name in named if unit and indicators()[name].unit == unit]
    return fitting[0] if len(fitting) == 1 else None


def _is_header(subject: str, block: Block) -> bool:
    """A header that is printed again on the next page."""
    return fold(subject) == fold(block.subject.last) and bool(column_field(subject))


def _cell(grid: Grid, row: int, column: Column | None) -> str:
    if column is None:
        return ""
    cell = grid[row][column.index]
    return join_layout(cell.text) if cell is not None else ""

"""Data quality of a month: share of valid hours by station and pollutant, findings of the registry."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet

from lantian.apps.core.models import User
from lantian.apps.monitoring.items import ITEMS
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries.registry import FINDINGS, in_use, stations
from lantian.apps.monitoring.readings import kept, observed
from lantian.standards.evaluation import month_needs

LOW, POOR = 90, 75  # per cent of hours below which a cell is marked


@dataclass(frozen=True, slots=True)
class Cell:
    """Share of hours with a value in per cent; ``days`` of ``needed`` days with 20 hours. None: never measured."""

    share: int | None
    days: int
    enough: bool
    mark: str


@dataclass(frozen=True, slots=True)
class Line:
    """A station's cells in the order of the items."""

    station: Station
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Board:
    """The month's lines, the hours that could be there, and how many cells lack validity for the month."""

    lines: list[Line]
    hours: int
    needed: int
    short: int


def board(user: User, month: date, newest: tuple[date, int] | None) -> Board:
    """Shares of the month so far; hours after the newest of any station are not yet missing."""
    last = date(month.year, month.month, calendar.monthrange(month.year, month.month)[1])
    rows = list(stations(user).filter(in_use(last)))
    codes = tuple(row.code for row in rows)
    hours = last.day * 24
    if newest and newest[0] <= last:
        hours = max(0, (newest[0] - month).days * 24 + newest[1] + 1)
    needed = month_needs(month.month) if hours == last.day * 24 else 0

    def count() -> list[list[tuple[int, int]]]:
        data = observed(codes, month, last)
        found = []
        for place in range(len(codes)):
            known = [~np.isnan(data.values[name][place]) for name in ITEMS]
            days = [(cells.reshape(-1, 24).sum(axis=1) >= 20).sum() for cells in known]
            found.append([(int(cells[:hours].sum()), int(day)) for cells, day in zip(known, days, strict=True)])
        return found

    counted = kept(("quality", codes, month, hours), count)
    lines = [
        Line(row, [_cell(n, d, hours, needed) for n, d in cells]) for row, cells in zip(rows, counted, strict=True)
    ]
    short = sum(1 for line in lines for cell in line.cells if cell.share is not None and not cell.enough)
    return Board(lines, hours, needed, short)


def _cell(number: int, days: int, hours: int, needed: int) -> Cell:
    if number == 0:
        return Cell(None, 0, enough=False, mark="none")
    share = 100 * number // max(hours, 1)
    mark = "poor" if share < POOR else "low" if share < LOW else "good"
    return Cell(share, days, days >= needed, mark)


def findings(user: User, on: date) -> QuerySet[Station]:
    """Stations in use with something odd about their coordinates."""
    return stations(user).filter(FINDINGS, in_use(on))

"""A plan curve with what was reached, as numbers for SVG: one share, its months, planned and reported. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lantian.status import period_bounds, periods, planned, share

WIDTH, HEIGHT, LEFT, TOP = 320, 120, 8, 8
PLOT, RISE = WIDTH - 2 * LEFT, HEIGHT - 2 * TOP
_ORIGIN = f"{LEFT},{TOP + RISE}"

Points = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: planned part and figure by its end, what was reported for it, and what indicators counted."""

    key: str
    part: Decimal
    planned: Decimal | None
    actual: Decimal | None
    x: str
    planned_y: str
    actual_y: str
    counted: Decimal | None
    counted_y: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing: the planned line as points of a polyline, the reported and the counted one, the months behind."""

    months: list[Month]
    line: str
    actual: str
    counted: str


def chart(
    curve: str, start: date, end: date, value: Decimal | None, points: Points = (),
    actual: Mapping[str, Decimal] | None = None, counted: Mapping[str, Decimal] | None = None,
    adds: bool = True,
) -> Chart:  # fmt: skip
    """The chart of one share; without ``value`` the planned parts alone are drawn.

    ``actual`` holds cumulative figures by period key; the one of a longer period stands at its last month. ``counted``
    holds figures by month. Lines of what ``adds`` up begin with nothing; a share or a level with its first figure.
    """
    keys = periods("month", start, end)
    reported = {f"{period_bounds(key)[1]:%Y-%m}": figure for key, figure in (actual or {}).items()}
    counted = counted or {}
    figures = (*reported.values(), *counted.values())
    top = max([abs(value or Decimal(0)), *(abs(item) for item in figures)]) or Decimal(1)
    months = []
    for place, key in enumerate(keys):
        day = min(period_bounds(key)[1], end)
        part = share(curve, start, end, day, points)
        figure = None if value is None else planned(curve, start, end, value, day, points)
        height = part if value is None else abs(figure or Decimal(0)) / top
        got, own = reported.get(key), counted.get(key)
        x = LEFT + PLOT * (place + 1) / max(len(keys), 1)
        y, own_y = ("" if found is None else _y(abs(found) / top) for found in (got, own))
        months.append(Month(key, part, figure, got, f"{x:.1f}", _y(height), y, own, own_y))
    return Chart(
        months,
        _line([(month.x, month.planned_y) for month in months], _ORIGIN),
        _line([(month.x, month.actual_y) for month in months], _ORIGIN if adds else ""),
        _line([(month.x, month.counted_y) for month in months], _ORIGIN if adds else ""),
    )


def _y(part: Decimal) -> str:
    return f"{TOP + RISE * (1 - float(part)):.1f}"


def _line(points: Sequence[tuple[str, str]], origin: str) -> str:
    given = [f"{x},{y}" for x, y in points if y]
    return " ".join([origin, *given]).strip() if given else ""

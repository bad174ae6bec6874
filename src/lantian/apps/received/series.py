"""Figures by subject over periods, and one street's own: values, published ranks, times among the last 30."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.received import queries
from lantian.apps.received.models import Direction, Figure

LAST = 30  # 后30: counts where a list does not say how many it holds

PeriodKey = tuple[date, date]


@dataclass(slots=True)
class Line:
    """One subject: its figure of each period, and how often it stood among the last 30."""

    name: str
    district: str
    area: Area | None
    cells: dict[PeriodKey, Figure] = field(default_factory=dict)
    times: int = 0

    def ordered(self, periods: Sequence[PeriodKey]) -> list[Figure | None]:
        """The figures in the order of the periods, None where there is none."""
        return [self.cells.get(period) for period in periods]


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one indicator: periods as columns, subjects as lines, the unit that all share (or blank)."""

    periods: list[PeriodKey]
    lines: list[Line]
    unit: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a street stands in one published period; ``gap``: what it lacks to leave the last 30 (None: not known)."""

    figure: Figure
    last: bool
    before: Figure | None
    gap: Decimal | None
    edge: Decimal | None


def is_last(figure: Figure) -> bool:
    """Whether the published rank is among the last: only where rank 1 is the worst can a list tell."""
    return figure.rank is not None and figure.rank <= last_of(figure) and figure.direction == Direction.WORST


def last_of(figure: Figure) -> int:
    """How many the list of the worst holds: what its title says (后30), else 30."""
    return figure.bulletin.listed or LAST


def table(user: User, *, indicator: str, kind: str, year: int, district: str = "", own: bool = False) -> Table:
    """Figures of one indicator and kind of period in a year; ``district`` is an area code, ``own`` typed ones.

    Two queries however many figures there are.
    """
    rows = queries.in_force(user).filter(indicator=indicator, period_kind=kind, start__year=year)
    rows = rows.filter(bulletin__method="typed") if own else rows.exclude(bulletin__method="typed")
    if district:
        path = Area.objects.filter(code=district).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=path or "-")
    figures = list(
        rows.select_related("area__parent", "bulletin")
        .defer("bulletin__printed", "bulletin__oddities")
        .order_by("start", "bulletin_id", "order")
    )
    lines: dict[object, Line] = {}
    periods: set[PeriodKey] = set()
    for figure in figures:
        key = figure.area_id or (figure.district, figure.subject)
        area = figure.area
        name = area.name if area else figure.subject
        above = area.parent.name if area and area.parent and area.level == "town" else figure.district
        line = lines.setdefault(key, Line(name, above, area))
        period = _period(figure)
        periods.add(period)
        if _better(figure, line.cells.get(period)):
            line.cells[period] = figure
    for line in lines.values():
        line.times = sum(is_last(figure) for figure in line.cells.values())
    ordered = sorted(lines.values(), key=lambda line: (-line.times, line.district, line.name))
    units = {figure.unit for figure in figures if figure.unit}
    return Table(sorted(periods), ordered, units.pop() if len(units) == 1 else "")


def of_area(user: User, area: Area, year: int) -> dict[str, list[Figure]]:
    """The published figures of one area in a year, by indicator, the latest period first."""
    rows = queries.in_force(user).filter(area=area, start__year=year)
    rows = with_bulletin(rows)
    found: dict[str, list[Figure]] = defaultdict(list)
    for figure in rows.order_by("-start", "-end", "bulletin_id", "order"):
        found[figure.indicator].append(figure)
    return dict(found)


def standings(figures: Iterable[Figure]) -> list[Standing]:
    """The ranked figures of one street and indicator, latest first, each beside the one of the period before."""
    ranked = [figure for figure in figures if figure.rank is not None]
    edges = _edges([figure for figure in ranked if is_last(figure)])
    found = []
    for place, figure in enumerate(ranked):
        same = [other for other in ranked[place + 1 :] if other.period_kind == figure.period_kind]
        edge = edges.get((figure.bulletin_id, figure.table_no, figure.period_kind)) if is_last(figure) else None
        gap = figure.value - edge if edge is not None and figure.value is not None else None
        found.append(Standing(figure, is_last(figure), same[0] if same else None, gap, edge))
    return found


def _edges(figures: Sequence[Figure]) -> dict[tuple[int, int, str], Decimal]:
    """The value at the good end of each list of the last 30: who lies below it is out of the list."""
    lists = {figure.bulletin_id for figure in figures}
    rows = with_bulletin(Figure.objects.filter(bulletin__in=lists, direction=Direction.WORST))
    return {
        (row.bulletin_id, row.table_no, row.period_kind): row.value
        for row in rows.order_by("rank", "order")
        if row.value is not None and is_last(row)
    }


def with_bulletin(rows: QuerySet[Figure]) -> QuerySet[Figure]:
    """Figures joined to their bulletins, the prints of these left where they are."""
    return rows.select_related("bulletin").defer("bulletin__printed", "bulletin__oddities")


def _period(figure: Figure) -> PeriodKey:
    assert figure.start is not None
    assert figure.end is not None
    return figure.start, figure.end


def _better(figure: Figure, known: Figure | None) -> bool:
    """Which of two figures of one subject and period is shown: the ranked one, then the one with a value."""
    if known is None:
        return True
    return (figure.rank is not None, figure.value is not None) > (known.rank is not None, known.value is not None)

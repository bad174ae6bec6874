"""Figures of an indicator by subject over the periods of a year: table, drawing, CSV, XLSX."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.apps.areas.models import Area
from lantian.apps.core import tables
from lantian.apps.core.charts import chart
from lantian.apps.core.policy import person
from lantian.apps.received import queries
from lantian.apps.received.models import Figure, Indicator, PeriodKind
from lantian.apps.received.series import LAST, Line, Table, is_last, last_of, table


@require_safe
def series(request: HttpRequest) -> HttpResponse:
    """The table; with ``subject`` the line of one of its subjects is drawn, too."""
    user = person(request)
    chosen, found = _table(request)
    lines = [(line, line.ordered(found.periods)) for line in found.lines]
    wanted = request.GET.get("subject", "")
    drawn = next((line for line in found.lines if line.area and line.area.code == wanted), None)
    drawn = drawn or next((line for line in found.lines if chart(_points(line, found))), None)
    context: dict[str, Any] = {
        "chosen": chosen,
        "table": found,
        "lines": lines,
        "heads": [_short(period) for period in found.periods],
        "indicators": Indicator.choices,
        "kinds": PeriodKind.choices,
        "years": sorted({*queries.years(user), int(chosen["year"])}, reverse=True),
        "districts": _districts(request),
        "drawn": drawn,
        "chart": chart(_points(drawn, found)) if drawn else None,
        "counted": any(line.times for line in found.lines),
        "last": _last(found),
    }
    return render(request, "received/series.html", context)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same table as ``csv`` or ``xlsx``, with the unit, ranks beside values."""
    chosen, found = _table(request)
    name = f"received-{chosen['indicator']}-{chosen['year']}"
    return tables.download(tables.Table(name, _head(found), [_row(line, found) for line in found.lines]), form)


def _table(request: HttpRequest) -> tuple[dict[str, str], Table]:
    user = person(request)
    given = {name: request.GET.get(name, "").strip()[:20] for name in ("indicator", "kind", "year", "district", "own")}
    known = _latest(request)
    indicator = given["indicator"] if given["indicator"] in Indicator.values else known[0]
    kind = given["kind"] if given["kind"] in PeriodKind.values else _kind(request, indicator, known)
    year = queries.chosen_year(given["year"], queries.years(user), timezone.localdate())
    own = given["own"] == "1"
    found = table(user, indicator=indicator, kind=kind, year=year, district=given["district"], own=own)
    chosen = {"indicator": indicator, "kind": kind, "year": str(year), "district": given["district"]}
    return chosen | {"own": "1" if own else ""}, found


def _latest(request: HttpRequest) -> tuple[str, str]:
    """Indicator and kind of period of the newest bulletin that counts."""
    rows = queries.in_force(person(request)).exclude(indicator="").order_by("-start", "-pk")
    return rows.values_list("indicator", "period_kind").first() or (Indicator.TSP.value, PeriodKind.HALF_MONTH.value)


def _kind(request: HttpRequest, indicator: str, known: tuple[str, str]) -> str:
    """The kind of period in which an indicator was last published."""
    if indicator == known[0]:
        return known[1]
    rows = queries.in_force(person(request)).filter(indicator=indicator).order_by("-start", "start")
    return rows.values_list("period_kind", flat=True).first() or PeriodKind.MONTH.value


def _districts(request: HttpRequest) -> list[Area]:
    rows = queries.in_force(person(request)).exclude(area=None).values("area__path").distinct()
    codes = {code for row in rows for code in row["area__path"].strip("/").split("/")[1:2]}
    return list(Area.objects.filter(code__in=codes).order_by("code"))


def _short(period: tuple[Any, Any]) -> str:
    """The period as a narrow column head: 10月上, 9月, 1—9月, 2025."""
    return short_period(*period)


def short_period(start: Any, end: Any) -> str:
    """A period within a known year, as short as it can be read."""
    if (start.month, end.month, start.day) == (1, 12, 1):
        return f"{start.year}"
    if start.month != end.month:
        return f"{start.month}—{end.month}月"
    if start.day == 1 and end.day == 15:
        return f"{start.month}月上"
    return f"{start.month}月下" if start.day == 16 else f"{start.month}月"


def _points(line: Line, found: Table) -> list[tuple[str, Any, bool]]:
    return [
        (_short(period), figure.value if figure else None, bool(figure and is_last(figure)))
        for period, figure in zip(found.periods, line.ordered(found.periods), strict=True)
    ]


def _head(found: Table) -> list[str]:
    heads = [_("District"), pgettext("published figure", "Subject"), _("Unit of measurement")]
    for period in found.periods:
        heads += [_short(period), f"{_short(period)} {_('rank')}"]
    return [*heads, _("Times among the last %(n)s") % {"n": _last(found)}]


def _last(found: Table) -> int:
    """How many the lists of the table hold: the longest."""
    lists = [last_of(figure) for line in found.lines for figure in line.cells.values() if is_last(figure)]
    return max(lists, default=LAST)


def _row(line: Line, found: Table) -> list[tables.Value]:
    cells: list[tables.Value] = [line.district, line.name, found.unit]
    for figure in line.ordered(found.periods):
        cells += [_value(figure), figure.rank if figure and figure.rank is not None else ""]
    return [*cells, line.times]


def _value(figure: Figure | None) -> tables.Value:
    if figure is None:
        return ""
    if figure.value is None:
        return figure.value_text
    return int(figure.value) if figure.value == int(figure.value) else float(figure.value)

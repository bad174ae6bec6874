"""One street: its published values and ranks over time, how it stands, and the notice drafted from the numbers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import policy
from lantian.apps.core.charts import chart
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.received import hooks, queries
from lantian.apps.received.models import Figure, Indicator, Method
from lantian.apps.received.notice import Notice, notice_of
from lantian.apps.received.rights import RECEIVE
from lantian.apps.received.series import LAST, Standing, is_last, last_of, of_area, standings
from lantian.apps.received.views.series import short_period


@require_safe
def area(request: HttpRequest, uid: str) -> HttpResponse:
    """The figures of a street in a year, an indicator at a time, published ones before its own measurements."""
    user = person(request)
    row = policy.get_or_404(user, Area.objects.select_related("parent"), uid=uid)
    years = queries.years(user)
    year = queries.chosen_year(request.GET.get("year", ""), years, timezone.localdate())
    found = of_area(user, row, year)
    parts = [_part(indicator, figures) for indicator, figures in sorted(found.items(), key=_order)]
    context: dict[str, Any] = {
        "area": row,
        "year": year,
        "years": sorted({*years, year}, reverse=True),
        "parts": parts,
        "may_notify": policy.can(user, RECEIVE),
    }
    return render(request, "received/area.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, uid: str) -> HttpResponse:
    """The notice to the street as text; posted, a paper is made of it where somebody makes papers."""
    user = person(request)
    policy.require(user, RECEIVE)
    row = policy.get_or_404(user, Area.objects.select_related("parent"), uid=uid)
    given = request.POST if request.method == "POST" else request.GET
    years = queries.years(user)
    year = queries.chosen_year(given.get("year", ""), years, timezone.localdate())
    indicator = given.get("indicator", Indicator.TSP.value)
    drafted = _notice(request, row, indicator, year)
    if drafted is None:
        raise Http404
    if request.method == "POST" and hooks.can_take():
        url: list[str] = []
        if attempt(request, lambda: url.append(hooks.take(user, row, drafted))):
            return redirect(url[0])
    context = {"area": row, "notice": drafted, "indicator": indicator, "year": year, "can_take": hooks.can_take()}
    return render(request, "received/notice.html", context)


def _notice(request: HttpRequest, row: Area, indicator: str, year: int) -> Notice | None:
    figures = [f for f in of_area(person(request), row, year).get(indicator, []) if f.bulletin.method != Method.TYPED]
    found = standings(figures)
    issuer = found[0].figure.bulletin.issuer if found else ""
    return notice_of(_office_name(row), found, issuer=issuer)


def _office_name(row: Area) -> str:
    """The office of the street, by its unit; its own name where the directory has none."""
    units = Unit.objects.filter(area=row, level=row.level, collective=False, merged_into=None, closed=None)
    unit = units.order_by("id").first()
    return unit.name if unit else row.name


def _part(indicator: str, figures: list[Figure]) -> dict[str, Any]:
    published = [figure for figure in figures if figure.bulletin.method != Method.TYPED]
    own = [figure for figure in figures if figure.bulletin.method == Method.TYPED]
    found = standings(published)
    lasts = [standing for standing in found if standing.last]
    return {
        "indicator": indicator,
        "label": Indicator(indicator).label if indicator else "",
        "standings": found,
        "others": [figure for figure in published if figure.rank is None],
        "own": own,
        "times": len(lasts),
        "last": last_of(lasts[0].figure) if lasts else LAST,
        "months": sorted({standing.figure.start.month for standing in lasts if standing.figure.start}),
        "now": _now(found),
        "chart": chart(_points(published)),
        "unit": next((figure.unit for figure in published if figure.unit), ""),
    }


def _now(found: list[Standing]) -> Standing | None:
    return found[0] if found and found[0].last else None


def _points(figures: list[Figure]) -> list[tuple[str, Any, bool]]:
    """The values of the kind of period that most figures have, in order of time."""
    kinds = [figure.period_kind for figure in figures]
    if not kinds:
        return []
    kind = max(set(kinds), key=kinds.count)
    rows = [figure for figure in reversed(figures) if figure.period_kind == kind]
    return [(short_period(figure.start, figure.end), figure.value, is_last(figure)) for figure in rows]


def _order(item: tuple[str, list[Figure]]) -> int:
    return Indicator.values.index(item[0]) if item[0] in Indicator.values else 99

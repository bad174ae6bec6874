"""分析: a station's patterns, trend, outlook, roses and polar surface; every figure as CSV, Excel and picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import ITEMS, Item, item_of, text
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries import analysis as reads
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.readings import newest
from lantian.apps.monitoring.views import common
from lantian.standards.ambient import Standard

YEARS = (1, 2, 3, 5, 10)  # how far back an analysis looks


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    station: Station
    view: str
    item: Item
    years: int
    start: date
    last: date | None
    standard: Standard
    limit: float | None


@require_safe
def analysis(request: HttpRequest, uid: str) -> HttpResponse:
    """One view of a station's hours."""
    user = common.reader(request)
    asked = _asked(request, user, uid)
    context: dict[str, Any] = {
        "row": asked.station,
        "view": asked.view,
        "views": [
            ("patterns", _("Patterns")),
            ("trend", _("Trend")),
            ("outlook", _("Outlook of the year")),
            ("wind", _("Wind and polar surface")),
        ],
        "item": asked.item,
        "items": ITEMS.values(),
        "years": asked.years,
        "choices": YEARS,
        "start": asked.start,
        "last": asked.last,
        "standard_words": common.standard_words(asked.standard),
        "synthetic": asked.station.source.synthetic if asked.station.source else False,
    }
    if asked.last is not None:
        context |= _outlook(asked, asked.last) if asked.view == "outlook" else _figures(user, asked, asked.last)
    return render(request, "monitoring/analysis.html", context)


@require_safe
def figures(request: HttpRequest, uid: str, key: str, form: str) -> HttpResponse:
    """The figures behind one drawing as CSV or XLSX. Http404 for a drawing that the view has not."""
    user = common.reader(request)
    asked = _asked(request, user, uid)
    if asked.last is None:
        raise Http404
    found = _outlook(asked, asked.last) if asked.view == "outlook" else _figures(user, asked, asked.last)
    figure = next((one for one in found["figures"] if one.key == key), None)
    if figure is None:
        raise Http404
    notes = [
        f"{asked.station.name}, {asked.item.label}, {asked.start.isoformat()} – {asked.last.isoformat()}",
        *filter(None, [figure.note, found.get("wind_note", ""), *figure.said]),
    ]
    if asked.station.source and asked.station.source.synthetic:
        notes.append(_("Demonstration data, generated: no measurement."))
    name = f"{asked.station.code}-{asked.item.key}-{key}"
    return tables.download(tables.Table(name, figure.head, figure.rows, notes), form)


def _asked(request: HttpRequest, user: User, uid: str) -> Asked:
    row = policy.get_or_404(user, Station.objects.select_related("area__parent", "source"), uid=uid)
    given = request.GET
    latest = newest((row.code,))
    last = latest[0] if latest else None
    years = int(given["years"]) if given.get("years", "") in map(str, YEARS) else 3
    day = last or common.today()
    # Whole months: a begun one at the beginning would count as one with few days.
    start = max(date(common.FIRST_YEAR, 1, 1), date(day.year - years, day.month, 1))
    view = given.get("view", "")
    view = view if view in reads.VIEWS else reads.VIEWS[0]
    standard = common.standard_of(given.get("standard"), day)
    return Asked(row, view, item_of(given.get("item")), years, start, last, standard, _limit(given.get("limit", "")))


def _limit(words: str) -> float | None:
    """The limit of an address; None for what is no positive number of moderate size."""
    try:
        found = Decimal(words)
    except InvalidOperation:
        return None
    return float(found) if found.is_finite() and 0 < found < 10_000 else None


def _figures(user: User, asked: Asked, last: date) -> dict[str, Any]:
    code = asked.station.code
    if asked.view == "patterns":
        return {"figures": reads.patterns(code, asked.item, asked.start, last)}
    if asked.view == "trend":
        return {"figures": reads.trends(code, asked.item, asked.start, last)}
    others = list(registry.stations(user).filter(registry.in_use(last)))
    found = reads.windy(asked.station, others, asked.start, last)
    if found is None:
        return {"figures": [], "no_wind": True}
    of, metres = found
    words = {"name": of.name, "km": f"{metres / 1000:.1f}"}
    note = _("Wind of the station itself.") if metres == 0 else _("Wind of %(name)s, %(km)s km away.") % words
    return {"figures": reads.winds(code, of.code, asked.item, asked.start, last), "wind_note": note}


def _outlook(asked: Asked, last: date) -> dict[str, Any]:
    target = reads.target_of(asked.item, asked.standard, asked.limit)
    if target is None:
        return {"figures": [], "target": None}
    made = reads.prospect(asked.station.code, asked.item, target, last, asked.standard)
    found, places = made.found, asked.item.decimals + 1
    rows: list[list[reads.Cell]] = [
        [_("figure so far"), _known(found.needed.figure_so_far)],
        [_("valid days so far"), found.needed.days_so_far],
        [_("days to come"), found.needed.remaining],
        [_("mean that the rest may have"), found.needed.mean],
        [_("days that may still be above the limit"), found.needed.days],
        [_("likelihood of meeting it"), found.probability],
        [_("year's figure, low (10 %)"), found.low],
        [_("year's figure, middle (50 %)"), found.middle],
        [_("year's figure, high (90 %)"), found.high],
    ]
    rows += [[_("mean that month %(n)s may have") % {"n": number}, value] for number, value in made.months.items()]
    figure = reads.Figure("outlook", _("Outlook of the year"), "", [_("What"), asked.item.unit], rows)
    return {
        "figures": [figure],
        "target": target,
        "limit": f"{target.limit:g}",
        "found": found,
        "so_far": text(_known(found.needed.figure_so_far), places),
        "need": text(found.needed.mean, places),
        "low": text(found.low, places),
        "middle": text(found.middle, places),
        "high": text(found.high, places),
        "percent": "" if found.probability is None else f"{100 * found.probability:.0f}",
        "months": [(number, text(value, places)) for number, value in made.months.items()],
    }


def _known(value: float) -> float | None:
    return None if value != value else value

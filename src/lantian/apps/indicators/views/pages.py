"""指标: the list, and one indicator with its series, map, ranking, lineage and SQL."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.charts import chart
from lantian.apps.core.policy import person
from lantian.apps.indicators.models import Run
from lantian.apps.indicators.outline import drawing
from lantian.apps.indicators.queries import showing
from lantian.apps.indicators.rights import VIEW
from lantian.apps.indicators.shelf import indicators as known
from lantian.apps.monitoring.models import Boundary
from lantian.apps.registers import catalogue
from lantian.indicators.headers import Indicator

LEVEL_ORDER = ("city", "district", "street", "")


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """Indicators by pack, with their newest figures: those that settle targets, unless ``show`` (all, failed) or ``q``,
    words of the title, ask for others. Among all of them the packs are folded."""
    user = person(request)
    policy.require(user, VIEW)
    every = showing.lines(user, settings.LANTIAN_LAKE)
    words, show = request.GET.get("q", "").strip()[:40], request.GET.get("show", "")
    if show not in ("all", "failed"):
        show = "" if any(line.bound for line in every) else "all"
    packs = {pack.name: pack for pack in catalogue.packs().packs}
    wanted = (line for line in every if _asked(line, words, show))
    found = [(packs[name], list(group)) for name, group in groupby(wanted, key=lambda line: line.indicator.pack)]
    shows = [("", _("those that settle targets")), ("all", _("all")), ("failed", _("those that failed"))]
    context = {"packs": found, "words": words, "show": show, "shows": shows, "folded": show == "all" and not words}
    return render(request, "indicators/list.html", context)


def _asked(line: showing.Line, words: str, show: str) -> bool:
    if words:
        return all(any(word in said for said in line.indicator.title) for word in words.split())
    return bool(line.run and line.run.failed) if show == "failed" else show == "all" or bool(line.bound)


@require_safe
def indicator(request: HttpRequest, name: str) -> HttpResponse:
    """One indicator; ``level``, ``end`` and ``subject`` choose what is shown."""
    user = person(request)
    policy.require(user, VIEW)
    found = _known(name)
    level, run, before, ends = _chosen(request, found)
    places = showing.ranking(run, found.better, before) if run else []
    drawn = request.GET.get("subject", "") or next((place.subject for place in places), "")
    series = showing.series(name, level, drawn) if drawn else []
    context: dict[str, Any] = {
        "indicator": found,
        "pack": catalogue.packs().pack(found.pack),
        "level": level,
        "levels": [(key, level_word(key)) for key in LEVEL_ORDER if key in showing.levels(name)],
        "ends": ends,
        "run": run,
        "places": places,
        "drawn": showing.names_of([drawn]).get(drawn, drawn),
        "chart": chart([(_month(start, end), value, False) for start, end, value in series]),
        "map": _map(level, {place.subject: place.value for place in places}, {p.subject: p.name for p in places}),
        "changed": showing.changed_since(run, settings.LANTIAN_LAKE) if run else {},
        "registers": found.reads,
        "changes": [(item, run.inputs.get(item.name, 0)) for item in found.reads] if run else [],
        "bindings": showing.bound_targets(user, name),
    }
    return render(request, "indicators/indicator.html", context)


@require_safe
def table(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The ranking that the page shows, as ``csv`` or ``xlsx``."""
    policy.require(person(request), VIEW)
    found = _known(name)
    _level, run, before, _ends = _chosen(request, found)
    if run is None:
        raise Http404
    head = [_("Rank"), _("Code"), _("Name"), f"{found.title.zh} {found.unit}", _("Period before")]
    rows = [
        [place.rank, place.subject, place.name, _number(place.value), _number(place.before)]
        for place in showing.ranking(run, found.better, before)
    ]
    notes = [
        f"{run.start.isoformat()} – {run.end.isoformat()}",
        f"{name} {run.query[:12]} {run.computed:%Y-%m-%d %H:%M}",
    ]
    return tables.download(tables.Table(f"{name}-{run.end.isoformat()}", head, rows, notes), form)


def level_word(level: str) -> str:
    """A level of areas in words; empty: the subjects are units or records."""
    return {
        "city": pgettext("level", "city"),
        "district": pgettext("level", "districts"),
        "street": pgettext("level", "streets and towns"),
    }.get(level, pgettext("level", "each"))


def _known(name: str) -> Indicator:
    found = known().indicators.get(name)
    if found is None:
        raise Http404
    return found


def _chosen(request: HttpRequest, found: Indicator) -> tuple[str, Run | None, Run | None, list[Run]]:
    """(level, the run shown, the run of the period before, every run of the level)."""
    have = showing.levels(found.name)
    asked = request.GET.get("level", "")
    level = asked if asked in have else next((key for key in ("district", *LEVEL_ORDER) if key in have), "")
    ends = list(showing.runs(found.name, level)[:36])
    wanted = request.GET.get("end", "")
    place = next((n for n, row in enumerate(ends) if row.end.isoformat() == wanted), 0)
    run = ends[place] if ends else None
    before = ends[place + 1] if place + 1 < len(ends) else None
    return level, run, before, ends


def _map(level: str, values: dict[str, Decimal | None], names: dict[str, str]) -> Any:
    if level not in ("district", "street") or not values:
        return None
    rows = Boundary.objects.filter(area__code__in=values).order_by("valid_from").values_list("area__code", "geometry")
    return drawing(dict(rows), values, names)


def _month(start: Any, end: Any) -> str:
    return f"{end.year}-{end.month:02}" if start.month != end.month or start.day == 1 else end.isoformat()


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)

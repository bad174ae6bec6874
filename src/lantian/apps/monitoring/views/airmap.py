"""监测地图: stations at an hour, a day or a month, with the list that says the same in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lantian.apps.core.models import User
from lantian.apps.monitoring.items import AQI, ITEMS, Item, item_of
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries import frames as reads
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.readings import newest
from lantian.apps.monitoring.views import common


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The map and the list beside it."""
    user = common.reader(request)
    stations = _stations(user, request.GET.get("area", ""))
    item, at, found, end = _found(request, stations)
    place = found.keys.index(at.key) if at.key in found.keys else len(found.keys) - 1
    lines: list[dict[str, Any]] = [
        {
            "station": row,
            "text": found.texts[place][n],
            "level": found.levels[place][n],
            "value": found.values[place][n],
        }
        for n, row in enumerate(stations)
    ]
    lines.sort(key=lambda line: -line["value"])
    known = [line for line in lines if line["text"]]
    context = {
        "lines": lines,
        "known": len(known),
        "item": item,
        "items": [AQI, *ITEMS.values()],
        "composite": item is AQI and at.per == "month",
        "per": at.per,
        "periods": [
            ("hour", pgettext("span", "hour")),
            ("day", pgettext("span", "day")),
            ("month", pgettext("span", "month")),
        ],
        "at": at.key,
        "label": found.labels[place],
        "place": place,
        "last": len(found.keys) - 1,
        "before": found.keys[place - 1] if place else "",
        "after": found.keys[place + 1] if place + 1 < len(found.keys) else "",
        "newest": at.key == end.key,
        "standard": common.standard_words(found.standard),
        "legend": common.legend(),
        "areas": registry.districts(user),
        "area": request.GET.get("area", ""),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/map.html", context)


@require_safe
def frames(request: HttpRequest) -> JsonResponse:
    """Every moment of the slider for the script: printed values and levels by station."""
    user = common.reader(request)
    stations = _stations(user, request.GET.get("area", ""))
    _item, _at, found, _end = _found(request, stations)
    return JsonResponse(
        {
            "keys": found.keys,
            "labels": found.labels,
            "texts": found.texts,
            "levels": found.levels,
            "stations": [
                {
                    "code": row.code, "name": row.name, "kind": row.kind, "area": row.area.name,
                    "lon": row.lon, "lat": row.lat, "url": reverse("monitoring:station", args=[row.uid]),
                }
                for row in stations
            ],
        }
    )  # fmt: skip


@require_safe
@cache_control(private=True, max_age=60)
def outlines(request: HttpRequest) -> JsonResponse:
    """The areas' outlines as GeoJSON, WGS-84."""
    return JsonResponse(registry.outlines(common.reader(request)))


def _stations(user: User, area: str) -> list[Station]:
    """Stations in use, the officials first where markers overlap: later ones lie on top."""
    rows = registry.below(registry.stations(user), area).filter(registry.in_use(common.today()))
    order = {kind: place for place, kind in enumerate(("micro", "other", "town", "district", "municipal", "national"))}
    return sorted(rows, key=lambda row: (order.get(row.kind, 0), row.code))


def _found(request: HttpRequest, stations: list[Station]) -> tuple[Item, reads.Moment, reads.Frames, reads.Moment]:
    codes = [row.code for row in stations]
    latest = newest(sorted(codes))
    per = request.GET.get("per", "hour")
    per = per if per in reads.PERIODS else "hour"
    item = item_of(request.GET.get("item"), aqi=True, default="aqi")
    at = reads.moment(per, request.GET.get("at", ""), latest, common.today())
    end = reads.window_end(at, latest)
    return item, at, reads.frames(codes, item, end), end

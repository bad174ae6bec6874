"""The map of a register, without tiles: outlines of areas, points and polygons, and the list beside them in step."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lantian.apps.registers import queries, showing
from lantian.apps.registers.catalogue import register as declared
from lantian.apps.registers.views.common import areas, filters, frame, reader
from lantian.apps.registers.views.lists import kept, narrowed, tail
from lantian.registers import Field, Register

MOST = 1000  # places on one map; the page says when there are more


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """The list of what has a place; the script draws the map from :func:`places`."""
    user, register = reader(request), declared(name)
    choice = queries.choice_of(register, request.GET)
    found, total = queries.places(user, register, choice, most=MOST)
    by = _by(register, request)
    context = frame(user, register) | {
        "lines": [_line(register, item, by) for item in found],
        "total": total,
        "more": total - len(found),
        "page": queries.page(user, register, choice, size=1),
        "filters": filters(register, choice.filters),
        "choice": choice,
        "narrowed": narrowed(choice),
        "areas": areas(user) if register.area or register.unit else [],
        "by": by,
        "choices": _choices(register),
        "legend": [showing.said(item.label) for item in by.choices] if by else [],
        "kept": kept(request.GET, "by"),
        "query": tail(request.GET),
    }
    return render(request, "registers/map.html", context)


@require_safe
def places(request: HttpRequest, name: str) -> JsonResponse:
    """What the script draws: places with title, word, order of the word among its choices, and where they lead."""
    user, register = reader(request), declared(name)
    found, _total = queries.places(user, register, queries.choice_of(register, request.GET), most=MOST)
    by = _by(register, request)
    lines = [_line(register, item, by) for item in found]
    return JsonResponse({"places": lines, "outlines": reverse("monitoring:outlines")})


def _line(register: Register, item: queries.Place, by: Field | None) -> dict[str, Any]:
    value = item.values.get(by.name) if by else None
    order = next((n for n, one in enumerate(by.choices) if one.value == value), -1) if by else -1
    return {
        "key": item.key,
        "title": item.title,
        "lon": item.lon,
        "lat": item.lat,
        "wkt": item.wkt,
        "url": showing.address(register, item.key, item.uid),
        "word": showing.choice(by, str(value)) if by and value else "",
        "order": order,
    }


def _choices(register: Register) -> list[Field]:
    return [field for field in register.shown if field.type == "choice" and not field.personal]


def _by(register: Register, request: HttpRequest) -> Field | None:
    """The choice whose words the markers show: the one asked for, else the last of the list's columns."""
    known = _choices(register)
    asked = next((field for field in known if field.name == request.GET.get("by")), None)
    return asked or next((field for field in reversed(known) if field.listed), known[0] if known else None)

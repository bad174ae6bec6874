"""The directory of units and areas, read only."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lantian.apps.areas import queries
from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core import policy

PAGE = 50


def units(request: HttpRequest) -> HttpResponse:
    """List page: every unit with its names, narrowed by area, level and words."""
    policy.require(request.user, "directory.view")
    chosen = {name: request.GET.get(name, "").strip() for name in ("area", "level", "q")}
    rows = queries.directory_page(
        policy.scope(request.user, Unit.objects.all()), area=chosen["area"], level=chosen["level"], text=chosen["q"]
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    top = Area.objects.exclude(level=Level.TOWN)
    context = {"page": page, "chosen": chosen, "areas": top, "levels": Level.choices}
    return render(request, "areas/units.html", context)


def areas(request: HttpRequest) -> HttpResponse:
    """List page: the tree of areas in code order, narrowed to what lies under one of them."""
    policy.require(request.user, "directory.view")
    code = request.GET.get("under", "").strip()
    rows = policy.scope(request.user, Area.objects.select_related("parent"))
    if code:
        rows = rows.filter(path__contains=f"/{code}/")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    top = Area.objects.exclude(level=Level.TOWN)
    return render(request, "areas/areas.html", {"page": page, "areas": top, "under": code})

"""The list pages of the directory: the tree of areas, the units by area, and both as a workbook."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantian.apps.areas import listing, workbook
from lantian.apps.areas.forms import day_of
from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chosen(request: HttpRequest, *names: str) -> dict[str, str]:
    """The filters of an address, blank where not given."""
    return {name: request.GET.get(name, "").strip()[:80] for name in names}


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The tree of areas as of a day, narrowed by words and level."""
    user = person(request)
    policy.require(user, "directory.view")
    filters = chosen(request, "q", "level", "on", "closed")
    on = day_of(filters["on"])
    nodes = listing.area_nodes(on, text=filters["q"], level=filters["level"], closed=bool(filters["closed"]))
    context = _context(user, filters, on) | {"nodes": nodes, "count": sum(node.found for node in nodes)}
    return render(request, "areas/areas.html", context)


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Every unit with its names as of a day, by area, narrowed by area, level, kind and words of any name."""
    user = person(request)
    policy.require(user, "directory.view")
    filters = chosen(request, "q", "level", "on", "closed", "area", "kind")
    on = day_of(filters["on"])
    rows = listing.unit_rows(
        policy.scope(user, Unit.objects.all()),
        on,
        area=filters["area"],
        level=filters["level"],
        text=filters["q"],
        kind=filters["kind"],
        closed=bool(filters["closed"]),
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    top = policy.scope(user, Area.objects.exclude(level=Level.TOWN)).order_by("path")
    context = _context(user, filters, on) | {
        "page": page,
        "lines": [listing.unit_line(unit, on) for unit in page.object_list],
        "areas": top,
    }
    return render(request, "areas/units.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The directory as a workbook, of one area and all below it if ``under`` gives a code."""
    user = person(request)
    policy.require(user, "directory.view")
    rows = policy.scope(user, Area.objects.all())
    if under := request.GET.get("under", "").strip():
        rows = rows.filter(path__contains=f"/{under}/")
    book = BytesIO()
    workbook.write_workbook(book, rows)
    name = f"lantian-directory-{timezone.localdate():%Y%m%d}.xlsx"
    return downloads.download(book.getvalue(), name, XLSX)


def _context(user: User, filters: dict[str, str], on: date) -> dict[str, Any]:
    return {
        "chosen": filters,
        "filtered": any(filters.values()),
        "on": on,
        "today": on == timezone.localdate(),
        "levels": Level.choices,
        "may_edit": policy.can(user, "directory.edit"),
    }

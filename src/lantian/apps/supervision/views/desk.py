"""我的: what a person's units have to report now, what came back, and what they owe by when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.monitoring.ahead import days_ahead
from lantian.apps.supervision.queries import desk as queries

PAGE = 50


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of one of the person's units (``?unit=``, the first where none is named)."""
    user = person(request)
    policy.require(user, "duty.view")
    units = queries.units_of(user)
    chosen = request.GET.get("unit", "")
    unit = next((item for item in units if str(item.uid) == chosen), units[0] if units else None)
    everything = request.GET.get("all") == "1"
    tasks = queries.tasks(unit, timezone.localdate()) if unit else []
    rows = queries.duties([unit] if unit else [], everything=everything)
    context = {
        "units": units,
        "unit": unit,
        "todo": [task for task in tasks if task.open],
        "waiting": [task for task in tasks if not task.open],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "everything": everything,
        "writes": policy.can(user, "return.write"),
        "office": policy.can(user, "duty.assign") or policy.can(user, "return.review"),
        "today": timezone.localdate(),
        "forecast": days_ahead(user),
    }
    return render(request, "supervision/returns/desk.html", context)

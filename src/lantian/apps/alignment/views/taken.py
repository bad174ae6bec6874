"""The city's side: what the plans below made of each row of this plan."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lantian.apps.alignment import queries
from lantian.apps.alignment.models import Relation
from lantian.apps.alignment.views.common import office_plan

SHOWS = ("missing", *(value for value in Relation.values if value != Relation.ADDED))


@require_safe
def taken(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Rows × plans below, 50 rows a page, narrowed by ``?show=``."""
    user, plan = office_plan(request, uid)
    below = queries.districts(user, plan)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    page = Paginator(queries.city_rows(plan, below, show), queries.PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "below": queries.district_counts(plan, below),
        "waiting": queries.not_aligned(user, plan),
        "page": page,
        "rows": queries.matrix(list(page), below),
        "show": show,
        "relations": [choice for choice in Relation.choices if choice[0] in SHOWS],
    }
    return render(request, "alignment/taken.html", context)

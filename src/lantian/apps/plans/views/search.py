"""Search over all plans: the page with its filters, and the short answer for the palette (Ctrl-K)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans import queries
from lantian.apps.plans.marking import search_words
from lantian.apps.plans.models import DeadlineKind, Medium, RoleKind, TargetKind
from lantian.apps.plans.views.plans import in_force

QUICK = 5  # plans and units in the palette
QUICK_MEASURES = 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Measures that hold every word, by plan; above them plans and units of that name."""
    user = person(request)
    policy.require(user, "plan.view")
    filters = queries.chosen(request.GET, queries.SEARCH_FILTERS)
    asked = bool(search_words(filters["q"])) or any(value for name, value in filters.items() if name != "q")
    plans = queries.searched_plans(user)
    context = {
        "filters": filters,
        "asked": asked,
        "found": queries.search(plans, filters, request.GET.get("page")) if asked else None,
        "plans": queries.matching_plans(plans, filters["q"]),
        "units": queries.matching_units(user, filters["q"]),
        **in_force(user, filters),
        "choices": queries.choices_of(plans),
        "levels": Level.choices,
        "media": Medium.choices,
        "roles": RoleKind.choices,
        "kinds": DeadlineKind.choices,
        "target_kinds": TargetKind.choices,
    }
    return render(request, "plans/search.html", context)


@require_safe
def quick(request: HttpRequest) -> HttpResponse:
    """The first plans, units and measures for the palette, as a list without a page around it."""
    user = person(request)
    policy.require(user, "plan.view")
    text = request.GET.get("q", "")[:300]
    asked = bool(search_words(text))
    filters = queries.chosen({"q": text}, queries.SEARCH_FILTERS)
    plans = queries.searched_plans(user) if asked else []
    found = queries.search(plans, filters, None, size=QUICK_MEASURES, around=14) if asked else None
    context = {
        "text": text,
        "asked": asked,
        "found": found,
        "plans": queries.matching_plans(plans, text, QUICK),
        "units": queries.matching_units(user, text, QUICK),
    }
    return render(request, "plans/search_quick.html", context)

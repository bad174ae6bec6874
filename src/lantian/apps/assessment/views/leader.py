"""领导页: one plan on one A4 sheet; every state opens its reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantian.apps.assessment.queries import leader as queries
from lantian.apps.assessment.views.merge import office_plan
from lantian.apps.supervision.models import State
from lantian.apps.supervision.templatetags.duties import MARKS


@require_safe
def leader(request: HttpRequest, uid: str) -> HttpResponse:
    """States by section, the red list, targets, late units, letters, next deadlines."""
    plan = office_plan(request, uid)
    today = timezone.localdate()
    found = queries.section_states(plan)
    targets, more = queries.trajectories(plan)
    context = {
        "plan": plan,
        "today": today,
        "matrix": found,
        "states": [(state, *MARKS[state], State(state).label) for state in found.states],
        "lines": [(line, list(zip(found.states, line.counts, strict=True))) for line in found.lines],
        "sums": list(zip(found.states, found.sums, strict=True)),
        "red": queries.red_list(plan),
        "targets": targets,
        "more": more,
        "late": queries.late_units(plan, today),
        "letters": queries.letters(plan),
        "deadlines": queries.deadlines(plan, today),
    }
    return render(request, "assessment/yearend/leader.html", context)

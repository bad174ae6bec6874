"""可执行性检查: whether every measure of a plan has somebody, a day, and something that settles it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans.content import plan_reading
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries.measures import plan_measures
from lantian.indicators.coverage import cover


@require_safe
def executable(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What `lantian coverage` says of the plan, each open point with its row."""
    user = person(request)
    plan = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    rows = plan_measures(plan, {})
    found = cover([plan_reading(plan, rows)], indicators())[0]
    by_n = {row.n: row for row in rows}
    settled = found["settled"]
    context = {
        "plan": plan,
        "found": found,
        "settled": [(key, settled[key]) for key in ("indicator", "external", "evidence", "cadence")],
        "unbound": [(by_n.get(item["n"]), item) for item in found["targets"]["unbound"]],
        "open": [(by_n.get(item["n"]), item) for item in found["open"]],
    }
    return render(request, "indicators/executable.html", context)

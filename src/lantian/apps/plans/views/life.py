"""Pages of a plan's life beside its table: overview, duty list of a unit, steps of status and secrecy."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans import actions, charts, filterline, queries
from lantian.apps.plans.actions.lifecycle import StepError
from lantian.apps.plans.models import Plan, RoleKind, Secrecy
from lantian.apps.plans.overview import overview as count

SHEET_ROWS = 2000  # of one printed duty list; more say so


@require_safe
def overview(request: HttpRequest, uid: str) -> HttpResponse:
    """One page of a plan in numbers; every bar leads to the rows that it counts."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area", "amends"), uid=uid)
    counted = count(queries.plan_measures(row, {}))
    loads = [*counted.units, *([counted.rest] if counted.rest else [])]
    context = {
        "plan": row,
        "counted": counted,
        "columns": charts.columns(counted.months),
        "undated": charts.lying(counted.undated),
        "loads": loads,
        "units": charts.stacked(loads),
        "targets": charts.lying(counted.targets),
        "sections": charts.lying(counted.sections),
        "roles": list(enumerate(RoleKind.labels)),
    }
    return render(request, "plans/overview.html", context)


@require_safe
def duty_sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """The duty list of a unit (任务清单) for paper: every measure in full, under the filters of the address."""
    user = person(request)
    policy.require(user, "directory.view")
    row = policy.get_or_404(user, Unit.objects.select_related("area"), uid=uid)
    filters = queries.chosen(request.GET, queries.UNIT_FILTERS)
    rows = queries.unit_duties(user, row, filters)
    total, shown = rows.count(), list(rows[:SHEET_ROWS])
    context = {
        "unit": row,
        "duties": shown,
        "printed_plans": list({duty.plan_id: duty.plan for duty in shown}.values()),
        "total": total,
        "left_out": max(0, total - SHEET_ROWS),
        "chips": filterline.chips(user, filters),
        "today": timezone.localdate(),
    }
    return render(request, "plans/unit_sheet.html", context)


@require_POST
def status(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a step of the plan's life."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    try:
        actions.set_status(user, row, request.POST.get("status", ""))
    except StepError:
        messages.error(
            request,
            _("The plan is now “%(status)s”; this step is not open from there. Nothing was changed.")
            % {"status": row.get_status_display()},
        )
    else:
        messages.success(request, _("The plan is now “%(status)s”.") % {"status": row.get_status_display()})
    return redirect("plans:plan", uid=uid)


@require_POST
def secrecy(request: HttpRequest, uid: str) -> HttpResponse:
    """Say who may read the plan."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    policy.require(user, "plan.publish", row)
    chosen = request.POST.get("secrecy", "")
    if chosen in Secrecy.values:
        actions.set_secrecy(user, row, chosen)
        messages.success(request, _("Secrecy is now “%(secrecy)s”.") % {"secrecy": row.get_secrecy_display()})
    else:
        messages.error(request, _("Choose one of the secrecy levels. Nothing was changed."))
    return redirect("plans:plan", uid=uid)

"""Pages of plans: list, table, measure, unit; the source file and pictures of its pages."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Level, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans import actions, prints, queries, table
from lantian.apps.plans import provenance as sources
from lantian.apps.plans.models import DeadlineKind, Measure, Medium, Plan, PlanStatus, RoleKind
from lantian.reading.errors import ReadingError
from lantian.reading.rules import rules

PAGE = 50


def person(request: HttpRequest) -> User:
    """Who asks; the middleware let nobody else through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """List page: plans in scope, filters in the address."""
    user = person(request)
    policy.require(user, "plan.view")
    filters = queries.chosen(request.GET, queries.LIST_FILTERS)
    page = Paginator(queries.plan_list(user, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "filtered": any(filters.values()),
        "choices": queries.plan_choices(user),
        "levels": Level.choices,
        "media": Medium.choices,
        "statuses": PlanStatus.choices if policy.can(user, "plan.view_draft") else [],
        "may_upload": policy.can(user, "plan.upload"),
    }
    return render(request, "plans/list.html", context)


@require_safe
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """The plan as printed, with filters in the address."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area", "file", "created_by"), uid=uid)
    filters = queries.chosen(request.GET, queries.TABLE_FILTERS)
    measures = list(queries.plan_measures(row, filters))
    shown = table.build(measures)
    context = {
        "plan": row,
        "table": shown,
        "count": len(measures),
        "total": row.measures.count(),
        "filters": filters,
        "filtered": any(filters.values()),
        "units": queries.unit_names(row),
        "roles": RoleKind.choices,
        "deadlines": queries.deadline_texts(row),
        "kinds": DeadlineKind.choices,
        "plan_flags": [table.ShownFlag(rules().get(f["id"]), f["id"], f["detail"]) for f in row.flags],
        "may_publish": row.in_preparation and policy.can(user, "plan.publish", row),
    }
    return render(request, "plans/plan.html", context)


@require_POST
def publish(request: HttpRequest, uid: str) -> HttpResponse:
    """Make a draft readable for every login."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    actions.publish_plan(user, row)
    messages.success(request, _("The plan is published: every login can read it."))
    return redirect("plans:plan", uid=uid)


@require_safe
def measure(request: HttpRequest, uid: str) -> HttpResponse:
    """One measure: what was read on the left, where it was printed on the right."""
    user = person(request)
    rows = queries.with_details(Measure.objects.select_related("plan", "plan__file", "plan__area"))
    row = policy.get_or_404(user, rows, uid=uid)
    before, after = queries.neighbours(row)
    context = {
        "measure": row,
        "plan": row.plan,
        "row": table.row_of(row),
        "roles": RoleKind.choices,
        "before": before,
        "after": after,
        "source": sources.provenance(row, after.row if after else None),
    }
    return render(request, "plans/measure.html", context)


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """A unit with its names and the measures that name it, by role."""
    user = person(request)
    policy.require(user, "directory.view")
    units = Unit.objects.select_related("area", "parent").prefetch_related("aliases")
    row = policy.get_or_404(user, units, uid=uid)
    role = request.GET.get("role", "")
    counts = queries.role_counts(user, row)
    page = Paginator(queries.unit_duties(user, row, role), PAGE).get_page(request.GET.get("page"))
    roles = [(value, label, counts.get(value, 0)) for value, label in RoleKind.choices]
    return render(request, "plans/unit.html", {"unit": row, "page": page, "role": role, "roles": roles})


@require_safe
def source_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The document as it was brought, as a download: never shown in the browser (contracts §8)."""
    row = policy.get_or_404(person(request), Plan.objects.select_related("file"), uid=uid)
    try:
        content = row.file.path.read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, row.file_name)
    return response


@require_safe
def page_picture(request: HttpRequest, uid: str, page: int) -> HttpResponse:
    """A picture of one page of the source, for those who may see the plan."""
    row = policy.get_or_404(person(request), Plan.objects.select_related("file"), uid=uid)
    if not prints.has_pages(row.file) or not 1 <= page <= 500:
        raise Http404
    try:
        picture = prints.page_picture(row.file, page)
    except (ReadingError, FileNotFoundError):
        raise Http404 from None
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response

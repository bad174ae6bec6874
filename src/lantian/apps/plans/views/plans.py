"""Pages of plans: list, table, measure, unit; the source file and pictures of its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Level, Unit
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import actions, filterline, hooks, prints, queries, table
from lantian.apps.plans import provenance as sources
from lantian.apps.plans.actions import lifecycle
from lantian.apps.plans.actions.versions import VersionError
from lantian.apps.plans.models import (
    IN_FORCE,
    DeadlineKind,
    Measure,
    Medium,
    Plan,
    PlanStatus,
    RoleKind,
    Secrecy,
    TargetKind,
)
from lantian.reading.errors import ReadingError
from lantian.reading.rules import rules

PAGE = 50
FOLDED = ("due_from", "due_to", "section", "target", "flags", "lacks", "area", "medium", "level")


def in_force(user: User, filters: Mapping[str, str]) -> dict[str, Any]:
    """What the filter line and the folded part of the filters show."""
    chips = filterline.chips(user, filters)
    return {
        "chips": chips,
        "date_errors": filterline.date_errors(filters),
        "more_open": any(filters.get(name) for name in FOLDED),
        "unit_by_uid": next((c.value for c in chips if c.name == "unit" and filters["unit"] != c.value), ""),
    }


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """List page: plans in scope by year, filters in the address; amendments stand under their plan."""
    user = person(request)
    policy.require(user, "plan.view")
    filters = queries.chosen(request.GET, queries.LIST_FILTERS)
    page = Paginator(queries.plan_list(user, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "years": [(year, list(plans)) for year, plans in groupby(page.object_list, key=lambda row: row.year)],
        "filters": filters,
        "chips": filterline.chips(user, filters),
        "choices": queries.plan_choices(user),
        "levels": Level.choices,
        "media": Medium.choices,
        "statuses": PlanStatus.choices if policy.can(user, "plan.view_draft") else [],
        "may_upload": policy.can(user, "plan.upload"),
        "may_edit": policy.can(user, "plan.edit"),
    }
    return render(request, "plans/list.html", context)


@require_safe
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """The plan as printed, with filters in the address."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area", "file", "created_by", "amends"), uid=uid)
    filters = queries.chosen(request.GET, queries.TABLE_FILTERS)
    measures = queries.plan_measures(row, filters)
    context = {
        "plan": row,
        "table": table.build(measures, hooks.marks(user, row, measures)),
        "count": len(measures),
        "total": row.measures.count(),
        "filters": filters,
        **in_force(user, filters),
        "units": queries.unit_names(row),
        "deadlines": queries.deadline_texts(row),
        "sections": queries.section_names(row),
        "roles": RoleKind.choices,
        "kinds": DeadlineKind.choices,
        "target_kinds": TargetKind.choices,
        "flag_choices": filterline.FLAGS.items(),
        "lack_choices": filterline.LACKS.items(),
        "plan_flags": [table.ShownFlag(rules().get(f["id"]), f["id"], f["detail"]) for f in row.flags],
        **_allowed(user, row),
    }
    return render(request, "plans/plan.html", context)


def _allowed(user: User, row: Plan) -> dict[str, Any]:
    """What the person may do with the plan now, for its menu."""
    leads = policy.can(user, "plan.publish", row)
    edits = policy.can(user, "plan.edit", row)
    return {
        "may_review": edits and row.in_preparation,
        "may_edit": edits,
        "may_amend": edits and row.status in IN_FORCE,
        "open_amendments": list(queries.open_amendments(user, row)),
        "may_publish": leads and row.in_preparation,
        "steps": [(step, PlanStatus(step).label) for step in lifecycle.STEPS[row.status]] if leads else [],
        "secrecies": Secrecy.choices if leads else [],
    }


@require_POST
def publish(request: HttpRequest, uid: str) -> HttpResponse:
    """Publish a plan in preparation as its next version, with the note that says what changed and its secrecy."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area", "amends"), uid=uid)
    secrecy = request.POST.get("secrecy", "")
    try:
        _publish(user, row, secrecy, request.POST.get("note", ""))
    except VersionError as refused:
        messages.error(request, str(refused))
        return redirect("plans:plan", uid=uid)
    messages.success(request, _("The plan is published."))
    return redirect("plans:plan", uid=row.amends.uid if row.amends else uid)


@transaction.atomic
def _publish(user: User, row: Plan, secrecy: str, note: str) -> None:
    """Publish under a secrecy, both or neither."""
    if row.in_preparation and secrecy in Secrecy.values and secrecy != row.secrecy:
        actions.set_secrecy(user, row, secrecy)
    actions.publish_plan(user, row, note)


@require_safe
def measure(request: HttpRequest, uid: str) -> HttpResponse:
    """One measure: what was read on the left, where it was printed on the right; also rows that a version dropped."""
    user = person(request)
    rows = queries.with_details(Measure.everything.select_related("plan", "plan__file", "plan__area"))
    row = policy.get_or_404(user, rows, uid=uid)
    before, after = queries.neighbours(row)
    flags = list(row.flags.all())
    context = {
        "measure": row,
        "plan": row.plan,
        "row": table.row_of(row),
        "open_flags": table.shown_flags(flag for flag in flags if not flag.accepted),
        "accepted_flags": table.shown_flags(flag for flag in flags if flag.accepted),
        "roles": RoleKind.choices,
        "before": before,
        "after": after,
        "related": queries.related(user, row),
        "source": sources.provenance(row, after.row if after else None),
        "cards": hooks.cards(request, row),
    }
    return render(request, "plans/measure.html", context)


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """A unit: its names over time, its duties by plan and role, and the measures behind them."""
    user = person(request)
    policy.require(user, "directory.view")
    units = Unit.objects.select_related("area", "parent", "merged_into").prefetch_related("aliases", "children")
    row = policy.get_or_404(user, units, uid=uid)
    if row.merged_into:
        return redirect("plans:unit", uid=row.merged_into.uid)
    filters = queries.chosen(request.GET, queries.UNIT_FILTERS)
    matrix = queries.duty_matrix(user, row)
    page = Paginator(queries.unit_duties(user, row, filters), PAGE).get_page(request.GET.get("page"))
    names = sorted(row.aliases.all(), key=lambda alias: (alias.since or date.min, alias.until or date.max))
    context = {
        "unit": row,
        "names": [alias for alias in names if not alias.misreading],
        "misreadings": [alias.name for alias in names if alias.misreading],
        "matrix": matrix,
        "sums": role_sums(matrix),
        "page": page,
        "filters": filters,
        **in_force(user, filters),
        "roles": RoleKind.choices,
        "kinds": DeadlineKind.choices,
    }
    return render(request, "plans/unit.html", context)


def role_sums(matrix: list[queries.DutyRow]) -> list[tuple[str, str, int]]:
    """Role, its name and the number of measures over all plans of a unit's matrix."""
    sums = Counter(dict.fromkeys(RoleKind.values, 0))
    for line in matrix:
        sums.update(dict(line.counts))
    return [(value, str(label), sums[value]) for value, label in RoleKind.choices]


@require_safe
def source_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The document as it was brought, as a download: never shown in the browser (contracts §8)."""
    row = policy.get_or_404(person(request), Plan.objects.select_related("file"), uid=uid)
    return downloads.stored(row.file, row.file_name)


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

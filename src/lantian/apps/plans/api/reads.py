"""Reading plans over HTTP: plans, measures, targets, versions."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.fields import AreaCode, Day, Moment, Words
from lantian.apps.core.api.operations import operation
from lantian.apps.core.api.paging import Key, Listing, Page, day, page, uid, whole
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import content, queries
from lantian.apps.plans.api import shapes
from lantian.apps.plans.models import (
    Assignment,
    DeadlineKind,
    Edit,
    Measure,
    Medium,
    Plan,
    PlanKind,
    PlanStatus,
    PlanVersion,
    RoleKind,
    Target,
    TargetKind,
)  # fmt: skip
from lantian.apps.plans.queries.versions import readable

router = Router(tags=["plans"])
READ = "read:plans"
_NEVER = date(9999, 12, 31)  # measures without a latest date stand behind all others


class PlanSort(Enum):
    """Orders of plans."""

    YEAR = "year"
    CREATED = "created"


class MeasureSort(Enum):
    """Orders of measures."""

    PRINT = "print"
    DEADLINE = "deadline"


PLAN_ORDERS = {
    PlanSort.YEAR: (Key("year", whole, falling=True, empty=0), Key("uid", uid, falling=True)),
    PlanSort.CREATED: (Key("uid", uid),),
}
MEASURE_ORDERS = {
    MeasureSort.PRINT: (Key("plan__uid", uid), Key("n", whole)),
    MeasureSort.DEADLINE: (Key("deadline_end", day, empty=_NEVER), Key("uid", uid)),
}
TARGET_ORDER = (Key("measure__plan__uid", uid), Key("measure__n", whole), Key("order", whole))


class PlanFilters(Listing):
    """Filters of plans; what is not given does not narrow."""

    year: int | None = Field(None, ge=1949, le=2200)
    level: Level | None = None
    medium: Medium | None = None
    area: AreaCode | None = Field(None, description="Code of an area: its plans and those of areas below.")
    status: PlanStatus | None = None
    q: Words | None = Field(None, description="Words of the title.")
    updated_since: Moment | None = Field(None, description="Only plans that changed since, rows included.")
    sort: PlanSort = Field(PlanSort.YEAR, description="`year`: newest first; `created`: as they were brought in.")


class MeasureFilters(Listing):
    """Filters of measures; what is not given does not narrow."""

    unit: UUID | None = Field(None, description="Only measures that name this unit; with `role`, in that role.")
    role: RoleKind | None = None
    deadline: DeadlineKind | None = None
    due_after: Day | None = Field(None, description="Latest date on this day or later.")
    due_before: Day | None = Field(None, description="Latest date on this day or earlier.")
    section: Words | None = Field(None, description="The printed heading, whole.")
    target: TargetKind | None = Field(None, description="Only measures with a target of this kind.")
    q: Words | None = Field(None, description="Words of task, text and unit names; all must occur. pm2.5 finds PM₂.₅.")
    sort: MeasureSort = Field(MeasureSort.PRINT, description="`print`: as printed; `deadline`: earliest first.")


class AcrossFilters(MeasureFilters):
    """Filters of measures over all plans."""

    plan: UUID | None = None
    year: int | None = Field(None, ge=1949, le=2200)
    medium: Medium | None = None


class TargetFilters(Listing):
    """Filters of targets; what is not given does not narrow."""

    plan: UUID | None = None
    kind: TargetKind | None = None
    unit: Words | None = Field(None, description="The printed unit of the figure, such as `%` or `微克/立方米`.")
    subject: Words | None = Field(None, description="Part of what the target is about, such as `PM2.5`.")
    owner: UUID | None = Field(None, description="Only targets of measures that name this unit of the directory.")


def shown_plans(user: User) -> QuerySet[Plan]:
    """Plans in the person's scope with what :func:`shapes.plan_out` shows, in one query.

    ``updated`` is the last of what the audit log says of the plan itself and of the changes of its rows.
    """
    own = AuditEvent.objects.filter(object_uid=OuterRef("uid")).values("object_uid").annotate(last=Max("at"))
    edits = Edit.objects.filter(plan=OuterRef("pk")).values("plan").annotate(last=Max("at")).order_by()
    count = Measure.objects.filter(plan=OuterRef("pk")).values("plan").annotate(count=Count("pk")).order_by()
    moment = DateTimeField()
    return policy.scope(user, Plan.objects.select_related("area", "file", "amends")).annotate(
        measure_count=Coalesce(Subquery(count.values("count")), 0),
        updated=Greatest(
            "created",
            Coalesce(Subquery(own.order_by().values("last")), "created", output_field=moment),
            Coalesce(Subquery(edits.values("last")), "created", output_field=moment),
        ),
    )


@operation(router, "GET", "/plans", name="plans", scope=READ, gives=Page[shapes.PlanOut])
def plans(request: HttpRequest, filters: Query[PlanFilters]) -> dict[str, Any]:
    """Plans that the user may see."""
    rows = shown_plans(user_of(request)).filter(kind=PlanKind.PLAN)
    equal = {name: value for name in ("year", "level", "medium", "status") if (value := getattr(filters, name))}
    rows = rows.filter(**equal)
    if filters.area:
        rows = rows.filter(area__path__contains=f"/{filters.area}/")
    if filters.q:
        rows = rows.filter(title__icontains=filters.q)
    if filters.updated_since:
        rows = rows.filter(Q(updated__gte=filters.updated_since))  # Q: mypy does not see that it is annotated
    order = PLAN_ORDERS[filters.sort]
    return page(request, rows, order, filters, lambda found: [shapes.plan_out(row) for row in found])


@operation(router, "GET", "/plans/{uuid:uid}", name="plan", scope=READ, gives=shapes.PlanOut)
def plan(request: HttpRequest, response: HttpResponse, uid: UUID) -> dict[str, Any]:
    """One plan without its measures."""
    row = get_plan(user_of(request), uid)
    response.headers["ETag"] = shapes.plan_etag(row)
    return shapes.plan_out(row)


def get_plan(user: User, uid: UUID) -> Plan:
    """One plan with what the API shows of it, or 404."""
    rows = shown_plans(user).filter(uid=uid)
    if (row := rows.first()) is None:
        raise Http404
    return row


@operation(router, "GET", "/plans/{uuid:uid}/measures", name="plan_measures", scope=READ, gives=Page[shapes.MeasureOut])
def plan_measures(request: HttpRequest, uid: UUID, filters: Query[MeasureFilters]) -> dict[str, Any]:
    """The measures of one plan."""
    user = user_of(request)
    row = policy.get_or_404(user, Plan.objects.all(), uid=uid)
    return _measure_page(request, Measure.objects.filter(plan=row), filters)


@operation(router, "GET", "/measures", name="measures", scope=READ, gives=Page[shapes.MeasureOut])
def measures(request: HttpRequest, filters: Query[AcrossFilters]) -> dict[str, Any]:
    """Measures of every plan that the user may see."""
    rows = policy.scope(user_of(request), Measure.objects.all())
    if filters.plan:
        rows = rows.filter(plan__uid=filters.plan)
    if filters.year:
        rows = rows.filter(plan__year=filters.year)
    if filters.medium:
        rows = rows.filter(plan__medium=filters.medium)
    return _measure_page(request, rows, filters)


def _measure_page(request: HttpRequest, rows: QuerySet[Measure], filters: MeasureFilters) -> dict[str, Any]:
    wanted = {
        "unit": str(filters.unit or ""), "role": filters.role or "", "deadline": filters.deadline or "",
        "due_from": str(filters.due_after or ""), "due_to": str(filters.due_before or ""),
        "section": filters.section or "", "target": filters.target or "", "q": filters.q or "",
    }  # fmt: skip
    rows = queries.narrow(rows, wanted).select_related("plan")
    order = MEASURE_ORDERS[filters.sort]
    return page(request, queries.with_details(rows), order, filters, _measures)


def _measures(found: list[Measure]) -> list[dict[str, Any]]:
    return [shapes.measure_out(row, content.content_of(row)) for row in found]


@operation(router, "GET", "/measures/{uuid:uid}", name="measure", scope=READ, gives=shapes.MeasureOut)
def measure(request: HttpRequest, response: HttpResponse, uid: UUID) -> dict[str, Any]:
    """One measure as it is now."""
    row = get_measure(user_of(request), uid)
    response.headers["ETag"] = shapes.measure_etag(row.uid, row.revision)
    return shapes.measure_out(row, content.content_of(row))


def get_measure(user: User, uid: UUID) -> Measure:
    """One measure with everything that the API shows of it, or 404."""
    return policy.get_or_404(user, queries.with_details(Measure.objects.select_related("plan", "plan__area")), uid=uid)


@operation(router, "GET", "/targets", name="targets", scope=READ, gives=Page[shapes.FoundTargetOut])
def targets(request: HttpRequest, filters: Query[TargetFilters]) -> dict[str, Any]:
    """Targets of every plan that the user may see, as printed."""
    seen = policy.scope(user_of(request), Measure.objects.all())
    rows = Target.objects.filter(measure__in=seen).select_related("measure", "measure__plan")
    if filters.plan:
        rows = rows.filter(measure__plan__uid=filters.plan)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.unit:
        rows = rows.filter(unit=filters.unit)
    if filters.subject:
        rows = rows.filter(subject__icontains=filters.subject)
    if filters.owner:
        duty = Assignment.objects.filter(measure=OuterRef("measure"), unit__uid=filters.owner)
        rows = rows.filter(Exists(duty))
    return page(request, rows, TARGET_ORDER, filters, lambda found: [_target(row) for row in found])


def _target(row: Target) -> dict[str, Any]:
    place = {"measure": row.measure.uid, "plan": row.measure.plan.uid, "order": row.order}
    return content.target_of(row) | place


@operation(router, "GET", "/plans/{uuid:uid}/versions", name="versions", scope=READ, gives=Page[shapes.VersionOut])
def versions(request: HttpRequest, uid: UUID, filters: Query[Listing]) -> dict[str, Any]:
    """Versions of a plan, the newest first."""
    rows = _versions(user_of(request), uid).defer("content")
    order = (Key("number", whole, falling=True),)
    return page(request, rows, order, filters, lambda found: [shapes.version_out(row) for row in found])


@operation(
    router, "GET", "/plans/{uuid:uid}/versions/{int:number}", name="version", scope=READ,
    gives=shapes.VersionTextOut,
)  # fmt: skip
def version(request: HttpRequest, uid: UUID, number: int) -> dict[str, Any]:
    """One version of a plan with its whole text."""
    row = _versions(user_of(request), uid).filter(number=min(number, 32767)).first()
    if row is None:
        raise Http404
    return shapes.version_text_out(row)


def _versions(user: User, uid: UUID) -> QuerySet[PlanVersion]:
    """The versions that the person may read, of a plan in scope."""
    return readable(user, policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid))

"""Reads of plans: the list, the table of one plan, the neighbours of a measure, the measures of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.content import search_form
from lantian.apps.plans.models import Assignment, DeadlineKind, Measure, MeasureFlag, Plan, RoleKind

LIST_FILTERS = ("year", "level", "medium", "area", "status", "q")
TABLE_FILTERS = ("unit", "role", "deadline", "flags", "q")


def chosen(values: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The filters of an address, blanks for those not given."""
    return {name: values.get(name, "").strip()[:200] for name in names}


def plan_list(user: User, filters: Mapping[str, str]) -> QuerySet[Plan]:
    """Plans that the person may see, newest year first, each with the counts of its measures and targets."""
    rows = policy.scope(user, Plan.objects.all())
    if filters["year"].isdigit() and len(filters["year"]) <= 4:
        rows = rows.filter(year=int(filters["year"]))
    for name in ("level", "medium", "status"):
        if filters[name]:
            rows = rows.filter(**{name: filters[name]})
    if filters["area"]:
        path = Area.objects.filter(code=filters["area"]).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=path) if path else rows.none()
    if filters["q"]:
        rows = rows.filter(title__icontains=filters["q"])
    return (
        rows.select_related("area")
        .order_by("-year", "level", "id")
        .annotate(
            measure_count=Count("measures", distinct=True),
            flagged_count=Count("measures", filter=Q(measures__flags__isnull=False), distinct=True),
        )
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters of the plan list offer: only what the person can see."""

    years: list[int]
    areas: list[Area]


def plan_choices(user: User) -> Choices:
    """Years and areas of the plans in scope."""
    rows = policy.scope(user, Plan.objects.all())
    years = sorted({year for year in rows.values_list("year", flat=True) if year}, reverse=True)
    areas = Area.objects.filter(pk__in=rows.exclude(area=None).values("area")).order_by("code")
    return Choices(years=years, areas=list(areas))


def with_details(rows: QuerySet[Measure]) -> QuerySet[Measure]:
    """Measures with everything a table row shows, in three further queries however many there are."""
    return rows.prefetch_related(Prefetch("assignments", Assignment.objects.select_related("unit")), "targets", "flags")


def plan_measures(plan: Plan, filters: Mapping[str, str]) -> QuerySet[Measure]:
    """The measures of a plan in print order, narrowed by unit, role, deadline, flags and words."""
    rows = plan.measures.all()
    if filters["unit"] or filters["role"]:
        duty = Assignment.objects.filter(measure=OuterRef("pk"))
        if filters["unit"]:
            duty = duty.filter(name=filters["unit"])
        if filters["role"] in RoleKind.values:
            duty = duty.filter(role=filters["role"])
        rows = rows.filter(Exists(duty))
    if filters["deadline"] in DeadlineKind.values:
        rows = rows.filter(deadline_kind=filters["deadline"])
    elif filters["deadline"]:
        rows = rows.filter(deadline_text=filters["deadline"])
    if filters["flags"]:
        rows = rows.filter(Exists(MeasureFlag.objects.filter(measure=OuterRef("pk"))))
    if filters["q"]:
        rows = rows.filter(search__contains=search_form(filters["q"]))
    return with_details(rows)


def unit_names(plan: Plan) -> list[tuple[str, int]]:
    """Names in the role cells of a plan with the number of measures each stands in, most duties first."""
    rows = Assignment.objects.filter(measure__plan=plan).values_list("name")
    counted = rows.annotate(count=Count("measure", distinct=True)).order_by("-count", "name")
    return [(name, count) for name, count in counted]


def deadline_texts(plan: Plan) -> list[str]:
    """The printed deadlines of a plan, each once, most frequent first."""
    rows = plan.measures.exclude(deadline_text="").values_list("deadline_text").annotate(count=Count("id"))
    return [text for text, _count in rows.order_by("-count", "deadline_text")]


def neighbours(measure: Measure) -> tuple[Measure | None, Measure | None]:
    """The measures printed before and after."""
    same = Measure.objects.filter(plan_id=measure.plan_id).only("uid", "n", "row")
    before = same.filter(n__lt=measure.n).order_by("-n").first()
    return before, same.filter(n__gt=measure.n).order_by("n").first()


def unit_duties(user: User, unit: Unit, role: str) -> QuerySet[Measure]:
    """Measures in scope that name the unit, newest plan first; ``role`` narrows to one role."""
    duty = Assignment.objects.filter(measure=OuterRef("pk"), unit=unit)
    if role in RoleKind.values:
        duty = duty.filter(role=role)
    rows = policy.scope(user, Measure.objects.filter(Exists(duty))).select_related("plan")
    own = Prefetch("assignments", Assignment.objects.filter(unit=unit), to_attr="own_assignments")
    return rows.order_by("-plan__year", "plan_id", "n").prefetch_related(own, "targets")


def role_counts(user: User, unit: Unit) -> dict[str, int]:
    """How many measures in scope name the unit in each role."""
    visible = policy.scope(user, Measure.objects.all())
    rows = Assignment.objects.filter(unit=unit, measure__in=visible).values_list("role")
    return dict(rows.annotate(count=Count("measure", distinct=True)))

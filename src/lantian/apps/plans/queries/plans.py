"""The list of plans and what its filters offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from lantian.apps.areas.models import Area, Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import IN_PREPARATION, Measure, Plan, PlanKind
from lantian.apps.plans.queries.filters import open_flags

_LEVELS = (Level.NATIONAL, Level.PROVINCIAL, Level.MUNICIPAL, Level.DISTRICT, Level.TOWN)


def level_order(prefix: str = "") -> Case:
    """Orders from the nation down to the town."""
    steps = [When(**{f"{prefix}level": level}, then=Value(place)) for place, level in enumerate(_LEVELS)]
    return Case(*steps, default=Value(len(_LEVELS)), output_field=IntegerField())


def newest_first(prefix: str = "") -> tuple[OrderBy | Case | str, ...]:
    """The order of plans everywhere: newest year first (none last on both databases), then from above down."""
    return F(f"{prefix}year").desc(nulls_last=True), level_order(prefix), f"{prefix}id"


def rank(plan: Plan) -> tuple[int, int, int]:
    """The same order for plans that are loaded."""
    place = _LEVELS.index(Level(plan.level)) if plan.level in _LEVELS else len(_LEVELS)
    return -(plan.year or 0), place, plan.pk


def standing(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans in their own right: an amendment stands under the plan that it amends, 交办事项 in a list of their own."""
    return rows.filter(amends=None, kind=PlanKind.PLAN)


def by_plan_filters(rows: QuerySet[Plan], filters: Mapping[str, str]) -> QuerySet[Plan]:
    """Plans narrowed by year, level, medium and area (with everything below it)."""
    if filters.get("year"):
        good = filters["year"].isascii() and filters["year"].isdigit() and len(filters["year"]) <= 4
        rows = rows.filter(year=int(filters["year"])) if good else rows.none()
    for name in ("level", "medium"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("area"):
        path = Area.objects.filter(code=filters["area"]).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=path) if path else rows.none()
    return rows


def _number(rows: QuerySet[Measure]) -> Coalesce:
    """How many rows a plan has, as a subquery: joined counts would multiply measures by flags."""
    counted = rows.order_by().values("plan").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def plan_list(user: User, filters: Mapping[str, str]) -> QuerySet[Plan]:
    """Plans that the person may see, newest year first, each with its ``measure_count``, its ``doubt_count``
    (measures with an open doubt) and the amendments that are being prepared (``open_amendments``)."""
    rows = by_plan_filters(standing(policy.scope(user, Plan.objects.all())), filters)
    if filters["status"]:
        rows = rows.filter(status=filters["status"])
    if filters["q"]:
        rows = rows.filter(title__icontains=filters["q"])
    current = Measure.objects.filter(plan=OuterRef("pk"))
    doubtful = current.filter(Exists(open_flags(doubts=True).filter(measure=OuterRef("pk"))))
    being_prepared = policy.scope(user, Plan.objects.filter(status__in=IN_PREPARATION))
    return (
        rows.select_related("area")
        .order_by(*newest_first())
        .annotate(
            measure_count=_number(current),
            doubt_count=_number(doubtful),
        )
        .prefetch_related(Prefetch("amendments", being_prepared, to_attr="open_amendments"))
    )


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the filters of plans offer: only what the person can see."""

    years: list[int]
    areas: list[Area]


def plan_choices(user: User) -> PlanChoices:
    """Years and areas of the plans in scope."""
    rows = standing(policy.scope(user, Plan.objects.select_related("area"))).order_by()
    return choices_of(rows.only("year", "area__code", "area__name"))


def choices_of(plans: Iterable[Plan]) -> PlanChoices:
    """Years and areas of plans that are loaded with their areas."""
    years: set[int] = set()
    areas: dict[str, Area] = {}
    for plan in plans:
        if plan.year:
            years.add(plan.year)
        if plan.area:
            areas[plan.area.code] = plan.area
    return PlanChoices(sorted(years, reverse=True), [areas[code] for code in sorted(areas)])


def open_amendments(user: User, plan: Plan) -> QuerySet[Plan]:
    """Amendments of the plan that are being prepared and that the person may see."""
    return policy.scope(user, Plan.objects.filter(amends=plan, status__in=IN_PREPARATION)).order_by("id")

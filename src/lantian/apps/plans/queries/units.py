"""What plans ask of one unit, over plans and years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Assignment, Measure, Plan, RoleKind
from lantian.apps.plans.queries.filters import narrow, uid_of
from lantian.apps.plans.queries.plans import newest_first


def _visible(user: User) -> QuerySet[Measure]:
    """Current rows in scope, each plan once: an amendment in preparation repeats the rows of its plan."""
    return policy.scope(user, Measure.objects.filter(plan__amends=None))


def unit_duties(user: User, unit: Unit, filters: Mapping[str, str]) -> QuerySet[Measure]:
    """Measures in scope that name the unit, newest plan first, narrowed by plan (uid), role, deadline and words.

    Each has the unit's own assignments as ``own_assignments`` and its targets.
    """
    role = filters.get("role", "")
    duty = Assignment.objects.filter(measure=OuterRef("pk"), unit=unit)
    if role in RoleKind.values:
        duty = duty.filter(role=role)
    rows = narrow(_visible(user).filter(Exists(duty)), {**filters, "role": ""})
    if filters.get("plan"):
        uid = uid_of(filters["plan"])
        rows = rows.filter(plan__uid=uid) if uid else rows.none()
    own = Prefetch("assignments", Assignment.objects.filter(unit=unit), to_attr="own_assignments")
    return rows.select_related("plan").order_by(*newest_first("plan__"), "n").prefetch_related(own, "targets")


def role_counts(user: User, unit: Unit) -> dict[str, int]:
    """How many measures in scope name the unit in each role."""
    rows = Assignment.objects.filter(unit=unit, measure__in=_visible(user)).order_by().values_list("role")
    return dict(rows.annotate(count=Count("measure", distinct=True)))


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One plan's line of the matrix: measures by role, in the order of the roles asked for."""

    plan: Plan
    counts: list[tuple[str, int]]
    measures: int


def duty_matrix(user: User, unit: Unit) -> list[DutyRow]:
    """Plans that name the unit, newest first, with the number of measures in each role. Two queries."""
    pairs = Assignment.objects.filter(unit=unit, measure__in=_visible(user)).order_by()
    members: dict[int, dict[str, set[int]]] = {}
    for key, role, measure in pairs.values_list("measure__plan", "role", "measure"):
        members.setdefault(key, {}).setdefault(role, set()).add(measure)
    rows = []
    for plan in Plan.objects.filter(pk__in=members).order_by(*newest_first()):
        roles = members[plan.pk]
        counts = [(str(role), len(roles.get(role, ()))) for role in RoleKind.values]
        rows.append(DutyRow(plan, counts, len(set().union(*roles.values()))))
    return rows

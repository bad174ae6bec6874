"""Who reads figures and who decides: indicators follow published plans, drafts and findings their area."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.indicators.models import Binding, Exemption, Finding, Run
from lantian.apps.plans.models import Plan

VIEW, CONFIRM, ASK, APPROVE = "indicator.view", "binding.confirm", "exemption.ask", "exemption.approve"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Run, lambda user, rows: rows if policy.can(user, VIEW) else rows.none())
    policy.scoped(Binding, _bindings)
    policy.scoped(Exemption, lambda user, rows: rows.filter(_inside(user) | Q(asked_by=user)))
    policy.scoped(Finding, lambda user, rows: rows.filter(_inside(user) | Q(unit__memberships__user=user)).distinct())
    policy.located(Binding, lambda user, action, row: _holds(user, action, row.measure.plan.area))
    policy.located(Exemption, lambda user, action, row: _holds(user, action, row.area))
    policy.located(Finding, lambda user, action, row: _holds(user, action, row.area))


def _bindings(user: User, rows: QuerySet[Binding]) -> QuerySet[Binding]:
    return rows.filter(measure__plan__in=policy.scope(user, Plan.objects.all()).values("pk"))


def _inside(user: User) -> Q:
    """Rows of areas where the person has a role, or above which it is held."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(area=None)
    for path in paths:
        there |= Q(area__path__startswith=path)
    return there


def _holds(user: User, action: str, area: Area | None) -> bool:
    if action == VIEW:
        return True
    paths = areas.reach(user, policy.ACTIONS[action])
    return paths is None or area is None or area.path.startswith(tuple(paths))

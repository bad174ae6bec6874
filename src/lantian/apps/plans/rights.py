"""Which plans a person may see: published ones by their secrecy, those in preparation whoever prepares them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership
from lantian.apps.core import policy
from lantian.apps.core.models import Job, User
from lantian.apps.plans.actions import IMPORT
from lantian.apps.plans.models import IN_PREPARATION, Assignment, Measure, Plan, Secrecy


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Plan, lambda user, rows: rows.filter(_visible(user, "")))
    policy.scoped(Measure, lambda user, rows: rows.filter(_visible(user, "plan__")))
    policy.scoped(Job, _jobs)
    policy.located(Plan, _inside)


def _visible(user: User, prefix: str) -> Q:
    """Published and not too secret, or made by the person, or of an area where a role that sees drafts holds."""
    visible = _readable(user, prefix)
    if not policy.can(user, "plan.view_draft"):
        return visible
    visible |= Q(**{f"{prefix}created_by": user})
    paths = areas.reach(user, policy.ACTIONS["plan.view_draft"])
    if paths is None:
        return Q()
    for path in paths:
        visible |= Q(**{f"{prefix}area__path__startswith": path})
    return visible | Q(**{f"{prefix}area": None})


def _readable(user: User, prefix: str) -> Q:
    """Published plans: 公开 for every login, 内部 for the plan's city, 工作秘密 for the units that the plan names."""
    # An amendment is the office's at any time: others read it as the next version of its plan.
    out = ~Q(**{f"{prefix}status__in": IN_PREPARATION}) & Q(**{f"{prefix}amends": None})
    readable = Q(**{f"{prefix}secrecy": Secrecy.OPEN})
    paths = areas.reach(user, policy.ROLES)
    if paths is None:
        return out
    for top in {path.split("/")[1] for path in paths}:
        readable |= Q(**{f"{prefix}secrecy": Secrecy.INTERNAL, f"{prefix}area__path__startswith": f"/{top}/"})
    named = Assignment.objects.filter(unit__memberships__user=user, measure__withdrawn=None).values("measure__plan")
    readable |= Q(**{f"{prefix}secrecy": Secrecy.WORK_SECRET, f"{prefix}pk__in": named})
    return out & readable


def _jobs(user: User, rows: QuerySet[Job]) -> QuerySet[Job]:
    """Imports are the office's, not one person's: those of colleagues there or below, and of plans in scope."""
    paths = areas.reach(user, policy.ACTIONS["plan.upload"])
    imports = rows.filter(kind=IMPORT)
    if paths is None:
        return imports
    if not paths:
        return rows.none()
    there = Q()
    for path in paths:
        there |= Q(unit__area__path__startswith=path)
    colleagues = Membership.objects.filter(there).values("user")
    plans = Plan.objects.filter(_visible(user, "")).values("job")
    return imports.filter(Q(created_by=user) | Q(created_by__in=colleagues) | Q(pk__in=plans))


def _inside(user: User, action: str, plan: Plan) -> bool:
    """Whether a role that allows ``action`` holds where the plan belongs; without area it is every office's."""
    paths = areas.reach(user, policy.ACTIONS[action])
    if paths is None or plan.area is None:
        return True
    return plan.area.path.startswith(tuple(paths))

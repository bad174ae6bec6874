"""Which plans a person may see: published ones everybody, drafts those who prepare them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.core import policy
from lantian.apps.core.models import Job, User
from lantian.apps.plans.actions import IMPORT
from lantian.apps.plans.models import Measure, Plan, PlanStatus


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Plan, lambda user, rows: rows.filter(_visible(user, "")))
    policy.scoped(Measure, lambda user, rows: rows.filter(_visible(user, "plan__")))
    policy.scoped(Job, _jobs)
    policy.located(Plan, _inside)


def _visible(user: User, prefix: str) -> Q:
    """Published, or made by the person, or a draft of an area where a role that sees drafts holds."""
    visible = Q(**{f"{prefix}status": PlanStatus.PUBLISHED})
    if not policy.can(user, "plan.view_draft"):
        return visible
    visible |= Q(**{f"{prefix}created_by": user})
    paths = areas.reach(user, policy.ACTIONS["plan.view_draft"])
    if paths is None:
        return Q()
    for path in paths:
        visible |= Q(**{f"{prefix}area__path__startswith": path})
    return visible | Q(**{f"{prefix}area": None})


def _jobs(user: User, rows: QuerySet[Job]) -> QuerySet[Job]:
    """Imports are the office's, not one person's: the same document is read once, whoever brings it again."""
    return rows.filter(kind=IMPORT) if policy.can(user, "plan.upload") else rows.none()


def _inside(user: User, action: str, plan: Plan) -> bool:
    """Whether a role that allows ``action`` holds where the plan belongs; without area it is every office's."""
    paths = areas.reach(user, policy.ACTIONS[action])
    if paths is None or plan.area is None:
        return True
    return plan.area.path.startswith(tuple(paths))

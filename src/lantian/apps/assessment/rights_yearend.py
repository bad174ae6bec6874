"""Who merges, settles the year and reads the leader's page: the office of the plan."""

from __future__ import annotations

from typing import Any

from lantian.apps.areas import queries as areas
from lantian.apps.assessment.models import MergeIssue, MergeText, Outcome, YearEnd
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.rights import of_office

VIEW = "plan.view_draft"  # coordinator, reviewer, administrator of the plan's office
EDIT = "duty.assign"


def register() -> None:
    """Tell the policy about these models (once, when Django starts)."""
    for model in (MergeIssue, MergeText, Outcome, YearEnd):
        policy.scoped(model, lambda user, rows: rows.filter(areas.office_of(user, VIEW, "plan__area__")))
        policy.located(model, _inside)


def _inside(user: User, action: str, row: Any) -> bool:
    return of_office(user, action, row.plan)


def sees(user: User, plan: Plan) -> bool:
    """Whether the person belongs to the office of the plan."""
    return of_office(user, VIEW, plan)


def edits(user: User, plan: Plan) -> bool:
    """Whether the person decides in the plan's office."""
    return of_office(user, EDIT, plan)

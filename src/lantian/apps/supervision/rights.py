"""Who sees and does what with commitments and returns.

The office of the plan (an office role where the plan's area lies, or above) sees all of the plan's commitments and
returns, decides about them and reviews them. A unit's own people see and write what is the unit's or a subordinate's;
an office role in the unit's own area (a district's office, for the district's bureaus) may write for it, too. Nobody
reviews what the own unit owes.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import IN_PREPARATION, Plan
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Evidence,
    Incoming,
    IncomingItem,
    Question,
    QuotaSheet,
    Return,
    ReturnLink,
    ReturnVersion,
    Route,
    Share,
)

M = TypeVar("M", bound=Model)
OFFICE_ACTIONS = frozenset({"duty.assign", "return.review"})


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Commitment, lambda user, rows: rows.filter(visible(user)))
    policy.scoped(Share, lambda user, rows: _through(user, rows, "commitment", Commitment))
    policy.scoped(Return, lambda user, rows: rows.filter(visible(user)))
    policy.scoped(Entry, lambda user, rows: _through(user, rows, "report", Return))
    policy.scoped(Evidence, lambda user, rows: _through(user, rows, "commitment", Commitment))
    policy.scoped(ReturnVersion, lambda user, rows: _through(user, rows, "report", Return))
    policy.scoped(Incoming, lambda user, rows: rows.filter(_incoming(user)))
    for model in (Question, QuotaSheet, ReturnLink):
        policy.scoped(model, lambda user, rows: rows.filter(areas.office_of(user, "duty.assign", "plan__area__")))
    policy.scoped(IncomingItem, lambda user, rows: _through(user, rows, "incoming", Incoming))
    policy.located(Commitment, lambda user, action, row: _inside(user, action, row.plan, row.unit_id))
    policy.located(Return, lambda user, action, row: _inside(user, action, row.plan, row.unit_id))
    policy.located(Entry, lambda user, action, row: _inside(user, action, row.report.plan, row.report.unit_id))
    for model in (Question, QuotaSheet, ReturnLink):
        policy.located(model, _by_plan)
    policy.located(Incoming, _incoming_inside)


def _by_plan(user: User, action: str, row: Any) -> bool:
    return of_office(user, action, row.plan)


def _incoming(user: User) -> Q:
    """Condition on pieces: the office's, and sheets that a unit's people uploaded for their unit."""
    office = areas.office_of(user, "duty.assign", "plan__area__")
    return office | Q(route=Route.SHEET) & (Q(created_by=user) | areas.for_unit(user, "return.write"))


def _incoming_inside(user: User, action: str, row: Incoming) -> bool:
    """A piece is the office's; a sheet is also those people's who may write for its unit."""
    if of_office(user, action, row.plan):
        return True
    if action != "return.write" or row.route != Route.SHEET:
        return False
    return row.created_by_id == user.pk if row.unit_id is None else _inside(user, action, row.plan, row.unit_id)


def visible(user: User) -> Q:
    """Condition on commitments and returns of published plans: of the person's office, or of the person's units."""
    return ~Q(plan__status__in=IN_PREPARATION) & (
        areas.office_of(user, "plan.view_draft", "plan__area__") | areas.for_unit(user, "duty.view")
    )


def _through(user: User, rows: QuerySet[M], field: str, model: type[Model]) -> QuerySet[M]:
    return rows.filter(**{f"{field}__in": policy.scope(user, model._default_manager.all()).values("pk")})


def of_office(user: User, action: str, plan: Plan) -> bool:
    """Whether a role that allows ``action`` holds where the plan belongs."""
    return (
        policy.can(user, action) and Plan.objects.filter(areas.office_of(user, action, "area__"), pk=plan.pk).exists()
    )


def owes(user: User, unit_id: int) -> bool:
    """Whether the person is a member of the unit that owes it (nobody reviews what the own unit owes)."""
    return Membership.objects.filter(user=user, unit=unit_id).exists()


def _inside(user: User, action: str, plan: Plan, unit_id: int) -> bool:
    """Office actions go by the plan's area; writing goes by the unit, or by the plan's office (代填)."""
    if action in OFFICE_ACTIONS:
        return of_office(user, action, plan) and not (action == "return.review" and owes(user, unit_id))
    mine = Commitment.objects.filter(areas.for_unit(user, action), unit=unit_id, plan=plan).exists()
    return mine or of_office(user, action, plan)

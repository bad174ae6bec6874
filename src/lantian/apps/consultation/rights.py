"""Who sees rounds and answers: the office that prepares the plan, and each unit its own invitation.

While a round is open, everybody in an invited unit may read the draft plan, too; nothing of what other units answer.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership
from lantian.apps.consultation.models import Comment, Invitation, Round, RoundStatus
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure, Plan


def register() -> None:
    """Tell the policy about this app's models, and widen who may read a draft (once, when Django starts)."""
    policy.scoped(Round, lambda user, rows: rows.filter(_rounds(user)))
    policy.scoped(Invitation, lambda user, rows: rows.filter(_office(user, "round__plan__") | own(user)))
    policy.scoped(Comment, _comments)
    policy.located(Invitation, _inside)
    policy.also_scoped(Plan, lambda user: _asked_about(user, "pk__in"))
    policy.also_scoped(Measure, lambda user: _asked_about(user, "plan__in"))


def own(user: User, prefix: str = "", roles: frozenset[str] = policy.EVERYBODY) -> Q:
    """Condition on invitations: the person has one of ``roles`` in the invited unit or in its parent office."""
    units = Membership.objects.filter(user=user, unit__isnull=False, role__in=roles).values("unit")
    return Q(**{f"{prefix}unit__in": units}) | Q(**{f"{prefix}unit__parent__in": units})


def may_answer(user: User, invitation: Invitation) -> bool:
    """Whether the person answers for the unit, as its member or as the office that writes down what came on paper."""
    return policy.can(user, "plan.comment", invitation) or policy.can(user, "plan.consult", invitation.round.plan)


def _office(user: User, prefix: str) -> Q:
    """Condition on plans: a role that sees drafts holds where the plan belongs (no area: every office's)."""
    paths = areas.reach(user, policy.ACTIONS["plan.view_draft"])
    if paths is None:
        return Q(**{f"{prefix}pk__isnull": False})
    if not paths:
        return Q(pk__in=())
    visible = Q(**{f"{prefix}area": None})
    for path in paths:
        visible |= Q(**{f"{prefix}area__path__startswith": path})
    return visible


def _rounds(user: User) -> Q:
    return _office(user, "plan__") | Q(pk__in=Invitation.objects.filter(own(user)).values("round"))


def _comments(user: User, rows: QuerySet[Comment]) -> QuerySet[Comment]:
    return rows.filter(_office(user, "invitation__round__plan__") | own(user, "invitation__"))


def _asked_about(user: User, lookup: str) -> Q | None:
    """Condition on plans or measures: a round on the plan is open in which the person's unit is asked."""
    if all(path is None for _role, path in policy.memberships(user)):
        return None
    invited = Invitation.objects.filter(own(user), round__status=RoundStatus.OPEN)
    return Q(**{lookup: invited.values("round__plan")})


def _inside(user: User, action: str, invitation: Invitation) -> bool:
    """Whether a role that allows ``action`` is the person's in the invited unit or its parent office."""
    return Invitation.objects.filter(own(user, roles=policy.ACTIONS[action]), pk=invitation.pk).exists()

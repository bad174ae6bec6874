"""Who chases: the office of the plan. A unit sees the letters that went out to it and its own reminders.

Lights, proposals, calls and drafts are the office's and never go out. Chat groups are kept by administrators, for the
areas in which they hold that role.
"""

from __future__ import annotations

from django.db.models import Q

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area
from lantian.apps.chasing.models import Call, Letter, LetterState, Message, Reminder, Webhook
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import IN_PREPARATION, Plan

MANAGE = "people.manage"
DRAFT = "letter.draft"
OUT = (LetterState.SENT, LetterState.REPLIED, LetterState.CLOSED)


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Letter, lambda user, rows: rows.filter(letters(user)))
    policy.scoped(Reminder, lambda user, rows: rows.filter(_office(user) | areas.for_unit(user, "duty.view")))
    policy.scoped(Call, lambda user, rows: rows.filter(_office(user)))
    policy.scoped(Webhook, lambda user, rows: rows.filter(areas.office_of(user, MANAGE, "area__")))
    policy.scoped(Message, lambda user, rows: rows.filter(_messages(user)))
    policy.located(Letter, lambda user, action, row: of_office(user, action, row.plan))
    policy.located(Call, lambda user, action, row: of_office(user, action, row.plan))
    policy.located(Webhook, _manages)
    policy.located(Message, _resends)


def _office(user: User) -> Q:
    return areas.office_of(user, DRAFT, "plan__area__")


def letters(user: User) -> Q:
    """Condition on letters: the office's all, a unit's own once they are out."""
    return _office(user) | Q(state__in=OUT, paper__issued__isnull=False) & areas.for_unit(user, "duty.view")


def _messages(user: User) -> Q:
    managed = Q(webhook__in=Webhook.objects.filter(areas.office_of(user, MANAGE, "area__")))
    return managed | Q(plan__isnull=False) & _office(user)


def of_office(user: User, action: str, plan: Plan) -> bool:
    """Whether a role that allows ``action`` holds where the plan belongs."""
    return (
        policy.can(user, action) and Plan.objects.filter(areas.office_of(user, action, "area__"), pk=plan.pk).exists()
    )


def _manages(user: User, action: str, row: Webhook) -> bool:
    return policy.can(user, action) and Area.objects.filter(areas.office_of(user, action), pk=row.area_id).exists()


def _resends(user: User, action: str, row: Message) -> bool:
    if action == MANAGE:
        return row.webhook is not None and _manages(user, action, row.webhook)
    return row.plan is not None and of_office(user, action, row.plan)


def plans(user: User) -> Q:
    """Condition on plans: in force or closed, and the person's office chases in them."""
    return ~Q(status__in=IN_PREPARATION) & Q(amends=None) & areas.office_of(user, DRAFT, "area__")

"""Who sees 交办事项 and exchange packages: the office of the area all, units those that they owe."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from lantian.apps.areas import queries as areas
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.supervision import rights
from lantian.apps.supervision.models import Commitment, Errand, Exchange


def register() -> None:
    """Tell the policy about these models (once, when Django starts)."""
    policy.scoped(Errand, lambda user, rows: rows.filter(_visible(user)))
    policy.located(Errand, lambda user, action, row: _inside(user, action, row))
    policy.scoped(Exchange, lambda user, rows: rows.filter(_exchanged(user)))


def _visible(user: User) -> Q:
    # Asked matter by matter: a list of all that an office's units owe would be read whole for a handful of matters.
    mine = Commitment.objects.filter(areas.for_unit(user, "duty.view"), withdrawn=None, plan=OuterRef("plan"))
    return areas.office_of(user, "plan.view_draft", "area__") | Q(Exists(mine))


def _inside(user: User, action: str, row: Errand) -> bool:
    """Deciding is the office's; reading is everybody's who sees it."""
    return action not in rights.OFFICE_ACTIONS or rights.of_office(user, action, row.plan)


def _exchanged(user: User) -> Q:
    """Packages are the offices': of the area that the plan belongs to, and of the district."""
    return areas.office_of(user, "duty.assign", "plan__area__") | areas.office_of(user, "duty.assign", "area__")

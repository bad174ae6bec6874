"""Who sees and makes papers.

The office of the issuer's area sees every paper of its issuers, the named approver the ones to sign, a unit that
countersigns those that await it. An issued paper is read by whom it goes to; one that is open by every login, one
marked 内部 by everybody in the issuer. Nobody else sees a draft.
"""

from __future__ import annotations

from django.db.models import Q

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.papers.models import Countersign, Letterhead, OwnTemplate, Paper, PaperState, Recipient
from lantian.apps.plans.models import Secrecy

# A unit answers and countersigns through the people who write its returns.
ANSWER = "return.write"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Paper, lambda user, rows: rows.filter(visible(user)))
    policy.scoped(Recipient, lambda user, rows: rows.filter(_recipients(user)))
    policy.scoped(Countersign, lambda user, rows: rows.filter(paper__in=Paper.objects.filter(visible(user))))
    policy.scoped(Letterhead, lambda user, rows: rows.filter(areas.for_unit(user, "paper.draft")))
    policy.scoped(OwnTemplate, lambda _user, rows: rows)
    policy.located(Paper, lambda user, action, row: keeps(user, action, row.issuer_id))
    policy.located(Recipient, lambda user, action, row: keeps(user, action, row.unit_id))
    policy.located(Countersign, lambda user, action, row: keeps(user, action, row.unit_id))
    policy.located(Letterhead, lambda user, action, row: keeps(user, action, row.unit_id))


def keeps(user: User, action: str, unit: int) -> bool:
    """Whether the person may do ``action`` for the unit."""
    return policy.can(user, action) and Unit.objects.filter(areas.for_unit(user, action, ""), pk=unit).exists()


def member(user: User, unit: int) -> bool:
    """Whether the person belongs to the unit or to the office above it; who does not acts on its behalf."""
    own = Membership.objects.filter(user=user, role__in=policy.ACTIONS[ANSWER])
    return own.filter(Q(unit=unit) | Q(unit__children=unit)).exists()


def visible(user: User) -> Q:
    """Condition on papers: see the module's words."""
    office = areas.for_unit(user, "plan.view_draft", "issuer")
    asked = Countersign.objects.filter(areas.for_unit(user, ANSWER)).values("paper")
    under_way = Q(state__in=(PaperState.CHECKED, PaperState.COUNTERSIGNED, PaperState.SIGNED), pk__in=asked)
    received = Recipient.objects.filter(areas.for_unit(user, "paper.view")).values("paper")
    own = Q(secrecy=Secrecy.INTERNAL) & areas.for_unit(user, "paper.view", "issuer")
    out = Q(issued__isnull=False) & (Q(secrecy=Secrecy.OPEN) | own | Q(pk__in=received))
    return office | Q(approver=user) | under_way | out


def _recipients(user: User) -> Q:
    """The office sees what every unit answered; a unit its own answer."""
    office = Paper.objects.filter(areas.for_unit(user, "plan.view_draft", "issuer"))
    out = Paper.objects.filter(issued__isnull=False)
    return Q(paper__in=office) | Q(paper__in=out) & areas.for_unit(user, "paper.view")


def issuers(user: User) -> list[Unit]:
    """Units in whose name the person drafts: the own ones, and those of the area that have a letterhead."""
    own = Membership.objects.filter(user=user, unit__isnull=False, role__in=policy.ACTIONS["paper.draft"])
    headed = Letterhead.objects.filter(areas.for_unit(user, "paper.draft"))
    rows = Unit.objects.filter(Q(pk__in=own.values("unit")) | Q(pk__in=headed.values("unit")), collective=False)
    found = list(rows.select_related("area"))
    mine = set(own.values_list("unit", flat=True))
    return sorted(found, key=lambda unit: (unit.pk not in mine, unit.pk))

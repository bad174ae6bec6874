"""Who sees scores: the office of the card's area all of them, a unit its own once the card is open to units."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area, Membership, Unit
from lantian.apps.assessment.models import Appeal, EnteredFact, Scorecard, ScoreVersion
from lantian.apps.core import policy
from lantian.apps.core.models import User

VIEW, EDIT, APPEAL = "scorecard.view", "scorecard.edit", "scorecard.appeal"


def register() -> None:
    """Tell the policy about these models (once, when Django starts)."""
    policy.scoped(Scorecard, lambda user, rows: rows.filter(pk__in=_visible(user)))
    policy.located(Scorecard, lambda user, action, row: _inside(user, action, row))
    policy.scoped(ScoreVersion, lambda user, rows: rows.filter(card__in=policy.scope(user, Scorecard.objects.all())))
    policy.located(ScoreVersion, _of_card)
    for model in (Appeal, EnteredFact):
        policy.scoped(model, _units_own)
        policy.located(model, _of_card)


def _visible(user: User) -> Any:
    """One subquery: the join with a card's units would repeat cards."""
    own = Q(opened__isnull=False, units__in=Unit.objects.filter(areas.for_unit(user, VIEW, "")))
    return Scorecard.objects.order_by().filter(areas.office_of(user, VIEW, "area__") | own).values("pk")


def _units_own(user: User, rows: Any) -> Any:
    office = areas.office_of(user, VIEW, "card__area__")
    return rows.filter(office | Q(card__opened__isnull=False) & areas.for_unit(user, VIEW))


def _of_card(user: User, action: str, row: Any) -> bool:
    return _inside(user, action, row.card)


def _inside(user: User, action: str, card: Scorecard) -> bool:
    if action == EDIT:
        return of_office(user, card, EDIT)
    return of_office(user, card) or units_of(user, card, action).exists()


def of_office(user: User, card: Scorecard, action: str = VIEW) -> bool:
    """Whether an office role that allows ``action`` holds where the card belongs."""
    return policy.can(user, action) and Area.objects.filter(areas.office_of(user, action), pk=card.area_id).exists()


def units_of(user: User, card: Scorecard, action: str = VIEW) -> QuerySet[Unit]:
    """The units of a card for which the person may do ``action``; for viewing, the office's are all of them."""
    rows = card.units.all()
    if action == VIEW and of_office(user, card):
        return rows
    if card.opened is None:
        return rows.none()
    return rows.filter(areas.for_unit(user, action, ""))


def member_of(user: User, unit: Unit) -> bool:
    """Whether the person belongs to the unit: nobody decides about the own unit's appeal."""
    return Membership.objects.filter(user=user, unit=unit).exists()

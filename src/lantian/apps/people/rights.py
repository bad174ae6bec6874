"""Who sees and keeps the liaison register: the unit's own people, and the offices of its area."""

from __future__ import annotations

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people.models import Handover, Liaison


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Liaison, lambda user, rows: rows.filter(areas.for_unit(user, "liaison.view")))
    policy.scoped(Handover, lambda user, rows: rows.filter(areas.for_unit(user, "liaison.view")))
    policy.located(Liaison, lambda user, action, row: keeps(user, action, row.unit))
    policy.located(Handover, lambda user, action, row: keeps(user, action, row.unit))


def keeps(user: User, action: str, unit: Unit) -> bool:
    """Whether the person may do ``action`` for the unit."""
    return policy.can(user, action) and Unit.objects.filter(areas.for_unit(user, action, ""), pk=unit.pk).exists()

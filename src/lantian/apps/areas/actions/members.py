"""Giving people their roles, and taking them. Who may do that to whom is checked by the app people."""

from __future__ import annotations

from django.db import transaction

from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User


@transaction.atomic
def add_membership(by: User | None, user: User, unit: Unit | None, role: str) -> Membership:
    """Give a person a role in a unit (None: in the whole installation)."""
    if role not in policy.ROLES:
        raise ValueError(f"no such role: {role}")
    row, new = Membership.objects.get_or_create(user=user, unit=unit, role=role)
    if new:
        audit.record(by, "membership.add", user, after=_state(row))
    return row


@transaction.atomic
def remove_membership(by: User | None, row: Membership) -> None:
    """Take a role from a person."""
    before = _state(row)
    row.delete()
    audit.record(by, "membership.remove", row.user, before=before)


def _state(row: Membership) -> dict[str, str | None]:
    """A role in words that stay readable when the unit is renamed or the row is gone."""
    unit = row.unit
    return {"user": str(row.user), "unit": unit.name if unit else None, "area": unit.area.name if unit else None,
            "role": row.role}  # fmt: skip

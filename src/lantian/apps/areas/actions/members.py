"""Giving people their roles."""

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
        after = {"user": str(user.uid), "unit": str(unit.uid) if unit else None, "role": role}
        audit.record(by, "membership.add", row, after=after)
    return row

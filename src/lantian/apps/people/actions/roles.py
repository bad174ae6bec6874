"""Giving and taking roles: within one's own reach, never to oneself, and never the last administrator's."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas import actions as areas
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people import queries
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.rights import MANAGE, reaches


@transaction.atomic
def add_role(by: User, person: User, unit: Unit | None, role: str) -> Membership:
    """Give a role in a unit (None: everywhere, which only who has it may give).

    Raises PermissionDenied (outside the own reach, or to oneself), RegisterError (the person has it, or no such role).
    """
    policy.require(by, MANAGE)
    if by.pk == person.pk or not reaches(by, unit.area.path if unit else None):
        raise PermissionDenied
    if role not in policy.ROLES:
        raise RegisterError(_("There is no such role."), "role")
    if unit is not None and unit.collective:
        raise RegisterError(_("This name stands for several units; choose one of them."), "unit")
    if Membership.objects.filter(user=person, unit=unit, role=role).exists():
        raise RegisterError(_("The person has this role already."), "role")
    return areas.add_membership(by, person, unit, role)


@transaction.atomic
def remove_role(by: User, row: Membership, *, keep_one: bool = True) -> None:
    """Take a role. With ``keep_one`` the last one stays: who leaves is deactivated, so that the name stays findable.

    Raises PermissionDenied (outside the own reach, or the own role), RegisterError (the last role).
    """
    policy.require(by, MANAGE)
    path = row.unit.area.path if row.unit else None
    if by.pk == row.user_id or not reaches(by, path):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=row.user_id)
    if keep_one and not Membership.objects.filter(user=row.user_id).exclude(pk=row.pk).exists():
        raise RegisterError(_("This is the person's last role. Deactivate the account instead."))
    if row.role == policy.ADMINISTRATOR:
        leave_one_administrator(by, path)
    areas.remove_membership(by, row)


def leave_one_administrator(by: User, path: str | None) -> None:
    """Make sure that an area keeps an administrator while another one goes: the acting person, who stays.

    Two who lower each other at once wait for each other here; the second finds that its own role is gone and raises
    PermissionDenied.
    """
    held = Membership.objects.filter(role=policy.ADMINISTRATOR).order_by("pk")
    list(held.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not queries.administrators(path).filter(pk=by.pk).exists():
        raise PermissionDenied

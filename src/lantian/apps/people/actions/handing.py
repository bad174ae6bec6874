"""移交: one person takes over a post of a unit from another, with the unit's open duties as of that day on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Membership
from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.people import hooks
from lantian.apps.people.actions.accounts import deactivate
from lantian.apps.people.actions.register import close, current, day_before, require_unit, state
from lantian.apps.people.actions.roles import add_role, remove_role
from lantian.apps.people.errors import RegisterError, StaleError
from lantian.apps.people.models import Handover, Liaison
from lantian.apps.people.rights import keeps_account, reaches


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over; ``account`` is the login of the new person, if there is one."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    account: User | None = None


@transaction.atomic
def hand_over(
    by: User | None, old: Liaison, new: Successor, day: date, *, revision: int, witness: str = "",
    move_roles: bool = False,
) -> Handover:  # fmt: skip
    """End the old entry the day before ``day``, begin the new one on it, and keep the open duties of that day.

    With ``move_roles`` the new account gets the roles that the old one has in the unit, and the old one loses them; an
    account that has no role left is deactivated. That is an administrator's right. Raises PermissionDenied, StaleError,
    RegisterError (a day that is not after the first day of the old entry; no accounts to move roles between).
    """
    require_unit(by, old.unit)
    row = current(old.unit, old.post)
    if row is None or row.pk != old.pk or row.revision != revision:
        raise StaleError(_("Somebody else changed this entry meanwhile. Nothing was saved; look again."))
    if day <= row.since:
        text = _("%(name)s has the post since %(since)s: the new person can begin on the day after at the earliest.")
        raise RegisterError(text % {"name": row.name, "since": row.since.isoformat()}, "day")
    if new.account is not None and by is not None and not keeps_account(by, new.account):
        raise PermissionDenied
    close(row, day_before(day))
    taken = Liaison.objects.create(
        unit=row.unit, post=row.post, name=new.name, title=new.title, phone=new.phone, email=new.email,
        user=new.account, since=day,
    )  # fmt: skip
    handover = Handover.objects.create(
        unit=row.unit, post=row.post, old=row, new=taken, day=day, witness=witness, by=by,
        content=[_kept(duty) for duty in hooks.duties(row.unit, day)],
    )  # fmt: skip
    after = {"unit": row.unit.name, "post": row.post, "old": row.name, "new": taken.name, "day": day.isoformat()}
    audit.record(by, "liaison.handover", handover, before=state(row), after=after | {"duties": len(handover.content)})
    if move_roles:
        _move_roles(by, row, new.account)
    return handover


def _kept(duty: hooks.Duty) -> dict[str, Any]:
    return asdict(duty) | {"end": duty.end.isoformat() if duty.end else None}


def _move_roles(by: User | None, old: Liaison, account: User | None) -> None:
    if by is None or not reaches(by, old.unit.area.path):
        raise PermissionDenied
    if old.user is None or account is None or old.user == account:
        raise RegisterError(_("Roles can be moved only from one login to another."), "move_roles")
    if not keeps_account(by, old.user):
        raise PermissionDenied
    for row in Membership.objects.filter(user=old.user, unit=old.unit).select_related("unit__area", "user"):
        if not Membership.objects.filter(user=account, unit=old.unit, role=row.role).exists():
            add_role(by, account, row.unit, row.role)
        remove_role(by, row, keep_one=False)
    if not Membership.objects.filter(user=old.user).exists():
        deactivate(by, old.user)

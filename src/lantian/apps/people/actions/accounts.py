"""Accounts: new people, first passwords, letting in and out. Passwords are returned once and stored as hashes only."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people import logins
from lantian.apps.people.actions.roles import add_role, leave_one_administrator
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.rights import MANAGE, keeps_account


def check_login(username: str) -> None:
    """Raise RegisterError for a login name that is taken (in any case) or looks as logins cannot."""
    if not logins.fits(username):
        text = _("At most %(n)d letters, digits and @ . + - _ without spaces.")
        raise RegisterError(text % {"n": logins.LONGEST}, "username")
    if logins.taken([username]):
        raise RegisterError(_("This login name is taken."), "username")


@transaction.atomic
def add_person(by: User, username: str, display_name: str, unit: Unit | None, roles: list[str]) -> tuple[User, str]:
    """A new person with roles in one unit; returns the first password, which must be changed at the first login.

    Raises PermissionDenied (a unit or role outside the own reach), RegisterError (login name, no role).
    """
    policy.require(by, MANAGE)
    check_login(username)
    if not roles:
        raise RegisterError(_("Choose at least one role."), "roles")
    password = core.random_password()
    person = core.create_user(by, username, password, display_name=display_name)
    for role in roles:
        add_role(by, person, unit, role)
    return person, password


@transaction.atomic
def rename(by: User, person: User, display_name: str) -> None:
    """Correct the name that others see. Raises PermissionDenied."""
    _require(by, person)
    core.rename(by, person, display_name)


@transaction.atomic
def reset_password(by: User, person: User) -> str:
    """A new first password, returned once; every session of the person ends. Raises PermissionDenied, RegisterError."""
    _require(by, person)
    if not person.is_active:
        raise RegisterError(_("The account is deactivated. Let the person in again first."))
    if person.demonstration:
        raise RegisterError(_("Demonstration users keep the password that the command printed."))
    password = core.random_password()
    core.set_password(by, person, password, must_change=True)
    core.unlock(by, person)
    return password


@transaction.atomic
def deactivate(by: User, person: User) -> None:
    """End the account: sessions and tokens at once. Raises PermissionDenied."""
    _require(by, person)
    held = person.memberships.filter(role=policy.ADMINISTRATOR).values_list("unit__area__path", flat=True)
    for path in held if person.is_active else ():
        leave_one_administrator(by, path)
    core.deactivate(by, person)


@transaction.atomic
def reactivate(by: User, person: User) -> str:
    """Let the person in again with the roles of before; returns the new first password. Raises PermissionDenied."""
    _require(by, person)
    if person.is_active:
        raise RegisterError(_("The account is active."))
    password = core.random_password()
    core.reactivate(by, person, password)
    return password


@transaction.atomic
def unlock(by: User, person: User) -> int:
    """Forget the failed logins of the person; returns how many there were. Raises PermissionDenied."""
    _require(by, person)
    return core.unlock(by, person)


def _require(by: User, person: User) -> None:
    if not keeps_account(by, person):
        raise PermissionDenied

"""A register held while it is written, its change sets numbered one after another, and their way to the lake."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import jobs, policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import User
from lantian.apps.registers import rights
from lantian.apps.registers.models import ChangeSet, RegisterState, Route
from lantian.registers import Register
from lantian.registers.migrating import shape_of

TO_LAKE = "registers.lake"
_EARLIEST = date(2000, 1, 1)


def require(by: User, register: Register) -> None:
    """Raise PermissionDenied unless the person writes rows of the register somewhere."""
    policy.require(by, rights.EDIT)
    if not rights.may_write(by, register):
        raise PermissionDenied


def hold(register: Register) -> RegisterState:
    """Hold the register until the transaction ends."""
    RegisterState.objects.get_or_create(name=register.name, defaults={"shape": shape_of(register)})
    return RegisterState.objects.select_for_update().get(name=register.name)


def open_change(state: RegisterState, by: User | None, route: Route, effective: date, **facts: Any) -> ChangeSet:
    """A new change set of a register that is held; ``facts`` are further fields of it. Its rows follow, then
    :func:`send` lets the lake know when the transaction is through."""
    state.change += 1
    state.save(update_fields=["change"])
    change = ChangeSet.objects.create(
        register=state.name, number=state.change, by=by, route=route, effective=effective, **facts
    )
    transaction.on_commit(partial(send, state.name, state.change))
    return change


def send(name: str, number: int) -> None:
    """Ask for a change set to be written to the lake; the same one asks once."""
    jobs.enqueue(None, TO_LAKE, {"register": name}, key=f"{TO_LAKE}:{name}:{number}")


def effective_day(given: date | None) -> date:
    """The day from which a change counts: today, or an earlier one for what is filled in late.

    Raises NotPossible for a day in the future or before 2000.
    """
    today = timezone.localdate()
    day = given or today
    if not _EARLIEST <= day <= today + timedelta(days=1):
        raise NotPossible(_("A change counts from today or an earlier day."))
    return day

"""What every change of a directory row does: the right, the stale save, the audit record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.areas import states
from lantian.apps.areas.models import Area, Unit
from lantian.apps.areas.states import State
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import FieldRefusal
from lantian.apps.core.models import User

EDIT = "directory.edit"
NAMES = "directory.learn"


class ChangeError(FieldRefusal):
    """A change that cannot be made."""


class StaleError(ChangeError):
    """Somebody else saved the row after the form was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this entry meanwhile. Nothing was saved: look at the new values and save again.")
        )


def locked_area(user: User | None, area: Area, seen: str | None = None) -> Area:
    """The area as it is now, locked; needs the right to edit it. Raises PermissionDenied, StaleError."""
    if user is not None:
        policy.require(user, EDIT, area)
    row = Area.objects.select_for_update(of=("self",)).select_related("parent").get(pk=area.pk)
    if seen and seen != states.stamp(states.area_state(row)):
        raise StaleError
    return row


def locked_unit(user: User | None, unit: Unit, seen: str | None = None, *, right: str = EDIT) -> Unit:
    """The unit as it is now, locked; needs the right to edit it. Raises PermissionDenied, StaleError, ChangeError."""
    if user is not None:
        policy.require(user, right, unit)
    row = Unit.objects.select_for_update(of=("self",)).select_related("area", "parent").get(pk=unit.pk)
    if row.merged_into_id is not None:
        raise ChangeError(_("This unit was merged into another one and cannot be changed."))
    if seen and seen != states.stamp(states.unit_state(row)):
        raise StaleError
    return row


def keep(user: User | None, action: str, row: Area | Unit, before: State | None, after: State) -> bool:
    """Write the audit record of a change, only of what differs; says whether anything does."""
    old, new = states.differing(before or {}, after)
    if not new:
        return False
    audit.record(user, action, row, before=None if before is None else old, after=new)
    return True


def check_days(first: date | None, last: date | None, field: str) -> None:
    """A period must not end before it begins. Raises ChangeError."""
    if first and last and last < first:
        raise ChangeError(_("The last day is before the first."), field)


def fill(row: Area | Unit, values: dict[str, Any], names: tuple[str, ...]) -> None:
    """Set those of the named fields that ``values`` has."""
    for name in names:
        if name in values:
            setattr(row, name, values[name])

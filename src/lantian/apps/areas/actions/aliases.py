"""Other names of units: added, changed, deleted by hand. What is learned while reading stands in areas/learning.py."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.actions.rows import NAMES, ChangeError, check_days, locked_unit
from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.areas.states import alias_state, differing
from lantian.apps.core import audit
from lantian.apps.core.models import User

_FIELDS = ("name", "since", "until", "former", "misreading", "source")


@transaction.atomic
def save_alias(user: User | None, unit: Unit, alias: UnitAlias | None, values: dict[str, Any]) -> UnitAlias:
    """Add an alias of a unit (None) or change one: name, since, until, former, misreading, source.

    Raises PermissionDenied, ChangeError.
    """
    unit = locked_unit(user, unit, right=NAMES)
    row = alias or UnitAlias(unit=unit)
    before = alias_state(row) if alias is not None else None
    for name in _FIELDS:
        if name in values:
            setattr(row, name, values[name])
    if row.name == unit.name and not row.former:
        raise ChangeError(_("This is the unit's own name."), "name")
    if row.former and row.misreading:
        raise ChangeError(_("A name that was in use is no misreading."), "misreading")
    check_days(row.since, row.until, "until")
    if unit.aliases.filter(name=row.name).exclude(pk=row.pk).exists():
        raise ChangeError(_("The unit has this other name already."), "name")
    row.save()
    after = alias_state(row)
    old, new = differing(before or {}, after)
    if new:
        _touch(unit)
        audit.record(user, "unit.alias", unit, before=None if before is None else {"alias": before} | old, after=new)
    return row


@transaction.atomic
def delete_alias(user: User | None, alias: UnitAlias) -> None:
    """Take an alias away. Plans that were read with it keep what they have. Raises PermissionDenied."""
    unit = locked_unit(user, alias.unit, right=NAMES)
    before = alias_state(alias)
    alias.delete()
    _touch(unit)
    audit.record(user, "unit.alias_delete", unit, before=before, after={})


def _touch(unit: Unit) -> None:
    """People keep this unit's names now."""
    Unit.objects.filter(pk=unit.pk).update(edited=True)

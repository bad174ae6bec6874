"""Changes of units: new ones, corrections, renames from a day on, closing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.actions.rows import EDIT, ChangeError, check_days, fill, keep, locked_unit
from lantian.apps.areas.models import Area, Unit, UnitAlias
from lantian.apps.areas.states import unit_state
from lantian.apps.core import policy
from lantian.apps.core.models import User

_FIELDS = (
    "name", "short_name", "full_name", "level", "collective", "area", "parent", "opened", "closed", "named_since",
    "source",
)  # fmt: skip


@transaction.atomic
def save_unit(user: User | None, unit: Unit | None, values: dict[str, Any], *, seen: str | None = None) -> Unit:
    """Make a unit (None) or correct one: what is given is what always should have stood there.

    ``values``: name, short_name, full_name, level, collective, area, parent (a Unit or None), opened, closed,
    named_since, source; what is missing stays. For a new name from a day on see :func:`rename_unit`. Raises
    PermissionDenied, ChangeError, StaleError.
    """
    row = locked_unit(user, unit, seen) if unit is not None else Unit()
    before = unit_state(row) if unit is not None else None
    fill(row, values, _FIELDS)
    _check(user, row, values.get("area"))
    row.edited = True
    row.save()
    keep(user, "unit.create" if before is None else "unit.edit", row, before, unit_state(row))
    return row


@transaction.atomic
def rename_unit(user: User | None, unit: Unit, on: date, values: dict[str, Any], *, seen: str | None = None) -> Unit:
    """更名: another name from the day ``on``; until the day before it bears the old one, which stays an alias.

    ``values``: name, short_name, full_name, source (of the renaming). The old printed name becomes the ``former`` name,
    old short and full names become aliases until the same day. Plans are not touched: a plan of 2021 prints and finds
    the bureau of 2021. Raises PermissionDenied, ChangeError, StaleError.
    """
    row = locked_unit(user, unit, seen)
    before = unit_state(row)
    old = {"name": row.name, "short_name": row.short_name, "full_name": row.full_name}
    since, until = row.named_since, on - timedelta(days=1)
    source = values.get("source", "")
    fill(row, values, ("name", "short_name", "full_name"))
    if row.name == old["name"]:
        raise ChangeError(_("The new name is the old one."), "name")
    if on > timezone.localdate():
        raise ChangeError(_("The day has not come yet. Enter the change on that day."), "on")
    if (since and on <= since) or (row.opened and on <= row.opened):
        raise ChangeError(_("The old name was not yet in use before this day."), "on")
    row.named_since = on
    row.edited = True
    _check(user, row, None)
    row.save()
    for field, name in old.items():
        if name and name != getattr(row, field) and name not in (row.name, row.short_name, row.full_name):
            UnitAlias.objects.update_or_create(
                unit=row,
                name=name,
                defaults={
                    "since": since, "until": until, "former": field == "name", "misreading": False, "source": source,
                },
            )  # fmt: skip
    # A unit that takes a name again which it bore before: the name is no other name any more.
    row.aliases.filter(name=row.name).exclude(former=True).delete()
    keep(user, "unit.rename", row, before, unit_state(row))
    return row


@transaction.atomic
def close_unit(user: User | None, unit: Unit, closed: date | None, *, seen: str | None = None) -> Unit:
    """撤销: the last day of a unit; None opens it again."""
    return save_unit(user, unit, {"closed": closed}, seen=seen)


def _check(user: User | None, row: Unit, area: Area | None) -> None:
    """The rules that hold for every unit. Raises ChangeError, or PermissionDenied for an area out of reach."""
    if user is not None and area is not None:
        policy.require(user, EDIT, area)
    same = Unit.objects.filter(area=row.area, name=row.name).exclude(pk=row.pk).select_related("merged_into").first()
    if same is not None and same.merged_into is not None:
        text = _("%(name)s was merged into %(into)s; its name is taken.")
        raise ChangeError(text % {"name": same.name, "into": same.merged_into.name}, "name")
    if same is not None:
        raise ChangeError(_("Another unit of this area has this name."), "name")
    check_days(row.opened, row.closed, "closed")
    above = row.parent
    while above is not None:
        if above.pk == row.pk:
            raise ChangeError(_("A unit cannot stand below itself."), "parent")
        above = above.parent

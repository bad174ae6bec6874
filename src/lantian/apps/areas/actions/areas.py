"""Changes of areas: new ones, corrections, renames and moves from a day on, closing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas import queries
from lantian.apps.areas.actions.rows import EDIT, ChangeError, check_days, fill, keep, locked_area
from lantian.apps.areas.models import Area, AreaPast
from lantian.apps.areas.paths import renew_paths
from lantian.apps.areas.states import area_state
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User

_FIELDS = ("code", "name", "short_name", "kind", "level", "opened", "closed", "source")


@transaction.atomic
def save_area(user: User | None, area: Area | None, values: dict[str, Any], *, seen: str | None = None) -> Area:
    """Make an area (None) or correct one: what is given is what always should have stood there.

    ``values``: code, name, short_name, kind, level, parent (an Area or None), opened, closed, source; what is missing
    stays. ``seen`` is the stamp of the state that the person had before them. For a new name or another parent from a
    day on see :func:`change_area`. Raises PermissionDenied, ChangeError, StaleError.
    """
    row = locked_area(user, area, seen) if area is not None else Area()
    before = area_state(row) if area is not None else None
    fill(row, values, _FIELDS)
    row.short_name = row.short_name or row.name
    if "parent" in values:
        _put_below(user, row, values["parent"])
    elif area is None:
        _put_below(user, row, None)
    if Area.objects.filter(code=row.code).exclude(pk=row.pk).exists():
        raise ChangeError(_("Another area has this code."), "code")
    check_days(row.opened, row.closed, "closed")
    row.edited = True
    row.path = f"{row.parent.path if row.parent else '/'}{row.code}/"
    row.save()
    if before is not None:
        _renew_below(row)
    keep(user, "area.create" if before is None else "area.edit", row, before, area_state(row))
    return row


@transaction.atomic
def change_area(user: User | None, area: Area, on: date, values: dict[str, Any], *, seen: str | None = None) -> Area:
    """更名, 划转: another name or another area above it from the day ``on``; before that day the old ones hold.

    ``values``: name, short_name, parent. Rights follow the tree of today at once, so the day must have come. Raises
    PermissionDenied, ChangeError, StaleError.
    """
    row = locked_area(user, area, seen)
    before = area_state(row)
    old = AreaPast(area=row, name=row.name, short_name=row.short_name, parent=row.parent, until=on - timedelta(days=1))
    fill(row, values, ("name", "short_name"))
    if "parent" in values:
        _put_below(user, row, values["parent"])
    if area_state(row) == before:
        raise ChangeError(_("Nothing is different: give another name or another area above."), "name")
    if on > timezone.localdate():
        raise ChangeError(_("The day has not come yet. Enter the change on that day."), "on")
    last = row.pasts.order_by("-until").first()
    if last is not None and last.until >= old.until:
        text = _("An earlier change holds until %(day)s; the new one must come later.")
        raise ChangeError(text % {"day": last.until.isoformat()}, "on")
    if row.opened and on <= row.opened:
        raise ChangeError(_("The area did not exist before this day; correct the entry instead."), "on")
    old.save()
    row.edited = True
    row.path = f"{row.parent.path if row.parent else '/'}{row.code}/"
    row.save()
    _renew_below(row)
    keep(user, "area.change", row, before, area_state(row) | {"from": on.isoformat()})
    return row


@transaction.atomic
def forget_past(user: User | None, past: AreaPast) -> None:
    """Take back what was said about an area's past; today's name and place stay. Raises PermissionDenied."""
    area = locked_area(user, past.area)
    before = {"past": past.name, "until": past.until.isoformat(), "parent": past.parent.name if past.parent else ""}
    past.delete()
    audit.record(user, "area.forget", area, before=before, after={})


@transaction.atomic
def close_area(user: User | None, area: Area, closed: date | None, *, seen: str | None = None) -> Area:
    """撤销: the last day of an area; None opens it again. Units in it are left as they are."""
    return save_area(user, area, {"closed": closed}, seen=seen)


def _put_below(user: User | None, row: Area, parent: Area | None) -> None:
    """Set the area above; needs the right there, too, or everywhere for a tree of its own."""
    if user is not None and (row.pk is None or parent != row.parent):
        if parent is not None:
            policy.require(user, EDIT, parent)
        elif queries.reach(user, policy.ACTIONS[EDIT]) is not None:
            raise PermissionDenied
    if parent is not None and row.pk is not None and f"/{row.code}/" in parent.path:
        raise ChangeError(_("An area cannot lie below itself."), "parent")
    row.parent = parent


def _renew_below(top: Area) -> None:
    """Paths of everything below an area whose code or place changed."""
    children: dict[int | None, list[Area]] = {}
    for area in Area.objects.all():
        children.setdefault(area.parent_id, []).append(area)
    below, todo = [], [top]
    while todo:
        place = todo.pop()
        for child in children.get(place.pk, ()):
            child.parent = place
            below.append(child)
            todo.append(child)
    Area.objects.bulk_update(renew_paths(below), ["path"], batch_size=200)

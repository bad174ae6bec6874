"""The liaison register: who answers for a unit, entered, corrected, ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.people.errors import RegisterError, StaleError
from lantian.apps.people.models import Liaison, Post
from lantian.apps.people.rights import EDIT, keeps

FIELDS = ("name", "title", "phone", "email", "since", "note")


def state(row: Liaison) -> dict[str, Any]:
    """A liaison as the history keeps it."""
    days = {"since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None}
    words = {name: getattr(row, name) for name in FIELDS if name != "since"}
    return {"unit": row.unit.name, "post": row.post} | words | days


def require_unit(by: User | None, unit: Unit) -> None:
    """Raise PermissionDenied unless the person keeps the unit's entries; the unit is locked until the end."""
    if by is not None and not keeps(by, EDIT, unit):
        raise PermissionDenied
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def current(unit: Unit, post: str) -> Liaison | None:
    """Who has the post and no last day yet."""
    return Liaison.objects.select_related("unit", "user").filter(unit=unit, post=post, until=None).first()


@transaction.atomic
def save_liaison(
    by: User | None, unit: Unit, post: str, values: dict[str, Any], *, revision: int | None = None
) -> Liaison:
    """Enter who has a post of a unit, or correct the entry; a successor comes by a handover instead.

    ``values`` has name, title, phone, email, since, note; ``revision`` is that of the entry that the page showed, None
    for a post that was shown as vacant. Raises PermissionDenied, StaleError, RegisterError (no such post, the day).
    """
    require_unit(by, unit)
    if post not in Post.values:
        raise RegisterError(_("There is no such post."), "post")
    row = current(unit, post)
    if (row.revision if row else None) != revision:
        raise StaleError(_("Somebody else changed this entry meanwhile. Nothing was saved; look again."))
    before = state(row) if row else None
    if row is None:
        _after_the_last(unit, post, values["since"])
        row = Liaison(unit=unit, post=post)
    for name in FIELDS:
        setattr(row, name, values.get(name) or ("" if name != "since" else values["since"]))
    after = state(row)
    if before == after:
        return row
    if before is not None:
        row.revision += 1
    row.save()
    if before is None:
        audit.record(by, "liaison.add", row, after=after)
    else:
        changed = [name for name in after if before[name] != after[name]]
        keep = {"unit": unit.name, "post": post}
        audit.record(
            by, "liaison.edit", row, before={name: before[name] for name in changed},
            after=keep | {name: after[name] for name in changed},
        )  # fmt: skip
    return row


@transaction.atomic
def end_liaison(by: User | None, row: Liaison, until: date, *, revision: int) -> None:
    """The post stands empty after ``until``. Raises PermissionDenied, StaleError, RegisterError (day before since)."""
    require_unit(by, row.unit)
    found = Liaison.objects.select_related("unit").get(pk=row.pk)
    if found.revision != revision or found.until is not None:
        raise StaleError(_("Somebody else changed this entry meanwhile. Nothing was saved; look again."))
    close(found, until)
    audit.record(by, "liaison.end", found, before={"until": None}, after=state(found))


def close(row: Liaison, until: date) -> None:
    """Set the last day; raises RegisterError for one before the first."""
    if until < row.since:
        text = _("The last day is before the first (%(since)s).")
        raise RegisterError(text % {"since": row.since.isoformat()}, "until")
    row.until = until
    row.revision += 1
    row.save(update_fields=["until", "revision"])


def day_before(day: date) -> date:
    """The last day of who hands over when the successor begins on ``day``."""
    return day - timedelta(days=1)


def _after_the_last(unit: Unit, post: str, since: date) -> None:
    last = Liaison.objects.filter(unit=unit, post=post).order_by("-until").first()
    if last is not None and last.until is not None and last.until >= since:
        text = _("%(name)s has the post until %(until)s.")
        raise RegisterError(text % {"name": last.name, "until": last.until.isoformat()}, "since")

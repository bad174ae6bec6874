"""Data sources: who sends what, how often, and when something came last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring import arrivals
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import DataSource, SourceKind
from lantian.apps.monitoring.rights import EDIT
from lantian.reading.received.words import indicators

_TEXTS = (
    "name", "kind", "sends", "sender", "indicator", "register", "rhythm", "due_days", "hour_label", "time_zone",
    "unit_policy", "expected_hours", "note", "synthetic",
)  # fmt: skip
MOST_DAYS = 180  # after a period


@transaction.atomic
def save_source(by: User, values: Mapping[str, Any], *, uid: Any = None, revision: int | None = None) -> DataSource:
    """Enter a source or correct one; ``values`` by field. The day of the last delivery is :func:`received`'s business.

    Raises PermissionDenied, StaleError, RegistryError (the area has a source of that name, hours without what their
    label means, a register that is not there or typed by hand, a rhythm without what it is reckoned by).
    """
    policy.require(by, EDIT)
    old = (
        DataSource.objects.select_for_update(of=("self",)).select_related("area", "owner").get(uid=uid) if uid else None
    )
    if old is not None:
        policy.require(by, EDIT, old)
        if revision is not None and old.revision != revision:
            raise StaleError(_("Somebody else changed this source meanwhile. Look at it again before you save."))
    before = source_state(old) if old else None
    row = old or DataSource()
    for name, value in values.items():
        setattr(row, name, value)
    policy.require(by, EDIT, row)
    _check(row)
    if DataSource.objects.filter(area=row.area, name=row.name).exclude(pk=row.pk).exists():
        raise RegistryError(_("The area has a source of this name already."), "name")
    row.revision = row.revision + 1 if before else 1
    row.save()
    after = source_state(row)
    changed = [name for name in after if before is None or before[name] != after[name]]
    if changed:
        audit.record(
            by, "source.edit" if before else "source.add", row,
            before={name: before[name] for name in changed} if before else None,
            after={name: after[name] for name in changed},
        )  # fmt: skip
    return row


def _check(row: DataSource) -> None:
    """What belongs together; raises RegistryError beside the field."""
    if row.register:
        _check_register(row)
    elif row.kind != SourceKind.BULLETIN and not row.hour_label:
        raise RegistryError(_("Say what the label of an hour means."), "hour_label")
    if not row.rhythm:
        return
    if row.kind != SourceKind.BULLETIN and not row.register:
        raise RegistryError(
            _("Only bulletins and registers have reporting periods; others come every so many hours."), "rhythm"
        )
    if row.expected_hours is not None:
        raise RegistryError(_("Either a rhythm or a number of hours, not both."), "expected_hours")
    if not row.register and row.indicator not in indicators():
        raise RegistryError(_("Choose what it publishes."), "indicator")
    if row.due_days is None or not 0 <= row.due_days <= MOST_DAYS:
        raise RegistryError(_("Due within 0 to %(n)s days after the period.") % {"n": MOST_DAYS}, "due_days")
    if row.since is None:
        raise RegistryError(_("Say from which day on it is expected."), "since")
    if row.until is not None and row.until < row.since:
        raise RegistryError(_("The last day lies before the first."), "until")


def _check_register(row: DataSource) -> None:
    """What another system keeps is not typed a second time, and rows have no hours."""
    if row.register not in arrivals.registers():
        raise RegistryError(_("This register is not kept here."), "register")
    if row.kind not in (SourceKind.FILE, SourceKind.API):
        raise RegistryError(_("The rows of a register come as files or by the interface."), "kind")
    if row.hour_label:
        raise RegistryError(_("The rows of a register have no hours."), "hour_label")


def register_renamed(before: str, name: str) -> None:
    """Sources follow the register whose rows they send; its rename is what is recorded."""
    DataSource.objects.filter(register=before).update(register=name)


@transaction.atomic
def received(source: DataSource, at: datetime) -> None:
    """Note that something came from the source; never moves back. No audit: deliveries have their own records."""
    row = DataSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if row.last_received is None or row.last_received < at:
        row.last_received = at
        row.save(update_fields=["last_received"])


def source_state(row: DataSource) -> dict[str, Any]:
    """A source's fields as JSON."""
    texts = {name: getattr(row, name) for name in _TEXTS}
    texts |= {"since": str(row.since or ""), "until": str(row.until or "")}
    return texts | {"area": row.area.code, "owner": row.owner.name if row.owner else ""}

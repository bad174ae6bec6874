"""Audit records of many rows in one statement, for actions that change hundreds at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lantian.apps.core.models import AuditEvent, User, WithUid
from lantian.apps.core.request_ids import request_id

Values = dict[str, Any]
Event = tuple[str, WithUid, Values | None, Values | None]  # action, object, before, after


def record_all(user: User | None, events: Iterable[Event]) -> None:
    """Write what :func:`lantian.apps.core.audit.record` would, for each event."""
    rows = [
        AuditEvent(
            user=user, request_id=request_id.get(), action=action, object_type=obj._meta.label_lower,
            object_uid=obj.uid, before=before, after=after,
        )
        for action, obj, before, after in events
    ]  # fmt: skip
    AuditEvent.objects.bulk_create(rows, batch_size=500)


def changes(obj: object, values: Values) -> tuple[Values, Values]:
    """Set ``values`` on an object; returns what differed before and after, as JSON."""
    before, after = {}, {}
    for name, value in values.items():
        old = getattr(obj, name)
        if old != value:
            before[name], after[name] = plain(old), plain(value)
            setattr(obj, name, value)
    return before, after


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it: dates and decimals as text."""
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

"""The audit record that every action writes in the same transaction as its change."""

from __future__ import annotations

from typing import Any

from lantian.apps.core.models import AuditEvent, User, WithUid
from lantian.apps.core.request_ids import request_id


def record(
    user: User | None,
    action: str,
    obj: WithUid | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write who did ``action`` to ``obj``; ``before`` and ``after`` hold JSON values of what changed.

    Passwords, tokens and other secrets never stand in them: the history is read by whole offices.
    """
    return AuditEvent.objects.create(
        user=user,
        request_id=request_id.get(),
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_uid=obj.uid if obj is not None else None,
        before=before,
        after=after,
        place=_place(obj) if user is None else "",
    )


def _place(obj: object) -> str:
    """Where a thing lies that no person changed (the clock did): the path of its area, of its unit's or its plan's."""
    for owner in ("", "unit", "plan"):
        thing = getattr(obj, owner, None) if owner else obj
        path = getattr(getattr(thing, "area", thing), "path", "")
        if isinstance(path, str) and path:
            return path
    return ""

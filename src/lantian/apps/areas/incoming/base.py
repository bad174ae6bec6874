"""What the tables of a directory have in common when rows from outside are compared with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from lantian.apps.areas.incoming.rows import Change, Row
from lantian.apps.areas.states import State, differing
from lantian.apps.core.models import AuditEvent, User, WithUid
from lantian.apps.core.request_ids import request_id

if TYPE_CHECKING:
    from lantian.apps.areas.incoming.reconcile import Incoming

BATCH = 200


@cache
def _length(model: type[models.Model], field: str) -> int | None:
    """How many characters a field of text takes; None for anything else."""
    found = next((item for item in model._meta.get_fields() if item.name == field), None)
    return found.max_length if isinstance(found, models.CharField) else None


class Table(ABC):
    """What the four have in common: the comparison they belong to, and events for the audit log."""

    sheet: ClassVar[str]
    model: ClassVar[type[models.Model]]

    def __init__(self, incoming: Incoming) -> None:
        self.all = incoming
        self.count = 0
        self._before: list[tuple[str, WithUid, State, State]] = []

    @abstractmethod
    def read(self, rows: list[Row]) -> None:
        """Compare the rows with what is there."""

    @abstractmethod
    def save(self, user: User | None) -> list[AuditEvent]:
        """Write the changes; returns their audit events, not yet saved."""

    def _values(self, row: Row) -> dict[str, Any] | None:
        return self.all.values(row, lambda field: _length(self.model, field))

    def _note(self, row: Row, key: str, before: State | None, after: State, obj: WithUid, action: str) -> bool:
        """Note the change that a row makes; says whether there is one."""
        if before is None:
            shown = tuple((field, "", _text(value)) for field, value in after.items() if _text(value))
            self.all.changes.append(Change(self.sheet, row.line, "new", key, shown))
            return True
        old, new = differing(before, after)
        if not new:
            return False
        closed = bool(new.get("closed")) and not old.get("closed")
        fields = tuple((field, _text(old[field]), _text(new[field])) for field in new)
        self.all.changes.append(Change(self.sheet, row.line, "closed" if closed else "changed", key, fields))
        self._before.append((action, obj, old, new))
        return True

    def _events(self, user: User | None) -> list[AuditEvent]:
        return [
            AuditEvent(
                user=user, request_id=request_id.get(), action=action, object_type=obj._meta.label_lower,
                object_uid=obj.uid, before=before, after=after,
            )
            for action, obj, before, after in self._before
        ]  # fmt: skip


def _text(value: Any) -> str:
    """A value of a state as a preview shows it."""
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, list):
        return "；".join(" ".join(str(part) for part in item.values() if part) for item in value)
    return str(value)

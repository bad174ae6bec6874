"""Holding a row that two people may change: the revision decides who comes too late; and refusals in words."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext as _


class NotPossible(Exception):
    """A step that the state of things does not allow; the text is for the person, in the person's language."""


class FieldRefusal(NotPossible):
    """What an action refuses; ``field`` names the field of the form that it speaks of, blank for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class StaleError(NotPossible):
    """Somebody else changed it since the page was opened; nothing was written."""

    def __init__(self, text: str = "") -> None:
        words = _("Somebody else changed this meanwhile. Look at what it says now, then decide again.")
        super().__init__(text or words)


def is_stale(row: Model, revision: int | None) -> bool:
    """Hold the row until the transaction ends, see what it says now, and tell whether it was changed meanwhile.

    ``revision`` is the one that the person's page was made from; None where the action does not depend on it. SQLite
    locks as a whole anyway.
    """
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())
    return revision is not None and row.revision != revision  # type: ignore[attr-defined]  # every row given has one

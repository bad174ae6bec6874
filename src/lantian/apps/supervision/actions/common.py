"""What the actions share: refusals, and the check that a page was not made from an older state."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext as _


class NotPossible(Exception):
    """A step that the state of things does not allow; the text is for the person, in the person's language."""


class Stale(NotPossible):
    """Somebody else changed it since the page was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this meanwhile. Look at what it says now, then decide again."))


class Altered(NotPossible):
    """A package that cannot be used as it is; nothing of it was taken."""


def hold(row: Model, revision: int | None) -> None:
    """Hold the row until the transaction ends and see what it says now (SQLite locks as a whole anyway).

    ``revision`` is the one that the person's page was made from; None where the action does not depend on it. Raises
    :class:`Stale`.
    """
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())
    if revision is not None and row.revision != revision:  # type: ignore[attr-defined]  # every row given has one
        raise Stale

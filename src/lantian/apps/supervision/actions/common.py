"""What the actions share: refusals, and the check that a page was not made from an older state."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext as _

from lantian.apps.core.holding import is_stale


class NotPossible(Exception):
    """A step that the state of things does not allow; the text is for the person, in the person's language."""


class Stale(NotPossible):
    """Somebody else changed it since the page was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this meanwhile. Look at what it says now, then decide again."))


class Altered(NotPossible):
    """A package that cannot be used as it is; nothing of it was taken."""


def hold(row: Model, revision: int | None) -> None:
    """:func:`lantian.apps.core.holding.is_stale`. Raises :class:`Stale`."""
    if is_stale(row, revision):
        raise Stale

"""What the actions share: refusals, and the check that a page was not made from an older state."""

from __future__ import annotations

from django.db.models import Model

from lantian.apps.core.holding import NotPossible, is_stale
from lantian.apps.core.holding import StaleError as Stale

__all__ = ["Altered", "NotPossible", "Stale", "hold"]


class Altered(NotPossible):
    """A package that cannot be used as it is; nothing of it was taken."""


def hold(row: Model, revision: int | None) -> None:
    """:func:`lantian.apps.core.holding.is_stale`. Raises :class:`Stale`."""
    if is_stale(row, revision):
        raise Stale

"""Holding a row that two people may change: the revision decides who comes too late."""

from __future__ import annotations

from django.db.models import Model


def is_stale(row: Model, revision: int | None) -> bool:
    """Hold the row until the transaction ends, see what it says now, and tell whether it was changed meanwhile.

    ``revision`` is the one that the person's page was made from; None where the action does not depend on it. SQLite
    locks as a whole anyway.
    """
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())
    return revision is not None and row.revision != revision  # type: ignore[attr-defined]  # every row given has one

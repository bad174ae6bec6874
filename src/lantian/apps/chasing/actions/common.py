"""Refusals of chasing; the text is for the person, in the person's language."""

from __future__ import annotations

from lantian.apps.core.holding import NotPossible


class ChasingError(NotPossible):
    """A step that is not possible as things stand."""


class StaleError(ChasingError):
    """Somebody changed the row after the page was made."""

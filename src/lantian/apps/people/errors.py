"""What actions refuse, in words for the person."""

from __future__ import annotations

from lantian.apps.core.holding import FieldRefusal


class RegisterError(FieldRefusal):
    """A change that cannot be made."""


class StaleError(RegisterError):
    """Somebody else changed the row since the page was made; nothing was saved."""

"""What actions refuse, in words for the person."""

from __future__ import annotations


class RegisterError(ValueError):
    """A change that cannot be made; ``field`` is the form's field that it speaks of, blank for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class StaleError(RegisterError):
    """Somebody else changed the row since the page was made; nothing was saved."""

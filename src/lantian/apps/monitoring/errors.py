"""What the registry refuses."""

from __future__ import annotations


class RegistryError(Exception):
    """A refusal in the person's language; ``field`` names the field of the form, blank for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class StaleError(RegistryError):
    """Somebody else saved the row meanwhile: nothing was written."""

"""What the registry refuses."""

from __future__ import annotations

from lantian.apps.core.holding import FieldRefusal


class RegistryError(FieldRefusal):
    """A refusal in the person's language."""


class StaleError(RegistryError):
    """Somebody else saved the row meanwhile: nothing was written."""

"""Secrets of webhooks, which must be read again: :mod:`lantian.apps.core.sealed` with a key for this use alone."""

from __future__ import annotations

from lantian.apps.core import sealed
from lantian.apps.core.sealed import SealError

__all__ = ["SealError", "seal", "unseal"]

_USE = b"lantian chasing webhooks"


def seal(text: str) -> str:
    """The text encrypted; empty stays empty."""
    return sealed.seal(_USE, text)


def unseal(text: str) -> str:
    """What :func:`seal` hid. Raises :class:`SealError`."""
    return sealed.unseal(_USE, text)

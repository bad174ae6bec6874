"""Who sees what of papers."""

from __future__ import annotations


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""

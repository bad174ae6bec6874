"""In which of its two languages a page is shown."""

from __future__ import annotations

from django.utils.translation import get_language


def chinese() -> bool:
    """Whether the page is shown in Chinese; English otherwise."""
    return (get_language() or "").startswith("zh")

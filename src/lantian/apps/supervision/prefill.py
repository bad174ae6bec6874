"""Figures that are known already: who can compute what a unit would report registers here (registers, indicators)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from lantian.apps.supervision.models import Share

Source = Callable[[Share, str], tuple[Decimal, str] | None]
prefill: list[Source] = []


def computed(share: Share, month: str) -> tuple[Decimal, str] | None:
    """The cumulative figure through the end of ``month`` with the words of its source: the first that knows it."""
    for source in prefill:
        found = source(share, month)
        if found is not None:
            return found
    return None

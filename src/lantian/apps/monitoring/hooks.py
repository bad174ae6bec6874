"""What apps above this one hear: monitoring knows nothing of indicators."""

from __future__ import annotations

from collections.abc import Callable

_on_review: list[Callable[[], None]] = []


def on_review(hear: Callable[[], None]) -> None:
    """Register who hears that other hours of the lake count than before, by what persons said of them."""
    _on_review.append(hear)


def hours_reviewed() -> None:
    """Tell that the lake has taken over decisions on hours."""
    for hear in _on_review:
        hear()

"""What apps above this one hear: indicators know nothing of commitments or cases."""

from __future__ import annotations

from collections.abc import Callable, Collection

_on_facts: list[Callable[[Collection[int]], None]] = []


def on_facts(tell: Callable[[Collection[int]], None]) -> None:
    """Register who hears that the computed figures of measures (keys) changed; called inside the transaction."""
    _on_facts.append(tell)


def facts_changed(measures: Collection[int]) -> None:
    """Tell that what settles targets of these measures changed."""
    if measures:
        for tell in _on_facts:
            tell(measures)

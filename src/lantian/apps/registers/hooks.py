"""What apps above this one hear: registers know nothing of indicators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from lantian.apps.core.models import User

_counts: list[Callable[[User], Mapping[str, int]]] = []
_on_snapshot: list[Callable[[Collection[str]], None]] = []
_on_rename: list[Callable[[str, str], None]] = []


def on_snapshot(take: Callable[[Collection[str]], None]) -> None:
    """Register who hears that the lake took change sets of registers (their names)."""
    _on_snapshot.append(take)


def snapshot_taken(names: Collection[str]) -> None:
    """Tell that the lake holds newer rows of these registers."""
    if names:
        for take in _on_snapshot:
            take(names)


def on_rename(move: Callable[[str, str], None]) -> None:
    """Register who keeps names of registers and hears that one has another (before, now); inside the transaction."""
    _on_rename.append(move)


def renamed(before: str, name: str) -> None:
    """Tell that a register has another name."""
    for move in _on_rename:
        move(before, name)


def on_targets(count: Callable[[User], Mapping[str, int]]) -> None:
    """Register who knows how many targets hang on each indicator, among those that a person sees."""
    _counts.append(count)


def targets(user: User) -> Mapping[str, int]:
    """How many targets in force hang on each indicator, by its name."""
    found: Counter[str] = Counter()
    for count in _counts:
        found.update(count(user))
    return found

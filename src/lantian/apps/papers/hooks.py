"""What apps above this one do when a paper takes a step: papers know nothing of them."""

from __future__ import annotations

from collections.abc import Callable

from lantian.apps.core.models import User
from lantian.apps.papers.models import Paper

Listener = Callable[[User, Paper], None]
_listeners: list[Listener] = []


def on_step(listener: Listener) -> None:
    """Register what happens in the transaction in which a paper changes its state, is received or answered."""
    _listeners.append(listener)


def stepped(user: User, paper: Paper) -> None:
    """Tell everybody who registered that something happened to ``paper``."""
    for listener in _listeners:
        listener(user, paper)

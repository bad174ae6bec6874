"""What apps above this one do when a plan is published: plans know nothing of them."""

from __future__ import annotations

from collections.abc import Callable

from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan

_on_publication: list[Callable[[User, Plan], None]] = []


def on_publication(act: Callable[[User, Plan], None]) -> None:
    """Register what happens in the transaction that publishes a plan or an amendment; it has to be short."""
    _on_publication.append(act)


def published(user: User, plan: Plan) -> None:
    """Tell everybody who registered that ``plan`` is in force in a new version."""
    for act in _on_publication:
        act(user, plan)

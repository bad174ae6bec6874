"""What apps above this one do with a drafted notice: received bulletins know nothing of papers."""

from __future__ import annotations

from collections.abc import Callable

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.received.notice import Notice

Take = Callable[[User, Area, Notice], str]
_takers: list[Take] = []


def on_notice(take: Take) -> None:
    """Register who makes a paper of a notice: given the street, it answers the paper's address."""
    _takers.append(take)


def can_take() -> bool:
    """Whether somebody makes papers."""
    return bool(_takers)


def take(user: User, area: Area, notice: Notice) -> str:
    """Make a paper of the notice; the address of its page. Raises PermissionDenied, NotPossible."""
    return _takers[0](user, area, notice)

"""What several pages need."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.devices import queries
from lantian.apps.devices.rights import EDIT, VIEW


def reader(request: HttpRequest) -> User:
    """The person, who may read the register of devices."""
    user = policy.person(request)
    policy.require(user, VIEW)
    return user


def keeper(request: HttpRequest) -> User:
    """The person, who may keep the register of some area."""
    user = policy.person(request)
    policy.require(user, EDIT)
    return user


def device_of(user: User, uid: str) -> Any:
    """One device in sight, with its annotations; 404 for others."""
    return policy.get_or_404(user, queries.devices(user), uid=uid)


def filters_of(request: HttpRequest, *names: str) -> dict[str, str]:
    """The filters of an address, blank where not given."""
    return {name: request.GET.get(name, "").strip()[:80] for name in names}

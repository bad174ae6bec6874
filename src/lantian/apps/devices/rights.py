"""Who reads the register of devices and who keeps it: roles of the area in which a device lies."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.devices.models import Device, DeviceList

VIEW, EDIT = "device.view", "device.edit"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Device, lambda user, rows: rows.filter(within(user, VIEW, "area__")))
    policy.scoped(DeviceList, lambda user, rows: rows.filter(created_by=user))
    policy.located(Device, lambda user, action, row: holds(user, action, row.area))


def within(user: User, action: str, prefix: str = "") -> Q:
    """Condition on areas (``prefix`` leads to their fields) in which a role that allows ``action`` holds."""
    paths = areas.reach(user, policy.ACTIONS[action])
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for path in paths:
        there |= Q(**{f"{prefix}path__startswith": path})
    return there


def holds(user: User, action: str, area: Area) -> bool:
    """Whether a role of the person that allows ``action`` holds in the area."""
    paths = areas.reach(user, policy.ACTIONS[action])
    return paths is None or area.path.startswith(tuple(paths))


def editable_areas(user: User) -> QuerySet[Area]:
    """The areas in which the person keeps the register."""
    return Area.objects.filter(within(user, EDIT), closed=None)

"""Who may see and change what of the directory: everybody sees it, an administrator changes it where the role holds."""

from __future__ import annotations

from django.db.models import Q

from lantian.apps.areas import queries
from lantian.apps.areas.models import Area, DirectoryImport, Membership, Unit, UnitMerge
from lantian.apps.core import policy
from lantian.apps.core.models import User

EDIT, NAMES = "directory.edit", "directory.learn"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Area, lambda _user, rows: rows)
    policy.scoped(Unit, lambda _user, rows: rows)
    policy.scoped(UnitMerge, lambda user, rows: rows if policy.can(user, EDIT) else rows.none())
    policy.scoped(DirectoryImport, lambda user, rows: rows.filter(_brought(user)))
    policy.located(Area, _area_inside)
    policy.located(Unit, lambda user, action, unit: _area_inside(user, action, unit.area))


def _brought(user: User) -> Q:
    """Workbooks that the person brought, or a colleague from where the person's own administration holds."""
    paths = queries.reach(user, policy.ACTIONS[EDIT])
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for path in paths:
        there |= Q(unit__area__path__startswith=path)
    colleagues = Membership.objects.filter(there).values("user")
    return Q(created_by=user) | Q(created_by__in=colleagues) if paths else Q(pk__in=())


def _area_inside(user: User, action: str, area: Area) -> bool:
    """Whether a role that allows ``action`` holds there.

    Other names are learned by whoever reads plans of the same city: a district's plan prints the city's bureaus, too.
    """
    if action not in (EDIT, NAMES):
        return True
    paths = queries.reach(user, policy.ACTIONS[action])
    if paths is None:
        return True
    if action == NAMES:
        return any(path.split("/")[1] == area.path.split("/")[1] for path in paths)
    return area.path.startswith(tuple(paths))

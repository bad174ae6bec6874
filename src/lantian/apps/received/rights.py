"""Who reads and who receives: every login of the city reads checked bulletins; who receives them sees all."""

from __future__ import annotations

from django.db.models import Q

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.received.models import Bulletin, Figure, Status

VIEW, RECEIVE = "bulletin.view", "bulletin.receive"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Bulletin, lambda user, rows: rows.filter(_visible(user, "")))
    policy.scoped(Figure, lambda user, rows: rows.filter(_visible(user, "bulletin__")))
    policy.located(Bulletin, lambda user, action, row: _holds(user, action, row.area))
    policy.located(Figure, lambda user, action, row: _holds(user, action, row.bulletin.area))


def offices(user: User) -> list[Area]:
    """The areas for whose office the person receives bulletins; with a role everywhere, every city."""
    paths = areas.reach(user, policy.ACTIONS[RECEIVE])
    if paths is None:
        own = [path for role, path in policy.memberships(user) if path and role in policy.ACTIONS[RECEIVE]]
        cities = Area.objects.filter(level="municipal").order_by("code")
        return sorted(cities, key=lambda area: area.path not in own)
    return list(Area.objects.filter(path__in=paths).order_by("code"))


def _tops(user: User) -> set[str] | None:
    """Codes of the cities in which the person has any role, None: everywhere."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    return None if paths is None else {path.split("/")[1] for path in paths}


def _visible(user: User, prefix: str) -> Q:
    """Checked ones (also superseded) of the person's city; those in work where the person's office receives."""
    tops = _tops(user)
    if tops is None:
        there = Q(pk__isnull=False)
    else:
        there = Q(pk__in=())
        for top in tops:
            there |= Q(**{f"{prefix}area__path__startswith": f"/{top}/"})
    return there & Q(**{f"{prefix}status": Status.CHECKED}) | _office(user, f"{prefix}area__")


def _office(user: User, prefix: str) -> Q:
    return areas.office_of(user, RECEIVE, prefix)


def _holds(user: User, action: str, area: Area) -> bool:
    """Whether a role that allows ``action`` holds where the office lies."""
    paths = areas.reach(user, policy.ACTIONS[action])
    if paths is None:
        return True
    if action == VIEW:
        return any(path.split("/")[1] == area.path.split("/")[1] for path in paths)
    return area.path.startswith(tuple(paths))

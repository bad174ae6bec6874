"""Who reads and who writes rows of registers.

Reading: everybody whose area holds the row (a city's people read all of it; rows of no area are everybody's). Writing:
the clean-air office (a coordinator), and reporters and inspectors of the units that the register names by level or by
words of their name, each where the unit's area holds the row. Personal fields are shown to those who may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area, Membership
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue
from lantian.apps.registers.models import ImportSession, Record
from lantian.registers import Register

VIEW, EDIT = "register.view", "register.edit"
MASK = "***"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Record, lambda user, rows: rows.filter(readable(user)))
    policy.scoped(ImportSession, lambda user, rows: rows.filter(_brought(user)))
    policy.located(Record, _inside)


def readable(user: User) -> Q:
    """Condition on records: the person may read them."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(area=None)
    for path in paths:
        there |= Q(area__path__startswith=path)
    return there


def readable_areas(user: User) -> QuerySet[Area] | None:
    """The areas whose rows the person may read; None: all of them."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    return None if paths is None else Area.objects.filter(_below(paths))


def reads(user: User, area: Area | None) -> bool:
    """Whether the person may read rows of an area."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    return paths is None or area is None or area.path.startswith(tuple(paths))


def may_write(user: User, register: Register) -> bool:
    """Whether the person writes rows of the register anywhere."""
    return bool(_writes(user, register))


def may_write_at(user: User, register: Register, area: Area | None) -> bool:
    """Whether the person writes rows of the register in an area; None: rows that lie nowhere."""
    paths = _writes(user, register)
    if area is None:
        nowhere = not register.area and not register.unit
        return bool(paths) and (nowhere or any(path is None or path.count("/") == 2 for path in paths))
    return any(path is None or area.path.startswith(path) for path in paths)


def writable_areas(user: User, register: Register) -> QuerySet[Area]:
    """The open areas in which the person writes rows of the register."""
    paths = _writes(user, register)
    rows = Area.objects.filter(closed=None)
    return rows if None in paths else rows.filter(_below([path for path in paths if path is not None]))


def writes_in_part(user: User, register: Register) -> bool:
    """Whether there are areas where the person does not write: rows of theirs must not be replaced by the key."""
    return not any(path is None or path.count("/") == 2 for path in _writes(user, register))


def sees_personal(user: User, register: Register, area: Area | None) -> bool:
    """Whether the person sees personal fields of rows in an area."""
    return may_write_at(user, register, area)


def masked(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with personal ones covered."""
    personal = {item.name for item in register.fields if item.personal}
    return {name: MASK if name in personal and value is not None else value for name, value in values.items()}


def _writes(user: User, register: Register) -> list[str | None]:
    """Paths of the areas in which the person writes the register; None: everywhere. Read once per request."""
    known: list[tuple[str, str | None, str, str]] | None = getattr(user, "_register_roles", None)
    if known is None:
        rows = Membership.objects.filter(user=user, role__in=policy.ACTIONS[EDIT])
        known = [
            (role, path, level or "", f"{name or ''} {full or ''}")
            for role, path, level, name, full in rows.values_list(
                "role", "unit__area__path", "unit__level", "unit__name", "unit__full_name"
            )
        ]
        setattr(user, "_register_roles", known)  # noqa: B010  # a cache of this request, no field of the model
    return [path for role, path, level, names in known if role == policy.COORDINATOR or _named(register, level, names)]


def _named(register: Register, level: str, names: str) -> bool:
    return level in register.levels or any(word in names for word in register.departments)


def _below(paths: list[str]) -> Q:
    there = Q(pk__in=())
    for path in paths:
        there |= Q(path__startswith=path)
    return there


def _inside(user: User, action: str, row: Record) -> bool:
    if action != EDIT:
        return True
    found = catalogue.registers().get(row.register)
    return found is not None and may_write_at(user, found, row.area)


def _brought(user: User) -> Q:
    """Files that the person brought, or somebody of where the person's own office is."""
    paths = areas.reach(user, frozenset({policy.COORDINATOR}))
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for path in paths:
        there |= Q(unit__area__path__startswith=path)
    return Q(created_by=user) | Q(created_by__in=Membership.objects.filter(there).values("user"))

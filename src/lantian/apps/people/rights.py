"""Who keeps people and the liaison register.

An administrator sees the people who have a role where the administrator's own role reaches, gives and takes roles
there, and there only. The account itself (password, whether it may log in) is kept by an administrator who reaches
*all* roles of the person: otherwise a district could take over the login of somebody with a role in the city.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people.models import Handover, Liaison, ListKind, StagedList

MANAGE, VIEW, EDIT = "people.manage", "liaison.view", "liaison.edit"
STAGES = {ListKind.PEOPLE: MANAGE, ListKind.LIAISONS: EDIT}


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(User, _people)
    policy.scoped(Liaison, lambda user, rows: rows.filter(areas.for_unit(user, VIEW)))
    policy.scoped(Handover, lambda user, rows: rows.filter(areas.for_unit(user, VIEW)))
    policy.scoped(StagedList, lambda user, rows: rows.filter(created_by=user))
    policy.located(Liaison, lambda user, action, row: keeps(user, action, row.unit))
    policy.located(Handover, lambda user, action, row: keeps(user, action, row.unit))
    policy.located(StagedList, lambda user, _action, row: policy.can(user, STAGES[ListKind(row.kind)]))


def keeps(user: User, action: str, unit: Unit) -> bool:
    """Whether the person may do ``action`` for the unit."""
    return policy.can(user, action) and Unit.objects.filter(areas.for_unit(user, action, ""), pk=unit.pk).exists()


def units(user: User, action: str) -> QuerySet[Unit]:
    """The units for which the person may do ``action``: no collective ones, no duplicates."""
    rows = Unit.objects.filter(areas.for_unit(user, action, ""), collective=False, merged_into=None)
    return rows.select_related("area")


def reaches(user: User, path: str | None) -> bool:
    """Whether an administrator's role of the person reaches the area of that path (None: everywhere)."""
    paths = areas.reach(user, policy.ACTIONS[MANAGE])
    return paths is None or (path is not None and path.startswith(tuple(paths)))


def keeps_account(user: User, person: User) -> bool:
    """Whether the person may change the account of another: never the own one, and only with all its roles in reach."""
    if user.pk == person.pk or not policy.can(user, MANAGE):
        return False
    paths = list(person.memberships.values_list("unit__area__path", flat=True))
    return (
        all(reaches(user, path) for path in paths)
        if paths
        else policy.scope(user, User.objects.all()).filter(pk=person.pk).exists()
    )


def _people(user: User, rows: QuerySet[User]) -> QuerySet[User]:
    """People with a role in reach; without any role those whom the register names for a unit in reach."""
    paths = areas.reach(user, policy.ACTIONS[MANAGE])
    if paths is None:
        return rows
    if not paths:
        return rows.none()
    inside = Q(pk__in=())
    for path in paths:
        inside |= Q(unit__area__path__startswith=path)
    with_role = Membership.objects.filter(inside).values("user")
    named = Liaison.objects.filter(areas.for_unit(user, MANAGE), user__isnull=False).values("user")
    anybody = Membership.objects.values("user")
    return rows.filter(Q(pk__in=with_role) | Q(pk__in=named) & ~Q(pk__in=anybody))

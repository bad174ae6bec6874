"""Who sees and makes bulletins.

The office of the issuer's area sees and prepares every bulletin of its issuers, the named leader the ones to sign. A
unit that is asked sees a bulletin from then on, but only its own figures until it is issued. What was issued, also when
it was replaced or withdrawn since, is read by every login of the city; outside the issuer only its public version.
"""

from __future__ import annotations

from django.db.models import Q

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.bulletins.models import Bulletin, BulletinState, Check, Objection, OwnText, Variant
from lantian.apps.core import policy
from lantian.apps.core.models import User

VIEW, DRAFT = "bulletin.view", "bulletin.draft"
# A unit checks its figures through the people who write its returns.
ANSWER = "return.write"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Bulletin, lambda user, rows: rows.filter(visible(user)))
    policy.scoped(
        Check, lambda user, rows: rows.filter(_office(user, "bulletin__issuer") | areas.for_unit(user, ANSWER))
    )
    policy.scoped(
        Objection,
        lambda user, rows: rows.filter(
            _office(user, "check_row__bulletin__issuer") | areas.for_unit(user, ANSWER, "check_row__unit")
        ),
    )
    policy.scoped(OwnText, lambda _user, rows: rows)
    policy.located(Bulletin, lambda user, action, row: _keeps(user, action, row.issuer_id))
    policy.located(Check, lambda user, action, row: _keeps(user, action, row.unit_id))
    policy.located(Objection, lambda user, action, row: _keeps(user, action, row.check_row.bulletin.issuer_id))


def visible(user: User) -> Q:
    """Condition on bulletins: see the module's words."""
    asked = Check.objects.filter(areas.for_unit(user, ANSWER)).values("bulletin")
    return (
        _office(user, "issuer")
        | Q(leader=user)
        | Q(issued__isnull=False) & _of_city(user)
        | ~Q(state__in=(BulletinState.DRAFT, BulletinState.WITHDRAWN)) & Q(pk__in=asked)
    )


def insider(user: User, row: Bulletin) -> bool:
    """Whether the person reads the internal version: the issuer's office and people, and the leader who signs."""
    if row.leader_id == user.pk:
        return True
    inside = _office(user, "issuer") | areas.for_unit(user, VIEW, "issuer")
    return Bulletin.objects.filter(inside, pk=row.pk).exists()


def office(user: User, row: Bulletin) -> bool:
    """Whether the person is of the office that prepares it, and so sees drafts, steps and objections."""
    return Bulletin.objects.filter(_office(user, "issuer") | Q(leader=user), pk=row.pk).exists()


def variants(user: User, row: Bulletin) -> list[str]:
    """The versions that the person may read, the fuller one first; none before it is issued but inside the office."""
    if row.issued is None and not office(user, row):
        return []
    if row.variant == Variant.INTERNAL and insider(user, row):
        return [Variant.INTERNAL, Variant.PUBLIC]
    return [Variant.PUBLIC]


def issuers(user: User) -> list[Unit]:
    """Units in whose name the person prepares bulletins."""
    own = Membership.objects.filter(user=user, unit__isnull=False, role__in=policy.ACTIONS[DRAFT])
    rows = Unit.objects.filter(pk__in=own.values("unit"), collective=False).select_related("area")
    return list(rows.order_by("pk"))


def _office(user: User, prefix: str) -> Q:
    return areas.for_unit(user, "plan.view_draft", prefix)


def _keeps(user: User, action: str, unit: int) -> bool:
    return policy.can(user, action) and Unit.objects.filter(areas.for_unit(user, action, ""), pk=unit).exists()


def _of_city(user: User) -> Q:
    """Condition: issued in a city in which the person has a role."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for top in {path.split("/")[1] for path in paths}:
        there |= Q(issuer__area__path__startswith=f"/{top}/")
    return there

"""Accepting which row of an earlier year a row goes on from, and taking that back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.alignment import years
from lantian.apps.alignment.actions.common import NotPossible, StaleError, hold
from lantian.apps.alignment.models import Continuation
from lantian.apps.alignment.rights import CONFIRM
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure, Plan
from lantian.comparing.years import CONTINUED

Wanted = Collection[tuple[str, str]]  # uids: the earlier row, the row


def accept(user: User, plan: Plan, earlier: Plan, wanted: Wanted) -> int:
    """Keep pairs of rows as accepted; returns how many are new. A pair that the engine did not find simply goes on.

    Raises PermissionDenied, or :class:`NotPossible` (not an earlier plan of this series, a row of neither plan).
    """
    policy.require(user, CONFIRM, plan)
    if not years.earlier_plans(user, plan).filter(pk=earlier.pk).exists():
        raise NotPossible(_("That is no earlier plan of this area and medium."))
    found = {(str(pair.earlier.uid), str(pair.measure.uid)): pair for pair in years.compared(plan, earlier).pairs}
    return _keep(user, plan, earlier, wanted, found)


@transaction.atomic
def _keep(
    user: User, plan: Plan, earlier: Plan, wanted: Wanted, found: dict[tuple[str, str], years.Pair]
) -> int:  # fmt: skip
    hold(plan)
    rows = {str(row.uid): row for row in Measure.objects.filter(plan__in=(plan, earlier), withdrawn=None)}
    count = 0
    for key in dict.fromkeys(wanted):
        old, new = rows.get(key[0]), rows.get(key[1])
        if old is None or new is None or old.plan_id != earlier.pk or new.plan_id != plan.pk:
            raise NotPossible(_("A row of these plans is gone meanwhile; compare again."))
        pair = found.get(key)
        link, made = Continuation.objects.get_or_create(
            measure=new, earlier=old,
            defaults={"states": list(pair.states) if pair else [CONTINUED],
                      "changes": list(pair.changes) if pair else [], "by": user},
        )  # fmt: skip
        if made:
            after = {"row": new.n, "earlier": f"{earlier.year}/{old.n}", "states": link.states}
            audit.record(user, "continuation.accept", link, after=after)
            count += 1
    return count


@transaction.atomic
def take_back(user: User, link: Continuation) -> None:
    """Take an accepted pair back. Raises PermissionDenied, or :class:`StaleError` where somebody did already."""
    policy.require(user, CONFIRM, link)
    hold(link.measure.plan)
    if not Continuation.objects.filter(pk=link.pk).exists():
        raise StaleError
    before = {"row": link.measure.n, "earlier": f"{link.earlier.plan.year}/{link.earlier.n}", "states": link.states}
    audit.record(user, "continuation.take_back", link, before=before)
    link.delete()

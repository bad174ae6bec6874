"""Laying a plan beside the plans above it: proposals are made anew, what a person confirmed stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.alignment import queries
from lantian.apps.alignment.actions.common import NotPossible, hold
from lantian.apps.alignment.models import Alignment, Link, LinkState, Partner
from lantian.apps.alignment.reading import Proposal, Proposals, propose, wording_of
from lantian.apps.alignment.rights import CONFIRM
from lantian.apps.core import audit, jobs, policy
from lantian.apps.core.models import Job, User
from lantian.apps.plans.models import Measure, Plan

RUN = "alignment.run"
AT_ONCE = 600  # rows of all plans together that are aligned while the person waits (about a second)


def run(user: User, plan: Plan, cities: Sequence[Plan]) -> Job | None:
    """Align a plan with the plans above it that were chosen: at once, or by the returned job where they are long.

    Raises PermissionDenied; NotPossible where a plan was chosen that does not lie above it, or none.
    """
    policy.require(user, CONFIRM, plan)
    above = {row.pk for row in queries.plans_above(user, plan)}
    if not cities or any(city.pk not in above for city in cities):
        raise NotPossible(_("Choose at least one plan of the level above."))
    if Measure.objects.filter(plan__in=[plan.pk, *(city.pk for city in cities)]).count() > AT_ONCE:
        payload = {"plan": str(plan.uid), "cities": [str(city.uid) for city in cities]}
        return jobs.enqueue(user, RUN, payload)
    store(user, plan, cities, propose(plan, cities))
    return None


@transaction.atomic
def store(user: User | None, plan: Plan, cities: Sequence[Plan], found: Proposals) -> dict[str, int]:
    """Put new proposals in the place of the old ones; returns how many rows there are of each relation.

    Rows that went while it was computed are left out. Checks no right: :func:`run` and the job do.
    """
    alignment = hold(plan)
    Link.objects.filter(measure__plan=plan, state=LinkState.PROPOSED).delete()
    decided = set(Link.objects.filter(measure__plan=plan).values_list("measure", flat=True))
    _write([item for item in found.links if item.measure.pk not in decided])
    _remember(user, alignment, cities, found)
    counts = Counter(item.relation for item in found.links)
    after = {"cities": "；".join(city.title for city in cities), "kept": len(decided)} | dict(counts)
    audit.record(user, "alignment.run", plan, after=after)
    return dict(counts)


def _write(items: Sequence[Proposal]) -> None:
    wanted = {row.pk for item in items for row in (item.measure, *item.partners)}
    there = set(Measure.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    items = [item for item in items if item.measure.pk in there]
    links = [
        Link(
            measure=item.measure, relation=item.relation, changes=item.changes, pieces=item.pieces,
            confidence=item.confidence, wording=wording_of(item.measure.text),
        )
        for item in items
    ]  # fmt: skip
    Link.objects.bulk_create(links, batch_size=200)
    Partner.objects.bulk_create(
        [
            Partner(link=link, measure=row, order=order, wording=wording_of(row.text))
            for link, item in zip(links, items, strict=True)
            for order, row in enumerate(item.partners)
            if row.pk in there
        ],
        batch_size=200,
    )


def _remember(user: User | None, alignment: Alignment, cities: Sequence[Plan], found: Proposals) -> None:
    alignment.untaken, alignment.at, alignment.by = found.untaken, timezone.now(), user
    alignment.save(update_fields=["untaken", "at", "by"])
    alignment.cities.set(cities)

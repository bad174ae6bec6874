"""What a person says of a link: confirmed as it is, another relation, other rows above; opened again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.alignment.actions.common import NotPossible, StaleError, hold, put_partners, said
from lantian.apps.alignment.models import Link, LinkState, Relation
from lantian.apps.alignment.reading import wording_of
from lantian.apps.alignment.rights import CONFIRM
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure, Plan

NOTE = 300


@transaction.atomic
def decide(
    user: User, link: Link, *, relation: str | None = None, rows: Sequence[Measure] | None = None,
    note: str | None = None, revision: int,
) -> Link:  # fmt: skip
    """Confirm a link, with another relation, other rows above or a note where these are given.

    Raises PermissionDenied, StaleError, NotPossible (an unknown relation; ``added`` beside a row above, another
    relation without one; a row that is not of the plans it was aligned with).
    """
    policy.require(user, CONFIRM, link)
    _hold(link, revision)
    old = [partner.measure for partner in link.partners.select_related("measure")]
    chosen = old if rows is None else list(dict.fromkeys(rows))
    before = said(link, old)
    _check(link, chosen, relation or link.relation)
    changed = [row.pk for row in chosen] != [row.pk for row in old] or (relation or link.relation) != link.relation
    link.relation = relation or link.relation
    link.note = link.note if note is None else note.strip()[:NOTE]
    link.edited = link.edited or changed
    _settle(user, link)
    put_partners(link, chosen)
    audit.record(user, "link.confirm", link, before=before, after=said(link, chosen))
    return link


def _hold(link: Link, revision: int) -> None:
    """Hold the plan's alignment, then the link; a link that a new alignment replaced is gone."""
    hold(link.measure.plan)
    try:
        link.refresh_from_db(from_queryset=Link.objects.select_for_update())
    except Link.DoesNotExist:
        raise StaleError from None
    if link.revision != revision:
        raise StaleError


def _check(link: Link, rows: Sequence[Measure], relation: str) -> None:
    if relation not in Relation.values:
        raise NotPossible(_("There is no such relation."))
    if rows and relation == Relation.ADDED:
        raise NotPossible(_("“Added” means that no row above asks for it: take the rows out, or choose another word."))
    if not rows and relation != Relation.ADDED:
        raise NotPossible(_("Without a row above this measure can only be “added”."))
    cities = set(link.measure.plan.alignment.cities.values_list("pk", flat=True))
    known = set(link.partners.values_list("measure", flat=True))
    if any(row.plan_id not in cities and row.pk not in known for row in rows):
        raise NotPossible(_("That row belongs to none of the plans that were chosen above."))


def _settle(user: User, link: Link) -> None:
    link.state, link.decided_by, link.decided_at = LinkState.CONFIRMED, user, timezone.now()
    link.wording = wording_of(link.measure.text)
    link.revision += 1
    link.save()


@transaction.atomic
def reopen(user: User, link: Link, *, revision: int) -> Link:
    """Make a confirmed link a proposal again, which the next alignment may replace. Raises as :func:`decide`."""
    policy.require(user, CONFIRM, link)
    _hold(link, revision)
    rows = [partner.measure for partner in link.partners.select_related("measure")]
    before = said(link, rows)
    link.state, link.decided_by, link.decided_at = LinkState.PROPOSED, None, None
    link.revision += 1
    link.save()
    audit.record(user, "link.reopen", link, before=before, after=said(link, rows))
    return link


def confirm_many(user: User, plan: Plan, shown: Iterable[tuple[UUID, int]]) -> tuple[int, int]:
    """Confirm links of a plan as the page showed them (uid and revision).

    Returns how many were confirmed, and how many somebody else had changed or confirmed meanwhile. Raises
    PermissionDenied.
    """
    policy.require(user, CONFIRM, plan)
    revisions = dict(shown)
    done = 0
    rows = Link.objects.filter(measure__plan=plan, uid__in=revisions, state=LinkState.PROPOSED)
    for link in rows.select_related("measure__plan"):
        try:
            decide(user, link, revision=revisions[link.uid])
        except StaleError:
            continue
        done += 1
    return done, len(revisions) - done

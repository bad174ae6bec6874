"""沿用上年设置: taking cadence, internal due day, plan curve and rhythm over from last year's commitments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import carrying, evaluating
from lantian.apps.supervision.actions.duties import BULK
from lantian.apps.supervision.actions.rhythm import set_rhythm
from lantian.apps.supervision.carrying import Proposal
from lantian.apps.supervision.models import Commitment, Share
from lantian.apps.supervision.recording import Event, changes, record_all


def carry_on(user: User, plan: Plan, shown: Mapping[str, int] | None = None) -> tuple[int, int]:
    """Take over what is proposed (:func:`carrying.proposals`) for the commitments ``shown`` (uid → revision of the
    page), or for all where None.

    Returns how many were changed, and how many of those shown were left because somebody changed them meanwhile. Some
    at a time, so that others may write between. Raises PermissionDenied.
    """
    policy.require(user, "duty.assign", plan)
    found = [item for item in carrying.proposals(plan) if shown is None or str(item.duty.uid) in shown]
    count = 0
    for start in range(0, len(found), BULK):
        count += _carry_some(user, found[start : start + BULK], shown)
    return count, (len(shown) - count if shown is not None else 0)


@transaction.atomic
def _carry_some(user: User, found: Sequence[Proposal], shown: Mapping[str, int] | None) -> int:
    keys = [item.duty.pk for item in found]
    rows = {row.pk: row for row in Commitment.objects.select_for_update().filter(pk__in=keys, withdrawn=None)}
    events: list[Event] = []
    changed: list[Commitment] = []
    shares: list[Share] = []
    for item in found:
        row = rows.get(item.duty.pk)
        if row is None or row.revision != (item.duty.revision if shown is None else shown[str(row.uid)]):
            continue
        before, after = changes(row, _values(item))
        for curve in item.curves:
            was, now = changes(curve.share, {"curve": curve.preset, "points": curve.points})
            before |= {f"{name} {curve.share.order}": value for name, value in was.items()}
            after |= {f"{name} {curve.share.order}": value for name, value in now.items()}
            shares.append(curve.share)
        row.revision += 1
        changed.append(row)
        events.append(("commitment.carry_on", row, before, after | {"from": str(item.earlier.uid)}))
    fields = ["cadence", "cadence_edited", "internal_due", "internal_edited", "revision"]
    Commitment.objects.bulk_update(changed, fields, batch_size=200)
    Share.objects.bulk_update(shares, ["curve", "points"], batch_size=200)
    record_all(user, events)
    evaluating.touch(row.pk for row in changed)
    return len(changed)


def _values(item: Proposal) -> dict[str, Any]:
    values: dict[str, Any] = {"cadence": item.cadence, "cadence_edited": True} if item.cadence else {}
    return values | ({"internal_due": item.due, "internal_edited": True} if item.due else {})


def carry_rhythm(user: User, plan: Plan) -> bool:
    """Take the rhythm of last year's plan over; False where nothing differs. Raises PermissionDenied."""
    policy.require(user, "duty.assign", plan)
    _before, values = carrying.rhythm(plan)
    if values:
        set_rhythm(user, plan, values)
    return bool(values)

"""What the office decides about single commitments: rhythm, internal due day, 汇总单位, plan curve, 销号."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.versions import lock
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions.common import NotPossible, hold
from lantian.apps.supervision.actions.making import make_measures, proposed_due
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Cadence, Commitment, Rhythm, Share
from lantian.apps.supervision.recording import changes, record_all
from lantian.status import curve_presets, period_bounds

BULK = 200  # commitments changed in one transaction


@transaction.atomic
def _change(user: User, row: Commitment, values: Mapping[str, Any], action: str, revision: int | None,
            said: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    """Set fields of a commitment that is in force, record it and compute its state."""
    policy.require(user, "duty.assign", row)
    hold(row, revision)
    if row.withdrawn is not None:
        raise NotPossible(_("This commitment was withdrawn; nothing in it can be changed any more."))
    before, after = changes(row, dict(values))
    if not after:
        return
    row.revision += 1
    row.save(update_fields=[*values, "revision"])
    audit.record(user, action, row, before=before, after=after | dict(said or {}))
    evaluating.touch([row.pk])


def set_cadence(user: User, row: Commitment, cadence: str, *, revision: int | None = None) -> None:
    """Say how often it is reported. Raises PermissionDenied, Stale, NotPossible."""
    if cadence not in Cadence.values:
        raise NotPossible(_("There is no such reporting cadence."))
    _change(user, row, {"cadence": cadence, "cadence_edited": True}, "commitment.cadence", revision)


def set_internal_due(user: User, row: Commitment, day: date | None, *, revision: int | None = None) -> None:
    """Set the office's own day; None takes the proposed one (倒排) again.

    Raises PermissionDenied, Stale, NotPossible (a day behind the printed deadline).
    """
    if day is not None and row.end is not None and day > row.end:
        raise NotPossible(_("The internal due day lies behind the printed deadline."))
    if day is None:
        rhythm = Rhythm.objects.filter(plan=row.plan_id).first() or Rhythm()
        day, edited = proposed_due(rhythm, row.measure, workdays()), False
    else:
        edited = True
    _change(user, row, {"internal_due": day, "internal_edited": edited}, "commitment.internal_due", revision)


@transaction.atomic
def set_convener(user: User, row: Commitment, *, revision: int | None = None) -> None:
    """Make the unit the 汇总单位 of its row; the one that was is so no longer, and figures that are sums move along."""
    policy.require(user, "duty.assign", row)
    lock(row.plan)  # before the commitment, as the making of commitments does: or two would wait for each other
    _change(user, row, {"convener": True, "convener_edited": True}, "commitment.convener", revision)
    others = Commitment.objects.select_for_update().filter(measure=row.measure_id, convener=True).exclude(pk=row.pk)
    events = []
    for other in others:
        before, after = changes(other, {"convener": False, "convener_edited": False})
        other.revision += 1
        other.save(update_fields=["convener", "convener_edited", "revision"])
        events.append(("commitment.convener", other, before, after))
    record_all(user, events)
    made = make_measures(user, row.plan, [row.measure_id])
    evaluating.touch(made.touched)
    row.refresh_from_db()


def close(user: User, row: Commitment, reason: str, day: date | None = None, *, revision: int | None = None) -> None:
    """销号: nothing more is owed from ``day`` on (today), for the reason given. Raises PermissionDenied, Stale,
    NotPossible."""
    reason = reason.strip()[:300]
    day = day or timezone.localdate()
    if not reason:
        raise NotPossible(_("Say why it is closed."))
    if day > timezone.localdate():
        raise NotPossible(_("The day lies in the future."))
    _change(user, row, {"closed": day, "closed_reason": reason}, "commitment.close", revision)


def reopen(user: User, row: Commitment, reason: str, *, revision: int | None = None) -> None:
    """Take 销号 back, for the reason given. Raises PermissionDenied, Stale, NotPossible."""
    reason = reason.strip()[:300]
    if not reason:
        raise NotPossible(_("Say why it is opened again."))
    if row.closed is None:
        raise NotPossible(_("It is not closed."))
    values = {"closed": None, "closed_reason": ""}
    _change(user, row, values, "commitment.reopen", revision, {"reason": reason})


def change_many(user: User, plan: Plan, keys: Sequence[int], *, cadence: str = "", due: date | None = None,
                propose: bool = False) -> int:  # fmt: skip
    """Set cadence or internal due day of many commitments of a plan; ``propose`` takes the proposed day again.

    Returns how many changed. A day behind a printed deadline is left as it was. Some at a time, so that others may
    write between. Raises PermissionDenied or NotPossible.
    """
    policy.require(user, "duty.assign", plan)
    if cadence and cadence not in Cadence.values:
        raise NotPossible(_("There is no such reporting cadence."))
    if not (cadence or due or propose):
        raise NotPossible(_("Choose a cadence or an internal due day to set."))
    rhythm, days = Rhythm.objects.filter(plan=plan).first() or Rhythm(), workdays()
    count = 0
    for start in range(0, len(keys), BULK):
        count += _change_some(user, plan, keys[start : start + BULK], cadence, due, propose, rhythm, days)
    return count


@transaction.atomic
def _change_some(user: User, plan: Plan, keys: Sequence[int], cadence: str, due: date | None, propose: bool,
                 rhythm: Rhythm, days: Any) -> int:  # fmt: skip
    rows = Commitment.objects.select_for_update(of=("self",)).select_related("measure")
    changed, events = [], []
    for row in rows.filter(plan=plan, pk__in=keys, withdrawn=None):
        values: dict[str, Any] = {"cadence": cadence, "cadence_edited": True} if cadence else {}
        if propose:
            values |= {"internal_due": proposed_due(rhythm, row.measure, days), "internal_edited": False}
        elif due is not None and (row.end is None or due <= row.end):
            values |= {"internal_due": due, "internal_edited": True}
        before, after = changes(row, values)
        if after:
            row.revision += 1
            changed.append(row)
            events.append(("commitment.rhythm", row, before, after))
    fields = ["cadence", "cadence_edited", "internal_due", "internal_edited", "revision"]
    Commitment.objects.bulk_update(changed, fields, batch_size=200)
    record_all(user, events)
    evaluating.touch(row.pk for row in changed)
    return len(changed)


@transaction.atomic
def set_curve(
    user: User, share: Share, curve: str, points: Sequence[tuple[str, Decimal]] = (), *, revision: int | None = None
) -> None:
    """Set the plan curve of a share: a preset, with cumulative parts (0 to 1) by period where it is edited.

    Parts may not fall. Raises PermissionDenied, Stale, NotPossible.
    """
    row = share.commitment
    policy.require(user, "duty.assign", row)
    hold(row, revision)
    share.refresh_from_db()
    if curve not in curve_presets():
        raise NotPossible(_("There is no such plan curve."))
    _check_points(points)
    kept = [[key, format(part.normalize(), "f")] for key, part in points]
    before, after = changes(share, {"curve": curve, "points": kept})
    if not after:
        return
    share.save(update_fields=["curve", "points"])
    row.revision += 1
    row.save(update_fields=["revision"])
    said = {"target": share.spec["text"]}
    audit.record(user, "commitment.curve", row, before=before | said, after=after | said)
    evaluating.touch([row.pk])


def _check_points(points: Sequence[tuple[str, Decimal]]) -> None:
    last = Decimal(0)
    for key, part in sorted(points, key=lambda point: period_bounds(point[0])[1]):
        if not Decimal(0) <= part <= Decimal(1):
            raise NotPossible(_("%(period)s: a part lies between 0 and 100 %%.") % {"period": key})
        if part < last:
            raise NotPossible(_("%(period)s: the plan cannot fall below the month before.") % {"period": key})
        last = part


@transaction.atomic
def set_allowance(
    user: User, share: Share, *, exempt: Decimal | None, note: str, carried_in: Decimal | None,
    revision: int | None = None,
) -> None:  # fmt: skip
    """Write down what was approved as exempt (不具备条件的 …) with its note, and what earlier years brought (累计).

    Raises PermissionDenied, Stale, NotPossible (an exemption without its note).
    """
    row = share.commitment
    policy.require(user, "duty.assign", row)
    hold(row, revision)
    share.refresh_from_db()
    note = note.strip()[:300]
    if exempt and not note:
        raise NotPossible(_("Say who approved the exemption, and why."))
    before, after = changes(share, {"exempt": exempt, "exempt_note": note, "carried_in": carried_in})
    if not after:
        return
    share.save(update_fields=["exempt", "exempt_note", "carried_in"])
    row.revision += 1
    row.save(update_fields=["revision"])
    audit.record(user, "commitment.allowance", row, before=before, after=after)
    evaluating.touch([row.pk])

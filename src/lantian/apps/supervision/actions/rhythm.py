"""节奏: how a plan is reported and reviewed, and the working calendar of the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from lantian.apps.core import audit, jobs, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions.common import hold
from lantian.apps.supervision.actions.making import MAKE
from lantian.apps.supervision.models import DayRule, Rhythm
from lantian.apps.supervision.recording import changes

FIELDS = ("review", "own_rows_exempt", "opens", "due", "near_days", "lead_days", "support_reports")
_MAKES = ("lead_days", "support_reports")  # what changes the proposals of every commitment


@transaction.atomic
def set_rhythm(user: User, plan: Plan, values: Mapping[str, Any], *, revision: int | None = None) -> Rhythm:
    """Set how a plan is reported (:data:`FIELDS`); proposals that nobody edited follow in the background.

    Raises PermissionDenied, Stale.
    """
    policy.require(user, "duty.assign", plan)
    row, _new = Rhythm.objects.get_or_create(plan=plan)
    hold(row, revision)
    before, after = changes(row, {name: values[name] for name in FIELDS if name in values})
    if not after:
        return row
    row.revision += 1
    row.save()
    audit.record(user, "plan.rhythm", plan, before=before, after=after)
    kind = MAKE if set(after) & set(_MAKES) else evaluating.REFRESH
    jobs.enqueue(user, kind, {"plan": str(plan.uid)})
    return row


@transaction.atomic
def set_day(user: User, day: date, *, working: bool, name: str = "", source: str = "") -> DayRule:
    """Say that a day is worked or off, against the shipped table. Raises PermissionDenied."""
    policy.require_at_top(user, "directory.edit")
    row = DayRule.objects.select_for_update().filter(day=day).first()
    before = None if row is None else {"day": day.isoformat(), "working": row.working, "name": row.name}
    values = {"working": working, "name": name.strip()[:60], "source": source.strip()[:120]}
    row, _new = DayRule.objects.update_or_create(day=day, defaults=values)
    audit.record(user, "calendar.set", row, before=before, after={"day": day.isoformat(), **values})
    return row


@transaction.atomic
def remove_day(user: User, row: DayRule) -> None:
    """Let the shipped table speak for the day again. Raises PermissionDenied."""
    policy.require_at_top(user, "directory.edit")
    before = {"day": row.day.isoformat(), "working": row.working, "name": row.name, "source": row.source}
    audit.record(user, "calendar.remove", row, before=before)
    row.delete()

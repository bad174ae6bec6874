"""The log of telephone calls."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import rights
from lantian.apps.chasing.actions.common import ChasingError
from lantian.apps.chasing.models import Call, Outcome
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan


@transaction.atomic
def log_call(
    user: User, plan: Plan, unit: Unit, period: str, *, whom: str, outcome: str, promised: date | None = None,
    note: str = "",
) -> Call:  # fmt: skip
    """Write down a call. Raises PermissionDenied, ChasingError for an unknown outcome or a promise without a day."""
    row = Call(plan=plan, unit=unit, period=period, by=user)
    policy.require(user, rights.DRAFT, row)
    if outcome not in Outcome.values:
        raise ChasingError(_("Say what came of the call."))
    if outcome == Outcome.PROMISED and promised is None:
        raise ChasingError(_("Give the day that was promised."))
    if not whom.strip():
        raise ChasingError(_("Say whom you called."))
    row.whom, row.outcome, row.note = whom.strip()[:80], outcome, note.strip()[:500]
    row.promised = promised if outcome == Outcome.PROMISED else None
    row.save()
    after = {"unit": unit.name, "period": period, "whom": row.whom, "outcome": outcome, "note": row.note}
    audit.record(user, "call.log", row, after=after | {"promised": promised.isoformat() if promised else ""})
    return row

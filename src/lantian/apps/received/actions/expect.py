"""外部来源: saying who sends what, how often, and by when."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible, StaleError, is_stale
from lantian.apps.core.models import User
from lantian.apps.received.models import Expected, Indicator, Rhythm
from lantian.apps.received.rights import RECEIVE

MOST_DAYS = 180


@transaction.atomic
def save_expected(
    user: User, row: Expected | None, area: Area, *, sender: str, name: str, indicator: str, rhythm: str,
    due_days: int, since: date, until: date | None = None, revision: int | None = None,
) -> Expected:  # fmt: skip
    """Make or change one line of the list. Raises PermissionDenied, StaleError, NotPossible."""
    new = row is None
    if row is None:
        row = Expected(area=area)
    policy.require(user, RECEIVE, row)
    if not new and is_stale(row, revision):
        raise StaleError
    if indicator not in Indicator.values or rhythm not in Rhythm.values:
        raise NotPossible(_("Choose indicator and rhythm."))
    if not name.strip() or not sender.strip():
        raise NotPossible(_("Say what comes from whom."))
    if not 0 <= due_days <= MOST_DAYS:
        raise NotPossible(_("Due within 0 to %(n)s days after the period.") % {"n": MOST_DAYS})
    if until is not None and until < since:
        raise NotPossible(_("The last day lies before the first."))
    before = None if new else _said(row)
    row.sender, row.name, row.indicator, row.rhythm = sender.strip()[:120], name.strip()[:200], indicator, rhythm
    row.due_days, row.since, row.until = due_days, since, until
    row.revision += 1
    row.save()
    audit.record(user, "received.expect", row, before=before, after=_said(row))
    return row


def _said(row: Expected) -> dict[str, object]:
    return {
        "name": row.name, "sender": row.sender, "indicator": row.indicator, "rhythm": row.rhythm,
        "due_days": row.due_days, "since": str(row.since), "until": str(row.until or ""),
    }  # fmt: skip

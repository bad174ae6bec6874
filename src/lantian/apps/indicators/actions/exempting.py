"""豁免: asked for by who answers for the record, approved by the office, ended by a date."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import User
from lantian.apps.indicators.models import Exemption, ExemptionState
from lantian.apps.indicators.rights import APPROVE, ASK
from lantian.apps.registers import catalogue


@transaction.atomic
def ask(
    user: User, register: str, key: str, area: Area | None, reason: str, since: date, until: date | None = None
) -> Exemption:
    """Ask that a record leave the denominators. Raises PermissionDenied, NotPossible."""
    row = Exemption(register=register, key=key, area=area, reason=reason.strip()[:300], since=since, until=until)
    row.asked_by = user
    policy.require(user, ASK, row)
    if register not in catalogue.registers() or not key:
        raise NotPossible(_("Say which record of which register."))
    if not row.reason:
        raise NotPossible(_("Give the reason: it stands in every figure that leaves the record out."))
    if until is not None and until < since:
        raise NotPossible(_("The last day lies before the first."))
    again = Exemption.objects.filter(register=register, key=key)
    if again.filter(state__in=(ExemptionState.ASKED, ExemptionState.APPROVED)).exists():
        raise NotPossible(_("This record is exempt, or somebody asked for it already."))
    row.save()
    audit.record(user, "exemption.ask", row, after=_said(row))
    return row


@transaction.atomic
def decide(user: User, row: Exemption, approve: bool, note: str = "") -> Exemption:
    """Approve or refuse. Raises PermissionDenied, NotPossible."""
    row = Exemption.objects.select_for_update().get(pk=row.pk)
    policy.require(user, APPROVE, row)
    if row.state != ExemptionState.ASKED:
        raise NotPossible(_("Somebody decided this already."))
    if not approve and not note.strip():
        raise NotPossible(_("Say why it is refused."))
    return _set(user, row, ExemptionState.APPROVED if approve else ExemptionState.REFUSED, note)


@transaction.atomic
def end(user: User, row: Exemption, note: str = "") -> Exemption:
    """The record counts again from today. Raises PermissionDenied, NotPossible."""
    row = Exemption.objects.select_for_update().get(pk=row.pk)
    policy.require(user, APPROVE, row)
    if row.state != ExemptionState.APPROVED:
        raise NotPossible(_("This exemption does not hold."))
    row.until = timezone.localdate()
    return _set(user, row, ExemptionState.ENDED, note)


def _set(user: User, row: Exemption, state: ExemptionState, note: str) -> Exemption:
    before = _said(row)
    row.state, row.note, row.decided_by, row.decided = state, note.strip()[:300], user, timezone.now()
    row.save()
    audit.record(user, f"exemption.{state}", row, before=before, after=_said(row))
    return row


def _said(row: Exemption) -> dict[str, object]:
    return {
        "register": row.register, "key": row.key, "reason": row.reason, "since": str(row.since),
        "until": str(row.until or ""), "state": row.state, "note": row.note,
    }  # fmt: skip


def register_renamed(before: str, name: str) -> None:
    """Exemptions follow the register whose rows they are about; its rename is what is recorded."""
    Exemption.objects.filter(register=before).update(register=name)

"""What was done to a commitment, a question or a quota sheet, in words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantian.apps.core.models import AuditEvent
from lantian.apps.plans.models import RoleKind
from lantian.apps.supervision.models import Cadence, ShareOrigin

ACTS: dict[str, str | Promise] = {
    "commitment.make": _("made this commitment"),
    "commitment.change": _("the plan's text changed it"),
    "commitment.withdraw": _("withdrew it"),
    "commitment.cadence": _("set the cadence"),
    "commitment.rhythm": _("set cadence or internal due day"),
    "commitment.internal_due": _("set the internal due day"),
    "commitment.convener": _("changed the convener"),
    "commitment.close": _("closed it"),
    "commitment.reopen": _("opened it again"),
    "commitment.curve": _("set the plan curve"),
    "commitment.allowance": _("wrote down exemptions or carried-in figures"),
    "share.change": _("a target share changed"),
    "share.withdraw": _("a target share was withdrawn"),
    "question.decide": _("decided"),
    "question.undo": _("took the decision back"),
    "quota.open": _("opened the quota sheet"),
    "quota.change": _("changed the quota sheet"),
    "quota.letter": _("attached the letter"),
    "quota.issue": _("issued the quota sheet"),
    "quota.units": _("added units"),
}
FIELDS: dict[str, str | Promise] = {
    "cadence": _("Cadence"), "internal_due": _("Internal due"), "convener": _("Convener"), "closed": _("Closed on"),
    "closed_reason": _("Reason"), "reason": _("Reason"), "role": _("Role"), "via": _("through"), "start": _("From"),
    "end": _("Until"), "value": _("Value"), "value_max": _("Up to"), "origin": _("Origin"), "curve": _("Plan curve"),
    "points": _("Edited months"), "exempt": _("Exempt"), "exempt_note": _("Note"), "carried_in": _("Carried in"),
    "printed": _("As printed"), "by": _("Until"), "unit": _("Unit"), "note": _("Note"), "target": _("Target"),
}  # fmt: skip
_WORDS: dict[str, dict[str, Any]] = {
    "cadence": dict(Cadence.choices),
    "origin": dict(ShareOrigin.choices),
    "role": dict(RoleKind.choices),
}


def told(event: AuditEvent) -> dict[str, Any]:
    """``{"what", "changes": [(field, before, after)]}`` of an event, in the reader's language."""
    before, after = event.before or {}, event.after or {}
    names = [name for name in dict.fromkeys([*before, *after]) if name in FIELDS]
    names = [name for name in names if before.get(name) or after.get(name)]
    changes = [(FIELDS[name], _word(name, before.get(name)), _word(name, after.get(name))) for name in names]
    return {"what": ACTS.get(event.action, event.action), "changes": changes}


def _word(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return "✓" if value else "—"
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, list):
        return "、".join(f"{key} {part}" for key, part in value)
    return _WORDS.get(name, {}).get(value, value)

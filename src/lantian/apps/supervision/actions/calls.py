"""电话代填: what a unit says on the telephone, written into its draft at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.supervision.actions import returns
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.actions.returns import EntryWords
from lantian.apps.supervision.models import Commitment, Entry, Route


@dataclass(frozen=True, slots=True)
class Call:
    """Who called, when (as written), and what else is worth keeping of it."""

    caller: str
    at: str
    note: str = ""


@transaction.atomic
def take_call(
    user: User, commitment: Commitment, period: str, words: EntryWords, call: Call, *, revision: int
) -> Entry:
    """Write what was said of one row into the unit's draft; the call is kept with it.

    ``revision`` is that of the row from which the form was made (0: there was none). Raises PermissionDenied,
    :class:`NotPossible` where nobody is named, or what ``write_entry`` raises.
    """
    policy.require(user, "duty.assign", commitment)
    if not call.caller.strip():
        raise NotPossible(_("Who called? Write the name."))
    ret = returns.open_return(user, commitment.plan, commitment.unit, period)
    source = {"caller": call.caller.strip()[:80], "at": call.at.strip()[:40], "note": call.note.strip()[:500]}
    return returns.write_entry(
        user, ret, commitment, words, route=Route.PHONE, behalf=True, source=source, revision=revision
    )

"""What the actions share: the refusal, and holding a round while something about it is written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lantian.apps.consultation.models import Invitation, Round
from lantian.apps.core.holding import NotPossible

__all__ = ["NotPossible", "hold", "hold_invitation", "hold_open"]

_ROUND = ("status", "due", "silence_is_consent", "settled", "closed", "number")
_INVITATION = ("status", "how", "answered", "answered_by", "late", "reply", "reply_name", "note", "staged")


def hold(row: Round) -> None:
    """Hold the round until the transaction ends, and see what it says now (SQLite locks as a whole anyway)."""
    row.refresh_from_db(fields=_ROUND, from_queryset=Round.objects.select_for_update())


def hold_open(row: Round) -> None:
    """:func:`hold`, for what only an open round of a plan in preparation allows."""
    hold(row)
    if not row.is_open:
        raise NotPossible(_("This round has ended; nothing in it can be changed any more."))
    if not row.plan.in_preparation:
        raise NotPossible(_("The plan is published; its draft is no longer open to comments."))


def hold_invitation(invitation: Invitation) -> None:
    """See what the invitation says now; its round is held already."""
    invitation.refresh_from_db(fields=_INVITATION)

"""What the office makes of the comments: 采纳, 部分采纳, 不采纳, and whether the draft says it already."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.consultation.actions.common import NotPossible, hold
from lantian.apps.consultation.models import Answer, Comment, Decision
from lantian.apps.consultation.words import WORDS, tidy
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User


def _hold(comment: Comment) -> None:
    """Hold the round and see what the comment says now. Decisions may be taken and changed after the round's end, too:
    the answers are complete only then."""
    hold(comment.invitation.round)
    comment.refresh_from_db(fields=["decision", "decision_reason", "carried_out", "decided", "decided_by"])
    comment.invitation.refresh_from_db(fields=["status"])
    if comment.invitation.status != Answer.COMMENTED:
        raise NotPossible(_("The unit has taken its answer back; wait until it is handed in again."))


@transaction.atomic
def decide(user: User, comment: Comment, decision: str, reason: str = "") -> None:
    """Decide on a comment; every decision but full adoption gives its reason. May be changed later.

    Raises PermissionDenied or :class:`NotPossible`.
    """
    policy.require(user, "plan.consult", comment.invitation.round.plan)
    _hold(comment)
    reason = tidy(reason)
    if decision not in Decision.values:
        raise NotPossible(_("Choose adopted, adopted in part or not adopted."))
    if decision in (Decision.PARTLY, Decision.REJECTED) and not reason:
        raise NotPossible(_("Give the reason: it stands in the table that the unit receives."))
    if len(reason) > WORDS:
        raise NotPossible(_("At most %(limit)s characters.") % {"limit": WORDS})
    before = {"decision": comment.decision, "reason": comment.decision_reason, "carried_out": comment.carried_out}
    comment.decision, comment.decision_reason = decision, reason
    decided = decision != Decision.OPEN
    comment.decided, comment.decided_by = (timezone.now(), user) if decided else (None, None)
    if decision in (Decision.OPEN, Decision.REJECTED):
        comment.carried_out = False
    comment.save(update_fields=["decision", "decision_reason", "decided", "decided_by", "carried_out"])
    after = {"decision": decision, "reason": reason, "carried_out": comment.carried_out}
    audit.record(user, "consultation.decide", comment, before=before, after=after)


@transaction.atomic
def set_carried_out(user: User, comment: Comment, carried_out: bool) -> None:
    """Say whether the draft was changed for an adopted comment."""
    policy.require(user, "plan.consult", comment.invitation.round.plan)
    _hold(comment)
    if comment.decision not in (Decision.ADOPTED, Decision.PARTLY):
        raise NotPossible(_("Only what was adopted can be carried out."))
    before, comment.carried_out = comment.carried_out, carried_out
    comment.save(update_fields=["carried_out"])
    audit.record(
        user, "consultation.carried_out", comment, before={"carried_out": before}, after={"carried_out": carried_out}
    )

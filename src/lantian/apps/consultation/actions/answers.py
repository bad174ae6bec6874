"""A unit's answer on screen: comments row by row, 无意见, handing it in, taking it back.

The office may do all of it for a unit, to write down what came on paper or by telephone; then the last day does not
bind, and the answer is marked late.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.consultation.actions.common import NotPossible, hold_invitation, hold_open
from lantian.apps.consultation.frozen import WHOLE, Line, lines_of
from lantian.apps.consultation.models import Answer, Channel, Comment, CommentKind, Decision, Invitation
from lantian.apps.consultation.words import refused, tidy
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure

SCANS = ("application/pdf", "image/png", "image/jpeg", "image/tiff")


def begin(user: User, invitation: Invitation) -> None:
    """Check that the person may answer for the unit, and that an answer is still taken; holds the round.

    Raises PermissionDenied or :class:`NotPossible`.
    """
    row = invitation.round
    office = policy.can(user, "plan.consult", row.plan)
    if not office:
        policy.require(user, "plan.comment", invitation)
    hold_open(row)
    hold_invitation(invitation)
    if row.lapsed and not office:
        raise NotPossible(
            _("The last day for answers is over, which counts as no objection. Ask the office that sent the draft.")
        )


def begin_answer(user: User, invitation: Invitation) -> None:
    """:func:`begin`, where the unit must not have answered yet."""
    begin(user, invitation)
    if invitation.has_answered:
        raise NotPossible(_("The answer was handed in already. Take it back to change it."))


@transaction.atomic
def save_comment(
    user: User,
    invitation: Invitation,
    n: int,
    proposal: str,
    reason: str = "",
    kind: str = CommentKind.TEXT,
    uid: UUID | None = None,
) -> Comment | None:
    """Write one drafted comment on row ``n`` of the text as sent (0: on the whole).

    ``uid`` names the draft to change; without it a new one is made. A draft whose proposal is emptied is removed: then
    None is returned. Raises PermissionDenied or :class:`NotPossible`.
    """
    begin_answer(user, invitation)
    proposal, reason = tidy(proposal), tidy(reason)
    old = invitation.comments.filter(uid=uid).first() if uid else None
    if not proposal:
        if reason:
            raise NotPossible(_("A reason alone is no comment: write what should be changed."))
        if old is not None:
            audit.record(user, "consultation.comment", old, before=values(old))
            old.delete()
        return None
    problem = refused(proposal, reason, kind)
    if problem:
        raise NotPossible(problem)
    line = None if n == WHOLE else _line(invitation, n)
    before = values(old) if old is not None else None
    row = old or Comment(invitation=invitation)
    place(row, line, {str(m.uid): m for m in Measure.objects.filter(uid=line.uid)} if line else {})
    row.kind, row.proposal, row.reason = kind, proposal, reason
    row.save()
    audit.record(user, "consultation.comment", row, before=before, after=values(row))
    return row


def _line(invitation: Invitation, n: int) -> Line:
    for line in lines_of(invitation.round.sent.content):
        if line.n == n:
            return line
    raise NotPossible(_("The draft has no row %(n)s.") % {"n": n})


def place(row: Comment, line: Line | None, measures: dict[str, Measure]) -> None:
    """Let the comment speak of a row of the text as sent, or of the whole; ``measures`` are today's rows by uid."""
    row.n = line.n if line else None
    row.quote = line.text if line else ""
    row.measure = measures.get(line.uid) if line else None


def values(row: Comment) -> dict[str, str | int | None]:
    """What the audit record keeps of a comment."""
    return {"n": row.n, "kind": row.kind, "proposal": row.proposal, "reason": row.reason}


@transaction.atomic
def submit(user: User, invitation: Invitation) -> None:
    """Hand in the drafted comments as the unit's answer."""
    begin_answer(user, invitation)
    if not invitation.comments.exists():
        raise NotPossible(_("There is no comment yet. Write one, or answer that you have no objection."))
    finish(user, invitation, Answer.COMMENTED, _channel(invitation))


@transaction.atomic
def no_objection(user: User, invitation: Invitation) -> None:
    """Answer 无意见. Refused while comments are drafted: they would be lost or contradict the answer."""
    begin_answer(user, invitation)
    if invitation.comments.exists():
        raise NotPossible(_("Comments are drafted. Remove them first, or hand them in."))
    finish(user, invitation, Answer.NO_OBJECTION, _channel(invitation))


def _channel(invitation: Invitation) -> Channel:
    """On paper where a scanned reply is kept; a filled form that was taken back and typed over counts as screen."""
    scanned = invitation.reply is not None and invitation.reply.media_type in SCANS
    return Channel.PAPER if scanned else Channel.SCREEN


def finish(user: User, invitation: Invitation, status: Answer, how: Channel) -> None:
    """Write the answer down, in the caller's transaction."""
    before = {"status": invitation.status}
    invitation.status, invitation.how, invitation.staged = status, how, None
    invitation.answered, invitation.answered_by = timezone.now(), user
    invitation.late = invitation.round.overdue
    invitation.save(update_fields=["status", "how", "staged", "answered", "answered_by", "late"])
    after = {
        "status": status, "how": how, "late": invitation.late, "comments": invitation.comments.count(),
        "unit": invitation.unit.name,
    }  # fmt: skip
    audit.record(user, "consultation.answer", invitation, before=before, after=after)


@transaction.atomic
def withdraw(user: User, invitation: Invitation) -> None:
    """Take the answer back to change it; its comments become drafts. Not once one of them is decided."""
    begin(user, invitation)
    if not invitation.has_answered:
        raise NotPossible(_("There is no answer to take back."))
    if invitation.comments.exclude(decision=Decision.OPEN).exists():
        raise NotPossible(_("The office has begun to decide on these comments; they can no longer be taken back."))
    before = {"status": invitation.status, "how": invitation.how}
    invitation.status, invitation.how, invitation.late = Answer.WAITING, "", False
    invitation.answered = invitation.answered_by = None
    invitation.save(update_fields=["status", "how", "late", "answered", "answered_by"])
    audit.record(user, "consultation.withdraw", invitation, before=before, after={"status": invitation.status})


@transaction.atomic
def save_note(user: User, invitation: Invitation, note: str) -> None:
    """Whom to call there about the answer."""
    begin(user, invitation)
    before, invitation.note = invitation.note, tidy(note)[:300]
    invitation.save(update_fields=["note"])
    audit.record(user, "consultation.note", invitation, before={"note": before}, after={"note": invitation.note})

"""The office's side of a round: opening it, whom it asks, until when, what silence means, its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.consultation.actions.common import NotPossible, hold, hold_invitation, hold_open
from lantian.apps.consultation.models import Answer, Invitation, Round, RoundStatus, RoundText
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans import actions as plans
from lantian.apps.plans import content, queries
from lantian.apps.plans.actions.lifecycle import lock
from lantian.apps.plans.models import Measure, Plan, PlanStatus


@transaction.atomic
def open_round(
    user: User,
    plan: Plan,
    units: Iterable[Unit],
    due: date,
    *,
    title: str = "",
    letter: str = "",
    silence_is_consent: bool = True,
) -> Round:
    """Send the plan as it stands now to ``units``, which answer until the end of ``due``; returns the round.

    Freezes the text and makes the plan a 征求意见稿. Raises PermissionDenied or :class:`NotPossible`.
    """
    policy.require(user, "plan.consult", plan)
    lock(plan)
    asked = _askable(units)
    if not plan.in_preparation:
        raise NotPossible(_("Only a draft can be sent for comments; this plan is published."))
    if plan.rounds.filter(status=RoundStatus.OPEN).exists():
        raise NotPossible(_("A round is still open; end it before the next one."))
    if not asked:
        raise NotPossible(_("Choose at least one unit to ask."))
    _check_due(due)
    measures = queries.detailed(Measure.objects.filter(plan=plan).order_by("n"))
    text = content.head_of(plan) | {"measures": [content.content_of(row) for row in measures]}
    if not text["measures"]:
        raise NotPossible(_("The plan has no measures yet; there is nothing to comment on."))
    number = max(plan.rounds.values_list("number", flat=True), default=0) + 1
    row = Round.objects.create(
        plan=plan, number=number, title=title[:300] or plan.title, letter=letter, due=due,
        silence_is_consent=silence_is_consent, opened_by=user,
    )  # fmt: skip
    RoundText.objects.create(round=row, content=text)
    Invitation.objects.bulk_create(Invitation(round=row, unit=unit) for unit in asked)
    if plan.status != PlanStatus.COMMENT:
        plans.set_status(user, plan, PlanStatus.COMMENT)
    after = {
        "plan": str(plan.uid), "number": number, "due": due.isoformat(), "silence_is_consent": silence_is_consent,
        "units": [unit.name for unit in asked], "measures": len(text["measures"]),
    }  # fmt: skip
    audit.record(user, "consultation.open", row, after=after)
    return row


def _askable(units: Iterable[Unit]) -> list[Unit]:
    """Each unit once; a collective unit answers nothing, its members do."""
    asked = {unit.pk: unit for unit in units}
    if several := [unit.name for unit in asked.values() if unit.collective]:
        names = "、".join(several)
        raise NotPossible(_("%(names)s stands for several units; choose these.") % {"names": names})
    return list(asked.values())


def _check_due(due: date) -> None:
    if due < timezone.localdate():
        raise NotPossible(_("The last day for answers lies in the past."))


@transaction.atomic
def invite(user: User, row: Round, units: Iterable[Unit]) -> list[Invitation]:
    """Ask further units in an open round; returns the new invitations (units asked already are left as they are)."""
    policy.require(user, "plan.consult", row.plan)
    hold_open(row)
    there = set(row.invitations.values_list("unit", flat=True))
    new = [Invitation(round=row, unit=unit) for unit in _askable(units) if unit.pk not in there]
    made = Invitation.objects.bulk_create(new)
    if made:
        audit.record(user, "consultation.invite", row, after={"units": [item.unit.name for item in made]})
    return made


@transaction.atomic
def uninvite(user: User, invitation: Invitation) -> None:
    """Take back an invitation to which nothing was answered and nothing is drafted."""
    row = invitation.round
    policy.require(user, "plan.consult", row.plan)
    hold_open(row)
    hold_invitation(invitation)
    if invitation.status != Answer.WAITING or invitation.reply_id or invitation.comments.exists():
        raise NotPossible(_("The unit has begun to answer; its invitation stays."))
    audit.record(user, "consultation.uninvite", row, before={"units": [invitation.unit.name]})
    invitation.delete()


@transaction.atomic
def set_due(user: User, row: Round, due: date) -> None:
    """Another last day. What was written down as consent by silence is open again if the new day is still to come."""
    policy.require(user, "plan.consult", row.plan)
    hold_open(row)
    _check_due(due)
    before = {"due": row.due.isoformat()}
    row.due, row.settled = due, None
    row.save(update_fields=["due", "settled"])
    again = row.invitations.filter(status=Answer.OVERDUE_CONSENT).update(status=Answer.WAITING)
    audit.record(user, "consultation.due", row, before=before, after={"due": due.isoformat(), "waiting_again": again})


@transaction.atomic
def settle_overdue(user: User, row: Round) -> int:
    """Write down 逾期视为无异议 for every unit that is silent past the last day; returns how many.

    Until then the pages show the same as a computed state; this makes it a dated event. Raises :class:`NotPossible`
    before the day is over, or where the letter did not say that silence is consent.
    """
    policy.require(user, "plan.consult", row.plan)
    hold_open(row)
    if not row.silence_is_consent:
        raise NotPossible(_("The letter did not say that silence counts as no objection."))
    if not row.overdue:
        raise NotPossible(_("The last day for answers is not over yet."))
    return _settle(user, row)


def _settle(user: User, row: Round) -> int:
    silent = list(row.invitations.filter(status=Answer.WAITING).select_related("unit"))
    Invitation.objects.filter(pk__in=[item.pk for item in silent]).update(status=Answer.OVERDUE_CONSENT, staged=None)
    row.settled = timezone.now()
    row.save(update_fields=["settled"])
    after = {"due": row.due.isoformat(), "units": [item.unit.name for item in silent]}
    audit.record(user, "consultation.settle", row, after=after)
    return len(silent)


@transaction.atomic
def close_round(user: User, row: Round) -> None:
    """End the round: no more answers, the units no longer read the draft and see what was decided.

    Settles what is overdue. A round may end before its day (all have answered, or the draft was taken back); then
    who is silent stays without an answer.
    """
    policy.require(user, "plan.consult", row.plan)
    hold(row)
    if not row.is_open:
        return
    if row.lapsed:
        _settle(user, row)
    row.status, row.closed, row.closed_by = RoundStatus.CLOSED, timezone.now(), user
    row.save(update_fields=["status", "closed", "closed_by"])
    counts = {str(value): row.invitations.filter(status=value).count() for value in Answer.values}
    audit.record(
        user, "consultation.close", row, before={"status": RoundStatus.OPEN}, after={"status": row.status, **counts}
    )

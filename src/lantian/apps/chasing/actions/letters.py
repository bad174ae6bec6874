"""Letters of the ladder: drafted with their paper, following it, closed by the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import desk, ladder, rights, texts
from lantian.apps.chasing.actions.common import ChasingError, StaleError
from lantian.apps.chasing.ladder import Rung
from lantian.apps.chasing.models import OPEN_STATES, Letter, LetterState
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.papers import actions as papers
from lantian.apps.papers import queries as paper_queries
from lantian.apps.papers.models import Letterhead, Paper, PaperState, Recipient
from lantian.apps.papers.slots import SlotError
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, State

_MET = frozenset({State.MET, State.CLOSED})


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What a person chose for a letter: see :func:`draft_letter`."""

    rung: str
    issuer: Unit
    commitments: Sequence[Commitment]
    reply_by: date
    approver: User | None = None
    approver_name: str = ""
    jump_reason: str = ""
    contact: str = ""


def draft_letter(user: User, plan: Plan, unit: Unit, period: str, words: LetterWords) -> Letter:
    """A letter with the draft of its paper, ready to be changed, checked and signed like any paper.

    Raises PermissionDenied, or :class:`ChasingError`: no approver, no rows, a reply day that is over, a jump of more
    than one rung without a reason, or a letter of this rung that is open already.
    """
    policy.require(user, rights.DRAFT, Letter(plan=plan, unit=unit))
    step = _rung(words.rung)
    today = timezone.localdate()
    if not words.commitments:
        raise ChasingError(_("Choose at least one row for the letter."))
    if any(row.plan_id != plan.pk or row.unit_id != unit.pk for row in words.commitments):
        raise ChasingError(_("A row belongs to another unit or plan."))
    if words.reply_by <= today:
        raise ChasingError(_("The day for the answer must lie ahead."))
    if words.approver is None and not words.approver_name.strip():
        raise ChasingError(_("Name the leader who approves the letter."))
    try:
        with transaction.atomic():
            return _draft(user, plan, unit, period, words, step, today)
    except IntegrityError:
        text = _("%(unit)s has an open letter of this kind already.")
        raise ChasingError(text % {"unit": unit.name}) from None


def _rung(name: str) -> Rung:
    try:
        step = ladder.rung(name)
    except KeyError:
        step = ladder.rung(ladder.REMIND)
    if not step.kind:
        raise ChasingError(_("Choose a rung of the ladder."))
    return step


def _draft(user: User, plan: Plan, unit: Unit, period: str, words: LetterWords, step: Rung, today: date) -> Letter:
    month = desk.month_of(plan, period, today)
    listed = [row for row in desk.units_owing(month) if row.pk == unit.pk]
    found = desk.lines(month, listed)
    line = found[0] if found else desk.Line(unit, 0, None, late=False)
    facts = desk.facts(month, line)
    jump = ladder.jumps(step.id, facts.standing)
    if jump and not words.jump_reason.strip():
        raise ChasingError(_("This leaves out a rung of the ladder. Say why."))
    paper = _paper(user, plan, unit, period, words, step, line)
    proposal = ladder.propose(facts)
    letter = Letter.objects.create(
        plan=plan, unit=unit, period=period, rung=step.id, paper=paper, reply_by=words.reply_by, created_by=user,
        reasons=list(proposal.reasons) if proposal else [], jump_reason=words.jump_reason.strip()[:200] if jump else "",
    )  # fmt: skip
    letter.commitments.set(words.commitments)
    after = {
        "unit": unit.name, "period": period, "rung": step.id, "reply_by": words.reply_by.isoformat(),
        "rows": [row.measure.n for row in words.commitments], "jump_reason": letter.jump_reason,
    }  # fmt: skip
    audit.record(user, "letter.draft", letter, after=after)
    return letter


def _paper(user: User, plan: Plan, unit: Unit, period: str, words: LetterWords, step: Rung, line: desk.Line) -> Paper:
    values = slots(plan, unit, period, words, line)
    try:
        title, body = paper_queries.begun(step.template, values)
    except SlotError as error:
        raise ChasingError(_("The template cannot be filled: %(why)s") % {"why": error}) from None
    draft = papers.Words(
        title=title, body=body, main_to=[_addressed(unit, words.issuer)], units=[unit], approver=words.approver,
        approver_name=words.approver_name,
    )  # fmt: skip
    about = f"{plan.title} {texts.period_words(period)}"
    try:
        return papers.draft_paper(user, step.kind, words.issuer, draft, about=about)
    except papers.PaperError as refusal:
        raise ChasingError(str(refusal)) from None


def _addressed(unit: Unit, issuer: Unit) -> str:
    """How a letter addresses a unit: by its short name in the issuer's own area, by its full name elsewhere."""
    return unit.name if unit.area_id == issuer.area_id else unit.full_name or unit.name


def slots(plan: Plan, unit: Unit, period: str, words: LetterWords, line: desk.Line) -> dict[str, Any]:
    """What the templates of the ladder are filled with; nothing of lights, which never go out."""
    today = timezone.localdate()
    before = max(line.letters, key=lambda letter: ladder.place(letter.rung), default=None)
    overdue = [row for row in words.commitments if _overdue(row, today)]
    head = Letterhead.objects.filter(unit=words.issuer).first()
    return {
        "plan": f"《{plan.title}》",
        "unit": unit.name,
        "period": texts.period_words(period) if line.late else "",
        "reply_by": texts.day_words(words.reply_by),
        "contact": words.contact or (head.contact if head else ""),
        "why": texts.why(late=line.late, sent_back=line.sent_back, overdue=bool(overdue), period=period),
        "earlier": _earlier(before),
        "rows": [
            {
                "seq": str(row.measure.seq or row.measure.n),
                "measure": texts.brief(row.measure.text),
                "due": row.measure.deadline_text or "—",
                "state": "超过完成时限" if row in overdue else "未报送进展" if line.late else "进展未达要求",
            }
            for row in words.commitments
        ],
    }


def _overdue(row: Commitment, today: date) -> bool:
    return row.end is not None and row.end < today and row.closed is None and row.state not in _MET


def _earlier(letter: Letter | None) -> str:
    if letter is None or letter.paper.issued is None:
        return ""
    return texts.earlier(ladder.rung(letter.rung).zh, letter.paper.number, letter.paper.issued)


def reply_day(step: Rung, today: date) -> date:
    """The day for the answer that is proposed: so many working days ahead."""
    return workdays().add_workdays(today, max(1, step.reply_days))


def follow_paper(user: User, paper: Paper) -> None:
    """Keep the letter in step with its paper (papers.hooks, in the step's transaction); closed ones stay closed."""
    letter = Letter.objects.filter(paper=paper).first()
    if letter is None or letter.state == LetterState.CLOSED:
        return
    state = _state_of(letter, paper)
    if state == letter.state:
        return
    before, letter.state = letter.state, state
    letter.revision += 1
    letter.save(update_fields=["state", "revision"])
    audit.record(user, f"letter.{state}", letter, before={"state": before}, after={"state": state})


def _state_of(letter: Letter, paper: Paper) -> LetterState:
    if paper.state == PaperState.VOID:
        return LetterState.DROPPED
    if paper.state == PaperState.SIGNED:
        return LetterState.APPROVED
    if paper.state != PaperState.ISSUED:
        return LetterState.DRAFT
    answered = Recipient.objects.filter(paper=paper, unit=letter.unit_id, replied__isnull=False).exists()
    return LetterState.REPLIED if answered else LetterState.SENT


@transaction.atomic
def close_letter(user: User, letter: Letter, why: str, *, revision: int) -> None:
    """销号: the office closes a letter that went out, saying why. Raises PermissionDenied, StaleError, ChasingError."""
    policy.require(user, rights.DRAFT, letter)
    letter.refresh_from_db(from_queryset=Letter.objects.select_for_update())
    if revision != letter.revision:
        raise StaleError(_("Somebody else changed this letter meanwhile. Look at it as it stands now, then try again."))
    if letter.state not in (LetterState.SENT, LetterState.REPLIED):
        raise ChasingError(_("Only a letter that went out can be closed; a draft is voided with its paper."))
    if not why.strip():
        raise ChasingError(_("Say why."))
    before, letter.state = letter.state, LetterState.CLOSED
    letter.closed, letter.closed_by, letter.closed_why = timezone.now(), user, why.strip()[:300]
    letter.revision += 1
    letter.save(update_fields=["state", "closed", "closed_by", "closed_why", "revision"])
    audit.record(
        user, "letter.close", letter, before={"state": before}, after={"state": letter.state, "why": letter.closed_why}
    )  # fmt: skip


def open_letters(plan: Plan, unit: Unit) -> list[Letter]:
    """The letters of a unit that are not closed, lowest rung first."""
    rows = Letter.objects.filter(plan=plan, unit=unit, state__in=OPEN_STATES).select_related("paper")
    return sorted(rows, key=lambda letter: ladder.place(letter.rung))

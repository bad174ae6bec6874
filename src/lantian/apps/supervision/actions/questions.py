"""待定事项: a person says who is meant or whom a figure binds; commitments follow at once, also when it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.versions import lock
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions.common import NotPossible, hold
from lantian.apps.supervision.actions.making import make_measures
from lantian.apps.supervision.models import Question, QuestionKind
from lantian.apps.supervision.queries.duties import proposals
from lantian.apps.supervision.sharing import APPLIES


def decide(
    user: User,
    question: Question,
    *,
    units: Sequence[Unit] = (),
    applies: str = "",
    note: str = "",
    same: bool = False,
    revision: int | None = None,
) -> int:
    """Answer a question, or answer it otherwise; returns how many were answered.

    ``units`` are whom the words mean (none: nobody, which wants a note), or for a figure whom it binds; ``applies`` is
    one of total, each, both, owner. ``same`` gives the same answer to every open question of the plan with the same
    words. Raises PermissionDenied, Stale, NotPossible.
    """
    answer = _answer(question, units, applies, note)
    _decide(user, question, answer, note, revision)
    count = 1
    if same:
        others = Question.objects.filter(
            plan=question.plan_id, kind=question.kind, words=question.words, decided=None, dropped=None
        )
        for other in others.select_related("plan__area"):
            _decide(user, other, answer, note, None)
            count += 1
    return count


def _answer(question: Question, units: Sequence[Unit], applies: str, note: str) -> dict[str, Any]:
    uids = [str(unit.uid) for unit in units]
    if question.kind != QuestionKind.APPLIES:
        if not uids and not note.strip():
            raise NotPossible(_("Tick the units that are meant, or write down why there is none."))
        return {"units": uids}
    if applies not in APPLIES:
        raise NotPossible(_("Choose whom the figure binds."))
    if applies == "owner" and not uids:
        raise NotPossible(_("Tick the units that the figure binds."))
    return {"applies": applies, "units": uids if applies == "owner" else []}


@transaction.atomic
def _decide(user: User, row: Question, answer: dict[str, Any] | None, note: str, revision: int | None) -> None:
    policy.require(user, "duty.assign", row)
    lock(row.plan)  # before the question, as the making of commitments does: or two would wait for each other
    hold(row, revision)
    if row.dropped is not None:
        raise NotPossible(_("The plan's text changed; this is no longer asked."))
    before = {"answer": row.answer, "note": row.note}
    row.answer, row.note = answer, note.strip()[:500]
    row.decided_by, row.decided = (user, timezone.now()) if answer is not None else (None, None)
    row.revision += 1
    row.save(update_fields=["answer", "note", "decided_by", "decided", "revision"])
    audit.record(
        user, "question.decide" if answer is not None else "question.undo", row,
        before=before, after={"answer": row.answer, "note": row.note},
    )  # fmt: skip
    made = make_measures(user, row.plan, [row.measure_id])
    evaluating.touch(made.touched)


def decide_proposed(user: User, plan: Plan) -> int:
    """Answer every open question about a figure as proposed; returns how many. Raises PermissionDenied."""
    policy.require(user, "duty.assign", plan)
    wanted = proposals(plan)
    rows = Question.objects.filter(pk__in=wanted, decided=None, dropped=None).select_related("plan__area")
    for row in rows:
        _decide(user, row, {"applies": wanted[row.pk], "units": []}, "", row.revision)
    return len(rows)


def undo(user: User, question: Question, *, revision: int | None = None) -> None:
    """Take a decision back: what it made is withdrawn, and the question waits again.

    Raises PermissionDenied, Stale, NotPossible.
    """
    if question.decided is None:
        raise NotPossible(_("Nothing was decided here."))
    _decide(user, question, None, "", revision)

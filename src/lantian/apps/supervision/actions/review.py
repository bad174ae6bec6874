"""The reviewer's side of a return: a verdict for each row, accepting, sending back, reopening."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.supervision.actions.returns import touch
from lantian.apps.supervision.models import Entry, Return, ReturnState, Verdict
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import StaleError, StateError, begin, bump


@transaction.atomic
def judge(user: User, entry: Entry, verdict: str, note: str = "", *, revision: int | None = None) -> Entry:
    """Say of one row that it is accepted, sent back (with a note), or not looked at after all.

    Nobody is told before the review is finished (:func:`accept`, :func:`send_back`). Raises PermissionDenied,
    :class:`StaleError` where another reviewer was faster, or :class:`StateError`.
    """
    ret = entry.report
    begin(user, "judge", ret)
    entry.refresh_from_db(fields=["verdict", "verdict_note", "revision"])
    if revision is not None and entry.revision != revision:
        raise StaleError(_("Somebody else judged this row meanwhile. Yours was not saved."), entry)
    note = note.strip()[:500]
    if verdict not in Verdict.values:
        raise StateError(_("There is no such verdict."))
    if verdict == Verdict.SENT_BACK and not note:
        raise StateError(_("Say what is to be corrected; the unit reads it beside the row."))
    before = {"verdict": entry.verdict, "note": entry.verdict_note}
    entry.verdict, entry.verdict_note = verdict, note if verdict == Verdict.SENT_BACK else ""
    after = {"verdict": entry.verdict, "note": entry.verdict_note}
    if before == after:
        return entry
    entry.revision += 1
    entry.save(update_fields=["verdict", "verdict_note", "revision", "changed"])
    audit.record(user, "return.judge", entry, before=before, after=after)
    bump(ret, reviewed=timezone.now(), reviewed_by=user)
    return entry


@transaction.atomic
def accept(user: User, ret: Return, *, revision: int | None = None) -> None:
    """Accept the whole return: every row that is not marked to be sent back; with such a row it is refused.

    Raises PermissionDenied, :class:`StaleError` or :class:`StateError`.
    """
    step = begin(user, "accept", ret, revision)
    rows = Entry.objects.filter(report=ret)
    if back := rows.filter(verdict=Verdict.SENT_BACK).count():
        raise StateError(
            _("%(n)s rows are marked to be sent back; send the return back, or take the marks off.") % {"n": back}
        )
    rows.exclude(verdict=Verdict.ACCEPTED).update(verdict=Verdict.ACCEPTED, verdict_note="", revision=F("revision") + 1)
    _finish(user, ret, step.target, "return.accept")


@transaction.atomic
def send_back(user: User, ret: Return, *, note: str = "", revision: int | None = None) -> int:
    """Send back the rows that are marked so, each with its note; the others are accepted and locked.

    Where no row is marked, ``note`` must say what is wrong with the whole, and all rows go back that were not accepted
    before. Returns how many rows went back. Raises PermissionDenied, :class:`StaleError` or :class:`StateError`.
    """
    step = begin(user, "send_back", ret, revision)
    note = note.strip()[:500]
    rows = Entry.objects.filter(report=ret)
    if rows.filter(verdict=Verdict.SENT_BACK).exists():
        left = rows.filter(verdict=Verdict.NONE)
        left.update(verdict=Verdict.ACCEPTED, verdict_note="", revision=F("revision") + 1)
    elif note:
        rest = rows.exclude(verdict=Verdict.ACCEPTED) if rows.exclude(verdict=Verdict.ACCEPTED).exists() else rows
        rest.update(verdict=Verdict.SENT_BACK, verdict_note=note, revision=F("revision") + 1)
    else:
        raise StateError(_("Mark the rows to be sent back, or write what is wrong with the whole return."))
    count = rows.filter(verdict=Verdict.SENT_BACK).count()
    _finish(user, ret, step.target, "return.send_back", note=note, sent_back=ret.sent_back + 1)
    return count


def _finish(
    user: User, ret: Return, state: str | None, action: str, *, note: str = "", sent_back: int | None = None
) -> None:
    before = {"state": str(ret.state)}
    bump(
        ret, state=state, note=note, reviewed=timezone.now(), reviewed_by=user,
        sent_back=ret.sent_back if sent_back is None else sent_back,
    )  # fmt: skip
    rows = Entry.objects.filter(report=ret, verdict=Verdict.SENT_BACK).values_list("commitment__uid", "verdict_note")
    after = {"state": str(ret.state), "note": note, "rows": {str(uid): text for uid, text in rows}}
    audit.record(user, action, ret, before=before, after=after)
    touch(ret)


@transaction.atomic
def reopen(user: User, ret: Return, reason: str, *, rows: Collection[str] = (), revision: int | None = None) -> None:
    """Open an accepted return again; ``rows`` are uids of the commitments to correct (none named: all of them).

    Raises PermissionDenied, :class:`StaleError` or :class:`StateError` (without a reason).
    """
    step = begin(user, "reopen", ret, revision)
    reason = reason.strip()[:500]
    if not reason:
        raise StateError(_("Say why the return is opened again; the unit reads it."))
    entries = Entry.objects.filter(report=ret)
    Entry.objects.filter(report=ret, verdict=Verdict.NONE).update(verdict=Verdict.ACCEPTED)
    chosen = entries.filter(commitment__uid__in=rows) if rows else entries
    if not chosen.exists():
        raise StateError(_("None of these rows stands in the return."))
    chosen.update(verdict=Verdict.NONE, revision=F("revision") + 1)
    bump(ret, state=step.target, note=reason, unreviewed=False)
    after = {"state": str(ret.state), "reason": reason, "rows": sorted(map(str, rows))}
    audit.record(user, "return.reopen", ret, before={"state": str(ReturnState.ACCEPTED)}, after=after)
    touch(ret)


def accept_clean(user: User, rets: Iterable[Return]) -> tuple[list[Return], list[Return]]:
    """Accept several returns, each for itself: those in which no check warns and no row is marked to be sent back.

    Returns which were accepted and which were left for a look. Raises nothing for the latter.
    """
    accepted, left = [], []
    for ret in rets:
        if any(row.problems for row in queries.rows_of(ret)):
            left.append(ret)
            continue
        try:
            accept(user, ret, revision=ret.revision)
        except (StateError, StaleError, PermissionDenied):
            left.append(ret)
        else:
            accepted.append(ret)
    return accepted, left

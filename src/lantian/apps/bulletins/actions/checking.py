"""核数: the figures go out for one or two working days, objections are answered, the check is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.bulletins import figures, rights
from lantian.apps.bulletins.actions.common import BulletinError, freeze, hold, in_state, move, reason_of
from lantian.apps.bulletins.actions.drafting import FIELDS
from lantian.apps.bulletins.models import Bulletin, BulletinState, Check, Objection, Verdict
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.supervision.days import workdays

DAYS = (1, 2)  # working days that units have
SAYS = 500
DRAFT, CHECKING, CHECKED = BulletinState.DRAFT, BulletinState.CHECKING, BulletinState.CHECKED


@transaction.atomic
def send_out(user: User, row: Bulletin, asked: Iterable[tuple[Unit, list[list[str]]]], *, days: int,
             revision: int, today: date | None = None) -> None:  # fmt: skip
    """送核: ``asked`` are units with their own subjects ([[district, name], …]); they have ``days`` working days.

    Who was asked before (the draft had come back) is asked again; agreements given to older figures do not count.
    """
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, DRAFT)
    if days not in DAYS:
        raise BulletinError(_("Units have one or two working days."))
    rows = list(asked)
    if not rows:
        raise BulletinError(_("None of the names is known in the directory, so nobody can be asked."))
    row.check_due = workdays().add_workdays(today or timezone.localdate(), days)
    for unit, subjects in rows:
        Check.objects.update_or_create(
            bulletin=row, unit=unit, defaults={"subjects": subjects, "agreed": None, "by": None}
        )
    row.checks.exclude(unit__in=[unit for unit, _subjects in rows]).filter(objections=None).delete()
    move(
        user, row, CHECKING, note=_("%(n)s units, until %(day)s") % {"n": len(rows), "day": row.check_due},
        fields=("check_due",),
    )  # fmt: skip


@transaction.atomic
def agree(user: User, check: Check) -> None:
    """无异议: the unit agrees to its figures; once agreed stays agreed until they change."""
    row = _open_check(user, check)
    if check.objections.filter(verdict=Verdict.OPEN).exists():
        raise BulletinError(_("An objection of yours is not answered yet."))
    if check.agreed is None:
        check.agreed, check.by = timezone.now(), user
        check.save(update_fields=["agreed", "by"])
        audit.record(user, "bulletin.agree", row, after={"unit": check.unit.name})


@transaction.atomic
def object_to(user: User, check: Check, n: int, says: str) -> Objection:
    """提出异议 against row ``n`` of the snapshot, which must be one of the unit's own; takes back an agreement."""
    row = _open_check(user, check)
    words = " ".join(says.split())[:SAYS]
    if not words:
        raise BulletinError(_("Say what is wrong with the figure, and what it should be."))
    line = next((line for line in own_rows(row, check) if line["n"] == n), None)
    if line is None:
        raise BulletinError(_("That is not a figure of your unit."))
    made = Objection.objects.create(
        check_row=check, group=line["group"], subject=line["subject"], indicator=line["indicator"],
        value=line["published"] or "", says=words, by=user,
    )  # fmt: skip
    check.agreed, check.by = None, None
    check.save(update_fields=["agreed", "by"])
    audit.record(
        user, "bulletin.object", row, after={"unit": check.unit.name, "subject": made.subject, "says": words}
    )  # fmt: skip
    return made


def _open_check(user: User, check: Check) -> Bulletin:
    """The bulletin of a check, held; raises PermissionDenied, or BulletinError once the check is over."""
    policy.require(user, rights.ANSWER, check)
    row = check.bulletin
    hold(row, None)
    check.refresh_from_db()
    in_state(row, CHECKING)
    return row


def own_rows(row: Bulletin, check: Check) -> list[dict[str, Any]]:
    """The rows of the snapshot that belong to the unit."""
    own = {tuple(pair) for pair in check.subjects}
    data = row.snapshot.data if row.snapshot else {"rows": []}
    return [line for line in data["rows"] if (line["group"], line["subject"]) in own]


@transaction.atomic
def answer(user: User, objection: Objection, *, accept: bool, says: str, value: str = "", revision: int) -> None:
    """答复 an objection: declined with a reason, or accepted, and then with the right figure where one is wrong.

    A new figure makes a new snapshot; the text is made anew but for handwriting, and whoever agreed to a figure that
    changed is asked again.
    """
    row = objection.check_row.bulletin
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, CHECKING)
    objection.refresh_from_db()
    if objection.verdict != Verdict.OPEN:
        raise BulletinError(_("This objection is answered already."))
    words = reason_of(says)
    if accept and value.strip():
        objection.corrected = _replace(user, row, objection, value, words)
    objection.verdict = Verdict.ACCEPTED if accept else Verdict.DECLINED
    objection.answer, objection.answered, objection.answered_by = words, timezone.now(), user
    objection.save(update_fields=["verdict", "answer", "corrected", "answered", "answered_by"])
    row.revision += 1
    row.save(update_fields=["revision"])
    after = {
        "unit": objection.check_row.unit.name, "subject": objection.subject, "verdict": objection.verdict,
        "answer": words, "value": objection.corrected,
    }  # fmt: skip
    audit.record(user, "bulletin.answer", row, before={"value": objection.value}, after=after)


def _replace(user: User, row: Bulletin, objection: Objection, value: str, why: str) -> str:
    """Put another value into the snapshot; returns it as it was given."""
    try:
        given = figures.number(value)
    except ValueError as error:
        raise BulletinError(str(error)) from None
    if given is None:
        raise BulletinError(_("Give the right figure as a number."))
    assert row.snapshot is not None
    key = (objection.group, objection.subject, objection.indicator)
    lines = [figures.Row.read(line) for line in row.snapshot.data["rows"]]
    source = _("objection of %(unit)s") % {"unit": objection.check_row.unit.name}
    as_of = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    rows = [
        figures.corrected(line, given, source, as_of) if (line.group, line.subject, line.indicator) == key else line
        for line in lines
    ]
    before = {(line["group"], line["subject"]): line["published"] for line in row.snapshot.data["rows"]}
    made = freeze(user, row, rows, f"{source}：{why}")
    row.save(update_fields=FIELDS)
    now = {(line["group"], line["subject"]): line["published"] for line in made.data["rows"]}
    for check in row.checks.filter(agreed__isnull=False):
        if any(before.get(pair) != now.get(pair) for pair in map(tuple, check.subjects)):
            check.agreed, check.by = None, None
            check.save(update_fields=["agreed", "by"])
    return str(given)


@transaction.atomic
def close_check(user: User, row: Bulletin, *, note: str = "", revision: int, today: date | None = None) -> None:
    """核数结束: when all objections are answered and all agreed or the day is over; earlier only with a reason."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, CHECKING)
    if Objection.objects.filter(check_row__bulletin=row, verdict=Verdict.OPEN).exists():
        raise BulletinError(_("An objection is not answered yet."))
    waiting = row.checks.filter(agreed=None).count()
    over = row.check_due is not None and (today or timezone.localdate()) > row.check_due
    if waiting and not over and not note.strip():
        text = _("%(n)s units have not answered and the day is not over. Say why you close the check.")
        raise BulletinError(text % {"n": waiting})
    move(user, row, CHECKED, note=note.strip())


@transaction.atomic
def recall(user: User, row: Bulletin, *, note: str, revision: int) -> None:
    """撤回核数, with a reason: the figures come back to the draft."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, CHECKING)
    row.check_due = None
    move(user, row, DRAFT, note=reason_of(note), fields=("check_due",), action="bulletin.recall")

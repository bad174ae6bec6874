"""Answers that come as files: the filled form, staged and then accepted as a whole; the scan of a stamped reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.consultation import returned, worker
from lantian.apps.consultation.actions.answers import SCANS, begin_answer, finish, place, values
from lantian.apps.consultation.actions.common import NotPossible
from lantian.apps.consultation.frozen import lines_of
from lantian.apps.consultation.models import Answer, Channel, Comment, Invitation
from lantian.apps.core import audit, files, staging
from lantian.apps.core.language import chinese
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import Measure
from lantian.reading.errors import ReadingError

_FORMS, _PACKAGE = (".xlsx", ".docx"), b"PK\x03\x04"
_SECONDS = 20  # of CPU and of waiting: a form is a page or ten, and the person waits for the answer


def stage_form(user: User, invitation: Invitation, name: str, chunks: Iterable[bytes]) -> returned.Form:
    """Keep a filled form and read it in a guarded worker; nothing is taken over yet.

    What it holds and what is wrong with it stands in ``invitation.staged``, in the language of the person, until it is
    accepted, discarded or replaced. Raises PermissionDenied, :class:`NotPossible` or
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    with transaction.atomic():
        begin_answer(user, invitation)
    if not name.lower().endswith(_FORMS):
        raise NotPossible(_("The form comes back as XLSX or DOCX; put scans under the stamped reply."))
    stored = files.store(user, name, chunks)
    with stored.path.open("rb") as stream:
        if stream.read(len(_PACKAGE)) != _PACKAGE:  # told by content: a picture must not start text recognition here
            raise NotPossible(_("%(name)s is no XLSX or DOCX file.") % {"name": files.short_name(name)})
    lines = lines_of(invitation.round.sent.content)
    form = returned.read_filled(_read(stored, name), lines, str(invitation.round.uid), invitation.unit.name)
    with transaction.atomic():
        begin_answer(user, invitation)
        invitation.staged = {
            "file": str(stored.uid),
            "name": files.short_name(name),
            "given": [asdict(item) for item in form.given],
            "problems": [asdict(item) for item in form.problems],
            "no_objection": form.no_objection,
        }
        invitation.save(update_fields=["staged"])
        after = {
            "name": files.short_name(name), "sha256": stored.sha256, "comments": len(form.given),
            "problems": len(form.problems),
        }  # fmt: skip
        audit.record(user, "consultation.form", invitation, after=after)
    return form


def _read(stored: StoredFile, name: str) -> dict[str, Any]:
    try:
        return staging.read_stored(worker.read_form, stored, name, seconds=_SECONDS)
    except ReadingError as refusal:
        raise NotPossible(refusal.zh if chinese() else refusal.en) from refusal


@transaction.atomic
def accept_form(user: User, invitation: Invitation, *, replace: bool = False) -> int:
    """Take the staged form over as the unit's answer; returns how many comments came of it.

    ``replace`` removes what was drafted on screen, else both are handed in. Raises PermissionDenied, or
    :class:`NotPossible` where nothing is staged or the form has problems.
    """
    begin_answer(user, invitation)
    staged = invitation.staged
    if not staged:
        raise NotPossible(_("There is no form to take over; upload it first."))
    if staged["problems"]:
        raise NotPossible(_("The form has problems; correct them in the file and upload it again."))
    if replace:
        for old in invitation.comments.all():
            audit.record(user, "consultation.comment", old, before=values(old))
        invitation.comments.all().delete()
    if staged["no_objection"] and invitation.comments.exists():
        raise NotPossible(_("The form says 无意见, but comments are drafted on screen. Remove them, or replace them."))
    _write(user, invitation, staged["given"])
    stored = StoredFile.objects.get(uid=staged["file"])
    invitation.reply, invitation.reply_name = stored, staged["name"]
    invitation.save(update_fields=["reply", "reply_name"])
    finish(user, invitation, Answer.NO_OBJECTION if staged["no_objection"] else Answer.COMMENTED, Channel.FILE)
    return len(staged["given"])


def _write(user: User, invitation: Invitation, given: list[dict[str, Any]]) -> None:
    by_number = {line.n: line for line in lines_of(invitation.round.sent.content)}
    wanted = [by_number[item["n"]].uid for item in given if item["n"] in by_number]
    measures = {str(row.uid): row for row in Measure.objects.filter(uid__in=wanted)}
    for item in given:
        row = Comment(
            invitation=invitation, kind=item["kind"], proposal=item["proposal"], reason=item["reason"]
        )  # fmt: skip
        place(row, by_number.get(item["n"]), measures)
        row.save()
        audit.record(user, "consultation.comment", row, after=values(row))


@transaction.atomic
def discard_form(user: User, invitation: Invitation) -> None:
    """Forget the staged form; its file is kept as brought."""
    begin_answer(user, invitation)
    before, invitation.staged = invitation.staged, None
    invitation.save(update_fields=["staged"])
    name = {"name": before["name"]} if before else None
    audit.record(user, "consultation.form_discard", invitation, before=name)


def keep_scan(
    user: User, invitation: Invitation, name: str, chunks: Iterable[bytes], *, without_objection: bool
) -> None:
    """Keep the scan of a stamped reply under its hash and mark the answer as paper.

    ``without_objection`` says that the paper holds no comment: that is the answer then. Otherwise its comments are
    typed in and handed in as on screen. Raises PermissionDenied, :class:`NotPossible` or
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    with transaction.atomic():
        begin_answer(user, invitation)
    stored = files.store(user, name, chunks)
    if stored.media_type not in SCANS:
        raise NotPossible(_("A stamped reply is kept as PDF, JPG, PNG or TIFF."))
    with transaction.atomic():
        begin_answer(user, invitation)
        if without_objection and invitation.comments.exists():
            raise NotPossible(_("Comments are drafted. Remove them first, or hand them in."))
        before = {"reply": invitation.reply_name}
        invitation.reply, invitation.reply_name = stored, files.short_name(name)
        invitation.save(update_fields=["reply", "reply_name"])
        audit.record(
            user, "consultation.scan", invitation, before=before,
            after={"reply": invitation.reply_name, "sha256": stored.sha256},
        )  # fmt: skip
        if without_objection:
            finish(user, invitation, Answer.NO_OBJECTION, Channel.PAPER)

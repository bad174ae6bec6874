"""The recipients' side: 签收 and 回复, on screen or written down by the office."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.papers import hooks, rights
from lantian.apps.papers.actions.common import PaperError, hold, in_state
from lantian.apps.papers.models import PaperState, Recipient

WORDS = 4000
REPLIES = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/tiff",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
)  # fmt: skip


@transaction.atomic
def receive(user: User, row: Recipient, *, name: str = "") -> None:
    """签收: who received the paper, and when. The first receipt stays."""
    behalf = _begin(user, row)
    if row.received is not None:
        return
    if behalf and not name.strip():
        raise PaperError(_("Say who received it."))
    _received(user, row, name)
    row.save(update_fields=["received", "received_by", "received_name"])
    audit.record(user, "paper.receive", row.paper, after={"unit": row.unit.name, "name": row.received_name})
    hooks.stepped(user, row.paper)


@transaction.atomic
def reply(user: User, row: Recipient, text: str, upload: tuple[str, Iterable[bytes]] | None = None) -> None:
    """回复: words, a file (PDF, picture, Word), or both. A later answer replaces it; the audit keeps the old one.

    Raises PermissionDenied, :class:`PaperError` for an empty or unknown answer, ``files.TooLargeError``.
    """
    behalf = _begin(user, row)
    text = text.strip()[:WORDS]
    if not text and upload is None:
        raise PaperError(_("Write the answer, or attach it."))
    before = {"reply": row.reply, "file": row.reply_name} if row.replied else None
    if upload is not None:
        row.reply_file, row.reply_name = _stored(user, *upload)
    row.reply, row.replied, row.replied_by, row.behalf = text, timezone.now(), user, behalf
    if row.received is None:
        _received(user, row, "")
    row.save()
    after = {"unit": row.unit.name, "reply": text, "file": row.reply_name, "behalf": behalf}
    audit.record(user, "paper.reply", row.paper, before=before, after=after)
    hooks.stepped(user, row.paper)


def _begin(user: User, row: Recipient) -> bool:
    """Check the right and hold the paper; returns whether the office acts for the unit."""
    if not policy.can(user, rights.ANSWER, row):
        policy.require(user, "paper.draft", row.paper)
    hold(row.paper, None)
    in_state(row.paper, PaperState.ISSUED)
    row.refresh_from_db()
    return not rights.member(user, row.unit_id)


def _received(user: User, row: Recipient, name: str) -> None:
    row.received, row.received_by, row.received_name = timezone.now(), user, name.strip()[:40]


def _stored(user: User, name: str, chunks: Iterable[bytes]) -> tuple[StoredFile, str]:
    stored = files.store(user, name, chunks)
    package = stored.media_type.endswith("wordprocessingml.document")
    with stored.path.open("rb") as stream:
        known = stored.media_type in REPLIES and (not package or stream.read(4) == b"PK\x03\x04")
    if not known or stored.size == 0:
        raise PaperError(_("%(name)s is no PDF, picture or Word file (docx).") % {"name": files.short_name(name)})
    return stored, files.short_name(name)

"""佐证材料: files beside a row, and the signed scan of a printed return. Looked at before anything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.supervision import kinds, scanning
from lantian.apps.supervision.actions.returns import require_link
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Evidence,
    IncomingItem,
    Return,
    ReturnVersion,
    Verdict,
)
from lantian.apps.supervision.steps import StateError, begin, bump, hold
from lantian.reading.errors import ReadingError
from lantian.reading.guard import run_guarded

SCANS = frozenset({"pdf", "png", "jpg"})
_SECONDS, _MEMORY = 20, 512 * 2**20


def attach(
    user: User | None, ret: Return, commitment: Commitment, name: str, chunks: Iterable[bytes], *, caption: str = ""
) -> Evidence:
    """Keep a file as evidence of one row of an open return (the row is made if nothing is said in it yet).

    Nothing is stored unless its content is of a kind that is taken. Raises PermissionDenied, :class:`StateError` or
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    with transaction.atomic():
        _check_open(user, ret, commitment)
    short = files.short_name(name)
    with looked_at(name, chunks) as (path, _kind):
        return attach_kept(user, ret, commitment, files.store_path(user, short, path), short, caption)


@transaction.atomic
def attach_kept(
    user: User | None, ret: Return, commitment: Commitment, stored: StoredFile, name: str, caption: str = ""
) -> Evidence:
    """Make a file that was looked at and is kept evidence of one row of an open return.

    Raises PermissionDenied or :class:`StateError`.
    """
    entry = _check_open(user, ret, commitment) or Entry.objects.create(report=ret, commitment=commitment)
    # Numbers count within the commitment, whichever return brings a file.
    Commitment.objects.select_for_update().only("pk").get(pk=commitment.pk)
    n = (Evidence.objects.filter(commitment=commitment).aggregate(n=Max("n"))["n"] or 0) + 1
    row = Evidence.objects.create(
        entry=entry, commitment=commitment, file=stored, name=files.short_name(name), caption=caption.strip()[:200],
        n=n, by=user,
    )  # fmt: skip
    audit.record(user, "evidence.attach", row, after={"name": row.name, "n": n, "sha256": stored.sha256})
    bump(ret)
    return row


def attach_sent(user: User, item: IncomingItem, entry: Entry) -> None:
    """Attach the files that came with a row of an exchange package, each once. Raises as :func:`attach_kept`."""
    rows = item.incoming.content.get("evidence", {})
    sent = rows.get(str(item.spot[2]), []) if rows else []
    if not sent:
        return
    there = set(entry.evidence.filter(removed=None).values_list("file__sha256", flat=True))
    kept = StoredFile.objects.in_bulk([one["sha256"] for one in sent], field_name="sha256")
    for one in sent:
        if one["sha256"] not in there:
            attach_kept(user, entry.report, entry.commitment, kept[one["sha256"]], one["name"], one["caption"])
            there.add(one["sha256"])


def _check_open(user: User | None, ret: Return, commitment: Commitment) -> Entry | None:
    if user is None:
        require_link(ret)
    begin(user, "write", ret)
    if commitment.plan_id != ret.plan_id or commitment.unit_id != ret.unit_id:
        raise PermissionDenied
    entry = Entry.objects.filter(report=ret, commitment=commitment).first()
    if entry is not None and entry.verdict == Verdict.ACCEPTED:
        raise StateError(_("The reviewer accepted this row; it stays as it is."))
    limit = kinds.table()["per_entry"]
    if entry is not None and entry.evidence.filter(removed=None).count() >= limit:
        raise StateError(_("A row takes %(n)s files at most; remove one first.") % {"n": limit})
    return entry


@transaction.atomic
def remove(user: User | None, row: Evidence) -> None:
    """Take a file away from an open return; the record and the file are kept, its number is not used again.

    Raises PermissionDenied or :class:`StateError`.
    """
    ret = row.entry.report
    if user is None:
        require_link(ret)
    begin(user, "write", ret)
    row.entry.refresh_from_db(fields=["verdict"])
    if row.entry.verdict == Verdict.ACCEPTED:
        raise StateError(_("The reviewer accepted this row; it stays as it is."))
    if row.removed is None:
        row.removed = timezone.now()
        row.save(update_fields=["removed"])
        audit.record(user, "evidence.remove", row, before={"name": row.name, "n": row.n})
        bump(ret)


@contextmanager
def looked_at(name: str, chunks: Iterable[bytes]) -> Iterator[tuple[Path, str]]:
    """The bytes as a temporary file whose content was looked at in a guarded worker, and its kind.

    Raises :class:`StateError` with the reason for what is not taken, or :class:`files.TooLargeError`.
    """
    short = files.short_name(name)
    with files.unpacked(name, chunks) as path:
        try:
            kind = run_guarded(kinds.look, path, memory=_MEMORY, cpu=_SECONDS, wall=_SECONDS)
        except ReadingError:
            kind = "!broken"
        if kind.startswith("!"):
            raise StateError(kinds.refusal(kind, short, get_language() or ""))
        yield path, kind


def keep_scan(user: User, typed: str, name: str, chunks: Iterable[bytes]) -> ReturnVersion:
    """Attach the scan of a signed sheet to the version of the typed code, else of the QR code in the picture.

    Who may write the return may bring its scan; a later scan takes the place of the former, which the record names.
    Raises :class:`StateError` (no code, or none that the person may see), PermissionDenied or
    :class:`files.TooLargeError`.
    """
    short = files.short_name(name)
    with looked_at(name, chunks) as (path, kind):
        if kind not in SCANS:
            raise StateError(_("A scan is a PDF, PNG or JPG file."))
        version = _version(user, scanning.code_in(path) if not typed.strip() else typed, typed=bool(typed.strip()))
        policy.require(user, "return.write", version.report)
        stored = files.store_path(user, short, path)
    with transaction.atomic():
        hold(version.report)
        version = ReturnVersion.objects.select_related("report__plan", "report__unit", "scan").get(pk=version.pk)
        before = {"scan": version.scan_name, "sha256": version.scan.sha256} if version.scan else None
        version.scan, version.scan_name, version.scanned = stored, short, timezone.now()
        version.save(update_fields=["scan", "scan_name", "scanned"])
        audit.record(
            user, "return.scan", version, before=before, after={"scan": version.scan_name, "sha256": stored.sha256}
        )
    return version


def _version(user: User, text: str, *, typed: bool) -> ReturnVersion:
    from lantian.apps.supervision.snapshots import read_code

    code = read_code(text)
    rows = policy.scope(user, ReturnVersion.objects.select_related("report__plan__area", "report__unit"))
    found = rows.filter(code=code).first() if code else None
    if found is None and typed:
        raise StateError(
            _("There is no return with the code %(code)s; it stands below the QR code.") % {"code": text[:20]}
        )
    if found is None:
        raise StateError(_("No code could be read from the picture; type the one that stands below the QR code."))
    return found

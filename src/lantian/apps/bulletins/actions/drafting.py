"""Drafting: a new bulletin, its figures, its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.bulletins import composing
from lantian.apps.bulletins.actions.common import BulletinError, freeze, hold, in_state
from lantian.apps.bulletins.figures import Row
from lantian.apps.bulletins.kinds import Period, kinds
from lantian.apps.bulletins.models import Bulletin, BulletinState, Snapshot, Step, Variant
from lantian.apps.core import audit, files, policy, staging
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.papers.body import LETTERS, tidy
from lantian.reading.errors import ReadingError
from lantian.reading.lists import read_list

_SECONDS = 20  # for reading a workbook of figures
FIELDS = ("snapshot", "template_revision", "paragraphs", "title", "revision")


def read_workbook(user: User, name: str, chunks: Iterable[bytes]) -> tuple[list[tuple[int, list[str]]], str]:
    """Keep a workbook and read its first table in the guarded worker; lines and the file's name.

    Raises PermissionDenied, ``files.TooLargeError``, or BulletinError for what cannot be read.
    """
    policy.require(user, "bulletin.draft")
    stored, short = files.store(user, name, chunks), files.short_name(name)
    try:
        lines = staging.read_stored(read_list, stored, name, seconds=_SECONDS)
    except ReadingError as refusal:
        raise BulletinError(refusal.zh if chinese() else refusal.en) from refusal
    return [(number, list(cells)) for number, cells in lines], short


@transaction.atomic
def draft(user: User, kind: str, issuer: Unit, period: Period, rows: Sequence[Row], *, variant: str = Variant.INTERNAL,
          why: str = "") -> Bulletin:  # fmt: skip
    """A new bulletin with its first snapshot. ``why`` says where the figures came from.

    Raises PermissionDenied unless the person prepares bulletins for the issuer, BulletinError for unknown kinds, no
    rows, or a second bulletin of the same kind and period while one is under way or out.
    """
    policy.require(user, "bulletin.draft")
    row = Bulletin(kind=kind, issuer=issuer, start=period.start, end=period.end, created_by=user)
    policy.require(user, "bulletin.draft", row)
    if kind not in kinds() or variant not in Variant.values:
        raise BulletinError(_("There is no such kind of bulletin."))
    if not rows:
        raise BulletinError(_("A bulletin begins with its figures."))
    _once(row)
    row.variant = variant
    row.save()
    made = freeze(user, row, rows, why)
    row.save()
    Step.objects.create(bulletin=row, state=BulletinState.DRAFT, by=user)
    audit.record(user, "bulletin.draft", row, after=_said(row, made) | {"kind": kind, "period": period.words})
    return row


def _once(row: Bulletin) -> None:
    # The issuer is held, so that two who begin at once wait for each other.
    Unit.objects.select_for_update().get(pk=row.issuer_id)
    same = Bulletin.objects.filter(issuer=row.issuer, kind=row.kind, start=row.start, end=row.end)
    there = same.exclude(state__in=(BulletinState.CORRECTED, BulletinState.WITHDRAWN)).first()
    if there is not None:
        text = _("There is one for this period already: “%(title)s” (%(state)s).")
        raise BulletinError(text % {"title": there.title, "state": there.get_state_display()})


@transaction.atomic
def set_figures(user: User, row: Bulletin, rows: Sequence[Row], *, why: str, revision: int) -> Snapshot:
    """Other figures for a draft: a new snapshot, the text made anew but for what was written by hand."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, BulletinState.DRAFT)
    if not rows:
        raise BulletinError(_("A bulletin begins with its figures."))
    before = {"snapshot": row.snapshot.sha256 if row.snapshot else None}
    made = freeze(user, row, rows, why)
    row.revision += 1
    row.save(update_fields=FIELDS)
    audit.record(user, "bulletin.figures", row, before=before, after=_said(row, made))
    return made


@transaction.atomic
def save_text(user: User, row: Bulletin, title: str, texts: Mapping[int, str], *, variant: str, revision: int) -> None:
    """Change title, paragraphs and variant of a bulletin that is not signed yet; the figures stay as they are frozen.

    Raises StaleError; BulletinError for an empty title, an unknown variant, or a name that must not leave the issuer.
    """
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, BulletinState.DRAFT, BulletinState.CHECKING, BulletinState.CHECKED)
    title = tidy(title)[:200]
    if not title or variant not in Variant.values:
        raise BulletinError(_("A bulletin needs a title."))
    before = {"title": row.title, "variant": row.variant, "paragraphs": row.paragraphs}
    paragraphs = composing.edited(row.paragraphs, texts)
    if any(len(line) > LETTERS for line in composing.printed(paragraphs)):
        raise BulletinError(_("A paragraph has at most %(n)s characters.") % {"n": LETTERS})
    refuse_internal(row, [title, *composing.printed(paragraphs)])
    row.title_edited = row.title_edited or title != row.title
    row.title, row.variant, row.paragraphs = title, variant, paragraphs
    row.revision += 1
    row.save(update_fields=["title", "title_edited", "variant", "paragraphs", "revision"])
    after = {"title": row.title, "variant": row.variant, "paragraphs": row.paragraphs}
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            user, "bulletin.text", row, before={n: before[n] for n in changed}, after={n: after[n] for n in changed}
        )  # fmt: skip


def refuse_internal(row: Bulletin, lines: Sequence[str]) -> None:
    """Raise BulletinError where the text, which is the same in both versions, names what is marked internal."""
    if row.snapshot is None:
        return
    for line in lines:
        if names := composing.internal_names(line, row.snapshot.data):
            text = _("“%(name)s” is marked internal and must not stand in the text, which outsiders read, too.")
            raise BulletinError(text % {"name": names[0]})


def _said(row: Bulletin, made: Snapshot) -> dict[str, object]:
    return {"title": row.title, "snapshot": made.sha256, "rows": len(made.data["rows"]), "why": made.why}

"""签发, 印发, and what may follow: a corrected bulletin, or none at all."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.bulletins import composing
from lantian.apps.bulletins.actions.common import BulletinError, hold, in_state, move, reason_of
from lantian.apps.bulletins.actions.drafting import refuse_internal
from lantian.apps.bulletins.models import Bulletin, BulletinState, Snapshot, Step
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User

S = BulletinState


@transaction.atomic
def name_leader(user: User, row: Bulletin, leader: User | None, name: str, *, revision: int) -> None:
    """Name the leader who signs: a person with a login, or by name."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, S.DRAFT, S.CHECKING, S.CHECKED)
    before = {"leader": row.leader_words}
    row.leader, row.leader_name = leader, "" if leader else " ".join(name.split())[:40]
    row.revision += 1
    row.save(update_fields=["leader", "leader_name", "revision"])
    audit.record(user, "bulletin.leader", row, before=before, after={"leader": row.leader_words})


@transaction.atomic
def sign(user: User, row: Bulletin, *, revision: int) -> None:
    """签发 on screen: only the named leader."""
    if row.leader_id != user.pk:
        raise PermissionDenied
    _sign(user, row, timezone.localdate(), revision)


@transaction.atomic
def sign_on_paper(user: User, row: Bulletin, name: str, *, day: date, revision: int) -> None:
    """签发 on paper: the office records which leader signed on which day."""
    policy.require(user, "bulletin.draft", row)
    if day > timezone.localdate():
        raise BulletinError(_("The day of the signature lies in the future."))
    words = " ".join(name.split())[:40]
    if not words:
        raise BulletinError(_("Name the leader who signed."))
    _sign(user, row, day, revision, words)


def _sign(user: User, row: Bulletin, day: date, revision: int, name: str = "") -> None:
    hold(row, revision)
    in_state(row, S.CHECKED)
    refuse_internal(row, [row.title, *composing.printed(row.paragraphs)])
    row.dated = day
    if name:
        row.leader, row.leader_name = None, name
    move(user, row, S.SIGNED, name=row.leader_words, fields=("dated", "leader", "leader_name"))


@transaction.atomic
def send_back(user: User, row: Bulletin, *, note: str, revision: int) -> None:
    """退回, with a reason, by the office or the leader: back to the draft; the figures go out once more."""
    if row.leader_id != user.pk:
        policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, S.CHECKED, S.SIGNED)
    words = reason_of(note)
    row.dated, row.check_due = None, None
    move(user, row, S.DRAFT, note=words, fields=("dated", "check_due"), action="bulletin.back")


@transaction.atomic
def issue(user: User, row: Bulletin, *, revision: int) -> None:
    """印发: the number is given, everybody may read it. A corrected one takes the place of the one that it names."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, S.SIGNED)
    row.issued = timezone.localdate()
    old = row.replaces
    if old is not None:
        hold(old, None)
        in_state(old, S.ISSUED)
        row.year, row.serial, row.edition = old.year, old.serial, old.edition + 1
        move(user, old, S.CORRECTED, note=row.reason)
    else:
        # Two that are issued at once wait for each other, and a step that fails leaves no gap.
        Unit.objects.select_for_update().get(pk=row.issuer_id)
        row.year = row.issued.year
        same = Bulletin.objects.filter(issuer=row.issuer, kind=row.kind, year=row.year)
        row.serial = (same.aggregate(last=Max("serial"))["last"] or 0) + 1
    move(user, row, S.ISSUED, name=row.number, fields=("issued", "year", "serial", "edition"))


@transaction.atomic
def correct(user: User, row: Bulletin, *, note: str, revision: int) -> Bulletin:
    """更正: a draft with the same figures and words that names the issued one; that stays out until the new one is."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, S.ISSUED)
    words = reason_of(note)
    under_way = row.replaced_by.exclude(state=S.WITHDRAWN).first()
    if under_way is not None:
        raise BulletinError(_("A corrected one is being prepared already."))
    assert row.snapshot is not None
    made = Bulletin.objects.create(
        kind=row.kind, variant=row.variant, issuer=row.issuer, start=row.start, end=row.end, title=row.title,
        title_edited=row.title_edited, paragraphs=row.paragraphs, template_revision=row.template_revision,
        leader=row.leader, leader_name=row.leader_name, replaces=row, reason=words, created_by=user,
    )  # fmt: skip
    made.snapshot = Snapshot.objects.create(
        bulletin=made, data=row.snapshot.data, sha256=row.snapshot.sha256, why=row.number, by=user
    )
    made.save(update_fields=["snapshot"])
    Step.objects.create(bulletin=made, state=S.DRAFT, by=user, note=words)
    audit.record(user, "bulletin.correct", made, after={"replaces": str(row.uid), "number": row.number, "why": words})
    return made


@transaction.atomic
def withdraw(user: User, row: Bulletin, *, note: str, revision: int) -> None:
    """撤回, with a reason: an issued one stays readable and says so, its number is not given again; a draft is over."""
    policy.require(user, "bulletin.draft", row)
    hold(row, revision)
    in_state(row, S.DRAFT, S.CHECKING, S.CHECKED, S.SIGNED, S.ISSUED)
    if row.replaced_by.exclude(state=S.WITHDRAWN).exists():
        raise BulletinError(_("A corrected one is being prepared already."))
    row.reason = reason_of(note)
    move(user, row, S.WITHDRAWN, note=row.reason, fields=("reason",))

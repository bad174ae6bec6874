"""The steps of a paper: 核稿, 会签, 签发 with its number, 印发, back to the draft, void."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.papers import rights
from lantian.apps.papers.actions.common import PaperError, hold, in_state, move, store_scan
from lantian.apps.papers.kinds import kinds, number_of
from lantian.apps.papers.models import Countersign, Letterhead, NumberSeries, Paper, PaperState, PaperStep

DRAFT, CHECKED, COUNTERSIGNED = PaperState.DRAFT, PaperState.CHECKED, PaperState.COUNTERSIGNED
SIGNED, ISSUED, VOID = PaperState.SIGNED, PaperState.ISSUED, PaperState.VOID


@transaction.atomic
def check_paper(user: User, paper: Paper, *, revision: int, note: str = "") -> None:
    """核稿. The drafter checks the own paper only with a reason, which is recorded, and where the kind allows it."""
    policy.require(user, "paper.draft", paper)
    hold(paper, revision)
    in_state(paper, DRAFT)
    if paper.created_by_id == user.pk:
        if not kinds()[paper.kind].own_check:
            raise PaperError(_("Another person than the drafter checks this paper."))
        if not note.strip():
            raise PaperError(_("You drafted this paper. If nobody else can check it, say why."))
    if not paper.body:
        raise PaperError(_("The paper says nothing yet."))
    move(user, paper, CHECKED, note=note.strip())


@transaction.atomic
def countersign(user: User, row: Countersign, *, revision: int, name: str = "", note: str = "") -> None:
    """会签: the unit agrees on screen, or somebody else writes down who agreed for it (then with a name).

    When the last one agrees the paper is countersigned. Who does not agree sends the paper back (:func:`send_back`).
    """
    paper = row.paper
    if not policy.can(user, rights.ANSWER, row):
        policy.require(user, "paper.draft", paper)
    if not name.strip() and not rights.member(user, row.unit_id):
        raise PaperError(_("Say who agreed for the unit."))
    hold(paper, revision)
    in_state(paper, CHECKED)
    row.refresh_from_db()
    if row.agreed is not None:
        return
    row.agreed, row.by, row.name, row.note = timezone.now(), user, name.strip()[:40], note.strip()[:300]
    row.save(update_fields=["agreed", "by", "name", "note"])
    open_rows = paper.countersigns.filter(agreed=None).exists()
    move(
        user, paper, CHECKED if open_rows else COUNTERSIGNED, name=f"{row.unit.name} {row.name}".strip(),
        note=row.note, action="paper.countersign",
    )  # fmt: skip


@transaction.atomic
def sign_paper(user: User, paper: Paper, *, revision: int) -> None:
    """签发 on screen: only the named approver, who then gives the paper its date and number."""
    if paper.approver_id != user.pk:
        raise PermissionDenied
    _sign(user, paper, timezone.localdate(), revision)


@transaction.atomic
def sign_on_paper(user: User, paper: Paper, name: str, chunks: Iterable[bytes], *, day: date, revision: int) -> None:
    """签发 on paper: the office records it with the scan of the signed page (``name``, ``chunks``) and its day."""
    policy.require(user, "paper.draft", paper)
    if day > timezone.localdate():
        raise PaperError(_("The day of the signature lies in the future."))
    if not paper.approver_words:
        raise PaperError(_("Name the approver first."))
    _sign(user, paper, day, revision, store_scan(user, name, chunks))


def _sign(user: User, paper: Paper, day: date, revision: int, scan: tuple[StoredFile, str] | None = None) -> None:
    hold(paper, revision)
    in_state(paper, CHECKED, COUNTERSIGNED)
    if paper.countersigns.filter(agreed=None).exists():
        raise PaperError(_("A unit has not countersigned yet."))
    if scan is not None:
        paper.scan, paper.scan_name = scan
    paper.dated = day
    if not paper.number:
        paper.number = next_number(paper, day.year)
    fields = ("dated", "number", "scan", "scan_name")
    move(user, paper, SIGNED, name=paper.approver_words, note=paper.scan_name, fields=fields)


def next_number(paper: Paper, year: int) -> str:
    """Take the next number of the issuer for this kind and year.

    Runs in the transaction of the signature: a signature that fails leaves no gap; two at once wait for each other.
    Raises :class:`PaperError` where the issuer has no word (机关代字) yet.
    """
    head = Letterhead.objects.filter(unit=paper.issuer).first()
    if head is None:
        text = _("%(unit)s has no word for its numbers (机关代字) yet; set it under letterheads.")
        raise PaperError(text % {"unit": paper.issuer.name})
    series, _new = NumberSeries.objects.get_or_create(issuer=paper.issuer, kind=paper.kind, year=year)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return number_of(paper.kind, head.word, year, series.last)


@transaction.atomic
def issue_paper(user: User, paper: Paper, *, revision: int) -> None:
    """印发: the signed paper goes out to its recipients, today."""
    policy.require(user, "paper.draft", paper)
    hold(paper, revision)
    in_state(paper, SIGNED)
    paper.issued = timezone.localdate()
    move(user, paper, ISSUED, fields=("issued",))


@transaction.atomic
def send_back(user: User, paper: Paper, *, revision: int, note: str) -> None:
    """退回拟稿, with a reason; signatures and agreements given so far are void, a number stays with its paper.

    By the office, the approver, or a unit that is to countersign.
    """
    if not may_send_back(user, paper):
        raise PermissionDenied
    hold(paper, revision)
    in_state(paper, CHECKED, COUNTERSIGNED, SIGNED)
    if not note.strip():
        raise PaperError(_("Say why."))
    paper.countersigns.update(agreed=None, by=None, name="", note="")
    paper.scan, paper.scan_name, paper.dated = None, "", None
    move(user, paper, DRAFT, note=note.strip(), fields=("scan", "scan_name", "dated"), action="paper.back")


def may_send_back(user: User, paper: Paper) -> bool:
    """Whether the person may send the paper back to its draft."""
    if paper.approver_id == user.pk or policy.can(user, "paper.draft", paper):
        return True
    return any(policy.can(user, rights.ANSWER, row) for row in paper.countersigns.all())


@transaction.atomic
def void_paper(user: User, paper: Paper, *, revision: int, note: str) -> None:
    """作废, with a reason. Its number is not given again; who received it sees that it is void."""
    policy.require(user, "paper.draft", paper)
    hold(paper, revision)
    if paper.state == VOID:
        return
    if not note.strip():
        raise PaperError(_("Say why."))
    move(user, paper, VOID, note=note.strip())


def last_step(paper: Paper) -> PaperStep | None:
    """The latest step, for pages that say why a draft came back."""
    return paper.steps.order_by("-id").first()

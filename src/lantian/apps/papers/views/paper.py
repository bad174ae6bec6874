"""One paper: the sheet, its steps, its recipients, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas import queries as areas
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.papers import actions, queries, rights, word
from lantian.apps.papers.actions import PaperError
from lantian.apps.papers.actions.steps import last_step, may_send_back
from lantian.apps.papers.models import Countersign, Letterhead, Paper, PaperState, Recipient
from lantian.apps.papers.views.common import day_of, paper_in_scope, revision_of, to_paper

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def paper(request: HttpRequest, uid: str) -> HttpResponse:
    """The paper as it is printed, beside its steps."""
    user = person(request)
    row = paper_in_scope(request, uid)
    office = policy.can(user, "paper.draft", row)
    inside = policy.scope(user, Paper.objects.filter(pk=row.pk)).filter(_inner(user, row)).exists()
    context = {
        "paper": row,
        "sheet": queries.sheet_of(row),
        "steps": row.steps.select_related("by") if inside else [],
        "came_back": last_step(row) if inside and row.state == PaperState.DRAFT and row.steps.count() > 1 else None,
        "countersigns": _countersigns(user, row, office) if inside else [],
        "recipients": _recipients(user, row, office),
        "office": office,
        "inside": inside,
        "may_sign": row.approver_id == user.pk,
        "may_send_back": may_send_back(user, row),
        "headed": Letterhead.objects.filter(unit=row.issuer).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "papers/paper.html", context)


def _inner(user: User, row: Paper) -> Any:
    """Condition: the person takes part in making the paper, and so sees its steps."""
    asked = Countersign.objects.filter(areas.for_unit(user, rights.ANSWER), paper=row).values("paper")
    return areas.for_unit(user, "plan.view_draft", "issuer") | Q(approver=user) | Q(pk__in=asked)


def _countersigns(user: User, row: Paper, office: bool) -> list[dict[str, Any]]:
    found = []
    for item in row.countersigns.select_related("unit", "by"):
        may = row.state == PaperState.CHECKED and (office or policy.can(user, rights.ANSWER, item))
        found.append({"row": item, "own": rights.member(user, item.unit_id), "may": may})
    return found


def _recipients(user: User, row: Paper, office: bool) -> list[dict[str, Any]]:
    found = []
    rows = policy.scope(user, row.recipients.select_related("unit", "received_by", "replied_by"))
    for item in rows:
        may = row.state == PaperState.ISSUED and (office or policy.can(user, rights.ANSWER, item))
        found.append({"row": item, "own": rights.member(user, item.unit_id), "may": may})
    return found


def _step(request: HttpRequest, uid: str, act: Callable[[User, Paper, int], Any], said: str) -> HttpResponse:
    """Take a step of the paper as the page showed it."""
    row = paper_in_scope(request, uid)
    attempt(request, lambda: act(person(request), row, revision_of(request)), said)
    return to_paper(row)


@require_POST
def check(request: HttpRequest, uid: str) -> HttpResponse:
    """核稿."""
    note = request.POST.get("note", "")
    act = lambda user, row, revision: actions.check_paper(user, row, revision=revision, note=note)  # noqa: E731
    return _step(request, uid, act, _("The paper is checked."))


@require_POST
def countersign(request: HttpRequest, uid: str) -> HttpResponse:
    """会签 of one unit; ``uid`` is that of the countersignature."""
    rows = Countersign.objects.select_related("paper__issuer", "unit")
    row = policy.get_or_404(person(request), rows, uid=uid)
    name, note = request.POST.get("name", ""), request.POST.get("note", "")
    attempt(
        request,
        lambda: actions.countersign(person(request), row, revision=revision_of(request), name=name, note=note),
        _("%(unit)s has countersigned.") % {"unit": row.unit.name},
    )
    return to_paper(row.paper)


@require_POST
def sign(request: HttpRequest, uid: str) -> HttpResponse:
    """签发 by the named approver."""
    act = lambda user, row, revision: actions.sign_paper(user, row, revision=revision)  # noqa: E731
    return _step(request, uid, act, _("The paper is signed and has its number."))


@require_POST
def sign_on_paper(request: HttpRequest, uid: str) -> HttpResponse:
    """Record the signature on paper, with the scan."""
    row = paper_in_scope(request, uid)
    user = person(request)
    policy.require(user, "paper.draft", row)
    upload, day = request.FILES.get("scan"), day_of(request.POST.get("day", ""))

    def act() -> None:
        if upload is None:
            raise PaperError(_("Attach the scan of the signed page."))
        if day is None:
            raise PaperError(_("Give the day as 2026-03-15."))
        actions.sign_on_paper(
            user, row, upload.name or "scan", upload.chunks(), day=day, revision=revision_of(request)
        )  # fmt: skip

    attempt(request, act, _("The signature is recorded; the paper has its number."))
    return to_paper(row)


@require_POST
def issue(request: HttpRequest, uid: str) -> HttpResponse:
    """印发."""
    act = lambda user, row, revision: actions.issue_paper(user, row, revision=revision)  # noqa: E731
    return _step(request, uid, act, _("The paper is issued; its recipients see it."))


@require_POST
def back(request: HttpRequest, uid: str) -> HttpResponse:
    """退回拟稿."""
    note = request.POST.get("note", "")
    act = lambda user, row, revision: actions.send_back(user, row, revision=revision, note=note)  # noqa: E731
    return _step(request, uid, act, _("The paper went back to its draft."))


@require_POST
def void(request: HttpRequest, uid: str) -> HttpResponse:
    """作废."""
    note = request.POST.get("note", "")
    act = lambda user, row, revision: actions.void_paper(user, row, revision=revision, note=note)  # noqa: E731
    return _step(request, uid, act, _("The paper is void."))


def _recipient(request: HttpRequest, uid: str) -> Recipient:
    rows = Recipient.objects.select_related("paper__issuer", "unit", "reply_file")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_POST
def receive(request: HttpRequest, uid: str) -> HttpResponse:
    """签收; ``uid`` is that of the recipient."""
    row = _recipient(request, uid)
    name = request.POST.get("name", "")
    attempt(request, lambda: actions.receive(person(request), row, name=name), _("The receipt is recorded."))
    return to_paper(row.paper)


@require_POST
def reply(request: HttpRequest, uid: str) -> HttpResponse:
    """回复: words, a file, or both."""
    row = _recipient(request, uid)
    sent = request.FILES.get("file")
    upload = (sent.name or "reply", sent.chunks()) if sent else None
    text = request.POST.get("reply", "")
    attempt(request, lambda: actions.reply(person(request), row, text, upload), _("The answer is recorded."))
    return to_paper(row.paper)


@require_safe
def docx(request: HttpRequest, uid: str) -> HttpResponse:
    """The paper as Word."""
    row = paper_in_scope(request, uid)
    name = f"{row.number} {row.title}".strip()[:80]
    return downloads.download(word.write(queries.sheet_of(row)), f"{name}.docx", DOCX)


@require_safe
def scan(request: HttpRequest, uid: str) -> HttpResponse:
    """The scan of the signed page."""
    row = paper_in_scope(request, uid)
    return downloads.stored(row.scan, row.scan_name)


@require_safe
def reply_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The file that a unit answered with."""
    row = _recipient(request, uid)
    return downloads.stored(row.reply_file, row.reply_name)

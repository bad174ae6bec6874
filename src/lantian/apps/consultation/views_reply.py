"""Pages of the units that are asked: what awaits an answer, and the draft row by row with room for comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.consultation import actions, frozen, papers, queries, rights
from lantian.apps.consultation.actions import NotPossible
from lantian.apps.consultation.models import Comment, CommentKind, Invitation
from lantian.apps.core import downloads, policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import RoleKind

PAGE = 50


@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """What awaits the answer of the person's units, then what they answered before."""
    user = person(request)
    policy.require(user, "plan.view")
    page = Paginator(queries.own_invitations(user), PAGE).get_page(request.GET.get("page"))
    return render(request, "consultation/invitations.html", {"page": page})


@require_safe
def invitation(request: HttpRequest, uid: str) -> HttpResponse:
    """The text as sent with the unit's comments beside each row, and the three ways to answer."""
    user = person(request)
    row = queries.visible_invitation(user, uid)
    office = policy.can(user, "plan.consult", row.round.plan)
    answers = rights.may_answer(user, row)
    taken = row.round.is_open and row.round.plan.in_preparation and (office or not row.round.lapsed)
    lines = frozen.lines_of(row.round.sent.content)
    before = queries.previous(row.round) if row.round.number > 1 else None
    old = frozen.lines_of(before.sent.content) if before else []
    changed = frozen.changes(old, lines) if before else {}
    meant = queries.meant_by(row, lines)
    mine = request.GET.get("mine") == "1"
    context = {
        "invitation": row,
        "round": row.round,
        "plan": row.round.plan,
        "clause": papers.clause(row.round),
        "rows": _rows(row, lines, changed, meant, mine=mine),
        "mine": mine,
        "total": len(lines),
        "named": sum(not meant.isdisjoint(line.duties) for line in lines),
        "whole": [item for item in row.comments.all() if item.n is None],
        "dropped": frozen.dropped(old, lines),
        "count": len(row.comments.all()),
        "kinds": CommentKind.choices,
        "editable": answers and taken and not row.has_answered,
        "withdrawable": answers and taken and row.has_answered,
        "on_behalf": office and not policy.can(user, "plan.comment", row),
        "decisions_shown": not row.round.is_open,
        "reads_plan": row.round.is_open or not row.round.plan.in_preparation or office,
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
    }
    return render(request, "consultation/invitation.html", context)


def _rows(
    row: Invitation, lines: list[frozen.Line], changed: dict[int, frozen.Change], meant: set[str], *, mine: bool
) -> list[dict[str, Any]]:
    """Sections with their lines, each with its comments, its roles in words, and how it differs from last time.

    ``mine`` leaves out rows that do not name the unit (``meant`` by these uids), unless it commented on them.
    """
    labels = dict(RoleKind.choices)
    by_row: dict[int, list[Comment]] = defaultdict(list)
    for item in row.comments.all():
        if item.n is not None:
            by_row[item.n].append(item)
    shown = [line for line in lines if not mine or line.n in by_row or not meant.isdisjoint(line.duties)]
    return [
        {
            "title": title,
            "lines": [
                {
                    "line": line,
                    "units": [(labels[role], names) for role, names in line.units],
                    "comments": by_row[line.n],
                    "own": not meant.isdisjoint(line.duties),
                    "change": changed.get(line.n),
                }
                for line in inside
            ],
        }
        for title, inside in frozen.sections_of(shown)
    ]


def _answering(request: HttpRequest, uid: str) -> Invitation:
    """An invitation in scope, with what the actions need."""
    rows = Invitation.objects.select_related("round__plan__area", "unit")
    return policy.get_or_404(person(request), rows, uid=uid)


def _back(row: Invitation, anchor: str = "") -> HttpResponse:
    response = redirect("consultation:invitation", uid=row.uid)
    response["Location"] += anchor
    return response


@require_POST
def comment(request: HttpRequest, uid: str) -> HttpResponse:
    """Save one drafted comment; asked by the page's script, answers in JSON ``{uid, at, count}`` or ``{error}``."""
    row = _answering(request, uid)
    asked = request.headers.get("Accept", "").startswith("application/json")
    values, n, error, saved = request.POST, request.POST.get("n", ""), "", None
    try:
        saved = actions.save_comment(
            person(request), row, int(n) if n.isdecimal() and len(n) < 7 else -1, values.get("proposal", ""),
            values.get("reason", ""), values.get("kind", CommentKind.TEXT), queries.as_uid(values.get("uid", "")),
        )  # fmt: skip
    except NotPossible as refusal:
        error = str(refusal)
    if asked:
        if error:
            return JsonResponse({"error": error}, status=422)
        at = timezone.localtime().strftime("%H:%M")
        return JsonResponse({"uid": str(saved.uid) if saved else "", "at": at, "count": row.comments.count()})
    if error:
        messages.error(request, error)
    return _back(row, f"#r{n}")


@require_POST
def submit(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand the comments in."""
    row = _answering(request, uid)
    said = _("The comments of %(unit)s were handed in.") % {"unit": row.unit.name}
    return _done(request, row, lambda: actions.submit(person(request), row), said)


@require_POST
def no_objection(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer 无意见."""
    row = _answering(request, uid)
    said = _("%(unit)s has no objection: recorded.") % {"unit": row.unit.name}
    return _done(request, row, lambda: actions.no_objection(person(request), row), said)


@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the answer back."""
    row = _answering(request, uid)
    said = _("The answer was taken back; hand it in again when it is changed.")
    return _done(request, row, lambda: actions.withdraw(person(request), row), said)


@require_POST
def note(request: HttpRequest, uid: str) -> HttpResponse:
    """Whom to call."""
    row = _answering(request, uid)
    return _done(
        request, row, lambda: actions.save_note(person(request), row, request.POST.get("note", "")), _("Saved.")
    )


def _done(request: HttpRequest, row: Invitation, act: Callable[[], object], said: str = "") -> HttpResponse:
    attempt(request, act, said)
    return _back(row)


def _file(request: HttpRequest) -> tuple[UploadedFile[Any], str]:
    given = request.FILES.get("file")
    if given is None or not given.size:
        raise NotPossible(_("No file was chosen, or it is empty."))
    return given, given.name or "file"


def _taking(request: HttpRequest, row: Invitation, act: Callable[[], str]) -> HttpResponse:
    """:func:`_done` for uploads: the right comes first."""
    if not rights.may_answer(person(request), row):
        raise PermissionDenied
    return _done(request, row, act)


@require_POST
def filled(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a filled form in to be looked at; nothing is taken over yet."""
    row = _answering(request, uid)

    def act() -> str:
        given, name = _file(request)
        form = actions.stage_form(person(request), row, name, given.chunks())
        if form.problems:
            raise NotPossible(_("The form was read; it has problems, which stand below. Nothing was taken over."))
        return _("The form was read. Look at what it holds, then take it over.")

    return _taking(request, row, act)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the staged form over as the answer."""
    row = _answering(request, uid)
    replace = request.POST.get("replace") == "1"
    said = _("The form is the answer of %(unit)s now.") % {"unit": row.unit.name}
    return _done(request, row, lambda: actions.accept_form(person(request), row, replace=replace), said)


@require_POST
def discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Forget the staged form."""
    row = _answering(request, uid)
    said = _("The form was put aside; nothing of it was taken over.")
    return _done(request, row, lambda: actions.discard_form(person(request), row), said)


@require_POST
def scan(request: HttpRequest, uid: str) -> HttpResponse:
    """Keep the scan of a stamped reply."""
    row = _answering(request, uid)
    nothing = request.POST.get("says") == "nothing"

    def act() -> str:
        given, name = _file(request)
        actions.keep_scan(person(request), row, name, given.chunks(), without_objection=nothing)
        if nothing:
            return _("The stamped reply is kept: %(unit)s has no objection.") % {"unit": row.unit.name}
        return _("The stamped reply is kept. Type its comments in below, then hand them in.")

    return _taking(request, row, act)


@require_safe
def reply_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The file that came as the answer, as a download: never shown in the browser (contracts §8)."""
    row = policy.get_or_404(person(request), Invitation.objects.select_related("reply"), uid=uid)
    return downloads.stored(row.reply, row.reply_name)

"""The editor: a new paper, a draft, the live preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.papers import actions, body, queries, rights, slots
from lantian.apps.papers.actions import PaperError, StaleError
from lantian.apps.papers.forms import PaperForm, names_in, people_of
from lantian.apps.papers.kinds import kinds
from lantian.apps.papers.models import Paper, PaperKind, PaperState
from lantian.apps.papers.views.common import paper_in_scope, revision_of, to_paper


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new paper of the kind in the address, begun with the text of its template."""
    user = person(request)
    policy.require(user, "paper.draft")
    issuers = rights.issuers(user)
    if request.method == "POST":
        form = PaperForm(issuers, request.POST)
        if (words := _words(form)) is not None:
            try:
                paper = actions.draft_paper(user, form.cleaned_data["kind"], form.cleaned_data["issuer"], words)
            except PaperError as refusal:
                form.add_error(None, str(refusal))
            else:
                _tell_unknown(request, form)
                return to_paper(paper)
        return _page(request, form, issuers, None, status=400)
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds() else PaperKind.NOTICE
    initial: dict[str, Any] = {"kind": kind, "secrecy": "internal", "issuer": issuers[0].uid if issuers else ""}
    initial |= _begun(kind, issuers[0] if issuers else None)
    return _page(request, PaperForm(issuers, initial=initial), issuers, None)


def _begun(kind: str, issuer: Unit | None) -> dict[str, str]:
    """Title and text of the kind's template; letters of the ladder begin empty here, they are drafted from a desk."""
    values = {"issuer": issuer.name if issuer else ""}
    try:
        title, blocks = queries.begun(kind, values)
    except slots.SlotError:
        return {"title": "", "body": ""}
    return {"title": title, "body": body.typed(blocks)}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """The words of a draft. What somebody else saved meanwhile is shown beside what was typed; nothing is lost."""
    user = person(request)
    paper = paper_in_scope(request, uid)
    policy.require(user, "paper.draft", paper)
    issuers = [paper.issuer]
    if request.method == "POST":
        form = PaperForm(issuers, request.POST)
        if (words := _words(form, paper)) is not None:
            try:
                actions.save_paper(user, paper, words, revision=revision_of(request))
            except StaleError as refusal:
                form.add_error(None, str(refusal))
                return _page(request, form, issuers, paper, status=409, theirs=paper)
            except PaperError as refusal:
                form.add_error(None, str(refusal))
            else:
                _tell_unknown(request, form)
                messages.success(request, _("The draft is saved."))
                return to_paper(paper)
        return _page(request, form, issuers, paper, status=400)
    if paper.state != PaperState.DRAFT:
        messages.error(request, _("Only a draft can be changed. Send the paper back first."))
        return to_paper(paper)
    return _page(request, PaperForm(issuers, initial=PaperForm.initial_of(paper)), issuers, paper)


def _words(form: PaperForm, paper: Paper | None = None) -> actions.Words | None:
    if not form.is_valid():
        return None
    try:
        return form.words(paper)
    except ValidationError:
        return None


def _tell_unknown(request: HttpRequest, form: PaperForm) -> None:
    if form.unknown:
        text = _("Not in the directory, so they get the paper outside this system: %(names)s")
        messages.info(request, text % {"names": "、".join(form.unknown)})


def _page(request: HttpRequest, form: PaperForm, issuers: list[Unit], paper: Paper | None, *, status: int = 200,
          theirs: Paper | None = None) -> HttpResponse:  # fmt: skip
    people = people_of(issuers[0]) if issuers else []
    if paper and paper.approver and paper.approver not in people:
        people.append(paper.approver)
    context = {
        "form": form, "paper": paper, "issuers": issuers, "people": people, "theirs": theirs,
        "revision": request.POST.get("revision") if status == 400 else (paper.revision if paper else 1),
        "sheet": _previewed(form, issuers, paper), "their_text": body.typed(theirs.body) if theirs else "",
    }  # fmt: skip
    return render(request, "papers/edit.html", context, status=status)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is typed, as the sheet that would be printed; nothing is kept."""
    user = person(request)
    policy.require(user, "paper.draft")
    form = PaperForm(rights.issuers(user), request.POST)
    form.is_valid()
    return render(request, "papers/_sheet.html", {"sheet": _previewed(form, rights.issuers(user), None)})


def _previewed(form: PaperForm, issuers: list[Unit], paper: Paper | None) -> Any:
    """The sheet of what stands in the form, as far as it can be read."""
    chosen = str(form["issuer"].value() or "")
    issuer = next((unit for unit in issuers if str(unit.uid) == chosen), issuers[0] if issuers else None)
    if issuer is None:
        return None
    kind = str(form["kind"].value())
    secrecy = str(form["secrecy"].value())
    draft = Paper(
        kind=kind if kind in kinds() else PaperKind.NOTICE, issuer=issuer, title=str(form["title"].value() or "")[:200],
        main_to=names_in(str(form["main_to"].value() or "")), copy_to=names_in(str(form["copy_to"].value() or "")),
        attachments=[line for line in str(form["attachments"].value() or "").splitlines() if line.strip()],
        secrecy=secrecy if secrecy in ("open", "internal", "work_secret") else "internal",
        number=paper.number if paper else "",
    )  # fmt: skip
    try:
        draft.body = body.parse(str(form["body"].value() or ""))
    except body.BodyError:
        draft.body = []
    return queries.sheet_of(draft)


@require_POST
def copy(request: HttpRequest, uid: str) -> HttpResponse:
    """A new draft with the same words."""
    made = actions.copy_paper(person(request), paper_in_scope(request, uid))
    messages.success(request, _("A new draft with the same words was made."))
    return redirect("papers:edit", uid=made.uid)

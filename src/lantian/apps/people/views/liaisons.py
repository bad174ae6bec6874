"""联络员: the register, a unit's page, handing over, the sheet that is signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.people import actions, hooks, papers, queries
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.forms import EndForm, HandoverForm, LiaisonForm
from lantian.apps.people.models import Handover, Liaison, Post
from lantian.apps.people.rights import EDIT, MANAGE, VIEW, keeps, units
from lantian.apps.people.views.people import filters_of

PAGE = 50
PRINTED = 3000  # units on paper at once


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Who answers for each unit today; ``gaps`` are units with open duties that nobody answers for."""
    user = person(request)
    policy.require(user, VIEW)
    chosen = filters_of(request, "q", "area", "show", "print")
    on = timezone.localdate()
    rows = queries.register_rows(user, text=chosen["q"], area=chosen["area"], show=chosen["show"], on=on)
    page = Paginator(rows, PRINTED if chosen["print"] else PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queries.lines(list(page.object_list), on),
        "chosen": chosen,
        "filtered": any(chosen[name] for name in ("q", "area", "show")),
        "on": on,
        "posts": [post.label for post in Post],
        "areas": Area.objects.exclude(level=Level.TOWN).order_by("path"),
        "knows_duties": bool(hooks.duty_counts),
        "may_edit": policy.can(user, EDIT),
    }
    return render(request, "people/liaisons.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The register as a workbook, as filtered; the same columns can be brought back."""
    user = person(request)
    policy.require(user, VIEW)
    chosen = filters_of(request, "q", "area", "show")
    on = timezone.localdate()
    rows = queries.register_rows(user, text=chosen["q"], area=chosen["area"], show=chosen["show"], on=on)
    content = papers.register_book(queries.lines(list(rows), on))
    return downloads.download(content, f"lantian-liaisons-{on:%Y%m%d}.xlsx", papers.XLSX)


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """A unit's people of today and before, its open duties and its handovers."""
    user = person(request)
    return _page(request, user, _unit(user, uid))


@require_POST
def save(request: HttpRequest, uid: str, post: str) -> HttpResponse:
    """Enter or correct who has a post."""
    user = person(request)
    row = _unit(user, uid)
    policy.require(user, EDIT)
    form = LiaisonForm(request.POST, prefix=post)
    if form.is_valid():
        try:
            actions.save_liaison(user, row, post, form.values(), revision=form.cleaned_data["revision"])
        except RegisterError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The entry is saved."))
            return redirect("people:unit", uid=row.uid)
    return _page(request, user, row, status=400, bound={post: form})


@require_POST
def end(request: HttpRequest, uid: str) -> HttpResponse:
    """End an entry without a successor."""
    user = person(request)
    row = policy.get_or_404(user, Liaison.objects.select_related("unit__area"), uid=uid)
    policy.require(user, EDIT, row)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_liaison(user, row, form.cleaned_data["until"], revision=form.cleaned_data["revision"])
        except RegisterError as error:
            messages.error(request, error.message)
    else:
        messages.error(request, _("Nothing was saved: the last day is missing or no date."))
    return redirect("people:unit", uid=row.unit.uid)


@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand a post over; then the sheet to sign."""
    user = person(request)
    row = policy.get_or_404(user, Liaison.objects.select_related("unit__area", "user"), uid=uid)
    policy.require(user, EDIT, row)
    administrator = keeps(user, MANAGE, row.unit)
    form = HandoverForm(request.POST or None, administrator=administrator, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = actions.Successor(
            given["name"], given["title"], given["phone"], given["email"], given.get("account")
        )  # fmt: skip
        try:
            done = actions.hand_over(
                user, row, new, given["day"], revision=given["revision"], witness=given["witness"],
                move_roles=bool(given.get("move_roles")),
            )  # fmt: skip
        except RegisterError as error:
            form.refuse(error)
        else:
            return redirect("people:handover_sheet", uid=done.uid)
    duties = hooks.duties(row.unit, timezone.localdate())
    return render(request, "people/handover.html", {"row": row, "form": form, "duties": duties})


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """移交单 on A4, to be signed."""
    user = person(request)
    row = _handover(user, uid)
    return render(request, "people/sheet.html", {"row": row, "sheet": papers.sheet_words(row)})


@require_safe
def sheet_docx(request: HttpRequest, uid: str) -> HttpResponse:
    """移交单 as a Word document."""
    user = person(request)
    row = _handover(user, uid)
    return downloads.download(papers.handover_sheet(row), f"lantian-handover-{row.day:%Y%m%d}.docx", papers.DOCX)


def _handover(user: User, uid: str) -> Handover:
    rows = Handover.objects.select_related("unit__area", "old", "new", "by")
    return policy.get_or_404(user, rows, uid=uid)


def _unit(user: User, uid: str) -> Unit:
    """A unit whose entries the person may see; others do not exist here."""
    policy.require(user, VIEW)
    row = units(user, VIEW).filter(uid=uid).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: HttpRequest, user: User, row: Unit, *, status: int = 200, bound: dict[str, LiaisonForm] | None = None
) -> HttpResponse:
    may_edit = keeps(user, EDIT, row)
    today = timezone.localdate()
    entries = list(Liaison.objects.filter(unit=row).select_related("user").order_by("-since", "post"))
    held = {entry.post: entry for entry in entries if entry.until is None}
    cards: list[dict[str, Any]] = []
    for post in Post:
        entry = held.get(post.value)
        form = (bound or {}).get(post.value)
        cards.append({
            "post": post.value, "label": post.label, "row": entry, "open": form is not None,
            "form": form or LiaisonForm(prefix=post.value, initial=_initial(entry)),
            "end": EndForm(initial={"revision": entry.revision}) if entry else None,
        })  # fmt: skip
    context = {
        "unit": row,
        "cards": cards,
        "past": [entry for entry in entries if entry.until is not None],
        "handovers": Handover.objects.filter(unit=row).select_related("old", "new"),
        "duties": hooks.duties(row, today),
        "may_edit": may_edit,
    }
    return render(request, "people/unit.html", context, status=status)


def _initial(entry: Liaison | None) -> dict[str, Any]:
    if entry is None:
        return {}
    names = ("name", "title", "phone", "email", "since", "note", "revision")
    return {name: getattr(entry, name) for name in names}

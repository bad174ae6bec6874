"""名单导入: an empty list to fill in, upload, what is wrong by row, take over or drop; people and liaisons alike."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import bringing, downloads, policy, staging
from lantian.apps.core.models import StagedState, User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.people import actions, lists, papers
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.models import ListKind, Post, StagedList
from lantian.apps.people.rights import STAGES
from lantian.apps.people.views.people import slips

_PLACES = {ListKind.PEOPLE: "people:people_imports", ListKind.LIAISONS: "people:liaison_imports"}


@require_safe
def imports(request: HttpRequest, kind: ListKind) -> HttpResponse:
    """The upload form, the columns, and one's own latest lists."""
    user = _user(request, kind)
    rows = policy.scope(user, StagedList.objects.filter(kind=kind)).defer("rows", "problems")[: bringing.LATEST]
    columns = bringing.column_words(lists.columns(kind).values())
    context = {"rows": rows, "kind": kind.value, "columns": columns}
    return render(request, "people/imports.html", context)


@require_safe
def empty(request: HttpRequest, kind: ListKind) -> HttpResponse:
    """The list to fill in, with a page of notes."""
    _user(request, kind)
    return downloads.download(papers.empty_list(kind), f"lantian-{kind.value}.xlsx", papers.XLSX)


@require_POST
def upload(request: HttpRequest, kind: ListKind) -> HttpResponse:
    """Take a list and stage it."""
    user = _user(request, kind)
    return bringing.take(
        request, lambda name, chunks: actions.stage(user, kind, name, chunks), read="people:import", back=_PLACES[kind]
    )


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One list: its problems by row and column, or what taking it over would do."""
    user = person(request)
    row = policy.get_or_404(user, StagedList.objects.all(), uid=uid)
    kind = ListKind(row.kind)
    policy.require(user, STAGES[kind], row)
    shown: list[Any] = row.problems
    if not row.problems and row.waiting:
        shown = _preview(user, row)
    page = Paginator(shown, bringing.PAGE).get_page(request.GET.get("page"))
    known = lists.columns(kind)
    context = {
        "row": row,
        "kind": kind.value,
        "back": reverse(_PLACES[kind]),
        "page": page,
        "problems": [bringing.problem_words(item, known) for item in page.object_list] if row.problems else [],
        "may_accept": row.waiting and not row.problems,
        "may_drop": row.waiting,
        "may_print": row.state == StagedState.ACCEPTED and kind == ListKind.PEOPLE,
    }
    return render(request, "people/staged.html", context)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a list over as a whole; a list of people answers with the slips."""
    user, row = _own(request, uid)
    try:
        made = actions.accept(user, row)
    except RegisterError as error:
        messages.error(request, error.message)
        return redirect("people:import", uid=row.uid)
    if made is None:
        messages.error(request, _("Something changed meanwhile. Nothing was taken over: look at the problems below."))
        return redirect("people:import", uid=row.uid)
    if made:
        return slips(request, made)
    messages.success(request, _("The list was taken over."))
    return redirect("people:liaisons")


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a list."""
    user, row = _own(request, uid)
    attempt(request, lambda: actions.drop(user, row))
    return redirect(_PLACES[ListKind(row.kind)])


@require_POST
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """New slips for those of the list who never logged in."""
    user, row = _own(request, uid)
    made = actions.first_passwords(user, row)
    if made:
        return slips(request, made)
    messages.info(request, _("Everybody of this list has logged in already."))
    return redirect("people:import", uid=row.uid)


def _user(request: HttpRequest, kind: ListKind) -> User:
    user = person(request)
    policy.require(user, STAGES[kind])
    return user


def _own(request: HttpRequest, uid: str) -> tuple[User, StagedList]:
    user = person(request)
    row = policy.get_or_404(user, StagedList.objects.all(), uid=uid)
    policy.require(user, STAGES[ListKind(row.kind)], row)
    return user, row


def _preview(user: User, row: StagedList) -> list[Any]:
    """What taking the list over would do, as things are now."""
    rows = staging.rows_in(row)
    if row.kind == ListKind.PEOPLE:
        return [
            {"item": item, "roles": [policy.ROLES[role] for role in item.roles]}
            for item in lists.new_people(user, rows)[0]
        ]
    return [{"item": item, "post": Post(item.post).label} for item in lists.new_entries(user, rows)[0]]

"""名单导入: an empty list to fill in, upload, what is wrong by row, take over or drop; people and liaisons alike."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import downloads, files, policy
from lantian.apps.core.columns import Row
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.people import actions, lists, papers
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.models import ListKind, ListState, Post, StagedList
from lantian.apps.people.rights import STAGES
from lantian.apps.people.views.people import slips
from lantian.reading.errors import ReadingError

PAGE = 100
_LATEST = 20
_PLACES = {ListKind.PEOPLE: "people:people_imports", ListKind.LIAISONS: "people:liaison_imports"}


@require_safe
def imports(request: HttpRequest, kind: ListKind) -> HttpResponse:
    """The upload form, the columns, and one's own latest lists."""
    user = _user(request, kind)
    rows = policy.scope(user, StagedList.objects.filter(kind=kind)).defer("rows", "problems")[:_LATEST]
    context = {"rows": rows, "kind": kind.value, "columns": _columns(kind)}
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
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect(_PLACES[kind])
    name = given.name or "list.xlsx"
    try:
        row = actions.stage(user, kind, name, given.chunks())
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"name": name, "limit": large.limit // (1024 * 1024)})
    except ReadingError as error:
        messages.error(request, error.zh if _chinese() else error.en)
    else:
        return redirect("people:import", uid=row.uid)
    return redirect(_PLACES[kind])


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One list: its problems by row and column, or what taking it over would do."""
    user = person(request)
    row = policy.get_or_404(user, StagedList.objects.all(), uid=uid)
    kind = ListKind(row.kind)
    policy.require(user, STAGES[kind], row)
    shown: list[Any] = row.problems
    if not row.problems and row.state == ListState.STAGED:
        shown = _preview(user, row)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "kind": kind.value,
        "back": reverse(_PLACES[kind]),
        "page": page,
        "problems": [_problem(kind, item) for item in page.object_list] if row.problems else [],
        "may_accept": row.state == ListState.STAGED and not row.problems,
        "may_drop": row.state == ListState.STAGED,
        "may_print": row.state == ListState.ACCEPTED and kind == ListKind.PEOPLE,
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
    try:
        actions.drop(user, row)
    except RegisterError as error:
        messages.error(request, error.message)
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
    rows: list[Row] = [(line, values) for line, values in row.rows]
    if row.kind == ListKind.PEOPLE:
        return [
            {"item": item, "roles": [policy.ROLES[role] for role in item.roles]}
            for item in lists.new_people(user, rows)[0]
        ]
    return [{"item": item, "post": Post(item.post).label} for item in lists.new_entries(user, rows)[0]]


def _columns(kind: ListKind) -> list[dict[str, Any]]:
    chinese = _chinese()
    return [
        {"label": column.zh if chinese else column.en, "required": column.required}
        for column in lists.columns(kind).values()
    ]


def _problem(kind: ListKind, item: dict[str, Any]) -> dict[str, Any]:
    chinese = _chinese()
    column = lists.columns(kind).get(item["column"])
    label = (column.zh if chinese else column.en) if column else ""
    return {"line": item["line"], "column": label, "text": item["zh" if chinese else "en"]}


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")

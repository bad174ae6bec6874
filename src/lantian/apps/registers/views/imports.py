"""A list on its way in: upload, columns, every problem where it stands, take over or give up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import downloads
from lantian.apps.core.models import User
from lantian.apps.core.trying import attempt
from lantian.apps.registers import actions, exports, forms, queries, rights, showing
from lantian.apps.registers.catalogue import register as declared
from lantian.apps.registers.models import ImportSession, ImportState, StagedRow
from lantian.apps.registers.views.common import XLSX, frame, reader
from lantian.registers import Field, Register
from lantian.registers.columns import headings

PAGE = 50
_LATEST = 20
_BUSY = (ImportState.READING, ImportState.CHECKING, ImportState.ACCEPTING)
_TABS = ("bad", "warned", "good", "all")


@require_safe
def imports(request: HttpRequest, name: str) -> HttpResponse:
    """The upload form, what the columns are, and the latest files."""
    user, register = _keeper(request, name)
    context = frame(user, register) | {
        "rows": queries.sessions(user, register)[:_LATEST],
        "headings": headings(register),
        "datums": forms.DATUMS if any(field.type in showing.SHAPES for field in register.shown) else (),
        "today": timezone.localdate(),
    }
    return render(request, "registers/imports.html", context)


@require_POST
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """Take a file and stage it; reading goes on in the background."""
    user, register = _keeper(request, name)
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect("registers:imports", name=name)
    try:
        effective = parse_date(request.POST.get("effective", "")) or timezone.localdate()
    except ValueError:
        effective = timezone.localdate()
    datum = request.POST.get("datum", "")
    made: list[ImportSession] = []

    def stage() -> None:
        made.append(
            actions.stage(
                user, register, given.name or "list.xlsx", given.chunks(), effective=effective,
                datum=datum if datum in forms.DATUMS else "",
            )
        )  # fmt: skip

    if attempt(request, stage):
        return redirect("registers:import", name=name, uid=made[0].uid)
    return redirect("registers:imports", name=name)


@require_safe
def session(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """One file as far as it is: progress, the columns to confirm, the rows with their problems, or how it ended."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    context = frame(user, register) | {
        "row": row,
        "busy": row.state in _BUSY,
        "percent": row.job.percent if row.job else 0,
    }
    if row.state == ImportState.MAPPING:
        context |= _mapping(register, row)
    elif row.state == ImportState.READY:
        context |= _staged(request, register, row)
    return render(request, "registers/import.html", context)


@require_safe
def progress(request: HttpRequest, name: str, uid: str) -> JsonResponse:
    """How far the file is, for the script that waits."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    return JsonResponse(
        {"state": row.state, "busy": row.state in _BUSY, "percent": row.job.percent if row.job else 0, "rows": row.rows}
    )


@require_POST
def columns(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Say which field each column is; the file is then checked row by row."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    mapping = {str(item["at"]): request.POST.get(f"column-{item['at']}", "") for item in row.columns}
    remember = bool(request.POST.get("remember"))
    attempt(
        request,
        lambda: actions.map_columns(user, row, mapping, revision=_revision(request), remember=remember) and None,
    )
    return redirect("registers:import", name=name, uid=row.uid)


@require_POST
def accept(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Take over all rows, or only the good ones where the person asked for that in so many words."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    only_good, update = request.POST.get("take") == "good", request.POST.get("existing", "update") == "update"
    attempt(
        request,
        lambda: actions.accept(user, row, revision=_revision(request), only_good=only_good, update=update) and None,
    )
    return redirect("registers:import", name=name, uid=row.uid)


@require_POST
def drop(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """Give a file up; nothing of it was taken over."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    if attempt(request, lambda: actions.drop(user, row) and None, _("The file was given up. Nothing was taken over.")):
        return redirect("registers:imports", name=name)
    return redirect("registers:import", name=name, uid=row.uid)


@require_safe
def marked(request: HttpRequest, name: str, uid: str) -> HttpResponse:
    """The file back, with what is wrong marked at each cell."""
    user, register = _keeper(request, name)
    row = _session(user, register, uid)
    if row.state in (ImportState.READING, ImportState.MAPPING, ImportState.FAILED):
        raise Http404
    stem = row.file_name.rpartition(".")[0] or row.file_name
    return downloads.download(exports.marked(row), f"{stem}-{_('marked')}.xlsx", XLSX)


def _keeper(request: HttpRequest, name: str) -> tuple[User, Register]:
    user, register = reader(request), declared(name)
    if not rights.may_write(user, register):
        raise PermissionDenied
    return user, register


def _session(user: User, register: Register, uid: str) -> ImportSession:
    found = queries.sessions(user, register).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _mapping(register: Register, row: ImportSession) -> dict[str, Any]:
    """The file's columns with a choice of fields each, and what is still missing."""
    known = headings(register)
    taken = set(row.mapping.values())
    return {
        "columns": [item | {"field": row.mapping.get(str(item["at"]), "")} for item in row.columns],
        "headings": known,
        "missing": [item for item in known if item.field.required and not _taken(item.name, taken)],
    }


def _taken(name: str, taken: set[str]) -> bool:
    """A place counts as there by either of its halves or as a whole."""
    return any(one == name or one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in taken if one)


def _staged(request: HttpRequest, register: Register, row: ImportSession) -> dict[str, Any]:
    """A page of rows, problems first: those that are wrong are what opens while there are any."""
    counts = {"bad": row.bad, "warned": row.warned, "good": row.good, "all": row.rows}
    tab = request.GET.get("show", "")
    if tab not in _TABS:
        tab = "bad" if row.bad else "warned" if row.warned else "all"
    rows = queries.staged(row, "" if tab == "all" else tab)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    given = list(page.object_list)
    fields = _shown(register, row, given)
    names = queries.labels(register, [item.values for item in given])
    return {
        "page": page,
        "tab": tab,
        "tabs": [(key, label, counts[key]) for key, label in _labels()],
        "fields": fields,
        "lines": [_line(fields, item, names) for item in given],
    }


def _labels() -> list[tuple[str, str]]:
    return [("bad", _("With problems")), ("warned", _("To look at")), ("good", _("In order")), ("all", _("All rows"))]


def _shown(register: Register, row: ImportSession, given: list[StagedRow]) -> list[Field]:
    """The columns of the list, and every one that has a problem on this page."""
    troubled = {problem["field"].partition(".")[0] for item in given for problem in item.problems}
    mapped = {name.partition(".")[0] for name in row.mapping.values()}
    fields = [field for field in register.shown if field.name in troubled or (field.listed and field.name in mapped)]
    return fields or showing.columns(register)


def _given(item: StagedRow, field: Field) -> str:
    """The text of the file in a cell with problems; of a place that has several columns, all of them."""
    parts = [text for name, text in item.given.items() if text and name.partition(".")[0] == field.name]
    return ", ".join(str(text) for text in parts)


def _line(fields: list[Field], item: StagedRow, names: queries.Labels) -> dict[str, Any]:
    """One row: what is wrong as a whole, and the cells, each with the text of the file where it is wrong."""
    found: dict[str, list[dict[str, Any]]] = {}
    for problem in item.problems:
        found.setdefault(problem["field"].partition(".")[0], []).append(problem)
    known = {field.name for field in fields}
    cells = []
    for field in fields:
        text = _given(item, field)
        cell = showing.Cell(field, text) if text else showing.cell(field, item.values.get(field.name), names)
        wrong = found.get(field.name, [])
        cells.append({"cell": cell, "problems": wrong, "bad": any(not one.get("warning") for one in wrong)})
    rest = [problem for name, problems in found.items() if name not in known for problem in problems]
    return {"row": item, "cells": cells, "whole": rest}

"""Bringing a workbook of areas and units: upload, what is wrong, what would change, take over or drop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas import actions
from lantian.apps.areas.actions import ChangeError
from lantian.apps.areas.actions.importing import tally
from lantian.apps.areas.history import field_label, show_value
from lantian.apps.areas.incoming import columns, sheets
from lantian.apps.areas.models import DirectoryImport, ImportState
from lantian.apps.core import files, policy
from lantian.apps.core.policy import person
from lantian.reading.errors import ReadingError

EDIT = "directory.edit"
PAGE = 100
_LATEST = 20


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The upload form and the latest workbooks."""
    user = person(request)
    policy.require(user, EDIT)
    rows = policy.scope(user, DirectoryImport.objects.select_related("created_by"))
    return render(request, "areas/imports.html", {"rows": rows.defer("rows", "changes", "problems")[:_LATEST]})


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook and stage it."""
    user = person(request)
    policy.require(user, EDIT)
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect("areas:imports")
    name = given.name or "file.xlsx"
    try:
        row = actions.stage(user, name, given.chunks())
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"name": name, "limit": large.limit // (1024 * 1024)})
    except ReadingError as error:
        messages.error(request, error.zh if _chinese() else error.en)
    except ChangeError as error:
        messages.error(request, error.message)
    else:
        return redirect("areas:import", uid=row.uid)
    return redirect("areas:imports")


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One workbook: its problems by sheet, row and column, or what taking it over would change."""
    user = person(request)
    policy.require(user, EDIT)
    row = policy.get_or_404(user, DirectoryImport.objects.select_related("created_by", "file"), uid=uid)
    shown = row.problems or row.changes
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    chinese = _chinese()
    context = {
        "row": row,
        "page": page,
        "problems": [_problem(item, chinese) for item in page.object_list] if row.problems else [],
        "changes": [] if row.problems else [_change(item, chinese) for item in page.object_list],
        "counts": tally(row.changes),
        "remarks": [item["zh" if chinese else "en"] for item in row.remarks],
        "may_accept": row.state == ImportState.STAGED and not row.problems and bool(row.changes),
        "may_drop": row.state == ImportState.STAGED,
    }
    return render(request, "areas/staged.html", context)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a workbook over as a whole."""
    user = person(request)
    policy.require(user, EDIT)
    row = policy.get_or_404(user, DirectoryImport.objects.all(), uid=uid)
    try:
        done = actions.accept(user, row)
    except ChangeError as error:
        messages.error(request, error.message)
    else:
        if done:
            count = len(row.changes)
            text = ngettext("%(count)d row was taken over.", "%(count)d rows were taken over.", count)
            messages.success(request, text % {"count": count})
        else:
            text = _("The directory changed meanwhile. Nothing was taken over: check the new comparison, then accept.")
            messages.error(request, text)
    return redirect("areas:import", uid=row.uid)


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a workbook."""
    user = person(request)
    policy.require(user, EDIT)
    row = policy.get_or_404(user, DirectoryImport.objects.all(), uid=uid)
    try:
        actions.drop(user, row)
    except ChangeError as error:
        messages.error(request, error.message)
    return redirect("areas:imports")


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _sheet(name: str, chinese: bool) -> str:
    sheet = sheets()[name]
    return sheet.zh if chinese else sheet.en


def _problem(item: dict[str, Any], chinese: bool) -> dict[str, Any]:
    column = columns(item["sheet"]).get(item["column"])
    label = (column.zh if chinese else column.en) if column else ""
    text = item["zh" if chinese else "en"]
    return {"sheet": _sheet(item["sheet"], chinese), "line": item["line"], "column": label, "text": text}


def _change(item: dict[str, Any], chinese: bool) -> dict[str, Any]:
    fields = [
        (field_label(item["sheet"], part["field"]), *(show_value(part["field"], part[side]) for side in ("old", "new")))
        for part in item["fields"]
    ]
    return {**item, "sheet": _sheet(item["sheet"], chinese), "fields": fields}

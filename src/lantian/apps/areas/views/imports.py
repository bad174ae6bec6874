"""Bringing a workbook of areas and units: upload, what is wrong, what would change, take over or drop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas import actions
from lantian.apps.areas.actions import ChangeError
from lantian.apps.areas.actions.importing import tally
from lantian.apps.areas.history import field_label, show_value
from lantian.apps.areas.incoming import columns, sheets
from lantian.apps.areas.models import DirectoryImport
from lantian.apps.core import bringing, policy
from lantian.apps.core.language import chinese
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt

EDIT = "directory.edit"


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The upload form and the latest workbooks."""
    user = person(request)
    policy.require(user, EDIT)
    rows = policy.scope(user, DirectoryImport.objects.select_related("created_by"))
    return render(request, "areas/imports.html", {"rows": rows.defer("rows", "changes", "problems")[: bringing.LATEST]})


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook and stage it."""
    user = person(request)
    policy.require(user, EDIT)
    return bringing.take(
        request, lambda name, chunks: actions.stage(user, name, chunks), read="areas:import", back="areas:imports"
    )


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One workbook: its problems by sheet, row and column, or what taking it over would change."""
    user = person(request)
    policy.require(user, EDIT)
    row = policy.get_or_404(user, DirectoryImport.objects.select_related("created_by", "file"), uid=uid)
    shown = row.problems or row.changes
    page = Paginator(shown, bringing.PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "page": page,
        "problems": [_problem(item) for item in page.object_list] if row.problems else [],
        "changes": [] if row.problems else [_change(item) for item in page.object_list],
        "counts": tally(row.changes),
        "remarks": [item["zh" if chinese() else "en"] for item in row.remarks],
        "may_accept": row.waiting and not row.problems and bool(row.changes),
        "may_drop": row.waiting,
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
    attempt(request, lambda: actions.drop(user, row))
    return redirect("areas:imports")


def _sheet(name: str) -> str:
    sheet = sheets()[name]
    return sheet.zh if chinese() else sheet.en


def _problem(item: dict[str, Any]) -> dict[str, Any]:
    return {"sheet": _sheet(item["sheet"]), **bringing.problem_words(item, columns(item["sheet"]))}


def _change(item: dict[str, Any]) -> dict[str, Any]:
    fields = [
        (field_label(item["sheet"], part["field"]), *(show_value(part["field"], part[side]) for side in ("old", "new")))
        for part in item["fields"]
    ]
    return {**item, "sheet": _sheet(item["sheet"]), "fields": fields}

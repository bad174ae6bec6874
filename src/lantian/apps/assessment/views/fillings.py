"""One month's filling of a form: what to look at, the grid, freezing, the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.assessment.actions import forms as actions
from lantian.apps.assessment.models import Form, FormFilling
from lantian.apps.assessment.queries import forms as queries
from lantian.apps.assessment.views.forms import NAMES, WHY, revision_of, tried
from lantian.apps.core import downloads, policy
from lantian.apps.core.policy import person
from lantian.apps.supervision.actions.common import NotPossible


def _filling(request: HttpRequest, uid: object) -> FormFilling:
    rows = FormFilling.objects.select_related("form__plan__area", "form__file", "issued_file", "filled_by")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_safe
def filling(request: HttpRequest, uid: str) -> HttpResponse:
    """One month's filling: blanks and what differs from the last time first, then the whole grid."""
    row = _filling(request, uid)
    cells = queries.filled_cells(row)
    for_page = [
        {"cell": cell, "why": WHY.get(cell.why, ""), "source": NAMES.get(cell.source, _("month")),
         "label": _label(row.form, cell)}
        for cell in cells
    ]  # fmt: skip
    asked = [item for item in for_page if not item["cell"].text or item["cell"].differs or item["cell"].doubt]
    context = {
        "filling": row,
        "form": row.form,
        "asked": asked,
        "rest": [item for item in for_page if item not in asked],
        "blank": sum(not cell.text for cell in cells),
        "differing": sum(cell.differs for cell in cells),
        "grids": _grids(row, cells),
        "may": policy.can(person(request), "duty.assign", row.form),
    }
    return render(request, "assessment/forms/filling.html", context)


def _label(row: Form, cell: queries.Shown) -> str:
    """The words by which a person knows the row of a cell: its longest printed text."""
    line = row.grid["sheets"][cell.sheet]["rows"][cell.row]
    texts = [item["text"] for item in line if item and item["text"]]
    return max(texts, key=len, default="")[:60]


def _grids(row: FormFilling, cells: list[queries.Shown]) -> list[dict[str, Any]]:
    by_place = {(cell.sheet, cell.row, cell.col): cell for cell in cells}
    return [
        {
            "name": sheet["name"],
            "rows": [
                [
                    {"cell": item, "given": by_place.get((index, n, col))}
                    for col, item in enumerate(line)
                    if item is not None
                ]
                for n, line in enumerate(sheet["rows"])
            ],
        }
        for index, sheet in enumerate(row.form.grid["sheets"])
        if sheet["rows"]
    ]


def _on_filling(request: HttpRequest, uid: str, act: Callable[[FormFilling], str]) -> HttpResponse:
    row = _filling(request, uid)
    return tried(request, lambda: act(row), reverse("assessment:filling", args=[row.uid]))


@require_POST
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Save what a person wrote into cells."""
    texts = {name[2:]: str(value) for name, value in request.POST.items() if name.startswith("v-")}

    def act(row: FormFilling) -> str:
        count = actions.edit(person(request), row, texts, revision=revision_of(request))
        return _("%(n)s cells changed.") % {"n": count}

    return _on_filling(request, uid, act)


@require_POST
def issue(request: HttpRequest, uid: str) -> HttpResponse:
    """Freeze the month's form as it is sent."""

    def act(row: FormFilling) -> str:
        actions.issue(person(request), row, revision=revision_of(request))
        return _("The form is frozen as it was sent.")

    return _on_filling(request, uid, act)


@require_POST
def reopen(request: HttpRequest, uid: str) -> HttpResponse:
    """Open a frozen form for a correction."""

    def act(row: FormFilling) -> str:
        actions.reopen(person(request), row, revision=revision_of(request))
        return _("The form is open again.")

    return _on_filling(request, uid, act)


@require_safe
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The filled file."""
    row = _filling(request, uid)
    try:
        content = actions.content_of(row)
    except (NotPossible, FileNotFoundError) as problem:
        messages.error(request, str(problem) if isinstance(problem, NotPossible) else _("The file is no longer here."))
        return redirect("assessment:filling", uid=row.uid)
    return downloads.download(content, actions.name_of(row))

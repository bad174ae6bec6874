"""套表: the list, a form with what its cells mean, one month's filling."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.assessment.actions import forms as actions
from lantian.apps.assessment.forms.matching import FIGURES, SOURCES, heads
from lantian.apps.assessment.forms.workbook import letters, place_of
from lantian.apps.assessment.models import Form
from lantian.apps.assessment.queries import forms as queries
from lantian.apps.core import downloads, files, policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.queries import uid_of
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions.common import NotPossible

PAGE = 50
TARGETS = 4  # targets of one measure that a column may ask for
_LINES = 4  # empty lines for single cells
_ROW = re.compile(r"^\s*(\d{0,4})\s*[/，,、\s]?\s*(.*?)\s*$")
NAMES: dict[str, Any] = {
    "words": gettext_lazy("progress in words"),
    "problems": gettext_lazy("problems"),
    "next_step": gettext_lazy("next step"),
    "period": gettext_lazy("figure of the month"),
    "cumulative": gettext_lazy("cumulative figure"),
    "target": gettext_lazy("figure of the target"),
    "state": gettext_lazy("state"),
    "done": gettext_lazy("done: 是 or 否"),
    "document": gettext_lazy("document number"),
    "units": gettext_lazy("units that owe it"),
    "fixed": gettext_lazy("fixed text"),
    "today": gettext_lazy("day of filling"),
    "plan": gettext_lazy("title of the plan"),
}
WHY: dict[str, Any] = {
    "unmatched": gettext_lazy("the row is matched with no measure, or its unit owes nothing of it"),
    "not_reported": gettext_lazy("no return of the month is accepted yet"),
    "no_figure": gettext_lazy("no figure was reported"),
    "not_added": gettext_lazy("several units report a figure that cannot be added up"),
    "no_words": gettext_lazy("nothing was written"),
    "no_target": gettext_lazy("the row has no such target with a figure"),
}


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """The forms that the office above asks for, and the form that brings a blank."""
    user = person(request)
    policy.require(user, "duty.assign")
    away = request.GET.get("archived") == "1"
    context = {
        "page": Paginator(queries.forms(user, archived=away), PAGE).get_page(request.GET.get("page")),
        "plans": list(queries.plans(user)[:100]),
        "away": away,
    }
    return render(request, "assessment/forms/list.html", context)


def tried(request: HttpRequest, act: Callable[[], str], where: str) -> HttpResponse:
    """Do it and say so, or say why it is not possible; then the page at ``where``."""
    attempt(request, act)
    return redirect(where)


def revision_of(request: HttpRequest) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Bring a blank."""
    user, given = person(request), request.FILES.get("file")
    policy.require(user, "duty.assign")
    wanted = uid_of(request.POST.get("plan", ""))
    plan = queries.plans(user).filter(uid=wanted).first() if wanted else None
    where = [reverse("assessment:forms")]

    def act() -> str:
        if plan is None:
            raise NotPossible(_("Choose the plan that the form is about."))
        if given is None:
            raise NotPossible(_("Choose a file first."))
        title, issuer = request.POST.get("title", ""), request.POST.get("issuer", "")
        made = actions.add(user, plan, title, issuer, given.name or "form", given.chunks())
        where[0] = reverse("assessment:form", args=[made.uid])
        return _("Look at what its columns and rows mean, then save it.")

    try:
        messages.success(request, act())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    except files.TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"limit": large.limit // (1024 * 1024)})
    return redirect(where[0])


def _form(request: HttpRequest, uid: object) -> Form:
    rows = Form.objects.select_related("plan__area", "file", "created_by")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_safe
def form(request: HttpRequest, uid: str) -> HttpResponse:
    """A form: its grid with what each column and row means, and the months it was filled for."""
    user, row = person(request), _form(request, uid)
    today = timezone.localdate()
    context = {
        "form": row,
        "sheets": _sheets(row),
        "cells": _cells(row),
        "sources": [(value, NAMES[value]) for value in SOURCES if value != "fixed"],
        "figures": FIGURES,
        "targets": range(1, TARGETS + 1),
        "singles": [(value, NAMES.get(value, _("month"))) for value in queries.CELLS],
        "fillings": row.fillings.select_related("filled_by"),
        "months": periods.months(row.plan),
        "month": periods.current(row.plan, periods.rhythm_of(row.plan), today),
        "may": policy.can(user, "duty.assign", row),
    }
    return render(request, "assessment/forms/form.html", context)


def _sheets(row: Form) -> list[dict[str, Any]]:
    """The sheets as the page shows them: letters or numbers of columns, heads, and what is mapped."""
    names = {item.n: item.text for item in queries.known(row.plan)}
    units = {uid: name for name, uid in reversed(queries.units(row.plan).items())}
    shown = []
    for index, sheet in enumerate(row.grid["sheets"]):
        rows = sheet["rows"]
        if not rows:
            continue
        mapping = row.mapping["sheets"].get(str(index))
        above = heads(rows, max(0, mapping["first"] - 2), mapping["first"]) if mapping else []
        width = max(len(line) for line in rows)
        columns = [
            {
                "col": col, "name": letters(col), "head": above[col] if col < len(above) else "",
                "key": mapping["keys"].get(str(col), "") if mapping else "",
                **_column(mapping, col),
            }
            for col in range(width)
        ]  # fmt: skip
        lines = [
            {"row": n, "number": n + 1, "cells": [cell for cell in line if cell], **_row(mapping, n, names, units)}
            for n, line in enumerate(rows)
        ]
        shown.append({"index": index, "name": sheet["name"], "mapping": mapping, "columns": columns, "lines": lines})
    return shown


def _column(mapping: Mapping[str, Any] | None, col: int) -> dict[str, Any]:
    column = (mapping or {}).get("columns", {}).get(str(col), {})
    source, target = column.get("source", ""), int(column.get("target", 0))
    chosen = f"{source}:{target + 1}" if source in FIGURES else source
    return {"chosen": chosen, "fixed": column.get("text", "")}


def _row(mapping: Mapping[str, Any] | None, n: int, names: Mapping[int, str], units: Mapping[str, str]) -> Any:
    if mapping is None or not mapping["first"] <= n <= mapping["last"]:
        return {"inside": False}
    key = mapping["rows"].get(str(n), {"n": 0, "unit": ""})
    unit = units.get(key["unit"], "")
    number = str(key["n"]) if key["n"] else ""
    return {"inside": True, "given": f"{number} {unit}".strip(), "measure": names.get(key["n"], ""), "unit": unit}


def _cells(row: Form) -> list[dict[str, Any]]:
    """The single cells as lines of the page, and some empty ones."""
    lines = [
        {"place": f"{letters(item['col'])}{item['row'] + 1}", "sheet": item["sheet"], "source": item["source"],
         "text": item["text"]}
        for item in row.mapping.get("cells", [])
    ]  # fmt: skip
    return [*lines, *({"place": "", "sheet": 0, "source": "", "text": ""} for _line in range(_LINES))]


@require_POST
def mapping(request: HttpRequest, uid: str) -> HttpResponse:
    """Save what the cells of a form mean."""
    user, row = person(request), _form(request, uid)

    def act() -> str:
        policy.require(user, "duty.assign", row)
        actions.set_mapping(user, row, _given(row, request.POST), revision=revision_of(request))
        return _("Saved; it is remembered for the next months.")

    return tried(request, act, reverse("assessment:form", args=[row.uid]))


def _given(row: Form, data: Any) -> dict[str, Any]:
    """The mapping as the page gives it: ``s0-first``, ``s0-c3``, ``s0-f3``, ``s0-r7``, and lines of single cells."""
    units = queries.units(row.plan)
    sheets = {}
    for index, sheet in enumerate(row.grid["sheets"]):
        if data.get(f"s{index}-use") != "1" or not sheet["rows"]:
            continue
        first, last = _line_number(data.get(f"s{index}-first")), _line_number(data.get(f"s{index}-last"))
        width = max(len(line) for line in sheet["rows"])
        columns = {}
        for col in range(width):
            if found := _source(data.get(f"s{index}-c{col}", ""), data.get(f"s{index}-f{col}", "")):
                columns[str(col)] = found
        kept = row.mapping["sheets"].get(str(index), {})
        rows = {}
        for number in range(first, min(last, len(sheet["rows"]) - 1) + 1):
            if key := _key(data.get(f"s{index}-r{number}", ""), units):
                rows[str(number)] = key
        sheets[str(index)] = {
            "first": first, "last": last, "columns": columns, "keys": kept.get("keys", {}), "rows": rows
        }  # fmt: skip
    return {"sheets": sheets, "cells": _singles(data)}


def _line_number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 4 or text == "0":
        raise NotPossible(_("Give first and last row of the table as numbers."))
    return int(text) - 1


def _source(chosen: str, fixed: str) -> dict[str, Any] | None:
    name, _colon, target = chosen.partition(":")
    if fixed.strip():
        return {"source": "fixed", "text": fixed.strip()[:500], "target": 0}
    if not name:
        return None
    return {"source": name, "target": int(target) - 1 if target.isascii() and target.isdigit() and target != "0" else 0}


def _key(text: str, units: Mapping[str, str]) -> dict[str, Any] | None:
    """``12``, ``12 柳桥街道`` or ``柳桥街道`` → measure and unit of a row."""
    match = _ROW.match(text[:200])
    if match is None or not text.strip():
        return None
    unit = units.get(match[2], "") if match[2] else ""
    if match[2] and not unit:
        raise NotPossible(_("“%(name)s” owes nothing of this plan.") % {"name": match[2][:60]})
    return {"n": int(match[1]) if match[1] else 0, "unit": unit}


def _singles(data: Any) -> list[dict[str, Any]]:
    found = []
    lines = zip(
        data.getlist("cell-sheet"), data.getlist("cell-place"), data.getlist("cell-source"), data.getlist("cell-text"),
        strict=False,
    )  # fmt: skip
    for sheet, place, source, text in lines:
        if not place.strip():
            continue
        spot = place_of(place.strip().upper())
        if spot is None or not sheet.isascii() or not sheet.isdigit():
            raise NotPossible(_("%(place)s is no cell; write it as B3.") % {"place": place[:20]})
        found.append({"sheet": int(sheet), "row": spot[0], "col": spot[1], "source": source, "text": text})
    return found


@require_POST
def replace(request: HttpRequest, uid: str) -> HttpResponse:
    """Bring this month's blank."""
    user, row, given = person(request), _form(request, uid), request.FILES.get("file")

    def act() -> str:
        policy.require(user, "duty.assign", row)
        if given is None:
            raise NotPossible(_("Choose a file first."))
        if actions.replace(user, row, given.name or "form", given.chunks(), revision=revision_of(request)):
            return _("The blank has the same heads; what its cells mean was kept.")
        return _("The blank is another one. Look at what its columns and rows mean, then save it.")

    return tried(request, act, reverse("assessment:form", args=[row.uid]))


@require_POST
def archive(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a form aside, or bring it back."""
    user, row = person(request), _form(request, uid)

    def act() -> str:
        actions.archive(user, row, away=row.archived is None)
        return _("The form was put aside.") if row.archived else _("The form is back in the list.")

    return tried(request, act, reverse("assessment:form", args=[row.uid]))


@require_safe
def blank(request: HttpRequest, uid: str) -> HttpResponse:
    """The blank as it came."""
    row = _form(request, uid)
    return downloads.stored(row.file, row.file_name)


@require_POST
def fill(request: HttpRequest, uid: str) -> HttpResponse:
    """Fill a form for a month from accepted returns."""
    user, row = person(request), _form(request, uid)
    period = request.POST.get("period", "")
    try:
        made = actions.fill(user, row, period, revision=revision_of(request))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("assessment:form", uid=row.uid)
    return redirect("assessment:filling", uid=made.uid)

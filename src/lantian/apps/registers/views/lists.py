"""The list of a register: filters and columns kept in the address, totals, files out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantian.apps.core import downloads
from lantian.apps.registers import exports, queries, showing
from lantian.apps.registers.catalogue import register as declared
from lantian.apps.registers.queries import Choice, deliveries
from lantian.apps.registers.views.common import XLSX, areas, filters, frame, reader
from lantian.registers import Field, Register

SUGGESTED = 12


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column: ``order`` is how it is sorted now (ascending, descending or blank), ``to`` how next."""

    field: Field
    order: str
    to: str


@require_safe
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """Fifty rows as the address narrows and sorts them."""
    user, register = reader(request), declared(name)
    choice = queries.choice_of(register, request.GET)
    page = queries.page(user, register, choice, cursor=request.GET.get("cursor", ""))
    columns = showing.columns(register, request.GET.getlist("cols"))
    context = frame(user, register) | {
        "page": page,
        "heads": heads(columns, choice.sort),
        "lines": lines(register, columns, page.rows),
        "totals": totals(columns, queries.totals(user, register, choice)),
        "filters": filters(register, choice.filters),
        "choice": choice,
        "narrowed": narrowed(choice),
        "areas": areas(user) if register.area or register.unit else [],
        "fields": [(field, field in columns) for field in register.shown],
        "cols": request.GET.getlist("cols"),
        "kept": kept(request.GET, "cols", "cursor"),
        "query": tail(request.GET),
        "sources": deliveries.of_registers(user, (name,)).get(name, []),
    }
    return render(request, "registers/list.html", context)


@require_safe
def export(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The rows that the address names as XLSX or CSV, in the columns of the template. 404 for other forms."""
    user, register = reader(request), declared(name)
    choice = queries.choice_of(register, request.GET)
    file = f"{register.name}-{timezone.localdate():%Y%m%d}.{form}"
    if form == "xlsx":
        return downloads.download(exports.export_xlsx(user, register, choice), file, XLSX)
    if form == "csv":
        return downloads.download(exports.export_csv(user, register, choice), file, "text/csv; charset=utf-8")
    raise Http404


@require_safe
def template(request: HttpRequest, name: str) -> HttpResponse:
    """The empty list to fill in."""
    reader(request)
    register = declared(name)
    return downloads.download(exports.template(register), f"{register.name}-template.xlsx", XLSX)


@require_safe
def suggest(request: HttpRequest, name: str) -> JsonResponse:
    """Rows whose words fit what is being typed into a field that refers to this register: key and title."""
    user, register = reader(request), declared(name)
    choice = Choice(filters={}, text=request.GET.get("q", "").strip()[:80])
    page = queries.page(user, register, choice, size=SUGGESTED)
    found = [{"key": row.key, "title": queries.title(register, row.values, row.key)} for row in page.rows]
    return JsonResponse({"rows": found})


def heads(columns: Sequence[Field], sort: str) -> list[Head]:
    """The columns with what a click on their heading asks for; blank where a column has no order."""
    found = []
    for field in columns:
        if not field.listed or field.type in (*showing.SHAPES, "file"):
            found.append(Head(field, "", ""))
            continue
        now = {field.name: "ascending", f"-{field.name}": "descending"}.get(sort, "")
        found.append(Head(field, now, f"-{field.name}" if now == "ascending" else field.name))
    return found


def lines(register: Register, columns: Sequence[Field], rows: Sequence[queries.Row]) -> list[dict[str, Any]]:
    """Rows with their cells and where each stands."""
    names = queries.labels(register, rows)
    return [
        {
            "row": row,
            "url": showing.address(register, row.key, row.uid),
            "title": queries.title(register, row.values, row.key),
            "cells": showing.cells(columns, row.values, names),
        }
        for row in rows
    ]


def totals(columns: Sequence[Field], found: Mapping[str, Any]) -> list[str]:
    """The total below each column; blank where a sum says nothing. An empty list: there is nothing to add up."""
    texts = [
        showing.figure(found[field.name]) if showing.summed(field) and found.get(field.name) is not None else ""
        for field in columns
    ]
    return texts if any(texts) else []


def narrowed(choice: Choice) -> bool:
    """Whether the address leaves rows out."""
    return bool(choice.filters or choice.area or choice.text or choice.since or choice.until or choice.gone)


def kept(given: QueryDict, *but: str) -> list[tuple[str, str]]:
    """What the address says already, for forms that add to it."""
    return [(name, value) for name, values in given.lists() for value in values if name not in but]


def tail(given: QueryDict) -> str:
    """The address's question without the place in the list, for links to the map and the files; with its ``?``."""
    copy = given.copy()
    copy.pop("cursor", None)
    return f"?{copy.urlencode()}" if copy else ""

"""Stations and outlines from files: upload, every problem, take over or drop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import bringing, downloads, policy, staging, tables
from lantian.apps.core.columns import Column
from lantian.apps.core.models import User
from lantian.apps.core.trying import attempt
from lantian.apps.monitoring import actions, forecasting, hand, lists
from lantian.apps.monitoring.actions.staged import match
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms import OutlineForm
from lantian.apps.monitoring.items import SAMPLED
from lantian.apps.monitoring.models import (
    Boundary,
    Datum,
    SampleKind,
    StagedFile,
    StagedKind,
    StationClass,
)
from lantian.apps.monitoring.rights import EDIT


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The two upload forms and one's own latest files."""
    return _page(request, _keeper(request), OutlineForm())


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The list of stations to fill in, with a page of notes."""
    _keeper(request)
    return downloads.download(_empty_list(), "lantian-stations.xlsx", tables.XLSX)


@require_POST
def upload_stations(request: HttpRequest) -> HttpResponse:
    """Take a list of stations and stage it."""
    user = _keeper(request)
    return _staged(request, lambda name, chunks: actions.stage_stations(user, name, chunks))


@require_POST
def upload_boundaries(request: HttpRequest) -> HttpResponse:
    """Take a GeoJSON file and stage it; datum and source are asked for with it."""
    user = _keeper(request)
    form = OutlineForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form, status=400)
    facts = {name: form.cleaned_data[name] for name in ("datum", "source", "valid_from")}
    return _staged(request, lambda name, chunks: actions.stage_boundaries(user, name, chunks, **facts))


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One file: its problems, or what taking it over would do."""
    user = _keeper(request)
    row = policy.get_or_404(user, StagedFile.objects.all(), uid=uid)
    shown: list[Any] = row.problems
    if not row.problems and row.waiting:
        shown = _SHOWS[row.kind](user, row)
    page = Paginator(shown, bringing.PAGE).get_page(request.GET.get("page"))
    known = _columns(row.kind)
    context = {
        "row": row,
        "page": page,
        "problems": [bringing.problem_words(item, known) for item in page.object_list] if row.problems else [],
        "is_open": row.waiting,
    }
    return render(request, "monitoring/staged.html", context)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a file over as a whole."""
    user = _keeper(request)
    row = policy.get_or_404(user, StagedFile.objects.all(), uid=uid)
    try:
        taken = actions.accept(user, row)
    except RegistryError as error:
        messages.error(request, error.message)
        return redirect("monitoring:staged", uid=row.uid)
    if taken is None:
        messages.error(request, _("Something changed meanwhile. Nothing was taken over: look at the problems below."))
        return redirect("monitoring:staged", uid=row.uid)
    messages.success(request, _("Taken over: %(n)s.") % {"n": taken})
    return redirect(_AFTER[row.kind])


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a file."""
    user = _keeper(request)
    row = policy.get_or_404(user, StagedFile.objects.all(), uid=uid)
    attempt(request, lambda: actions.drop(user, row))
    return redirect("monitoring:imports")


def _keeper(request: HttpRequest) -> User:
    user = policy.person(request)
    policy.require(user, EDIT)
    return user


def _page(request: HttpRequest, user: User, form: OutlineForm, status: int = 200) -> HttpResponse:
    rows = policy.scope(user, StagedFile.objects.defer("rows", "problems"))[: bringing.LATEST]
    outlines = policy.scope(user, Boundary.objects.all()).values("area").distinct().count()
    columns = bringing.column_words(lists.columns().values())
    context = {"rows": rows, "form": form, "columns": columns, "outlines": outlines}
    return render(request, "monitoring/imports.html", context, status=status)


def _staged(request: HttpRequest, stage: Callable[[str, Iterable[bytes]], StagedFile]) -> HttpResponse:
    return bringing.take(request, stage, read="monitoring:staged", back="monitoring:imports")


def _entries(user: User, row: StagedFile) -> list[dict[str, Any]]:
    """What taking the list over would do, as things are now."""
    kinds = dict(StationClass.choices)
    return [
        {
            "line": entry.line, "code": entry.values["code"], "name": entry.values["name"],
            "kind": kinds.get(entry.values["kind"], ""), "area": entry.values.get("area"),
            "point": entry.values["point"], "datum": entry.values["datum"], "new": entry.old is None,
        }
        for entry in lists.entries(user, staging.rows_in(row))[0]
    ]  # fmt: skip


def _matches(user: User, row: StagedFile) -> list[dict[str, Any]]:
    return [
        {"n": n, "code": item["code"], "name": item["name"], "area": area}
        for n, (item, area) in enumerate(match(user, row.rows), 1)
    ]


def _measurements(user: User, row: StagedFile) -> list[dict[str, Any]]:
    """What taking a list of measurements over would do, as things are now."""
    labels = dict(SampleKind.choices)
    return [
        {
            "line": entry.line, "given": entry.values, "old": entry.old, "kind": labels[entry.values["kind"]],
            "unit": SAMPLED[entry.values["kind"]].unit,
        }
        for entry in hand.entries(user, staging.rows_in(row))[0]
        if not entry.problems
    ]  # fmt: skip


def _forecasts(user: User, row: StagedFile) -> list[dict[str, Any]]:
    """What taking a list of forecasts over would do: its issues."""
    found = forecasting.issues(user, staging.rows_in(row))[0]
    return [
        {
            "line": issue.lines[0], "area": issue.area, "issuer": issue.issuer, "issued": issue.issued,
            "first": min(day.day for day in issue.days), "last": max(day.day for day in issue.days),
            "days": len(issue.days),
        }
        for issue in found
    ]  # fmt: skip


_SHOWS: dict[str, Callable[[User, StagedFile], list[Any]]] = {
    StagedKind.STATIONS.value: _entries,
    StagedKind.BOUNDARIES.value: _matches,
    StagedKind.SAMPLES.value: _measurements,
    StagedKind.FORECASTS.value: _forecasts,
}
_AFTER = {
    StagedKind.STATIONS.value: "monitoring:stations",
    StagedKind.BOUNDARIES.value: "monitoring:map",
    StagedKind.SAMPLES.value: "monitoring:samples",
    StagedKind.FORECASTS.value: "monitoring:forecasts",
}


def _columns(kind: str) -> dict[str, Column]:
    """The columns of a kind of list; none of boundaries."""
    known = {
        StagedKind.STATIONS.value: lists.columns,
        StagedKind.SAMPLES.value: hand.columns,
        StagedKind.FORECASTS.value: forecasting.columns,
    }
    return known[kind]() if kind in known else {}


def _empty_list() -> bytes:
    choices = {"kind": list(lists.CLASS_WORDS.values()), "datum": list(Datum.values), "for_assessment": ["是", "否"]}
    return bringing.empty_list("站点", lists.columns().values(), choices)

"""Devices from a list: an empty one to fill in, upload, every problem, take over or drop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import bringing, downloads, policy, staging, tables
from lantian.apps.core.trying import attempt
from lantian.apps.devices import actions
from lantian.apps.devices import lists as reading
from lantian.apps.devices.models import DeviceList
from lantian.apps.devices.views.common import keeper
from lantian.apps.monitoring.errors import RegistryError


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The upload form, the columns, and one's own latest lists."""
    user = keeper(request)
    rows = policy.scope(user, DeviceList.objects.defer("rows", "problems"))[: bringing.LATEST]
    columns = bringing.column_words(reading.columns().values())
    return render(request, "devices/lists.html", {"rows": rows, "columns": columns})


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The list to fill in, with a page of notes."""
    keeper(request)
    return downloads.download(_empty_list(), "lantian-devices.xlsx", tables.XLSX)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a list and stage it."""
    user = keeper(request)
    return bringing.take(
        request, lambda name, chunks: actions.stage(user, name, chunks), read="devices:staged", back="devices:lists"
    )


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One list: its problems by row and column, or what taking it over would do."""
    user = keeper(request)
    row = policy.get_or_404(user, DeviceList.objects.all(), uid=uid)
    shown: list[Any] = row.problems
    if not row.problems and row.waiting:
        shown = reading.entries(user, staging.rows_in(row))[0]  # what no longer fits is found when it is taken over
    page = Paginator(shown, bringing.PAGE).get_page(request.GET.get("page"))
    known = reading.columns()
    context = {
        "row": row,
        "page": page,
        "problems": [bringing.problem_words(item, known) for item in page.object_list] if row.problems else [],
        "may_accept": row.waiting and not row.problems,
        "may_drop": row.waiting,
    }
    return render(request, "devices/staged.html", context)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the whole list over."""
    user = keeper(request)
    row = policy.get_or_404(user, DeviceList.objects.all(), uid=uid)
    try:
        taken = actions.accept(user, row)
    except RegistryError as error:
        messages.error(request, error.message)
        return redirect("devices:staged", uid=row.uid)
    if taken is None:
        messages.error(request, _("Something changed since the list was read: see what is wrong now."))
    else:
        messages.success(request, _("%(count)s devices are taken over.") % {"count": taken})
    return redirect("devices:staged", uid=row.uid)


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a list."""
    user = keeper(request)
    row = policy.get_or_404(user, DeviceList.objects.all(), uid=uid)
    attempt(request, lambda: actions.drop(user, row))
    return redirect("devices:staged", uid=row.uid)


def _empty_list() -> bytes:
    choices = {"kind": list(reading.KIND_WORDS.values()), "for_assessment": ["是", "否"]}
    return bringing.empty_list("设备", reading.columns().values(), choices)

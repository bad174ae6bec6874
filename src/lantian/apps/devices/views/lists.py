"""Devices from a list: an empty one to fill in, upload, every problem, take over or drop."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import downloads, files, policy, tables
from lantian.apps.core.models import User
from lantian.apps.devices import actions
from lantian.apps.devices import lists as reading
from lantian.apps.devices.models import DeviceList, ListState
from lantian.apps.devices.views.common import keeper
from lantian.apps.devices.words import chinese
from lantian.apps.monitoring.errors import RegistryError
from lantian.reading.errors import ReadingError
from lantian.reading.output.xlsx import workbook

PAGE = 100
_LATEST = 20


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The upload form, the columns, and one's own latest lists."""
    user = keeper(request)
    rows = policy.scope(user, DeviceList.objects.defer("rows", "problems"))[:_LATEST]
    return render(request, "devices/lists.html", {"rows": rows, "columns": reading.columns().values()})


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The list to fill in, with a page of notes."""
    keeper(request)
    return downloads.download(_empty_list(), "lantian-devices.xlsx", tables.XLSX)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a list and stage it."""
    user = keeper(request)
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect("devices:lists")
    name = given.name or "list.xlsx"
    try:
        row = actions.stage(user, name, given.chunks())
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"name": name, "limit": large.limit // (1024 * 1024)})
    except ReadingError as error:
        messages.error(request, error.zh if chinese() else error.en)
    else:
        return redirect("devices:staged", uid=row.uid)
    return redirect("devices:lists")


@require_safe
def staged(request: HttpRequest, uid: str) -> HttpResponse:
    """One list: its problems by row and column, or what taking it over would do."""
    user = keeper(request)
    row = policy.get_or_404(user, DeviceList.objects.all(), uid=uid)
    shown: list[Any] = row.problems
    if not row.problems and row.state == ListState.STAGED:
        shown = _entries(user, row)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    waiting = row.state == ListState.STAGED
    context = {
        "row": row,
        "page": page,
        "problems": [_problem(item) for item in page.object_list] if row.problems else [],
        "may_accept": waiting and not row.problems,
        "may_drop": waiting,
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
    try:
        actions.drop(user, row)
    except RegistryError as error:
        messages.error(request, error.message)
    return redirect("devices:staged", uid=row.uid)


def _entries(user: User, row: DeviceList) -> list[reading.Entry]:
    """Rows as they would be taken over; one that no longer fits is found when it is taken over."""
    entries, _problems = reading.entries(user, [(line, values) for line, values in row.rows])
    return entries


def _problem(item: dict[str, Any]) -> dict[str, Any]:
    column = reading.columns().get(item["column"])
    label = item["column"] if column is None else column.zh if chinese() else column.en
    return {"line": item["line"], "column": label, "text": item["zh"] if chinese() else item["en"]}


def _empty_list() -> bytes:
    stream = BytesIO()
    book = workbook(stream)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    sheet, notes = book.add_worksheet("设备"), book.add_worksheet("填写说明")
    notes.set_column(0, 0, 16)
    notes.set_column(1, 1, 90)
    for place, column in enumerate(reading.columns().values()):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, f"{column.zh}*" if column.required else column.zh, head)
        notes.write_string(place, 0, column.zh, head)
        notes.write_string(place, 1, column.note or ("必填" if column.required else ""))
    sheet.freeze_panes(1, 1)
    book.close()
    return stream.getvalue()

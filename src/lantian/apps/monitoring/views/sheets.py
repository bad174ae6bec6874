"""Lists out and in: empty ones with headings, choices and notes (Chinese, for offices), filled ones staged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lantian.apps.core import files
from lantian.apps.core.columns import Column
from lantian.apps.monitoring.models import StagedFile
from lantian.apps.monitoring.views import common
from lantian.reading.errors import ReadingError
from lantian.reading.output.xlsx import workbook

_LINES = 500  # rows that offer the choices


def empty_sheet(title: str, columns: Iterable[Column], choices: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with the headings of ``columns`` (``*``: must be filled in) and a second page with their notes."""
    stream = BytesIO()
    book = workbook(stream)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True})
    body = book.add_format({"num_format": "@"})
    sheet, notes = book.add_worksheet(title), book.add_worksheet("说明")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, body)
        sheet.write_string(0, place, column.zh + ("*" if column.required else ""), head)
        if column.field in choices:
            offered = {"validate": "list", "source": list(choices[column.field])}
            sheet.data_validation(1, place, _LINES, place, offered)
        notes.write_string(place, 0, column.zh, head)
        notes.write_string(place, 1, column.note)
    sheet.freeze_panes(1, 0)
    notes.set_column(0, 0, 16)
    notes.set_column(1, 1, 76)
    book.close()
    return stream.getvalue()


def take_list(request: HttpRequest, stage: Callable[[str, Iterable[bytes]], StagedFile], *, back: str) -> HttpResponse:
    """Stage the uploaded list and go to what was read; where it was not taken, say why and go ``back``."""
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect(back)
    name = given.name or "list.xlsx"
    try:
        row = stage(name, given.chunks())
    except files.TooLargeError as large:
        words = {"name": name, "limit": large.limit // (1024 * 1024)}
        messages.error(request, _("%(name)s is larger than %(limit)s MB and was not taken.") % words)
    except ReadingError as error:
        messages.error(request, error.zh if common.chinese() else error.en)
    else:
        return redirect("monitoring:staged", uid=row.uid)
    return redirect(back)

"""Pages of lists that people bring: the empty list, the upload, what is wrong by row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lantian.apps.core import files
from lantian.apps.core.columns import Column
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.language import chinese
from lantian.apps.core.models import Staged
from lantian.reading.errors import ReadingError
from lantian.reading.output.xlsx import workbook

PAGE = 100  # rows of a list on a page
LATEST = 20  # lists beside the upload form
_LINES = 500  # rows that offer the choices


class Named(Protocol):
    """What has a name in both languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def take(
    request: HttpRequest, stage: Callable[[str, Iterable[bytes]], Staged], *, read: str, back: str
) -> HttpResponse:
    """Stage the uploaded file and go to the page ``read`` of it; where it was not taken, say why and go ``back``."""
    given = request.FILES.get("file")
    if given is None or not given.size:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect(back)
    name = given.name or "file"
    try:
        row = stage(name, given.chunks())
    except files.TooLargeError as large:
        words = {"name": name, "limit": large.limit // 2**20}
        messages.error(request, _("%(name)s is larger than %(limit)s MB and was not taken.") % words)
    except ReadingError as error:
        messages.error(request, error.zh if chinese() else error.en)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        return redirect(read, uid=row.uid)
    return redirect(back)


def column_words(columns: Iterable[Column]) -> list[dict[str, Any]]:
    """The columns of a list as its upload form names them: ``label``, ``required``."""
    return [{"label": label(column), "required": column.required} for column in columns]


def problem_words(item: Mapping[str, Any], columns: Mapping[str, Named]) -> dict[str, Any]:
    """A kept problem as its page says it: ``line``, ``column`` (blank where the whole row is meant), ``text``."""
    column = columns.get(item["column"])
    return {"line": item["line"], "column": label(column), "text": item["zh" if chinese() else "en"]}


def label(column: Named | None) -> str:
    """What a column is called in the person's language."""
    if column is None:
        return ""
    return column.zh if chinese() else column.en


def empty_list(title: str, columns: Iterable[Column], choices: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with the headings of ``columns`` (``*``: must be filled in) and a second page with their notes.

    ``choices`` are words that cells of a column (by field) offer. It is Chinese: it goes to offices.
    """
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
        notes.write_string(place, 1, column.note or ("必填" if column.required else ""))
    sheet.freeze_panes(1, 0)
    notes.set_column(0, 0, 16)
    notes.set_column(1, 1, 90)
    book.close()
    return stream.getvalue()

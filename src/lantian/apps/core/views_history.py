"""历史: who did what when, searched by filters in the address, and the same as CSV or workbook."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.apps.core import downloads, history, policy
from lantian.apps.core.models import AuditEvent
from lantian.apps.core.policy import person
from lantian.reading.output.rows import guard
from lantian.reading.output.xlsx import workbook

MOST = 20_000  # events of one export
_CHUNK = 500
_CELL = 32_767  # characters that a cell of a workbook holds
_FILTERS = ("who", "action", "kind", "uid", "request", "q", "since", "until")
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Fifty events a page, newest first; the next page begins below the last one shown (``older``)."""
    user = person(request)
    policy.require(user, history.SEARCH)
    chosen, wrong = _chosen(request)
    rows = _rows(request, chosen)
    older = request.GET.get("older", "")
    if older:
        last = rows.filter(uid=older).first() if history.is_uid(older) else None
        if last is None:
            raise Http404
        rows = rows.filter(pk__lt=last.pk)
    events = list(rows[: history.PAGE + 1])
    context = {
        "entries": history.entries(events[: history.PAGE]),
        "next": events[history.PAGE - 1].uid if len(events) > history.PAGE else None,
        "older": older,
        "chosen": chosen,
        "wrong": wrong,
        "filtered": any(chosen.values()),
        "actions": history.action_choices(),
        "kinds": history.kind_choices(),
    }
    return render(request, "core/history.html", context)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The events of the same filters, at most :data:`MOST`, as CSV or workbook; safe for spreadsheets."""
    user = person(request)
    policy.require(user, history.SEARCH)
    if form not in _MEDIA:
        raise Http404
    chosen, _wrong = _chosen(request)
    rows = _lines(_rows(request, chosen))
    content = _csv(rows) if form == "csv" else _xlsx(rows, f"{user} {timezone.localtime():%Y-%m-%d %H:%M}")
    name = f"lantian-history-{timezone.localdate():%Y%m%d}.{form}"
    return downloads.download(content, name, _MEDIA[form])


def _chosen(request: HttpRequest) -> tuple[dict[str, str], list[str]]:
    """The filters of the address, and the names of those that are no dates though they should be."""
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in _FILTERS}
    return chosen, [name for name in ("since", "until") if chosen[name] and _day(chosen[name]) is None]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rows(request: HttpRequest, chosen: dict[str, str]) -> QuerySet[AuditEvent]:
    return history.narrowed(
        history.visible(person(request)), who=chosen["who"], action=chosen["action"], kind=chosen["kind"],
        uid=chosen["uid"], request=chosen["request"], text=chosen["q"], since=_day(chosen["since"]),
        until=_day(chosen["until"]),
    )  # fmt: skip


def _lines(rows: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    """A header, then one line per event; read in pieces, so that names are looked up for a piece at a time."""
    yield [
        _("When"), _("Who"), _("Login name"), pgettext("history", "What"), _("Action"), _("Sort of thing"), _("Thing"),
        _("Id"), _("Request"), _("Before"), _("After"),
    ]  # fmt: skip
    last, left = None, MOST
    while left:
        piece = list((rows if last is None else rows.filter(pk__lt=last))[: min(_CHUNK, left)])
        for entry in history.entries(piece):
            event = entry.event
            when = f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"
            login = event.user.username if event.user else ""
            yield [
                when, entry.who, login, entry.sentence, event.action, entry.kind, entry.name,
                str(event.object_uid or ""), event.request_id, _json(event.before), _json(event.after),
            ]  # fmt: skip
        if len(piece) < _CHUNK:
            return
        last, left = piece[-1].pk, left - len(piece)


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _csv(rows: Iterator[list[str]]) -> bytes:
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerows([str(guard(cell)) for cell in row] for row in rows)
    return ("\ufeff" + stream.getvalue()).encode()


def _xlsx(rows: Iterator[list[str]], mark: str) -> bytes:
    stream = BytesIO()
    book = workbook(stream)
    page = book.add_worksheet("history")
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4"})
    for line, row in enumerate(rows):
        for place, text in enumerate(row):
            page.write_string(line, place, text[:_CELL], head if line == 0 else None)
    for place, width in enumerate((19, 12, 16, 50, 22, 12, 30, 38, 38, 40, 40)):
        page.set_column(place, place, width)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.set_footer(f"&L{mark.replace('&', '&&')}&R&P / &N")
    book.close()
    return stream.getvalue()

"""Years under three standards, the data quality board, and the live board."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import ITEMS, text
from lantian.apps.monitoring.models import QualityFinding
from lantian.apps.monitoring.queries import findings as finding_reads
from lantian.apps.monitoring.queries import live as live_reads
from lantian.apps.monitoring.queries import quality as quality_reads
from lantian.apps.monitoring.queries import registry, subjects
from lantian.apps.monitoring.queries import sources as source_reads
from lantian.apps.monitoring.queries import years as year_reads
from lantian.apps.monitoring.views import common


def kinds() -> list[tuple[str, str]]:
    """What can be compared, as choosers offer it."""
    return [
        (subjects.DISTRICT, _("districts")),
        (subjects.STREET, _("streets and towns")),
        (subjects.STATION, _("stations")),
    ]


def kind_of(request: HttpRequest) -> str:
    """What an address compares."""
    kind = request.GET.get("kind", "")
    return kind if kind in subjects.KINDS else subjects.DISTRICT


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """A year judged by each edition of GB 3095, side by side."""
    user = common.reader(request)
    kind, year, last, lines = _years(request, user)
    context = {
        "lines": [_judged(line) for line in lines],
        "standards": [(item, common.standard_words(item)) for item in year_reads.standards()],
        "kind": kind,
        "kinds": kinds(),
        "year": year,
        "choices": [last.year - back for back in range(3)],
        "last": min(last, date(year, 12, 31)),
        "marks": _marks(),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/years.html", context)


@require_safe
def years_table(request: HttpRequest, form: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    user = common.reader(request)
    kind, year, last, lines = _years(request, user)
    head = [_("Name")]
    for item in year_reads.standards():
        title = common.standard_words(item)
        head += [f"{title} {what}" for what in _words()]
    rows: list[list[tables.Value]] = []
    for line in lines:
        row: list[tables.Value] = [line.subject.name]
        for cell in line.judged:
            row += _cells(cell)
        rows.append(row)
    notes = [_("%(year)s to %(day)s") % {"year": year, "day": min(last, date(year, 12, 31)).isoformat()}]
    notes += [f"{mark['matter']}: {mark['we_do']} ({mark['reason']})" for mark in _marks()]
    return tables.download(tables.Table(f"lantian-{kind}-{year}", head, rows, _said(user, notes)), form)


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Share of valid hours, what is overdue, what the registry finds odd."""
    user = common.reader(request)
    newest = common.newest_of(user)
    month = common.month_of(request.GET.get("month"), newest[0] if newest else common.today())
    found, later = quality_reads.board(user, month, newest), common.months_back(month, -1)
    context = {
        "board": found,
        "items": ITEMS.values(),
        "month": f"{month:%Y-%m}",
        "before": f"{common.months_back(month, 1):%Y-%m}",
        "after": f"{later:%Y-%m}" if newest and later <= newest[0] else "",
        "overdue": source_reads.overdue(user, timezone.now()),
        "findings": quality_reads.findings(user, common.today()),
        "rules": _by_rule(user, month),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/quality.html", context)


def _by_rule(user: User, month: date) -> list[dict[str, Any]]:
    """The rules that found something in the month, with a short name each."""
    chosen = dict.fromkeys(("rule", "item", "area", "q"), "") | {"state": "all", "month": f"{month:%Y-%m}"}
    found = finding_reads.by_rule(finding_reads.finding_page(policy.scope(user, QualityFinding.objects.all()), chosen))
    return [{"found": item, "words": common.RULES.get(item.rule.id, item.rule.id)} for item in found]


@require_safe
def quality_table(request: HttpRequest, form: str) -> HttpResponse:
    """The month's shares as CSV or XLSX."""
    user = common.reader(request)
    newest = common.newest_of(user)
    month = common.month_of(request.GET.get("month"), newest[0] if newest else common.today())
    found = quality_reads.board(user, month, newest)
    head = [_("Station code"), _("Name"), *(f"{name} %" for name in ITEMS)]
    rows = [[line.station.code, line.station.name, *(cell.share for cell in line.cells)] for line in found.lines]
    notes = [
        _("Share of %(hours)s hours of %(month)s with a value.") % {"hours": found.hours, "month": f"{month:%Y-%m}"}
    ]
    return tables.download(tables.Table(f"lantian-quality-{month:%Y-%m}", head, rows, _said(user, notes)), form)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The live board; its lines are fetched anew every five seconds."""
    return render(request, "monitoring/live.html", _live(request))


@require_safe
def live_rows(request: HttpRequest) -> HttpResponse:
    """The lines alone."""
    return render(request, "monitoring/_live_rows.html", _live(request))


def _live(request: HttpRequest) -> dict[str, Any]:
    user, now = common.reader(request), timezone.now()
    return {"live": live_reads.live(user, now), "now": now, "synthetic": registry.synthetic(user)}


def _years(request: HttpRequest, user: User) -> tuple[str, int, date, list[year_reads.Line]]:
    newest = common.newest_of(user)
    last = newest[0] if newest else common.today()
    kind, year = kind_of(request), common.year_of(request.GET.get("year"), last.year)
    return kind, year, last, year_reads.lines(user, kind, year, last)


def _judged(line: year_reads.Line) -> dict[str, Any]:
    return {
        "subject": line.subject,
        "cells": [
            None if cell is None else {
                "days": cell.days,
                "good_pct": cell.good_pct,
                "composite": text(cell.composite, 2),
                "attains": cell.attains,
                "failing": cell.failing,
            }
            for cell in line.judged
        ],
    }  # fmt: skip


def _words() -> list[str]:
    days = [_("days with an AQI"), _("good days"), _("good-day ratio") + " %", _("heavy-pollution days")]
    return [*days, _("composite index"), _("verdict"), _("above the limit")]


def _cells(cell: Any) -> list[tables.Value]:
    if cell is None:
        return [None] * 7
    verdict = {True: _("attains"), False: _("does not attain"), None: _("incomplete")}[cell.attains]
    good = None if cell.good_pct is None else float(cell.good_pct)
    composite = None if cell.composite is None else round(cell.composite, 4)
    return [cell.days.days, cell.days.good, good, cell.days.heavy, composite, verdict, ", ".join(cell.failing)]


def _marks() -> list[dict[str, str]]:
    zh = chinese()
    return [
        {"matter": m.matter_zh, "we_do": m.we_do_zh, "reason": m.reason_zh} if zh
        else {"matter": m.matter_en, "we_do": m.we_do_en, "reason": m.reason_en}
        for m in year_reads.marks()
    ]  # fmt: skip


def _said(user: User, notes: list[str]) -> list[str]:
    return [*notes, _("Demonstration data, generated: no measurement.")] if registry.synthetic(user) else notes

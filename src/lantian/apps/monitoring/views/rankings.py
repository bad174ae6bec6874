"""排名: districts, streets or stations over a period, by level or by improvement, each line with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.apps.core.models import User
from lantian.apps.monitoring import tables
from lantian.apps.monitoring.items import COMPOSITE, ITEMS, item_of
from lantian.apps.monitoring.queries import ranking as reads
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.views import boards, common
from lantian.standards.ambient import Standard
from lantian.standards.evaluation import STATISTICS


@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    """The ranking of a period."""
    user = common.reader(request)
    found, kind, standard, by_change, last = _found(request, user)
    before, after = reads.neighbours(found.period, last)
    largest = max((float(row.now.value) for row in found.rows if row.now.value is not None), default=0.0)
    context = {
        "found": found,
        "lines": [_line(row, largest) for row in found.rows],
        "item": found.item,
        "items": [*ITEMS.values(), COMPOSITE],
        "kind": kind,
        "kinds": boards.kinds(),
        "period": found.period,
        "periods": [
            ("month", pgettext("span", "month")),
            ("half", pgettext("span", "half-month")),
            ("ytd", pgettext("span", "year to date")),
        ],
        "before": before,
        "after": after,
        "by_change": by_change,
        "standard": standard,
        "standard_words": common.standard_words(standard),
        "standards": common.standards(),
        "statistic": statistic_words(found.item.key),
        "year_before": found.period.year_before(),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/rankings.html", context)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    user = common.reader(request)
    found, kind, standard, _by_change, _last = _found(request, user)
    unit = f" {found.item.unit}" if found.item.unit else ""
    label = _("composite index") if found.item is COMPOSITE else found.item.label
    head = [
        _("Rank"), _("Name"), _("Part of"), f"{label}{unit}", _("Same period last year"),
        _("Change on last year") + " %", _("Rank by change"), _("Valid days"), _("Days"),
    ]  # fmt: skip
    rows: list[list[tables.Value]] = [
        [
            row.rank, row.subject.name, row.subject.above, _number(row.now.value), _number(row.before.value),
            _number(row.change), row.change_rank, row.now.valid_days, found.period.days,
        ]
        for row in found.rows
    ]  # fmt: skip
    notes = [
        f"{found.period.start.isoformat()} – {found.period.end.isoformat()}",
        f"{statistic_words(found.item.key)}; {common.standard_words(standard)}",
        *([_("Demonstration data, generated: no measurement.")] if registry.synthetic(user) else []),
    ]
    name = f"lantian-{kind}-{found.item.key}-{found.period.kind}-{found.period.key}"
    return tables.download(tables.Table(name, head, rows, notes), form)


def statistic_words(key: str) -> str:
    """What the figure of an item is."""
    if key == COMPOSITE.key:
        return _("sum of the six single indices, equal weights")
    kind = STATISTICS[key].divisor
    return {
        "annual": _("mean of the valid days"),
        "24h": _("95th percentile of the daily means"),
    }.get(kind, _("90th percentile of the daily maximum 8 h means"))


def _found(request: HttpRequest, user: User) -> tuple[reads.Ranking, str, Standard, bool, date]:
    newest = common.newest_of(user)
    last = newest[0] if newest else common.today()
    item = item_of(request.GET.get("item"), composite=True)
    period = reads.period_of(request.GET.get("period", ""), request.GET.get("at", ""), last)
    standard = common.standard_of(request.GET.get("standard"), period.end)
    kind, by_change = boards.kind_of(request), request.GET.get("by") == "change"
    return reads.ranking(user, kind, item, period, standard, by_change=by_change), kind, standard, by_change, last


def _line(row: reads.Row, largest: float) -> dict[str, Any]:
    share = 100 * float(row.now.value) / largest if row.now.value is not None and largest else 0.0
    return {"row": row, "width": f"{share:.1f}%", "parts": [(name, f"{value:.2f}") for name, value in row.now.parts]}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)

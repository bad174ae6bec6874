"""排名: districts, streets or stations over a period, by level or by improvement, each line with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import COMPOSITE, ITEMS, SAMPLED, Item, is_sampled, item_of
from lantian.apps.monitoring.models import SampleKind
from lantian.apps.monitoring.queries import ranking as reads
from lantian.apps.monitoring.queries import registry, samples, subjects
from lantian.apps.monitoring.queries.figures import as_printed
from lantian.apps.monitoring.queries.periods import Asked, needs, neighbours, period_of
from lantian.apps.monitoring.rights import EDIT
from lantian.apps.monitoring.views import boards, common
from lantian.standards.evaluation import STATISTICS

PAGE = 50


@dataclass(frozen=True, slots=True)
class Query:
    """What an address asks for, and the last day with data."""

    wanted: reads.Wanted
    period: Asked
    last: date
    by_change: bool


@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    """The ranking of a period."""
    user = common.reader(request)
    asked = _asked(request, user)
    found = reads.ranking(user, asked.wanted, asked.period.days, by_change=asked.by_change)
    before, after = neighbours(asked.period, asked.last)
    largest = max((float(line.row.value) for line in found.lines if line.row.value is not None), default=0.0)
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("page"))
    around = _around(found)
    context = _context(user, asked) | {
        "found": found,
        "page": page,
        "lines": [_line(line, largest, asked, around) for line in page.object_list],
        "items": [(item.key, label(item)) for item in (*ITEMS.values(), COMPOSITE, *SAMPLED.values())],
        "kinds": [
            kind for kind in boards.kinds() if not (is_sampled(asked.wanted.item) and kind[0] == subjects.STATION)
        ],
        "periods": [
            ("month", pgettext("span", "month")),
            ("half", pgettext("span", "half-month")),
            ("ytd", pgettext("span", "year to date")),
        ],
        "needs": needs(asked.period.days),
        "before": before,
        "after": after,
        "groups": reads.groups(user),
        "standards": common.standards(),
        "year_before": asked.period.days.year_before(),
        "sands": [(rule.area.name, rule) for rule in found.declared],
        "may_edit": policy.can(user, EDIT),
    }
    return render(request, "monitoring/rankings.html", context)


@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """为什么在这个位次: one place of a ranking taken apart."""
    user = common.reader(request)
    asked = _asked(request, user)
    key, _after = neighbours(asked.period, asked.last)
    earlier = period_of(asked.period.kind, key, asked.last)
    found = reads.why(user, asked.wanted, asked.period.days, earlier.days, request.GET.get("subject", ""))
    if found is None:
        raise Http404
    page, explained = found
    names = {line.subject.key: line.subject for line in page.lines}
    line = next(line for line in page.lines if line.subject.key == explained.row.subject)
    context = _context(user, asked) | {
        "line": line,
        "row": explained.row,
        "explained": explained,
        "earlier": earlier,
        "better": (names[explained.better.subject], explained.better) if explained.better else None,
        "worse": (names[explained.worse.subject], explained.worse) if explained.worse else None,
        "same": [names[key] for key in explained.same],
        "reason": _reason(line, asked),
        "needs": needs(asked.period.days),
        "raw": as_printed(line.raw.exact, asked.wanted.item) if line.raw else None,
    }
    return render(request, "monitoring/ranking_why.html", context)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """The ranking as CSV or XLSX."""
    user = common.reader(request)
    asked = _asked(request, user)
    found = reads.ranking(user, asked.wanted, asked.period.days, by_change=asked.by_change)
    item, period = asked.wanted.item, asked.period
    unit = f" {item.unit}" if item.unit else ""
    head = [
        _("Rank"), _("Name"), _("Part of"), f"{label(item)}{unit}", _("Same period last year"),
        _("Change on last year") + " %", _("Rank by change"), _("Valid days"), _("Days"), _("Why without rank"),
        _("With sand-dust"),
    ]  # fmt: skip
    rows: list[list[tables.Value]] = [
        [
            line.row.rank, line.subject.name, line.subject.above, _number(line.row.value),
            _number(as_printed(line.before.exact, item)), _number(line.row.change_pct), line.row.improvement,
            line.now.valid_days, period.days.days, _reason(line, asked),
            _number(as_printed(line.raw.exact, item)) if line.raw else None,
        ]
        for line in found.lines
    ]  # fmt: skip
    notes = [
        "; ".join(filter(None, [f"{period.start.isoformat()} – {period.end.isoformat()}", asked.wanted.group])),
        f"{statistic_words(item)}; {common.standard_words(asked.wanted.standard)}",
        *([_("Demonstration data, generated: no measurement.")] if registry.synthetic(user) else []),
    ]
    name = f"lantian-{asked.wanted.kind}-{item.key}-{period.kind}-{period.key}"
    return tables.download(tables.Table(name, head, rows, notes), form)


def label(item: Item) -> str:
    """What an item is called."""
    if item is COMPOSITE:
        return _("composite index")
    return str(SampleKind(item.key).label) if is_sampled(item) else item.label


def statistic_words(item: Item) -> str:
    """What the figure of an item is."""
    if item is COMPOSITE:
        return _("sum of the six single indices, equal weights")
    if is_sampled(item):
        return _("mean of the measurements by hand; of roads weighted by length where every run states it")
    return {
        "annual": _("mean of the valid days"),
        "24h": _("95th percentile of the daily means"),
    }.get(STATISTICS[item.key].divisor, _("90th percentile of the daily maximum 8 h means"))


def _asked(request: HttpRequest, user: User) -> Query:
    given = request.GET
    item = item_of(given.get("item"), ranked=True)
    newest = common.newest_of(user)
    last = newest[0] if newest else common.today()
    kind = boards.kind_of(request)
    if is_sampled(item):
        last = samples.newest_day(user, item.key) or last
        kind = subjects.STREET if kind == subjects.STATION else kind
    period = period_of(given.get("period", ""), given.get("at", ""), last)
    standard = common.standard_of(given.get("standard"), period.end)
    wanted = reads.Wanted(kind, item, standard, given.get("group", "").strip()[:40], given.get("sand") != "in")
    return Query(wanted, period, last, given.get("by") == "change")


def _context(user: User, asked: Query) -> dict[str, Any]:
    item = asked.wanted.item
    return {
        "item": item,
        "label": label(item),
        "wanted": asked.wanted,
        "kind": asked.wanted.kind,
        "period": asked.period,
        "by_change": asked.by_change,
        "standard": asked.wanted.standard,
        "standard_words": common.standard_words(asked.wanted.standard),
        "statistic": statistic_words(item),
        "synthetic": registry.synthetic(user),
    }


_Around = dict[str, tuple[str, str]]


def _around(found: reads.Page) -> _Around:
    """The nearest figures of another rank before and behind each line, as (better, worse)."""
    ranked = [line for line in found.lines if line.row.rank is not None]
    ranked.sort(key=lambda line: line.row.rank or 0)
    groups: dict[int, list[reads.Line]] = {}
    for line in ranked:
        groups.setdefault(line.row.rank or 0, []).append(line)
    places = sorted(groups)
    result = {}
    for at, place in enumerate(places):
        better = groups[places[at - 1]][-1] if at else None
        worse = groups[places[at + 1]][0] if at + 1 < len(places) else None
        words = tuple(f"{one.subject.name} {one.row.value}" if one else "" for one in (better, worse))
        for line in groups[place]:
            result[line.subject.key] = (words[0], words[1])
    return result


def _line(line: reads.Line, largest: float, asked: Query, around: _Around) -> dict[str, Any]:
    value, item = line.row.value, asked.wanted.item
    share = 100 * float(value) / largest if value is not None and largest else 0.0
    better, worse = around.get(line.subject.key, ("", ""))
    return {
        "row": line.row,
        "line": line,
        "width": f"{share:.1f}%",
        "before": as_printed(line.before.exact, item),
        "raw": as_printed(line.raw.exact, item) if line.raw else None,
        "parts": [(name, f"{number:.2f}") for name, number in line.now.parts],
        "reason": _reason(line, asked),
        "better": better,
        "worse": worse,
    }


def _reason(line: reads.Line, asked: Query) -> str:
    """Why a line has no rank, in the person's language; blank where it has one."""
    if line.row.status == "excluded":
        return _("left out: %(reason)s") % {"reason": line.row.reason}
    if line.row.status == "no_value":
        return _("no value")
    if line.row.status == "incomplete":
        words = {"n": line.now.valid_days, "needs": needs(asked.period.days)}
        return _("%(n)s valid days, %(needs)s are needed") % words
    return ""


def _number(value: Any) -> float | None:
    return None if value is None else float(value)

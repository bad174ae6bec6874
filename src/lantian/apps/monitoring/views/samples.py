"""手工监测: own measurements as a list, the empty list, and the upload that stages one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import bringing, downloads, policy, tables
from lantian.apps.monitoring import actions, hand
from lantian.apps.monitoring.items import SAMPLED
from lantian.apps.monitoring.models import SampleKind
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.queries import samples as reads
from lantian.apps.monitoring.rights import EDIT
from lantian.apps.monitoring.views import common

PAGE = 50
MOST_ROWS = 20_000  # of one download


@require_safe
def samples(request: HttpRequest) -> HttpResponse:
    """The measurements, filtered, and the form that brings a list."""
    user = common.reader(request)
    chosen = _chosen(request)
    rows = reads.sample_page(user, chosen)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [{"row": row, "value": _printed(row.kind, row.value), "unit": SAMPLED[row.kind].unit} for row in page],
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "kinds": SampleKind.choices,
        "areas": registry.districts(user),
        "columns": bringing.column_words(hand.columns().values()),
        "may_edit": policy.can(user, EDIT),
    }
    return render(request, "monitoring/samples.html", context)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """The filtered measurements in the columns in which they can be brought back."""
    user = common.reader(request)
    head = [item.zh for item in hand.columns().values()]
    body = [
        [
            hand.kinds()[row.kind].names[0], row.area.code, row.point, row.start.isoformat(), row.end.isoformat(),
            float(row.value), hand.kinds()[row.kind].units[0], float(row.km) if row.km else None, row.note,
        ]
        for row in reads.sample_page(user, _chosen(request))[:MOST_ROWS]
    ]  # fmt: skip
    return tables.download(tables.Table("lantian-samples", head, body), form)


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The list to fill in, with a page of notes."""
    policy.require(policy.person(request), EDIT)
    return downloads.download(_empty_list(), "lantian-samples.xlsx", tables.XLSX)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a list of measurements and stage it."""
    user = policy.person(request)
    policy.require(user, EDIT)
    return bringing.take(
        request, lambda name, chunks: actions.stage_samples(user, name, chunks),
        read="monitoring:staged", back="monitoring:samples",
    )  # fmt: skip


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("q", "kind", "area")}


def _printed(kind: str, value: object) -> str:
    return f"{value:.{hand.kinds()[kind].places + 1}f}"


def _empty_list() -> bytes:
    units = list(dict.fromkeys(kind.units[0] for kind in hand.kinds().values()))
    choices = {"kind": [kind.names[0] for kind in hand.kinds().values()], "unit": units}
    return bringing.empty_list("手工监测数据", hand.columns().values(), choices)

"""The duty list of a plan, its files, a unit's own sheet, and changing many commitments at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import Job, User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Plan, RoleKind
from lantian.apps.plans.queries import chosen
from lantian.apps.plans.queries.filters import uid_of
from lantian.apps.supervision import lists
from lantian.apps.supervision.actions import duties as actions
from lantian.apps.supervision.actions import making
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Cadence, Commitment, Light, State
from lantian.apps.supervision.queries import duties as queries
from lantian.apps.supervision.views.common import office_plan, visible_plan

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LIMIT = 50_000  # commitments that one change or one file takes


@require_safe
def duties(request: HttpRequest, uid: str) -> HttpResponse:
    """Who owes what: the commitments of a plan that the person sees, 50 a page, filters in the address."""
    user, plan = person(request), visible_plan(request, uid)
    office = policy.can(user, "duty.assign", plan)
    rows = queries.of_plan(user, plan)
    filters = chosen(request.GET, queries.FILTERS)
    narrowed = queries.narrow(rows, filters, lights=office)
    counts = queries.counts(rows)
    pages: Paginator[Any] = Paginator(narrowed.values_list("pk", flat=True), queries.PAGE)
    if not any(filters.values()):
        pages.count = counts.total  # counted already
    page = pages.get_page(request.GET.get("page"))
    page.object_list = queries.in_order(list(page.object_list))
    context = {
        "plan": plan,
        "page": page,
        "filters": filters,
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "filtered": any(filters.values()),
        "counts": counts,
        "choices": queries.choices(user, plan),
        "office": office,
        "roles": RoleKind.choices,
        "cadences": Cadence.choices,
        "states": State.choices,
        "lights": [choice for choice in Light.choices if choice[0]],
        "figures": [("any", _("with a figure")), ("none", _("without a target")), ("missing", _("not divided yet"))],
        "job": _making(plan) if office else None,
        "waiting": queries.waiting(plan).count() if office else 0,
    }
    return render(request, "supervision/duties/list.html", context)


def _making(plan: Plan) -> Job | None:
    """The latest making of commitments that still runs or failed."""
    rows = Job.objects.filter(kind=making.MAKE, payload__plan=str(plan.uid)).order_by("-id")
    latest = rows.first()
    return latest if latest and (latest.active or latest.error) else None


@require_POST
def make(request: HttpRequest, uid: str) -> HttpResponse:
    """Bring the commitments in line with text and directory again."""
    plan = office_plan(request, uid)

    def act() -> str:
        making.make_again(person(request), plan)
        return _("The commitments are being made; this page shows them when it is done.")

    attempt(request, act)
    return redirect("supervision:duties", uid=uid)


@require_POST
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Set cadence or internal due day of the ticked commitments, or of all that fit the filters."""
    user, plan = person(request), office_plan(request, uid)
    values = request.POST
    filters = chosen(QueryDict(values.get("filters", "")), queries.FILTERS)

    def act() -> str:
        keys = _keys(user, plan, values, filters)
        day, cadence = values.get("internal_due", "").strip(), values.get("cadence", "")
        count = actions.change_many(
            user, plan, keys, cadence=cadence, due=_day(day), propose=values.get("propose") == "1"
        )
        text = ngettext("%(n)s commitment was changed.", "%(n)s commitments were changed.", count)
        return text % {"n": count}

    attempt(request, act)
    query = urlencode({name: value for name, value in filters.items() if value})
    return redirect(reverse("supervision:duties", args=[uid]) + (f"?{query}" if query else ""))


def _keys(user: User, plan: Plan, values: QueryDict, filters: Mapping[str, str]) -> list[int]:
    rows = queries.of_plan(user, plan)
    if values.get("which") == "all":
        return list(queries.narrow(rows, filters, lights=True).values_list("pk", flat=True)[:LIMIT])
    ticked = [text for text in values.getlist("duty") if uid_of(text)]
    if not ticked:
        raise NotPossible(_("Tick the commitments to change, or choose all that fit the filters."))
    return list(rows.filter(uid__in=ticked[:LIMIT]).values_list("pk", flat=True))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotPossible(_("Give the day as 2026-03-15.")) from None


@require_safe
def export(request: HttpRequest, uid: str, fmt: str) -> HttpResponse:
    """The list with its filters as XLSX or CSV."""
    if fmt not in MEDIA:
        raise Http404
    user, plan = person(request), visible_plan(request, uid)
    office = policy.can(user, "duty.assign", plan)
    filters = chosen(request.GET, queries.FILTERS)
    rows = queries.with_rows(queries.narrow(queries.of_plan(user, plan), filters, lights=office))[:LIMIT]
    title = plan.title[:60] + _("Commitments")
    content = lists.write_csv(rows, office=office) if fmt == "csv" else lists.write_xlsx(rows, title, office=office)
    return _file(watermark.marked(content, fmt, plan, user), fmt, title)


@require_safe
def unit_sheets(request: HttpRequest, uid: str) -> HttpResponse:
    """A workbook with the 任务清单 of every unit that the person sees."""
    plan = visible_plan(request, uid)
    rows = queries.with_rows(queries.of_plan(person(request), plan)).select_related("unit__area")
    content = lists.write_units(rows.order_by("unit__area__code", "unit", "n", "id")[:LIMIT], plan.title)
    content = watermark.marked(content, "xlsx", plan, person(request))
    return _file(content, "xlsx", plan.title[:60] + _("Duty list by unit"))


def _file(content: bytes, fmt: str, title: str) -> HttpResponse:
    return downloads.download(content, f"{title}.{fmt}", MEDIA[fmt])


@require_safe
def unit(request: HttpRequest, uid: str, unit: str) -> HttpResponse:
    """任务清单: what one plan asks of one unit, for print and signature."""
    plan = visible_plan(request, uid)
    rows = list(queries.with_rows(queries.of_plan(person(request), plan).filter(unit__uid=unit)))
    if not rows:
        raise Http404
    row = Unit.objects.select_related("area").get(uid=unit)
    return render(request, "supervision/duties/unit.html", {"plan": plan, "unit": row, "rows": rows, **_sums(rows)})


def _sums(rows: list[Commitment]) -> dict[str, Any]:
    by_role = [(label, sum(row.role == value for row in rows)) for value, label in RoleKind.choices]
    return {"roles": [(label, number) for label, number in by_role if number]}

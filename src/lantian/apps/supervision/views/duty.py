"""One commitment: what is owed, its figures against the plan curve, its state on any day, what was done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.supervision import curvechart, evaluating, rights
from lantian.apps.supervision.actions import duties as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Cadence, Commitment, Entry, Evidence, Share, ShareOrigin
from lantian.apps.supervision.queries import duties as queries
from lantian.apps.supervision.queries.history import told
from lantian.apps.supervision.quotasheet import number
from lantian.apps.supervision.reports import reports_of
from lantian.apps.supervision.templatetags.duties import language
from lantian.apps.supervision.views.common import revision_of
from lantian.status import (
    Report,
    Status,
    curve_label,
    curve_of,
    curve_presets,
    explain,
    period_bounds,
    period_label,
)

NUMERIC = frozenset({"level", "change", "count", "rate", "rank"})
ADDING = frozenset({"count", "change"})  # kinds whose plan is a curve; levels and rates hold at any time


@require_safe
def duty(request: HttpRequest, uid: str) -> HttpResponse:
    """A commitment; ``?on=2025-06-30`` shows its state as it was on that day."""
    user = person(request)
    row = queries.one(user, uid)
    office = policy.can(user, "duty.assign", row)
    wanted = request.GET.get("on", "").strip()
    on = _past(wanted)
    today = timezone.localdate()
    status = evaluating.evaluate(Commitment.objects.filter(pk=row.pk), on or today)[row.pk]
    reports = reports_of([row.pk], on or today).get(row.pk, [])
    courses = evaluating.courses(row, reports, on or today)
    context = {
        "duty": row,
        "plan": row.plan,
        "office": office,
        "status": status,
        "why": explain(status, language()),
        "on": on,
        "on_error": _("Give a past day as 2025-06-30.") if wanted and on is None else "",
        "today": today,
        "shares": [_shown(share, row, status, reports, courses) for share in row.live_shares],  # type: ignore[attr-defined]
        "entries": _entries(row) if rights.owes(user, row.unit_id) or office else _entries(row, said_only=True),
        "evidence": Evidence.objects.filter(commitment=row, removed=None).select_related("entry__report"),
        "siblings": queries.siblings(row) if office else [],
        "events": [(event, told(event)) for event in queries.events_of(row)],
        "cadences": Cadence.choices,
        "curves": [(name, curve_label(name, language())) for name in curve_presets()],
    }
    return render(request, "supervision/duties/duty.html", context)


def _past(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= timezone.localdate() else None


def _entries(row: Commitment, *, said_only: bool = False) -> Any:
    """What returns said about it, the latest period first; drafts are for those who write and review them."""
    rows = Entry.objects.filter(commitment=row).select_related("report").prefetch_related("figures__share")
    if said_only:
        rows = rows.exclude(report__submitted=None)
    return rows.order_by("-report__period", "-id")


def _shown(
    share: Share, row: Commitment, status: Status, reports: list[Report], courses: Mapping[str, evaluating.Course]
) -> dict[str, Any]:
    """A share as its card shows it: state of the day, curve, planned, reported and counted by month, where it ends."""
    goal = evaluating.goal_of(share, row)
    course = courses.get(goal.id, evaluating.Course({}, None))
    part = next((item for item in status.parts if item.goal == goal.id), None)
    curve = curve_of(goal)
    actual = {report.period: item.cumulative for report in reports for item in report.figures
              if item.goal == goal.id and item.cumulative is not None}  # fmt: skip
    start, end = _span(share, row)
    numeric = share.spec["kind"] in NUMERIC and share.origin != ShareOrigin.NONE
    points, adds = goal.points, share.spec["kind"] in ADDING
    drawn = curvechart.chart(curve, start, end, share.value, points, actual, course.counted, adds) if numeric else None
    return {
        "row": share,
        "state": part,
        "why": explain(part, language()) if part else "",
        "outlook": course.outlook,
        "counted": bool(course.counted),
        "numeric": numeric,
        "curved": numeric and adds,
        "curve": curve,
        "label": curve_label(curve, language()),
        "chart": drawn,
        "actual": [(period_label(key, language()), value) for key, value in sorted(actual.items())],
        "presets": [
            (name, curve_label(name, language()), curvechart.chart(name, start, end, None).line)
            for name in curve_presets()
        ]
        if numeric
        else [],
    }


def _span(share: Share, row: Commitment) -> tuple[date, date]:
    """The months over which a share's plan runs: the printed start, else the year's; to its own day, else the end."""
    year = row.plan.year or timezone.localdate().year
    end = share.by or row.end or date(year, 12, 31)
    start = row.start or date(end.year, 1, 1)
    return (start, end) if start < end else (date(end.year, 1, 1), end)


@require_POST
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """What the page's forms ask for: ``act`` is one of cadence, due, propose, convener, close, reopen."""
    user = person(request)
    row = queries.one(user, uid)
    policy.require(user, "duty.assign", row)
    revision, values = revision_of(request), request.POST

    def due() -> None:
        actions.set_internal_due(user, row, _given_day(values.get("day", "")), revision=revision)

    def close() -> None:
        text = values.get("day", "").strip()
        actions.close(user, row, values.get("reason", ""), _given_day(text) if text else None, revision=revision)

    acts: dict[str, tuple[Callable[[], None], str]] = {
        "cadence": (lambda: actions.set_cadence(user, row, values.get("cadence", ""), revision=revision),
                    _("The cadence is set.")),
        "due": (due, _("The internal due day is set.")),
        "propose": (lambda: actions.set_internal_due(user, row, None, revision=revision),
                    _("The proposed day is taken again.")),
        "convener": (lambda: actions.set_convener(user, row, revision=revision),
                     _("%(unit)s is the convener now.") % {"unit": row.unit.name}),
        "close": (close, _("The commitment is closed.")),
        "reopen": (lambda: actions.reopen(user, row, values.get("reason", ""), revision=revision),
                   _("The commitment is open again.")),
    }  # fmt: skip

    def act() -> str:
        if values.get("act") not in acts:
            raise NotPossible(_("There is no such step."))
        step, done = acts[values["act"]]
        step()
        return done

    attempt(request, act)
    return redirect("supervision:duty", uid=uid)


def _given_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotPossible(_("Give the day as 2026-03-15.")) from None


def _share(request: HttpRequest, uid: str) -> Share:
    rows = Share.objects.select_related("commitment__plan__area", "commitment__unit", "commitment__measure")
    share = policy.get_or_404(person(request), rows, uid=uid)
    policy.require(request.user, "duty.assign", share.commitment)
    return share


@require_POST
def curve(request: HttpRequest, uid: str) -> HttpResponse:
    """Choose a preset, or edit the cumulative percent of single months (``p-2025-03``)."""
    share = _share(request, uid)
    values = request.POST

    def act() -> str:
        name = values.get("curve", "")
        points = _points(request) if values.get("edit") == "1" else ()
        actions.set_curve(person(request), share, name, points, revision=revision_of(request))
        return _("The plan curve is set.")

    attempt(request, act)
    return redirect("supervision:duty", uid=share.commitment.uid)


def _points(request: HttpRequest) -> list[tuple[str, Decimal]]:
    """The parts that were filled in, as shares of one."""
    found = []
    for name, text in request.POST.items():
        if not name.startswith("p-") or not str(text).strip():
            continue
        try:
            period_bounds(name[2:])
            found.append((name[2:], number(str(text)) / 100))
        except ValueError:
            raise NotPossible(_("%(text)s is no number of percent.") % {"text": text}) from None
    return found


@require_POST
def allowance(request: HttpRequest, uid: str) -> HttpResponse:
    """Approved exemptions, and what earlier years brought."""
    share = _share(request, uid)
    values = request.POST

    def act() -> str:
        given = {}
        for name in ("exempt", "carried_in"):
            text = values.get(name, "").strip()
            try:
                given[name] = number(text) if text else None
            except ValueError:
                raise NotPossible(_("%(text)s is no figure.") % {"text": text[:40]}) from None
        actions.set_allowance(
            person(request), share, exempt=given["exempt"], carried_in=given["carried_in"],
            note=values.get("note", ""), revision=revision_of(request),
        )  # fmt: skip
        return _("Exemptions and carried-in figures are written down.")

    attempt(request, act)
    return redirect("supervision:duty", uid=share.commitment.uid)

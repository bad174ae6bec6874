"""月度汇总: one row of the plan after the other with what its units said, the office's words, and the papers."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.assessment import rights_yearend as rights
from lantian.apps.assessment.actions import merge as actions
from lantian.apps.assessment.models import MergeIssue
from lantian.apps.assessment.queries import merge as queries
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import StoredFile
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans import watermark
from lantian.apps.plans.exports import FORMATS
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.views.common import visible_plan

PAGE = 50  # units on the page of one row
NAMED = 12  # units that a row of the month names; its own page has all
DRAFT = "草稿"


def office_plan(request: HttpRequest, uid: str) -> Plan:
    """A plan in force that the person's office looks after; 403 for everybody else who sees it."""
    plan = visible_plan(request, uid)
    if not rights.sees(person(request), plan):
        raise PermissionDenied
    return plan


def _month(plan: Plan, period: str) -> str:
    if period not in periods.months(plan):
        raise Http404
    return period


@require_safe
def latest(request: HttpRequest, uid: str) -> HttpResponse:
    """Lead to the month that is being collected."""
    plan = office_plan(request, uid)
    month = periods.current(plan, periods.rhythm_of(plan), timezone.localdate())
    return redirect("assessment:merge", uid=uid, period=month)


@require_safe
def merge(request: HttpRequest, uid: str, period: str) -> HttpResponse:
    """The month, row by row; ``?submitted=1`` takes in what is not reviewed yet, ``?show=`` narrows to what asks."""
    plan = office_plan(request, uid)
    return render(request, "assessment/yearend/merge.html", _context(request, plan, _month(plan, period), {}))


def _context(request: HttpRequest, plan: Plan, period: str, typed: dict[str, str]) -> dict[str, Any]:
    """What the page shows; ``typed`` holds the words of rows that somebody else changed meanwhile."""
    given = request.POST or request.GET
    submitted = given.get("submitted") == "1"
    show = given.get("show", "") if given.get("show", "") in queries.SHOW else ""
    found = queries.shown(
        plan, period, submitted=submitted, show=show, number=given.get("page"), counted=given.get("counts") == "1"
    )
    return {
        "plan": plan,
        "period": period,
        "months": periods.months(plan),
        "submitted": submitted,
        "show": show,
        "counts": found.counts,
        "total": found.total,
        "page": found.page,
        "named": NAMED,
        "named_slice": f":{NAMED}",
        "rows": [
            {"row": row, "text": typed.get(str(row.measure.uid), row.text), "was": _digest(row.text),
             "theirs": str(row.measure.uid) in typed}
            for row in found.rows
        ],
        "issues": queries.issues(plan, period),
        "may": rights.edits(person(request), plan),
    }  # fmt: skip


@require_safe
def counts(request: HttpRequest, uid: str, period: str) -> HttpResponse:
    """The counts above the rows of a city's month, asked for when the page is there."""
    plan = office_plan(request, uid)
    submitted = request.GET.get("submitted") == "1"
    rows = queries.rows(plan, _month(plan, period), submitted=submitted)
    context = {
        "plan": plan, "period": period, "submitted": submitted, "show": "", "counts": queries.tally(rows),
        "total": len(rows),
    }  # fmt: skip
    return render(request, "assessment/yearend/_merge_tally.html", context)


@require_safe
def row(request: HttpRequest, uid: str, period: str, measure: str) -> HttpResponse:
    """What every unit of one row said in the month, and who said nothing, 50 a page."""
    plan = office_plan(request, uid)
    month = _month(plan, period)
    found = get_object_or_404(plan.measures, uid=measure)
    submitted = request.GET.get("submitted") == "1"
    merged = queries.rows(plan, month, submitted=submitted, only=[found.pk])[0]
    units = [(item, True) for item in merged.said] + [(item, False) for item in merged.missing]
    page = Paginator(units, PAGE).get_page(request.GET.get("page"))
    context = {"plan": plan, "period": month, "row": merged, "page": page, "submitted": submitted}
    return render(request, "assessment/yearend/merge_row.html", context)


def _digest(text: str) -> str:
    """By which a field that nobody touched is known, though a return was accepted meanwhile."""
    return hashlib.sha256(_same_breaks(text).encode()).hexdigest()[:16]


def _same_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@require_POST
def save(request: HttpRequest, uid: str, period: str) -> HttpResponse:
    """Save the rows that were written over; a row that somebody else changed meanwhile is shown with both words."""
    plan = office_plan(request, uid)
    policy.require(request.user, rights.EDIT, plan)
    month, data = _month(plan, period), request.POST
    saved, typed = 0, {}
    for measure in plan.measures.all():
        key = str(measure.uid)
        text, back = data.get(f"text-{key}"), data.get(f"back-{key}") == "1"
        if text is None or not (back or _digest(text) != data.get(f"was-{key}", "")):
            continue
        try:
            if back:
                actions.restore(person(request), plan, month, measure, revision=_number(data.get(f"rev-{key}")))
            else:
                actions.write(person(request), plan, month, measure, text, revision=_number(data.get(f"rev-{key}")))
            saved += 1
        except Stale:
            typed[key] = text
        except NotPossible as refusal:
            typed[key] = text
            messages.error(request, _("Item %(n)s: %(why)s") % {"n": measure.n, "why": refusal})
    if saved:
        messages.success(request, _("%(n)s rows saved.") % {"n": saved})
    if typed:
        text = _("Rows that somebody else changed, or that are too long, are marked; look at them and save again.")
        messages.error(request, text)
        return render(request, "assessment/yearend/merge.html", _context(request, plan, month, typed), status=409)
    query = "&".join(f"{name}={data[name]}" for name in ("submitted", "show") if data.get(name) in ("1", *queries.SHOW))
    query += f"&page={page}" if (page := _number(data.get("page"))) > 1 else ""
    return redirect(reverse("assessment:merge", args=[uid, period]) + (f"?{query.lstrip('&')}" if query else ""))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_POST
def issue(request: HttpRequest, uid: str, period: str) -> HttpResponse:
    """Freeze the month."""
    plan = office_plan(request, uid)
    policy.require(request.user, rights.EDIT, plan)
    month = _month(plan, period)

    def act() -> str:
        made = actions.issue(person(request), plan, month, submitted=request.POST.get("submitted") == "1")
        return _("Issued as number %(n)s; it does not change any more.") % {"n": made.number}

    attempt(request, act)
    return redirect("assessment:merge", uid=uid, period=period)


@require_safe
def draft(request: HttpRequest, uid: str, period: str, form: str) -> HttpResponse:
    """The month as it stands now, as a draft in Word or Excel."""
    plan = office_plan(request, uid)
    month = _month(plan, period)
    if form not in ("docx", "xlsx"):
        raise Http404
    rows = queries.rows(plan, month, submitted=request.GET.get("submitted") == "1")
    content = actions.written(plan, month, rows, form, draft=True)
    content = watermark.marked(content, form, plan, person(request), DRAFT)
    return download(content, actions.file_name(plan, month, form), form)


def download(content: bytes, name: str, form: str) -> HttpResponse:
    """Bytes of ours as an attachment."""
    return downloads.download(content, name, FORMATS[form].content_type)


@require_safe
def issued(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """A file of an issue as it was frozen."""
    rows = MergeIssue.objects.select_related("docx", "xlsx", "plan")
    row = policy.get_or_404(person(request), rows, uid=uid)
    if form not in ("docx", "xlsx"):
        raise Http404
    return frozen_file(request, getattr(row, form), row.plan, actions.file_name(row.plan, row.period, form, row.number))


def frozen_file(request: HttpRequest, file: StoredFile, plan: Plan, name: str) -> HttpResponse:
    """A frozen paper; of a plan that is not public with the mark of who takes it out, else byte for byte."""
    response = downloads.stored(file, name)
    form = name.rpartition(".")[2]
    response.content = watermark.marked(response.content, form, plan, person(request))
    return response

"""年终: the rows with their wordings, missing evidence, what was frozen and its pack."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.assessment import rights_yearend as rights
from lantian.apps.assessment.actions import yearend as actions
from lantian.apps.assessment.models import Wording, YearEnd
from lantian.apps.assessment.queries import yearend as queries
from lantian.apps.assessment.queries.yearend import Row
from lantian.apps.assessment.views.merge import DRAFT, download, frozen_file, office_plan
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.common import NotPossible, Stale

NAMED = 12  # units without evidence that a row names; the list above the rows has all of the page
FIELDS = ("wording", "result", "reason", "strive")
LACKS: dict[str, Any] = {
    "evidence": gettext_lazy("done, without evidence"),
    "document": gettext_lazy("document without number or date"),
    "statement": gettext_lazy("long-term, without a statement this year"),
}
OPEN: dict[str, Any] = {
    "wording": gettext_lazy("wording to be chosen"),
    "reason": gettext_lazy("reason to be given"),
    "strive": gettext_lazy("say why what was striven for was not reached"),
}


@require_safe
def year_end(request: HttpRequest, uid: str) -> HttpResponse:
    """完成情况 row by row; ``?show=`` narrows to what asks for something."""
    plan = office_plan(request, uid)
    return render(request, "assessment/yearend/yearend.html", _context(request, plan, {}, {}))


def _context(
    request: HttpRequest, plan: Plan, typed: dict[str, dict[str, str]], errors: dict[str, str]
) -> dict[str, Any]:
    """What the page shows; ``typed`` holds the fields of rows that were not saved, ``errors`` why, by the measure."""
    given = request.POST or request.GET
    show = given.get("show", "") if given.get("show", "") in queries.SHOW else ""
    found = queries.shown(plan, show=show, number=given.get("page"), counted=given.get("counts") == "1")
    lacks = [(row.measure, lack) for row in found.rows for lack in row.lacks]
    uids = queries.uids([lack for _measure, lack in lacks])
    return {
        "plan": plan,
        "show": show,
        **_counted(found.counts),
        "wordings": Wording.choices,
        "total": found.total,
        "page": found.page,
        "named": NAMED,
        "named_slice": f":{NAMED}",
        "rows": [_shown(row, typed, errors) for row in found.rows],
        "collecting": queries.collecting(plan, timezone.localdate()),
        "lacks": [(measure, lack.unit, uids[lack.duty], LACKS[lack.kind]) for measure, lack in lacks],
        "frozen": queries.frozen(plan),
        "may": rights.edits(person(request), plan),
    }


def _counted(counts: queries.Counts | None) -> dict[str, Any]:
    if counts is None:
        return {"counts": None, "tally": ()}
    return {
        "counts": counts.asking,
        "tally": [(label, counts.wordings.get(value, 0)) for value, label in Wording.choices],
    }


@require_safe
def counts(request: HttpRequest, uid: str) -> HttpResponse:
    """The counts above the rows of a city's year, asked for when the page is there."""
    plan = office_plan(request, uid)
    rows = queries.rows(plan)
    context = {"plan": plan, "show": "", "total": len(rows), **_counted(queries.counts(rows))}
    return render(request, "assessment/yearend/_year_tally.html", context)


def _shown(row: Row, typed: dict[str, dict[str, str]], errors: dict[str, str]) -> dict[str, Any]:
    key = str(row.measure.uid)
    now = {name: getattr(row, name) for name in FIELDS}
    return {
        "row": row,
        "fields": typed.get(key, now),
        "was": _digest(now),
        "error": errors.get(key, ""),
        "open": OPEN.get(row.open, ""),
        "proposed": Wording(row.proposed).label if row.proposed else "",
    }


def _digest(fields: dict[str, str]) -> str:
    """By which a row that nobody touched is known."""
    text = "\x1f".join(fields[name].replace("\r\n", "\n").strip() for name in FIELDS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Save the rows that were changed; what cannot be saved stays in its field with the reason beside it."""
    plan = office_plan(request, uid)
    policy.require(request.user, rights.EDIT, plan)
    data, saved = request.POST, 0
    typed: dict[str, dict[str, str]] = {}
    errors: dict[str, str] = {}
    measures = [measure for measure in plan.measures.all() if f"was-{measure.uid}" in data]
    proposals = {row.measure.pk: row.proposed for row in queries.rows(plan, [measure.pk for measure in measures])}
    for measure in measures:
        key = str(measure.uid)
        fields = {name: data.get(f"{name}-{key}", "") for name in FIELDS}
        if _digest(fields) == data[f"was-{key}"]:
            continue
        given = data.get(f"rev-{key}", "")
        revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
        try:
            actions.decide(
                person(request), plan, measure, fields.pop("wording"), **fields, revision=revision,
                proposed=proposals.get(measure.pk, ""),
            )  # fmt: skip
            saved += 1
        except NotPossible as refusal:
            typed[key] = {name: data.get(f"{name}-{key}", "") for name in FIELDS}
            errors[key] = str(refusal) if not isinstance(refusal, Stale) else _stale()
    if saved:
        messages.success(request, _("%(n)s rows saved.") % {"n": saved})
    if errors:
        messages.error(request, _("%(n)s rows could not be saved; the reason stands beside each.") % {"n": len(errors)})
        return render(request, "assessment/yearend/yearend.html", _context(request, plan, typed, errors), status=409)
    query = urlencode({name: data[name] for name in ("show", "page") if data.get(name)})
    return redirect(reverse("assessment:year-end", args=[uid]) + (f"?{query}" if query else ""))


def _stale() -> str:
    return _("Somebody else decided this row meanwhile. Your words are kept here; look at the row, then save again.")


@require_POST
def freeze(request: HttpRequest, uid: str) -> HttpResponse:
    """Freeze the year and make the pack."""
    plan = office_plan(request, uid)
    policy.require(request.user, rights.EDIT, plan)

    def act() -> str:
        made = actions.freeze(person(request), plan)
        return _("Frozen as number %(n)s; the evidence is being packed.") % {"n": made.number}

    attempt(request, act)
    return redirect("assessment:year-end", uid=uid)


@require_safe
def draft(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """完成情况表 as it stands now, as a draft."""
    plan = office_plan(request, uid)
    if form not in ("docx", "xlsx"):
        raise Http404
    content = actions.written(plan, queries.rows(plan), form, draft=True)
    content = watermark.marked(content, form, plan, person(request), DRAFT)
    return download(content, actions.file_name(plan, form), form)


def _frozen(request: HttpRequest, uid: str) -> YearEnd:
    rows = YearEnd.objects.select_related("docx", "xlsx", "plan__file", "job").defer("content")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_safe
def frozen(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """完成情况表 as it was frozen."""
    row = _frozen(request, uid)
    if form not in ("docx", "xlsx"):
        raise Http404
    return frozen_file(request, getattr(row, form), row.plan, actions.file_name(row.plan, form, row.number))


@require_safe
def packed(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The evidence pack, streamed."""
    row = _frozen(request, uid)
    if not row.sha256:
        raise Http404
    try:
        stream = row.pack.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stream, as_attachment=True, filename=actions.pack_name(row), content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def pack_again(request: HttpRequest, uid: str) -> HttpResponse:
    """Pack once more where packing failed."""
    row = _frozen(request, uid)

    def act() -> str:
        actions.pack_again(person(request), row)
        return _("The evidence is being packed.")

    attempt(request, act)
    return redirect("assessment:year-end", uid=row.plan.uid)

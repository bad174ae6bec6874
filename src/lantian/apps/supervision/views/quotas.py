"""分解表: how a total is divided among units, with the sum against the total, and the letter that sets it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import downloads, policy
from lantian.apps.core.files import TooLargeError
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Target, TargetKind
from lantian.apps.supervision import quotasheet
from lantian.apps.supervision.actions import quotas as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.actions.quotas import Line
from lantian.apps.supervision.models import QuotaLine, QuotaSheet
from lantian.apps.supervision.sharing import summable
from lantian.apps.supervision.splitting import gap
from lantian.apps.supervision.views.common import office_plan, revision_of
from lantian.apps.supervision.views.duties import MEDIA

_NO_QUOTA = (TargetKind.DELIVERABLE, TargetKind.CADENCE, TargetKind.DIRECTION, TargetKind.RANK)


@require_safe
def quotas(request: HttpRequest, uid: str) -> HttpResponse:
    """The targets of a plan that are divided among units, each with its sheet and how far it is."""
    plan = office_plan(request, uid)
    sheets = list(QuotaSheet.objects.filter(plan=plan).select_related("measure").prefetch_related("lines"))
    by_target = {sheet.target_id: sheet for sheet in sheets}
    targets = Target.objects.filter(measure__plan=plan, measure__withdrawn=None).exclude(kind__in=_NO_QUOTA)
    open_ones = [
        target
        for target in targets.select_related("measure").order_by("measure__n", "order")
        if target.pk not in by_target and (target.applies in ("total", "both") or target.value is None)
    ]
    context = {"plan": plan, "sheets": [(sheet, _sums(sheet)) for sheet in sheets], "targets": open_ones}
    return render(request, "supervision/duties/quotas.html", context)


def _sums(sheet: QuotaSheet, typed: Mapping[int, Any] | None = None) -> dict[str, Any]:
    """Sum, gap and counts of the lines, ``typed`` in their place: what they would be once saved."""
    values = [(typed or {}).get(line.unit_id, line).value for line in sheet.lines.all()]
    given = [value for value in values if value is not None]
    return {"sum": sum(given, Decimal(0)), "gap": gap(_total(sheet), values), "given": len(given), "units": len(values)}


def _total(sheet: QuotaSheet) -> Decimal | None:
    """The total that the lines have to reach: of a sum only; a limit for each unit has none."""
    return sheet.total if summable(sheet.spec) else None


@require_POST
def open_sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """Open the sheet of a target."""
    plan = office_plan(request, uid)
    key = request.POST.get("target", "")
    rows = Target.objects.select_related("measure__plan__area").filter(measure__plan=plan, measure__withdrawn=None)
    target = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if target is None:
        raise Http404
    try:
        return redirect("supervision:quota", uid=actions.open_sheet(person(request), target).uid)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("supervision:quotas", uid=uid)


def _sheet(request: HttpRequest, uid: str) -> QuotaSheet:
    lines = Prefetch("lines", QuotaLine.objects.select_related("unit__area"))
    rows = QuotaSheet.objects.select_related("plan__area", "measure", "letter_file").prefetch_related(lines)
    row = policy.get_or_404(person(request), rows, uid=uid)
    policy.require(request.user, "duty.assign", row)
    return row


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """One quota sheet."""
    return _page(request, _sheet(request, uid))


def _page(
    request: HttpRequest, row: QuotaSheet, pasted: quotasheet.Pasted | None = None, typed: dict[int, Any] | None = None,
    errors: list[str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    lines = list(row.lines.all())
    shown = [(line, (typed or {}).get(line.unit_id)) for line in lines]
    context = {
        "plan": row.plan,
        "sheet": row,
        "lines": shown,
        "sums": _sums(row, typed),
        "total": _total(row),
        "adds": row.spec["kind"] not in (TargetKind.LEVEL, TargetKind.RATE, TargetKind.RANK),
        "problems": actions.problems(row) if not row.issued else [],
        "pasted": pasted,
        "typed": typed,
        "errors": errors or [],
        "values": request.POST,
    }
    return render(request, "supervision/duties/quota.html", context, status=status)


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Save the lines and the letter; ``step`` says what else: equal, by_basis, paste, letter, issue."""
    row = _sheet(request, uid)
    step = request.POST.get("step", "save")
    if step == "paste":
        return _paste(request, row)
    if step == "workbook":
        return _filled(request, row)
    lines, errors = _lines(request, row)
    head, wrong = _head(request)
    if errors or wrong:
        return _page(request, row, typed=lines, errors=[*errors, *wrong], status=400)
    revision = revision_of(request)

    def act() -> str:
        user = person(request)
        actions.save_sheet(user, row, lines, head, revision=revision)
        upload = request.FILES.get("letter")
        if upload is not None:
            try:
                actions.attach(user, row, upload.name or "", upload.chunks())
            except TooLargeError as refusal:
                raise NotPossible(_("The file is larger than %(mb)s MB.") % {"mb": refusal.limit // 2**20}) from None
        if step in ("equal", "by_basis"):
            actions.split(user, row, step)
        if step == "issue":
            actions.issue(user, row)
            return _("The quota sheet is issued; every unit has its share.")
        return _("Saved.")

    attempt(request, act)
    return redirect("supervision:quota", uid=uid)


def _lines(request: HttpRequest, row: QuotaSheet) -> tuple[dict[int, Line], list[str]]:
    """What was typed in the lines, and what is no figure."""
    found, errors = {}, []
    for line in row.lines.all():
        values = {}
        for name in ("value", "basis"):
            text = request.POST.get(f"{name}-{line.unit.uid}", "").strip()
            try:
                values[name] = quotasheet.number(text) if text else None
            except ValueError:
                values[name] = None
                errors.append(_("%(unit)s: “%(text)s” is no figure.") % {"unit": line.unit.name, "text": text[:40]})
        note = request.POST.get(f"note-{line.unit.uid}", "").strip()[:200]
        found[line.unit_id] = Line(values["basis"], values["value"], note)
    return found, errors


def _head(request: HttpRequest) -> tuple[dict[str, Any], list[str]]:
    """The letter's words as typed, and what is wrong with them."""
    values = request.POST
    limits = {"letter_number": 80, "letter_title": 200, "note": 500, "gap_reason": 500}
    head: dict[str, Any] = {
        name: values.get(name, "").strip()[:size] for name, size in limits.items() if name in values
    }
    text = values.get("letter_date", "").strip()
    try:
        head["letter_date"] = date.fromisoformat(text) if text else None
    except ValueError:
        return head, [_("Give the day of the letter as 2026-03-15.")]
    return head, []


def _paste(request: HttpRequest, row: QuotaSheet) -> HttpResponse:
    """Show what a pasted column gives in the form, not saved yet."""
    lines = list(row.lines.all())
    pasted = quotasheet.read_pasted(request.POST.get("pasted", "")[:20_000], lines)
    typed = {
        line.unit_id: Line(
            pasted.basis.get(line.unit_id, line.basis), pasted.values.get(line.unit_id, line.value), line.note
        )
        for line in lines
    }
    return _page(request, row, pasted, typed)


def _filled(request: HttpRequest, row: QuotaSheet) -> HttpResponse:
    """Show what a filled workbook gives in the form, not saved yet; of one with problems nothing but the problems."""
    upload, lines = request.FILES.get("workbook"), list(row.lines.all())
    try:
        if upload is None:
            raise NotPossible(_("Choose a file first."))
        cells = actions.read_workbook(person(request), row, upload.name or "", upload.chunks())
    except NotPossible as refusal:
        return _page(request, row, errors=[str(refusal)], status=400)
    except TooLargeError as refusal:
        text = _("The file is larger than %(mb)s MB.") % {"mb": refusal.limit // 2**20}
        return _page(request, row, errors=[text], status=400)
    found = quotasheet.read_filled(cells, row, lines)
    if found.problems:
        return _page(request, row, errors=found.problems, status=400)
    typed = {unit: Line(basis, value, note) for unit, (value, basis, note) in found.lines.items()}
    read = quotasheet.Pasted({unit: line.value for unit, line in typed.items() if line.value is not None})
    return _page(request, row, read, typed)


@require_safe
def letter(request: HttpRequest, uid: str) -> HttpResponse:
    """The letter that sets the quotas, as a download."""
    row = _sheet(request, uid)
    return downloads.stored(row.letter_file, row.letter_name)


@require_safe
def workbook(request: HttpRequest, uid: str) -> HttpResponse:
    """The sheet as XLSX; its columns can be pasted back."""
    row = _sheet(request, uid)
    name = f"{row.measure.n}-{row.spec['text'][:40]}分解表.xlsx"
    content = watermark.marked(quotasheet.write(row, list(row.lines.all())), "xlsx", row.plan, person(request))
    return downloads.download(content, name, MEDIA["xlsx"])

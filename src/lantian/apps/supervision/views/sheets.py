"""填报表: download the sheets of a month, one or all, and bring filled ones back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas import queries as areas
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods, rights
from lantian.apps.supervision import sheets as papers
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Incoming, Route
from lantian.apps.supervision.queries import incoming as pieces
from lantian.apps.supervision.queries import returns, sheets
from lantian.apps.supervision.views.common import visible_plan
from lantian.apps.supervision.views.incoming import FILES_AT_ONCE, take_file

PAGE = 50
LATEST = 20  # of the sheets that came back; all of them stand in the drop box
_ZIP = "application/zip"


def _writes(user: User, plan: Plan, prefix: str = "unit") -> Q:
    """Condition on rows of a unit (``prefix`` "": on units): the person may write for it."""
    if rights.of_office(user, "return.write", plan):
        return Q()
    return areas.for_unit(user, "return.write", prefix)


def _month(plan: Plan, text: str) -> tuple[list[str], str]:
    months, current = pieces.months(plan, timezone.localdate())
    return months, text if text in months else current


@require_safe
def overview(request: HttpRequest, uid: str) -> HttpResponse:
    """The units for which the person may write, each with its sheet; and the filled ones that came back."""
    plan, user = visible_plan(request, uid), person(request)
    policy.require(user, "return.write")
    months, month = _month(plan, request.GET.get("period", ""))
    text = request.GET.get("q", "").strip()[:60]
    allowed = _writes(user, plan, "")
    page = Paginator(returns.owing(plan, month, text=text).filter(allowed), PAGE).get_page(request.GET.get("page"))
    mine = policy.scope(user, Incoming.objects.filter(route=Route.SHEET))
    brought = list(pieces.pieces(plan, mine, month)[: LATEST + 1])
    context = {
        "plan": plan, "months": months, "month": month, "q": text, "page": page,
        "due": periods.due_on(periods.rhythm_of(plan), month, workdays()),
        "brought": brought[:LATEST], "further": len(brought) > LATEST,
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
    }  # fmt: skip
    return render(request, "supervision/incoming/sheets.html", context)


@require_safe
def sheet(request: HttpRequest, uid: str, unit: str, month: str, kind: str) -> HttpResponse:
    """The sheet of one unit as XLSX or DOCX."""
    plan, user = visible_plan(request, uid), person(request)
    if month not in periods.months(plan) or kind not in papers.MEDIA:
        raise Http404
    found = sheets.sheets(plan, month, Q(unit__uid=unit))
    if not found:
        raise Http404
    row, lines = next(iter(found.items()))
    if not sheets.sheets(plan, month, _writes(user, plan) & Q(unit=row)):
        raise PermissionDenied
    due = periods.due_on(periods.rhythm_of(plan), month, workdays())
    content = papers.make(papers.sheet_of(plan, row, month, due, lines), kind)
    content = watermark.marked(content, kind, plan, user)
    return downloads.download(content, papers.file_name(row, month, kind), papers.MEDIA[kind])


@require_safe
def archive(request: HttpRequest, uid: str, month: str, kind: str) -> HttpResponse:
    """The sheets of all units for which the person may write, as a ZIP."""
    plan, user = visible_plan(request, uid), person(request)
    policy.require(user, "return.write")
    if month not in periods.months(plan) or kind not in papers.MEDIA:
        raise Http404
    found = sheets.sheets(plan, month, _writes(user, plan))
    if not found:
        raise Http404
    due = periods.due_on(periods.rhythm_of(plan), month, workdays())
    content = papers.archive(plan, month, due, found, kind, watermark.words(plan, user))
    return downloads.download(content, f"{month}-进展填报表.zip", _ZIP)


@require_POST
def upload(request: HttpRequest, uid: str) -> HttpResponse:
    """Bring filled sheets back; each is read and waits to be looked at."""
    plan, user = visible_plan(request, uid), person(request)
    policy.require(user, "return.write")
    month = request.POST.get("period", "")
    given = request.FILES.getlist("files")
    if not given:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
    taken = sum(take_file(request, user, plan, month, Route.SHEET, item) for item in given[:FILES_AT_ONCE])
    if taken:
        messages.success(request, _("%(n)s pieces were taken in and are being read.") % {"n": taken})
    return redirect(f"{reverse('supervision:sheets', args=[plan.uid])}?period={month[:10]}")

"""一次性链接: the office's list of links, and the pages that a link opens to whoever holds it, without login."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import links as actions
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Return, ReturnLink, Route
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import StateError
from lantian.apps.supervision.views import filling, printing
from lantian.apps.supervision.views.evidence import answer_file, in_sheet
from lantian.apps.supervision.views.filling import Sheet
from lantian.apps.supervision.views.returns import row_of
from lantian.apps.supervision.views.review import PAGE, chosen_plan, list_address, uids

MANY = 400  # links made at once


@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """The links of a plan and month: to whom, until when, used or not. Their secrets are shown only when made."""
    user = person(request)
    policy.require(user, "duty.assign")
    plans, plan = chosen_plan(user, request.GET.get("plan", ""), request.GET.get("period", ""))
    rows = policy.scope(user, ReturnLink.objects.filter(plan=plan) if plan else ReturnLink.objects.none())
    month = request.GET.get("period", "")
    if periods.is_month(month):
        rows = rows.filter(period=month)
    page = Paginator(rows.select_related("unit", "created_by"), PAGE).get_page(request.GET.get("page"))
    context = {"plans": plans, "plan": plan, "month": month, "page": page, "now": timezone.now()}
    return render(request, "supervision/returns/links.html", context)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make links for the ticked units, or for every unit that is late; shows them once, to be copied."""
    user, given = person(request), request.POST
    policy.require(user, "duty.assign")
    plan = policy.get_or_404(user, Plan.objects.select_related("area"), uid__in=uids([given.get("plan", "")]))
    policy.require(user, "duty.assign", ReturnLink(plan=plan))
    month, days = given.get("period", ""), given.get("days", "7")
    if not periods.is_month(month):
        raise Http404
    if given.get("late") == "1":
        units = list(queries.owing(plan, month, late=True)[:MANY])
        nobody = _("No unit is late in this month; no link was made.")
    else:
        units = list(Unit.objects.filter(uid__in=uids(given.getlist("unit"))).select_related("area")[:MANY])
        nobody = _("Tick the units first; no link was made.")
    try:
        if not units:
            raise StateError(nobody)
        made = actions.make_many(user, plan, units, month, int(days) if days.isdecimal() and len(days) < 4 else 0)
    except StateError as refusal:
        messages.error(request, str(refusal))
        return redirect(list_address(plan, month))
    shown = []
    for link, secret in made:
        address = request.build_absolute_uri(reverse("supervision:link", args=[secret]))
        shown.append({"link": link, "address": address, "qr": printing.qr_svg(address)})
    due = periods.due_on(periods.rhythm_of(plan), month, workdays())
    context = {"plan": plan, "month": month, "due": due, "shown": shown, "back": list_address(plan, month)}
    response = render(request, "supervision/returns/links_made.html", context)
    return _discreet(response)


@require_POST
def revoke(request: HttpRequest, uid: str) -> HttpResponse:
    """End a link."""
    link = policy.get_or_404(person(request), ReturnLink.objects.select_related("plan__area", "unit"), uid=uid)
    actions.revoke(person(request), link)
    messages.success(request, _("The link of %(unit)s no longer works.") % {"unit": link.unit.name})
    return redirect(f"{reverse('supervision:links')}?plan={link.plan.uid}&period={link.period}")


def _discreet(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no copy stays in a cache, and no other site or log learns it as a referrer.

    ``strict-origin`` and not ``no-referrer``, with which browsers send forms without the origin that is checked.
    """
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


Handler = Callable[..., HttpResponse]


def by_link(view: Callable[..., HttpResponse]) -> Handler:
    """Wrap a page of a link: finds its return, answers every wrong, expired or revoked link alike."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, secret: str, **rest: Any) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        link = None if actions.blocked(address) else actions.find(secret)
        if link is None:
            if not actions.blocked(address):
                actions.failed(address)
            return _refused(request)
        rows = queries.one(Return.objects.all())
        ret = rows.filter(plan=link.plan_id, unit=link.unit_id, period=link.period).first()
        if ret is None:
            return _refused(request)
        sheet = Sheet(
            ret, None, reverse("supervision:link", args=[secret]), Route.LINK, "supervision/returns/link.html"
        )
        try:
            return _discreet(view(request, sheet, link, **rest))
        except (Http404, PermissionDenied):
            return _refused(request)

    return opened


def _refused(request: HttpRequest) -> HttpResponse:
    """One page for everything that is no link (any more)."""
    response = render(request, "supervision/returns/link_refused.html", status=404)
    return _discreet(response)


@by_link
@require_safe
def opened(request: HttpRequest, sheet: Sheet, link: ReturnLink) -> HttpResponse:
    """The sheet; after it was handed in, its receipt until the link expires."""
    spent = {"editable": False, "steps": set()} if link.used is not None else {}
    return filling.page(request, sheet, more={"link": link, **spent})


def _unspent(link: ReturnLink) -> None:
    if link.used is not None:
        raise PermissionDenied


@by_link
@require_POST
def save(request: HttpRequest, sheet: Sheet, link: ReturnLink, row: str) -> HttpResponse:
    """Save one row."""
    _unspent(link)
    return filling.save(request, sheet, row_of(sheet, row))


@by_link
@require_POST
def no_change(request: HttpRequest, sheet: Sheet, link: ReturnLink) -> HttpResponse:
    """ "No change" in all untouched rows."""
    _unspent(link)
    return filling.no_change(request, sheet)


@by_link
@require_POST
def submit(request: HttpRequest, sheet: Sheet, link: ReturnLink) -> HttpResponse:
    """Hand in; the link is spent then."""
    _unspent(link)
    return filling.submit(request, sheet)


@by_link
@require_POST
def attach(request: HttpRequest, sheet: Sheet, link: ReturnLink, row: str) -> HttpResponse:
    """Attach evidence."""
    _unspent(link)
    return filling.attach(request, sheet, row_of(sheet, row))


@by_link
@require_POST
def detach(request: HttpRequest, sheet: Sheet, link: ReturnLink, file: str) -> HttpResponse:
    """Take evidence away."""
    _unspent(link)
    return filling.detach(request, sheet, in_sheet(sheet, file))


@by_link
@require_safe
def evidence(_request: HttpRequest, sheet: Sheet, _link: ReturnLink, file: str) -> HttpResponse:
    """One evidence file of this return."""
    return answer_file(in_sheet(sheet, file))


@by_link
@require_safe
def printed(request: HttpRequest, sheet: Sheet, _link: ReturnLink) -> HttpResponse:
    """The printable sheet."""
    return printing.render_sheet(request, sheet)

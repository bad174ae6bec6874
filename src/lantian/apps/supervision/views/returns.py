"""Pages of a return for who is logged in: opening it, the sheet, handing it in, taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import returns as actions
from lantian.apps.supervision.models import Return
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.queries.returns import Row
from lantian.apps.supervision.steps import StateError
from lantian.apps.supervision.views import filling
from lantian.apps.supervision.views.filling import Sheet


def sheet_of(request: HttpRequest, uid: object) -> Sheet:
    """The return in the person's scope, as a sheet."""
    user = person(request)
    ret = policy.get_or_404(user, queries.one(Return.objects.all()), uid=uid)
    return Sheet(ret, user, reverse("supervision:return", args=[ret.uid]))


def writable(request: HttpRequest, uid: object) -> Sheet:
    """:func:`sheet_of`, for who may write it (403 for others)."""
    sheet = sheet_of(request, uid)
    policy.require(person(request), "return.write", sheet.ret)
    return sheet


def row_of(sheet: Sheet, uid: object) -> Row:
    """The row of a commitment on the sheet, else 404."""
    row = filling.find_row(sheet, uid)
    if row is None:
        raise Http404
    return row


@require_POST
def open_return(request: HttpRequest) -> HttpResponse:
    """Open the return of a unit for a plan and month, and go there."""
    user, given = person(request), request.POST
    policy.require(user, "return.write")
    plan = policy.get_or_404(user, Plan.objects.select_related("area"), uid=_uid(given.get("plan", "")))
    unit = policy.get_or_404(user, Unit.objects.select_related("area"), uid=_uid(given.get("unit", "")))
    try:
        ret = actions.open_return(user, plan, unit, given.get("period", ""))
    except StateError as refusal:
        messages.error(request, str(refusal))
        return redirect("supervision:desk")
    return redirect("supervision:return", uid=ret.uid)


def _uid(text: str) -> str:
    from uuid import UUID

    try:
        return str(UUID(text))
    except ValueError:
        raise Http404 from None


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """The return row by row: to fill in, or to read."""
    return filling.page(request, sheet_of(request, uid))


@require_POST
def save(request: HttpRequest, uid: str, row: str) -> HttpResponse:
    """Save one row."""
    found = writable(request, uid)
    return filling.save(request, found, row_of(found, row))


@require_POST
def no_change(request: HttpRequest, uid: str) -> HttpResponse:
    """ "No change" in all untouched rows."""
    return filling.no_change(request, writable(request, uid))


@require_POST
def submit(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand in."""
    return filling.submit(request, writable(request, uid))


@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a submission back."""
    found = writable(request, uid)

    def act() -> str:
        actions.withdraw(person(request), found.ret)
        return _("The return is a draft again; hand it in when it is corrected.")

    return filling.tried(request, found, act)

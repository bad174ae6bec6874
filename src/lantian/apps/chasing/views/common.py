"""What the pages share: the plan, month and unit of an address."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import rights
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.models import Commitment

PAGE = 50


def chased_plan(request: HttpRequest, uid: str) -> Plan:
    """A plan that the person sees (404) and in which the person's office chases (403)."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    if not rights.of_office(user, rights.DRAFT, row):
        policy.require(user, rights.DRAFT, row)
    if row.in_preparation:
        raise Http404
    return row


def month_or_404(period: str) -> str:
    """A month's key, else 404."""
    if not periods.is_month(period):
        raise Http404
    return period


def owing_unit(plan: Plan, uid: str) -> Unit:
    """A unit that owes something of the plan, else 404."""
    row = Unit.objects.select_related("area").filter(uid=uid).first()
    if row is None or not Commitment.objects.filter(plan=plan, unit=row).exists():
        raise Http404
    return row


def day_of(text: str) -> date | None:
    """A day as a date field sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

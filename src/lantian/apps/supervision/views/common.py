"""What the office's pages about commitments share: doing something and saying so."""

from __future__ import annotations

from django.http import HttpRequest

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.plans.models import IN_PREPARATION, Plan


def visible_plan(request: HttpRequest, uid: str) -> Plan:
    """A plan in the person's scope with its area; 404 for one that owes nothing yet."""
    rows = Plan.objects.select_related("area", "amends").exclude(status__in=IN_PREPARATION)
    return policy.get_or_404(person(request), rows, uid=uid)


def office_plan(request: HttpRequest, uid: str) -> Plan:
    """The same for a page of the plan's office: 403 for everybody else."""
    plan = visible_plan(request, uid)
    policy.require(request.user, "duty.assign", plan)
    return plan


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the form was made from; None where it holds none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""The start page: it leads everybody to the page where their own work lies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantian.apps.assessment import rights_yearend
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people.models import Liaison, Post
from lantian.apps.people.queries import in_office
from lantian.apps.plans.models import IN_FORCE, Plan, PlanKind
from lantian.apps.supervision import periods

# The first action that the person's roles allow decides; administrators manage people and nothing else.
_DESKS = (
    ("duty.assign", "chasing:office"),
    ("return.review", "supervision:returns"),
    ("return.write", "supervision:desk"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the office desk, the returns to review, the unit's desk, the leader's page; else to the plans."""
    user = policy.person(request)
    for action, name in _DESKS:
        if policy.can(user, action):
            return redirect(name)
    plan = led(user)
    if plan is not None:
        return redirect("assessment:leader" if rights_yearend.sees(user, plan) else "plans:overview", uid=plan.uid)
    return redirect("people:people" if policy.can(user, "people.manage") else "plans:list")


def led(user: User) -> Plan | None:
    """The plan in hand of somebody who stands as 分管领导 in the liaison register: of the unit's area, else of the
    nearest area above it; None for everybody else, and where there is no plan yet."""
    now = Liaison.objects.filter(in_office(timezone.localdate()), user=user, post=Post.LEADER)
    path = now.order_by("unit__area__path").values_list("unit__area__path", flat=True).first()
    if path is None:
        return None
    rows = Plan.objects.filter(kind=PlanKind.PLAN, amends=None, status__in=IN_FORCE).exclude(area=None)
    plans = [plan for plan in policy.scope(user, rows).select_related("area") if path.startswith(_path(plan))]
    nearest = max((len(_path(plan)) for plan in plans), default=0)
    return periods.in_hand((plan for plan in plans if len(_path(plan)) == nearest), "", timezone.localdate())


def _path(plan: Plan) -> str:
    return plan.area.path if plan.area is not None else ""

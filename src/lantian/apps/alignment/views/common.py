"""What the pages of alignment share."""

from __future__ import annotations

from django.http import HttpRequest

from lantian.apps.alignment.rights import SEE
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries import standing


def office_plan(request: HttpRequest, uid: object) -> tuple[User, Plan]:
    """The person and a plan whose office the person belongs to: 404 out of scope, 403 for everybody else."""
    user = person(request)
    plan = policy.get_or_404(user, standing(Plan.objects.select_related("area", "file", "amends")), uid=uid)
    policy.require(user, SEE, plan)
    return user, plan


def number(text: str | None) -> int:
    """A revision from a form; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0

"""The parts of a plan as one row of tabs, the same on every page of the plan, so that one never feels lost."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.plans.models import Plan, PlanStatus

register = template.Library()


@register.inclusion_tag("plans/_parts.html", takes_context=True)
def plan_parts(context: Context, plan: Plan, here: str) -> dict[str, Any]:
    """The tabs that the reader may open; ``here`` is the name of the part on the page.

    Reviewing is for those who may edit a plan in preparation; 征求意见 leads those who see drafts to the rounds, and
    units that are asked to what awaits their answer; the rest is for everybody who sees the plan.
    """
    user = context["request"].user
    parts = [("table", _("Table"), reverse("plans:plan", args=[plan.uid]))]
    if plan.in_preparation and policy.can(user, "plan.edit", plan):
        parts.append(("review", _("Review"), reverse("plans:review", args=[plan.uid])))
    parts.append(("overview", _("Overview"), reverse("plans:overview", args=[plan.uid])))
    if policy.can(user, "plan.view_draft", plan):
        parts.append(("consultation", _("Asking for comments"), reverse("consultation:plan", args=[plan.uid])))
    elif plan.status == PlanStatus.COMMENT:
        parts.append(("answer", _("Asking for comments"), reverse("consultation:invitations")))
    parts.append(("versions", _("Versions"), reverse("plans:versions", args=[plan.uid])))
    return {"parts": [{"label": label, "url": url, "active": name == here} for name, label, url in parts]}

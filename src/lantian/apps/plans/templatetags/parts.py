"""The parts of a plan as one row of tabs, the same on every page of the plan, so that one never feels lost."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.plans.models import Plan

register = template.Library()


@register.inclusion_tag("plans/_parts.html", takes_context=True)
def plan_parts(context: Context, plan: Plan, here: str) -> dict[str, Any]:
    """The tabs that the reader may open; ``here`` is the name of the part on the page.

    Reviewing is for those who may edit a plan in preparation, 征求意见 for those who see drafts; the rest is for
    everybody who sees the plan.
    """
    user = context["request"].user
    parts = [("table", _("Table"), "plans:plan")]
    if plan.in_preparation and policy.can(user, "plan.edit", plan):
        parts.append(("review", _("Review"), "plans:review"))
    parts.append(("overview", _("Overview"), "plans:overview"))
    if policy.can(user, "plan.view_draft", plan):
        parts.append(("consultation", _("Asking for comments"), "consultation:plan"))
    parts.append(("versions", _("Versions"), "plans:versions"))
    return {
        "parts": [
            {"label": label, "url": reverse(view, args=[plan.uid]), "active": name == here}
            for name, label, view in parts
        ]
    }

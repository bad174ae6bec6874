"""The parts of a plan as one row of tabs, the same on every page of the plan, so that one never feels lost."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.plans.models import Plan, PlanKind, PlanStatus

register = template.Library()


@register.inclusion_tag("plans/_parts.html", takes_context=True)
def plan_parts(context: Context, plan: Plan, here: str) -> dict[str, Any]:
    """The tabs that the reader may open; ``here`` is the name of the part on the page.

    Reviewing is for those who may edit a plan in preparation; 征求意见 leads those who see drafts to the rounds, and
    units that are asked to what awaits their answer; a published plan has its commitments; its summaries (month,
    leader's page, year's end), 承接 and 年度对应 are the offices'; the rest is for everybody who sees the plan.
    """
    user = context["request"].user
    parts = [("table", _("Table"), reverse("plans:plan", args=[plan.uid]))]
    if plan.in_preparation and policy.can(user, "plan.edit", plan):
        parts.append(("review", _("Review"), reverse("plans:review", args=[plan.uid])))
    parts.append(("overview", _("Overview"), reverse("plans:overview", args=[plan.uid])))
    if not plan.in_preparation and policy.can(user, "duty.view"):
        parts.append(("duties", _("Commitments"), reverse("supervision:duties", args=[plan.uid])))
        parts += _collecting(user, plan)
    if not plan.in_preparation and policy.can(user, "plan.view_draft", plan):
        parts.append(("summaries", _("Summaries"), reverse("assessment:leader", args=[plan.uid])))
    if policy.can(user, "plan.view_draft", plan):
        parts.append(("consultation", _("Asking for comments"), reverse("consultation:plan", args=[plan.uid])))
    elif plan.status == PlanStatus.COMMENT:
        parts.append(("answer", _("Asking for comments"), reverse("consultation:invitations")))
    if plan.kind == PlanKind.PLAN and plan.amends_id is None and policy.can(user, "plan.view_draft", plan):
        parts += _alignment(plan)
        parts.append(("years", _("Year to year"), reverse("alignment:years", args=[plan.uid])))
    parts.append(("versions", _("Versions"), reverse("plans:versions", args=[plan.uid])))
    return {"parts": [{"label": label, "url": url, "active": name == here} for name, label, url in parts]}


def _collecting(user: policy.Person, plan: Plan) -> list[tuple[str, str, str]]:
    """What units send: the office's drop box, and the sheets to fill for whoever writes returns."""
    found = []
    if policy.can(user, "duty.assign", plan):
        found.append(("dropbox", _("Drop box"), reverse("supervision:dropbox", args=[plan.uid])))
    if policy.can(user, "return.write"):
        found.append(("sheets", _("Sheets to fill"), reverse("supervision:sheets", args=[plan.uid])))
    return found


def _alignment(plan: Plan) -> list[tuple[str, str, str]]:
    """承接: what a plan carries out of the level above; for a city's plan what those below took of it."""
    if plan.level in (Level.DISTRICT, Level.TOWN):
        return [("alignment", _("Alignment"), reverse("alignment:workbench", args=[plan.uid]))]
    if plan.level in (Level.PROVINCIAL, Level.MUNICIPAL):
        return [("taken", _("Taken below"), reverse("alignment:taken", args=[plan.uid]))]
    return []

"""States, figures and reasons of commitments as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment, Light, Share, State
from lantian.apps.supervision.queries import duties as queries
from lantian.status import cadence_reason, explain_rule

register = template.Library()

# A shape for each state, so that it is told without colour; the class gives the colour of ui.md.
MARKS: dict[str, tuple[str, str]] = {
    State.NOT_STARTED: ("○", "waiting"),
    State.ON_TRACK: ("▶", "run"),
    State.BEHIND: ("◐", "behind"),
    State.AT_RISK: ("▲", "risk"),
    State.MET: ("✓", "done"),
    State.OVERDUE: ("✕", "bad"),
    State.MISSED: ("✖", "bad"),
    State.NO_DATA: ("▨", "lack"),
    State.STALE: ("▧", "lack"),
    State.NOT_MEASURABLE: ("⋯", "dotted"),
    State.CLOSED: ("⊘", "closed"),
}
LIGHTS = {Light.BLUE: "◔", Light.YELLOW: "◑", Light.RED: "●"}


def language() -> Any:
    """The language of ``lantian.status`` that the reader has."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.filter
def sentence(row: Commitment | Share) -> str:
    """Why the state is what it is; empty where no rule spoke yet."""
    if not row.state_rule:
        return ""
    try:
        return explain_rule(row.state_rule, row.state_args, language())
    except KeyError:  # a rule that is no longer there: the next evaluation gives another
        return ""


@register.inclusion_tag("supervision/duties/_state.html")
def duty_state(row: Any, *, reason: bool = True) -> dict[str, Any]:
    """The state as shape and word, with its reason on hover."""
    mark, style = MARKS[row.state]
    why = sentence(row) if reason and hasattr(row, "state_rule") else ""
    return {"mark": mark, "style": style, "word": State(row.state).label, "why": why}


@register.inclusion_tag("supervision/duties/_light.html")
def duty_light(value: str) -> dict[str, Any]:
    """An internal light as shape and word; nothing where there is none."""
    return {"mark": LIGHTS.get(Light(value)), "value": value, "word": Light(value).label}


@register.filter
def figure(value: Decimal | None) -> str:
    """A figure without trailing zeros, a dash for none."""
    if value is None:
        return "—"
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@register.filter
def rounded(value: Decimal) -> str:
    """An expected figure: whole from a hundred on, else with one decimal; more would feign certainty."""
    return figure(round(value, 0 if abs(value) >= 100 else 1))


@register.filter
def percent_of(part: Decimal | str) -> str:
    """A part (0 to 1) as a number of percent."""
    return figure(Decimal(part) * 100)


@register.filter
def percent_round(part: Decimal) -> str:
    """A part (0 to 1) as a whole number of percent."""
    return str(round(part * 100))


@register.inclusion_tag("supervision/duties/_state.html")
def duty_state_word(value: str) -> dict[str, Any]:
    """A state without a commitment: its shape and word."""
    mark, style = MARKS[value]
    return {"mark": mark, "style": style, "word": State(value).label, "why": ""}


@register.filter
def reason_of(row: Commitment) -> str:
    """Why the cadence was proposed; empty where somebody chose it."""
    if not row.cadence_reason or row.cadence_edited:
        return ""
    try:
        return cadence_reason(row.cadence_reason, language(), f"{row.measure.text} {row.measure.deadline_text}")
    except KeyError:
        return ""


@register.inclusion_tag("supervision/duties/_parts.html", takes_context=True)
def duty_parts(context: dict[str, Any], plan: Plan, here: str) -> dict[str, Any]:
    """The pages about a plan's commitments; the office's are for the office."""
    user = context["request"].user
    parts = [("list", _("All commitments"), reverse("supervision:duties", args=[plan.uid]), 0)]
    if policy.can(user, "duty.assign", plan):
        open_ones = queries.waiting(plan).count()
        parts += [
            ("questions", _("To decide"), reverse("supervision:questions", args=[plan.uid]), open_ones),
            ("quotas", _("Quota sheets"), reverse("supervision:quotas", args=[plan.uid]), 0),
            ("rhythm", _("Rhythm"), reverse("supervision:rhythm", args=[plan.uid]), 0),
            ("carry", _("Carry settings on"), reverse("supervision:carry-on", args=[plan.uid]), 0),
        ]
    return {"parts": parts, "here": here}

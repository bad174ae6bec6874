"""Words and figures of indicators in templates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.indicators.models import Run
from lantian.apps.indicators.queries import showing

register = template.Library()


@register.filter
def said(label: Any) -> str:
    """A label (zh, en), or ``{"zh", "en"}``, in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    if isinstance(label, dict):
        return str(label.get("zh" if chinese else "en", ""))
    return "" if label is None else str(label.zh if chinese else label.en)


@register.filter
def figure(value: Decimal | None) -> str:
    """A figure to read: at most two decimals, thousands apart; a dash where there is none."""
    if value is None:
        return "–"
    rounded = round(value, 2)
    text = f"{rounded:,.2f}".rstrip("0").rstrip(".")
    return text or "0"


@register.filter
def rhythm(period: str) -> str:
    """How often an indicator has a figure, in words."""
    return {
        "month": _("monthly"), "quarter": _("quarterly"), "half": _("half-yearly"), "year": _("yearly"),
        "to_date": _("year to date"),
    }.get(period, period)  # fmt: skip


@register.filter
def direction(better: str) -> str:
    """Which way is good."""
    return {"higher": _("more is better"), "lower": _("less is better")}.get(better, "")


@register.filter
def percent_of(share: float) -> int:
    """A share of one as whole percent, for a meter."""
    return round(100 * share)


@register.filter
def through(run: Run) -> date:
    """The last day that a figure covers."""
    return showing.through(run)

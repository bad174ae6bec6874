"""What packs declare, in the language of the page."""

from __future__ import annotations

from typing import Any

from django import template

from lantian.apps.registers import showing
from lantian.registers import Label

register = template.Library()


@register.filter
def said(label: Label | None) -> str:
    """A label in the language of the page; nothing for None."""
    return showing.said(label) if label else ""


@register.filter
def sentence(item: Any) -> str:
    """``zh`` or ``en`` of a problem or a remark, by the language of the page; takes mappings and objects."""
    return showing.sentence(item)


@register.inclusion_tag("registers/_value.html")
def value(cell: showing.Cell) -> dict[str, Any]:
    """One value as the pages show it."""
    return {"cell": cell}

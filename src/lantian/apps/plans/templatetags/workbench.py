"""How the workbench shows values of row contents: names of fields, and values as plain words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

FIELD_NAMES: dict[str, Promise | str] = {
    "section": _("Section"),
    "seq": _("No."),
    "task": _("Key task"),
    "text": _("Measure"),
    "paragraphs": _("Measure"),
    "deadline": _("Deadline"),
    "text_dates": _("Dates in the text"),
    "lead": _("Lead"),
    "responsible": _("Responsible"),
    "support": _("Support"),
    "inherited": _("Inherited"),
    "roles": _("Units"),
    "targets": _("Targets"),
}


@register.filter
def field_name(field: str) -> Promise | str:
    """What officials call a field of a row; an unknown field keeps its own name."""
    return FIELD_NAMES.get(field, field)


@register.filter
def plain(value: Any) -> str:
    """A value of a row content in words: units by name, targets and deadlines as printed, — for nothing."""
    if isinstance(value, list):
        return "；".join(plain(item) for item in value) or "—"
    if isinstance(value, dict):
        return str(value.get("name") or value.get("text") or "—")
    return "—" if value is None or value == "" else str(value)

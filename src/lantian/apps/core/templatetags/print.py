"""How values are shown: formulas with subscripts, figures without trailing zeros."""

from __future__ import annotations

import re
from decimal import Decimal
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_FORMULA = re.compile(r"(?<![A-Za-z0-9])(?:(PM)(2\.5|10)|(SO|NO|CO)(2|x)|(NH|O)(3))(?![A-Za-z0-9])")


@register.filter
def formula(text: object) -> SafeString:
    """Printed text with its chemical names set properly: PM₂.₅, O₃, NOₓ (ui.md, *Manners*). Escapes everything else."""
    escaped = escape(str(text))
    return mark_safe(_FORMULA.sub(_set, escaped))  # noqa: S308  # escaped above; only <sub> is added


def _set(match: re.Match[str]) -> str:
    name, low = (part for part in match.groups() if part)
    return f"{name}<sub>{low}</sub>"


_SIGNS = {">=": "≥", "<=": "≤", "~": "≈"}


@register.filter
def sign(comparator: str) -> str:
    """A comparator as it is printed."""
    return _SIGNS.get(comparator, comparator)


@register.filter
def number(value: Decimal | None) -> str:
    """A figure as people write it: thousands grouped, no trailing zeros; nothing for None."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Search hits and filters in templates: many on a page, so they are put together here rather than by includes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString, mark_safe

from lantian.apps.core.templatetags.print import formula
from lantian.apps.plans.marking import Part

register = template.Library()


@register.filter
def marks(parts: Iterable[Part]) -> SafeString:
    """Text with its hits marked and its formulas set; everything else is escaped."""
    pieces = (f'<mark class="hit">{formula(part.text)}</mark>' if part.hit else formula(part.text) for part in parts)
    return mark_safe("".join(pieces))  # noqa: S308  # formula escapes; only <mark> is added


@register.filter
def query(filters: Mapping[str, str]) -> str:
    """Filters as the part of an address behind its ``?``; the template escapes it."""
    return urlencode(filters)

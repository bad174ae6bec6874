"""Figures and periods in templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.translation import get_language

from lantian.apps.received.beside import Ours
from lantian.apps.received.models import Bulletin, Figure
from lantian.apps.received.notice import in_words
from lantian.apps.received.notice import number as plain

register = template.Library()


@register.filter
def period(row: Bulletin | Figure) -> str:
    """报告期 in the person's language: 2025年10月上半月, 2025-10-01 – 2025-10-15; blank where it is not known."""
    if row.start is None or row.end is None:
        return ""
    return f"{row.start} – {row.end}" if get_language() == "en" else in_words(row)


@register.filter
def number(value: Decimal | None) -> str:
    """A figure without trailing zeros, blank where there is none."""
    return "" if value is None else plain(value)


@register.filter
def of(found: Mapping[int, Ours], key: int) -> Ours | None:
    """Our value for the figure of that key, if we compute one."""
    return found.get(key)


@register.filter
def signed(value: Decimal) -> str:
    """A difference with its sign: +1.2, −0.3, 0."""
    return f"{value.normalize():+f}".replace("-", "−") if value else "0"


@register.filter
def shown(figure: Figure | None) -> str:
    """What a figure's cell shows: the number, else the print (未检出)."""
    if figure is None:
        return ""
    return plain(figure.value) if figure.value is not None else figure.value_text

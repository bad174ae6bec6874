"""Filters of the device pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from lantian.apps.devices import words

register = template.Library()
register.filter("factor_name", words.factor_name)
register.filter("code_word", words.code_word)


@register.filter
def item(table: Mapping[str, Any], key: str) -> Any:
    """What a table holds under a key; None where it holds nothing."""
    return table.get(key)


@register.filter
def percent(share: float) -> str:
    """A share of 1 in percent; only what is whole is called 100."""
    return f"{min(99.9, 100 * share) if share < 1 else 100:.4g}"


@register.filter
def seconds(offset: float) -> str:
    """Seconds with their sign, from an hour on as hours."""
    if abs(offset) >= 3600:
        return f"{offset / 3600:+.1f} h"
    return f"{offset:+.0f} s" if abs(offset) >= 0.5 else "0 s"


@register.filter
def figure(value: float | None) -> str:
    """A measured value as it was sent, without noise of its binary form."""
    return "–" if value is None else f"{value:.6g}"

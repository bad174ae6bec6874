"""水印 of a bulletin's sheet."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from lantian.apps.plans.templatetags.watermark import drawn

register = template.Library()


@register.simple_tag
def drawn_mark(text: str) -> SafeString | str:
    """The mark behind the sheet; nothing for a blank one."""
    return drawn(text)

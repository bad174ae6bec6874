"""Relations in templates: by word and shape."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lantian.apps.alignment.models import Relation
from lantian.apps.alignment.shown import MARKS, STYLES

register = template.Library()


@register.simple_tag
def relation(value: str) -> SafeString:
    """A relation as a state: its shape, its word, a colour that only helps."""
    known = Relation(value)
    return format_html('<span class="state {}">{} {}</span>', STYLES[known], MARKS[known], known.label)

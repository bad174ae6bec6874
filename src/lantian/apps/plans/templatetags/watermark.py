"""水印 on pages that are printed: a repeated text behind the sheet, as SVG, since styles in the page are forbidden."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lantian.apps.plans import watermark
from lantian.apps.plans.models import Plan

register = template.Library()

_SVG = (
    '<link rel="stylesheet" href="{}"><svg class="watermark" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="watermark" width="{}" height="170" patternUnits="userSpaceOnUse" patternTransform="rotate(-24)">'
    '<text x="10" y="60">{}</text><text x="{}" y="145">{}</text></pattern></defs>'
    '<rect width="100%" height="100%" fill="url(#watermark)"/></svg>'
)


@register.simple_tag
def print_mark(plans: Plan | Iterable[Plan], reader: object) -> SafeString | str:
    """The mark of the plan, or of the strictest of several, for who looks; nothing where all are open."""
    return drawn(watermark.words(plans, reader))


def drawn(text: str) -> SafeString | str:
    """A mark behind a page that is printed; nothing for a blank one."""
    if not text:
        return ""
    width = 16 * len(text) + 60
    return format_html(_SVG, static("watermark.css"), width, text, width // 3, text)

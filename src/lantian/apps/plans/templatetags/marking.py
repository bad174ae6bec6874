"""Search hits, cells of the table and filters: many on a page, so they are put together here, not by includes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lantian.apps.core.templatetags.print import formula
from lantian.apps.plans.marking import Part
from lantian.apps.plans.models import Assignment
from lantian.apps.plans.table import Piece

register = template.Library()


@register.filter
def marks(parts: Iterable[Part]) -> SafeString:
    """Text with its hits marked and its formulas set; everything else is escaped."""
    pieces = (f'<mark class="hit">{formula(part.text)}</mark>' if part.hit else formula(part.text) for part in parts)
    return mark_safe("".join(pieces))  # noqa: S308  # formula escapes; only <mark> is added


@register.filter
def paragraphs(parts: Iterable[Iterable[Piece]]) -> SafeString:
    """A measure's text in its paragraphs; what was read as a target is marked and says its kind and subject."""
    shown = ("".join(_piece(piece) for piece in paragraph) for paragraph in parts)
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in shown))  # noqa: S308  # formula escapes


def _piece(piece: Piece) -> str:
    text = formula(piece.text)
    if piece.target is None:
        return text
    said = [piece.target.get_kind_display(), *([piece.target.subject] if piece.target.subject else [])]
    return format_html('<mark title="{}">{}</mark>', " · ".join(said), text)


@register.filter
def units(duties: Iterable[Assignment]) -> SafeString:
    """The units of a role cell, each leading to its page, with the print where that reads otherwise."""
    rows = list(duties)
    shown = "".join(_unit(row) for row in rows[:-1])
    if rows:
        more = format_html(' <abbr title="{}">等</abbr>', _("The printed list is open.")) if rows[-1].open else ""
        shown += _unit(rows[-1], more)
    return mark_safe(shown)  # noqa: S308  # made of what format_html escaped


def _unit(duty: Assignment, more: str = "") -> str:
    name = format_html('<a href="{}">{}</a>', _address(duty.unit.uid), duty.name) if duty.unit else duty.name
    if not duty.printed_otherwise:
        return format_html('<span class="unit">{}{}</span>', name, more)
    return format_html('<span class="unit" title="{}: {}">{}{}</span>', _("As printed"), duty.as_printed, name, more)


@lru_cache(maxsize=4096)
def _address(uid: UUID) -> str:
    return reverse("plans:unit", args=[uid])


@register.filter
def query(filters: Mapping[str, str]) -> str:
    """Filters as the part of an address behind its ``?``; the template escapes it."""
    return urlencode(filters)

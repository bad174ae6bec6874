"""Search hits, cells of the table and filters: many on a page, so they are put together here, not by includes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lantian.apps.core.templatetags.print import formula
from lantian.apps.plans.addresses import of_unit
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
    return f'<mark title="{escape(" · ".join(map(str, said)))}">{text}</mark>'


@register.filter
def units(duties: Iterable[Assignment]) -> SafeString:
    """The units of a role cell, each leading to its page, with the print where that reads otherwise."""
    rows = list(duties)
    shown = "".join(_unit(row) for row in rows[:-1])
    if rows:
        more = f' <abbr title="{escape(_("The printed list is open."))}">等</abbr>' if rows[-1].open else ""
        shown += _unit(rows[-1], more)
    return mark_safe(shown)  # noqa: S308  # every word in it is escaped


def _unit(duty: Assignment, more: str = "") -> str:
    name = escape(duty.name)
    if duty.unit:
        name = f'<a href="{of_unit(duty.unit.uid)}">{name}</a>'
    printed = f' title="{escape(_("As printed"))}: {escape(duty.as_printed)}"' if duty.printed_otherwise else ""
    return f'<span class="unit"{printed}>{name}{more}</span>'


@register.filter
def query(filters: Mapping[str, str]) -> str:
    """Filters as the part of an address behind its ``?``; the template escapes it."""
    return urlencode(filters)

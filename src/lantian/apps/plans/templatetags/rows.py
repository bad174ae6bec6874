"""The rows of the plan's table, put together here: a city's plan fills ten thousand places, a template takes 100 ms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.core.templatetags.print import formula
from lantian.apps.plans.addresses import of_measure
from lantian.apps.plans.hooks import Mark
from lantian.apps.plans.models import RoleKind
from lantian.apps.plans.table import Row, Section, ShownFlag
from lantian.apps.plans.templatetags.marking import paragraphs, units

register = template.Library()


@register.simple_tag
def table_rows(section: Section, columns: Mapping[str, bool]) -> SafeString:
    """The rows of a section as ``<tr>`` elements with the columns that the table has.

    The labels stand in every cell for the phone, each looked up once.
    """
    labels = {
        "deadline": _("Deadline"), "lead": _("Lead"), "responsible": _("Responsible"), "support": _("Support"),
        "inherited": _("Inherited"), "beside": _("State"), "details": _("Details and source"), "flags": _("flags"),
    }  # fmt: skip
    escaped = {name: escape(label) for name, label in labels.items()}
    return mark_safe("".join(_row(row, columns, escaped) for row in section.rows))  # noqa: S308  # escaped cell by cell


def _row(row: Row, columns: Mapping[str, bool], labels: Mapping[str, str]) -> str:
    measure = row.measure
    opens = ' class="opens"' if row.span else ""
    return f'<tr id="m{measure.n}"{opens}>\n{"".join(_cells(row, columns, labels))}</tr>\n'


def _cells(row: Row, columns: Mapping[str, bool], labels: Mapping[str, str]) -> Iterator[str]:
    measure = row.measure
    if row.span and columns["seq"]:
        number = "" if measure.seq is None else measure.seq
        yield f'<td class="c-seq" rowspan="{row.span}"><div class="stays">{number}</div></td>\n'
    if row.span and columns["task"]:
        task = formula(measure.task)
        yield f'<th scope="rowgroup" class="c-task" rowspan="{row.span}"><div class="stays">{task}</div></th>\n'
    address = of_measure(measure.uid)
    head = f'<a class="to-measure" href="{address}" title="{labels["details"]}">{measure.n}</a>\n'
    yield f'<td class="c-text">{head}{_flags(row, address, labels)}{paragraphs(row.paragraphs)}</td>\n'
    if columns["deadline"]:
        yield _cell("due", labels["deadline"], escape(measure.deadline_text))
    for role in RoleKind.values:
        if columns[role]:
            yield _cell("unit", labels[role], units(row.roles[role]))
    if columns["beside"]:
        yield _cell("beside", labels["beside"], _marks(row.marks))


def _cell(column: str, label: str, content: str) -> str:
    none = "" if content else " none"
    return f'<td class="c-{column}{none}" data-label="{label}">{content}</td>\n'


def _flags(row: Row, address: str, labels: Mapping[str, str]) -> str:
    if not row.flags:
        return ""
    style, mark = (" doubt", "▲") if row.doubts else ("", "✎")
    said = "".join(f"{escape(_sentence(flag))}\n&#10;" for flag in row.flags)
    count = f'{len(row.flags)}<span class="visually-hidden">{labels["flags"]}</span>'
    shown = f'<span aria-hidden="true">{mark}</span>{count}'
    return f'<a class="flag-count{style}" href="{address}#flags" title="{said}">{shown}</a>\n'


def _sentence(flag: ShownFlag) -> str:
    """What the flag's rule says in the language of the page, the rule's id where it is unknown."""
    said = (flag.rule.en if get_language() == "en" else flag.rule.zh) if flag.rule else ""
    return said or flag.id


def _marks(marks: Sequence[Mark]) -> str:
    lines = "".join(_mark(mark) for mark in marks)
    return f"<ul>{lines}</ul>" if lines else ""


def _mark(line: Mark) -> str:
    number = f" <b>{line.number}</b>" if line.number > 1 else ""
    word = f"{escape(line.mark)} {escape(line.word)}{number}"
    return f'<li><a class="state {escape(line.style)}" href="{escape(line.url)}">{word}</a></li>'

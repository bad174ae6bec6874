"""A filled reply form → the comments it holds and everything that is wrong with it, row by row.

Pure. The form is the one that :mod:`lantian.apps.consultation.papers` makes; its columns are found by their header, so
that a moved or added column does no harm. Nothing is guessed: a row that cannot be placed is a problem, and a form with
problems is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.consultation.frozen import WHOLE, Line
from lantian.apps.consultation.models import CommentKind
from lantian.apps.consultation.words import refused, tidy
from lantian.reading.text import compare_form

# What the header of the form prints; the file goes between offices, so it is Chinese in every language of the site.
NUMBER, TASK, TEXT, DUE, UNITS, KIND, PROPOSAL, REASON = (
    "编号", "重点任务", "工作措施", "完成时限", "责任单位", "意见类型", "修改意见", "理由",
)  # fmt: skip
WHOLE_PLAN = "全文"
ROUND_LINE, UNIT_LINE = "征求意见编号", "反馈单位"
KINDS = {
    "文字表述": CommentKind.TEXT,
    "责任单位": CommentKind.UNIT,
    "完成时限": CommentKind.DEADLINE,
    "量化目标": CommentKind.TARGET,
    "其他": CommentKind.OTHER,
}
NOTHING = frozenset({"无", "无意见", "无修改意见", "没有意见", "没有修改意见", "同意", "/", "-", "--"})

_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STARTS = 12  # characters of a row's text that must agree with the draft


@dataclass(frozen=True, slots=True)
class Given:
    """One comment of a form; ``row`` is where it stands in the file."""

    row: int
    n: int
    kind: str
    proposal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which row of the file (0: with the whole)."""

    row: int
    text: str


@dataclass(slots=True)
class Form:
    """What a filled form says. ``no_objection``: it holds no comment and says so in words."""

    given: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    no_objection: bool = False


def read_filled(content: Mapping[str, Any], lines: Iterable[Line], round_uid: str, unit: str) -> Form:
    """The comments of a form as :func:`lantian.apps.consultation.worker.read_form` gives it.

    ``lines`` is the text as sent, ``round_uid`` and ``unit`` are what the form must belong to.
    """
    form = Form()
    _check_heading(form, content["lines"], round_uid, unit)
    by_number = {line.n: line for line in lines}
    said_nothing = found = False
    for table in content["tables"]:
        start = _header(table)
        if start is None:
            continue
        found = True
        columns = {name: place for place, name in reversed(list(enumerate(_forms(table[start]))))}
        for row in table[start + 1 :]:
            said_nothing |= _read_row(form, row, columns, by_number)
    if not found:
        form.problems.append(
            Problem(0, _("There is no table with the columns 编号, 工作措施 and 修改意见: use the form of this round."))
        )
    elif not form.given and not form.problems:
        form.no_objection = said_nothing
        if not said_nothing:
            text = _("The form holds no comment. If your unit has none, write 无意见 into the row 全文.")
            form.problems.append(Problem(0, text))
    return form


def _check_heading(form: Form, printed: Iterable[str], round_uid: str, unit: str) -> None:
    for text in printed:
        line = compare_form(text)
        uid = _UID.search(line)
        if line.startswith(ROUND_LINE) and uid is not None and uid[0] != round_uid:
            form.problems.append(Problem(0, _("This form belongs to another round of comments.")))
        name = line.partition(":")[2]
        if line.startswith(UNIT_LINE) and name and name != compare_form(unit):
            text = _("The form names the unit %(found)s, not %(unit)s.")
            form.problems.append(Problem(0, text % {"found": name, "unit": unit}))


def _forms(row: Mapping[str, Any]) -> list[str]:
    return [compare_form(cell) for cell in row["cells"]]


def _header(table: list[dict[str, Any]]) -> int | None:
    """The place of the header row: the first that prints all columns without which a row cannot be read."""
    for place, row in enumerate(table):
        if {NUMBER, TEXT, PROPOSAL} <= set(_forms(row)):
            return place
    return None


def _read_row(form: Form, row: dict[str, Any], columns: dict[str, int], lines: dict[int, Line]) -> bool:
    """Take one row; returns whether it says in words that there is nothing to say."""
    number, proposal, reason = (_cell(row, columns, name) for name in (NUMBER, PROPOSAL, REASON))
    if compare_form(number) == NUMBER:  # a header that is printed again on the next page
        return False
    nothing = compare_form(proposal) in NOTHING
    if nothing or not proposal:
        if reason and not nothing and compare_form(reason) not in NOTHING:
            form.problems.append(Problem(row["row"], _("There is a reason, but nothing under 修改意见.")))
        return nothing
    kind = _kind(form, row, _cell(row, columns, KIND))
    if problem := refused(proposal, reason, kind):
        form.problems.append(Problem(row["row"], problem))
        return False
    n = _place(form, row, number, _cell(row, columns, TEXT), lines)
    if n is not None:
        form.given.append(Given(row["row"], n, kind, proposal, reason))
    return False


def _cell(row: dict[str, Any], columns: dict[str, int], name: str) -> str:
    place = columns.get(name)
    return tidy(row["cells"][place]) if place is not None and place < len(row["cells"]) else ""


def _kind(form: Form, row: dict[str, Any], printed: str) -> str:
    name = compare_form(printed)
    if name and name not in KINDS:
        text = _("%(kind)s is no kind of comment; choose one of %(kinds)s, or leave it empty.")
        form.problems.append(Problem(row["row"], text % {"kind": printed[:20], "kinds": "、".join(KINDS)}))
    return str(KINDS.get(name, CommentKind.TEXT))


def _place(form: Form, row: dict[str, Any], number: str, text: str, lines: dict[int, Line]) -> int | None:
    """The row of the draft of which a row of the form speaks; a problem and None where that is not certain."""
    if compare_form(number) == WHOLE_PLAN:
        return WHOLE
    digits = compare_form(number).removesuffix(".0")
    line = lines.get(int(digits)) if digits.isdecimal() and len(digits) < 7 else None
    if line is None:
        problem = _("%(number)s under 编号 is no row of the draft.") % {"number": number[:20] or "“”"}
    elif compare_form(text)[:_STARTS] != compare_form(line.text)[:_STARTS]:
        problem = _("The measure beside 编号 %(n)s is not the one that was sent under this number.") % {"n": line.n}
    else:
        return line.n
    form.problems.append(Problem(row["row"], problem))
    return None

"""A quota sheet as XLSX to be filled in, and figures for it from such a workbook or pasted from a spreadsheet."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from lantian.apps.supervision.models import QuotaLine, QuotaSheet
from lantian.apps.supervision.quotabook import Cells
from lantian.apps.supervision.templatetags.duties import figure
from lantian.reading.output.xlsx import workbook
from lantian.reading.text import compare_form

_COLUMNS = re.compile(r"[，;；]|(?<!\d),|,(?!\d)|\s+")  # where there is no tab; a comma between digits is of a figure
_TOTALS = ("合计", "总计", "小计", "全区", "全市", "total", "sum")
_HEADS = ("单位", "镇街", "区县", "单位名称", "名称", "unit")
# How the headings of a workbook begin, in the normal form.
_COLUMN_HEADS = {
    "unit": ("单位", "unit"), "value": ("分解数", "任务数", "指标", "quota"), "basis": ("上年", "去年", "lastyear"),
    "note": ("备注", "note"),
}  # fmt: skip
_NUMBER = re.compile(r"分解表编号[:：]\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(slots=True)
class Pasted:
    """What a pasted column gives: quota by key of the unit, last year's figure where there is one, and problems."""

    values: dict[int, Decimal] = field(default_factory=dict)
    basis: dict[int, Decimal] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def number(text: str) -> Decimal:
    """A figure as a person or a spreadsheet writes it (``1,200``). ValueError for what is none."""
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise ValueError(text)
    return value


def read_pasted(text: str, lines: Sequence[QuotaLine]) -> Pasted:
    """Lines of unit and figure, as copied from a spreadsheet; a third column is last year's figure.

    A column of figures alone fills the lines in their order, if there are as many. Each line that cannot be read is
    told by its number; the others are taken.
    """
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    found = Pasted()
    alone = [_alone(row) for row in rows]
    if rows and all(value is not None for value in alone):
        if len(rows) != len(lines):
            counts = {"given": len(rows), "wanted": len(lines)}
            found.problems.append(_("%(given)s figures for %(wanted)s units; paste the names beside them.") % counts)
            return found
        found.values = {line.unit_id: value for line, value in zip(lines, alone, strict=True) if value is not None}
        return found
    names = _names(lines)
    for place, row in enumerate(rows, start=1):
        _read_row(place, row, names, found)
    return found


def _alone(row: str) -> Decimal | None:
    try:
        return number(row)
    except ValueError:
        return None


def _names(lines: Sequence[QuotaLine]) -> dict[str, int | None]:
    """Names by which a line is found; one that two units bear finds none."""
    names: dict[str, int | None] = {}
    for line in lines:
        unit = line.unit
        for name in {unit.name, unit.short_name, unit.full_name, unit.area.name, unit.area.short_name} - {""}:
            form = compare_form(name)
            names[form] = line.unit_id if names.get(form, line.unit_id) == line.unit_id else None
    return names


def _read_row(place: int, row: str, names: Mapping[str, int | None], found: Pasted) -> None:
    parts = row.split("\t") if "\t" in row else _COLUMNS.split(row)
    cells = [cell.strip() for cell in parts if cell.strip()]
    if not cells or compare_form(cells[0]).lower() in (_TOTALS if place > 1 else _TOTALS + _HEADS):
        return
    unit = names.get(compare_form(cells[0]))
    said = {"line": place, "text": row[:40]}
    if unit is None:
        found.problems.append(_("Line %(line)s: no unit of this sheet is “%(text)s”.") % said)
        return
    if unit in found.values:
        found.problems.append(_("Line %(line)s: this unit stands twice (“%(text)s”).") % said)
        return
    try:
        found.values[unit] = number(cells[1])
        if len(cells) > 2:
            found.basis[unit] = number(cells[2])
    except (ValueError, IndexError):
        found.values.pop(unit, None)
        found.problems.append(_("Line %(line)s: no figure in “%(text)s”.") % said)


@dataclass(slots=True)
class Filled:
    """What a filled workbook gives: quota, last year's figure and remark by key of the unit; problems by cell."""

    lines: dict[int, tuple[Decimal | None, Decimal | None, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_filled(rows: Sequence[Cells], sheet: QuotaSheet, lines: Sequence[QuotaLine]) -> Filled:
    """The cells of a filled workbook (:mod:`quotabook`); nothing of one with problems is to be used.

    Its columns are found by the head that :func:`write` prints, in either language; a cell left blank means no figure.
    """
    found, names = Filled(), _names(lines)
    columns: dict[str, str] = {}
    for row in rows:
        texts = {_letters(place): text for place, text in row.items()}
        if not columns:
            _check_number(texts, sheet, found)
            columns = _columns(texts)
        else:
            _read_cells(row, columns, names, found)
    if not columns:
        found.problems.append(_("The workbook has no columns for unit and quota: fill in the one of this page."))
    elif not found.lines and not found.problems:
        found.problems.append(_("The workbook names no unit."))
    return found


def _letters(place: str) -> str:
    return place.rstrip("0123456789")


def _check_number(texts: Mapping[str, str], sheet: QuotaSheet, found: Filled) -> None:
    for text in texts.values():
        number = _NUMBER.search(text)
        if number is not None and number[1] != str(sheet.uid):
            found.problems.append(_("The workbook belongs to another quota sheet; fill in the one of this page."))


def _columns(texts: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what, if these are the headings; else nothing."""
    columns: dict[str, str] = {}
    for letters, text in texts.items():
        form = compare_form(text).lower()
        for name, heads in _COLUMN_HEADS.items():
            if form.startswith(heads):
                columns.setdefault(name, letters)
    return columns if {"unit", "value"} <= set(columns) else {}


def _read_cells(
    row: Mapping[str, str], columns: Mapping[str, str], names: Mapping[str, int | None], found: Filled
) -> None:
    number = next(iter(row))[len(_letters(next(iter(row)))) :]
    places = {name: f"{letters}{number}" for name, letters in columns.items()}
    name = row.get(places["unit"], "")
    if compare_form(name).lower() in _TOTALS:
        return
    figures: dict[str, Decimal | None] = {"value": None, "basis": None}
    for column in figures:
        place = places.get(column, "")
        try:
            figures[column] = number_or_none(row.get(place, ""))
        except ValueError:
            said = {"cell": place, "text": row[place][:40]}
            found.problems.append(_("%(cell)s: “%(text)s” is no figure.") % said)
    if not name:
        if any(value is not None for value in figures.values()):
            found.problems.append(_("%(cell)s: the unit is missing beside the figure.") % {"cell": places["unit"]})
        return
    unit = names.get(compare_form(name))
    said = {"cell": places["unit"], "text": name[:40]}
    if unit is None:
        found.problems.append(_("%(cell)s: no unit of this sheet is “%(text)s”.") % said)
    elif unit in found.lines:
        found.problems.append(_("%(cell)s: this unit stands twice (“%(text)s”).") % said)
    else:
        found.lines[unit] = figures["value"], figures["basis"], row.get(places.get("note", ""), "")[:200]


def number_or_none(text: str) -> Decimal | None:
    """:func:`number`, None for a blank."""
    return number(text) if text.strip() else None


def write(sheet: QuotaSheet, lines: Sequence[QuotaLine]) -> bytes:
    """The sheet as a workbook that can be filled in and brought back: unit, quota, last year, remark, and the sum.

    A blank has no sum: it would be wrong as soon as a figure is typed. The number of the sheet keeps its figures from
    being brought to another.
    """
    target = io.BytesIO()
    book = workbook(target)
    page = book.add_worksheet("分解表")
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True})
    body = book.add_format({"border": 1, "text_wrap": True})
    page.write_string(0, 0, f"{sheet.spec['text']} 分解表", title)
    wanted = "" if sheet.total is None else _("Total of the plan") + " " + figure(sheet.total)
    about = filter(None, [sheet.letter_title, sheet.letter_number, wanted, f"分解表编号：{sheet.uid}"])
    page.write_string(1, 0, "　".join(about))
    unit = f"（{sheet.spec['unit']}）" if sheet.spec["unit"] else ""
    titles = ((_("Unit"), 30), (_("Quota") + unit, 14), (_("Last year"), 14), (_("Note"), 40))
    for column, (text, width) in enumerate(titles):
        page.set_column(column, column, width)
        page.write_string(2, column, text, head)
    place = 2
    for place, line in enumerate(lines, start=3):
        page.write_string(place, 0, line.unit.name, body)
        for column, value in ((1, line.value), (2, line.basis)):
            if value is None:
                page.write_blank(place, column, None, body)
            else:
                page.write_number(place, column, float(value), body)
        page.write_string(place, 3, line.note, body)
    given = [line.value for line in lines if line.value is not None]
    if given:
        page.write_string(place + 1, 0, _("Sum"), head)
        page.write_number(place + 1, 1, float(sum(given)), head)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    book.close()
    return target.getvalue()

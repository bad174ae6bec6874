"""The directory as one workbook: 区域, 单位, 别名, 集合单位 and a page of notes; and such a workbook as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import QuerySet

from lantian.apps.areas.incoming import Problem, Row, columns, sheets
from lantian.apps.areas.incoming.rows import Column
from lantian.apps.areas.incoming.values import labels, show
from lantian.apps.areas.models import Area, CollectiveRule, Unit, UnitAlias
from lantian.apps.areas.states import alias_state, area_state, rule_state, unit_state
from lantian.reading.output.xlsx import workbook

NOTES = "说明"
_CHOICES = {"level": "level", "area_kind": "area_kind", "area_kinds": "area_kind", "rule": "rule"}
_OPENING = (
    "一行一项，第一行是列名，列名不要改；不需要的列可以整列删除。",
    "导入只增加和更新，不删除：已撤销的区域和单位请填“撤销日期”，不要删行。",
    "同一个文件导入两次，第二次不会有变化。",
)


def write_workbook(target: IO[bytes], areas: QuerySet[Area]) -> None:
    """The directory of these areas as XLSX; every text is a typed string, so nothing becomes a formula."""
    book = workbook(target)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"})
    body = book.add_format({"valign": "top", "border": 1, "num_format": "@"})
    for name, sheet in sheets().items():
        page = book.add_worksheet(sheet.zh)
        wanted = columns(name)
        for place, column in enumerate(wanted.values()):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.zh, bold)
        line = 0
        for line, row in enumerate(_rows(name, areas), start=1):
            for place, column in enumerate(wanted.values()):
                page.write_string(line, place, show(column.kind, row.get(column.field)), body)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.autofilter(0, 0, max(line, 1), len(wanted) - 1)
    _write_notes(book, bold)
    book.close()


def rows_of(given: list[list[Any]]) -> tuple[dict[str, list[Row]], list[Problem], list[str]]:
    """Sheets as the worker read them: rows by table, problems of the headings, names of sheets that mean nothing.

    A sheet and a column are known by their Chinese, English or code name.
    """
    by_name = {name: sheet.name for sheet in sheets().values() for name in (sheet.name, sheet.zh, sheet.en)}
    found: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    unknown: list[str] = []
    for title, lines in given:
        sheet = by_name.get(title.strip())
        if sheet is None:
            if title.strip() != NOTES:
                unknown.append(title)
            continue
        rows, wrong = _read_sheet(sheet, lines)
        found.setdefault(sheet, []).extend(rows)
        problems += wrong
    return found, problems, unknown


def _read_sheet(sheet: str, lines: list[list[Any]]) -> tuple[list[Row], list[Problem]]:
    if not lines:
        return [], []
    number, header = lines[0]
    wanted = columns(sheet)
    by_name = {name: column.field for column in wanted.values() for name in (column.field, column.zh, column.en)}
    fields = [by_name.get(text.strip()) for text in header]
    problems = [
        Problem(sheet, number, "", f"不认识的列“{text}”", f"unknown column {text!r}")
        for text, field in zip(header, fields, strict=True)
        if text and field is None
    ]
    for column in wanted.values():
        if column.required and column.field not in fields:
            problems.append(Problem(sheet, number, column.field, "缺少这一列", f"column {column.en} is missing"))
    twice = {field for field in fields if field and fields.count(field) > 1}
    problems += [Problem(sheet, number, field, "这一列出现两次", f"column {field} stands twice") for field in twice]
    if problems:
        return [], problems
    rows = [
        Row(sheet, line, {field: text for field, text in zip(fields, texts, strict=True) if field})
        for line, texts in lines[1:]
    ]
    return rows, []


def _rows(sheet: str, areas: QuerySet[Area]) -> Iterator[dict[str, Any]]:
    """The rows of one sheet, by field."""
    if sheet == "areas":
        yield from (area_state(area) for area in areas.select_related("parent").order_by("path"))
        return
    units = Unit.objects.filter(area__in=areas, merged_into=None).order_by("area__path", "id")
    if sheet == "units":
        for unit in units.select_related("area", "parent"):
            yield unit_state(unit) | {"uid": str(unit.uid)}
        return
    if sheet == "aliases":
        aliases = UnitAlias.objects.filter(unit__in=units).order_by("unit__area__path", "unit_id", "id")
        for alias in aliases.select_related("unit__area"):
            yield alias_state(alias) | {"area": alias.unit.area.code, "unit": alias.unit.name}
        return
    rules = CollectiveRule.objects.filter(unit__in=units).order_by("unit__area__path", "unit_id", "id")
    for rule in rules.select_related("unit__area", "member__area"):
        yield rule_state(rule) | {"area": rule.unit.area.code, "unit": rule.unit.name}


def _write_notes(book: Any, bold: Any) -> None:
    page = book.add_worksheet(NOTES)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((12, 18, 8, 90)):
        page.set_column(place, place, width)
    for line, text in enumerate(_OPENING):
        page.write_string(line, 0, text)
    line = len(_OPENING) + 1
    for place, text in enumerate(("表", "列", "必填", "怎样填写")):
        page.write_string(line, place, text, bold)
    for name, sheet in sheets().items():
        for column in columns(name).values():
            line += 1
            words = (sheet.zh, column.zh, "是" if column.required else "", _how(column))
            for place, text in enumerate(words):
                page.write_string(line, place, text, wrapped)


def _how(column: Column) -> str:
    """The note of a column with the words that may stand in it."""
    choices = "、".join(labels(_CHOICES[column.kind]).values()) if column.kind in _CHOICES else ""
    return "：".join(part for part in (column.note, choices) if part)

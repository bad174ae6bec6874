"""Plans out: the JSON of the command, a table for the terminal, CSV and XLSX with one row per measure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from io import StringIO
from typing import IO, Any

from lantian.reading.model import ROLE_NAMES, CellRef, Deadline, Measure, Plan, Source, Target
from lantian.reading.rules import flag_text, rules

SEPARATOR = "；"

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("plan", "计划", "Plan"),
    ("n", "编号", "No."),
    ("section", "章节", "Section"),
    ("seq", "序号", "Item"),
    ("task", "重点任务", "Task"),
    ("measure", "工作措施", "Measure"),
    ("deadline", "完成时限", "Deadline"),
    ("start", "起始日期", "Start"),
    ("end", "截止日期", "End"),
    ("lead", "牵头单位", "Lead"),
    ("responsible", "主责单位", "Responsible"),
    ("support", "协办单位", "Support"),
    ("inherited", "承接单位", "Inherited"),
    ("targets", "量化目标", "Targets"),
    ("page", "页", "Page"),
    ("row", "行", "Row"),
    ("flags", "标记", "Flags"),
)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def deadline_dict(deadline: Deadline) -> dict[str, Any]:
    """A deadline as in contracts §1."""
    return {
        "text": deadline.text,
        "kind": deadline.kind,
        "start": _day(deadline.start),
        "end": _day(deadline.end),
        "also": [deadline_dict(item) for item in deadline.also],
    }


def target_dict(target: Target) -> dict[str, Any]:
    """A target as in contracts §1; dates as ISO text, ``span`` as two character positions in the measure."""
    values = {item.name: getattr(target, item.name) for item in fields(target)}
    values["by"] = _day(target.by)
    values["scope"] = list(target.scope)
    values["span"] = None if target.span is None else list(target.span)
    return values


def _cell_dict(cell: CellRef) -> dict[str, Any]:
    box = cell.box
    return {
        "field": cell.field,
        "page": cell.page,
        "row": cell.row,
        "col": cell.col,
        "box": None if box is None else [round(value, 4) for value in (box.x0, box.y0, box.x1, box.y1)],
    }


def source_dict(source: Source) -> dict[str, Any]:
    """Where a measure was printed, as in contracts §1, with its cells."""
    return {"page": source.page, "row": source.row, "cells": [_cell_dict(cell) for cell in source.cells]}


def measure_dict(measure: Measure, *, chinese: bool) -> dict[str, Any]:
    """A measure as in contracts §1."""
    return {
        "n": measure.n,
        "section": measure.section,
        "seq": measure.seq,
        "task": measure.task,
        "measure": measure.measure,
        "paragraphs": list(measure.paragraphs),
        "deadline": deadline_dict(measure.deadline),
        "text_dates": [deadline_dict(item) for item in measure.text_dates],
        **{name: measure.units(name) for name in ROLE_NAMES},
        "inherited": list(measure.inherited),
        "roles": [
            {"role": role.role, "name": role.name, "as_printed": role.as_printed, "open": role.open,
             "group": role.group}
            for role in measure.roles
        ],
        "targets": [target_dict(target) for target in measure.targets],
        "source": source_dict(measure.source),
        "flags": [_flag_dict(flag, chinese) for flag in measure.flags],
    }  # fmt: skip


def _flag_dict(flag: Any, chinese: bool) -> dict[str, str]:
    return {"id": flag.id, "name": rules()[flag.id].name, "text": flag_text(flag, chinese=chinese)}


def plan_dict(plan: Plan, *, chinese: bool) -> dict[str, Any]:
    """A plan as in contracts §1."""
    return {
        "file": plan.file,
        "sha256": plan.sha256,
        "title": plan.title,
        "year": plan.year,
        "region": plan.region,
        "level": plan.level,
        "medium": plan.medium,
        "flags": [_flag_dict(flag, chinese) for flag in plan.flags],
        "measures": [measure_dict(measure, chinese=chinese) for measure in plan.measures],
    }


def to_json(plans: Iterable[Plan], *, chinese: bool = False) -> str:
    """The JSON document of ``lantian read`` (one object, key ``plans``), ending in a line break."""
    document = {"plans": [plan_dict(plan, chinese=chinese) for plan in plans]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def measure_row(plan: Plan, measure: Measure, *, chinese: bool) -> list[str | int | None]:
    """One measure as a flat row in the order of :data:`COLUMNS`; lists joined with ``；``."""
    due = measure.deadline
    return [
        plan.title,
        measure.n,
        measure.section,
        measure.seq,
        measure.task,
        measure.measure,
        due.text,
        _day(due.start),
        _day(due.end),
        *(SEPARATOR.join(measure.units(name)) for name in ROLE_NAMES),
        SEPARATOR.join(measure.inherited),
        SEPARATOR.join(target.text for target in measure.targets),
        measure.source.page,
        measure.source.row,
        SEPARATOR.join(f"{flag.id} {flag_text(flag, chinese=chinese)}" for flag in measure.flags),
    ]


def header_row(*, chinese: bool) -> list[str]:
    """Column headings of CSV and XLSX."""
    return [zh if chinese else en for _, zh, en in COLUMNS]


def to_csv(plans: Iterable[Plan], *, chinese: bool = False) -> str:
    """One line per measure. Raw values: this is for programs (contracts §8 escapes only web CSV)."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header_row(chinese=chinese))
    for plan in plans:
        writer.writerows(measure_row(plan, measure, chinese=chinese) for measure in plan.measures)
    return buffer.getvalue()


def write_xlsx(plans: Sequence[Plan], target: IO[bytes] | str, *, chinese: bool = False) -> None:
    """A workbook with one row per measure; every text is a typed string, so nothing becomes a formula."""
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("计划" if chinese else "Plan")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"})
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    widths = (24, 6, 18, 6, 18, 60, 14, 12, 12, 24, 24, 24, 18, 30, 6, 6, 30)
    for column, (title, width) in enumerate(zip(header_row(chinese=chinese), widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    line = 0
    for plan in plans:
        for measure in plan.measures:
            line += 1
            for column, value in enumerate(measure_row(plan, measure, chinese=chinese)):
                if isinstance(value, int):
                    sheet.write_number(line, column, value, body)
                else:
                    sheet.write_string(line, column, value or "", body)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(0, 0, max(line, 1), len(COLUMNS) - 1)
    book.close()

"""One row per measure: the columns of CSV and XLSX."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from lantian.reading.model import ROLE_NAMES, Measure, Plan
from lantian.reading.output.contract import day
from lantian.reading.rules import flag_text

SEPARATOR = "；"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

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

Value = str | int | None


def measure_row(plan: Plan, measure: Measure, *, chinese: bool) -> list[Value]:
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
        day(due.start),
        day(due.end),
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


def to_csv(plans: Iterable[Plan], *, chinese: bool = False, guarded: bool = False) -> str:
    """One line per measure.

    :param guarded: for people who open the file with a spreadsheet: texts that it would run as a formula get a ``'``
        before them (contracts §8). Without it values are raw, for programs.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header_row(chinese=chinese))
    for plan in plans:
        for measure in plan.measures:
            row = measure_row(plan, measure, chinese=chinese)
            writer.writerow(map(_one_line_end, [guard(value) for value in row] if guarded else row))
    return buffer.getvalue()


def _one_line_end(value: Value) -> Value:
    """A text whose lines end as those of the file do: the writer does not quote a bare CR, which ends a row, too."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def guard(value: Value) -> Value:
    """A text that no spreadsheet takes for a formula; numbers stay numbers (contracts §8)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

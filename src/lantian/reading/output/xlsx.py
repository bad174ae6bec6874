"""A workbook of plans: the measures, the targets, and the duties of every unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from lantian.reading.model import Plan
from lantian.reading.output.contract import day
from lantian.reading.output.rows import COLUMNS, SEPARATOR, Value, header_row, measure_row

_HEADER = 200  # characters; Excel takes 255 with its codes
# Chinese heading, English heading, width in characters.
_Headings = Sequence[tuple[str, str, float]]
_MEASURE_WIDTHS = (24, 6, 18, 6, 18, 60, 14, 12, 12, 24, 24, 24, 18, 30, 6, 6, 30)
_TARGETS: _Headings = (
    ("计划", "Plan", 24), ("编号", "No.", 6), ("重点任务", "Task", 18), ("目标原文", "Target as printed", 44),
    ("指标", "Subject", 24), ("类型", "Kind", 11), ("比较", "Comparator", 7), ("数值", "Value", 12),
    ("上限", "Up to", 10), ("力争", "Striven for", 10), ("单位", "Unit", 12), ("基准", "Baseline", 12),
    ("截止日期", "By", 12), ("范围", "Scope", 24), ("约束力", "Strength", 10), ("条件", "Qualifier", 24),
)  # fmt: skip
_DUTIES: _Headings = (
    ("单位", "Unit", 28), ("分工", "Role", 9), ("计划", "Plan", 24), ("编号", "No.", 6), ("序号", "Item", 6),
    ("重点任务", "Task", 20), ("工作措施", "Measure", 70), ("完成时限", "Deadline", 16), ("截止日期", "End", 12),
)  # fmt: skip
_ROLES = {
    "lead": ("牵头", "lead"), "responsible": ("主责", "responsible"), "support": ("协办", "support"),
    "inherited": ("承接", "inherited"),
}  # fmt: skip
_KINDS = {
    "level": "水平值", "change": "变化量", "count": "数量", "rate": "比率", "rank": "排名", "direction": "趋势",
    "external": "上级下达", "universal": "全覆盖", "cadence": "频次", "ratio_rule": "比例规则",
    "deliverable": "交付文件",
}  # fmt: skip
_STRENGTHS = {
    "hard": ("约束性", "binding"), "力争": ("力争", "striven for"), "encourage": ("鼓励", "encouraged"),
    "study": ("研究", "to be studied"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Any
    body: Any


def workbook(target: IO[bytes] | str) -> Any:
    """A new workbook in which no text becomes a formula or a link (contracts §8); all that we write start here."""
    import xlsxwriter

    return xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})


def write_xlsx(plans: Sequence[Plan], target: IO[bytes] | str, *, chinese: bool = False, mark: str = "") -> None:
    """A workbook with one row per measure, a sheet of targets and a sheet of each unit's duties.

    Every text is a typed string, so nothing becomes a formula or a link (contracts §8). ``mark`` stands at the head of
    every printed page: 内部, and who took it out when.
    """
    book = workbook(target)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"})
    formats = _Formats(head, book.add_format({"text_wrap": True, "valign": "top", "border": 1}))
    measures = (measure_row(plan, measure, chinese=chinese) for plan in plans for measure in plan.measures)
    titles = header_row(chinese=chinese)
    headings = [(title, title, width) for title, width in zip(titles, _MEASURE_WIDTHS, strict=True)]
    assert len(headings) == len(COLUMNS)
    header = f"&R{mark.replace('&', '&&')[:_HEADER]}" if mark else ""
    _sheet(book, "计划" if chinese else "Plan", headings, measures, formats, chinese, header)
    _sheet(book, "量化目标" if chinese else "Targets", _TARGETS, _target_rows(plans, chinese), formats, chinese, header)
    _sheet(book, "单位任务" if chinese else "Duties", _DUTIES, _duty_rows(plans, chinese), formats, chinese, header)
    book.close()


def _sheet(
    book: Any, name: str, headings: _Headings, rows: Iterable[Sequence[Value | float]], formats: _Formats,
    chinese: bool, header: str,
) -> None:  # fmt: skip
    """A printable sheet with a heading that stays in sight and a filter on every column."""
    sheet = book.add_worksheet(name)
    for column, (zh, en, width) in enumerate(headings):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, zh if chinese else en, formats.head)
    line = 0
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(line, column, value, formats.body)
            else:
                sheet.write_string(line, column, value or "", formats.body)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(header)
    sheet.autofilter(0, 0, max(line, 1), len(headings) - 1)


def _target_rows(plans: Sequence[Plan], chinese: bool) -> Iterator[list[Value | float]]:
    """One row per target, in print order."""
    for plan in plans:
        for measure in plan.measures:
            for item in measure.targets:
                baseline = {"previous_year": "上年" if chinese else "previous year"}.get(str(item.baseline))
                yield [
                    plan.title, measure.n, measure.task, item.text, item.subject,
                    _KINDS[item.kind] if chinese else item.kind, item.comparator, item.value, item.value_max,
                    item.stretch, item.unit, baseline or item.baseline, day(item.by), SEPARATOR.join(item.scope),
                    _STRENGTHS[item.strength][0 if chinese else 1], item.qualifier,
                ]  # fmt: skip


def _duty_rows(plans: Sequence[Plan], chinese: bool) -> Iterator[list[Value | float]]:
    """One row per unit and measure, unit by unit in the order in which the plans first name them."""
    duties: dict[str, list[list[Value | float]]] = {}
    for plan in plans:
        for measure in plan.measures:
            named = [(role.name, str(role.role)) for role in measure.roles]
            named += [(name, "inherited") for name in measure.inherited]
            for name, role in named:
                label = _ROLES[role][0 if chinese else 1]
                duties.setdefault(name, []).append(
                    [name, label, plan.title, measure.n, measure.seq, measure.task, measure.measure,
                     measure.deadline.text, day(measure.deadline.end)]
                )  # fmt: skip
    for rows in duties.values():
        yield from rows

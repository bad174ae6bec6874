"""The comparison on paper: 市区对照表 as a workbook and as a Word table. Always Chinese, as the plans are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _

from lantian.apps.alignment.models import Alignment
from lantian.apps.alignment.shown import Shown
from lantian.apps.plans import exports
from lantian.apps.plans.models import Measure, Plan
from lantian.reading.output.docx import write_shapes
from lantian.reading.output.shape import Column, Line, Place, Shape
from lantian.reading.output.xlsx import workbook

KINDS = {suffix: exports.FORMATS[suffix].content_type for suffix in ("docx", "xlsx")}
_TITLE = "市区任务对照表"
_HEADS = ("本级序号", "上级序号", "上级措施", "本级措施", "关系", "变化", "确认情况")
_WIDTHS = (9, 12, 52, 52, 9, 40, 12)  # of the workbook, in characters
_TWIPS = (800, 1000, 4600, 0, 800, 2400, 1000)  # of the Word table; the district's text takes what is left
_NOBODY = "未承接"

Cells = tuple[str, ...]


def lines(rows: Sequence[Shown], orphans: Sequence[Measure]) -> Iterator[Cells]:
    """One line for each row of the plan, then the rows above that nobody took."""
    for row in rows:
        measure = row.link.measure
        yield (
            _number(measure),
            "\n".join(map(_number, row.partners)),
            "\n".join(partner.text for partner in row.partners),
            measure.text,
            str(row.link.get_relation_display()),
            "\n".join(f"{c.label}：{c.before or '—'} → {c.after or '—'}" for c in row.changes) + _remark(row),
            str(row.link.get_state_display()),
        )
    for orphan in orphans:
        yield "", _number(orphan), orphan.text, "", _NOBODY, "", ""


def _number(measure: Measure) -> str:
    return str(measure.seq if measure.seq is not None else measure.n)


def _remark(row: Shown) -> str:
    return f"\n{_('Note')}：{row.link.note}" if row.link.note else ""


def written(
    plan: Plan, alignment: Alignment, rows: Sequence[Shown], orphans: Sequence[Measure], fmt: str
) -> bytes:  # fmt: skip
    """The table as a file of one of :data:`KINDS`."""
    with translation.override("zh-hans"):
        cells = list(lines(rows, orphans))
        note = "（对照：" + "；".join(city.title for city in alignment.cities.all()) + "）"
    buffer = BytesIO()
    if fmt == "xlsx":
        _xlsx(plan, note, cells, buffer)
    else:
        write_shapes([_shape(plan, note, cells)], buffer, mark=exports.mark_of(plan))
    return buffer.getvalue()


def name(plan: Plan, fmt: str) -> str:
    """``<title>市区任务对照表.xlsx``."""
    return exports.file_name(exports.current(plan), fmt).removesuffix(f".{fmt}") + f"{_TITLE}.{fmt}"


def _xlsx(plan: Plan, note: str, cells: Sequence[Cells], target: BytesIO) -> None:
    """Every text is a typed string, so nothing becomes a formula (contracts §8)."""
    book = workbook(target)
    sheet = book.add_worksheet(_TITLE)
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF4"})
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet.write_string(0, 0, plan.title + note)
    for column, (title, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, title, bold)
    for place, line in enumerate(cells, start=2):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, body)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(len(cells) + 1, 2), len(_HEADS) - 1)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()


def _shape(plan: Plan, note: str, cells: Sequence[Cells]) -> Shape:
    columns = tuple(
        Column("measure" if width == 0 else "remark", title, width) for title, width in zip(_HEADS, _TWIPS, strict=True)
    )
    rows = tuple(Line(tuple(Place(tuple(text.split("\n")) if text else ("——",)) for text in line)) for line in cells)
    return Shape(plan.title + _TITLE, note, columns, rows)

"""A district's plan beside its city's as rows: for the terminal and for Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import IO

from lantian.comparing.alignment import Alignment, Change, RowRef
from lantian.reading.model import Plan
from lantian.reading.output.xlsx import workbook

RELATIONS = {
    "verbatim": "一致", "adapted": "改写", "narrowed": "缩减", "tightened": "收紧", "loosened": "放宽", "added": "新增",
}  # fmt: skip
_FIELDS = {"text": "文字", "unit": "单位", "date": "时限", "target": "指标", "role": "角色"}
_MEDIA = {"air": "大气", "water": "水", "soil": "土壤", "other": "其他"}
_NOBODY = ("未承接", "nobody")
_TITLES = {
    True: ("区编号", "市序号", "关系", "市级措施", "区级措施", "变化"),
    False: ("District", "City", "Relation", "City measure", "District measure", "Changes"),
}
_WIDTHS = (8, 14, 9, 50, 50, 46)

Row = tuple[int | None, str, str, str, str, str]


def rows(city: Sequence[Plan], district: Plan, found: Alignment, *, chinese: bool) -> Iterator[Row]:
    """One row per district measure in the plan's order, then the city's that nobody took."""
    theirs: dict[tuple[str, int], str] = {(plan.medium, m.n): m.measure for plan in city for m in plan.measures}
    ours = {m.n: m.measure for m in district.measures}
    for link in found.links:
        yield (
            link.district_n,
            "\n".join(_name(row, chinese) for row in link.city),
            RELATIONS[link.relation] if chinese else link.relation,
            "\n".join(theirs[row.medium, row.n] for row in link.city),
            ours[link.district_n],
            "\n".join(_change(change, chinese) for change in link.changes),
        )
    for row in found.orphans:
        yield None, _name(row, chinese), _NOBODY[0 if chinese else 1], theirs[row.medium, row.n], "", ""


def _name(row: RowRef, chinese: bool) -> str:
    medium = _MEDIA.get(row.medium, row.medium) if chinese else row.medium
    return f"{medium} {'—' if row.seq is None else row.seq}（n{row.n}）"


def _change(change: Change, chinese: bool) -> str:
    label = _FIELDS[change.field] if chinese else change.field
    return f"{label}：{change.before or '—'} → {change.after or '—'}"


def table(city: Sequence[Plan], district: Plan, found: Alignment, *, chinese: bool, width: int = 160) -> str:
    """The alignment for the eyes."""
    from rich.box import SQUARE
    from rich.console import Console
    from rich.table import Table

    buffer = StringIO()
    console = Console(file=buffer, width=width, color_system=None)
    console.print(f"{'、'.join(plan.title for plan in city)} → {district.title}", markup=False)
    shown = Table(box=SQUARE, show_lines=True, expand=True)
    for title, ratio in zip(_TITLES[chinese], (None, None, None, 6, 6, 6), strict=True):
        shown.add_column(title, ratio=ratio, overflow="fold")
    for row in rows(city, district, found, chinese=chinese):
        shown.add_row(*("" if cell is None else str(cell).replace("[", r"\[") for cell in row))
    console.print(shown)
    return buffer.getvalue()


def write_xlsx(city: Sequence[Plan], district: Plan, found: Alignment, target: IO[bytes], *, chinese: bool) -> None:
    """A workbook with one row per district measure and untaken city measure; every text is a typed string."""
    book = workbook(target)
    sheet = book.add_worksheet("市区对照" if chinese else "Alignment")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF4"})
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for column, (title, width) in enumerate(zip(_TITLES[chinese], _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    line = 0
    for line, row in enumerate(rows(city, district, found, chinese=chinese), start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(line, column, value, body)
            else:
                sheet.write_string(line, column, value or "", body)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(line, 1), len(_WIDTHS) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()

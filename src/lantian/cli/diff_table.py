"""Two plans compared as rows: for the terminal and for Excel."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import IO

from lantian.comparing import Comparison
from lantian.reading.model import Plan
from lantian.reading.output.xlsx import workbook

_STATES = {
    "continued": "延续", "tightened": "收紧", "loosened": "放宽", "renumbered": "改号", "regrouped": "调整归类",
    "reworded": "改写", "moved": "单位调整", "rescheduled": "时限调整", "split": "拆分", "merged": "合并",
    "new": "新增", "dropped": "取消",
}  # fmt: skip
_FIELDS = {"text": "措施", "unit": "单位", "date": "时限", "target": "目标", "role": "分工"}
_ROLES = {"lead": "牵头", "responsible": "主责", "support": "协办"}
_TITLES = {
    True: ("上年", "本年", "状态", "上年措施", "本年措施", "变化"),
    False: ("Old", "New", "State", "Old measure", "New measure", "Changes"),
}

Row = tuple[int | None, int | None, str, str, str, str]


def rows(old: Plan, new: Plan, found: Comparison, *, chinese: bool) -> Iterator[Row]:
    """One row per pair in the order of the new plan, then new measures, then dropped ones."""
    before, after = ({m.n: m.measure for m in plan.measures} for plan in (old, new))
    for pair in found.pairs:
        states = "、".join(_STATES[s] for s in pair.states) if chinese else ", ".join(pair.states)
        changes = "\n".join(_change(change, chinese) for change in pair.changes if change["field"] != "text")
        yield pair.old_n, pair.new_n, states, before[pair.old_n], after[pair.new_n], changes
    for n in found.new:
        yield None, n, _STATES["new"] if chinese else "new", "", after[n], ""
    for n in found.dropped:
        yield n, None, _STATES["dropped"] if chinese else "dropped", before[n], "", ""


def _change(change: dict[str, str | None], chinese: bool) -> str:
    name = change["field"] or ""
    label = _FIELDS[name] if chinese else name
    if role := change.get("role"):
        label += f" {_ROLES[role] if chinese else role}"
    if unit := change.get("unit"):
        label += f" {unit}"
    before, after = (change[side] or "—" for side in ("from", "to"))
    if name == "role" and chinese:
        before, after = ("、".join(_ROLES[part] for part in side.split("、")) for side in (before, after))
    return f"{label}：{before} → {after}"


def table(old: Plan, new: Plan, found: Comparison, *, chinese: bool, width: int = 160) -> str:
    """The comparison for the eyes."""
    from rich.box import SQUARE
    from rich.console import Console
    from rich.table import Table

    buffer = StringIO()
    console = Console(file=buffer, width=width, color_system=None)
    console.print(f"{old.title}（{old.year or '—'}） → {new.title}（{new.year or '—'}）", markup=False)
    shown = Table(box=SQUARE, show_lines=True, expand=True)
    for title, ratio in zip(_TITLES[chinese], (None, None, 2, 6, 6, 5), strict=True):
        shown.add_column(title, ratio=ratio, overflow="fold")
    for row in rows(old, new, found, chinese=chinese):
        shown.add_row(*("" if cell is None else _plain(str(cell)) for cell in row))
    console.print(shown)
    return buffer.getvalue()


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def write_xlsx(old: Plan, new: Plan, found: Comparison, target: IO[bytes], *, chinese: bool) -> None:
    """A workbook with one row per pair, new and dropped measure; every text is a typed string, never a formula."""
    book = workbook(target)
    sheet = book.add_worksheet("对比" if chinese else "Comparison")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF4"})
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for column, (title, width) in enumerate(zip(_TITLES[chinese], (6, 6, 14, 50, 50, 46), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    for line, row in enumerate(rows(old, new, found, chinese=chinese), start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(line, column, value, body)
            else:
                sheet.write_string(line, column, value or "", body)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()

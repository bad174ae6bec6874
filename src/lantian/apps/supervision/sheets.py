"""填报表: what a unit owes in a month as XLSX or DOCX, to be filled in by hand and read back exactly.

The sheet goes between offices, so it is Chinese in every language of the site. Every line carries a 行码 (the end of
its commitment's uid, and which of its targets), the sheet a 填报编号 (plan, unit, month): lines may be moved or left
out, and are matched all the same. Texts are typed strings: nothing becomes a formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO

from lantian.apps.areas.models import Unit
from lantian.apps.consultation.papers import MEDIA, Sheet, make
from lantian.apps.plans.content import decimal_text
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Share
from lantian.apps.supervision.queries.incoming import code_of, countable
from lantian.apps.supervision.queries.sheets import SheetRow
from lantian.reading.output.stamp import stamped

__all__ = ["COLUMNS", "FIELDS", "MEDIA", "archive", "file_name", "make", "sheet_of"]

COLUMNS = (
    ("序号", 9), ("工作措施", 60), ("目标", 28), ("上期进展", 34), ("本期进展", 54), ("本期数", 14), ("累计数", 14),
    ("存在问题", 28), ("下一步", 28), ("是否完成", 12), ("行码", 18),
)  # fmt: skip
# What each column is when the sheet is read again (tables/incoming.yaml, columns).
FIELDS = (
    "seq", "measure", "goal", "previous", "progress", "period", "cumulative", "problems", "next_step", "done", "code",
)  # fmt: skip
_DONE = 9  # the column that offers words to choose from
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def sheet_of(plan: Plan, unit: Unit, month: str, due: date, rows: Iterable[SheetRow]) -> Sheet:
    """The sheet of a unit: one line for each target, one for a commitment without any."""
    year, number = month.split("-")
    above = [
        f"填报单位：{unit.name}",
        f"填报编号：{code_of(plan.uid)}-{code_of(unit.uid)}-{month}",
        f"报告期：{year}年{int(number)}月　　报送截止：{due.year}年{due.month}月{due.day}日",
        "填报人：　　　　　　联系电话：",
        "请填写“本期进展”至“是否完成”各列；数字只填数，不必写计量单位；没有变化的填“无变化”。行码和填报编号用于回收核对，请勿改动。",
    ]
    lines = [line for row in rows for line in _lines(row)]
    return Sheet("进展填报表", f"{plan.title}进展填报表", above, COLUMNS, lines, (_DONE, ["是", "否"]))


def _lines(row: SheetRow) -> list[list[str]]:
    """The lines of a commitment; words are asked for once, in the first."""
    measure, code = row.commitment.measure, code_of(row.commitment.uid)
    number = str(measure.n if measure.seq is None else measure.seq)
    last = {figure.share_id: figure for figure in row.last.figures.all()} if row.last else {}
    words = row.last.progress if row.last else ""
    targets = countable(row.commitment)
    if not targets:
        return [[number, measure.text, "", words, "", "", "", "", "", "", code]]
    lines = []
    for place, share in enumerate(targets):
        before = decimal_text(last[share.pk].cumulative) if share.pk in last else None
        figure = f"累计{before}{share.spec.get('unit') or ''}" if before else ""
        said = "\n".join(filter(None, (words if place == 0 else "", figure)))
        lines.append([number, measure.text, _goal(share), said, "", "", "", "", "", "", f"{code}/{place}"])
    return lines


def _goal(share: Share) -> str:
    """A target as printed, with the unit's own figure where the print gives another's (分解表)."""
    text, value = str(share.spec.get("text") or ""), decimal_text(share.value)
    unit = str(share.spec.get("unit") or "")
    if value is None or value in text:
        return text
    return f"{text}（本单位：{value}{unit}）"


def file_name(unit: Unit, month: str, kind: str) -> str:
    """The name of a sheet's file: unit and month first, as lists of files are sorted."""
    return _NOT_IN_NAMES.sub("_", f"{unit.name}-{month}-进展填报表.{kind}")


def archive(
    plan: Plan, month: str, due: date, rows: Mapping[Unit, list[SheetRow]], kind: str, mark: str = ""
) -> bytes:  # fmt: skip
    """The sheets of all units as a ZIP, each with the ``mark`` at its head (plans/watermark.py)."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for unit, lines in rows.items():
            content = make(sheet_of(plan, unit, month, due, lines), kind)
            package.writestr(file_name(unit, month, kind), stamped(content, kind, mark))
    return stream.getvalue()

"""Invented city and district plans, read by our own reader from a table in text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from lantian import read_plan
from lantian.reading.model import Plan

PARTS = ("青石区", "柳湾区", "东渡区", "松桥区")
_CITY = "云溪市大气污染防治{year}年行动计划\n序号\t重点任务\t工作措施\t完成时限\t牵头部门\t主责单位\n"
_DISTRICT = "云溪市青石区大气污染防治{year}年行动计划\n序号\t重点任务\t工作措施\t完成时限\t主责单位\n"
# So many units of parts of the city that the reader knows them; the row has a medium of words of its own.
_ANCHOR = ("区域", "各类台账按要求报送市级平台。", "年底前", "市数据局", "、".join(f"{part}政府" for part in PARTS))

Cells = tuple[str, ...]


def city(*rows: Cells | str, year: int = 2025) -> Plan:
    """A city's plan: (task, measure, deadline, lead, responsible) or just a measure; a last row names the districts."""
    lines = [_cells(row, "市生态环境局", "各区政府") for row in rows] + [_ANCHOR]
    return _read(_CITY.format(year=year), tuple(lines))


def district(*rows: Cells | str, year: int = 2025) -> Plan:
    """A district's plan: (task, measure, deadline, responsible) or just a measure."""
    found = _read(_DISTRICT.format(year=year), tuple(_cells(row, "区生态环境局") for row in rows))
    return replace(found, region="青石区", level="district")


def _cells(row: Cells | str, *units: str) -> Cells:
    if isinstance(row, tuple):
        return row
    return "重点工作", row, "年底前", *units


@cache
def _read(head: str, rows: tuple[Cells, ...]) -> Plan:
    text = head + "".join(f"{n}\t" + "\t".join(row) + "\n" for n, row in enumerate(rows, start=1))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.txt"
        path.write_text(text, encoding="utf-8")
        (found,) = read_plan(path)
    return found

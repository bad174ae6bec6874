"""Received bulletins: invented documents in every form, with the truth typed beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.received import read_received, received_of
from lantian.reading.received.cells import change_of, rank_of, value_of
from lantian.reading.received.delimited import parse_delimited
from lantian.reading.received.model import Received
from lantian.reading.received.periods import period_in
from lantian.reading.received.words import named_indicators, rules, sentence, unit_in
from tests.conftest import ROOT

TITLE = "云溪市2025年10月上半月街道（乡镇）粗颗粒物（TSP）浓度后30名情况通报"
UNIT = "单位：微克/立方米"
ISSUER = "云溪市生态环境局"
HEAD = ("排名", "区", "街道（乡镇）", "浓度")
ROWS = (
    ("1", "东塘区", "柳桥街道", "145"), ("2", "东塘区", "梅园街道", "140"), ("2", "西塘区", "北关镇", "140"),
    ("4", "西塘区", "南关镇", "１３１"),
)  # fmt: skip
TRUTH = [
    ("东塘区", "柳桥街道", 1, Decimal(145)), ("东塘区", "梅园街道", 2, Decimal(140)),
    ("西塘区", "北关镇", 2, Decimal(140)), ("西塘区", "南关镇", 4, Decimal(131)),
]  # fmt: skip


def as_docx(path: Path) -> Path:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(UNIT)
    table = document.add_table(rows=0, cols=4)
    for row in (HEAD, *ROWS):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(ISSUER)
    document.save(str(path.with_suffix(".docx")))
    return path.with_suffix(".docx")


def as_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([TITLE])
    sheet.merge_cells("A1:D1")
    sheet.append([UNIT])
    sheet.append(list(HEAD))
    for rank, *rest, value in ROWS:
        sheet.append([int(rank), *rest, int(value)])
    sheet.append([ISSUER])
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def as_html(path: Path) -> Path:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (HEAD, *ROWS))
    text = f"<html><body><h1>{TITLE}</h1><p>{UNIT}</p><table>{rows}</table><p>{ISSUER}</p></body></html>"
    path.with_suffix(".html").write_text(text, encoding="utf-8")
    return path.with_suffix(".html")


def delimited(separator: str, encoding: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        lines = [TITLE, UNIT, *(separator.join(row) for row in (HEAD, *ROWS)), ISSUER]
        path.with_suffix(".csv").write_bytes("\r\n".join(lines).encode(encoding))
        return path.with_suffix(".csv")

    return write


def truth_of(read: Received) -> list[tuple[str, str, int | None, Decimal | None]]:
    return [(figure.district, figure.subject, figure.rank, figure.value) for figure in read.figures]


def ids(read: Received) -> set[str]:
    return {oddity.rule for oddity in read.oddities}


def text(*lines: str) -> Received:
    return received_of(parse_delimited("\n".join(lines)), file="pasted.txt")


@pytest.mark.parametrize(
    "write",
    [
        as_docx, as_xlsx, as_html, delimited(",", "utf-8-sig"), delimited(",", "gb18030"), delimited("\t", "utf-8"),
        delimited("   ", "utf-8"),
    ],
    ids=["docx", "xlsx", "html", "csv", "gbk", "tabs", "blanks"],
)  # fmt: skip
def test_every_form_gives_the_same(write: Callable[[Path], Path], tmp_path: Path) -> None:
    read = read_received(write(tmp_path / "通报"))
    assert truth_of(read) == TRUTH
    assert (read.title, read.issuer, read.indicator, read.unit) == (TITLE, ISSUER, "tsp", "µg/m³")
    assert read.period is not None
    assert (read.period.kind, read.period.start, read.period.end) == (
        "half_month", date(2025, 10, 1), date(2025, 10, 15),
    )  # fmt: skip
    assert {figure.direction for figure in read.figures} == {"worst"}
    assert (read.listed, ids(read)) == (30, {"B20"})


def test_a_table_over_two_pages_is_one_list() -> None:
    def table(rows: list[tuple[str, ...]], page: int) -> Table:
        cells = [Cell(r, c, [cell]) for r, row in enumerate(rows) for c, cell in enumerate(row)]
        return Table(len(rows), 4, cells, page=page)

    document = Document(
        "pdf",
        [
            Paragraph(TITLE, page=1), Paragraph(UNIT, page=1), table([HEAD, *ROWS[:2]], 1), Paragraph("— 1 —", page=1),
            table(list(ROWS[2:]), 2), Paragraph(ISSUER, page=2),
        ],
        pages=2,
    )  # fmt: skip
    read = received_of(document)
    assert truth_of(read) == TRUTH
    assert [figure.place.page for figure in read.figures] == [1, 1, 2, 2]
    assert ids(read) == {"B20"}


def test_headers_of_two_rows_make_series_with_their_own_period_and_rank(tmp_path: Path) -> None:
    page = """<h1>云溪市2025年9月各区PM2.5浓度排名（由好到差，扣除沙尘影响）</h1><p>单位：微克/立方米</p><table>
    <tr><th rowspan=2>区</th><th colspan=3>9月</th><th colspan=3>1-9月</th></tr>
    <tr><th>浓度</th><th>同比</th><th>排名</th><th>浓度</th><th>同比</th><th>排名</th></tr>
    <tr><td>东塘区</td><td>28</td><td>下降5.2%</td><td>1</td><td>34</td><td>↑3.1%</td><td>2</td></tr>
    <tr><td>西塘区</td><td>31</td><td>持平</td><td>2</td><td>33</td><td>-1.0%</td><td>1</td></tr></table>"""
    (tmp_path / "a.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    read = read_received(tmp_path / "a.html")
    found = [(f.subject, f.period and f.period.key, f.value, f.rank, f.yoy, f.direction) for f in read.figures]
    assert found == [
        ("东塘区", "2025-09-01..2025-09-30", 28, 1, Decimal("-5.2"), "best"),
        ("西塘区", "2025-09-01..2025-09-30", 31, 2, 0, "best"),
        ("东塘区", "2025-01-01..2025-09-30", 34, 2, Decimal("3.1"), "best"),
        ("西塘区", "2025-01-01..2025-09-30", 33, 1, Decimal("-1.0"), "best"),
    ]
    assert (read.indicator, read.notes, ids(read)) == ("pm25", ("扣除沙尘",), set())


def test_best_and_worst_of_each_district_stand_side_by_side(tmp_path: Path) -> None:
    page = """<h1>2025年9月下半月粗颗粒物情况通报</h1><p>各区较好和较差的街道（微克/立方米）</p><table>
    <tr><th rowspan=2>区</th><th colspan=2>较好的街道</th><th colspan=2>较差的街道</th></tr>
    <tr><th>街道</th><th>浓度</th><th>街道</th><th>浓度</th></tr>
    <tr><td rowspan=2>东塘区</td><td>柳桥街道</td><td>80</td><td>梅园街道</td><td>140</td></tr>
    <tr><td>北关镇</td><td>81</td><td>南关镇</td><td>130</td></tr></table>"""
    (tmp_path / "a.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    read = read_received(tmp_path / "a.html")
    assert [(f.district, f.subject, f.value, f.side, f.rank) for f in read.figures] == [
        ("东塘区", "柳桥街道", 80, "best", None), ("东塘区", "北关镇", 81, "best", None),
        ("东塘区", "梅园街道", 140, "worst", None), ("东塘区", "南关镇", 130, "worst", None),
    ]  # fmt: skip


def test_several_indicators_of_one_table_keep_apart() -> None:
    read = text(
        "2025年9月各区空气质量", "区,PM2.5(微克/立方米),排名,综合指数,排名", "东塘区,28,1,3.10,2", "西塘区,31,2,3.05,1"
    )
    assert [(f.subject, f.indicator, f.value, f.rank, f.unit) for f in read.figures] == [
        ("东塘区", "pm25", 28, 1, "µg/m³"), ("西塘区", "pm25", 31, 2, "µg/m³"),
        ("东塘区", "composite", Decimal("3.10"), 2, ""), ("西塘区", "composite", Decimal("3.05"), 1, ""),
    ]  # fmt: skip


ROAD = ("2025年10月{what}（克/平方米，由好到差）", "排名,街道,数值", "1,柳桥街道,{a}", "2,梅园街道,{b}")
BEST = ("2025年10月PM2.5（微克/立方米，由好到差）", "排名,区,浓度")
ODD: dict[str, tuple[str, ...]] = {
    "B01": ("2025年10月情况", "区,数值（微克/立方米）", "东塘区,30", "西塘区,31"),
    "B02": ("2025年10月PM2.5浓度", "区,浓度（克/平方米）", "东塘区,30", "西塘区,31"),
    "B03": ("PM2.5浓度情况", "区,浓度（微克/立方米）", "东塘区,30", "西塘区,31"),
    "B04": ("10月PM2.5浓度情况", "区,浓度（微克/立方米）", "东塘区,30", "西塘区,31"),
    "B05": ("2025年10月PM2.5情况", "现将2025年9月情况通报如下", "区,浓度（微克/立方米）", "东塘区,30", "西塘区,31"),
    "B06": ("2025年10月PM2.5浓度", "区,浓度", "东塘区,30", "西塘区,31"),
    "B07": ("2025年10月PM2.5浓度", "区,浓度（微克/立方米）", "东塘区,30", "西塘区,3100"),
    "B08": tuple(line.format(what="道路尘负荷", a="5.6", b="6.6") for line in ROAD),
    "B09": (*BEST, "1,甲区,30", "2,乙区,29", "3,丙区,31", "4,丁区,32", "5,戊区,33", "6,己区,34"),
    "B10": (*BEST, "1,甲区,30", "2,乙区,31", "2,丙区,31", "3,丁区,32"),
    "B11": (*BEST, "1,甲区,30", "2,乙区,31", "3,丙区,31"),
    "B12": (*BEST, "1,甲区,30", "2,乙区,31", "2,丙区,32"),
    "B13": ("2025年10月PM2.5（微克/立方米）", "区,浓度", "东塘区,30", "东塘区,31"),
    "B14": ("2025年10月降尘量（吨/平方公里·30天）", "区,数值", "东塘区,<0.3", "西塘区,未检出"),
    "B15": ("2025年10月PM2.5（微克/立方米）", "区,浓度", "东塘区,30", "西塘区,停测"),
    "B16": ("2025年10月PM2.5（微克/立方米）", "区,浓度", "东塘区,30", "西塘区,—"),
    "B17": ("2025年10月粗颗粒物", "排名,街道", "1,柳桥街道", "2,梅园街道"),
    "B18": ("2025年10月PM2.5（微克/立方米）", "排名,区,浓度", "1,东塘区,30", "2,西塘区,31"),
    "B19": ("2025年10月粗颗粒物后30名（微克/立方米）", "排名,街道,浓度", "1,柳桥街道,30", "2,梅园街道,31"),
    "B20": (TITLE, "排名,街道,浓度", "1,柳桥街道,145", "2,梅园街道,140"),
    "B21": (TITLE, "序号,街道,浓度", "1,柳桥街道,145", "2,梅园街道,140"),
    "B22": ("2025年10月粗颗粒物（微克/立方米）", "区,街道,浓度", "东塘区,柳桥街道,45", ",梅园街道,40"),
    "B23": ("2025年10月PM2.5（微克/立方米）", "区,浓度,批示", "东塘区,30,阅", "西塘区,31,阅"),
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_oddity_is_named(rule: str) -> None:
    read = text(*ODD[rule])
    assert rule in ids(read), [sentence(oddity, chinese=True) for oddity in read.oddities]


@pytest.mark.parametrize("rule", ["B01", "B02", "B03", "B06", "B07", "B08", "B09", "B10", "B12", "B13", "B17", "B19"])
def test_a_sound_bulletin_raises_no_doubt(rule: str) -> None:
    read = text("2025年10月道路尘负荷（克/平方米，由好到差）", "排名,街道,数值", "1,柳桥街道,0.56", "2,梅园街道,0.66")
    assert rule not in ids(read)


def test_the_two_road_dust_kinds_are_told_by_words_not_by_their_unit() -> None:
    for what, name, values in (("道路尘负荷", "road_load", "0.4"), ("道路尘土残存量", "road_residue", "6.6")):
        read = text(*(line.format(what=what, a=values, b=values) for line in ROAD))
        assert read.indicator == name
    unnamed = text("2025年10月道路情况（克/平方米，由好到差）", "排名,街道,数值", "1,柳桥街道,0.4", "2,梅园街道,0.5")
    assert unnamed.indicator is None
    assert "B01" in ids(unnamed)


def test_a_document_without_figures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("关于开会的通知\n请准时参加。\n", encoding="utf-8")
    with pytest.raises(ReadingError, match=r"a\.txt"):
        read_received(path)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("2025年10月上半月", "2025-10-01..2025-10-15"), ("2024年2月下半月", "2024-02-16..2024-02-29"),
        ("2025年10月1日至15日", "2025-10-01..2025-10-15"), ("2025年10月16日—31日", "2025-10-16..2025-10-31"),
        ("2025年9月", "2025-09-01..2025-09-30"), ("2025年9月份", "2025-09-01..2025-09-30"),
        ("2025年1-9月", "2025-01-01..2025-09-30"), ("2025年1至9月", "2025-01-01..2025-09-30"),
        ("2025年1月—9月", "2025-01-01..2025-09-30"), ("2025年三季度", "2025-07-01..2025-09-30"),
        ("2025年上半年", "2025-01-01..2025-06-30"), ("2025年", "2025-01-01..2025-12-31"),
        ("二〇二五年九月", "2025-09-01..2025-09-30"), ("2025年9月累计", "2025-01-01..2025-09-30"),
        ("2025-10-01..2025-10-15", "2025-10-01..2025-10-15"), ("２０２５年９月", "2025-09-01..2025-09-30"),
        ("2025年9月28日至10月5日", "2025-09-28..2025-10-05"), ("2025-09", "2025-09-01..2025-09-30"),
    ],
)  # fmt: skip
def test_periods_as_printed(printed: str, key: str) -> None:
    found = period_in(printed)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("printed", ["2025年10月20日", "10月上半月", "第12期", "2025年13月", "2025年2月30日至31日", ""])
def test_a_day_of_issue_is_no_period(printed: str) -> None:
    assert period_in(printed) is None


@pytest.mark.parametrize(
    ("printed", "kind", "number"),
    [
        ("１２．５", "number", "12.5"), ("1,234", "number", "1234"), ("35*", "number", "35"),
        ("85.2%", "number", "85.2"),
        ("−3", "number", "-3"), ("未检出", "below", None), ("<0.06", "below", None), ("＜0.3", "below", None),
        ("—", "empty", None), ("/", "empty", None), ("停产", "text", None), ("12:30", "text", None),
        ("NaN", "text", None),
        ("1e9", "text", None), ("9" * 40, "text", None),
    ],
)  # fmt: skip
def test_values_as_printed(printed: str, kind: str, number: str | None) -> None:
    found = value_of(printed)
    assert (found.kind, found.number) == (kind, None if number is None else Decimal(number))


def test_changes_ranks_units_and_names() -> None:
    changes = {"下降5.2%": "-5.2", "↓5.2": "-5.2", "-5.2%": "-5.2", "下降-5.2%": "-5.2", "上升3%": "3", "持平": "0"}
    assert {text: str(change_of(text)) for text in changes} == changes
    assert [rank_of(text) for text in ("3", "第3名", "并列3", "３", "3.0", "三", "3.5", "")] == [3] * 5 + [None] * 3
    units = {
        "（μg/m3）": "µg/m³", "微克每立方米": "µg/m³", "单位：吨/平方公里·月": "t/(km²·30d)",
        "浓度": "", "天数（天）": "天", "每天": "",
    }  # fmt: skip
    assert {text: unit_in(text) for text in units} == units
    assert named_indicators("优良天数比例") == ["good_ratio"]
    assert named_indicators("COD、NO2和PM2.5") == ["no2", "pm25"]
    assert named_indicators("细颗粒物、可吸入颗粒物、粗颗粒物") == ["pm25", "pm10", "tsp"]


def test_the_page_lists_every_rule_with_its_sentence() -> None:
    page = (ROOT / "docs" / "received.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if re.match(r"\| B\d\d ", line)}
    assert set(rows) == set(rules())
    for rule in rules().values():
        assert rule.name in rows[rule.id]
        assert rule.zh in rows[rule.id]

"""XLSX → Document: what the sheet shows is what is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Table
from lantian.reading.sources import xlsx
from lantian.reading.sources.xlsx.format import show_number

from .writers import write_zip

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = ["序号", "重点任务", "工作措施", "完成时限"]


def save(tmp_path: Path, book: openpyxl.Workbook, name: str = "plan.xlsx") -> Document:
    book.save(tmp_path / name)
    return xlsx.read(tmp_path / name)


def sheet() -> tuple[openpyxl.Workbook, Any]:
    book = openpyxl.Workbook()
    return book, book.active


def raw(tmp_path: Path, rows: str, *, strict: bool = False, shared: str = "") -> Document:
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="表" r:id="a"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="b" Type="{R}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{S}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if strict:
        parts = {
            name: text.replace(S, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
                f'xmlns:r="{R}"', 'xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"'
            )
            for name, text in parts.items()
        }
    return xlsx.read(write_zip(tmp_path / "raw.xlsx", parts))


def words(table: Table) -> list[list[str | None]]:
    return [
        [cell.text if cell and (cell.row, cell.col) == (r, c) else None for c, cell in enumerate(row)]
        for r, row in enumerate(table.grid())
    ]


def only_table(document: Document) -> Table:
    (table,) = document.tables()
    return table


def test_a_sheet_is_lines_above_and_a_table(tmp_path: Path) -> None:
    book, page = sheet()
    page.title = "大气"
    page["A1"] = "附件2"
    page["A2"] = "云岭市大气污染防治\n2025年行动计划"
    page["A2"].font = Font(bold=True)
    page.merge_cells("A2:D2")
    page.append(HEADER)
    page.append(["一、改善目标"])
    page.merge_cells("A4:D4")
    page.append([1, "目标", "完成治理。\n加强监管。", date(2025, 12, 31)])
    page.append([None, None, "达到要求", "长期实施"])
    page.merge_cells("A5:A6")
    document = save(tmp_path, book)
    assert [(item.text, item.bold, item.centred, item.line) for item in document.paragraphs()] == [
        ("附件2", False, False, 1),
        ("云岭市大气污染防治\n2025年行动计划", True, True, 2),
    ]
    table = only_table(document)
    assert words(table) == [
        HEADER,
        ["一、改善目标", None, None, None],
        ["1", "目标", "完成治理。\n加强监管。", "2025-12-31"],
        [None, "", "达到要求", "长期实施"],
    ]
    assert table.row_numbers == [3, 4, 5, 6]
    assert table.caption == "大气"
    assert table.cells[7].paragraphs == ["完成治理。", "加强监管。"]


def test_a_section_above_is_no_title(tmp_path: Path) -> None:
    book, page = sheet()
    page.append(["一、改善目标"])
    page.append(HEADER)
    page["A1"].alignment = Alignment(horizontal="center")
    assert words(only_table(save(tmp_path, book))) == [["一、改善目标", "", "", ""], HEADER]


def test_a_title_may_span_rows(tmp_path: Path) -> None:
    book, page = sheet()
    page["A1"] = "云岭市行动计划"
    page.merge_cells("A1:D2")
    for col, word in enumerate(HEADER, start=1):
        page.cell(3, col, word)
    document = save(tmp_path, book)
    assert [item.text for item in document.paragraphs()] == ["云岭市行动计划"]
    assert words(only_table(document)) == [HEADER]
    assert only_table(document).row_numbers == [3]


def test_hidden_parts_are_skipped_and_named(tmp_path: Path) -> None:
    book, page = sheet()
    page.title = "计划"
    for row in ([*"abcd"], [*"efgh"], [*"ijkl"]):
        page.append(row)
    page.merge_cells("A2:A3")
    page.row_dimensions[2].hidden = True
    page.column_dimensions["C"].hidden = True
    book.create_sheet("旧表").append(["x", "y"])
    book["旧表"].sheet_state = "veryHidden"
    document = save(tmp_path, book)
    table = only_table(document)
    assert words(table) == [["a", "b", "d"], ["e", "j", "l"]]
    assert table.row_numbers == [1, 3]
    assert [(flag.id, flag.detail) for flag in document.flags] == [("R45", "计划!2、计划!C、旧表")]


def test_every_sheet_is_a_table_with_its_name(tmp_path: Path) -> None:
    book, page = sheet()
    page.title = "大气"
    page.append(["a", "b"])
    book.create_sheet("水").append(["c", "d"])
    book.create_sheet("空")
    assert [table.caption for table in save(tmp_path, book, "plan.xlsm").tables()] == ["大气", "水"]


def test_powers_and_readings_in_rich_text(tmp_path: Path) -> None:
    book, page = sheet()
    page["A1"] = CellRichText("PM", TextBlock(InlineFont(vertAlign="subscript"), "2.5"), "达到30μg/m",
                              TextBlock(InlineFont(vertAlign="superscript"), "3"))  # fmt: skip
    page["B1"] = "x"
    assert only_table(save(tmp_path, book)).cells[0].text == "PM2.5达到30μg/m³"
    shared = "<si><t>北京</t><rPh sb='0' eb='1'><t>ぺきん</t></rPh></si><si><t>甲_x000D_\n乙</t></si>"
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>99</v></c></row>'
    assert words(only_table(raw(tmp_path, cells, shared=shared))) == [["北京", "甲\n乙"]]


def test_kinds_of_values(tmp_path: Path) -> None:
    row = (
        '<row><c t="inlineStr"><is><t>内</t></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="str"><f>A1</f><v>式</v></c><c t="d"><v>2025-06-30T00:00:00</v></c><c><v>3.0</v></c>'
        '<c t="str"><f>IF(1,"")</f><v></v></c><c><f>ROW()-1</f></c><c t="s"><v>x</v></c></row>'
    )
    for strict in (False, True):
        document = raw(tmp_path, row, strict=strict)
        assert words(only_table(document)) == [["内", "TRUE", "#N/A", "式", "2025-06-30", "3"]]
        assert [(flag.id, flag.detail) for flag in document.flags] == [("R51", "表!H1")]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("3.0", "General", "3"),
        ("0.30000000000000004", "General", "0.3"),
        ("45657", "yyyy-mm-dd", "2024-12-31"),
        ("45657", "m/d/yy", "2024-12-31"),
        ("45657", '[$-804]yyyy"年"m"月"d"日";@', "2024年12月31日"),
        ("45657", 'yyyy"年"m"月"', "2024年12月"),
        ("45657", 'm"月"底', "12月底"),
        ("45657.75", "h:mm", "18:00"),
        ("45657.76", "mm:ss", "14:24"),
        ("45657", "aaaa", "星期二"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("0.955", "0.0%", "95.5%"),
        ("0.95", "0%", "95%"),
        ("1234567.8", "#,##0.00", "1,234,567.80"),
        ("-1234", "#,##0_);(#,##0)", "(1,234)"),
        ("-3.46", "0.0", "-3.5"),
        ("7", "000", "007"),
        ("12", '0"号"', "12号"),
        ("5", 'General"吨"', "5吨"),
        ("12500", '0.0,"千"', "12.5千"),
        ("18000", '0!.0,"万"', "18000"),
        ("0", '0;-0;"—"', "—"),
        ("12.5", "0.##", "12.5"),
        ("12", "@", "12"),
        ("无", "0", "无"),
        ("NaN", "0", "NaN"),
    ],
)
def test_numbers_are_read_as_shown(value: str, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


def test_workbooks_of_the_1904_date_system() -> None:
    assert show_number("44195", "yyyy-mm-dd", epoch_1904=True) == "2024-12-31"


@given(st.floats() | st.text(max_size=8), st.text(st.sampled_from('0#?.,%;"ymdhsa年[]$-\\_*@/E!General '), max_size=14))
def test_any_format_shows_something(value: object, code: str) -> None:
    assert isinstance(show_number(str(value), code), str)


@pytest.mark.parametrize("place", ["A20001", "GS1"])
def test_sheets_beyond_the_limit_are_refused(tmp_path: Path, place: str) -> None:
    book, page = sheet()
    page[place] = "x"
    with pytest.raises(ReadingError) as refused:
        save(tmp_path, book)
    assert "plan.xlsx" in refused.value.en


def test_styled_blanks_far_away_do_not_matter(tmp_path: Path) -> None:
    book, page = sheet()
    page.append(["a", "b"])
    page["A20005"].font = Font(bold=True)
    page.merge_cells("C1:Z9")
    assert words(only_table(save(tmp_path, book))) == [["a", "b"]]

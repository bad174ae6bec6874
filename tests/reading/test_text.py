"""Text files: which form a text has, and what its paragraphs and tables are. The samples are our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.sources.limits import limit
from lantian.reading.sources.text import parse, read
from tests.conftest import examples

HEADER = "序号\t重点任务\t工作措施\t完成时限\t牵头部门\t主责单位\t协办单位"


def texts(table: Table) -> list[list[str]]:
    return [["" if cell is None else cell.text for cell in row] for row in table.grid()]


def only_table(document: Document) -> Table:
    (table,) = document.tables()
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("云河市大气污染防治2025年行动计划\n一、总体要求\n".encode(encoding))
    assert [block.text for block in read(path).paragraphs()] == ["云河市大气污染防治2025年行动计划", "一、总体要求"]


def test_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    with path.open("wb") as handle:
        handle.truncate(limit("text_bytes") + 1)
    with pytest.raises(ReadingError, match="20"):
        read(path)


def test_prose_keeps_lines_and_numbers() -> None:
    document = parse("\ufeff标题\r\n\r\n（一）加强监管。完成10项。（市水务局负责）\r\n1.推进PM _{2.5} 治理。\r\n")
    assert [(block.text, block.line) for block in document.paragraphs()] == [
        ("标题", 1),
        ("（一）加强监管。完成10项。（市水务局负责）", 3),
        ("1.推进PM2.5 治理。", 4),
    ]


def test_markdown_headings_and_bold_lines() -> None:
    blocks = parse("# 行动计划\n## 水 ##\n<b>一、目标</b>\n**二、任务**\n#标签不是标题\n").blocks
    assert all(isinstance(block, Paragraph) for block in blocks)
    assert [(b.text, b.level, b.bold) for b in blocks if isinstance(b, Paragraph)] == [
        ("行动计划", 1, False),
        ("水", 2, False),
        ("一、目标", None, True),
        ("二、任务", None, True),
        ("#标签不是标题", None, False),
    ]


def test_hard_wrapped_text_is_joined_inside_its_paragraph() -> None:
    sentence = (
        "为持续改善环境空气质量，各部门要落实责任，加强扬尘、机动车和工业源的管控，推进产业结构优化，" * 6
        + "确保完成任务。"
    )
    body = "　　" + sentence
    width = 28
    wrapped = [body[at : at + width] for at in range(0, len(body), width)]
    document = parse("\n".join([*wrapped, "　　二是强化执法。", "一、总体要求"]))
    first, second, third = document.paragraphs()
    assert first.text.replace("\n", "") == sentence
    assert first.text.count("\n") == len(wrapped) - 1
    assert (second.text, second.line) == ("二是强化执法。", len(wrapped) + 1)
    assert third.text == "一、总体要求"


def test_lines_of_different_length_are_not_joined() -> None:
    lines = ["关于印发行动计划的通知", "各区人民政府，各有关部门", "请认真贯彻执行", "附件：行动计划"]
    assert [block.text for block in parse("\n".join(lines)).paragraphs()] == lines


def test_unreadable_characters_are_flagged() -> None:
    assert [(flag.id, flag.detail) for flag in parse("推进油\ufffd库治理").flags] == [("R21", "推进油\ufffd库治理")]


def test_tab_rows_become_tables_at_each_header_and_blank_line() -> None:
    document = parse(
        f"云河市行动计划\n\n{HEADER}\n一、目标\t\t\t\t\t\t\n1\t空气质量\t完成任务。\t年底前\t市生态环境局\t\t——\n\n"
        f"{HEADER}\n\t\t第二项。\t6月底前\t市水务局\t各区政府\t\n\n2\t扬尘\t第三项。\t年底前\t市住建局\t\t\n"
    )
    assert [type(block).__name__ for block in document.blocks] == ["Paragraph", "Table", "Table", "Table"]
    one, two, three = document.tables()
    assert one.row_numbers == [3, 4, 5]
    assert (two.row_numbers, three.row_numbers) == ([7, 8], [10])
    assert texts(one)[2] == ["1", "空气质量", "完成任务。", "年底前", "市生态环境局", "", "——"]
    assert [cell.paragraphs for cell in one.cells if cell.row == 2][5] == []
    assert texts(two)[1] == ["", "", "第二项。", "6月底前", "市水务局", "各区政府", ""]
    assert not any(cell.inherits for cell in two.cells)


def test_cell_markup_becomes_paragraphs() -> None:
    table = only_table(
        parse(
            f"{HEADER}\n<b>一、目标</b>\t\t\t\t\t\t\n"
            "1\tPM _{2.5} 与O <sub>3</sub>\t<p>第一段。</p> <p>第二段；NO _x 下降。</p>\t年底前"
            "\t<p>市甲局 市乙局</p>\t\t\n"
        )
    )
    cells = {(cell.row, cell.col): cell for cell in table.cells}
    assert cells[1, 0].text == "一、目标"
    assert cells[1, 0].bold
    assert not cells[2, 1].bold
    assert cells[2, 1].text == "PM2.5 与O3"
    assert cells[2, 2].paragraphs == ["第一段。", "第二段；NOx 下降。"]
    assert cells[2, 4].paragraphs == ["市甲局 市乙局"]


def test_extra_column_stays() -> None:
    table = only_table(parse(f"{HEADER}\t\n1\t任务\t措施。\t年底前\t市甲局\t\t\t——\n"))
    assert table.cols == 8
    assert texts(table)[1][-1] == "——"


def test_rows_whose_trailing_tabs_were_cut() -> None:
    table = only_table(
        parse(f"{HEADER}\n一、目标\n1\t空气质量\t完成任务。\t年底前\t市甲局\n2\t总量\t完成减排。\t年底前\n")
    )
    section = next(cell for cell in table.cells if cell.row == 1)
    assert (section.text, section.colspan) == ("一、目标", 7)
    assert texts(table)[2] == ["1", "空气质量", "完成任务。", "年底前", "市甲局", "", ""]
    assert texts(table)[3] == ["2", "总量", "完成减排。", "年底前", "", "", ""]


def test_row_broken_inside_a_cell_is_put_together() -> None:
    table = only_table(
        parse(f"{HEADER}\n1\t空气质量\t第一段。\n第二段。\t年底前\t市甲局\t\t——\n2\t总量\t减排。\t年底前\t市乙局\t\t\n")
    )
    assert table.row_numbers == [1, 2, 4]
    assert next(cell for cell in table.cells if (cell.row, cell.col) == (1, 2)).paragraphs == ["第一段。", "第二段。"]
    assert texts(table)[1][3:] == ["年底前", "市甲局", "", "——"]


def test_quoted_cells_of_a_spreadsheet() -> None:
    table = only_table(parse(f'{HEADER}\n1\t任务\t"实施""一厂一策"",\n加强监管"\t年底前\t"市甲局\n市乙局"\t\t\n'))
    assert texts(table)[1][2] == '实施"一厂一策",\n加强监管'
    assert texts(table)[1][4] == "市甲局\n市乙局"


def test_a_lone_quotation_mark_swallows_nothing() -> None:
    table = only_table(
        parse(f'{HEADER}\n1\t任务\t措施。\t年底前\t市甲局\t\t"见附件\n2\t任务\t措施。\t年底前\t市乙局\t\t\n')
    )
    assert table.rows == 3


def test_tabs_inside_prose_are_no_table() -> None:
    assert not list(parse("目录\n一、总体要求\t1\n二、主要任务\t3\n\t三、保障措施\n").tables())


def test_pipe_table() -> None:
    document = parse(
        "正文\n\n| 序号 | 重点任务 | 工作措施 | 完成时限 | 责任单位 |\n|---|:--|---|---|---|\n"
        "| 1 | 扬尘 | 第一段。<br>第二段\\|续 | 年底前 | 市甲局<br>市乙局 |\n\n后文\n"
    )
    table = only_table(document)
    assert table.row_numbers == [3, 5]
    assert texts(table)[0] == ["序号", "重点任务", "工作措施", "完成时限", "责任单位"]
    assert [cell.paragraphs for cell in table.cells if cell.row == 1][2:] == [
        ["第一段。", "第二段|续"],
        ["年底前"],
        ["市甲局\n市乙局"],
    ]
    assert [block.text for block in document.paragraphs()] == ["正文", "后文"]


def test_comma_separated_values() -> None:
    document = parse(
        '计划\n序号,任务,工作措施,完成时限,牵头单位\n1,扬尘,"洒水, 清扫。\n覆盖。",年底前,"甲局、乙局"\n'
        "2,尾气,检查。,6月底前,丙局\n"
    )
    table = only_table(document)
    assert table.row_numbers == [2, 3, 5]
    assert [cell.paragraphs for cell in table.cells if cell.row == 1][2] == ["洒水, 清扫。", "覆盖。"]
    assert texts(table)[2] == ["2", "尾气", "检查。", "6月底前", "丙局"]


def test_commas_in_prose_are_no_table() -> None:
    assert not list(parse("任务,措施,单位都要落实,按时完成,加强督查\n序号,名称\n").tables())


@settings(max_examples=examples(150), deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(
            '\t\n\r |,"<>p/b#*序号任务措施完成时限牵头责任单位年底前一、1。局 \u3000\x0b\ufffd_{}'
        ),
        max_size=300,
    )
)
def test_never_raises_on_texts_of_our_own_characters(text: str) -> None:
    check(text)


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=200))
def test_never_raises_on_any_text(text: str) -> None:
    check(text)


def check(text: str) -> None:
    document = parse(text)
    assert parse(text) == document
    for table in document.tables():
        assert len(table.row_numbers) == table.rows
        assert table.row_numbers == sorted(table.row_numbers)
        assert all(0 <= cell.row < table.rows and 0 <= cell.col < table.cols for cell in table.cells)
    lines = [block.line for block in document.paragraphs()]
    assert all(1 <= line <= text.count("\n") + text.count("\r") + 1 for line in lines)


cells = st.text(alphabet=st.sampled_from("推进扬尘治理工作甲乙丙丁123（）%PM2.5"), min_size=1, max_size=12).map(
    str.strip
)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(cells, cells, cells, st.sampled_from(["年底前", "6月底前", ""]), cells), min_size=1, max_size=12)
)
def test_generated_tab_grid_reads_back(rows: list[tuple[str, ...]]) -> None:
    header = ["序号", "重点任务", "工作措施", "完成时限", "责任单位"]
    source = "\n".join("\t".join(row) for row in [header, *rows])
    assert texts(only_table(parse(source))) == [header, *map(list, rows)]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "measures"), [("bj-air-2024.txt", [82]), ("bj-air-2022.txt", [60]), ("bj-2021.txt", [50, 40, 28])]
)
def test_real_dumps_by_rows(shared_plans: Path, name: str, measures: list[int]) -> None:
    counts: list[int] = []
    for block in read(shared_plans / name).blocks:
        if isinstance(block, Paragraph):
            if "计划" in block.text:
                counts.append(0)
            continue
        rows = texts(block)
        assert rows[0][:3] == ["序号", "重点任务", "工作措施"]
        counts[-1] += sum(1 for row in rows[1:] if any(row[1:]))
    assert counts == measures


@pytest.mark.shared
def test_real_dump_spots(shared_plans: Path) -> None:
    tables = list(read(shared_plans / "bj-air-2024.txt").tables())
    rows = {number: row for table in tables for number, row in zip(table.row_numbers, texts(table), strict=True)}
    assert rows[109][0] == "25"
    assert "PM2.5" in rows[109][2]
    assert rows[115][6:] == ["", "——"]
    first = next(cell for table in tables for cell in table.cells if table.row_number(cell.row) == 21 and cell.col == 2)
    assert len(first.paragraphs) == 5


@pytest.mark.shared
@pytest.mark.parametrize("name", ["cn-agri-machinery-2018", "cn-employment-2018", "cn-zero-waste-pilot-2018"])
def test_real_prose_is_one_paragraph_a_line(shared_plans: Path, name: str) -> None:
    path = shared_plans / f"{name}.txt"
    document = read(path)
    assert not list(document.tables())
    printed = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert [block.text for block in document.paragraphs()] == printed

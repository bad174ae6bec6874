"""Cell-per-line dumps: every cell finds its column again, whatever the dump lost. The samples are our own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.layout import Document, Table
from lantian.reading.sources.text import parse, read
from tests.conftest import examples
from tests.growth import seconds

HEADER = ["序号", "重点任务", "工作措施", "完成\n时限", "牵头单位", "责任单位"]


def dump(*rows: str | list[str], title: str = "云河市清江区行动计划") -> str:
    """Rows as such a dump prints them: a tab before each cell, a blank line after each row."""
    lines = [title]
    for row in rows:
        lines += [f"\t{cell}" for cell in ([row] if isinstance(row, str) else row)] + [""]
    return "\n".join(lines)


def texts(table: Table) -> list[list[str]]:
    """Cells as text, ``~`` where they inherit; a section row is a list of one."""
    rows = []
    for row in table.grid():
        first = row[0]
        if first is not None and first.colspan == table.cols:
            rows.append([first.text])
            continue
        rows.append(["" if cell is None else "~" if cell.inherits else cell.text for cell in row])
    return rows


def body(source: str) -> list[list[str]]:
    (table,) = parse(source).tables()
    return texts(table)[1:]


def flags(document: Document) -> list[tuple[str, str]]:
    return [(flag.id, flag.detail) for flag in document.flags]


ROW = ["1", "空气质量\n目标", "完成区级目标。\n各镇街落实责任。", "年底前", "区生态环境局\n各镇街", "——"]


def test_table_with_sections_and_merged_cells() -> None:
    source = dump(
        HEADER,
        "一、主要目标",
        ROW,
        ["", "", "第二项措施。", "长期\n实施", "", ""],
        "二、任务",
        ["2", "扬尘", "第三项。", "6-9月", "甲局", "乙局"],
    )
    (table,) = parse(source).tables()
    assert texts(table) == [
        HEADER,
        ["一、主要目标"],
        ROW,
        ["~", "~", "第二项措施。", "长期\n实施", "~", "~"],
        ["二、任务"],
        ["2", "扬尘", "第三项。", "6-9月", "甲局", "乙局"],
    ]
    assert table.row_numbers == [2, 10, 15, 24, 30, 34]
    measure = next(cell for cell in table.cells if (cell.row, cell.col) == (2, 2))
    assert measure.paragraphs == ["完成区级目标。", "各镇街落实责任。"]


def test_dash_and_blank_of_a_new_group_inherit_nothing() -> None:
    rows = body(
        dump(HEADER, ROW, ["2", "扬尘", "措施二。", "年底前", "甲局", ""], ["", "", "措施三。", "年底前", "——", ""])
    )
    assert rows[1][4:] == ["甲局", ""]
    assert rows[2] == ["~", "~", "措施三。", "年底前", "——", "~"]


def test_first_row_below_a_section_inherits_nothing() -> None:
    rows = body(dump(HEADER, ROW, "二、任务", ["", "", "措施二。", "年底前", "甲局", ""]))
    assert rows[2] == ["", "", "措施二。", "年底前", "甲局", ""]


def test_blank_lines_inside_a_row() -> None:
    source = (
        dump(HEADER)
        + "\n\t1\n\n\n\t扬尘\n\n\t措施一。\n\t年底前\n\n\t甲局\n乙局\n\n\t丙局\n\n"
        + "\t\n\t\n\t措施二。\n\t年底前\n\t甲局\n\t——\n"
    )
    assert body(source) == [
        ["1", "扬尘", "措施一。", "年底前", "甲局\n乙局", "丙局"],
        ["~", "~", "措施二。", "年底前", "甲局", "——"],
    ]


def test_cells_that_begin_with_an_empty_line() -> None:
    source = (
        dump(HEADER)
        + "\n\t\n7\n\n\n\n7\n\t扬尘\n\t措施一。\n\t年底前\n\t\n甲局\n\n\t\n\n乙局\n\n"
        + "\t\n\n8\n\n\t尾气\n\t措施二。\n\t年底前\n\t\n\n丙局\n\t——\n"
    )
    assert body(source) == [
        ["7", "扬尘", "措施一。", "年底前", "甲局", "乙局"],
        ["8", "尾气", "措施二。", "年底前", "丙局", "——"],
    ]


def test_label_printed_several_times_is_taken_once() -> None:
    source = (
        dump(HEADER)
        + "\n\t1\n\n\n1\n\t强化施工\n扬尘管控\n\n\n\n强化施工\n扬尘管控\n\t措施一。\n\t年底前\n\t甲局\n\t——\n"
    )
    assert body(source) == [["1", "强化施工\n扬尘管控", "措施一。", "年底前", "甲局", "——"]]


def test_lost_numbers() -> None:
    source = dump(HEADER, "一、目标").rstrip("\n") + (
        "\n 推广新能源车\n\n\n推广新能源车\n\t措施一。\n\t年底前\n\t甲局\n\t乙局\n区房管局\n"
        " 强化扬尘管控\n\n\n\t措施二。\n\t年底前\n\t甲局\n\t——\n"
        " \t加强烟花管控\n\n\t措施三。\n\t长期\n实施\n\t甲局\n\t——\n"
    )
    assert body(source) == [
        ["一、目标"],
        ["", "推广新能源车", "措施一。", "年底前", "甲局", "乙局\n区房管局"],
        ["", "强化扬尘管控", "措施二。", "年底前", "甲局", "——"],
        ["", "加强烟花管控", "措施三。", "长期\n实施", "甲局", "——"],
    ]
    assert flags(parse(source)) == [("R20", "推广新能源车"), ("R20", "强化扬尘管控"), ("R20", "加强烟花管控")]


def test_group_printed_again_stays() -> None:
    rows = body(dump(HEADER, ROW, ["1", "空气质量\n目标", "第二项措施。", "年底前", "甲局", "——"]))
    assert [row[0] for row in rows] == ["1", "1"]


def test_header_printed_again_begins_a_new_table() -> None:
    tables = list(parse(dump(HEADER, ROW, HEADER, ["", "", "措施二。", "年底前", "甲局", "——"])).tables())
    assert [texts(table)[0] for table in tables] == [HEADER, HEADER]
    assert [table.rows for table in tables] == [2, 2]


def test_paragraphs_after_and_between_tables() -> None:
    source = (
        dump(HEADER, ROW)
        + "\n\n注：本表由区生态环境局负责解释，每季度报送一次。\n附件2\n"
        + dump(HEADER, ROW, title="清江区水污染防治计划")
    )
    document = parse(source)
    kinds = [block.text if not isinstance(block, Table) else "T" for block in document.blocks]
    assert kinds == [
        "云河市清江区行动计划",
        "T",
        "注：本表由区生态环境局负责解释，每季度报送一次。",
        "附件2",
        "清江区水污染防治计划",
        "T",
    ]


@pytest.mark.parametrize(
    "header",
    [
        ["重点任务", "工作措施", "时限", "责任单位"],
        ["序号", "工作任务", "具体措施", "责任单位", "配合单位", "完成时间"],
        ["序号", "任务类别", "重点任务", "工作措施", "完成时限", "责任单位", "备注"],
        ["序号", "重点任务", "工作措施", "牵头单位", "配合单位"],
    ],
)
def test_columns_follow_the_header(header: list[str]) -> None:
    fill = {
        "序号": "3",
        "时限": "6月底",
        "完成时间": "6月底",
        "完成时限": "6月底",
        "责任单位": "甲局\n乙局",
        "配合单位": "——",
    }
    row = [
        fill.get(word, "开展治理，完成年度任务。" if "措施" in word else "" if word == "备注" else "扬尘管控")
        for word in header
    ]
    assert body(dump(header, "一、总体目标", row, row)) == [["一、总体目标"], row, row]


def test_header_of_two_rows() -> None:
    source = dump(
        ["序号", "重点任务", "工作措施", "完成时限", "责任分工"], ["", "", "", "", "牵头单位", "配合单位"],
        ["1", "扬尘", "措施一。", "年底前", "甲局", "乙局"],
    )  # fmt: skip
    (table,) = parse(source).tables()
    assert table.cols == 6
    assert [cell.colspan for cell in table.cells if cell.row == 0] == [1, 1, 1, 1, 2]
    assert texts(table)[1:] == [
        ["", "", "", "", "牵头单位", "配合单位"],
        ["1", "扬尘", "措施一。", "年底前", "甲局", "乙局"],
    ]


def test_bookmarks_are_taken_out() -> None:
    source = dump(
        ["[bookmark: _Hlk1]序号", *HEADER[1:]],
        ["1", "[bookmark: _Hlk2]扬尘", *ROW[2:]],
        title="[bookmark: _GoBack]附件2",
    )
    document = parse(source)
    assert next(document.paragraphs()).text == "附件2"
    assert body(source)[0][1] == "扬尘"


def test_tab_indented_prose_is_no_table() -> None:
    assert not list(parse("\t序号说明\n\t任务要求如下\n\t一、加强监管。\n\t二、落实责任。\n").tables())


UNITS = ["区生态环境局", "区城管委", "各街道办事处", "市规划自然资源委清江分局", "清江交警支队", "云河集团", "区教育局"]
DEADLINES = ["年底前", "长期\n实施", "长期实施", "按时间节点完成", "6-9月", "6月底前"]
TASKS = ["推进低VOCs含量产品替代", "严控降尘量", "柴油车\n（机械）\n清洁化", "加强统筹调度"]
MEASURES = [
    "对重点企业开展清洁生产审核；积极推行“一厂一策”制度，组织5家企业治理。",
    "开展餐饮油烟专项评估",
    "降尘量控制在5吨/平方公里·月左右。\n各街道定期通报。\n巩固“无煤化”成果。",
]


def noisy_plan(rng: random.Random) -> tuple[str, list[list[str]]]:
    """A dump with what such dumps lose, and the rows it should give."""
    lines, truth, seq = [f"\t{word}" for word in HEADER] + [""], [], 0
    for section in ["一、主要目标", "二、实施挥发性有机物（VOCs）治理", "三、加强能力建设"][: rng.randint(1, 3)]:
        lines += [f"\t{section}", ""]
        truth.append([section])
        for _ in range(rng.randint(1, 4)):
            seq += 1
            for part in range(rng.choice([1, 1, 2, 3])):
                units = ["——" if rng.random() < 0.3 else "\n".join(rng.sample(UNITS, rng.randint(1, 4))) for _ in "LR"]
                row = [str(seq), rng.choice(TASKS), rng.choice(MEASURES), rng.choice(DEADLINES), *units]
                if part:
                    row[0] = row[1] = ""
                printed = [f"\t{cell}" for cell in row]
                if not part and rng.random() < 0.2:
                    while not lines[-1]:
                        lines.pop()
                    printed[:2] = [" " + rng.choice(["", "\t"]) + row[1]]
                    row[0] = ""
                elif rng.random() < 0.2:
                    printed[-2] = "\t\n" + row[-2]
                if not part and rng.random() < 0.2:
                    printed[-5] += "\n\n\n" + row[1]
                if rng.random() < 0.2:
                    printed[-3] += "\n"
                lines += [*printed, ""] + [""] * rng.randint(0, 1)
                truth.append(row if not part else ["~", "~", *row[2:]])
    return "\n".join(lines), truth


@settings(max_examples=examples(80), deadline=None)
@given(st.randoms(use_true_random=False))
def test_generated_dump_reads_back(rng: random.Random) -> None:
    source, truth = noisy_plan(rng)
    assert body(source) == truth


def test_a_long_dump_takes_time_in_proportion_to_its_length() -> None:
    source = dump(HEADER, ROW)
    rows = dump("一、目标", ROW, ["", "", *ROW[2:]], ROW, title="").replace("\t——", "\t\n——\n")

    def spent(times: int) -> float:
        return seconds(lambda: parse(source + rows * times))

    spent(10)
    assert spent(800) < 24 * spent(100) + 0.5  # eight times the length


@pytest.mark.shared
@pytest.mark.parametrize(("name", "measures"), [("mtg-air-2023", 70), ("xc-air-2021", 58)])
def test_real_dumps_equal_their_docx_cell_by_cell(shared_plans: Path, name: str, measures: int) -> None:
    docx = pytest.importorskip("docx")
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    (table,) = read(shared_plans / f"{name}.txt").tables()
    grid = table.grid()
    printed = docx.Document(str(shared_plans / f"{name}.docx")).tables[0]._tbl.tr_lst
    assert table.rows == len(printed)
    assert sum(1 for row in texts(table)[1:] if len(row) > 1) == measures
    for places, row in zip(grid, printed, strict=True):
        col = 0
        for cell in row.tc_lst:
            merge = None if cell.tcPr is None else cell.tcPr.find(f"{word}vMerge")
            below = merge is not None and merge.get(f"{word}val") in (None, "continue")
            lines = ["".join(run.text or "" for run in p.iter(f"{word}t")).strip() for p in cell.p_lst]
            ours = places[col]
            assert ours is not None
            assert ours.paragraphs == list(dict.fromkeys(line for line in lines if line))
            assert (ours.inherits, ours.colspan) == (below, cell.grid_span)
            col += cell.grid_span


@pytest.mark.shared
def test_real_dump_lines_and_flags(shared_plans: Path) -> None:
    document = read(shared_plans / "xc-air-2021.txt")
    (table,) = document.tables()
    rows = dict(zip(table.row_numbers, texts(table), strict=True))
    assert rows[496][:2] == ["", "强化道路扬尘管控"]
    assert rows[484][5].endswith("区房管局")
    assert rows[88][4:] == ["~", "~"]
    assert len([flag for flag in document.flags if flag.id == "R20"]) == 5

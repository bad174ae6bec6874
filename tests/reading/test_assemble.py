"""Rows → measures: what is one measure, and what is repaired with which flag."""

from __future__ import annotations

import pytest

from lantian.reading.draft import Draft
from lantian.reading.layout import Document, Paragraph
from lantian.reading.tabular.assemble import draft_tables, plan_title
from lantian.reading.tabular.rows import parse_number
from tests.reading.tables import HEADER, dump, pages


def drafts(document: Document) -> list[Draft]:
    plans = draft_tables(document)
    assert len(plans) == 1
    return plans[0].drafts


def flags(draft: Draft) -> set[str]:
    return {flag.id for flag in draft.flags}


def roles(draft: Draft) -> dict[str, str]:
    return {role.role: role.text for role in draft.roles}


ROW = ("1", "扬尘治理", "巡查工地。", "年底前", "市住房城乡建设局", "各区政府", "——")


def test_columns_are_read_by_their_header_words():
    header = ("配合单位", "责任单位", "完成时间", "工作内容", "序号", "主要任务")
    row = ("市水务局", "市住房城乡建设局", "6月底前", "巡查工地。", "3", "扬尘治理")
    (draft,) = drafts(dump(row, header=header))
    assert (draft.seq, draft.task, draft.paragraphs, draft.deadline) == (3, "扬尘治理", ["巡查工地。"], "6月底前")
    assert roles(draft) == {"responsible": "市住房城乡建设局", "support": "市水务局"}


def test_a_header_over_two_rows_names_the_columns_by_its_lower_words():
    table = [
        ["序号", "工作措施", "完成时限", "责任分工", "<"],
        ["^", "^", "^", "牵头单位", "配合单位"],
        ["1", "巡查工地。", "年底前", "市住房城乡建设局", "市水务局"],
    ]
    (draft,) = drafts(pages(table))
    assert roles(draft) == {"lead": "市住房城乡建设局", "support": "市水务局"}


def test_a_task_column_alone_is_the_measure():
    (draft,) = drafts(
        dump(("1", "巡查工地。", "市住房城乡建设局", "年底前"), header=("序号", "工作任务", "责任单位", "完成时限"))
    )
    assert (draft.task, draft.paragraphs) == ("", ["巡查工地。"])


def test_section_number_and_task_are_carried_down():
    document = dump(
        ("一、城市管理", "", "", "", "", "", ""),
        ROW,
        ("", "", "清扫道路。", "长期实施", "市城市管理局", "各区政府", "——"),
        ("二、工业", "", "", "", "", "", ""),
        ("2", "挥发性有机物", "更换涂料。", "年底前", "市生态环境局", "各区政府", "——"),
    )
    assert [(d.section, d.seq, d.task) for d in drafts(document)] == [
        ("一、城市管理", 1, "扬尘治理"),
        ("一、城市管理", 1, "扬尘治理"),
        ("二、工业", 2, "挥发性有机物"),
    ]


def test_a_row_cut_by_the_page_is_one_measure():
    first = [list(HEADER), ["1", "扬尘治理", "巡查工地，发现问题立即", "", "市住房城乡建设局", "各区政府", "——"]]
    second = [
        list(HEADER),
        ["", "", "整改。", "年底前", "", "", ""],
        ["2", "工业", "更换涂料。", "年底前", "市生态环境局", "", "——"],
    ]
    one, two = drafts(pages(first, second))
    assert "".join(one.paragraphs) == "巡查工地，发现问题立即整改。"
    assert one.deadline == "年底前"
    assert "R01" in flags(one)
    assert "R01" not in flags(two)


def test_a_new_row_on_a_new_page_stays_its_own_measure():
    first = [list(HEADER), list(ROW)]
    second = [list(HEADER), ["", "", "清扫道路。", "长期实施", "市城市管理局", "各区政府", "——"]]
    one, two = drafts(pages(first, second))
    assert (two.seq, two.task) == (one.seq, one.task)
    assert "R01" not in flags(one) | flags(two)


def test_a_deadline_broken_by_the_page_joins_its_row():
    first = [list(HEADER), ["1", "扬尘治理", "巡查工地，", "按时间节", "市住房城乡建设局", "各区政府", "——"]]
    second = [["", "", "发现问题。", "点完成", "", "", ""]]
    (one,) = drafts(pages(first, second))
    assert one.deadline.replace("\n", "") == "按时间节点完成"


def test_number_and_task_printed_again_after_a_page_are_the_same_group():
    document = dump(ROW, HEADER, ("1", "扬尘 治理", "清扫道路。", "长期实施", "市城市管理局", "各区政府", "——"))
    one, two = drafts(document)
    assert one.seq == two.seq == 1
    assert "R03" in flags(two)
    assert "R04" not in flags(two)


def test_rows_printed_twice_stay_twice_with_a_flag():
    one, two = drafts(
        dump(("1", "扬尘治理", "每周巡查一次工地。", *ROW[3:]), ("1", "扬尘治理", "每周巡查一次工地。", *ROW[3:]))
    )
    assert one.paragraphs == two.paragraphs
    assert {"R03", "R04"} <= flags(two)


@pytest.mark.parametrize(("numbers", "expected"), [
    (("10", "", "12"), [10, 11, 12]),
    (("24", "", "", "27"), [24, 25, 26, 27]),
    (("1", "2", ""), [1, 2, 3]),
    (("1", "", "5"), [1, None, 5]),
])  # fmt: skip
def test_lost_numbers_come_back_only_where_the_order_makes_them_certain(numbers, expected):
    rows = [
        (number, f"任务{chr(0x7532 + i)}", f"措施第{chr(0x7532 + i)}条。", *ROW[3:]) for i, number in enumerate(numbers)
    ]
    result = drafts(dump(*rows))
    assert [draft.seq for draft in result] == expected
    for number, draft in zip(numbers, result, strict=True):
        assert bool(flags(draft) & {"R05", "R06"}) == (number == "")


def test_a_measure_cell_over_several_rows_is_split_by_paragraph():
    document = dump(
        ("1", "道路", "提升清扫水平。\n提升公路保洁。", "年底前", "市城市管理局", "各区政府", "——"),
        ("", "", "", "6月底前", "市交通局", "各区政府", "——"),
    )
    one, two = drafts(document)
    assert (one.paragraphs, two.paragraphs) == (["提升清扫水平。"], ["提升公路保洁。"])
    assert (roles(two)["lead"], two.deadline) == ("市交通局", "6月底前")
    assert "R09" in flags(one) & flags(two)


def test_a_measure_cell_over_several_rows_without_as_many_paragraphs_stays_one():
    document = dump(ROW, ("", "", "", "", "市交通局", "", ""))
    (one,) = drafts(document)
    assert roles(one)["lead"].split() == ["市住房城乡建设局", "市交通局"]


def test_several_paragraphs_under_one_set_of_roles_are_one_measure():
    (one,) = drafts(dump(("1", "道路", "提升清扫水平。\n提升公路保洁。", *ROW[3:])))
    assert one.paragraphs == ["提升清扫水平。", "提升公路保洁。"]
    assert "R10" in flags(one)


def test_one_cell_over_lead_and_responsible_holds_leads():
    (one,) = drafts(pages([list(HEADER), ["1", "扬尘", "巡查工地。", "年底前", "各区政府", "<", "市水务局"]]))
    assert roles(one) == {"lead": "各区政府", "support": "市水务局"}
    assert "R11" in flags(one)


def test_a_blank_lead_beside_owners_is_the_same_merged_cell_where_dashes_mean_none():
    dashed = ("1", "扬尘", "巡查工地。", "年底前", "市水务局", "各区政府", "——")
    blank = ("2", "示范", "开展试点。", "年底前", "", "青溪区政府 白石区政府", "市水务局")
    _, two = drafts(dump(dashed, blank))
    assert roles(two) == {"lead": "青溪区政府 白石区政府", "support": "市水务局"}
    assert "R11" in flags(two)
    (alone,) = drafts(dump(blank))
    assert roles(alone) == {"responsible": "青溪区政府 白石区政府", "support": "市水务局"}


def test_an_own_blank_cell_is_none_and_no_merge():
    (one,) = drafts(pages([list(HEADER), ["1", "扬尘", "巡查工地。", "年底前", "市水务局", "", "——"]]))
    assert "R11" not in flags(one)


def test_a_support_list_that_slid_left_goes_back():
    (one,) = drafts(
        dump(("1", "扬尘", "巡查工地。", "年底前", "各区政府（含云岭开发区管委会）", "市水务局 市交通局", ""))
    )
    assert roles(one)["support"] == "市水务局 市交通局"
    assert "responsible" not in roles(one)
    assert "R07" in flags(one)


def test_departments_beside_a_department_are_no_shift():
    (one,) = drafts(dump(("1", "扬尘", "巡查工地。", "年底前", "市城市管理局", "市水务局", "")))
    assert roles(one) == {"lead": "市城市管理局", "responsible": "市水务局"}


def test_the_same_words_in_a_real_grid_are_no_shift():
    (one,) = drafts(pages([list(HEADER), ["1", "扬尘", "巡查工地。", "年底前", "各区政府", "市水务局", ""]]))
    assert roles(one) == {"lead": "各区政府", "responsible": "市水务局"}


def test_a_column_too_many_is_dropped_with_a_flag():
    (one,) = drafts(dump(("1", "扬尘", "巡查工地。", "年底前", "市水务局", "各区政府", "", "——"), header=(*HEADER, "")))
    assert roles(one) == {"lead": "市水务局", "responsible": "各区政府"}
    assert "R23" in flags(one)


def test_named_districts_that_leaked_up_go_back_to_the_row_that_names_them():
    one, two = drafts(dump(
        ("1", "危废", "建成收集体系。", "年底前", "各区政府", "青溪区政府 白石区政府", "市水务局"),
        ("", "", "建成青溪产业园和白石医药基地转运设施。", "年底前", "", "", "市水务局"),
    ))  # fmt: skip
    assert "responsible" not in roles(one)
    assert roles(two)["lead"] == "青溪区政府 白石区政府"
    assert "R08" in flags(one) & flags(two)


def test_role_cells_merged_downwards_take_the_value_above():
    document = pages([
        list(HEADER),
        ["1", "降尘", "全市降尘量下降。", "年底前", "市生态环境局", "各区政府", "——"],
        ["^", "^", "定期通报排名。", "^", "^", "^", "——"],
    ])  # fmt: skip
    _, two = drafts(document)
    assert roles(two) == {"lead": "市生态环境局", "responsible": "各区政府", "support": "——"}
    assert two.deadline == "年底前"
    assert "R02" in flags(two)


@pytest.mark.parametrize(("cell", "expected"), [
    ("牵头单位：市生态环境局；配合单位：市交通局、各县（市、区）政府",
     {"lead": "市生态环境局", "support": "市交通局、各县（市、区）政府"}),
    ("市生态环境局牵头\n市交通局、市公安局配合", {"lead": "市生态环境局", "support": "市交通局、市公安局"}),
    ("市发展改革委（牵头）、市交通局", {"lead": "市发展改革委", "responsible": "市交通局"}),
    ("市发展改革委、市交通局", {"responsible": "市发展改革委、市交通局"}),
])  # fmt: skip
def test_roles_that_a_cell_names_itself(cell, expected):
    (one,) = drafts(pages([["序号", "工作措施", "完成时限", "责任单位"], ["1", "巡查工地。", "年底前", cell]]))
    assert roles(one) == expected
    assert ("R52" in flags(one)) == ("lead" in expected)


def test_a_note_that_the_first_named_unit_leads():
    document = pages(
        [["序号", "工作措施", "完成时限", "责任单位"], ["1", "巡查工地。", "年底前", "市发展改革委、市交通局"]]
    )
    document.blocks.append(Paragraph("注：责任单位中列第一位者为牵头单位。"))
    (one,) = drafts(document)
    assert roles(one) == {"lead": "市发展改革委", "responsible": "市交通局"}
    assert "R35" in flags(one)


@pytest.mark.parametrize(("printed", "number"), [
    ("12", 12), ("１２", 12), ("（三）", 3), ("十二、", 12), ("12\n12", 12), ("\uabf0", 0), ("1.1", None), ("甲", None),
])  # fmt: skip
def test_numbers_are_read_in_any_digits(printed, number):
    assert parse_number(printed) == number


def test_missing_numbers_are_told_on_the_plan():
    plan = draft_tables(dump(ROW, ("4", "工业", "更换涂料。", *ROW[3:])))[0]
    assert [(flag.id, flag.detail) for flag in plan.flags] == [("R24", "2–3")]


def test_two_plans_in_one_file():
    one = dump(ROW, before=("云岭市大气污染防治2025年行动计划",))
    two = dump(ROW, before=("云岭市水污染防治2025年行动计划",))
    plans = draft_tables(Document("text", [*one.blocks, *two.blocks]))
    assert [plan.title for plan in plans] == ["云岭市大气污染防治2025年行动计划", "云岭市水污染防治2025年行动计划"]


def test_a_header_without_rows_is_no_plan():
    assert [draft for plan in draft_tables(dump()) for draft in plan.drafts] == []


def test_a_document_without_a_plan_table_gives_none():
    assert draft_tables(Document("text", [Paragraph("关于开展活动的通知")])) == []


@pytest.mark.parametrize(("lines", "title"), [
    (["附件2", "大气污染防治 2022 年行动计划"], "大气污染防治2022年行动计划"),
    (["云岭市打赢蓝天保卫战", "2025年行动计划", "（征求意见稿）"], "云岭市打赢蓝天保卫战2025年行动计划"),
    (["云岭市人民政府办公室", "2025年空气质量改善实施方案", "单位：万元"], "2025年空气质量改善实施方案"),
    (["各区人民政府，各有关单位：", "现印发给你们，请认真执行。", "任务清单"], "任务清单"),
])  # fmt: skip
def test_the_title_is_what_stands_over_the_table(lines, title):
    assert plan_title([Paragraph(line) for line in lines])[0] == title

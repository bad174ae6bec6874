"""Prose plans as they come: wrapped lines, page numbers, items run together, odd numbers. All texts are invented."""

from __future__ import annotations

import pytest

from lantian.reading.draft import DraftPlan
from lantian.reading.layout import Document, Paragraph
from lantian.reading.prose import read_prose


def plan(*lines: str) -> DraftPlan:
    paragraphs = [Paragraph(line, line=number) for number, line in enumerate(lines, start=1)]
    plans = read_prose(Document("text", paragraphs))  # type: ignore[arg-type]
    assert len(plans) == 1
    return plans[0]


def read(*lines: str) -> list[tuple[int | None, str, list[tuple[str, str]]]]:
    return [
        (draft.seq, "".join(draft.paragraphs), [(role.role, role.text) for role in draft.roles])
        for draft in plan("海原市扬尘治理方案", "一、重点任务", *lines).drafts
    ]


def test_a_bracket_cut_into_lines_is_one() -> None:
    lines = [
        "（一）洒水。每天洒水两次。（市城市管理局牵头，市交通委",
        "（市道路运输局）、市水务局、",
        "市生态环境局配合，各区政府负责落",
        "实）",
        "（二）覆盖。裸土全部覆盖。（市住房城乡建设局负责）",
    ]
    assert read(*lines)[0] == (
        1,
        "洒水。每天洒水两次。",
        [
            ("lead", "市城市管理局"),
            ("support", "市交通委（市道路运输局）、市水务局、市生态环境局"),
            ("responsible", "各区政府"),
        ],
    )
    assert len(read(*lines)) == 2


def test_a_bracket_that_never_closes_swallows_no_item() -> None:
    first, second = read("（一）洒水。每天两次（含节假日。", "（二）覆盖。裸土全部覆盖。（市住房城乡建设局负责）")
    assert first[1] == "洒水。每天两次（含节假日。"
    assert second[2] == [("responsible", "市住房城乡建设局")]


@pytest.mark.parametrize("mark", ["— 3 —", "-3-", "3", "第3页", "3/12"])
def test_a_page_number_inside_a_sentence_is_no_text(mark: str) -> None:
    items = read("（一）洒水。主干道每天洒水两次，次", mark, "干道每天一次。（市水务局负责）")
    assert items == [(1, "洒水。主干道每天洒水两次，次干道每天一次。", [("responsible", "市水务局")])]


def test_a_page_number_between_wrapped_lines_is_no_text() -> None:
    items = read("（一）洒水。主干道每天洒水两次，\n— 3 —\n次干道每天一次。（市水务局负责）")
    assert items[0][1] == "洒水。主干道每天洒水两次，次干道每天一次。"


def test_a_page_number_joins_no_new_item_and_no_attachment() -> None:
    items = read("（一）洒水，保持湿润", "4", "（二）覆盖。（市水务局负责）")
    assert [item[1] for item in items] == ["洒水，保持湿润", "覆盖。"]


def test_items_run_together_behind_an_unbracketed_list() -> None:
    items = read("1.洒水。每天两次。责任单位：市水务局、市城管局。2.覆盖。裸土全部覆盖。责任单位：市住建局。")
    assert items == [
        (1, "洒水。每天两次。", [("responsible", "市水务局、市城管局")]),
        (2, "覆盖。裸土全部覆盖。", [("responsible", "市住建局")]),
    ]


def test_a_title_that_begins_with_a_figure_keeps_its_number() -> None:
    items = read("1.洒水。（市水务局负责）", "2.120条道路机扫。（市城管局负责）", "3.覆盖。（市住建局负责）")
    assert [(item[0], item[1]) for item in items] == [(1, "洒水。"), (2, "120条道路机扫。"), (3, "覆盖。")]


def test_small_full_stops_number_items() -> None:
    items = read("1﹒洒水。", "责任单位：市水务局", "2﹒覆盖。", "责任单位：市住建局")
    assert [item[0] for item in items] == [1, 2]


def test_names_of_people_leave_the_item() -> None:
    result = plan(
        "海原市重点工作责任分解",
        "一、重点任务",
        "1.空气质量达到二级标准。",
        "牵头负责领导：王某。",
        "牵头责任单位：市生态环境局。",
        "协同责任单位：市公安局、市水务局等。",
    )
    draft = result.drafts[0]
    assert "".join(draft.paragraphs) == "空气质量达到二级标准。"
    assert [(role.role, role.text) for role in draft.roles] == [
        ("lead", "市生态环境局"),
        ("support", "市公安局、市水务局等"),
    ]
    assert "R37" in {flag.id for flag in result.flags}


def test_a_telephone_number_in_a_bracket_drops_only_itself() -> None:
    items = read("（一）洒水。（责任单位：市水务局，联系电话：0971-0000000）", "（二）覆盖。（市住建局负责）")
    assert items[0] == (1, "洒水。", [("responsible", "市水务局")])


def test_general_words_above_sub_items_are_told_and_no_measure() -> None:
    result = plan(
        "海原市扬尘治理方案",
        "一、重点任务",
        "（一）道路扬尘治理行动。道路扬尘是颗粒物的主要来源，必须全面加强治理。",
        "1.洒水。（市水务局负责）",
        "2.清扫。",
    )
    assert ["".join(draft.paragraphs) for draft in result.drafts] == ["洒水。", "清扫。"]
    assert [(flag.id, flag.detail[:4]) for flag in result.flags] == [("R62", "道路扬尘")]


def test_a_heading_of_an_item_on_its_own_line_stays_in_its_text() -> None:
    items = read("（一）道路扬尘", "1.机械化清扫（市城管局负责）", "2031年底前达到90%。", "2.洒水。")
    assert items[0][:2] == (1, "机械化清扫2031年底前达到90%。")


def test_a_heading_without_a_number_is_no_second_title() -> None:
    assert plan("海原市扬尘治理实施方案", "道路扬尘治理重点任务", "一、措施", "（一）洒水。（市水务局负责）").title == (
        "海原市扬尘治理实施方案"
    )


def test_an_attached_plan_knows_whose_it_is() -> None:
    own = ["海原市降噪方案", "一、任务", "（一）限行。（市公安局负责）"]
    attached = ["附件1", "宁静小区方案", "一、任务", "（一）申报。（市公安局负责）"]
    paragraphs = [Paragraph(line, line=number) for number, line in enumerate([*own, *attached], start=1)]
    plans = read_prose(Document("text", paragraphs))  # type: ignore[arg-type]
    assert [item.title for item in plans] == ["海原市降噪方案", "宁静小区方案"]
    assert "海原市降噪方案" in plans[1].preamble

"""Role brackets: every printed form gives its roles, and every other bracket stays in the text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.prose.brackets import find_duties
from lantian.reading.prose.duties import Duties, read_duties, split_first
from tests.conftest import examples

LEAD, RESPONSIBLE, SUPPORT = "lead", "responsible", "support"


def only(text: str) -> Duties:
    found = find_duties(text)
    assert len(found) == 1, [text[item.start : item.end] for item in found]
    return found[0].duties


def roles(text: str) -> list[tuple[str, str]]:
    return [(role.role, role.text) for role in only(text).roles]


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        ("（市水务局、市公安局等按职责分工负责）", [(RESPONSIBLE, "市水务局、市公安局等")]),
        ("（市水务局、市公安局等负责）", [(RESPONSIBLE, "市水务局、市公安局等")]),
        ("（市水务局负责）", [(RESPONSIBLE, "市水务局")]),
        ("（生态环境部、住房城乡建设部指导）", [(SUPPORT, "生态环境部、住房城乡建设部")]),
        ("（生态环境部指导，试点城市政府落实）", [(SUPPORT, "生态环境部"), (RESPONSIBLE, "试点城市政府")]),
        ("（商务部指导，供销合作总社参与）", [(SUPPORT, "商务部"), (SUPPORT, "供销合作总社")]),
        (
            "（牵头单位：市水务局，配合单位：市公安局、市财政局，各区、县级市）",
            [(LEAD, "市水务局"), (SUPPORT, "市公安局、市财政局，各区、县级市")],
        ),
        (
            "（责任单位：市水务局牵头，市公安局、市财政局等按职责分工负责）",
            [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局、市财政局等")],
        ),
        ("（责任单位：市水务局牵头，市公安局配合）", [(LEAD, "市水务局"), (SUPPORT, "市公安局")]),
        ("（责任单位：市水务局、市公安局；各区政府）", [(RESPONSIBLE, "市水务局、市公安局；各区政府")]),
        ("（责任部门：市水务局、市公安局）", [(RESPONSIBLE, "市水务局、市公安局")]),
        ("（市水务局牵头，市公安局、市财政局负责）", [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局、市财政局")]),
        ("（市水务局牵头，市公安局落实）", [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局")]),
        ("（市水务局牵头，市公安局、市财政局参与）", [(LEAD, "市水务局"), (SUPPORT, "市公安局、市财政局")]),
        ("（市水务局牵头、市公安局、市财政局配合）", [(LEAD, "市水务局"), (SUPPORT, "市公安局、市财政局")]),
        ("（市水务局牵头，市公安局、市财政局）", [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局、市财政局")]),
        ("（市水务局、市公安局牵头负责）", [(LEAD, "市水务局、市公安局")]),
        ("（由市水务局会同市公安局、市财政局负责）", [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局、市财政局")]),
        (
            "（市水务局牵头；市公安局配合；各区人民政府落实）",
            [(LEAD, "市水务局"), (SUPPORT, "市公安局"), (RESPONSIBLE, "各区人民政府")],
        ),
        (
            "（第一阶段由市水务局负责；第二阶段由市公安局负责）",
            [(RESPONSIBLE, "市水务局"), (RESPONSIBLE, "市公安局")],
        ),
        (
            "（市交通委（市道运局）牵头，各区政府（含开发区管委会）负责）",
            [(LEAD, "市交通委（市道运局）"), (RESPONSIBLE, "各区政府（含开发区管委会）")],
        ),
        ("（市水务局（牵头）、市公安局、市财政局）", [(LEAD, "市水务局"), (RESPONSIBLE, "市公安局、市财政局")]),
        ("（各市、县（市、区）人民政府负责）", [(RESPONSIBLE, "各市、县（市、区）人民政府")]),
        ("（各地区、各有关部门按职责分工负责）", [(RESPONSIBLE, "各地区、各有关部门")]),
        ("（市水务局、市公安局）", [(RESPONSIBLE, "市水务局、市公安局")]),
        ("（市水务局负责", [(RESPONSIBLE, "市水务局")]),
    ],
)
def test_forms(bracket: str, expected: list[tuple[str, str]]) -> None:
    assert roles(f"清理河道。{bracket}") == expected


@pytest.mark.parametrize("shape", ["（{}）", "({})", "〔{}〕", "［{}］", "[{}]", "【{}】", "（{})"])
def test_any_shape_of_bracket(shape: str) -> None:
    assert roles("清理河道。" + shape.format("市水务局牵头，市公安局配合")) == [
        (LEAD, "市水务局"),
        (SUPPORT, "市公安局"),
    ]


@pytest.mark.parametrize(
    "text", ["清理河道（{}）。", "清理河道。（{}）", "清理河道（{}），疏通管网。", "（{}）清理河道。"]
)
def test_any_place(text: str) -> None:
    assert roles(text.format("市水务局负责")) == [(RESPONSIBLE, "市水务局")]


@pytest.mark.parametrize(
    "text",
    [
        "减少挥发性有机物（VOCs）排放。",
        "办理施工手续（含临时手续）。",
        "落实规划（2023—2025年）。",
        "建立由政府负责人牵头、相关部门共同参与的机制（以下简称机制）。",
        "由领导小组（市长牵头，各部门参与）统筹。",
        "报送联席会议办公室（市科委、中关村管委会）汇总。",
        "压实主体责任（企业自行负责），限期整改。",
        "完成全部改造（2025年底前完成）。",
        "任务按期收口（各项任务按时落实）。",
        "细则另发（有关内容见附件）。",
        "按装、树、联要求（企业安装自动监测设备、与生态环境部门联网），公开信息。",
        "探索政府和社会资本合作（PPP）模式。",
    ],
)
def test_other_brackets_stay(text: str) -> None:
    assert find_duties(text) == ()


def test_first_named_leads_is_said_by_the_document() -> None:
    duties = only("推广技术。（农业农村部、科技部等负责。列第一位者为牵头单位，下同）")
    assert duties.first_leads
    assert not duties.inherited
    assert [(role.role, role.text) for role in duties.roles] == [(RESPONSIBLE, "农业农村部、科技部等")]
    assert only("试点。（税务总局、财政部负责，排在第一位的部门为牵头部门，下同）").first_leads
    assert not only("试点。（税务总局、财政部负责）").first_leads


@pytest.mark.parametrize(
    ("bracket", "unit"),
    [
        ("（省水利厅负责，均需各市人民政府负责，下同）", "各市人民政府"),
        ("（省水利厅指导，试点城市政府负责落实。以下均需试点城市政府落实，不再列出）", "试点城市政府"),
        ("（省水利厅牵头，各市（州）人民政府负责，下同）", "各市（州）人民政府"),
    ],
)
def test_inheritance(bracket: str, unit: str) -> None:
    duties = only("清理河道。" + bracket)
    assert duties.inherited == [unit]
    assert [role.text for role in duties.roles if role.role == RESPONSIBLE][-1] == unit


def test_without_likewise_nothing_is_inherited() -> None:
    duties = only("清理河道。（省水利厅负责，均需各市人民政府负责）")
    assert duties.inherited == []
    assert duties.roles[-1].text == "各市人民政府"


@pytest.mark.parametrize(
    "text",
    [
        "责任单位：市水务局、市公安局",
        "清理河道。责任单位：市水务局、市公安局",
        "清理河道。责任单位：市水务局、市公安局。",
    ],
)
def test_line_without_bracket(text: str) -> None:
    assert roles(text) == [(RESPONSIBLE, "市水务局、市公安局")]


def test_labels_run_together() -> None:
    assert roles("牵头单位：市水务局；配合单位：市公安局，各区政府") == [
        (LEAD, "市水务局"),
        (SUPPORT, "市公安局，各区政府"),
    ]
    assert roles("牵头单位：市水务局配合单位：市公安局") == [(LEAD, "市水务局"), (SUPPORT, "市公安局")]


def test_role_behind_the_name() -> None:
    assert roles("清理河道。（市水务局（牵头）、市公安局、市财政局（配合））")[0] == (LEAD, "市水务局")


def test_deadline_and_person_in_the_bracket() -> None:
    assert only("清理河道。（市水务局负责，2025年底前完成）").deadline == "2025年底前"
    assert only("清理河道。（责任单位：市水务局；完成时限：2025年6月底前）").deadline == "2025年6月底前"
    duties = only("清理河道。（责任单位：市水务局；责任人：王某；联系电话：010-00000000）")
    assert duties.personal
    assert [role.text for role in duties.roles] == ["市水务局"]


def test_several_brackets_keep_their_places() -> None:
    text = "清理河道（含支流）。（市水务局负责）疏通管网。（市城管局牵头，市水务局配合）"
    assert [text[item.start : item.end] for item in find_duties(text)] == [
        "（市水务局负责）",
        "（市城管局牵头，市水务局配合）",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("农业农村部、科技部等", ("农业农村部", "科技部等")),
        ("海关总署", ("海关总署", "")),
        ("教育部等有关部门", ("教育部等有关部门", "")),
        ("各有关部门和单位，各省级人民政府", ("", "各有关部门和单位，各省级人民政府")),
    ],
)
def test_first_of_a_list(text: str, expected: tuple[str, str]) -> None:
    assert split_first(text) == expected


PIECES = st.sampled_from(
    [
        "市水务局",
        "各区政府",
        "牵头",
        "负责",
        "配合",
        "责任单位：",
        "（",
        "）",
        "(",
        "，",
        "；",
        "。",
        "等",
        "下同",
        "均需",
        "2025年底前",
    ]
)


@settings(max_examples=examples(150), deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=16).map("".join)))
def test_never_raises_and_repeats(text: str) -> None:
    found = find_duties(text)
    assert found == find_duties(text)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    read_duties(text)


def test_no_trap_in_long_input() -> None:
    assert find_duties("（" * 3000 + "）" * 3000) == ()
    assert find_duties("（" + "分别共同" * 140 + "）") == ()

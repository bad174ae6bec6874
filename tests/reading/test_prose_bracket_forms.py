"""Rarer forms of role brackets, met in plans of provinces and cities; names and places are invented."""

from __future__ import annotations

import pytest

from lantian.reading.prose.brackets import find_duties

LEAD, RESPONSIBLE, SUPPORT = "lead", "responsible", "support"


def roles(bracket: str) -> list[tuple[str, str]]:
    found = find_duties(f"推进整治。{bracket}")
    assert len(found) == 1
    return [(role.role, role.text) for role in found[0].duties.roles]


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        (
            "【牵头单位】市水务局【配合单位】市公安局、市财政局【完成时限】2031年底前",
            [(LEAD, "市水务局"), (SUPPORT, "市公安局、市财政局")],
        ),
        (
            "责任单位：各区政府（管委会）、市水务局（牵头）、市公安局",
            [(RESPONSIBLE, "各区政府（管委会）"), (LEAD, "市水务局"), (RESPONSIBLE, "市公安局")],
        ),
        (
            "（市发展改革委（市能源局）（牵头）、市统计局）",
            [(LEAD, "市发展改革委（市能源局）"), (RESPONSIBLE, "市统计局")],
        ),
        ("（市水务局负责牵头，市公安局负责监督指导）", [(LEAD, "市水务局"), (SUPPORT, "市公安局")]),
        ("（市水务局牵头督导，市公安局参与）", [(LEAD, "市水务局"), (SUPPORT, "市公安局")]),
        ("（主办：市水务局；协办：市公安局、各镇街）", [(LEAD, "市水务局"), (SUPPORT, "市公安局、各镇街")]),
        ("（市水务局牵头落实，各县（市、区）政府属地负责）", [(LEAD, "市水务局"), (RESPONSIBLE, "各县（市、区）政府")]),
        ("（省能源局负总责，各市政府具体实施）", [(LEAD, "省能源局"), (RESPONSIBLE, "各市政府")]),
        (
            "（牵头责任单位：省水利厅；协同责任单位：省财政厅）",
            [(LEAD, "省水利厅"), (SUPPORT, "省财政厅")],
        ),
        (
            "（省财政厅，人行海原中心支行、某某基金，各州人民政府）",
            [(RESPONSIBLE, "省财政厅，人行海原中心支行、某某基金，各州人民政府")],
        ),
    ],
)  # fmt: skip
def test_roles_of_a_form(bracket: str, expected: list[tuple[str, str]]) -> None:
    assert roles(bracket) == expected


@pytest.mark.parametrize(
    "words",
    [
        "以下均需各市（特区、区）人民政府，各省级开发区管委会负责落实，不再列出",
        "各项工作均需各市（特区、区）人民政府，各省级开发区管委会落实，以下不再重复列出",
    ],
)
def test_a_list_of_heirs_goes_on_over_a_comma(words: str) -> None:
    (found,) = find_duties(f"推进整治。（省水利厅牵头。{words}）")
    assert found.duties.inherited == ["各市（特区、区）人民政府、各省级开发区管委会"]
    assert ("responsible", "各市（特区、区）人民政府、各省级开发区管委会") in [
        (role.role, role.text) for role in found.duties.roles
    ]


def test_tasks_that_all_concern_a_unit_are_handed_on() -> None:
    (found,) = find_duties("推进整治。〔责任单位：省水利厅。具体任务均涉及相关市（州）人民政府，不再做分工，下同。〕")
    assert found.duties.inherited == ["相关市（州）人民政府"]
    assert [role.text for role in found.duties.roles] == ["省水利厅", "相关市（州）人民政府"]


def test_a_bracket_inside_a_sentence_that_names_units() -> None:
    (found,) = find_duties("完成12个小区改造，（区水务局牵头、区住房建设局配合）确保不下河。")
    assert [(role.role, role.text) for role in found.duties.roles] == [
        ("lead", "区水务局"),
        ("support", "区住房建设局"),
    ]


def test_two_unbracketed_lists_in_one_text() -> None:
    found = find_duties("洒水。责任单位：市水务局。2.覆盖。责任单位：市住建局。")
    assert [[role.text for role in item.duties.roles] for item in found] == [["市水务局"], ["市住建局"]]


@pytest.mark.parametrize(
    "text",
    [
        "治理重点行业（石化、化工、钢铁）。",
        "京津冀（北京市、天津市、河北省）。",
        "包括（含雄安新区、辛集市、定州市）。",
    ],
)
def test_other_brackets_stay(text: str) -> None:
    assert find_duties(text) == ()

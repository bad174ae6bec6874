"""Lists of units in brackets: collectives, elided prefixes, local branches. All places are invented."""

from __future__ import annotations

import pytest

from lantian.reading.grammar.units import read_unit_lists


def names(text: str) -> list[str]:
    (found,) = read_unit_lists([text], region="云川省", level="provincial", year=2031)
    return [unit.name for unit in found.mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市级各有关部门及各县市区政府", ["市级各有关部门", "各县市区政府"]),
        ("省直各有关部门、单位，各市、州、县人民政府", ["省直各有关部门、单位", "各市、州、县人民政府"]),
        ("驻云中直有关部门、单位", ["驻云中直有关部门、单位"]),
        ("各盟行政公署、市人民政府", ["各盟行政公署", "各市人民政府"]),
        ("各市、县（区）党委和政府", ["各市、县（区）党委和政府"]),
        ("自治区农牧业厅、海洋与渔业厅", ["自治区农牧业厅", "自治区海洋与渔业厅"]),
        ("省财政厅、灯塔管理厅、云川气象局", ["省财政厅", "省灯塔管理厅", "云川气象局"]),
        ("市编办、市人力资源和社会保障局，各区、县级市", ["市编办", "市人力资源和社会保障局", "各区、县级市"]),
        ("省财政厅、省气象局等、各市政府", ["省财政厅", "省气象局", "各市政府"]),
        ("省财政厅、省气象局等\n各市、县政府", ["省财政厅", "省气象局", "各市、县政府"]),
        ("省财政厅、省气象局等\n有关部门、单位", ["省财政厅", "省气象局"]),
        ("省财政厅，工商银行云川省分行、人行海原中心支行", ["省财政厅", "工商银行云川省分行", "人行海原中心支行"]),
    ],
)  # fmt: skip
def test_names_of_a_list(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_dashes_for_some_of_several_measures_are_no_part_of_a_name() -> None:
    assert names("—— —— —— 省财政厅 ——") == ["省财政厅"]
    assert names("省财政厅——") == ["省财政厅"]

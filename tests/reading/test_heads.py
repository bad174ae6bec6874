"""Heads of plans: year, area, level, medium."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.grammar.heads import Head, read_head
from tests.conftest import examples


@pytest.mark.parametrize(
    ("title", "preamble", "expected"),
    [
        ("云川市 2024 年大气污染防治行动计划", [], Head(2024, "云川市", "municipal", "air")),
        ("云川市空气质量改善行动方案（2023—2025年）", [], Head(2023, "云川市", "municipal", "air")),
        ("云川市青石区2025年碧水保卫战实施方案", [], Head(2025, "青石区", "district", "water")),
        ("沛县净土保卫战二〇二四年工作方案", [], Head(2024, "沛县", "district", "soil")),
        ("永安街道2024年扬尘治理方案", [], Head(2024, "永安街道", "town", "air")),
        ("四川省打赢蓝天保卫战三年行动计划", ["川府发〔2019〕4号"], Head(2019, "四川省", "provincial", "air")),
        ("内蒙古自治区空气质量行动方案", ["2024年5月6日"], Head(2024, "内蒙古自治区", "provincial", "air")),
        ("关于印发云川市净土行动计划的通知", ["云政办发〔2022〕3号"], Head(2022, "云川市", "municipal", "soil")),
        ("空气质量持续改善行动计划", ["云川市人民政府", "云府发〔2024〕7号"], Head(2024, "云川市", "municipal", "air")),
        ("国务院关于印发污水治理方案的通知", ["国发〔2019〕3号"], Head(2019, "全国", "national", "other")),
        (
            "“无烟城市”试点工作方案",
            ["国务院办公厅关于印发", "国办发〔2018〕128号", "各省、自治区、直辖市人民政府："],
            Head(2018, "全国", "national", "other"),
        ),
        ("2024年云川市大气方案", [], Head(2024, "云川市", "municipal", "air")),
        ("成都蓝天行动2024年方案", [], Head(2024, "成都市", "municipal", "air")),
        ("上海市浦东新区清洁空气行动计划", [], Head(None, "浦东新区", "district", "air")),
        ("美丽城市建设方案", [], Head(None, "", "municipal", "other")),
    ],
)
def test_heads(title: str, preamble: list[str], expected: Head) -> None:
    assert read_head(title, preamble) == expected


def test_units_tell_the_area_that_the_title_leaves_out() -> None:
    city = ["市生态环境局 各区政府（含北京经济技术开发区管委会）", "市交通委 西城区政府"]
    district = ["区生态环境局", "西城交通支队 区城市管理委", "西城公安分局"]
    assert read_head("蓝天保卫战2024年行动计划", [], units=city) == Head(2024, "北京市", "municipal", "air")
    assert read_head("大气方案", [], units=district) == Head(None, "西城区", "district", "air")
    assert read_head("方案", [], units=["财政部、生态环境部"]) == Head(None, "全国", "national", "other")
    assert read_head("方案", [], units=["省生态环境厅、省水利厅"]) == Head(None, "", "provincial", "other")


def test_documents_that_are_only_cited_do_not_tell_the_level() -> None:
    preamble = ["根据《国务院关于印发空气质量行动计划的通知》（国发〔2023〕24号）要求，结合云川市实际，制定本方案。"]
    head = read_head("大气攻坚方案", preamble, units=["市生态环境局"])
    assert head.level == "municipal"


@settings(max_examples=examples(150), deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("省市区县镇年2024〔〕号（）—《》云川青石")), max_size=40
    ),
    st.lists(st.text(max_size=30), max_size=3),
)
def test_any_text_is_read_without_an_error(title: str, lines: list[str]) -> None:
    assert read_head(title, lines, units=lines) == read_head(title, lines, units=lines)


def test_tasks_tell_the_medium_of_pages_without_a_title():
    tasks = ["推进低VOCs含量产品源头替代", "加强扬尘管控", "巩固黑臭水体治理成效"]
    assert read_head("", [], topics=tasks).medium == "air"
    assert read_head("", [], topics=["加强宣传"]).medium == "other"
    assert read_head("云岭市2025年水污染防治计划", [], topics=tasks).medium == "water"

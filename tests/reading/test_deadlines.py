"""Printed deadlines and dates: kind, earliest and latest date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.grammar.deadlines import find_dates, is_deadline, is_unreadable, read_deadline
from lantian.reading.model import Deadline
from tests.conftest import examples


def shown(deadline: Deadline) -> str:
    start, end = deadline.start or "", deadline.end or ""
    return f"{deadline.kind} {start}..{end}"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("年底前", "by ..2026-12-31"),
        ("2025年底前", "by ..2025-12-31"),
        ("2025年年底", "by ..2025-12-31"),
        ("今年底前", "by ..2026-12-31"),
        ("年内", "by ..2026-12-31"),
        ("6月底前", "by ..2026-06-30"),
        ("2 月底前", "by ..2026-02-28"),
        ("九月底前", "by ..2026-09-30"),
        ("12月底", "by ..2026-12-31"),
        ("6月中旬前", "by ..2026-06-20"),
        ("11月15日前", "by ..2026-11-15"),
        ("2025年12月31日前", "by ..2025-12-31"),
        ("2025年12月", "by ..2025-12-31"),
        ("2025.12.31", "by ..2025-12-31"),
        ("二〇二五年十二月底前", "by ..2025-12-31"),
        ("6月底前完成", "by ..2026-06-30"),
        ("第三季度", "by ..2026-09-30"),
        ("一季度末", "by ..2026-03-31"),
        ("上半年", "by ..2026-06-30"),
        ("2027年下半年", "by ..2027-12-31"),
        ("“十四五”末", "by ..2025-12-31"),
        ("十五五末", "by ..2030-12-31"),
        ("到2027年", "by ..2027-12-31"),
        ("2027年", "by ..2027-12-31"),
        ("国庆节前", "by ..2026-10-01"),
        ("春节前", "by ..2026-02-17"),
        ("雨季前", "by .."),
        ("6—9月", "window 2026-06-01..2026-09-30"),
        ("6月至9月", "window 2026-06-01..2026-09-30"),
        ("10—3月", "window 2026-10-01..2027-03-31"),
        ("11月15日-次年3月15日", "window 2026-11-15..2027-03-15"),
        ("2026年11月至2027年3月", "window 2026-11-01..2027-03-31"),
        ("2024—2025年", "window 2024-01-01..2025-12-31"),
        ("第二、三季度", "window 2026-04-01..2026-09-30"),
        ("全年", "window 2026-01-01..2026-12-31"),
        ("4月1日起", "from 2026-04-01.."),
        ("自2025年7月起", "from 2025-07-01.."),
        ("即日起", "from .."),
        ("秋冬季", "season 2026-10-01..2027-03-31"),
        ("夏季（6—9月）", "season 2026-06-01..2026-09-30"),
        ("夏季", "season .."),
        ("采暖季", "season .."),
        ("长期实施", "long_term .."),
        ("长期\n实施", "long_term .."),
        ("持续推进", "long_term .."),
        ("常年坚持", "long_term .."),
        ("按时间节点完成", "as_scheduled .."),
        ("按计划推进", "as_scheduled .."),
        ("根据国家要求", "as_scheduled .."),
        ("每月25日前", "recurring .."),
        ("每季度最后一个月25日前", "recurring .."),
        ("每季度", "recurring .."),
        ("按月", "recurring .."),
        ("自名单公布之日起2个月内", "relative .."),
        ("立即", "none .."),
    ],
)
def test_cells(printed: str, expected: str) -> None:
    deadline = read_deadline(printed, year=2026)
    assert shown(deadline) == expected
    assert is_deadline(printed)
    assert not is_unreadable(deadline)


def test_heating_season_by_region() -> None:
    assert shown(read_deadline("采暖季前", year=2026, region="北京市")) == "by ..2026-11-15"
    assert shown(read_deadline("供暖期", year=2026, region="西城区")) == "season 2026-11-15..2027-03-15"
    assert shown(read_deadline("采暖季", year=2026, region="太原市")) == "season 2026-11-01..2027-03-31"
    assert shown(read_deadline("采暖季前", year=2026, region="云川市")) == "by .."
    assert shown(read_deadline("供暖季前（10月20日前）", year=2026, region="北京市")) == "by ..2026-10-20"


@pytest.mark.parametrize("printed", ["年底前 长期实施", "年底前  长期实施", "年底前\n长期实施"])
def test_two_deadlines_in_a_cell(printed: str) -> None:
    deadline = read_deadline(printed, year=2026)
    assert (deadline.text, shown(deadline)) == ("年底前 长期实施", "by ..2026-12-31")
    assert [(item.text, item.kind) for item in deadline.also] == [("长期实施", "long_term")]


def test_steps_in_a_cell_share_their_year() -> None:
    deadline = read_deadline("2025年6月底前完成方案，年底前建成", year=2024)
    assert [shown(item) for item in (deadline, *deadline.also)] == ["by ..2025-06-30", "by ..2025-12-31"]


@pytest.mark.parametrize("printed", ["", " ", "——", "/", "无"])
def test_blank_cells(printed: str) -> None:
    deadline = read_deadline(printed, year=2026)
    assert deadline == Deadline("", "none")
    assert not is_unreadable(deadline)
    assert not is_deadline(printed)


@pytest.mark.parametrize("printed", ["市水务局", "25", "积极推广", "13月底前", "推进柴油车淘汰"])
def test_what_is_no_deadline_is_unreadable_and_never_guessed(printed: str) -> None:
    deadline = read_deadline(printed, year=2026)
    assert (shown(deadline), deadline.text) == ("none ..", printed)
    assert is_unreadable(deadline)
    assert not is_deadline(printed)


def test_layout_spaces_are_dropped_and_unknown_years_stay_unknown() -> None:
    deadline = read_deadline(" 9 月\n底前 ", year=None)
    assert (deadline.text, shown(deadline)) == ("9月底前", "by ..")
    assert shown(read_deadline("2025年9月底前", year=None)) == "by ..2025-09-30"


def found(text: str) -> list[str]:
    return [f"{item.text} {shown(item)}" for item in find_dates(text, year=2024, region="北京市")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("力争9月底前出台政策，年底前完成。", ["9月底前 by ..2024-09-30", "年底前 by ..2024-12-31"]),
        ("到2025年，新能源车达到三成。", ["到2025年 by ..2025-12-31"]),
        ("自7月1日起执行新标准。", ["自7月1日起 from 2024-07-01.."]),
        ("2023—2024年内累计更新30辆。", ["2023—2024年内 window 2023-01-01..2024-12-31"]),
        ("按照“十四五”末基本电动化的目标。", ["“十四五”末 by ..2025-12-31"]),
        ("全年检查不少于200次，按季度通报。", ["全年 window 2024-01-01..2024-12-31", "按季度 recurring .."]),
        ("2024年新建建筑中装配式比例达到40%。", ["2024年 by ..2024-12-31"]),
        ("夏季（6—9月）错峰装卸。", ["夏季（6—9月） season 2024-06-01..2024-09-30"]),
        ("年底前一半，年底前全部。", ["年底前 by ..2024-12-31"]),
    ],
)
def test_dates_in_a_text(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "落实《云川市充电设施行动计划（2023—2025年）》。",
        "执行目录（2022年版）。",
        "制定2021年工作方案。",
        "较2020年减排10%。",
        "执行DB11/1983—2022和GB 18352.6—2016。",
        "编制“十四五”时期交通规划。",
        "在3个月内整改，空气重污染期间加密检查。",
        "比2020年同期下降，提高月检查率。",
    ],
)
def test_years_of_names_and_baselines_are_no_dates(text: str) -> None:
    assert found(text) == []


@settings(max_examples=examples(200), deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("年月日底前起至—0123456789十一二三四季度每按自《》（）")),
        max_size=50,
    ),
    st.one_of(st.none(), st.integers(2000, 2099)),
)
def test_any_text_is_read_without_an_error_and_alike_each_time(text: str, year: int | None) -> None:
    assert read_deadline(text, year=year) == read_deadline(text, year=year)
    assert find_dates(text, year=year) == find_dates(text, year=year)
    is_deadline(text)


@given(st.integers(1, 12), st.integers(2018, 2035))
def test_month_end_is_the_last_day(month: int, year: int) -> None:
    end = read_deadline(f"{month}月底前", year=year).end
    assert end is not None
    assert (end.year, end.month, date.fromordinal(end.toordinal() + 1).day) == (year, month, 1)

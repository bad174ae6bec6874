"""What units send is read as a careful person reads it: units, rows, figures, done words; and nothing makes it fail."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.supervision.incoming import tables
from lantian.apps.supervision.incoming.figures import alone, count
from lantian.apps.supervision.incoming.matching import Matcher, same_row
from lantian.apps.supervision.incoming.model import Duty, Goal, Item, Party
from lantian.apps.supervision.incoming.parts import parts_of
from lantian.apps.supervision.incoming.reader import MAX_TEXT, content_of_text
from lantian.apps.supervision.incoming.staging import propose
from lantian.apps.supervision.incoming.units import Names, find_unit
from lantian.reading.errors import ReadingError
from tests.apps import returns_samples as samples
from tests.conftest import examples

GOAL = Goal("g", "燃气锅炉低氮改造", "台", "完成8台")
BOILERS = Duty("boilers", "c1", "5", "锅炉改造", "实施燃气锅炉低氮改造，年底前完成8台。", (GOAL,))


def counted(text: str, *goals: Goal) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    item = Item(0, 0, 0, 0, "", progress=text)
    return {found.goal: (found.period, found.cumulative) for found in count(item, goals or (GOAL,))[0]}


def proposal(text: str, *duties: Duty) -> list[tuple[str | None, bool, bool]]:
    found, _problems = propose(content_of_text(text), duties or (BOILERS,))
    return [(item.duty, item.done, item.no_change) for item in found]


def test_returns_in_the_shapes_in_which_units_send_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = samples.measure(tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\ndrop box: {samples.summary(tally)}\n")
    assert len(samples.pieces()) == 57
    assert tally.units >= 0.95 * tally.parts, tally.wrong
    assert tally.rows_right >= 0.95 * tally.rows, tally.wrong
    assert tally.figures_right >= 0.95 * tally.figures, tally.wrong
    assert tally.rows_beyond <= 0.05 * tally.rows, tally.wrong


def test_done_is_what_the_truth_says(tmp_path: Path) -> None:
    for piece in samples.pieces():
        wanted = {(unit, str(n)) for unit, rows in piece.get("done", {}).items() for n in rows}
        found = {
            (unit, item.duty)
            for unit, _content, items in samples.read(samples.write(piece, tmp_path))
            for item in items
            if item.done
        }
        assert found == wanted, piece["file"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("本月完成3台，累计完成8台", (3, 8)),
        ("完成3台，累计8台", (3, 8)),
        ("累计8台", (None, 8)),
        ("截至目前已完成8/10台", (None, 8)),
        ("本月十二台，累计二十台", (12, 20)),
        ("累计完成8台，计划全年完成10台，去年同期5台", (None, 8)),
        ("上月完成2台，本月完成1台", (1, None)),
        ("累计1,350台", (None, 1350)),
        ("剩余3台未完成", None),
        ("3月2日召开会议，第3台账目", None),
        ("完成率85%", None),
    ],
)
def test_a_figure_is_the_period_s_or_cumulative_by_its_words(text: str, wanted: tuple[int | None, ...] | None) -> None:
    assert counted(text).get("g") == (wanted and tuple(value if value is None else Decimal(value) for value in wanted))


def test_ten_thousands_are_multiplied_out_and_units_have_other_spellings() -> None:
    waste = Goal("w", "垃圾清运", "吨")
    assert counted("累计清运1.2万吨", waste)["w"] == (None, Decimal(12000))
    road = Goal("r", "道路修复", "公里")
    assert counted("本月修复道路3km", road)["r"] == (Decimal(3), None)


def test_two_goals_of_one_unit_are_told_apart_by_words_or_asked() -> None:
    goals = (Goal("a", "口袋公园", "个"), Goal("b", "噪声监测站点", "个"))
    found = counted("口袋公园累计5个，噪声监测站点累计7个", *goals)
    assert found == {"a": (None, Decimal(5)), "b": (None, Decimal(7))}
    item = Item(0, 0, 0, 0, "", progress="累计9个")
    counts, problems = count(item, goals)
    assert counts == []
    assert [problem.id for problem in problems] == ["which_target"]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [("8台", None), ("8", None), ("八台", None), ("8吨", "unit_differs"), ("较多", "no_number"), ("/", None)],
)
def test_a_cell_of_figures(cell: str, problem: str | None) -> None:
    item = Item(0, 0, 0, 0, "", cumulative=cell)
    counts, problems = count(item, (GOAL,))
    assert [found.id for found in problems] == ([problem] if problem else [])
    assert [found.cumulative for found in counts] == ([Decimal(8)] if problem is None and cell != "/" else [])


def test_a_figure_in_a_merged_cell_is_not_taken() -> None:
    item = Item(0, 0, 0, 0, "", cumulative="8", marks={"cumulative": "merged"})
    counts, problems = count(item, (GOAL,))
    assert (counts, [problem.id for problem in problems]) == ([], ["merged"])


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("锅炉改造任务已全部完成", True),
        ("锅炉改造完成率100%", True),
        ("锅炉改造已完成8台", False),
        ("锅炉改造预计年底前全部完成", False),
        ("锅炉改造尚未全部完成", False),
    ],
)
def test_done_words_promise_nothing(text: str, done: bool) -> None:
    assert proposal(text) == [("boilers", done, False)]


def test_no_change_and_parts_of_a_message() -> None:
    assert proposal("1. 燃气锅炉低氮改造：本月无进展")[0][0] == "boilers"
    found, _problems = propose(
        content_of_text("锅炉低氮改造本月完成1台。存在问题：资金未到位。下一步：加快招标。"), [BOILERS]
    )
    item = found[0].item
    assert (item.progress, item.problems, item.next_step) == (
        "锅炉低氮改造本月完成1台。", "资金未到位。", "加快招标。",
    )  # fmt: skip


def test_a_document_is_known_by_its_number() -> None:
    plan = Duty("plan", "c2", "10", "应急预案", "修订并印发空气重污染应急预案。", (), document=True)
    text = "空气重污染应急预案已于2025年3月20日印发（云政办发〔2025〕8号）。"
    found = propose(content_of_text(text), [BOILERS, plan])[0][0]
    assert (found.duty, found.document_number, found.document_date, found.done) == (
        "plan", "云政办发〔2025〕8号", "2025-03-20", True,
    )  # fmt: skip


PARTIES = [
    Party("e", "00000001", "东塘区政府", ("东塘区政府", "东塘区"), ("东塘区生态环境局",)),
    Party("b", "00000002", "市生态环境局", ("市生态环境局", "云溪市生态环境局")),
    Party("t", "00000003", "市交通运输局", ("市交通运输局",)),
]


@pytest.mark.parametrize(
    ("text", "file", "party"),
    [
        ("关于报送进展的函\n市生态环境局：\n现报送如下。\n东塘区政府\n2025年4月2日", "", "e"),
        ("填报单位：东塘区政府", "市生态环境局.docx", "e"),
        ("本月完成3台", "东塘区3月.docx", "e"),
        ("东塘区生态环境局\n本月完成3台", "", "e"),
        ("市交通局：淘汰85辆", "", "t"),
        ("本月完成3台", "", None),
    ],
)
def test_the_sender_is_found_where_senders_stand(text: str, file: str, party: str | None) -> None:
    found = find_unit(content_of_text(text), Names(PARTIES), file=file)
    assert found.party == party
    assert all(found.reason[language] for language in ("zh", "en"))


def test_two_units_of_equal_weight_make_it_doubtful() -> None:
    sure = find_unit(content_of_text("填报单位：东塘区政府"), Names(PARTIES)).confidence
    torn = find_unit(content_of_text("填报单位：东塘区政府\n填报单位：市交通运输局"), Names(PARTIES))
    assert torn.confidence < 0.6 < sure
    assert "但也提到" in torn.reason["zh"]


def test_messages_of_several_units_are_parted_and_an_unknown_one_stays_apart() -> None:
    text = "【东塘区】完成3台\n市交通局：淘汰5辆\n市无名局：完成7件\n【东塘区】补充：累计8台"
    parts = parts_of(content_of_text(text), Names(PARTIES))
    assert [part.party for part in parts] == ["e", "t", None]
    assert [block["text"] for block in parts[0].content["blocks"]] == ["【东塘区】完成3台", "【东塘区】补充：累计8台"]


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ReadingError):
        content_of_text("长" * (MAX_TEXT + 1))


WORDS = st.sampled_from(
    ["锅炉改造", "累计", "本月", "8台", "完成", "。", "；", "，", "\n", "1.", "（一）", "存在问题：", "【东塘区】",
     "12万", "%", "序号", "\t", "未", "燃气", "已印发", "〔2025〕3号", "一、", "：", "①"]
)  # fmt: skip
DUTIES = [
    BOILERS,
    Duty(
        "dust", "c3", "6", "扬尘管控", "严格施工工地扬尘管控，每月检查不少于20个。", (Goal("d", "检查施工工地", "个"),)
    ),
    Duty("bare", "c4", "6", "扬尘管控", "完成裸地治理15块。", (Goal("b", "裸地治理", "块"),)),
]


@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map("".join)))
@settings(max_examples=examples(50), deadline=None)
def test_no_text_makes_the_reading_fail_and_each_row_is_given_once(text: str) -> None:
    content = content_of_text(text)
    for part in parts_of(content, Names(PARTIES)):
        proposals, _problems = propose(part.content, DUTIES)
        for one in proposals:
            assert one.duty is None or one.duty in {duty.key for duty in DUTIES}
            assert 0 <= one.confidence <= 1
            for other in proposals:
                if one is not other and one.duty and one.duty == other.duty:
                    assert same_row(one.item, other.item)


@given(
    st.lists(
        st.builds(
            lambda measure, progress, seq: Item(
                0, 0, 0, 0, "", measure=measure, progress=progress, seq=seq, strong=True
            ),
            st.sampled_from([duty.text for duty in DUTIES] + ["裸地", "检查", ""]),
            st.text(max_size=20),
            st.sampled_from(["", "5", "6", "9"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=examples(50), deadline=None)
def test_the_matcher_shares_a_row_only_between_lines_of_one_printed_row(items: list[Item]) -> None:
    matches = Matcher(DUTIES).match(items)
    for left, one in enumerate(matches):
        for right in range(left):
            if one.duty is not None and one.duty == matches[right].duty:
                assert same_row(items[left], items[right])


@given(st.text(max_size=30))
@settings(max_examples=examples(50))
def test_no_cell_makes_the_reading_of_a_figure_fail(text: str) -> None:
    found = alone(text)
    assert found is None or found[0].is_finite()


def test_a_table_with_two_rows_of_heads_and_totals() -> None:
    rows = [
        ["序号", "工作措施", "进展情况", "进展情况"],
        ["序号", "工作措施", "本月数", "累计数"],
        ["5", "燃气锅炉低氮改造", "1", "4"],
        ["合计", "", "1", "4"],
    ]
    table = {"caption": "", "rows": [{"row": n, "cells": cells, "marks": {}} for n, cells in enumerate(rows, 1)]}
    items = tables.items_of(0, table, lambda _text: 0.0)
    assert [(item.seq, item.period, item.cumulative) for item in items] == [("5", "1", "4")]

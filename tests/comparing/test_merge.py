"""The merge of one row: what the file says now, what people made of it."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.comparing import merge3, text_diff
from lantian.comparing.lists import merge_lists
from tests.comparing.rows import NO_DEADLINE, role, row, target
from tests.conftest import examples

EDITABLE = ("section", "seq", "task", "text", "deadline", "roles", "targets")


def with_text(item: dict[str, Any], text: str) -> dict[str, Any]:
    return item | {"text": text, "paragraphs": [text]}


def test_a_change_of_the_file_comes_in_where_nobody_touched_the_field() -> None:
    old = row(1)
    mine = old | {"roles": [role("lead", "市交通局"), old["roles"][1]]}
    new = with_text(old, "公交车更新为纯电动车，各区完成15台。") | {"targets": [target("完成15台", "15", 13)]}
    merged = merge3(old, mine, new)
    assert merged.conflicts == []
    assert merged.content["text"] == new["text"]
    assert merged.content["targets"] == new["targets"]
    assert merged.content["roles"] == mine["roles"]


def test_both_changed_the_text_keeps_peoples_and_says_so() -> None:
    old = row(1)
    mine, new = with_text(old, old["text"] + "甲"), with_text(old, old["text"] + "乙")
    merged = merge3(old, mine, new)
    wanted = {"field": "text", "old": old["text"], "new": new["text"], "mine": mine["text"]}
    assert merged.content["text"] == mine["text"]
    assert merged.conflicts == [wanted]
    assert merged.content["conflicts"] == [wanted]


def test_the_same_correction_by_both_is_no_conflict() -> None:
    old = row(1, text="共交车更新（第一批）。")
    mine, new = with_text(old, "公交车更新（第一批）。"), with_text(old, "公交车更新(第一批)。")
    merged = merge3(old, mine, new)
    assert merged.conflicts == []
    assert merged.content["text"] == mine["text"]


def test_units_changed_at_different_places_go_together() -> None:
    old = row(1, roles=[role("lead", "市环鏡局"), role("lead", "市交通局")])
    mine = old | {"roles": [role("lead", "市环境局", unit="x"), role("lead", "市交通局")]}
    new = old | {"roles": [*old["roles"], role("lead", "市公安局")]}
    merged = merge3(old, mine, new)
    assert merged.conflicts == []
    assert [item["name"] for item in merged.content["roles"]] == ["市环境局", "市交通局", "市公安局"]
    assert merged.content["roles"][0]["unit"] == "x"


def test_a_unit_changed_by_both_is_a_conflict_of_its_role() -> None:
    old = row(1)
    mine = old | {"roles": [role("lead", "市交通局"), old["roles"][1]]}
    new = old | {"roles": [role("lead", "市公安局"), old["roles"][1]]}
    merged = merge3(old, mine, new)
    assert [item["field"] for item in merged.conflicts] == ["lead"]
    assert merged.conflicts[0]["new"] == [role("lead", "市公安局")]
    assert merged.content["roles"] == mine["roles"]


def test_an_edited_target_stays_and_its_mark_moves_with_the_text() -> None:
    old = row(1)
    mine = old | {"targets": [old["targets"][0] | {"scope": ["东塘区"], "edited": True}]}
    new = with_text(old, "加快推进" + old["text"]) | {"targets": [target("完成10台", "10", 17)]}
    merged = merge3(old, mine, new)
    [kept] = merged.content["targets"]
    assert (kept["scope"], kept["edited"]) == (["东塘区"], True)
    start, end = kept["span"]
    assert merged.content["text"][start:end] == "完成10台"


def test_a_target_that_people_took_out_stays_out() -> None:
    old = row(1)
    merged = merge3(old, old | {"targets": []}, with_text(old, "扎实做好" + old["text"]))
    assert merged.content["targets"] == []
    assert merged.conflicts == []


def test_a_target_edited_here_and_changed_there_is_a_conflict() -> None:
    old = row(1)
    mine = old | {"targets": [old["targets"][0] | {"value": "11", "edited": True}]}
    new = with_text(old, "公交车更新为纯电动车，各区完成15台。") | {"targets": [target("完成15台", "15", 13)]}
    merged = merge3(old, mine, new)
    assert [item["field"] for item in merged.conflicts] == ["targets"]
    assert merged.content["targets"][0]["value"] == "11"
    assert merged.content["targets"][0]["span"] is None  # its words stand nowhere in the new text


def test_an_untouched_target_follows_the_deadline_that_people_set() -> None:
    old = row(1)
    june = {"text": "6月底前", "kind": "by", "start": None, "end": "2025-06-30", "also": []}
    mine = old | {"deadline": june, "targets": [old["targets"][0] | {"by": "2025-06-30"}]}
    new = with_text(old, "公交车更新为纯电动车，各区完成15台。") | {"targets": [target("完成15台", "15", 13)]}
    merged = merge3(old, mine, new)
    assert merged.conflicts == []
    assert [(item["value"], item["by"]) for item in merged.content["targets"]] == [("15", "2025-06-30")]


def test_accepted_flags_stay_accepted_settled_ones_stay_away_new_ones_come() -> None:
    seen, settled = ({"id": "R13", "detail": name, "accepted": False} for name in ("市甲局", "市乙局"))
    old = row(1, flags=[seen, settled])
    mine = old | {"flags": [seen | {"accepted": True}]}
    come = {"id": "R14", "detail": "丙", "accepted": False}
    merged = merge3(old, mine, old | {"flags": [seen, settled, come]})
    assert merged.content["flags"] == [seen | {"accepted": True}, come]


def test_an_undecided_conflict_stays_until_somebody_decides_or_the_file_agrees() -> None:
    old = row(1)
    mine, new = with_text(old, old["text"] + "甲"), with_text(old, old["text"] + "乙")
    first = merge3(old, mine, new).content
    assert merge3(new, first, new).content["conflicts"] == first["conflicts"]
    agreed = with_text(old, mine["text"])
    assert merge3(new, first, agreed).content["conflicts"] == []


def test_a_row_that_people_put_in_is_filled_from_the_file() -> None:
    mine = row(1, text="漏读的一条措施。", roles=[], deadline=NO_DEADLINE, targets=[])
    new = row(1, uid=None, text="漏读的一条措施。", section="二、其他")
    merged = merge3(None, mine, new)
    assert merged.content["roles"] == new["roles"]
    assert merged.content["deadline"] == new["deadline"]
    assert [item["field"] for item in merged.conflicts] == ["section"]


changes = st.fixed_dictionaries(
    {},
    optional={
        "section": st.sampled_from(["一、总体", "二、其他", ""]),
        "seq": st.none() | st.integers(1, 4),
        "task": st.sampled_from(["任务1", "任务2"]),
        "text": st.sampled_from(["完成10台设备。", "完成10台设备更新。", "更新设备，完成10台。", "完成20台设备。"]),
        "deadline": st.sampled_from([NO_DEADLINE, row(1)["deadline"], row(1)["deadline"] | {"end": "2025-06-30"}]),
        "roles": st.lists(st.sampled_from("甲乙丙丁"), unique=True, max_size=4).map(
            lambda names: [role(("lead", "support")["丙丁".find(n) >= 0], f"市{n}局") for n in sorted(names)]
        ),
        "targets": st.lists(st.sampled_from(["10", "20", "30"]), unique=True, max_size=3).map(
            lambda values: [target(f"完成{v}台", v, 0) for v in values]
        ),
        "flags": st.lists(st.sampled_from("甲乙丙"), unique=True).map(
            lambda names: [{"id": "R13", "detail": n, "accepted": False} for n in names]
        ),
    },
)


def made(base: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    item = deepcopy(base) | values
    return item | {"paragraphs": [item["text"]]}


@settings(max_examples=examples(200))
@given(changes, changes)
def test_the_same_file_changes_nothing(before: dict[str, Any], edits: dict[str, Any]) -> None:
    old = made(row(1), before)
    mine = made(old, edits)
    assert merge3(old, mine, old).content == mine


@settings(max_examples=examples(200))
@given(changes, changes)
def test_an_untouched_row_becomes_what_the_file_says(before: dict[str, Any], news: dict[str, Any]) -> None:
    old = made(row(1), before)
    new = made(old, news) | {"source": {"page": 2, "row": 9, "cells": []}}
    merged = merge3(old, old, new)
    assert merged.conflicts == []
    assert merged.content == new | {"uid": old["uid"]}


@settings(max_examples=examples(300))
@given(changes, changes, changes)
def test_nothing_that_people_changed_is_lost_without_a_conflict(
    before: dict[str, Any], edits: dict[str, Any], news: dict[str, Any]
) -> None:
    old = made(row(1), before)
    mine, new = made(old, edits), made(old, news)
    merged = merge3(old, mine, new)
    said = {conflict["field"] for conflict in merged.conflicts}
    for name in ("section", "seq", "task", "text", "deadline"):
        if mine[name] != old[name]:
            assert merged.content[name] == mine[name]
            assert name in said or new[name] in (old[name], mine[name])
    for name in ("lead", "support"):
        was, here, now, result = ({item["name"] for item in side["roles"] if item["role"] == name}
                                  for side in (old, mine, new, merged.content))  # fmt: skip
        assert here - was <= result
        assert name in said or not (was - here) & result - (now - was)


@settings(max_examples=examples(300))
@given(*[st.lists(st.sampled_from("甲乙丙丁戊"), unique=True, max_size=5)] * 3)
def test_merged_lists_hold_what_each_side_put_in(old: list[str], mine: list[str], new: list[str]) -> None:
    unchanged = merge_lists(old, mine, old)
    assert unchanged is not None
    assert [at for _side, at, _at_new in unchanged] == list(range(len(mine)))
    merged = merge_lists(old, mine, new)
    if merged is None:
        return
    items = [mine[at] if at >= 0 else new[at_new] for _side, at, at_new in merged]
    assert set(mine) - set(old) <= set(items)
    assert set(new) - set(old) <= set(items)
    for side, at, at_new in merged:
        if side == "both":
            assert mine[at] == new[at_new]


@settings(max_examples=examples(200))
@given(st.text("甲乙12.5%ab，。", max_size=30), st.text("甲乙12.5%ab，。", max_size=30))
def test_pieces_of_a_text_diff_are_both_texts(old: str, new: str) -> None:
    pieces = text_diff(old, new)
    assert "".join(text for op, text in pieces if op != "insert") == old
    assert "".join(text for op, text in pieces if op != "delete") == new
    assert all(text for _op, text in pieces)
    assert all(a[0] != b[0] for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("达到12.5%。", "达到15%。", [("equal", "达到"), ("delete", "12.5%"), ("insert", "15%"), ("equal", "。")]),
        ("每季度检查一次", "每月检查一次",
         [("equal", "每"), ("delete", "季度"), ("insert", "月"), ("equal", "检查一次")]),
        ("检查一次。", "检查一次。每月通报。", [("equal", "检查一次。"), ("insert", "每月通报。")]),
        ("检查一次。每月通报。", "检查一次。", [("equal", "检查一次。"), ("delete", "每月通报。")]),
        ("", "新", [("insert", "新")]),
        ("同", "同", [("equal", "同")]),
    ],
)  # fmt: skip
def test_text_diff(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert text_diff(old, new) == pieces

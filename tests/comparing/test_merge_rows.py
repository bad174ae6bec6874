"""The merge of a whole plan: rows that come, go, move, split and join on both sides."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.comparing import MergedRows, merge_rows
from tests.comparing.rows import THEMES, reread, role, row, rows, uids
from tests.conftest import examples


def merged(old: list[Any], mine: list[Any], new: list[Any]) -> MergedRows:
    return merge_rows(old, mine, reread(new), uids())


def texts(result: MergedRows) -> list[str]:
    return [item.content["text"] for item in result.rows]


def names(result: MergedRows) -> list[str]:
    return [item.content["uid"] for item in result.rows]


def renumbered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item | {"n": n} for n, item in enumerate(items, start=1)]


def test_a_new_row_comes_in_at_its_place_and_all_others_keep_their_uid() -> None:
    old = rows()
    fresh = row(9, text="新增渣土车闭环监管平台建设。")
    result = merged(old, old, [*old[:2], fresh, *old[2:]])
    assert names(result) == ["u1", "u2", "made1", "u3", "u4", "u5", "u6"]
    assert [item.content["n"] for item in result.rows] == list(range(1, 8))
    assert result.counts() == {"same": 6, "changed": 0, "new": 1, "kept": 0, "gone": 0, "conflicts": 0}
    assert [item["uid"] for item in result.reading] == names(result)


def test_an_untouched_row_goes_with_the_file_a_worked_one_asks() -> None:
    old = rows()
    mine = [*old[:3], old[3] | {"task": "改过的任务"}, *old[4:]]
    result = merged(old, mine, [*old[:1], *old[2:3], *old[4:]])
    assert result.removed == ["u2"]
    assert names(result) == ["u1", "u3", "u4", "u5", "u6"]
    [conflict] = result.rows[2].conflicts
    assert (conflict["field"], conflict["new"], conflict["mine"]["task"]) == ("row", None, "改过的任务")
    assert result.rows[2].state == "kept"


def test_a_row_that_people_took_out_stays_out_unless_the_file_changed_it() -> None:
    old = rows()
    mine = renumbered([*old[:1], *old[2:]])
    assert names(merged(old, mine, old)) == ["u1", "u3", "u4", "u5", "u6"]
    changed = old[1] | {"text": old[1]["text"] + "年底通报。", "paragraphs": [old[1]["text"] + "年底通报。"]}
    result = merged(old, mine, [old[0], changed, *old[2:]])
    assert names(result) == ["u1", "u2", "u3", "u4", "u5", "u6"]
    assert [(c["field"], c["mine"]) for c in result.rows[1].conflicts] == [("row", None)]


def test_rows_that_people_put_in_stay_where_they_stand() -> None:
    old = rows()
    own = row(3, uid="own", text="本市另行补充的一条措施。")
    mine = renumbered([*old[:2], own, *old[2:]])
    result = merged(old, mine, [old[5], *old[:5]])
    assert names(result) == ["u6", "u1", "u2", "own", "u3", "u4", "u5"]


def test_a_row_that_the_reader_had_missed_meets_the_one_that_people_typed() -> None:
    old = rows()
    own = row(3, uid="own", text="渣土车密闭运输检查，每月通报。")
    mine = renumbered([*old[:2], own, *old[2:]])
    found = row(3, text="渣土车密闭运输检查,每月通报。", roles=[role("lead", "市城市管理委")])
    result = merged(old, mine, [*old[:2], found, *old[2:]])
    assert names(result) == ["u1", "u2", "own", "u3", "u4", "u5", "u6"]
    assert result.reading[2]["uid"] == "own"


def test_a_split_in_the_file_hands_peoples_decisions_to_both_halves() -> None:
    whole = row(2, text="加油站油气回收检查每季度不少于一次。渣土车密闭运输由属地核查，每月通报结果。", targets=[])
    old = [row(1), whole, row(3)]
    mine = [old[0], whole | {"roles": [role("lead", "市商务局")]}, old[2]]
    first, second = whole["text"].split("。")[0] + "。", whole["text"].split("。")[1] + "。"
    halves = [row(2, text=first, targets=[]), row(3, text=second, targets=[])]
    result = merged(old, mine, [old[0], *halves, old[2]])
    assert texts(result) == [old[0]["text"], first, second, old[2]["text"]]
    assert names(result)[1] == "u2"
    assert [[r["name"] for r in item.content["roles"]] for item in result.rows[1:3]] == [["市商务局"]] * 2
    assert result.counts()["conflicts"] == 0


def test_a_split_by_people_stays_and_a_change_in_the_file_asks_once() -> None:
    whole = row(2, text="加油站油气回收检查每季度不少于一次。渣土车密闭运输由属地核查，每月通报结果。", targets=[])
    old = [row(1), whole, row(3)]
    halves = [part + "。" for part in whole["text"].split("。")[:2]]
    mine = renumbered([
        old[0], whole | {"text": halves[0], "paragraphs": [halves[0]]}, row(3, uid="own", text=halves[1], targets=[]),
        old[2],
    ])  # fmt: skip
    assert merged(old, mine, old).counts()["conflicts"] == 0
    assert texts(merged(old, mine, old)) == [item["text"] for item in mine]
    news = whole["text"].replace("每月", "每周")
    result = merged(old, mine, [old[0], row(2, text=news, targets=[]), old[2]])
    assert texts(result) == [item["text"] for item in mine]
    assert [[c["field"] for c in item.conflicts] for item in result.rows] == [[], ["text"], [], []]


def test_the_file_splits_as_people_had_split() -> None:
    whole = row(2, text="加油站油气回收检查每季度不少于一次。渣土车密闭运输由属地核查，每月通报结果。", targets=[])
    old = [row(1), whole, row(3)]
    halves = [part + "。" for part in whole["text"].split("。")[:2]]
    mine = renumbered([
        old[0], whole | {"text": halves[0], "paragraphs": [halves[0]]}, row(3, uid="own", text=halves[1], targets=[]),
        old[2],
    ])  # fmt: skip
    news = [old[0], row(2, text=halves[0], targets=[]), row(3, text=halves[1], targets=[]), old[2]]
    result = merged(old, mine, news)
    assert names(result) == ["u1", "u2", "own", "u3"]
    assert result.counts()["conflicts"] == 0


def test_the_file_joins_two_rows() -> None:
    one, two = (
        row(2, text="加油站油气回收检查每季度一次。", targets=[]),
        row(3, text="渣土车密闭运输由属地核查。", targets=[]),
    )
    old = [row(1), one, two, row(4)]
    both = one["text"] + two["text"]
    result = merged(old, old, [old[0], row(2, text=both, targets=[]), old[3]])
    assert texts(result) == [old[0]["text"], both, old[3]["text"]]
    assert len(result.removed) == 1


def test_people_who_moved_rows_keep_their_order() -> None:
    old = rows()
    mine = renumbered([old[5], *old[:5]])
    fresh = row(9, text="新增渣土车闭环监管平台建设。")
    result = merged(old, mine, [*old[:2], fresh, *old[2:]])
    assert names(result) == ["u6", "u1", "u2", "made1", "u3", "u4", "u5"]


def test_the_second_merge_of_the_same_file_changes_nothing() -> None:
    old = rows()
    mine = [old[0] | {"text": "人工改写的措施。", "paragraphs": ["人工改写的措施。"]}, *old[1:]]
    new = [old[0] | {"task": "新任务"}, *old[1:4], row(5, text="整条换掉的渣土车闭环监管平台。"), old[5]]
    first = merged(old, mine, new)
    now = [item.content for item in first.rows]
    second = merge_rows(first.reading, now, reread(new), uids())
    assert [item.content for item in second.rows] == now
    assert second.removed == []


operations = st.lists(
    st.tuples(
        st.sampled_from(["text", "task", "delete", "insert", "move", "lead"]), st.integers(0, 9), st.integers(0, 9)
    ),
    max_size=6,
)


def apply(items: list[dict[str, Any]], steps: list[tuple[str, int, int]], tag: str) -> list[dict[str, Any]]:
    """A plan after some changes, as people or a corrected file make them."""
    result = list(items)
    for number, (kind, at, value) in enumerate(steps):
        place = at % max(1, len(result))
        if kind == "insert":
            text = f"{THEMES[-1 - value % 5]}，{tag}第{number}条补充。"
            result.insert(place, row(90 + number, uid=f"{tag}{number}", text=text, seq=None))
            continue
        if not result:
            continue
        item = result[place]
        if kind == "delete":
            result.pop(place)
        elif kind == "move":
            result.insert(value % (len(result) + 1), result.pop(place))
        elif kind == "lead":
            result[place] = item | {"roles": [role("lead", f"市{tag}{value}局"), *item["roles"][1:]]}
        elif kind == "task":
            result[place] = item | {"task": f"任务{tag}{value}"}
        else:
            text = item["text"] + f"{tag}{value}。"
            result[place] = item | {"text": text, "paragraphs": [text]}
    return renumbered(result)


@settings(max_examples=examples(100))
@given(operations)
def test_the_same_file_gives_what_people_made(edits: list[tuple[str, int, int]]) -> None:
    old = rows(8)
    mine = apply(old, edits, "甲")
    result = merged(old, mine, old)
    assert [item.content for item in result.rows] == mine
    assert result.removed == []


@settings(max_examples=examples(100))
@given(operations)
def test_an_untouched_plan_becomes_the_file(news: list[tuple[str, int, int]]) -> None:
    old = rows(8)
    new = apply(old, news, "乙")
    result = merged(old, old, new)
    wanted = [item | {"uid": None} for item in new]
    assert [item.content | {"uid": None} for item in result.rows] == wanted
    assert result.counts()["conflicts"] == 0
    assert len(set(names(result))) == len(new)


@settings(max_examples=examples(150))
@given(operations, operations)
def test_no_work_is_lost_silently(edits: list[tuple[str, int, int]], news: list[tuple[str, int, int]]) -> None:
    old = rows(8)
    mine, new = apply(old, edits, "甲"), apply(old, news, "乙")
    result = merged(old, mine, new)
    before = {item["uid"]: item for item in old}
    after = {item.content["uid"]: item for item in result.rows}
    assert [item.content["n"] for item in result.rows] == list(range(1, len(result.rows) + 1))
    for item in mine:
        was = before.get(item["uid"])
        worked = was is None or any(was[name] != item[name] for name in ("task", "text", "roles"))
        assert item["uid"] in after or not worked
        if item["uid"] in after:
            now, fields = after[item["uid"]].content, {c["field"] for c in after[item["uid"]].content["conflicts"]}
            for name in ("task", "text"):
                if was is not None and item[name] != was[name]:
                    assert now[name] == item[name]
            if was is not None and item["roles"] != was["roles"]:
                assert now["roles"][0] == item["roles"][0] or "lead" in fields

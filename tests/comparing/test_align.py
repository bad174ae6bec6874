"""Which row became which, and what changed in it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.comparing import align, compare_years, field_changes
from lantian.comparing.assign import assign
from lantian.reading import model as read
from tests.comparing.rows import THEMES, measure, plan
from tests.conftest import examples
from tests.growth import calls


def measures(count: int = len(THEMES)) -> list[read.Measure]:
    return [
        measure(n, f"{THEMES[(n - 1) % len(THEMES)]}，第{n}批在{n}月底前完成{n * 7}项。") for n in range(1, count + 1)
    ]


def numbered(items: list[read.Measure]) -> list[read.Measure]:
    return [replace(item, n=n) for n, item in enumerate(items, start=1)]


def pairs(old: list[read.Measure], new: list[read.Measure]) -> list[tuple[int | None, int | None]]:
    return [(pair.old_n, pair.new_n) for pair in align(old, new)]


def test_damaged_renumbered_and_moved_rows_find_their_partner() -> None:
    old = measures()
    new = [replace(item, measure=item.measure.replace("完成", "兖成").replace("，", ","), seq=None) for item in old]
    new = numbered([*new[10:], *new[:10]])
    assert sorted(pairs(old, new)) == sorted((item.n, (item.n - 11) % len(old) + 1) for item in old)  # type: ignore[type-var]


def test_rows_that_came_and_went_stand_in_their_place() -> None:
    old = measures(5)
    new = numbered([*old[:1], measure(9, "新建渣土车闭环监管平台。"), *old[2:]])
    assert pairs(old, new) == [(1, 1), (2, None), (None, 2), (3, 3), (4, 4), (5, 5)]


def test_equal_words_are_told_apart_by_task_and_place() -> None:
    old = [measure(n, "完成市级下达的任务。", task=f"任务{n % 3}", seq=None) for n in range(1, 7)]
    assert pairs(old, old) == [(n, n) for n in range(1, 7)]


def test_split_and_merged_rows_are_parts() -> None:
    whole = "加油站油气回收检查每季度不少于一次。渣土车密闭运输由属地核查，每月通报结果。"
    halves = [part + "。" for part in whole.split("。")[:2]]
    old = [measure(1, "工地扬尘监控。"), measure(2, whole), measure(3, "餐饮油烟清洗。")]
    new = numbered([old[0], *(measure(0, half) for half in halves), old[2]])
    split = align(old, new)
    assert sorted((pair.old_n, pair.new_n) for pair in split) == [(1, 1), (2, 2), (2, 3), (3, 4)]  # type: ignore[type-var]
    assert sum(pair.part for pair in split) == 1
    joined = align(new, old)
    assert sorted((pair.old_n, pair.new_n) for pair in joined) == [(1, 1), (2, 2), (3, 2), (4, 3)]  # type: ignore[type-var]


def test_a_reworded_measure_is_found_by_its_topic_where_asked() -> None:
    filler = measures(10)
    old = [*filler, measure(11, "落实烟花爆竹安全管理规定，五环路以内禁止燃放，完善五环路以外限放区域。", task="")]
    new = numbered([measure(0, "倡导文明低碳祭祀，落实各区烟花爆竹安全管理要求和限放区域。", task=""), *filler])
    assert (11, 1) not in pairs(old, new)
    assert (11, 1) in [(pair.old_n, pair.new_n) for pair in align(old, new, reworded=True)]


def test_nothing_against_nothing() -> None:
    assert align([], []) == []
    assert pairs([], measures(1)) == [(None, 1)]
    assert pairs(measures(1), []) == [(1, None)]


def test_work_grows_no_faster_than_the_pairs_of_rows() -> None:
    mix = random.Random(7)  # noqa: S311  # no secret
    letters = "".join(THEMES)
    old = [measure(n, "".join(mix.choices(letters, k=110)), task=THEMES[n % 15]) for n in range(1, 121)]
    new = [replace(item, measure="".join(c if mix.random() > 0.15 else "某" for c in item.measure)) for item in old]
    few = numbered(new[:30])
    mix.shuffle(new)
    new = numbered(new)
    found = align(old, new)
    assert sum(pair.old_n is not None and pair.new_n is not None for pair in found) == 120
    assert calls(lambda: align(old, new)) < 20 * calls(lambda: align(old[:30], few))  # 16 times the pairs


@settings(max_examples=examples(40))
@given(st.permutations(range(10)), st.sets(st.integers(0, 9), max_size=5))
def test_every_row_is_in_one_pair(order: list[int], gone: set[int]) -> None:
    old = measures(10)
    new = numbered([old[at] for at in order if at not in gone])
    found = align(old, new)
    assert sorted(pair.old_n for pair in found if pair.old_n) == list(range(1, 11))
    assert sorted(pair.new_n for pair in found if pair.new_n) == list(range(1, len(new) + 1))
    for pair in found:
        if pair.old_n and pair.new_n:
            assert old[pair.old_n - 1].measure == new[pair.new_n - 1].measure


@settings(max_examples=examples(60))
@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0.01, 1), max_size=14))
def test_the_assignment_has_the_best_sum(scores: dict[tuple[int, int], float]) -> None:
    def best(lefts: tuple[int, ...], free: frozenset[int]) -> float:
        if not lefts:
            return 0.0
        rest = best(lefts[1:], free)
        return max(
            [rest, *(scores[lefts[0], j] + best(lefts[1:], free - {j}) for j in free if (lefts[0], j) in scores)]
        )

    found = assign(scores)
    assert len(set(found.values())) == len(found)
    assert sum(scores[pair] for pair in found.items()) == pytest.approx(best((0, 1, 2, 3, 4), frozenset(range(5))))


def test_changes_are_told_by_field_and_readable() -> None:
    old = measure(1, "完成10台。", roles=(read.Role("lead", "市甲局", "市甲局"),))
    new = replace(
        old, measure="完成（10）台。", deadline=read.Deadline("年底前", "by", end=date(2026, 12, 31)),
        roles=(read.Role("lead", "市乙局", "市乙局", open=True),),
    )  # fmt: skip
    assert [(c.field, c.before, c.after) for c in field_changes(old, new)] == [
        ("text", "完成10台。", "完成（10）台。"),
        ("deadline", "年底前（2025-12-31）", "年底前（2026-12-31）"),
        ("lead", "市甲局", "市乙局等"),
    ]
    assert field_changes(old, replace(old, measure="完成 10 台。")) == []


def due(year: int) -> read.Deadline:
    return read.Deadline("年底前", "by", end=date(year, 12, 31))


def target(value: float | None, **changes: object) -> read.Target:
    values = {"text": f"完成{value}台", "subject": "锅炉改造", "kind": "count", "comparator": "=", "value": value,
              "unit": "台", "by": date(2025, 12, 31)} | changes  # fmt: skip
    return read.Target(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "states"),
    [
        (target(10), target(20), {"tightened"}),
        (target(20), target(10), {"loosened"}),
        (target(5, kind="level", comparator="<="), target(4, kind="level", comparator="<="), {"tightened"}),
        (target(-5, kind="change"), target(-3, kind="change"), {"loosened"}),
        (target(10), target(10, strength="力争"), {"loosened"}),
        (target(10, sense="at_most"), target(20), {"loosened"}),
        (target(10, kind="level"), target(20, kind="level"), set()),
        (target(10), target(10, by=date(2026, 12, 31)), set()),
        (target(10), None, {"loosened"}),
        (None, target(10), {"tightened"}),
        (None, target(None, kind="deliverable"), set()),
    ],
)
def test_years_tell_which_way_a_target_went(
    before: read.Target | None, after: read.Target | None, states: set[str]
) -> None:
    text = "推进燃气锅炉低氮改造工作，全年完成改造任务。"
    sides = [
        plan(measure(1, text, targets=(t,) if t else (), deadline=due(year)), year=year)
        for t, year in ((before, 2025), (after, 2026))
    ]
    [pair] = compare_years(*sides).pairs
    assert set(pair.states) == {"continued"} | states
    assert bool(pair.changes) == (before is not after and not (after and before and after.by != before.by))


def test_years_tell_units_that_came_went_and_changed_their_role() -> None:
    text = "加强建筑工地扬尘在线监控。"
    before = (read.Role("lead", "市甲局", ""), read.Role("support", "市乙局", ""), read.Role("support", "市丙局", ""))
    after = (read.Role("lead", "市乙局", ""), read.Role("support", "市丙局", ""), read.Role("support", "市丁局", ""))
    found = compare_years(plan(measure(1, text, roles=before)), plan(measure(1, text, roles=after, seq=3)))
    [pair] = found.pairs
    assert pair.states == ("continued", "renumbered", "moved")
    assert list(pair.changes) == [
        {"field": "unit", "from": "市甲局", "to": None, "role": "lead"},
        {"field": "unit", "from": None, "to": "市丁局", "role": "support"},
        {"field": "role", "from": "support", "to": "lead", "unit": "市乙局"},
    ]


def test_years_as_json() -> None:
    found = compare_years(plan(*measures(4)), plan(*numbered([*measures(4)[1:], measure(0, "新建监管平台。")])))
    assert found.as_dict()["new"] == [4]
    assert found.as_dict()["dropped"] == [1]
    assert [(p["old_n"], p["new_n"]) for p in found.as_dict()["pairs"]] == [(2, 1), (3, 2), (4, 3)]

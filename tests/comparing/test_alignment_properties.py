"""What holds for any plan: against itself, in any order, for any district; and how fast it is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.comparing.alignment import RELATIONS, align, prepare
from tests.conftest import examples
from tests.growth import calls

from .plans import city, district

OBJECTS = ("施工工地", "加油站", "餐饮企业", "汽修企业", "混凝土搅拌站", "裸露地块", "物流园区", "印刷企业")
ACTS = (
    "开展专项执法检查", "建立动态管理台账", "安装在线监控设备", "完成废气治理改造", "推广新能源运输车辆",
    "组织设施清洗维护", "落实覆盖和冲洗措施", "公布检查结果",
)  # fmt: skip
FIGURES = ("", "，覆盖率达到90%", "，共完成120家", "，平均浓度控制在35微克/立方米以内")

sentences = st.builds(
    lambda thing, act, figure: f"对{thing}{act}{figure}", st.sampled_from(OBJECTS), st.sampled_from(ACTS),
    st.sampled_from(FIGURES),
)  # fmt: skip
measures = st.lists(sentences, min_size=1, max_size=3, unique=True).map(lambda parts: "。".join(parts) + "。")
texts = st.lists(measures, min_size=1, max_size=8, unique=True)


@given(texts)
@settings(max_examples=examples(50), deadline=None)
def test_a_plan_says_the_same_as_itself(rows: list[str]) -> None:
    plan = city(*rows)
    result = align([plan], plan)
    assert [[row.n for row in link.city][:1] for link in result.links] == [[m.n] for m in plan.measures]
    assert {link.relation for link in result.links} == {"verbatim"}
    assert [link.changes for link in result.links] == [()] * len(plan.measures)
    assert result.orphans == ()
    assert result.untaken == ()


@given(texts, texts, st.randoms(use_true_random=False))
@settings(max_examples=examples(50), deadline=None)
def test_the_order_of_rows_decides_nothing(theirs: list[str], ours: list[str], random: object) -> None:
    cities, plan = city(*theirs), district(*ours)
    mixed = [list(side.measures) for side in (cities, plan)]
    for rows in mixed:
        random.shuffle(rows)  # type: ignore[attr-defined]
    again = align([replace(cities, measures=tuple(mixed[0]))], replace(plan, measures=tuple(mixed[1])))
    shown = [
        {link.district_n: (link.relation, {(row.medium, row.n) for row in link.city}) for link in result.links}
        for result in (align([cities], plan), again)
    ]
    assert shown[0] == shown[1]


@given(texts, texts)
@settings(max_examples=examples(50), deadline=None)
def test_every_row_is_told_once(theirs: list[str], ours: list[str]) -> None:
    cities, plan = city(*theirs), district(*ours)
    result = align([cities], plan)
    assert [link.district_n for link in result.links] == [m.n for m in plan.measures]
    taken = {row.n for link in result.links for row in link.city}
    assert taken | {row.n for row in result.orphans} == {m.n for m in cities.measures}
    assert taken.isdisjoint({row.n for row in result.orphans})
    for link in result.links:
        assert link.relation in RELATIONS
        assert (link.relation == "added") == (not link.city)
        assert 0 <= link.score <= 1


def _long(rows: int) -> list[str]:
    return [
        f"{number}号任务：对{OBJECTS[number % 8]}{ACTS[number // 8 % 8]}，共完成{number + 3}0家。"
        f"督促{OBJECTS[(number + 3) % 8]}落实主体责任，{ACTS[(number * 3) % 8]}。建立长效机制并按月报送进展。"
        for number in range(rows)
    ]


def test_work_grows_no_faster_than_the_pairs_of_rows_and_a_city_is_prepared_once() -> None:
    def work(rows: int) -> tuple[int, int]:
        theirs, plan = city(*_long(rows)), district(*_long(rows))
        ready = prepare([theirs])
        assert len(align(ready, plan).links) == rows
        return calls(lambda: align([theirs], plan)), calls(lambda: align(ready, plan))

    few, many = work(15), work(60)
    assert many[0] < 20 * few[0]  # 16 times the pairs
    assert many[1] < many[0] - calls(lambda: prepare([city(*_long(60))])) // 2

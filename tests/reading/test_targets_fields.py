"""What the target grammar reads in invented sentences of many fields, and sentence by sentence.

targets_invented.csv was written by the reader and reviewed, so it guards against regressions; targets_typed.csv holds
expectations that were typed before the reader saw the sentences.
"""

from __future__ import annotations

import csv
import dataclasses
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.reading.grammar.deadlines import find_dates
from lantian.reading.grammar.places import areas_of
from lantian.reading.grammar.targets import find_targets
from lantian.reading.grammar.targets.numbers import find_quantities
from lantian.reading.model import Target
from tests.growth import seconds

CASES = Path(__file__).parent / "targets_invented.csv"
NUMERIC = {"level", "change", "count", "rate", "rank"}


def invented() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with CASES.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            rows[row["sentence"]].append(row)
    return rows


def read(text: str, *, year: int | None = 2024, due: date | None = None) -> list[Target]:
    return list(find_targets(text, year=year, due=due))


def numeric(text: str) -> list[Target]:
    return [target for target in read(text) if target.kind in NUMERIC]


def printed(value: float | int | None) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize(("sentence", "rows"), invented().items())
def test_invented_sentence(sentence: str, rows: list[dict[str, str]]) -> None:
    wanted = [tuple(row.values())[1:] for row in rows if row["kind"] != "none"]
    found = [
        (
            t.kind, t.comparator, printed(t.value), printed(t.value_max), t.unit or "", str(t.baseline or ""),
            str(t.by),
            "、".join(t.scope), t.sense, t.strength, printed(t.stretch), t.subject,
        )
        for t in numeric(sentence + "。")
    ]  # fmt: skip
    assert found == wanted


def test_there_are_enough_invented_sentences() -> None:
    assert len(invented()) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "新增和更新的4.5吨以下环卫车优先采购本地产品",
        "3吨及以下叉车登记造册",
        "对挥发性有机物年排放量大于1吨的企业开展检查",
        "供水人口在10000人以上的水源地设置标志",
        "自有车辆达10辆以上的企业列入台账",
        "出口两侧各100米范围内不得有遗撒",
        "严格执行国六b、国四、国Ⅲ类排放标准",
        "落实《某市扬尘防治办法（2018—2022年）》（某政发〔2018〕128号）",
        "执行DB11/1983—2022、GB 37822—2019和GB/T 38597-2020",
        "2023—2025年，6—9月错峰施工，24小时值守",
        "推行“一厂一策”，提高“三率”，落实“六项措施”",
        "建设一批示范项目，统筹两个市场",
        "以处理规模在5万吨/日以上的城镇污水处理厂为对象开展执法",
        "定期通报排名情况",
        "拨打12345热线",
        "沿国道109线和省道S208巡查",
    ],
)
def test_no_target(text: str) -> None:
    assert [t for t in read(text) if t.value is not None] == []


def test_double_hundred_is_two_targets() -> None:
    found = numeric("工地设备安装率、对接率动态实现双100%。")
    assert [(t.subject, t.value) for t in found] == [("工地设备安装率", 100), ("对接率", 100)]


def test_parts_of_a_sum_have_their_places() -> None:
    found = numeric("组织50家企业开展治理。其中：东山区20家、西山区30家。")
    assert [(t.value, t.scope, t.applies) for t in found] == [
        (50, (), "total"),
        (20, ("东山区",), "owner"),
        (30, ("西山区",), "owner"),
    ]


def test_known_names_give_places_without_suffix() -> None:
    found = find_targets(
        "临川、河阳PM2.5浓度分别控制在40、42微克/立方米。", year=2024, due=None, places=("临川", "河阳")
    )
    assert [(t.scope, t.value) for t in found] == [(("临川",), 40), (("河阳",), 42)]


def test_semicolon_lists_narrow_the_scope() -> None:
    first, second = numeric(
        "东山区、西山区降尘量控制在4.5吨/平方公里·月左右（扣除沙尘影响）；其他区控制在5吨/平方公里·月以内。"
    )
    assert (first.scope, first.comparator, first.qualifier) == (("东山区", "西山区"), "~", "扣除沙尘影响")
    assert (first.applies, first.sense, first.unit) == ("each", "at_most", "吨/平方公里·月")
    assert (second.scope, second.comparator) == (("其他区",), "<=")


@pytest.mark.parametrize(
    ("text", "applies"),
    [
        ("全年抽检不低于230组。", "total"),
        ("各区降尘量控制在5吨/平方公里·月以内。", "each"),
        ("全区及各街道降尘量力争控制在5吨/平方公里·月以内。", "both"),
        ("街道（乡镇）对工地的月检查率要达到100%。", "each"),
        ("新能源公交车比例达到72%。", None),
    ],
)
def test_applies(text: str, applies: str | None) -> None:
    assert numeric(text)[0].applies == applies


def test_date_of_the_text_comes_before_the_cell_and_the_year_last() -> None:
    due = date(2024, 10, 31)
    assert find_targets("6月底前完成10家。", year=2024, due=due)[0].by == date(2024, 6, 30)
    assert find_targets("完成10家。", year=2024, due=due)[0].by == due
    assert find_targets("完成10家。", year=2024, due=None)[0].by == date(2024, 12, 31)
    assert find_targets("完成10家。", year=None, due=None)[0].by is None
    assert find_targets("“十四五”末累计推广200万辆。", year=2022, due=due)[0].by == date(2025, 12, 31)


def test_a_date_of_another_purpose_does_not_govern() -> None:
    found = find_targets("按照2030年目标，完成10家。", year=2024, due=None)
    assert found[0].by == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "kind", "subject", "strength"),
    [
        ("全市实现煤改气全覆盖。", "universal", "煤改气", "hard"),
        ("平原地区散煤“清零”。", "universal", "平原地区散煤", "hard"),
        ("超标车辆应罚尽罚。", "universal", "超标车辆", "hard"),
        ("道路尘负荷持续下降。", "direction", "道路尘负荷", "hard"),
        ("细颗粒物浓度力争继续下降。", "direction", "细颗粒物浓度", "力争"),
        ("进一步提高公共交通出行比例。", "direction", "公共交通出行比例", "hard"),
        ("完成国家下达的减排任务。", "external", "减排", "hard"),
        ("实施“减二增一”削减量替代审批制度。", "ratio_rule", "削减量替代审批制度", "hard"),
        ("修订《汽车维修业排放标准》。", "deliverable", "《汽车维修业排放标准》", "hard"),
        ("研究制定渣土车管控方案。", "deliverable", "渣土车管控方案", "hard"),
        ("研究新能源车停车收费政策。", "deliverable", "新能源车停车收费政策", "study"),
    ],
)
def test_targets_without_a_figure(text: str, kind: str, subject: str, strength: str) -> None:
    (target,) = read(text)
    assert (target.kind, target.subject, target.strength, target.value) == (kind, subject, strength, None)


def test_cadence() -> None:
    (target,) = read("对重点水源每季度监测一次。")
    assert (target.kind, target.period, target.value) == ("cadence", "每季度", None)


def test_scales_and_units_of_quantities() -> None:
    found = [(q.value, q.unit) for q in find_quantities("1.2亿千瓦，3.4万辆次，300千瓦时，10,000人，5个百分点")]
    assert found == [(120000000, "千瓦"), (34000, "辆次"), (300, "千瓦时"), (10000, "人"), (5, "个百分点")]


def test_dates_that_need_a_calendar_govern_their_figures() -> None:
    text = "采暖季前完成改造20户，9月中旬前完成检查5次。"
    dates = find_dates(text, year=2024, region="北京市")
    assert [t.by for t in find_targets(text, year=2024, due=None, dates=dates)] == [
        date(2024, 11, 15),
        date(2024, 9, 20),
    ]


def test_areas_of_the_units_are_places() -> None:
    assert areas_of(["石桥区政府", "云台县人民政府", "青岚高新区管委会", "各区政府", "相关县政府", "市生态环境局"]) == {
        "石桥区",
        "云台县",
        "青岚高新区",
    }
    (target,) = find_targets("青岚高新区降尘量不高于6吨/月·平方公里。", year=2024, due=None, places=["青岚高新区"])
    assert (target.scope, target.applies) == (("青岚高新区",), "owner")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("实现充电设施覆盖每个居住区。", ["universal"]),
        ("基本消除裸地。", []),
        ("鼓励采取优先派单、制定打折优惠方案等措施。", []),
        ("研究提升道路清扫保洁标准。", []),
        ("落实修订后的补贴政策。", []),
        ("积极出台促进创业的政策措施。", []),
        ("颗粒物浓度持续改善，年均浓度力争继续下降。", ["direction"]),
        ("不断降低能耗强度，持续改善空气质量。", ["direction", "direction"]),
        ("提高“三率”（收集率、去除率和运行率）水平。", ["direction"]),
        ("落实研究提高公共交通出行比例、强化通行便利等相关政策。", []),
    ],
)
def test_wordings_that_are_targets_and_that_are_none(text: str, kinds: list[str]) -> None:
    assert [t.kind for t in read(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "挥发性有机物（VOCs）、氮氧化物（NOx）排放量（含移动源）分别减少500吨、300吨。",
        "完成国家下达的挥发性有机物（VOCs）和氮氧化物（NOx）减排任务。",
        "提高“三率”（收集率、去除率和运行率）水平，《扬尘办法》（某政发〔2024〕1号）执行率达到95%。",
    ],
)
def test_fields_hold_printed_words_only(text: str) -> None:
    for target in read(text):
        for value in dataclasses.asdict(target).values():
            assert not isinstance(value, str) or value.isprintable()


@given(st.lists(st.sampled_from(
    ["完成", "10", "家", "，", "。", "分别", "达到", "5%", "（", "）", "（VOCs）", "《", "》", "“", "”", "下降", "减排",
     "完成国家下达的", "任务", "持续", "提高", "率", "浓度", "水平", "东山区", "、", "每季度", "双100%", "制定", "方案"]
), max_size=40))  # fmt: skip
def test_no_field_holds_a_control_character(words: list[str]) -> None:
    text = "".join(words)
    for target in find_targets(text, year=2024, due=None, places=["东山区"]):
        for value in dataclasses.asdict(target).values():
            parts = value if isinstance(value, tuple) else (value,)
            assert all(part.isprintable() for part in parts if isinstance(part, str))
        assert target.span is not None
        assert text[slice(*target.span)] == target.text


@given(st.text(max_size=300))
def test_any_text_is_read_twice_the_same(text: str) -> None:
    assert find_targets(text, year=2024, due=None) == find_targets(text, year=2024, due=None)


@given(st.lists(st.sampled_from(
    ["完成", "10", "家", "，", "。", "；", "、", "分别", "达到", "5%", "（", "）", "《", "》", "“", "”", "力争",
     "年底前", "2025年", "东山区", "其中", "双", "三", "万", "以上", "下降", "研究制定", "方案", "后", "名", "：",
     "一", "—", "\x01"]
), max_size=60))  # fmt: skip
def test_any_words_of_a_plan_are_read(words: list[str]) -> None:
    text = "".join(words)
    for target in find_targets(text, year=2024, due=None):
        assert target.span is not None
        assert text[slice(*target.span)] == target.text


@pytest.mark.parametrize(
    "piece",
    ["0", "一百", "（", "“", "《", "东城区、", "研究制定", "减少进入", "降尘量达标，", "1.", "新增和更新的", "进入前"],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def spent(size: int) -> float:
        text = (piece * size)[:size]
        return seconds(lambda: find_targets(text, year=2024, due=None))

    spent(1000)
    assert spent(32000) < 10 * spent(8000) + 0.5  # four times the length


TYPED = Path(__file__).parent / "targets_typed.csv"
KNOWN_WRONG = {
    "鼓励企业新增绿电使用量10%以上": "read as a rate; 新增 with a percentage could be a change",
}


def typed() -> list[object]:
    with TYPED.open(encoding="utf-8") as handle:
        rows = [
            (row["sentence"], [part for part in row["expected"].split("；") if part]) for row in csv.DictReader(handle)
        ]
    return [
        pytest.param(
            sentence, wanted,
            marks=[pytest.mark.xfail(strict=True, reason=KNOWN_WRONG[sentence])] if sentence in KNOWN_WRONG else [],
        )
        for sentence, wanted in rows
    ]  # fmt: skip


@pytest.mark.parametrize(("sentence", "wanted"), typed())
def test_sentence_typed_before_it_was_read(sentence: str, wanted: list[str]) -> None:
    """Expectations written down before the reader saw the sentence (unlike targets_invented.csv)."""
    found = [
        f"{t.kind} {t.comparator} {int(t.value) if t.value == int(t.value) else t.value} {t.unit or ''}".rstrip()
        for t in read(sentence + "。")
        if t.value is not None
    ]
    assert found == [item.rstrip() for item in wanted]


@pytest.mark.parametrize("sentence", ["PM2.5浓度同比持续下降。", "降尘量同比进一步下降。", "投诉量比上年明显减少。"])
def test_a_direction_may_say_both_how_and_against_what(sentence: str):
    (target,) = find_targets(sentence, year=2026, due=None)
    assert (target.kind, target.value) == ("direction", None)

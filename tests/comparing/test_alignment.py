"""City against district: the partner, the relation, what changed. All texts are invented."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lantian.comparing import compare_years
from lantian.comparing.alignment import RELATIONS, Alignment, Link, align
from lantian.reading.model import Plan

from .plans import Cells, city, district

DUST = "各区对施工工地开展扬尘检查，督促落实覆盖、冲洗、喷淋措施，并定期通报检查结果。"
OIL = "加强加油站油气回收设施巡查，对运行异常的加油站依法处理，夏季错峰装卸油。"
HEAT = "完善清洁取暖设备运维服务，严防散煤复烧，巩固无煤化成果。"


def found(theirs: Cells | str, ours: Cells | str) -> Link:
    """The link of one district row that stands among others, to a city row that stands among others."""
    result = align([city(OIL, theirs, HEAT)], district(ours, OIL))
    return result.links[0]


def changes(link: Link, field: str) -> list[tuple[str | None, str | None]]:
    return [(change.before, change.after) for change in link.changes if change.field == field]


@pytest.mark.parametrize(
    ("theirs", "ours", "relation"),
    [
        # the same after 市→区, whoever does it
        (DUST, DUST.replace("各区对", "对"), "verbatim"),
        (DUST, DUST.replace("各区对", "区住房城乡建设局对"), "verbatim"),
        (
            "市交通委提升公路清扫保洁水平，及时清理路面积尘。",
            "区交通局提升公路清扫保洁水平，及时清理路面积尘。",
            "verbatim",
        ),
        ("全市餐饮企业定期清洗油烟净化设施。", "全区餐饮企业定期清洗油烟净化设施。", "verbatim"),
        # other words, another place in the chain
        (
            "市城管委研究制定渣土运输车辆新能源化实施方案，推动车辆更新。",
            "落实渣土运输车辆新能源化实施方案，推动车辆更新。",
            "adapted",
        ),
        (
            "组织开展汽车维修企业喷涂废气治理试点，总结推广经验。",
            "配合开展汽车维修企业喷涂废气治理试点，总结推广经验。",
            "adapted",
        ),
        # a part only
        (
            "以化工、印刷、家具制造、汽车维修等行业为重点，开展挥发性有机物专项执法。",
            "以印刷行业为重点，开展挥发性有机物专项执法。",
            "narrowed",
        ),
        (
            "加强生产、销售环节油品质量抽查，依法查处不合格油品。推进油库油气回收设施改造升级工程。",
            "加强销售环节油品质量抽查，依法查处不合格油品。",
            "narrowed",
        ),
        # figures
        ("新增环卫车新能源比例达到70%。", "新增环卫车新能源比例达到80%。", "tightened"),
        ("新增环卫车新能源比例达到80%。", "新增环卫车新能源比例达到70%。", "loosened"),
        ("各区降尘量控制在5.1吨/平方公里·月以内。", "降尘量控制在4.8吨/平方公里·月以内。", "tightened"),
        ("各区降尘量控制在5.1吨/平方公里·月以内。", "全区降尘量力争控制在5.1吨/平方公里·月以内。", "loosened"),
        ("各区降尘量控制在5吨/平方公里·月以内。", "降尘量控制在5吨/平方公里·月左右。", "loosened"),
        ("挥发性有机物排放量较上年下降10%。", "挥发性有机物排放量较上年下降12%。", "tightened"),
        ("挥发性有机物排放量较上年下降10%。", "挥发性有机物排放量较上年下降8%。", "loosened"),
        # how often, how binding, which objects, under which condition
        ("对施工工地每月开展一次扬尘检查。", "对施工工地每季度开展一次扬尘检查。", "loosened"),
        ("对施工工地每月开展一次扬尘检查。", "对施工工地每月开展两次扬尘检查。", "tightened"),
        ("对施工工地每季度开展一次扬尘检查。", "对施工工地每月开展一次扬尘检查。", "tightened"),
        ("确保老旧锅炉低氮改造工程按期投运。", "力争老旧锅炉低氮改造工程按期投运。", "loosened"),
        ("完成老旧锅炉低氮改造工程验收和移交。", "推进老旧锅炉低氮改造工程验收和移交。", "loosened"),
        ("鼓励加油站夜间加油，错峰卸油。", "确保加油站夜间加油，错峰卸油。", "tightened"),
        (
            "新增的公交车（不含应急保障车辆）全部为新能源车。",
            "新增的公交车全部为新能源车。",
            "tightened",
        ),
        (
            "新增的公交车全部为新能源车。",
            "新增的公交车（不含应急保障车辆）全部为新能源车。",
            "loosened",
        ),
        (
            "预警期间，全市禁止销售和燃放烟花爆竹。",
            "全区禁止销售和燃放烟花爆竹。",
            "tightened",
        ),
        ("定期对各区、各街道（乡镇）空气质量排名通报。", "定期对各街道空气质量通报。", "loosened"),
        # set by letter
        ("全市累计推广新能源车20万辆。", "完成市级下达的推广新能源车任务。", "adapted"),
        ("各区完成国家和本市减排目标。", "完成国家和本市减排目标。", "verbatim"),
    ],
)  # fmt: skip
def test_relation(theirs: str, ours: str, relation: str) -> None:
    assert found(theirs, ours).relation == relation


def test_a_row_that_nobody_asks_for_is_added() -> None:
    link = found(DUST, "开展河道保洁志愿服务，评选最美河湖守护人。")
    assert (link.relation, link.city, link.changes) == ("added", (), ())


def test_an_equal_heading_alone_makes_no_partner() -> None:
    theirs = ("扬尘管控", "推进公路沿线裸露边坡绿化。", "年底前", "市交通局", "各区政府")
    ours = ("扬尘管控", "评选优秀网格员并给予表扬奖励。", "年底前", "区城管委")
    assert found(theirs, ours).relation == "added"


@pytest.mark.parametrize(
    ("theirs", "ours", "relation", "shown"),
    [
        # 万 is multiplied out; a share of the city's sum asks for nothing less
        ("完成重型车检查150万辆次以上。", "完成重型车检查3.4万辆次以上。", "adapted", ("≥1500000辆次", "≥34000辆次")),
        ("完成重型车检查3万辆次以上。", "完成重型车检查30000辆次以上。", "verbatim", None),
        # 公里 and 米 are one unit
        ("完成破损道路修复改造2公里。", "完成破损道路修复改造2000米。", "verbatim", None),
        # a sum that the district alone surpasses
        ("完成8000户散煤替代。", "完成10000户散煤替代。", "tightened", ("8000户", "10000户")),
    ],
)  # fmt: skip
def test_numbers_as_numbers(theirs: str, ours: str, relation: str, shown: tuple[str, str] | None) -> None:
    link = found(theirs, ours)
    assert link.relation == relation
    assert changes(link, "target")[:1] == ([shown] if shown else changes(link, "target")[:1])


LIST = "组织100家印刷企业开展治理。其中：青石区8家、柳湾区20家、东渡区32家、松桥区40家。"


@pytest.mark.parametrize(("own", "relation"), [(8, "adapted"), (10, "tightened"), (6, "loosened")])
def test_a_list_by_area_counts_with_this_districts_figure(own: int, relation: str) -> None:
    link = found(LIST, f"组织{own}家印刷企业开展治理。")
    assert link.relation == relation
    assert ("100家", f"{own}家") in changes(link, "target")


def test_the_rest_of_a_list_is_this_district_if_it_is_not_named() -> None:
    theirs = "柳湾区、东渡区降尘量控制在4.5吨/平方公里·月以内；其他区降尘量控制在5吨/平方公里·月以内。"
    assert found(theirs, "降尘量控制在5吨/平方公里·月以内。").relation == "verbatim"
    assert found(theirs, "降尘量控制在4.5吨/平方公里·月以内。").relation == "tightened"


def test_what_is_asked_of_other_districts_is_not_missing() -> None:
    theirs = "青石区、柳湾区强化夜间精细化管控。东渡区开展机场周边大气污染综合整治专项行动。"
    assert found(theirs, "强化夜间精细化管控。").relation == "verbatim"


def test_a_ranking_is_compared_by_its_place() -> None:
    theirs = "青石区、柳湾区各街道粗颗粒物浓度排名退出全市后30名。"
    assert found(theirs, "各街道粗颗粒物浓度排名退出全市后30名。").relation == "verbatim"


@pytest.mark.parametrize(
    ("theirs", "ours", "relation"),
    [
        ("年底前", "11月底前", "tightened"),
        ("6月底前", "年底前", "loosened"),
        ("年底前", "年底前", "verbatim"),
        ("年底前", "长期实施", "verbatim"),  # shown, yet nothing more or less is asked
    ],
)
def test_dates(theirs: str, ours: str, relation: str) -> None:
    link = found(("油烟", OIL[:20], theirs, "市商务局", "各区政府"), ("油烟", OIL[:20], ours, "区商务局"))
    assert link.relation == relation
    assert bool(changes(link, "date")) == (theirs != ours)


def test_plans_of_two_years_are_compared_in_one() -> None:
    theirs, ours = f"2024年完成散煤治理巡查。{DUST}", f"2025年完成散煤治理巡查。{DUST}"
    result = align([city(theirs, OIL, year=2024)], district(ours, year=2025))
    assert result.links[0].relation == "verbatim"
    assert result.links[0].changes == ()


def test_one_city_row_in_several_district_rows() -> None:
    """The split is no narrowing; what no row says is reported apart."""
    theirs = f"{DUST}{OIL}开展散煤复烧专项巡查并建立台账。"
    result = align([city(theirs)], district(DUST, OIL))
    assert [link.relation for link in result.links] == ["verbatim", "verbatim"]
    assert all(link.city == result.links[0].city for link in result.links)
    assert [text for _row, text in result.untaken] == ["开展散煤复烧专项巡查并建立台账"]


def test_one_district_row_for_several_city_rows() -> None:
    result = align([city(DUST, OIL, HEAT)], district(f"{DUST}{HEAT}"))
    assert {row.n for row in result.links[0].city} == {1, 3}
    assert result.links[0].relation == "verbatim"
    assert [row.n for row in result.orphans] == [2, 4]


def test_a_row_printed_twice_has_the_same_partner_twice() -> None:
    result = align([city(DUST, OIL)], district(DUST, OIL, DUST))
    assert [[row.n for row in link.city] for link in result.links] == [[1], [2], [1]]


def test_equal_words_are_told_apart_by_their_heading() -> None:
    words = "各区完成年度减排目标要求。"
    theirs = city(
        ("氮氧化物总量减排", words, "年底前", "市生态环境局", "各区政府"),
        ("挥发性有机物总量减排", words, "年底前", "市生态环境局", "各区政府"),
    )
    ours = district(
        ("挥发性有机物总量减排", words[2:], "年底前", "区生态环境局"),
        ("氮氧化物总量减排", words[2:], "年底前", "区生态环境局"),
    )
    assert [[row.n for row in link.city] for link in align([theirs], ours).links] == [[2], [1]]


def test_several_plans_of_a_city() -> None:
    water = replace(city("对入河排污口开展排查整治，建立动态台账。"), medium="water")
    result = align([city(DUST), water], district("对入河排污口开展排查整治，建立动态台账。"))
    assert [(row.medium, row.n) for row in result.links[0].city] == [("water", 1)]
    assert {row.medium for row in result.orphans} == {"air", "water"}


def test_units_without_a_counterpart_are_shown() -> None:
    theirs = ("油烟", DUST, "年底前", "市财政局、市生态环境局", "各区政府")
    assert changes(found(theirs, ("油烟", DUST, "年底前", "区生态环境局")), "unit") == [("市财政局", None)]
    assert changes(found(theirs, ("油烟", DUST, "年底前", "区财政局、区生态环境局")), "unit") == []


def test_lines_of_work_that_act_are_no_objects_but_their_change_is_told() -> None:
    theirs = "住房城乡建设、水务、农业农村等部门督促本行业机械编码登记，严查未登记机械。"
    link = found(theirs, "住房城乡建设、园林绿化等部门督促本行业机械编码登记，严查未登记机械。")
    assert link.relation == "adapted"
    assert changes(link, "unit") == [("住房城乡建设、水务、农业农村", "住房城乡建设、园林绿化")]


def test_figures_decide_before_missing_words() -> None:
    theirs = "新增环卫车新能源比例达到70%。开展渣土运输车辆示范运营和经验推广。"
    assert found(theirs, "新增环卫车新能源比例达到80%。").relation == "tightened"


def test_clauses_stand_side_by_side() -> None:
    link = found("巡查加油站，处理异常站点，公布查处结果和整改情况。", "巡查加油站，处理异常站点。")
    assert [(piece.state, piece.city, piece.district) for piece in link.pieces] == [
        ("same", "巡查加油站", "巡查加油站"),
        ("same", "处理异常站点", "处理异常站点"),
        ("lost", "公布查处结果和整改情况", ""),
    ]


def test_the_json_is_what_the_contract_says() -> None:
    shown = json.loads(json.dumps(align([city(DUST, OIL)], district(DUST, "评选最美河湖守护人。")).as_dict()))
    assert set(shown) == {"links", "orphans"}
    assert [set(link) for link in shown["links"]] == [{"district_n", "city", "relation", "changes"}] * 2
    assert shown["links"][0]["city"] == [{"medium": "air", "seq": 1, "n": 1}]
    assert shown["links"][1]["city"] == []
    assert {link["relation"] for link in shown["links"]} <= set(RELATIONS)
    assert [row["n"] for row in shown["orphans"]] == [2, 3]


@pytest.mark.parametrize("plans", [([], district(DUST)), ([city(DUST)], replace(district(DUST), measures=()))])
def test_empty_plans(plans: tuple[list[Plan], Plan]) -> None:
    theirs, ours = plans
    result = align(theirs, ours)
    assert isinstance(result, Alignment)
    assert [link.relation for link in result.links] == ["added"] * len(ours.measures)
    assert len(result.orphans) == sum(len(plan.measures) for plan in theirs)


def test_a_list_by_area_that_goes_loosens_no_sum_from_year_to_year() -> None:
    """``lantian diff`` sees the same figures: the sum stays, whether the city prints its parts or not."""
    before, after = city(LIST, year=2024), city(LIST.split("其中")[0], year=2025)
    states = [pair.states for pair in compare_years(before, after).pairs]
    assert "loosened" not in states[0]
    assert "tightened" not in compare_years(after, before).pairs[0].states

"""Targets find their indicator by wording; all texts here are ours, in the manner of many cities."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import SimpleNamespace

import pytest

from lantian.indicators.binding import Proposal, numeric, propose
from lantian.indicators.packs import Indicators
from lantian.indicators.packs import load as load_indicators
from lantian.reading.grammar.targets.find import find_targets
from lantian.reading.model import Deadline, Measure, Plan, Target
from lantian.registers import load


@cache
def shipped() -> Indicators:
    return load_indicators(load())


def read(text: str, task: str = "") -> tuple[Plan, Measure]:
    targets = find_targets(text, year=2031, due=date(2031, 12, 31))
    deadline = Deadline("年底前", "by", None, date(2031, 12, 31))
    measure = Measure(1, "", 1, task, text, (text,), deadline, targets=targets)
    return Plan("云溪市2031年行动计划", 2031, "云溪市", "municipal", "air", (measure,)), measure


def proposals(text: str, task: str = "") -> list[tuple[Target, Proposal]]:
    plan, measure = read(text, task)
    return [(target, propose(plan, measure, target, shipped())) for target in measure.targets]


def only(text: str, task: str = "") -> Proposal:
    found = [proposal for target, proposal in proposals(text, task) if numeric(target)]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("城市建成区公交车新能源化率达到90%。", "bus_nev_share"),
        ("新增和更新公交车中新能源车占比不低于80%。", "bus_new_clean_share"),
        ("新增更新出租车新能源比例达到100%。", "taxi_new_clean_share"),
        ("全市环卫车辆新能源比例达到50%。", "sanitation_clean_share"),
        ("渣土车新能源比例达到30%。", "muck_truck_clean_share"),
        ("叉车新能源占比达到50%。", "forklift_electric_share"),
        ("淘汰国三及以下排放标准营运柴油货车3000辆。", "old_diesel_trucks_retired"),
        ("完成老旧车淘汰1.2万辆。", "old_vehicles_retired"),
        ("全年开展重型柴油车路检路查5000辆次。", "heavy_diesel_checks"),
        ("完成非道路移动机械监督抽测2000台次。", "nrmm_checks"),
        ("推广新能源汽车2万辆。", "nev_promoted"),
        ("新建公共充电桩5000个。", "charging_points_opened"),
        ("淘汰35蒸吨/小时以下燃煤锅炉20台。", "coal_boilers_removed"),
        ("完成散煤清洁化治理2万户。", "coal_households_replaced"),
        ("燃气锅炉低氮改造120台。", "gas_boilers_low_nox_count"),
        ("燃气锅炉低氮改造900蒸吨。", "gas_boiler_low_nox"),
        ("完成80家企业VOCs深度治理。", "fine_treatment_done"),
        ("推动15家企业绩效升级。", "grades_raised"),
        ("对30家企业实施强制性清洁生产审核。", "audits_done"),
        ("完成涂料抽检100批次。", "product_samples"),
        ("涂料产品抽检合格率达到95%。", "product_pass_rate"),
        ("加油站三次油气回收设施安装50座。", "vapour_rebuilt"),
        ("重点排污单位自动监控联网率达到98%。", "monitor_connected_rate"),
        ("加油站油气回收在线监控安装联网率达到100%。", "stations_online_rate"),
        ("完成低效VOCs治理设施升级改造120家。", "facilities_upgraded"),
        ("对400家餐饮单位开展油烟治理。", "restaurants_treated"),
        ("餐饮油烟净化设施定期清洗率达到95%。", "filters_cleaned_rate"),
        ("全市重污染天数比率控制在1.2%以内。", "heavy_days_share"),
        ("县级城市建成区黑臭水体消除比例达到90%。", "black_waters_clear_share"),
        ("平均降尘量不得高于5吨/平方公里·月。", "dustfall_mean"),
        ("规模以上施工工地视频监控安装率达到100%。", "site_video_install_rate"),
        ("裸地覆盖率达到95%。", "bare_land_cover_rate"),
        ("城市建成区道路机械化清扫率达到90%。", "machine_swept_share"),
        ("道路尘土残存量控制在8克/平方米以内。", "road_dust_residue"),
        ("道路尘负荷控制在0.5克/平方米以内。", "road_dust_load"),
        ("秸秆综合利用率稳定在93%以上。", "straw_used_share"),
        ("畜禽粪污综合利用率达到82%。", "manure_used_share"),
        ("装配式建筑占新建建筑面积比例达到30%。", "prefabricated_share"),
        ("大宗货物清洁运输比例达到80%。", "bulk_clean_share"),
        ("既有建筑节能改造50万平方米。", "retrofit_floor"),
        ("餐饮油烟净化设施安装率达到100%。", "restaurants_fitted_rate"),
        ("PM2.5平均浓度控制在35微克/立方米以内。", "pm25_mean"),
        ("空气质量优良天数比率达到78%以上。", "good_days_share"),
        ("重污染天数不超过3天。", "heavy_days"),
        ("地表水国考断面优良比例达到75%。", "good_sections_share"),
        ("劣V类断面比例为0%。", "worst_sections_share"),
        ("城市污水处理率达到97%。", "sewage_treated_share"),
        ("新建污水管网120公里。", "sewers_built"),
        ("完成行政村生活污水治理50个。", "villages_sewered"),
        ("再生水利用率达到25%。", "reclaimed_water_share"),
        ("完成入河排污口整治200个。", "outfalls_done"),
        ("受污染耕地安全利用率达到93%以上。", "farmland_safe_rate"),
        ("重点建设用地安全利用率达到100%。", "plots_safe_rate"),
    ],
)
def test_wordings_of_many_cities(text: str, indicator: str) -> None:
    proposal = only(text)
    assert (proposal.how, proposal.indicator) == ("indicator", indicator), proposal.why.zh
    assert proposal.why.zh
    assert proposal.why.en


@pytest.mark.parametrize(
    "text",
    [
        "新建换电站10座。",
        "绿化造林2万亩。",
        "建设口袋公园20个。",
        "培训人员5000人次。",
        "80%以上的钢铁产能完成超低排放改造任务。",
        "全年完成机动车尾气监督抽测1万辆次。",
        "完成职业技能培训3000人次。",
        "农产品抽检合格率达到98%。",
        "农村公路建设200公里。",
        "耕地保有量不低于300万亩。",
        "生活垃圾回收利用率达到35%。",
        "主要农作物耕种收综合机械化率达到70%。",
        "一般工业固体废物综合利用率达到70%。",
        "农村生活污水治理率达到45%。",
        "新增国六排放标准叉车100台。",
        "施工工地扬尘“六个百分之百”达标率达到100%。",
    ],
)
def test_what_no_indicator_counts_stays_unbound(text: str) -> None:
    proposal = only(text)
    assert proposal.how == "unbound", proposal.indicator
    assert proposal.indicator is None
    assert proposal.why.zh


@pytest.mark.parametrize(
    "text",
    [
        "万元工业增加值用水量下降3%。",
        "单位地区生产总值能耗下降3%。",
        "氮氧化物重点工程减排量达到1200吨。",
        "煤炭消费总量下降5%。",
        "非化石能源消费比重达20%左右。",
        "化肥利用率达到43%。",
    ],
)
def test_figures_that_others_publish_are_external(text: str) -> None:
    proposal = only(text)
    assert (proposal.how, proposal.indicator) == ("external", None)


def test_new_vehicles_and_the_stock_are_different_figures() -> None:
    text = "新增和更新的环卫车为纯电动或氢燃料电池车，年底前，纯电动或氢燃料电池车比例达到45%。"
    assert only(text).indicator == "sanitation_clean_share"
    text = "新增和更新4.5吨以上环卫作业车中，纯电动或氢燃料电池车比例达到65%。"
    assert only(text).indicator == "sanitation_heavy_new_share"


def test_a_sector_named_further_up_is_found() -> None:
    text = "完善机场巴士线路。加强调度。年底前，新能源车比例达到35%以上。"
    proposal = only(text)
    assert proposal.indicator == "airport_bus_clean_share"
    assert "上文" in proposal.why.zh
    assert only("完成65%以上的整治任务。", task="整治入河排污口").indicator == "outfalls_done_rate"


def test_a_sector_further_up_does_not_lend_its_name_to_another() -> None:
    text = "优化公交线路。物业保洁车辆新能源比例达到40%。"
    assert only(text).how == "unbound"


def test_neighbours_in_a_sentence_do_not_mix() -> None:
    text = "新能源公交车比例达到75%，纯电动巡游出租车比例达到86%，新能源邮政车比例达到55%。"
    found = [proposal.indicator for target, proposal in proposals(text) if numeric(target)]
    assert found == ["bus_nev_share", "taxi_clean_share", "postal_clean_share"]


def test_two_figures_in_one_text_are_told_apart_by_their_subjects() -> None:
    found = [proposal.indicator for _target, proposal in proposals("受污染耕地、污染地块安全利用率均达到94%。")]
    assert found == ["farmland_safe_rate", "plots_safe_rate"]


def test_the_more_particular_indicator_comes_first() -> None:
    assert only("非道路移动机械电动化比例达到40%。").indicator == "nrmm_electric_share"
    text = "推进水泥行业绿色运输。年底前，非道路移动机械电动化比例达到40%。"
    assert only(text).indicator == "cement_machine_electric_share"


def test_the_unit_decides_between_number_and_share() -> None:
    assert only("完成入河排污口整治80个。").indicator == "outfalls_done"
    assert only("入河排污口整治完成率达到80%。").indicator == "outfalls_done_rate"
    refused = only("新能源公交车比例达到800辆。")
    assert refused.how == "unbound"


def test_a_change_is_held_against_the_year_before() -> None:
    proposal = only("细颗粒物年均浓度同比下降5%。")
    assert (proposal.indicator, proposal.compare) == ("pm25_mean", "change")
    proposal = only("石化企业VOCs排放量同比减少8%。")
    assert (proposal.indicator, proposal.compare) == ("petrochemical_voc_change", "value")


def test_a_printed_unit_is_brought_into_the_indicators() -> None:
    proposal = only("废弃矿山地形整治300亩。")
    assert proposal.indicator == "mines_levelled"
    assert proposal.factor * 300 == pytest.approx(20)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("降尘量控制在5吨/平方公里·月以内。", "city"),
        ("各区降尘量控制在5吨/平方公里·月以内。", "district"),
        ("各街道降尘量控制在5吨/平方公里·月以内。", "street"),
        ("东山区、西河区各街道降尘量控制在5吨/平方公里·月以内。", "street"),
        ("东山区、西河区降尘量控制在5吨/平方公里·月以内。", "district"),
        ("其他区降尘量控制在5吨/平方公里·月以内。", "district"),
        ("城镇地区单位建筑面积供热能耗降至42瓦/平方米。", "city"),
    ],
)
def test_whose_figures_a_target_is_about(text: str, level: str) -> None:
    assert only(text).level == level


def test_an_indicator_that_is_not_computed_so_deep_is_proposed_with_a_word_of_warning() -> None:
    proposal = only("各街道排放超标车辆非现场处罚比例达到60%。")
    assert (proposal.indicator, proposal.level) == ("off_site_fine_share", "street")
    assert "不分街道" in proposal.why.zh


def test_two_that_fit_equally_are_left_to_a_person() -> None:
    proposal = only("新增的邮政快递车辆新能源比例达到80%。")
    assert proposal.how == "unbound"
    assert "人工选定" in proposal.why.zh


def test_targets_without_a_figure() -> None:
    (_, letter), *_ = proposals("完成上级下达的减排目标要求。")
    assert letter.how == "external"
    (_, paper), *_ = proposals("制定云溪市机动车污染防治工作方案。")
    assert paper.how == "unbound"
    assert "佐证" in paper.why.zh
    (_, direction), *_ = proposals("道路尘负荷持续下降。")
    assert (direction.indicator, direction.compare) == ("road_dust_load", "change")


def test_no_indicator_at_all_is_no_error() -> None:
    nothing = SimpleNamespace(indicators={})
    plan, measure = read("新能源公交车比例达到75%。")
    assert propose(plan, measure, measure.targets[0], nothing).how == "unbound"


def test_a_change_since_an_older_year_is_not_ours() -> None:
    proposal = only("石化企业VOCs排放量较2025年减排20%。")
    assert proposal.how == "unbound"
    assert "2025" in proposal.why.zh
    assert only("石化企业VOCs排放量较2030年减排20%。").indicator == "petrochemical_voc_change"

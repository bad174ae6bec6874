"""Wordings of other cities' plans, all of them our own: stock and flow, lists, ellipses, and what nobody counts."""

from __future__ import annotations

import pytest

from lantian import read_plan
from lantian.indicators.binding import numeric, propose
from tests.conftest import ROOT
from tests.indicators.test_binding import only, proposals, shipped


def bound(text: str) -> list[str | None]:
    return [proposal.indicator for target, proposal in proposals(text) if numeric(target)]


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("全年路检路查柴油货车不少于3.6万辆次。", "heavy_diesel_checks"),
        ("土石方工地视频监控接入率达到98%以上。", "site_video_connect_rate"),
        ("治理裸露地块260处。", "bare_plots_treated"),
        ("创建绿色标杆工地50个。", "green_sites"),
        ("到年底，全市累计建成各类充电桩12万个以上。", "charging_points_total"),
        ("重点行业A、B级和绩效引领性企业占比达到40%以上。", "good_grade_share"),
        ("重点排污单位自动监控数据传输有效率稳定在98%以上。", "monitor_valid_rate"),
        ("规模以上餐饮单位油烟在线监测设施安装覆盖率达到95%。", "restaurants_online_rate"),
        ("储油库、加油站油气回收检查比例不低于90%。", "vapour_checked_share"),
        ("完成挥发性有机物治理设施提升改造260家。", "facilities_upgraded"),
        ("涉VOCs企业源头替代项目完成35个。", "substitution_done"),
        ("PM10平均浓度同比下降5%。", "pm10_mean"),
        ("城区平均降尘量不高于7吨/月·平方公里。", "dustfall_mean"),
        ("渣土车全密闭并接入监管平台，接入率达到100%。", "muck_truck_on_platform"),
        ("国四及以下营运类柴油货车淘汰5000辆以上。", "old_diesel_trucks_retired"),
        ("淘汰国二及以下非道路移动机械300台。", "nrmm_retired"),
        ("重点企业大宗货物清洁运输比例提高到85%。", "bulk_clean_share"),
        ("新增风电、光伏装机100万千瓦。", "renewable_power_added"),
        ("秸秆焚烧火点数同比下降30%。", "fire_spots"),
        ("环境信访举报量同比下降10%。", "citizen_orders"),
        ("72小时空气质量预报准确率达到85%。", "forecast_hit_rate"),
        ("预警期间检查应急减排清单企业比例不低于50%。", "alert_checked_share"),
        ("储油库油气回收治理完成3座。", "vapour_rebuilt"),
        ("完成老旧小区节能改造80万平方米。", "retrofit_floor"),
        ("每季度遥感监测柴油车不少于6万辆次。", "heavy_diesel_checks"),
        ("新投用充电桩8000个。", "charging_points_opened"),
        ("完成裸土复绿面积90万平方米。", "bare_land_greened"),
        ("煤炭、砂石堆场全封闭改造18处。", "yards_enclosed"),
        ("力争45家企业绩效等级晋级。", "grades_raised"),
        ("大中型餐饮企业油烟在线监控覆盖率达到85%以上。", "restaurants_online_rate"),
        ("加油站油气回收系统抽检率不低于50%。", "vapour_checked_share"),
        ("低效失效治理设施整治完成率达到100%。", "facilities_mended_rate"),
        ("细颗粒物平均浓度降至38微克/立方米以下。", "pm25_mean"),
        ("卫星遥感秸秆火点控制在15个以内。", "fire_spots"),
        ("新增街镇级空气质量微站120个。", "stations_built"),
        ("橙色预警期间，督导检查清单企业不低于40%。", "alert_checked_share"),
        ("全年入户检查用车大户柴油车不少于2000辆次。", "heavy_diesel_checks"),
        ("全市裸露地块覆盖率达到98%。", "bare_land_cover_rate"),
        ("新增公共充电接口2000个。", "charging_points_opened"),
        ("餐饮油烟在线监控联网率达到80%。", "restaurants_online_rate"),
        ("化工企业LDAR泄漏点修复率达到98%。", "ldar_repair_rate"),
        ("完成储罐密闭改造25个。", "tanks_rebuilt"),
        ("道路以克论净，积尘量不超过5克/平方米。", "road_dust_residue"),
        ("淘汰国三及以下汽油车2000辆。", "old_vehicles_retired"),
        ("山区散煤治理1.2万户。", "coal_households_replaced"),
        ("畜禽粪污资源化利用率达到85%。", "manure_used_share"),
        ("新建乡镇空气自动监测站30个。", "stations_built"),
        ("各区工地扬尘检查不少于6000次。", "site_inspections"),
        ("建成投用公共充电桩总量突破4.2万个。", "charging_points_total"),
        ("取缔不规范消纳场3处。", "disposal_sites_closed"),
        ("重点污染源在线监测数据有效传输率不低于96%。", "monitor_valid_rate"),
        ("全年完成90家企业低VOCs原辅材料替代。", "substitution_done"),
        ("钢铁企业完成全流程超低排放改造3家。", "ultra_low_steel"),
        ("24小时空气质量预报准确率保持在85%以上。", "forecast_hit_rate"),
        ("VOCs产品抽检不少于80批次。", "product_samples"),
        ("非道路移动机械尾气抽测不少于1200台。", "nrmm_checks"),
        ("开展柴油车用车大户入户抽测不少于2400辆。", "heavy_diesel_checks"),
        ("散煤抽检不少于500批次。", "coal_checks"),
        ("重型柴油车远程在线监控（OBD）联网率达到80%。", "terminal_connected_rate"),
        ("年销售汽油5000吨以上加油站油气回收自动监控设备联网率100%。", "stations_online_rate"),
        ("未改造区域洁净型煤覆盖率达到100%。", "clean_coal_coverage"),
        ("建筑工地扬尘监控在线率保持在95%以上。", "site_video_online_rate"),
        ("完成内浮顶罐改造45座。", "tanks_rebuilt"),
        ("重污染天气红色预警期间减排比例不低于30%。", "alert_cut_red"),
        ("橙色预警期间全社会减排比例达到20%以上。", "alert_cut_orange"),
        ("新增渣土车新能源占比不低于80%。", "muck_truck_new_clean_share"),
        ("钢铁、电力企业大宗货物清洁方式运输比例达到80%。", "bulk_clean_share"),
        ("优良天数比率达到85.5%。", "good_days_share"),
        ("铁路货运量占比提升到18%以上。", "rail_share"),
    ],
)
def test_wordings_of_other_cities(text: str, indicator: str) -> None:
    proposal = only(text)
    assert proposal.indicator == indicator, proposal.why.zh


@pytest.mark.parametrize(
    "text",
    [
        "建成充电站60座。",
        "非道路移动机械抽测超标率控制在5%以内。",
        "新能源重卡推广应用1500辆。",
        "生物质锅炉综合整治45台。",
        "曝光典型违法案例24起。",
        "绿化造林8万亩。",
        "建设小微绿地60个。",
        "机动车检验机构检查覆盖率达到100%。",
        "国四柴油货车淘汰比例达到50%。",
        "绿色建筑占新建建筑比例达到90%。",
        "绿电消费量达到20亿千瓦时。",
        "建设零碳工厂5家。",
        "创建绿色工厂15家。",
        "打造绿色社区30个。",
        "新建绿道40公里。",
        "完成危废贮存点规范化整治60个。",
        "医疗机构污水处理设施在线监控安装率达到90%。",
        "学校食堂食品抽检比例不低于30%。",
        "淘汰落后产能企业12家。",
        "港口岸电使用率达到85%。",
        "农村公路机械化养护率达到60%。",
        "老旧小区雨污分流改造50个。",
        "成立应急检查组30个。",
        "充电桩覆盖率达到95%。",
        "水泥熟料产能压减20%。",
    ],
)
def test_figures_without_an_indicator(text: str) -> None:
    proposal = only(text)
    assert (proposal.how, proposal.indicator) == ("unbound", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("全年曝光典型案例10件。", "发布的材料"),
        ("建成口袋公园6个。", "园林"),
        ("重点企业颗粒物排放浓度控制在10毫克/立方米以下。", "逐家判定"),
        ("年底前形成年再生3000吨能力。", "验收文件"),
        ("设立集中祭祀点12个。", "点位清单"),
    ],
)
def test_why_no_register_counts_it_is_said(text: str, said: str) -> None:
    proposal = only(text)
    assert proposal.how == "unbound"
    assert said in proposal.why.zh
    assert proposal.why.en


def test_what_stands_and_what_is_added_are_told_apart() -> None:
    assert bound("公共充电桩保有量达到2万个。") == ["charging_points_total"]
    assert bound("累计建成公共充电桩2万个。") == ["charging_points_total"]
    assert bound("新增公共充电桩2000个。") == ["charging_points_opened"]


def test_two_rates_with_one_figure_are_two_figures() -> None:
    text = "工地视频监控安装率、联网率均达到100%。"
    assert bound(text) == ["site_video_install_rate", "site_video_connect_rate"]


def test_a_figure_that_names_only_streets_is_the_figure_before_it() -> None:
    text = "全区降尘量控制在5吨/平方公里·月以内，其中桥头街道、塔下街道控制在4吨/平方公里·月以内。"
    assert bound(text) == ["dustfall_mean", "dustfall_mean"]
    assert bound("钢铁企业完成超低排放改造3家，焦化企业完成2家。") == ["ultra_low_steel", "ultra_low_coking"]


def test_a_clause_that_ends_in_within_is_no_topic_of_the_next() -> None:
    text = "降尘量控制在5吨/平方公里·月以内，下一阶段控制在4吨/平方公里·月以内。"
    assert bound(text)[-1] is None


def test_who_acts_at_the_head_of_a_sentence_acts_in_all_of_it() -> None:
    text = "石化园区企业完成储罐改造20座，VOCs排放量同比下降5%以上。"
    assert bound(text) == ["tanks_rebuilt", "petrochemical_voc_change"]


def test_a_fall_is_not_held_against_what_should_rise() -> None:
    assert bound("冬季耕地裸露面积同比下降10%。") == ["bare_farmland_left"]
    assert bound("优良天数比率同比下降2个百分点。") == [None]


def test_a_subset_is_not_the_whole() -> None:
    assert bound("淘汰国四及以下柴油货车3200辆，其中国三1200辆。") == ["old_diesel_trucks_retired", None]


# The demonstration's plan by number of the measure: figures that no indicator counts, and figures that others publish.
DEMO_UNBOUND = [9, 11, 15, 22, 49, 57, 60, 73, 74]
DEMO_EXTERNAL = [3, 3, 19, 55, 58, 58]


def test_the_demonstrations_plan_is_bound_but_for_what_nobody_counts() -> None:
    (plan,) = read_plan(ROOT / "src/lantian/demo/plan.html")
    said = [
        (measure.n, propose(plan, measure, target, shipped()))
        for measure in plan.measures
        for target in measure.targets
        if numeric(target)
    ]
    unbound = [(n, proposal) for n, proposal in said if proposal.how == "unbound"]
    assert [n for n, _ in unbound] == DEMO_UNBOUND
    assert [n for n, proposal in said if proposal.how == "external"] == DEMO_EXTERNAL
    assert not [n for n, proposal in unbound if "没有指标计算" in proposal.why.zh]
    of = {n: proposal.indicator for n, proposal in said}
    wanted = {29: "charging_points_total", 30: "heavy_diesel_checks", 54: "restaurants_online_rate", 64: "odour_orders"}
    assert {n: of[n] for n in wanted} == wanted

"""Printed lists of units: how they are cut, completed and corrected."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.grammar.units import UnitMention, is_unit_name, read_unit_lists, split_units
from tests.conftest import examples


def names(text: str) -> list[str]:
    return [mention.name for mention in split_units(text)]


def flags(mentions: list[UnitMention], *ids: str) -> list[str]:
    return [flag.detail for mention in mentions for flag in mention.flags if flag.id in ids]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("市生态环境局 市公安局", ["市生态环境局", "市公安局"]),
        ("市生态环境局\n市公安局", ["市生态环境局", "市公安局"]),
        ("市生态环境局、市公安局，市水务局；市商务局", ["市生态环境局", "市公安局", "市水务局", "市商务局"]),
        ("市生态环境局,市公安局/市水务局", ["市生态环境局", "市公安局", "市水务局"]),
        ("1.市生态环境局 2.市公安局", ["市生态环境局", "市公安局"]),
        ("市工信局市生态环境局市公安局", ["市工信局", "市生态环境局", "市公安局"]),
        ("区住建局区城管局各街道", ["区住建局", "区城管局", "各街道"]),
        ("市 生 态 环 境 局", ["市生态环境局"]),
        ("市住房和城乡建\n设局\n市交通运\n输局", ["市住房和城乡建设局", "市交通运输局"]),
        ("云川湖景区\n管委会", ["云川湖景区管委会"]),
        ("市自然资源局\n青石分局", ["市自然资源局青石分局"]),
        ("区商务局\n公安青石分局\n区教委", ["区商务局", "公安青石分局", "区教委"]),
        ("云川铁路局\n集团有限公司", ["云川铁路局集团有限公司"]),
        ("——", []),
        ("—", []),
        ("/", []),
        ("无", []),
        ("  \n ", []),
        ("市公安局 ——", ["市公安局"]),
        ("责任单位：市财政局、市水务局", ["市财政局", "市水务局"]),
        ("市财政局、市水务局按职责分工负责", ["市财政局", "市水务局"]),
        ("市财政局按职责分工，地方各级人民政府落实", ["市财政局", "地方各级人民政府"]),
    ],
)
def test_separators(printed: str, expected: list[str]) -> None:
    assert names(printed) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("各区政府 (含云川经济技术开发区管委会)", ["各区政府（含云川经济技术开发区管委会）"]),
        (
            "市工业和信息化局\n(市新能源车\n推广办公室) 市公安局",
            ["市工业和信息化局（市新能源车推广办公室）", "市公安局"],
        ),
        ("市交通局（市道运中心）、市公安局", ["市交通局（市道运中心）", "市公安局"]),
        ("市交通局〔市道运中心〕市公安局", ["市交通局（市道运中心）", "市公安局"]),
        ("各县（市、区）人民政府，市水利局", ["各县（市、区）人民政府", "市水利局"]),
        ("市教育局，各区、县级市", ["市教育局", "各区、县级市"]),
        ("各街道、经开区", ["各街道", "经开区"]),
    ],
)
def test_brackets_belong_to_the_unit_before(printed: str, expected: list[str]) -> None:
    assert names(printed) == expected


def test_name_with_a_separator_inside_is_one_unit() -> None:
    assert names("市科委、中关村管委会 市生态环境局") == ["市科委、中关村管委会", "市生态环境局"]
    assert names("市科委,中关村管委会") == ["市科委、中关村管委会"]
    assert names("市科委、中关村\n管委会 市公安局") == ["市科委、中关村管委会", "市公安局"]
    assert names("规划、自然资源局，财政局") == ["规划、自然资源局", "财政局"]
    assert names("市商务局、市应急局 市公安局") == ["市商务局", "市应急局", "市公安局"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("市农业农村局及各区政府", ["市农业农村局", "各区政府"]),
        ("市文化和旅游局、市体育局和市教育局", ["市文化和旅游局", "市体育局", "市教育局"]),
        ("市规划和自然资源委员会以及市经济和信息化局", ["市规划和自然资源委员会", "市经济和信息化局"]),
        ("青石区政府和和平区政府", ["青石区政府", "和平区政府"]),
        ("区生态环境局\n及其他大气小组各成员单位", ["区生态环境局", "大气小组各成员单位"]),
        ("财政部、商务部等和各有关省级人民政府", ["财政部", "商务部", "各有关省级人民政府"]),
        ("市公安局、市交通局等市大气指挥部各成员单位", ["市公安局", "市交通局", "市大气指挥部各成员单位"]),
        ("各有关部门和单位", ["各有关部门和单位"]),
    ],
)
def test_words_between_units(printed: str, expected: list[str]) -> None:
    assert names(printed) == expected


@pytest.mark.parametrize("mark", ["等", "等部门", " 等部门", "等有关部门和单位", "等行业主管部门", "\n等单位"])
def test_open_list(mark: str) -> None:
    first, last = split_units(f"市公安局、市水务局{mark}")
    assert (first.open, last.open, last.name) == (False, True, "市水务局")
    assert flags([last], "R12") == [mark.strip()]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("省科技厅、工业和信息化厅，各市（州）人民政府", ["省科技厅", "省工业和信息化厅", "各市（州）人民政府"]),
        ("自治区发展改革委、生态环境厅", ["自治区发展改革委", "自治区生态环境厅"]),
        ("县住建局\n城管局", ["县住建局", "县城管局"]),
        ("省委宣传部、教育厅、团省委", ["省委宣传部", "省教育厅", "团省委"]),
        ("云川市生态环境局、交通运输局", ["云川市生态环境局", "云川市交通运输局"]),
        ("经济和信息化厅、生态环境厅", ["经济和信息化厅", "生态环境厅"]),
        ("国家发展改革委、财政部", ["国家发展改革委", "财政部"]),
        ("各镇人民政府、街道办事处", ["各镇人民政府", "各街道办事处"]),
        ("青石、云河区政府", ["青石区政府", "云河区政府"]),
        ("青石、云河等区政府", ["青石区政府", "云河区政府"]),
        ("公安、交通、生态环境部门", ["公安部门", "交通部门", "生态环境部门"]),
        ("市交通局、人民银行云川市分行", ["市交通局", "人民银行云川市分行"]),
    ],
)
def test_elided_prefix(printed: str, expected: list[str]) -> None:
    assert names(printed) == expected


def test_completed_prefix_is_flagged_with_the_print() -> None:
    assert flags(split_units("省科技厅、工业和信息化厅"), "R31") == ["工业和信息化厅 → 省工业和信息化厅"]


def test_marks_that_are_no_letters_are_flagged_and_no_units() -> None:
    (item,) = read_unit_lists(["市公安局 !_"], region="云川市", level="municipal", year=2024)
    assert [mention.name for mention in item.mentions] == ["市公安局"]
    assert [flag.detail for flag in item.flags if flag.id == "R21"] == ["!_"]


def test_repairs_and_doubts_are_flagged() -> None:
    assert flags(split_units("市交通运\n输局"), "R18") == ["市交通运输局"]
    assert flags(split_units("市公安局市水务局"), "R19") == ["市公安局/市水务局"]
    assert flags(split_units("青荷岸保洁公司"), "R13") == ["青荷岸保洁公司"]
    assert not flags(split_units("市公安局 各区政府 有关部门 青石区政府"), "R13", "R14", "R18", "R19", "R31")


def test_duplicates_once_and_groups_kept() -> None:
    mentions = split_units("市公安局  市水务局 市公安局\n\n市商务局")
    assert [(mention.name, mention.group) for mention in mentions] == [
        ("市公安局", 0),
        ("市水务局", 1),
        ("市商务局", 2),
    ]


def test_print_is_kept() -> None:
    (mention,) = split_units("各区政府 (含云川经济\n技术开发区管委会)")
    assert mention.as_printed == "各区政府(含云川经济技术开发区管委会)"


def read(*texts: str, region: str = "云川市", level: str = "municipal") -> list[list[str]]:
    lists = read_unit_lists(texts, region=region, level=level, year=2024)
    return [[mention.name for mention in item.mentions] for item in lists]


def test_a_slip_is_corrected_by_what_the_plan_prints_else() -> None:
    *_, last = read(*["市生态环境局 市水务局"] * 6, "市生态环境委")
    assert last == ["市生态环境局"]
    assert read("市生态环境委") == [["市生态环境委"]]


def test_a_strange_character_is_corrected() -> None:
    assert read("市生态坏境局") == [["市生态环境局"]]
    (mention,) = split_units("市生态坏境局")
    assert (mention.as_printed, flags([mention], "R14")) == ("市生态坏境局", ["市生态坏境局 → 市生态环境局"])


def test_own_names_of_a_plan_stay() -> None:
    texts = ["区住房城市建设委", "区住房城市建设委 区城市管理委", "区住房城市建设委", "区交通局", "区公路分局"]
    assert read(*texts, region="青石区", level="district") == [text.split() for text in texts]
    assert read(*["市水务局"] * 8, "市税务局")[-1] == ["市税务局"]
    assert read(*["一片区管理处公司"] * 8, "二片区管理处公司")[-1] == ["二片区管理处公司"]


def test_a_damaged_name_is_put_together_by_the_frequent_one() -> None:
    whole = "各区政府（含云川经济技术开发区管委会）"
    *_, last = read(*[whole] * 6, "各区政府 (含云川经济委会) 开发区管委 市公安局")
    assert last == [whole, "市公安局"]
    assert read(*[whole] * 6, "各区政府 云川经济技术开发区管委会")[-1] == ["各区政府", "云川经济技术开发区管委会"]


def test_aliases_belong_to_region_and_level() -> None:
    assert read("市规自委", region="北京市") == [["市规划自然资源委"]]
    assert read("市规自委") == [["市规自委"]]
    assert read("市应急管理局", region="北京市", level="district") == [["市应急管理局"]]


def test_aliases_of_renamed_bodies_hold_from_the_reform_on() -> None:
    before = read_unit_lists(["市环保局"], region="北京市", level="municipal", year=2017)
    after = read_unit_lists(["市环保局"], region="北京市", level="municipal", year=2022)
    assert (before[0].mentions[0].name, after[0].mentions[0].name) == ("市环保局", "市生态环境局")


@pytest.mark.parametrize(
    "text",
    [
        "市生态环境局",
        "区 财政局",
        "各区政府（含云川开发区管委会）",
        "云川市水务局",
        "永安镇",
        "青石交通支队",
        "有关部门",
    ],
)
def test_unit_names(text: str) -> None:
    assert is_unit_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "年底前",
        "25",
        "管委会",
        "西郊分局",
        "强化裸地扬尘管控",
        "完善监测网络中心",
        "接诉即办",
        "加强部门协作。",
        "柴油车",
    ],
)
def test_no_unit_names(text: str) -> None:
    assert not is_unit_name(text)


UNITS = st.sampled_from(
    ["市生态环境局", "区水务局", "各区政府（含云川开发区管委会）", "省科技厅", "有关部门", "青荷岸保洁公司"]
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("市区局委（）()、，等和及各 \n部门公安水务")), max_size=60
    )
)
def test_any_text_is_read_without_an_error_and_alike_each_time(text: str) -> None:
    assert split_units(text) == split_units(text)
    is_unit_name(text)
    read_unit_lists([text, text], region="北京市", level="municipal", year=None)


@pytest.mark.parametrize("hostile", ["牵头" * 2000 + "x", "等" + "市有关" * 60 + "x", "各" + "乡镇" * 300, "（" * 3000])
def test_long_repetitions_do_not_hang(hostile: str) -> None:
    begin = process_time()
    split_units(hostile)
    assert process_time() - begin < 10  # 0.04 s are usual: this only tells a hang


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(UNITS, max_size=5, unique=True), st.sampled_from("、，；\n "))
def test_a_canonical_list_reads_as_itself(units: list[str], mark: str) -> None:
    assert names(mark.join(units)) == units


def test_a_prefix_holds_through_all_lists_of_one_bracket():
    texts = ["省科技厅", "工业和信息化厅、生态环境厅", "生态环境厅"]
    lists = read_unit_lists(texts, region="云川省", level="provincial", year=2025, continues=[False, True, False])
    assert [[unit.name for unit in item.mentions] for item in lists] == [
        ["省科技厅"],
        ["省工业和信息化厅", "省生态环境厅"],
        ["生态环境厅"],
    ]


def test_a_name_that_a_body_no_longer_bears_is_told():
    (before,), (after,) = (
        read_unit_lists(["市环保局"], region="北京市", level="municipal", year=year)[0].mentions
        for year in (2017, 2024)
    )
    assert before.name == "市环保局"
    assert (after.name, after.as_printed, [flag.id for flag in after.flags]) == ("市生态环境局", "市环保局", ["R29"])

"""Five real documents, counted and read by hand; the same text as HTML gives the same measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantian.reading import open_document
from lantian.reading.draft import Draft, DraftPlan
from lantian.reading.prose import read_prose

pytestmark = pytest.mark.shared

# file → measures, of these without a bracket, measures with a lead, first and last seq
COUNTS = {
    "cn-agri-machinery-2018": (18, 0, 17, 3, 20),
    "cn-bonded-zones-2019": (21, 0, 21, 1, 21),
    "cn-consumption-poverty-2018": (17, 0, 0, 1, 17),
    "cn-employment-2018": (15, 0, 11, 1, 15),
    "cn-zero-waste-pilot-2018": (47, 8, 1, 1, 4),
}


def read(path: Path) -> DraftPlan:
    plans = read_prose(open_document(path))
    assert len(plans) == 1
    return plans[0]


def lists(draft: Draft) -> list[tuple[str, str]]:
    return [(role.role, role.text) for role in draft.roles]


def starting(plan: DraftPlan, words: str) -> Draft:
    return next(draft for draft in plan.drafts if "".join(draft.paragraphs).startswith(words))


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("suffix", [".txt", ".html"])
def test_counts(shared_plans: Path, name: str, suffix: str) -> None:
    drafts = read(shared_plans / f"{name}{suffix}").drafts
    found = (
        len(drafts),
        sum(not draft.roles for draft in drafts),
        sum(any(role.role == "lead" for role in draft.roles) for draft in drafts),
        drafts[0].seq,
        drafts[-1].seq,
    )
    assert found == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_text_and_html_agree(shared_plans: Path, name: str) -> None:
    text, html = (read(shared_plans / f"{name}{suffix}") for suffix in (".txt", ".html"))
    assert text.title == html.title
    assert [("".join(item.paragraphs), lists(item)) for item in text.drafts] == [
        ("".join(item.paragraphs), lists(item)) for item in html.drafts
    ]


def test_guiding_and_inheriting(shared_plans: Path) -> None:
    plan = read(shared_plans / "cn-zero-waste-pilot-2018.txt")
    assert plan.title == "“无废城市”建设试点工作方案"
    assert [item.seq for item in plan.drafts if item.section == "二、主要任务"] == [
        *[1] * 4, *[2] * 6, *[3] * 4, *[4] * 7, *[5] * 7, *[6] * 11,
    ]  # fmt: skip
    first, second = plan.drafts[:2]
    assert lists(first) == [
        ("lead", "生态环境部"),
        ("support", "国家发展改革委、工业和信息化部、住房城乡建设部、农业农村部、国家统计局"),
    ]
    assert lists(second) == [("support", "生态环境部"), ("responsible", "试点城市政府")]
    assert first.inherited == second.inherited == []
    assert all(item.inherited == ["试点城市政府"] for item in plan.drafts[2:])
    assert first.task == second.task == "强化顶层设计引领，发挥政府宏观指导作用"
    standards = starting(plan, "健全标准体系")
    assert lists(standards) == [("responsible", "市场监管总局、工业和信息化部")]
    logistics = starting(plan, "发展“互联网+”固体废物处理产业")
    assert lists(logistics) == [("support", "商务部"), ("support", "供销合作总社")]
    incinerators = starting(plan, "垃圾焚烧发电企业实施")
    assert "（垃圾焚烧企业依法依规安装" in "".join(incinerators.paragraphs)


def test_first_named_leads(shared_plans: Path) -> None:
    plan = read(shared_plans / "cn-bonded-zones-2019.txt")
    first = plan.drafts[0]
    assert (first.section, first.seq, first.task) == ("四、主要任务", 1, "统筹两个市场，打造加工制造中心")
    assert first.paragraphs == ["拓展两个市场。积极稳妥地在综合保税区推广增值税一般纳税人资格试点。"]
    assert lists(first) == [("lead", "税务总局"), ("responsible", "财政部、海关总署")]
    assert plan.drafts[-1].section == "四、主要任务"
    assert [flag.id for flag in plan.flags] == ["R61"]  # 五、有关要求 is no item


def test_governments_and_closing_paragraph(shared_plans: Path) -> None:
    plan = read(shared_plans / "cn-employment-2018.txt")
    support = starting(plan, "支持创业载体建设")
    assert lists(support) == [
        ("lead", "人力资源社会保障部"),
        ("responsible", "科技部、财政部、住房城乡建设部、市场监管总局，各省级人民政府"),
    ]
    assert lists(starting(plan, "落实地方政府主体责任")) == [("responsible", "各省级人民政府")]
    assert "（超过100人的企业达到15%）" in "".join(starting(plan, "加大创业担保贷款").paragraphs)
    assert plan.drafts[-1].seq == 15
    assert [flag.detail[:10] for flag in plan.flags if flag.id == "R61"] == ["从工业企业结构调整专"]


def test_open_lists_with_governments(shared_plans: Path) -> None:
    plan = read(shared_plans / "cn-consumption-poverty-2018.txt")
    assert all(item.roles[0].text.endswith("人民政府") and len(item.roles) == 1 for item in plan.drafts)
    assert lists(starting(plan, "打通供应链条")) == [
        ("responsible", "商务部、发展改革委、农业农村部等和各有关省级人民政府")
    ]


def test_tables_are_no_prose(shared_plans: Path) -> None:
    for name in ("mtg-air-2023.docx", "bj-air-2022.txt"):
        document = open_document(shared_plans / name)
        assert read_prose(document) == []

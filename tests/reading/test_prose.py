"""Prose plans: what is a measure, where it belongs, and what is none. All texts and places are invented."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.draft import Draft, DraftPlan
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.prose import read_prose
from tests.conftest import examples


def document(text: str) -> Document:
    lines = enumerate(text.strip().splitlines(), start=1)
    return Document("text", [Paragraph(line, line=number) for number, line in lines if line.strip()])


def plan(text: str) -> DraftPlan:
    plans = read_prose(document(text))
    assert len(plans) == 1
    return plans[0]


def measure(draft: Draft) -> str:
    return "".join(draft.paragraphs)


def units(draft: Draft) -> list[tuple[str, str]]:
    return [(role.role, role.text) for role in draft.roles]


def flags(draft: Draft) -> set[str]:
    return {flag.id for flag in draft.flags}


PROVINCE = """
云川省人民政府关于印发云川省清洁空气
行动实施方案的通知
云政发〔2031〕9号
各市（州）人民政府，省政府各部门：
现将《云川省清洁空气行动实施方案》印发给你们，请认真贯彻执行。
云川省人民政府
2031年3月5日
（此件公开发布）
云川省清洁空气行动实施方案
（2031—2033年）
为改善空气质量，制定本方案。
一、总体要求和主要目标
（一）总体要求。以改善空气质量为核心，推动减污降碳。
（二）主要目标。到2033年，全省细颗粒物（PM2.5）浓度下降10%。
二、优化产业结构
（三）严控新增产能。严格落实产业政策。（省发展改革委、经济和信息化厅等按职责分工负责，各市（州）人民政府负责落实。以下均需各市（州）人民政府落实，不再列出）
（四）淘汰落后产能。
1.修订目录。将落后工艺列入淘汰类（含限制类）。（省发展改革委牵头，省经济和信息化厅参与）
2.实施改造。到2032年底，完成20家企业改造。（省经济和信息化厅负责）
（五）治理挥发性有机物。推广低（无）VOCs含量原料。（省生态环境厅牵头，省住房城乡建设厅配合）对涂装企业开展检查。（省生态环境厅负责）鼓励企业错峰生产。
三、保障措施
（六）加强组织领导。各市（州）人民政府要落实主体责任。
（七）严格考核。
考核结果作为评价的重要依据。（省委组织部、省生态环境厅负责）
本方案自印发之日起施行，由省生态环境厅负责解释。
附件：1.重点工程表
2.任务分工表
抄送：省委办公厅。
"""


def test_measures_of_a_provincial_plan() -> None:
    drafts = plan(PROVINCE).drafts
    assert [(item.seq, item.task) for item in drafts] == [
        (3, "严控新增产能"),
        (1, "淘汰落后产能"),
        (2, "淘汰落后产能"),
        (5, "治理挥发性有机物"),
        (5, "治理挥发性有机物"),
        (5, "治理挥发性有机物"),
        (6, "加强组织领导"),
        (7, "严格考核"),
    ]
    assert {item.section for item in drafts} == {"二、优化产业结构", "三、保障措施"}


def test_brackets_leave_the_text_and_others_stay() -> None:
    drafts = plan(PROVINCE).drafts
    assert measure(drafts[1]) == "修订目录。将落后工艺列入淘汰类（含限制类）。"
    assert [measure(item) for item in drafts[3:6]] == [
        "治理挥发性有机物。推广低（无）VOCs含量原料。",
        "对涂装企业开展检查。",
        "鼓励企业错峰生产。",
    ]
    assert measure(drafts[7]) == "严格考核。考核结果作为评价的重要依据。"


def test_an_item_without_a_bracket_borrows_nothing() -> None:
    drafts = plan(PROVINCE).drafts
    for index in (5, 6):
        assert drafts[index].roles == []
        assert "R33" in flags(drafts[index])


def test_later_measures_inherit() -> None:
    first, *later = plan(PROVINCE).drafts
    assert first.inherited == []
    assert ("responsible", "各市（州）人民政府") in units(first)
    assert all(item.inherited == ["各市（州）人民政府"] and "R32" in flags(item) for item in later)


def test_title_and_preamble() -> None:
    result = plan(PROVINCE)
    assert result.title == "云川省清洁空气行动实施方案（2031—2033年）"
    assert "云政发〔2031〕9号" in result.preamble
    assert "2031年3月5日" in result.preamble


def test_provenance() -> None:
    drafts = plan(PROVINCE).drafts
    lines = PROVINCE.strip().splitlines()
    for item in drafts:
        assert measure(item)[:4] in lines[item.row - 1]
    assert [ref.row for ref in drafts[7].cells] == [drafts[7].row, drafts[7].row + 1]


def test_title_of_the_notice_where_the_plan_has_none() -> None:
    result = plan("海原市人民政府关于做好\n扬尘治理工作的意见\n一、措施\n（一）洒水。每天两次。（市水务局负责）")
    assert result.title == "海原市人民政府关于做好扬尘治理工作的意见"


CITY = """
海原市蓝天保卫战工作计划
一、工作目标
1、到2031年，全市PM2.5浓度控制在30微克/立方米以内。
二、重点任务
（一）产业结构调整专项行动
1、严控新增产能。
严格执行产能置换政策。
责任单位：市发展改革局、各县（区）人民政府
2、淘汰落后产能
2031年底前，淘汰10蒸吨/小时以下锅炉。
牵头单位：市生态环境局
配合单位：市市场监管局
完成时限：2031年12月底前
（二）扬尘治理专项行动（市住房城乡建设局牵头，市交通运输局配合）
1、施工工地落实六个百分之百。
2、道路机械化清扫率达到90%。
（三）面源治理
1、禁止露天焚烧（责任单位：市农业农村局）
加强巡查，
及时处置火点。
2、餐饮油烟治理：一是安装设施；二是定期清洗。（责任单位：市城市管理局）
三、工作要求
（一）落实责任。
①制定方案；
②明确分工；
③定期调度。（责任单位：市大气办）
联系人：李某，联系电话：0971-0000000，邮箱：abc@example.cn
"""


def test_duties_on_lines_of_their_own() -> None:
    first, second, *_ = plan(CITY).drafts
    assert measure(first) == "严控新增产能。严格执行产能置换政策。"
    assert units(first) == [("responsible", "市发展改革局、各县（区）人民政府")]
    assert measure(second) == "淘汰落后产能2031年底前，淘汰10蒸吨/小时以下锅炉。"
    assert units(second) == [("lead", "市生态环境局"), ("support", "市市场监管局")]
    assert second.deadline == "2031年12月底前"
    assert first.task == second.task == "产业结构调整专项行动"


def test_bracket_in_a_heading_speaks_for_what_is_under_it() -> None:
    drafts = plan(CITY).drafts
    for item in drafts[2:4]:
        assert item.task == "扬尘治理专项行动"
        assert units(item) == [("lead", "市住房城乡建设局"), ("support", "市交通运输局")]
    assert measure(drafts[4]) == "禁止露天焚烧加强巡查，及时处置火点。"
    assert units(drafts[4]) == [("responsible", "市农业农村局")]


def test_a_list_inside_one_sentence_is_one_measure() -> None:
    assert measure(plan(CITY).drafts[6]) == "落实责任。①制定方案；②明确分工；③定期调度。"


def test_people_are_not_stored() -> None:
    result = plan(CITY)
    assert [flag.id for flag in result.flags] == ["R37"]
    stored = "".join(result.preamble) + "".join(map(measure, result.drafts))
    assert not any(word in stored for word in ("李某", "0971", "example"))


def test_numbers_in_half_width_and_context_inside_a_chapter() -> None:
    drafts = plan(
        "北原市治水工作方案\n二、任务\n(一)基本原则。坚持系统治理。\n(二)治理河道.清淤10公里。(市水务局负责)\n(三)治理湖泊。清淤3公里。（市水务局负责）"
    ).drafts
    assert [item.seq for item in drafts] == [2, 3]


def test_context_with_a_bracket_is_a_measure() -> None:
    drafts = plan(
        "北原市方案\n一、工作目标\n（一）年均浓度不高于30微克。（市生态环境局负责）\n（二）优良天数310天。"
    ).drafts
    assert [item.seq for item in drafts] == [1]


def test_first_named_leads_from_there_on() -> None:
    drafts = plan(
        "关于促进农机发展的意见\n一、研发\n（一）建立平台。建设三个平台。（甲区政府、乙区政府负责）\n"
        "（二）研发农机。突破关键技术。（农业农村部、科技部等负责。列第一位者为牵头单位，下同）\n"
        "（三）推广农机。推广一万台。（工业和信息化部、科技部负责）\n"
        "（四）服务农机。完善网络。（商务部牵头，科技部负责）\n"
        "（五）落实责任。抓好落实。（各省级人民政府负责）"
    ).drafts
    assert [units(item) for item in drafts] == [
        [("responsible", "甲区政府、乙区政府")],
        [("lead", "农业农村部"), ("responsible", "科技部等")],
        [("lead", "工业和信息化部"), ("responsible", "科技部")],
        [("lead", "商务部"), ("responsible", "科技部")],
        [("responsible", "各省级人民政府")],
    ]
    assert ["R35" in flags(item) for item in drafts] == [False, True, True, False, False]


def test_note_outside_the_brackets_holds_for_all() -> None:
    drafts = plan(
        "北原市方案\n一、任务\n（一）治水。清淤3公里。（市水务局、市财政局负责）\n注：排在第一位的为牵头单位。"
    ).drafts
    assert units(drafts[0]) == [("lead", "市水务局"), ("responsible", "市财政局")]


def test_run_through_numbers_and_several_measures_in_an_item() -> None:
    drafts = plan(
        "南岭省实施方案\n一、开源\n1.盘活资产。清查存量。（省财政厅负责）开展试点。（省国资委牵头，各市人民政府配合）\n"
        "2.培育企业。支持创新。\n二、节流\n3.压减支出。严控三公经费。（省财政厅负责）"
    ).drafts
    assert [(item.section, item.seq, item.task) for item in drafts] == [
        ("一、开源", 1, "盘活资产"),
        ("一、开源", 1, "盘活资产"),
        ("一、开源", 2, "培育企业"),
        ("二、节流", 3, "压减支出"),
    ]
    assert drafts[2].roles == []


def test_paragraphs_of_one_item() -> None:
    drafts = plan(
        "南岭省实施方案\n一、任务\n（一）强化引领，优化机制。建立指标体系。（省生态环境厅牵头，省统计局参与）\n"
        "优化管理体制。建立部门清单。（省生态环境厅负责）\n（二）推进试点。选取十个城市。\n开展评估。（省生态环境厅负责）"
    ).drafts
    assert [(item.seq, item.task, measure(item)) for item in drafts] == [
        (1, "强化引领，优化机制", "强化引领，优化机制。建立指标体系。"),
        (1, "强化引领，优化机制", "优化管理体制。建立部门清单。"),
        (2, "推进试点", "推进试点。选取十个城市。开展评估。"),
    ]
    assert len(drafts[2].paragraphs) == 2


def test_items_that_a_dump_ran_together() -> None:
    drafts = plan(
        "北原市方案\n一、措施\n1.压减燃煤。替代1万户。（市发展改革委负责）2.治理工业。改造3家。（市生态环境局负责）3.控制扬尘。加强洒水。（市住建局负责）"
    ).drafts
    assert [(item.seq, item.task) for item in drafts] == [(1, "压减燃煤"), (2, "治理工业"), (3, "控制扬尘")]


def test_bracket_cut_by_a_page_break() -> None:
    drafts = plan(
        "北原市方案\n一、措施\n（一）压减燃煤。替代1万户。（市发展改革委、市财\n政局负责）\n（二）控尘。洒水。"
    ).drafts
    assert units(drafts[0]) == [("responsible", "市发展改革委、市财政局")]
    assert len(drafts) == 2


def test_wide_space_ends_a_heading() -> None:
    drafts = plan("北原市方案\n一、措施\n（一）压减燃煤　替代1万户，年底前完成。（市发展改革委负责）").drafts
    assert drafts[0].task == "压减燃煤"


def test_boxes() -> None:
    text = (
        "北原市方案\n一、措施\n（一）压减燃煤。替代1万户。（市发展改革委负责）\n专栏1 重点工程\n"
        "1.散煤替代工程。完成1万户。\n2.锅炉改造工程。完成3台。\n（二）控制扬尘。加强洒水。（市住建局负责）"
    )
    drafts = plan(text).drafts
    assert [(item.seq, "R34" in flags(item)) for item in drafts] == [(1, False), (1, True), (2, True), (2, False)]
    assert all(item.task == "专栏1重点工程" and not item.roles for item in drafts[1:3])


def test_box_as_a_table_and_other_tables() -> None:
    blocks: list[Paragraph | Table] = list(
        document("北原市方案\n一、措施\n（一）压减燃煤。替代1万户。（市发改委负责）").blocks
    )
    box = Table(2, 1, [Cell(0, 0, ["专栏1 重点工程"]), Cell(1, 0, ["散煤替代：完成1万户。", "锅炉改造：完成3台。"])])
    other = Table(2, 2, [Cell(0, 0, ["指标"]), Cell(0, 1, ["数值"]), Cell(1, 0, ["浓度"]), Cell(1, 1, ["30"])])
    result = read_prose(Document("docx", [*blocks, box, other]))[0]
    assert [measure(item) for item in result.drafts[1:]] == ["散煤替代：完成1万户。", "锅炉改造：完成3台。"]
    assert [(flag.id, flag.detail) for flag in result.flags] == [("R60", "指标")]


def test_text_in_a_layout_table() -> None:
    lines = "北原市方案\n一、目标\n改善空气。\n二、措施\n（一）压减燃煤。替代1万户。（市发展改革委负责）".splitlines()
    result = read_prose(Document("html", [Table(1, 1, [Cell(0, 0, lines)])]))
    assert [measure(item) for item in result[0].drafts] == ["压减燃煤。替代1万户。"]


def test_automatic_numbers_and_styled_headings() -> None:
    blocks: list[Paragraph | Table] = [
        Paragraph("北原市方案", line=1, centred=True),
        Paragraph("措施", line=2, level=1, label="一、"),
        Paragraph("压减燃煤。替代1万户。（市发展改革委负责）", line=3, label="（一）"),
        Paragraph("控制扬尘。加强洒水。（市住建局负责）", line=4, label="（二）"),
        Paragraph("附属工作", line=5, level=1),
        Paragraph("1.清理垃圾。每周一次。（市城管局负责）", line=6),
    ]
    drafts = read_prose(Document("docx", blocks))[0].drafts
    assert [(item.section, item.seq) for item in drafts] == [("一、措施", 1), ("一、措施", 2), ("附属工作", 1)]


def test_several_plans_in_one_file() -> None:
    air, water = read_prose(
        document(
            "北原市2031年大气治理工作方案\n一、目标\n优良310天。\n二、措施\n（一）控尘。洒水。（市住建局负责）\n"
            "北原市2031年治水工作方案\n一、目标\n达标。\n二、措施\n（一）清淤。3公里。（市水务局负责）"
        )
    )
    assert (air.title, water.title) == ("北原市2031年大气治理工作方案", "北原市2031年治水工作方案")
    assert [len(air.drafts), len(water.drafts)] == [1, 1]


def test_articles_and_chapters() -> None:
    drafts = plan(
        "北原市扬尘管理办法\n第一章 总则\n第一条 为了治理扬尘，制定本办法。\n第二章 监督\n"
        "第二条 市生态环境局应当每月公布数据。（市生态环境局负责）\n"
        "第三条 施工单位应当：\n（一）设置围挡；\n（二）覆盖裸土。（市住建局负责）"
    ).drafts
    assert [(item.section, item.seq) for item in drafts] == [("第二章监督", 2), ("第二章监督", 3)]
    assert measure(drafts[1]) == "施工单位应当：（一）设置围挡；（二）覆盖裸土。"


def test_figures_at_a_line_start_are_no_numbers() -> None:
    drafts = plan(
        "北原市方案\n一、措施\n（一）改造锅炉。总量为\n1.5万吨，其中\n3吨以下的全部淘汰。（市生态环境局负责）"
    ).drafts
    assert len(drafts) == 1
    assert measure(drafts[0]).endswith("1.5万吨，其中3吨以下的全部淘汰。")


def test_decimal_numbers() -> None:
    drafts = plan(
        "北原市方案\n1.工业治理\n1.1淘汰锅炉。改造3台。（市生态环境局负责）\n1.2治理涂装。总量\n2.6左右的企业全部治理。\n"
        "2.扬尘治理\n2.1洒水降尘。每天两次。（市住建局负责）"
    ).drafts
    assert [(item.section, item.seq, item.task, measure(item)) for item in drafts] == [
        ("1.工业治理", 1, "淘汰锅炉", "淘汰锅炉。改造3台。"),
        ("1.工业治理", 2, "治理涂装", "治理涂装。总量2.6左右的企业全部治理。"),
        ("2.扬尘治理", 1, "洒水降尘", "洒水降尘。每天两次。"),
    ]


def test_table_of_contents_is_no_plan() -> None:
    drafts = plan(
        "北原市方案\n目  录\n一、措施……1\n（一）控尘……1\n（二）清淤……2\n一、措施\n"
        "（一）控尘。洒水。（市住建局负责）\n（二）清淤。清3公里。（市水务局负责）"
    ).drafts
    assert [measure(item) for item in drafts] == ["控尘。洒水。", "清淤。清3公里。"]


def test_signature_joined_to_the_last_paragraph() -> None:
    result = plan(
        "北原市方案\n一、措施\n（一）清淤。清3公里。（市水务局负责）\n（二）控尘。加强洒水。北原市人民政府2031年5月1日"
    )
    assert [measure(item) for item in result.drafts] == ["清淤。清3公里。", "控尘。加强洒水。"]
    assert result.preamble[-1] == "2031年5月1日"


def test_closing_chapter_without_items() -> None:
    drafts = plan(
        "北原市方案\n一、任务\n（一）控尘。洒水。（市住建局负责）\n二、有关要求\n各区要加强领导。\n各部门要支持。"
    ).drafts
    assert [(item.section, measure(item)) for item in drafts[1:]] == [
        ("二、有关要求", "各区要加强领导。各部门要支持。"),
    ]


def test_what_is_no_plan() -> None:
    assert read_prose(document("今日天气\n一、晴\n二、多云")) == []
    assert read_prose(document("关于放假的通知\n一、时间\n10月1日放假。\n二、要求\n注意安全。")) == []
    assert read_prose(Document("text")) == []
    assert read_prose(document("一、晴\n由（市长牵头）统筹。")) == []
    assert read_prose(document(CITY))


def test_a_plan_without_any_bracket_is_read_by_its_title() -> None:
    drafts = plan("北原市工作方案\n一、任务\n（一）控尘。洒水。\n（二）清淤。3公里。\n（三）种树。一万棵。").drafts
    assert len(drafts) == 3
    assert all("R33" in flags(item) for item in drafts)


LINES = st.sampled_from(
    [
        *PROVINCE.splitlines(),
        *CITY.splitlines(),
        "附件1",
        "专栏2",
        "（",
        "）",
        "一、",
        "1.",
        "1.1",
        "第一章",
        "①",
        "（市水务局负责）",
    ]
)


@settings(max_examples=examples(100), deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(LINES, max_size=14).map("\n".join)))
def test_never_raises_and_repeats(text: str) -> None:
    blocks: list[Paragraph | Table] = [
        Paragraph(line, line=1, level=len(line) % 4 or None) for line in text.split("\n")
    ]
    first = read_prose(Document("text", blocks))
    assert first == read_prose(Document("text", blocks))
    assert all(measure(item) for result in first for item in result.drafts)

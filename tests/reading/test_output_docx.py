"""Word out: the printed table, valid for Word, and the same plan when it is read again."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian import read_plan
from lantian.reading import plans_of
from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.errors import MissingExtra
from lantian.reading.finish import finish_plan
from lantian.reading.grammar.heads import Head, head_note, is_head_note, read_head
from lantian.reading.model import ROLE_NAMES, Flag, Measure, Plan, RoleName
from lantian.reading.output import write_docx
from lantian.reading.output.docx import column_widths
from lantian.reading.output.shape import COLUMNS, shape_of
from tests.conftest import examples
from tests.growth import calls

from .plan_layouts import document, load

TITLE = "云溪市大气污染防治2025年行动计划"


def plan(*drafts: Draft, title: str = TITLE, preamble: tuple[str, ...] = ()) -> Plan:
    return finish_plan(DraftPlan(title, list(drafts), list(preamble)))


def draft(n: int = 1, **changes: Any) -> Draft:
    values: dict[str, Any] = {
        "section": "一、移动源",
        "seq": n,
        "task": f"任务{n}",
        "paragraphs": [f"年底前更新纯电动公交车{n}20辆。"],
        "deadline": "年底前",
        "roles": [DraftRole("lead", "市交通局"), DraftRole("responsible", "各区政府")],
    }
    return Draft(**(values | changes))


def written(*plans: Plan, **options: Any) -> bytes:
    buffer = io.BytesIO()
    write_docx(plans, buffer, **options)
    return buffer.getvalue()


def again(folder: Path, *plans: Plan) -> list[Plan]:
    path = folder / "out.docx"
    write_docx(plans, path)
    return read_plan(path)


def facts(item: Measure) -> dict[str, Any]:
    """What must come back; where it stood, what was repaired and how a name was misprinted are the first file's."""
    roles = {
        name: [(role.name, role.open, role.group) for role in item.roles if role.role == name] for name in ROLE_NAMES
    }
    names = ("n", "section", "seq", "task", "measure", "paragraphs", "deadline", "text_dates", "inherited", "targets")
    return {name: getattr(item, name) for name in names} | roles


def head(found: Plan) -> tuple[object, ...]:
    return found.title, found.year, found.region, found.level, found.medium


def unequal(first: list[Plan], second: list[Plan]) -> list[tuple[object, ...]]:
    """Every difference between two readings: what it is, then before and after."""
    found: list[tuple[object, ...]] = []
    if len(first) != len(second):
        return [("plans", len(first), len(second))]
    for one, other in zip(first, second, strict=True):
        if head(one) != head(other):
            found.append(("head", head(one), head(other)))
        if len(one.measures) != len(other.measures):
            found.append(("measures", len(one.measures), len(other.measures)))
        for before, after in zip(one.measures, other.measures, strict=False):
            was, now = facts(before), facts(after)
            found.extend((before.n, name, was[name], now[name]) for name in was if was[name] != now[name])
    return found


@pytest.mark.shared
def test_real_documents_come_back_from_word_as_they_went_in(shared_plans: Path, tmp_path: Path) -> None:
    paths = [path for path in sorted(shared_plans.iterdir()) if path.name != "README.md"]
    assert len(paths) > 15
    for path in paths:
        try:
            plans = read_plan(path)
        except MissingExtra:
            continue
        assert (path.name, unequal(plans, again(tmp_path, *plans))) == (path.name, [])


@pytest.mark.parametrize("layout", load(), ids=lambda layout: layout.name)
def test_layouts_of_other_cities_come_back(layout: Any, tmp_path: Path) -> None:
    plans = plans_of(document(tmp_path, layout, "docx" if "docx" not in layout.skip else "text"))
    assert unequal(plans, again(tmp_path, *plans)) == []


def test_the_demonstration_plan_comes_back(tmp_path: Path) -> None:
    import lantian.demo

    plans = read_plan(Path(lantian.demo.__file__).with_name("plan.html"))
    assert unequal(plans, again(tmp_path, *plans)) == []


UNITS = (
    "市生态环境局", "市交通局", "市住房城乡建设局", "各区政府", "市公安局", "市发展改革委", "东塘区政府",
    "市城市管理委", "各区政府（含云溪经济开发区管委会）", "市科委", "云溪供电公司", "市水务局", "有关单位",
)  # fmt: skip
SENTENCES = (
    "全市细颗粒物（PM2.5）年均浓度降至32微克/立方米左右。", "更新纯电动公交车120辆，其中东塘区40辆。",
    "6月底前完成10家企业VOCs治理，力争12家。", "降尘量不高于4.5吨/平方公里·月。", "每季度开展一次联合执法检查。",
    "NOx排放量较上年下降5%以上；O3浓度持续下降。", "研究制定非道路移动机械管理办法。", "按GB/T 38597-2020执行。",
    "在建工地“六个百分之百”全覆盖。", "二氧化碳（CO2）与SO2协同控制<试点>&评估。",
)  # fmt: skip
SECTIONS = ("", "一、移动源", "（一）油品", "二、扬尘", "第一章总则", "（二）工地", "综合保障", "3")
unit_lists = st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.lists(st.booleans(), min_size=len(names), max_size=len(names)).map(
        lambda opened: "、".join(name + "等" * more for name, more in zip(names, opened, strict=True))
    )
)
cells = st.one_of(unit_lists, st.tuples(unit_lists, unit_lists).map("\n\n".join))


@st.composite
def drafts(pick: st.DrawFn) -> Draft:
    roles = [DraftRole(name, pick(cells)) for name in ROLE_NAMES if pick(st.booleans())]
    return Draft(
        section=pick(st.sampled_from(SECTIONS)),
        seq=pick(st.one_of(st.none(), st.integers(1, 4))),
        task=pick(st.sampled_from(("", "", "公交更新", "扬尘管控", "监测能力"))),
        paragraphs=pick(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3)),
        deadline=pick(st.sampled_from(("", "年底前", "6—9月", "长期实施", "3月底前 年底前", "按时间节点完成", "立即"))),
        roles=roles,
        inherited=pick(st.lists(st.sampled_from(UNITS[:4]), max_size=2, unique=True)),
    )


@st.composite
def plans(pick: st.DrawFn) -> Plan:
    title = pick(st.sampled_from((TITLE, "蓝天行动计划", "碧水保卫战工作方案", "土壤污染防治2024年任务分解表", "")))
    told = Head(
        pick(st.one_of(st.none(), st.integers(2020, 2030))),
        pick(st.sampled_from(("", "云溪市", "东塘区", "柳桥街道"))),
        pick(st.sampled_from(("national", "provincial", "municipal", "district", "town"))),
        pick(st.sampled_from(("air", "water", "soil", "other"))),
    )
    note = head_note(told, Head(1999, "?", "municipal", "air"))
    return plan(*pick(st.lists(drafts(), min_size=1, max_size=6)), title=title, preamble=(note,))


@settings(max_examples=examples(60))
@given(found=plans())
def test_any_plan_comes_back(found: Plan, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert unequal([found], again(tmp_path_factory.mktemp("docx"), found)) == []


def grid_faults(content: bytes) -> list[str]:
    """Why Word would call the file damaged: rows that do not fill the grid, cells that go on from nothing."""
    faults = []
    body = docx.Document(io.BytesIO(content)).element.body
    for table in body.iter(qn("w:tbl")):
        columns = len(table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"))
        above: dict[int, int] = {}
        for number, row in enumerate(table.iter(qn("w:tr"))):
            column, here = 0, {}
            for cell in row.iter(qn("w:tc")):
                properties = cell.find(qn("w:tcPr"))
                span = properties.find(qn("w:gridSpan"))
                width = 1 if span is None else int(span.get(qn("w:val")))
                merge = properties.find(qn("w:vMerge"))
                if merge is not None:
                    here[column] = width
                    if merge.get(qn("w:val")) != "restart" and above.get(column) != width:
                        faults.append(f"row {number}: column {column} goes on from nothing")
                if cell[-1].tag != qn("w:p"):
                    faults.append(f"row {number}: a cell must end with a paragraph")
                column += width
            if column != columns:
                faults.append(f"row {number}: {column} of {columns} columns")
            above = here
    if body[-1].tag != qn("w:sectPr") or body[-2].tag != qn("w:p"):
        faults.append("the body must end with a paragraph and its section")
    return faults


@settings(max_examples=examples(60))
@given(found=st.lists(plans(), min_size=1, max_size=2))
def test_any_table_fills_its_grid(found: list[Plan]) -> None:
    assert grid_faults(written(*found)) == []


def test_a_faulty_grid_is_noticed() -> None:
    content = written(plan(draft(1), draft(2, seq=1, task="任务1")))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b'<w:vMerge w:val="restart"/>', b"")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    assert len(grid_faults(buffer.getvalue())) == 2


def rows(content: bytes, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(content)).tables[table].rows]


def test_the_table_is_what_officials_print() -> None:
    shared = draft(2, seq=1, task="任务1", roles=[DraftRole("lead", "市生态环境局、市交通局等")])
    content = written(plan(draft(1), shared, draft(3, section="二、扬尘", task="", deadline="")))
    assert rows(content) == [
        ["序号", "重点任务", "工作措施", "完成时限", "牵头部门", "主责单位"],
        ["一、移动源"] * 6,
        ["1", "任务1", "年底前更新纯电动公交车120辆。", "年底前", "市交通局", "各区政府"],
        ["1", "任务1", "年底前更新纯电动公交车220辆。", "年底前", "市生态环境局、市交通局等", "——"],
        ["二、扬尘"] * 6,
        ["3", *["年底前更新纯电动公交车320辆。"] * 2, "——", "市交通局", "各区政府"],
    ]


def test_page_head_and_rows_are_set_for_print() -> None:
    long = draft(2, paragraphs=["完成治理。" * 200])
    opened = docx.Document(io.BytesIO(written(plan(draft(1), long), mark="内部")))
    section = opened.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert section.header.paragraphs[0].text == "内部"
    assert " PAGE " in section.footer._element.xml
    assert opened.paragraphs[0].text == TITLE
    assert opened.paragraphs[0].style.name == "Title"
    assert opened.core_properties.title == TITLE
    first, heading, short, tall = opened.tables[0]._tbl.tr_lst
    marks = [[child.tag for child in row.trPr] if row.trPr is not None else [] for row in (first, heading, short, tall)]
    assert marks[0] == [qn("w:cantSplit"), qn("w:tblHeader")]
    assert marks[1] == marks[2] == [qn("w:cantSplit")]
    assert marks[3] == []
    widths = [int(item.get(qn("w:w"))) for item in opened.tables[0]._tbl.tblGrid.gridCol_lst]
    assert sum(widths) == section.page_width.twips - section.left_margin.twips - section.right_margin.twips


def test_a_page_has_room_for_every_column() -> None:
    widths = column_widths(COLUMNS)
    assert sum(widths) == 14570
    assert min(widths) > 350
    assert widths[3] >= 3600


def test_figures_of_formulae_are_set_low() -> None:
    text = "PM2.5、PM10、NOx、SO2、O3、CO2、NH3、CH4下降；VOCs、CO、5G、O30、PM2.55和GB3095不变。"
    opened = docx.Document(io.BytesIO(written(plan(draft(paragraphs=[text])))))
    paragraph = opened.tables[0].rows[2].cells[2].paragraphs[0]
    assert paragraph.text == text
    assert [run.text for run in paragraph.runs if run.font.subscript] == ["2.5", "10", "x", "2", "3", "2", "3", "4"]


def test_no_text_becomes_markup_or_breaks_the_file(tmp_path: Path) -> None:
    hostile = "完成<w:br/>&amp;\x00\x0b\ud800\uffff“治理”]]>10\u2028家。"
    found = plan(draft(paragraphs=["完成治理。"]))
    measure = replace(found.measures[0], measure=hostile, paragraphs=(hostile,), task="=cmd|' /C calc'!A0")
    content = written(replace(found, measures=(measure,), title="<b>云溪市</b>2025年计划"))
    assert rows(content)[2][1:3] == ["=cmd|' /C calc'!A0", "完成<w:br/>&amp;“治理”]]>10 家。"]
    (tmp_path / "out.docx").write_bytes(content)
    assert read_plan(tmp_path / "out.docx")[0].measures[0].measure == "完成<w:br/>&amp;“治理”]]>10家。"


def test_text_that_no_longer_follows_its_paragraphs_is_printed_whole() -> None:
    found = plan(draft(paragraphs=["完成治理。", "建立台账。"]))
    edited = replace(found.measures[0], measure="完成深度治理。")
    assert [line.places[2].paragraphs for line in shape_of(found).lines if not line.heading] == [
        ("完成治理。", "建立台账。")
    ]
    lines = shape_of(replace(found, measures=(edited,))).lines
    assert [line.places[2].paragraphs for line in lines if not line.heading] == [("完成深度治理。",)]


def test_a_goal_column_is_printed_again(tmp_path: Path) -> None:
    found = plan(draft(goals=["年底前更新30%。"]))
    kept = replace(found, measures=(replace(found.measures[0], flags=(Flag("R57", "年底前更新30%。"),)),))
    assert "工作目标" in rows(written(kept))[0]
    assert [target.text for target in kept.measures[0].targets if target.span is None]
    assert unequal([kept], again(tmp_path, kept)) == []


def test_several_plans_are_annexes_each_with_its_title_and_numbers(tmp_path: Path) -> None:
    second = plan(draft(2), title="云溪市碧水保卫战2025年行动计划")
    content = written(plan(draft(1)), second)
    opened = docx.Document(io.BytesIO(content))
    words = [paragraph.text for paragraph in opened.paragraphs if paragraph.text]
    assert words == ["附件1", TITLE, "附件2", second.title]
    breaks = [paragraph.text for paragraph in opened.paragraphs if paragraph.paragraph_format.page_break_before]
    assert breaks == ["附件2"]
    found = again(tmp_path, plan(draft(1)), second)
    assert [(item.title, item.medium, [m.n for m in item.measures]) for item in found] == [
        (TITLE, "air", [1]),
        (second.title, "water", [1]),
    ]


def test_the_line_under_the_title_says_what_the_title_leaves_open(tmp_path: Path) -> None:
    note = "（行政区域：东塘区；级别：区县级；年度：2026年；领域：水）"
    found = plan(draft(), title="任务分解表", preamble=(note,))
    assert (found.year, found.region, found.level, found.medium) == (2026, "东塘区", "district", "water")
    shown = [item.text for item in docx.Document(io.BytesIO(written(found))).paragraphs]
    assert shown[:2] == ["任务分解表", note]
    assert unequal([found], again(tmp_path, found)) == []
    assert shape_of(plan(draft())).note == ""


def test_the_line_can_say_that_there_is_none() -> None:
    title = "云溪市2025年水污染防治计划"
    assert read_head(title, ["（行政区域：无；级别：省级；年度：无；领域：其他）"]) == Head(
        None, "", "provincial", "other"
    )
    assert read_head(title, ["（年度：2027年）"]) == Head(2027, "云溪市", "municipal", "water")
    assert read_head(title, ["（级别：乡级；领域：噪声）"]) == Head(2025, "云溪市", "municipal", "water")
    assert not is_head_note("（征求意见稿）")
    assert not is_head_note("（年度：2025年）云溪市大气计划")


ROLE_TITLES: list[tuple[tuple[RoleName, ...], list[str]]] = [
    (("responsible",), ["责任单位"]),
    (("responsible", "support"), ["主责单位", "协办单位"]),
    (("lead", "responsible", "support"), ["牵头部门", "主责单位", "协办单位"]),
    ((), ["责任单位"]),
]


@pytest.mark.parametrize(("roles", "titles"), ROLE_TITLES)
def test_only_columns_that_the_plan_uses_are_printed(roles: tuple[RoleName, ...], titles: list[str]) -> None:
    found = plan(draft(roles=[DraftRole(name, "市交通局") for name in roles]))
    assert rows(written(found))[0] == ["序号", "重点任务", "工作措施", "完成时限", *titles]


def test_headings_that_would_nest_stand_in_a_column_of_their_own() -> None:
    found = plan(draft(1), draft(2, section="（一）油品"), draft(3, section="（一）油品"))
    table = rows(written(found))
    assert table[0][:2] == ["任务类别", "序号"]
    assert [row[0] for row in table[1:]] == ["一、移动源", "（一）油品", "（一）油品"]


def test_the_same_plan_gives_the_same_file_and_none_is_refused() -> None:
    found = plan(draft(1), draft(2))
    first = written(found)
    time.sleep(0.01)
    assert written(found) == first
    with pytest.raises(ValueError, match="no plan"):
        write_docx([], io.BytesIO())


def test_work_grows_with_the_measures_only() -> None:
    drafts = [draft(n, paragraphs=list(SENTENCES[:5])) for n in range(1, 121)]
    few, many = plan(*drafts[:30]), plan(*drafts)
    assert calls(lambda: written(many)) < 5 * calls(lambda: written(few))  # four times the measures

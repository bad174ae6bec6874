"""Table layouts of other cities, end to end: every measure found, none invented, every cell right."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading import plans_of
from lantian.reading.columns import find_header, header_field
from lantian.reading.grammar.units import split_units
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.model import Plan
from lantian.reading.tabular import draft_tables
from lantian.reading.tabular.rows import is_compound_number, number_form, parse_number
from lantian.reading.tabular.titles import (
    heads_section,
    is_title,
    opens_attachment,
    plan_title,
    section_level,
    separate_lines,
)
from tests.conftest import examples
from tests.growth import calls

from .plan_layouts import FORMS, Layout, document, line, load, parts
from .tables import pages

LAYOUTS = {layout.name: layout for layout in load()}
CASES = [(name, form) for name, layout in LAYOUTS.items() for form in FORMS if form not in layout.skip]


def read(folder: Path, name: str, form: str = "docx") -> list[Plan]:
    return plans_of(document(folder, LAYOUTS[name], form))


def details(plan: Plan, flag: str) -> list[str]:
    return [item.detail for item in plan.flags if item.id == flag]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_layout(tmp_path: Path, name: str, form: str) -> None:
    layout = LAYOUTS[name]
    plans = plans_of(document(tmp_path, layout, form))
    assert [line(measure) for plan in plans for measure in plan.measures] == list(layout.measures)
    if layout.titles:
        assert [plan.title for plan in plans] == list(layout.titles)


def _examples(name: str) -> list[dict[str, str]]:
    table = files("lantian.reading") / "tables" / f"{name}.csv"
    with table.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", _examples("header_words"), ids=lambda row: row["example"])
def test_header_word_means_what_its_table_says(row: dict[str, str]) -> None:
    assert header_field(row["example"]) == row["field"]


@pytest.mark.parametrize(("word", "meaning"), [
    ("任务", "task"), ("责任单位（牵头单位列第一）", "responsible"), ("牵头领导", "person"), ("开工时间", "note"),
    ("完成\n时限", "deadline"), ("单位", None), ("企业名称", None), ("目标任务", "goal"), ("市级牵头单位", "lead"),
    ("扬尘治理", None), ("年底前", None), ("市住房城乡建设局", None), ("巡查工地。", None),
])  # fmt: skip
def test_header_words(word: str, meaning: str | None) -> None:
    assert header_field(word) == meaning


def test_columns_told_by_content_are_flagged(tmp_path: Path) -> None:
    (plan,) = read(tmp_path, "unknown-words2")
    assert details(plan, "R53") == ["谁来干: responsible", "何时完成: deadline", "怎么干: measure"]


def test_a_header_that_nobody_can_read_is_passed_over() -> None:
    header = ["序号", "重点任务", "工作措施", "完成时限", "责任单位"]
    page = ["序号", "里点仟务", "工作措旋", "完戎时限", "责仟单位"]
    first, second = ["1", "扬尘", "巡查工地。", "年底前", "市住建局"], ["2", "油烟", "治理餐饮。", "年底前", "市城管局"]
    (plan,) = draft_tables(pages([header, first], [page, second], kind="scan"))
    assert [draft.paragraphs for draft in plan.drafts] == [["巡查工地。"], ["治理餐饮。"]]


def test_a_table_that_is_left_out_is_told(tmp_path: Path) -> None:
    (plan,) = read(tmp_path, "projects-after")
    assert details(plan, "R60") == ["2025年重点减排项目清单"]


def test_rows_that_are_no_measures_are_told(tmp_path: Path) -> None:
    (plan,) = read(tmp_path, "total-note-sign")
    assert [detail[:2] for detail in details(plan, "R54")] == ["合计", "注："]


def test_a_goal_column_gives_targets_but_no_text(tmp_path: Path) -> None:
    (plan,) = read(tmp_path, "goal-merged")
    first, second, third = plan.measures
    assert [(target.value, target.span) for target in first.targets] == [(500, None)]
    assert second.targets == ()
    assert [target.value for target in third.targets] == [5]
    assert [flag.detail for flag in first.flags if flag.id == "R57"] == ["淘汰国三车500辆"]


def test_a_number_of_several_levels_is_no_integer(tmp_path: Path) -> None:
    (plan,) = read(tmp_path, "seq-dotted")
    assert [flag.detail for measure in plan.measures for flag in measure.flags if flag.id == "R56"] == [
        "1.1", "1.2", "2.1",
    ]  # fmt: skip
    assert not details(plan, "R24")


def test_a_task_without_a_measure_is_the_measure() -> None:
    table = [
        ["序号", "重点任务", "工作措施", "完成时限", "责任单位"],
        ["1", "扬尘", "巡查工地。", "年底前", "市住建局"],
        ["2", "严格落实禁烧责任", "", "年底前", "市农业农村局"],
    ]
    _, second = draft_tables(pages(table))[0].drafts
    assert second.paragraphs == ["严格落实禁烧责任"]
    assert "R55" in {flag.id for flag in second.flags}


PROSE = """云岭市2025年大气污染防治实施方案
一、重点任务
1.淘汰落后产能。年底前淘汰落后产能10万吨。（市工业和信息化局牵头，市生态环境局配合）
2.整治散乱污企业。年底前完成整治50家企业。（市生态环境局负责）
3.压减煤炭消费。年底前压减燃煤10万吨。（市发展改革委负责）
附件
"""
PROJECTS = """2025年重点工程项目表
序号|项目名称|建设内容|完成时限|责任单位
1|污水厂|新建2万吨。|年底前|市住建局"""
DIVISION = """任务分解表
序号|工作措施|完成时限|责任单位
1|淘汰落后产能。年底前淘汰落后产能10万吨。|年底前|市工业和信息化局
2|整治散乱污企业。年底前完成整治50家企业。|年底前|市生态环境局
3|压减煤炭消费。年底前压减燃煤10万吨。|年底前|市发展改革委"""


def both(folder: Path, table: str) -> list[Plan]:
    return plans_of(document(folder, Layout("", tuple(parts(PROSE + table)), (), (), ()), "docx"))


def test_prose_with_duties_is_read_beside_an_attached_table(tmp_path: Path) -> None:
    prose, projects = both(tmp_path, PROJECTS)
    assert (len(prose.measures), len(projects.measures)) == (3, 1)
    assert projects.title == "2025年重点工程项目表"


def test_prose_that_the_table_repeats_is_read_once(tmp_path: Path) -> None:
    (plan,) = both(tmp_path, DIVISION)
    assert len(plan.measures) == 3
    assert details(plan, "R58") == [""]


@pytest.mark.parametrize(("text", "number"), [
    ("①", 1), ("（三）", 3), ("十二", 12), ("4、", 4), ("1.1", None), ("1-2", None), ("扬尘", None), ("", None),
])  # fmt: skip
def test_numbers(text: str, number: int | None) -> None:
    assert parse_number(text) == number


def test_numbers_of_one_form() -> None:
    assert number_form("一") == number_form("十二") != number_form("1")
    assert number_form("1.1") == number_form("12.3") != number_form("1")
    assert number_form("①") == number_form("②") != number_form("2")
    assert is_compound_number("1-2")
    assert not is_compound_number("12")


@pytest.mark.parametrize(("text", "level"), [
    ("第一章 总则", 0), ("一、大气", 1), ("（二）水", 2), ("3.河道", 3), ("（4）管网", 4), ("2025年大气", None),
])  # fmt: skip
def test_levels_of_headings(text: str, level: int | None) -> None:
    assert section_level(text) == level


def test_lines_over_a_table() -> None:
    assert is_title("云岭市大气污染防治2025年重点项目表")
    assert not is_title("二、重点任务清单")
    assert heads_section("二、水污染防治")
    assert not heads_section("二、各单位要按时报送：")
    assert opens_attachment("附件2 企业名单")
    assert not opens_attachment("表明态度")


@pytest.mark.parametrize(("lines", "title"), [
    (["附件1：云岭市2025年大气污染防治任务清单"], "云岭市2025年大气污染防治任务清单"),
    (["云岭市2025年深入打好蓝天保卫战", "重点任务措施清单"], "云岭市2025年深入打好蓝天保卫战重点任务措施清单"),
    (["云岭市2025年行动计划", "目标任务分解表"], "云岭市2025年行动计划目标任务分解表"),
    (["2025年1月5日", "云岭市大气环境管理工作要点任务分解"], "云岭市大气环境管理工作要点任务分解"),
    (["云岭市人民政府办公室\n2025年3月2日\n附件\n云岭市2025年行动计划"], "云岭市2025年行动计划"),
])  # fmt: skip
def test_titles(lines: list[str], title: str) -> None:
    before = [part for line in lines for part in separate_lines(Paragraph(line))]
    assert plan_title(before)[0] == title


def test_areas_that_share_the_word_government() -> None:
    assert [unit.name for unit in split_units("青溪区、白石县政府")] == ["青溪区政府", "白石县政府"]


def test_work_grows_with_the_rows_only() -> None:
    header = ["序号", "重点任务", "工作措施", "完成时限", "责任单位"]
    rows = [[str(i), f"任务{i}", f"完成{i}家企业治理。", "年底前", "市住建局、各区政府"] for i in range(1, 1001)]
    few, many = pages([header, *rows[:250]]), pages([header, *rows])
    (plan,) = plans_of(many)
    assert len(plan.measures) == 1000
    assert calls(lambda: plans_of(many)) < 5 * calls(lambda: plans_of(few))  # four times the rows


WORDS = st.sampled_from([
    "", "序号", "1", "一", "（一）", "1.2", "重点任务", "工作措施", "完成时限", "责任单位", "牵头单位", "一、大气",
    "年底前", "市住建局", "巡查工地。", "合计", "注：无", "同上", "企业名称", "附件2", "——", "云岭市2025年行动计划",
])  # fmt: skip


@given(st.lists(st.lists(st.one_of(WORDS, st.text(max_size=6)), min_size=4, max_size=4), min_size=1, max_size=8))
@settings(max_examples=examples(150), deadline=None)
def test_any_grid_is_read_without_error_and_the_same_twice(rows: list[list[str]]) -> None:
    def build() -> Document:
        cells = [Cell(r, c, [text] if text else []) for r, row in enumerate(rows) for c, text in enumerate(row)]
        return Document("docx", [Table(len(rows), 4, cells)])

    find_header(next(build().tables()))
    assert draft_tables(build()) == draft_tables(build())

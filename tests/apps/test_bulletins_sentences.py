"""Sentences, ranks, tables and files of a bulletin, from rows alone: no database."""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.bulletins import composing, printing, ranking, sentences
from lantian.apps.bulletins.figures import Row, read_table, split
from lantian.apps.bulletins.kinds import Kind, Template, indicators, kinds, period_of, shipped_templates
from lantian.apps.papers import slots
from lantian.reading import open_document
from tests.conftest import examples

TSP, PM25, BRIEF = (kinds()[name] for name in ("tsp_half_month", "pm25_month", "air_brief_month"))


def row(subject: str, value: object, before: object = None, group: str = "", **more: Any) -> Row:
    number = [None if item is None else Decimal(str(item)) for item in (value, before)]
    return Row(subject, number[0], group, more.pop("indicator", "pm25"), number[1], **more)


def made(rows: list[Row], kind: Kind = PM25) -> dict[str, Any]:
    return ranking.frozen(kind, period_of(kind, "2025-10", "1"), "云溪市", rows)


def whole(data: dict[str, Any], *, internal: bool = True, **more: Any) -> printing.Whole:
    kind = kinds()[data["kind"]]
    lines = composing.made(shipped_templates()[kind.id], data["facts"])
    values: dict[str, Any] = {
        "data": data, "title": "通报", "paragraphs": composing.renewed([], lines), "issuer": "云溪市生态环境局",
        "number": "〔2025〕第1期", "dated": None, "issued": None, "internal": internal, "draft": False, "void": False,
    }  # fmt: skip
    return printing.Whole(**(values | more))


P = "细颗粒物（PM2.5）"


@pytest.mark.parametrize(
    ("rows", "slot", "said"),
    [
        ([row("全市", 31, 33), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为31微克/立方米，同比下降6.1%。"),
        ([row("全市", 34, 33), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为34微克/立方米，同比上升3.0%。"),
        ([row("全市", 33, 33), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为33微克/立方米，同比持平。"),
        ([row("全市", 33), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为33微克/立方米。"),
        ([row("全市", 33, 0), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为33微克/立方米。"),
        ([row("全市", "30.5"), row("甲街道", 30), row("乙街道", 31)], "overall",
         f"全市{P}平均浓度为30微克/立方米。"),
        ([row("甲街道", 30), row("乙街道", 31)], "overall",
         f"参与排名的2个街道（乡镇）{P}平均浓度为30微克/立方米。"),
        ([row("甲街道", 30, 25, "东塘区")], "overall",
         f"本期参与排名的街道（乡镇）仅有东塘区甲街道。甲街道{P}平均浓度为30微克/立方米，同比上升20.0%。"),
        ([row("甲街道", None)], "overall",
         "本期没有可参与排名的街道（乡镇）。"),
        ([row("全市", 33), row("甲街道", 30)], "overall",
         f"全市{P}平均浓度为33微克/立方米。本期参与排名的街道（乡镇）仅有甲街道（30微克/立方米）。"),
        ([row("甲街道", 30)], "worst",
         ""),
        ([row("甲街道", 30), row("乙街道", 31)], "worst",
         f"2个街道（乡镇）{P}浓度由高到低依次为乙街道（31微克/立方米）、甲街道（30微克/立方米）。"),
        ([row("甲街道", 30), row("乙街道", "30.4")], "worst",
         f"2个街道（乡镇）{P}浓度相同，均为30微克/立方米。"),
        ([row(f"{n}街道", 20 + n) for n in range(7)], "worst",
         f"{P}浓度最高的三个街道（乡镇）依次为6街道（26微克/立方米）、5街道（25微克/立方米）、4街道（24微克/立方米）。"),
        ([row(f"{n}街道", 20 + n) for n in range(5)] + [row("并街道", 22)], "worst",
         f"{P}浓度最高的四个街道（乡镇）（含并列）依次为4街道（24微克/立方米）、3街道（23微克/立方米）、"
         "2街道和并街道（并列，均为22微克/立方米）。"),
        ([row(f"{n}街道", 20 + n, 22) for n in range(5)], "changes",
         "与上年同期相比，有可比数据的5个街道（乡镇）中，2个下降、1个持平、2个上升，上升幅度最大的为4街道（上升9.1%）。"),
        ([row("甲街道", 20, 22), row("乙街道", 21, 22)], "changes",
         "与上年同期相比，有可比数据的2个街道（乡镇）中，均下降。"),
        ([row("甲街道", 20), row("乙街道", 21)], "changes",
         ""),
        ([row("甲街道", None, group="东塘区"), row("乙街道", 40, completeness=Decimal(60)), row("丙街道", 30)],
         "missing",
         "东塘区甲街道无有效数据，乙街道数据有效率不足75%，未参与排名。"),
        ([row("甲街道", 30), row("乙街道", 31)], "missing",
         ""),
        ([row("甲街道", 30), row("A街道", 40, group="经开区"), row("B街道", 41, group="经开区")], "apart",
         f"经开区单独排名，{P}浓度由高到低依次为B街道（经开区，41微克/立方米）、A街道（经开区，40微克/立方米）。"),
    ],
)  # fmt: skip
def test_sentences(rows: list[Row], slot: str, said: str) -> None:
    assert made(rows)["facts"][slot] == said


def test_ten_are_named_and_thirty_listed_from_the_worst_with_ties() -> None:
    rows = [row(f"{n:02}街道", 100 + n, group="东塘区", indicator="tsp") for n in range(40)]
    rows[37] = row("37街道", 138, group="东塘区", indicator="tsp")  # as 38
    data = made(rows, TSP)
    assert data["facts"]["worst"].startswith(
        "粗颗粒物（TSP）浓度最高的十个街道（乡镇）依次为39街道（东塘区，139微克/立方米）、"
    )
    assert "东塘区37街道和东塘区38街道（并列，均为138微克/立方米）" in data["facts"]["worst"]
    last = next(table for table in data["tables"] if table["key"] == "last")
    assert [line[0] for line in last["rows"]][:5] == ["1", "2", "2", "4", "5"]
    assert len(last["rows"]) == 30
    extremes = next(table for table in data["tables"] if table["key"] == "extremes")
    assert extremes["rows"] == [["东塘区", "00街道（100）、01街道（101）、02街道（102）",
                                 "39街道（139）、37街道（138）、38街道（138）"]]  # fmt: skip


def test_a_tie_at_the_edge_makes_the_list_longer() -> None:
    rows = [row(f"{n:02}街道", 100 + min(n, 30), indicator="tsp") for n in range(40)]
    last = next(table for table in made(rows, TSP)["tables"] if table["key"] == "last")
    assert [line[0] for line in last["rows"]].count("1") == 10
    assert len(last["rows"]) == 30


def test_a_brief_says_days_and_points_and_leaves_out_what_is_missing() -> None:
    rows = [
        row("全市", 31, 33),
        row("全市", 25, 27, indicator="good_days"),
        row("全市", "80.6", "87.1", indicator="good_ratio"),
        row("东塘区", 30),
        row("西塘区", 32),
    ]
    facts = made(rows, BRIEF)["facts"]
    assert facts["others"] == "优良天数为25天，同比减少2天；优良天数比率为80.6%，同比下降6.5个百分点。"


@given(st.decimals(-90, 400, places=1))
def test_a_change_is_said_without_a_sign(change: Decimal) -> None:
    said = sentences.compared(indicators()["pm25"], change)
    assert "-" not in said
    assert "+" not in said
    assert ("持平" in said) == (change == 0)


NAMES = st.text(st.characters(codec="utf-8", categories=("Lo", "Nd")), min_size=1, max_size=6)
ROWS = st.lists(
    st.builds(
        lambda name, value, before, share, inner: row(
            name, value, before, "东塘区", indicator="tsp", completeness=share, internal=inner
        ),
        NAMES,
        st.none() | st.decimals(0, 999, places=1),
        st.none() | st.decimals(0, 999, places=1),
        st.none() | st.integers(0, 100).map(Decimal),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda item: item.subject,
)


@settings(max_examples=examples(15), deadline=None)
@given(ROWS)
def test_word_read_back_holds_every_row_and_the_public_one_none_that_is_internal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    data = made(rows, TSP)
    assert json.loads(json.dumps(data)) == data
    path = tmp_path_factory.mktemp("docx") / "out.docx"
    path.write_bytes(printing.docx(whole(data), "内部　张三"))
    printed = [
        [cell.text if cell else "" for cell in line] for table in open_document(path).tables() for line in table.grid()
    ]
    for line in data["rows"]:
        shown = line["published"] or "—"
        assert any(line["subject"] in cells and shown in cells for cells in printed), line
    hidden = {line["subject"] for line in data["rows"] if line["internal"]}
    open_cells = {
        cell.text
        for table in docx.Document(BytesIO(printing.docx(whole(data, internal=False)))).tables
        for cell in table._cells
    }
    assert not hidden & open_cells - {line["subject"] for line in data["rows"] if not line["internal"]}


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    rows = [row(f"{n}街道", 100 + n, 90, "东塘区", indicator="tsp") for n in range(12)]
    first, second = made(rows, TSP), made(list(rows), TSP)
    assert ranking.digest(first) == ranking.digest(second)
    assert printing.docx(whole(first), "内部") == printing.docx(whole(second), "内部")
    assert printing.xlsx(whole(first), "内部") == printing.xlsx(whole(second), "内部")
    rows[3] = row("3街道", 104, 90, "东塘区", indicator="tsp")
    assert ranking.digest(made(rows, TSP)) != ranking.digest(first)


def test_a_workbook_has_numbers_as_numbers_and_no_formula() -> None:
    rows = [row("=1+1街道", 30, 33, "东塘区"), row("007", 31, 30, "东塘区"), row("丙街道", 32, 32, "东塘区")]
    book = openpyxl.load_workbook(BytesIO(printing.xlsx(whole(made(rows)))))
    sheet = book.worksheets[0]
    cells = {cell.value: cell.data_type for line in sheet.iter_rows() for cell in line}
    assert cells["=1+1街道"] == "s"
    assert cells["007"] == "s"
    assert cells[30] == cells[-9.1] == "n"
    assert "全部数值" in book.sheetnames
    public = openpyxl.load_workbook(BytesIO(printing.xlsx(whole(made(rows), internal=False))))
    assert "全部数值" not in public.sheetnames


@pytest.mark.parametrize(
    ("text", "row_number", "words"),
    [
        ("", 0, "表头"),
        ("甲街道\t30", 1, "第一行应为表头"),
        ("名称\t浓度", 0, "没有数据行"),
        ("名称\t浓度\n甲街道\t很高", 2, "不是数字"),
        ("名称\t浓度\n甲街道\t-3", 2, "不是可发布的数值"),
        ("名称\t浓度\n甲街道\tInfinity", 2, "不是可发布的数值"),
        ("名称\t浓度\n\t30", 2, "缺少名称"),
        ("名称\t浓度\n甲街道\t30\n甲街道\t31", 3, "重复出现"),
        ("名称\t浓度\t浓度\n甲街道\t30\t31", 1, "两列含义相同"),
        ("名称\t浓度\n甲街道\t30\t多\t余", 2, "单元格多于表头列数"),
        ("名称\t浓度\t有效率\n甲街道\t30\t130", 2, "0—100%"),
        ("名称\t浓度\n" + "甲" * 200 + "\t30", 2, "最多120字"),
    ],
)
def test_a_table_with_a_problem_names_its_row(text: str, row_number: int, words: str) -> None:
    _rows, problems = read_table(PM25, split(text), "粘贴", "2025-11-01 09:00")
    assert [(problem.row, words in problem.text) for problem in problems] == [(row_number, True)]


def test_columns_are_found_by_name_and_gaps_are_no_zero() -> None:
    text = "排名\t区\t街道（乡镇）\tPM2.5浓度（µg/m³）\t上年同期\t同比\t有效率\t内部\n"
    text += "1\t东塘区\t甲街道\t３０．５\t—\t-3\t98%\t\n"
    text += "\t东塘区\t参考站\t41\t40\t\t\t内部\n\t\t云溪市\t31\t33\n"
    rows, problems = read_table(PM25, split(text), "粘贴", "", "云溪市")
    assert problems == []
    assert rows[0].value == Decimal("30.5")
    assert rows[0].previous is None
    assert rows[0].completeness == Decimal(98)
    assert (rows[1].internal, rows[2].subject, rows[2].whole) == (True, "全市", True)
    data = made(rows)
    assert [(line["subject"], line["rank"]) for line in data["rows"]] == [
        ("甲街道", 1),
        ("参考站", None),
        ("全市", None),
    ]


def test_handwriting_stays_and_strange_numbers_are_told() -> None:
    data = made([row("甲街道", 30), row("乙街道", 31)])
    template = Template("题", "{{ overall }}\n{{ missing }}\n{{ worst }}")
    lines = composing.made(template, data["facts"])
    mine = composing.edited(composing.renewed([], lines), {2: "乙街道31微克/立方米，请于3日内整改，较前日上升17%。"})
    assert [item["said"] is not None for item in mine] == [False, False, True]
    again = composing.made(template, made([row("甲街道", 30), row("乙街道", 35)])["facts"])
    kept = composing.renewed(mine, again)
    assert kept[2]["said"] == mine[2]["said"]
    assert "35微克/立方米" in kept[2]["made"]
    assert composing.strange_numbers(mine[2]["said"], data, lines) == ["3", "17"]
    assert composing.edited(mine, {2: lines[2]})[2]["said"] is None


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ overall.__init__ }}",
        "{{ overall.format(1) }}",
        "{% for a in 'xx' %}{% for b in 'xx' %}x{% endfor %}{% endfor %}",
        "{{ 9 ** 99 }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ overall | attr('__class__') }}",
        "{{ nothing_of_the_kind }}",
        "{% set x = 1 %}",
        "{{ range(99999999) }}",
    ],
)
def test_attack_templates_are_refused(attack: str) -> None:
    data = made([row("甲街道", 30), row("乙街道", 31)])
    with pytest.raises(slots.SlotError):
        composing.made(Template("题", attack), data["facts"])


def test_a_name_with_template_signs_stays_text() -> None:
    data = made([row("{{ 7*7 }}|<b>", 30), row("乙街道", 31)])
    lines = composing.made(shipped_templates()["pm25_month"], data["facts"])
    assert any("{{ 7*7 }}" in line and "49" not in line for line in lines)


def test_every_kind_has_a_text_that_its_sample_fills() -> None:
    for name, kind in kinds().items():
        data = composing.sample(kind, period_of(kind, "2024-02", "2"))
        assert composing.title_of(shipped_templates()[name], data["facts"])
        assert any(composing.made(shipped_templates()[name], data["facts"]))
        assert printing.docx(whole(data))

"""The table, the marks in the text and the place in print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.apps.core.templatetags.print import formula, number
from lantian.apps.plans import provenance, table
from lantian.apps.plans.hooks import Mark
from lantian.apps.plans.models import Assignment, Measure, Plan, Target
from lantian.apps.plans.templatetags.rows import table_rows
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan


@pytest.mark.django_db
def test_tasks_are_merged_over_their_rows_and_columns_are_those_the_plan_has(make_plan: Callable[..., Plan]) -> None:
    measures = [
        read_measure(n, section="一、甲" if n < 4 else "二、乙", roles=(read.Role("lead", "市交通局", "市交通局"),))
        for n in range(1, 7)
    ]
    plan = make_plan(read_plan(*measures))
    shown = table.build(list(plan.measures.all()))
    assert [(section.title, [row.span for row in section.rows]) for section in shown.sections] == [
        ("一、甲", [2, 0, 1]),
        ("二、乙", [1, 2, 0]),
    ]
    assert [name for name, there in shown.columns.items() if there] == ["seq", "task", "deadline", "lead"]
    assert shown.width == 5


def pieces(text: str, *spans: tuple[int, int]) -> list[tuple[str, bool]]:
    measure = Measure(text=text, paragraphs=[text])
    targets = [Target(span_start=a, span_end=b, order=n) for n, (a, b) in enumerate(spans)]
    return [(piece.text, piece.target is not None) for piece in table._pieces(measure.text, targets)]


def test_targets_are_marked_and_overlaps_cut() -> None:
    assert pieces("完成10台，淘汰5台。", (0, 5), (6, 10)) == [
        ("完成10台", True), ("，", False), ("淘汰5台", True), ("。", False),
    ]  # fmt: skip
    assert pieces("abcdef", (0, 4), (2, 6)) == [("abcd", True), ("ef", True)]
    assert pieces("abc", (1, 99)) == [("a", False), ("bc", True)]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6))
def test_marking_never_loses_a_character(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(part for part, _marked in pieces(text, *spans)) == text


@given(st.lists(st.text("完成10台，。ab", min_size=1, max_size=12), min_size=1, max_size=5), st.data())
def test_paragraphs_come_back_as_they_were(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cut = table._split(table._pieces(text, [Target(span_start=start, span_end=end, order=0)]), _ends(parts))
    assert ["".join(piece.text for piece in paragraph) for paragraph in cut] == parts


def _ends(parts: list[str]) -> list[int]:
    ends, total = [], 0
    for part in parts:
        total += len(part)
        ends.append(total)
    return ends


def test_formulas_get_subscripts_and_nothing_is_left_unescaped() -> None:
    assert formula("PM2.5和O3、NOx、SO2") == "PM<sub>2.5</sub>和O<sub>3</sub>、NO<sub>x</sub>、SO<sub>2</sub>"
    assert formula("<b>CO2</b> PM25 XO3") == "&lt;b&gt;CO<sub>2</sub>&lt;/b&gt; PM25 XO3"


@pytest.mark.parametrize(
    ("value", "shown"), [("1800000.000000", "1,800,000"), ("-5.500000", "-5.5"), ("0.000000", "0"), ("100", "100")]
)
def test_figures_lose_trailing_zeros_only(value: str, shown: str) -> None:
    from decimal import Decimal

    assert number(Decimal(value)) == shown
    assert number(None) == ""


def cell(col: int, text: str, height: int = 1, span: int = 1) -> dict[str, Any]:
    return {"col": col, "text": text, "height": height, "span": span}


TABLE = {
    "page": None,
    "columns": 2,
    "rows": [
        {"row": 1, "cells": [cell(0, "序号"), cell(1, "措施")]},
        {"row": 2, "cells": [cell(0, "1", height=4), cell(1, "甲措施")]},
        {"row": 3, "cells": [cell(1, "乙措施")]},
        {"row": 4, "cells": [cell(1, "丙措施")]},
        {"row": 5, "cells": [cell(1, "丁措施")]},
        {"row": 6, "cells": [cell(1, "戊措施")]},
    ],
}


def test_the_passage_shows_the_row_among_its_neighbours_with_merged_cells() -> None:
    measure = Measure(text="丁措施", paragraphs=["丁措施"], row=5)
    rows = provenance.passage(measure, [TABLE], None)
    assert [(row.number, row.hit) for row in rows] == [(3, False), (4, False), (5, True), (6, False)]
    assert [c["text"] for c in rows[0].cells] == ["1", "乙措施"]
    assert rows[0].cells[0]["height"] == 3
    assert [c["text"] for c in rows[1].cells] == ["丙措施"]
    assert rows[3].cells[0].get("gap")


def test_of_two_tables_the_one_with_the_words_is_shown() -> None:
    other = {"page": None, "columns": 1, "rows": [{"row": n, "cells": [cell(0, "别的")]} for n in range(1, 7)]}
    measure = Measure(text="丁措施", paragraphs=["丁措施"], row=5)
    assert any(c["text"] == "丁措施" for row in provenance.passage(measure, [other, TABLE], None) for c in row.cells)


def test_lines_of_a_text_are_marked_up_to_the_next_measure() -> None:
    blocks = [{"line": n, "page": None, "text": f"第{n}行"} for n in range(1, 10)]
    rows = provenance.passage(Measure(text="第4行", paragraphs=["第4行"], row=4), blocks, 6)
    assert [(row.number, row.hit) for row in rows] == [
        (2, False), (3, False), (4, True), (5, True), (6, False), (7, False),
    ]  # fmt: skip


def test_in_a_line_of_several_measures_the_own_stretch_is_told_apart() -> None:
    blocks = [{"line": 7, "page": None, "text": "（一）前一条。（甲局负责）本条措施。（乙局负责）"}]
    [row] = provenance.passage(Measure(text="本条措施。", paragraphs=["本条措施。"], row=7), blocks, None)
    [line] = row.cells
    assert (line["before"], line["own"], line["after"]) == ("（一）前一条。（甲局负责）", "本条措施。", "（乙局负责）")


def test_boxes_are_grouped_by_page() -> None:
    cells = [
        {"field": "measure", "page": 3, "row": 1, "col": 2, "box": [0.1, 0.8, 0.5, 0.9]},
        {"field": "measure", "page": 4, "row": 1, "col": 2, "box": [0.1, 0.1, 0.5, 0.2]},
        {"field": "deadline", "page": 3, "row": 1, "col": 3, "box": None},
    ]
    pages = provenance.marked_pages(Measure(page=3, cells=cells))
    assert [(page.page, len(page.boxes)) for page in pages] == [(3, 1), (4, 1)]
    assert pages[0].boxes[0] == provenance.MarkedBox("measure", 0.1, 0.8, 0.4, 0.1)


def test_nothing_in_a_row_is_taken_for_markup() -> None:
    measure = Measure(n=1, task="<i>任务", deadline_text="<u>年底", section="")
    roles = {"lead": [Assignment(name="<b>市局")], "responsible": [], "support": [], "inherited": []}
    marks = [Mark("▲", "<s>", 'x" y', 2, "/m/?a&b")]
    row = table.Row(measure, 1, [[table.Piece("<b>完成PM2.5")]], roles, [table.ShownFlag(None, '"R', "")], marks)
    columns = dict.fromkeys(("seq", "task", "deadline", *roles, "beside"), True)
    shown = table_rows(table.Section("", [row]), columns)
    for raw in ("<i>", "<u>", "<b>市", "<b>完", "<s>", 'x" y', '""R', "a&b"):
        assert raw not in shown
    assert "&lt;b&gt;完成PM<sub>2.5</sub>" in shown
    assert shown.count(" none") == 3  # the columns of the row that hold nothing

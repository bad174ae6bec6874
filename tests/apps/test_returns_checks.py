"""Checks of returns: every id fires on what it is about, and not beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.supervision.checks import FigureGiven, RowGiven, check, table
from tests.conftest import ROOT, examples

TODAY = date(2025, 4, 3)


def found(row: dict[str, Any], figure: dict[str, Any] | None = None, *, behalf: bool = False) -> set[str]:
    values: dict[str, Any] = {"progress": "按计划推进。", "last_words": "上月已启动。"} | row
    figures = () if figure is None else (FigureGiven(key="a", **({"unit": "台", "target": Decimal(10)} | figure)),)
    return {item.check for item in check(RowGiven(figures=figures, **values), today=TODAY, behalf=behalf)}


def amount(**values: int | str) -> dict[str, Any]:
    return {name: Decimal(value) for name, value in values.items()}


CASES: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    ("C01", {}, amount(cumulative=4, period=-1, last=5)),
    ("C02", {}, amount(cumulative=9, period=3, last=5)),
    ("C03", {"progress": "本月处理320吨。"}, amount(cumulative=320, period=320)),
    ("C03", {"progress": "完成8万台。"}, amount(cumulative=8)),
    ("C04", {"done": True}, None),
    ("C05", {"done": True}, amount(cumulative=9)),
    ("C05", {"done": True}, {"sense": "at_most", **amount(cumulative=11)}),
    ("C06", {}, {"source": "机械台账", **amount(cumulative=8, computed=6)}),
    ("C07", {"progress": "  "}, None),
    ("C08", {}, {}),
    ("C09", {"document_date": date(2025, 4, 4)}, None),
    ("C10", {"progress": "上月已启动 。"}, amount(cumulative=6, period=1, last=5)),
    ("C11", {}, amount(cumulative=4, period=-1)),
    ("C12", {}, {"kind": "rate", "adds": False, "unit": "%", **amount(cumulative="100.5")}),
    ("C13", {"done": True, "document": True}, None),
    ("C14", {"no_change": True, "last_words": None}, None),
    ("C15", {"no_change": True}, amount(cumulative=5, period=2, last=5)),
    ("C16", {"last_done": True}, None),
]
BESIDE: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    ("C01", {}, amount(cumulative=5, period=0, last=5)),
    ("C01", {}, {"adds": False, "kind": "level", **amount(cumulative=4, last=5)}),
    ("C02", {}, amount(cumulative=8, period=3, last=5)),
    ("C02", {}, amount(cumulative=8, period=3)),
    ("C03", {"progress": "更新8台，涉及3家企业。"}, amount(cumulative=8, period=3)),
    ("C03", {"progress": "完成1.2万台。"}, amount(cumulative=12000)),
    ("C03", {"progress": "投入320万元，更新8台。"}, amount(cumulative=8)),
    ("C04", {"done": True, "evidence": 1}, None),
    ("C05", {"done": True}, amount(cumulative=10)),
    ("C06", {}, amount(cumulative=102, computed=100)),
    ("C07", {"no_change": True, "progress": ""}, None),
    ("C08", {"no_change": True}, {}),
    ("C09", {"document_date": TODAY}, None),
    ("C10", {"progress": "上月已启动。"}, amount(cumulative=5, period=0, last=5)),
    ("C12", {}, {"kind": "rate", "adds": False, "unit": "%", **amount(cumulative=100)}),
    ("C13", {"done": True, "document": True, "document_number": "云交发〔2025〕3号", "document_date": TODAY}, None),
    ("C14", {"no_change": True}, None),
    ("C16", {"last_done": True, "done": True}, None),
]


@pytest.mark.parametrize(("name", "row", "figure"), CASES)
def test_a_check_says_what_is_wrong(name: str, row: dict[str, Any], figure: dict[str, Any] | None) -> None:
    assert name in found(row, figure)


@pytest.mark.parametrize(("name", "row", "figure"), BESIDE)
def test_a_check_leaves_alone_what_is_right(name: str, row: dict[str, Any], figure: dict[str, Any] | None) -> None:
    assert name not in found(row, figure)


def test_every_check_of_the_table_has_a_case() -> None:
    assert {name for name, _row, _figure in CASES} == set(table()["checks"])


def test_the_documentation_names_every_check_with_its_severity() -> None:
    shown = {"stop": "✕", "warn": "△"}
    lines = (ROOT / "docs" / "returns.md").read_text(encoding="utf-8").splitlines()
    told = {line[2:5]: line.rstrip("| ")[-1] for line in lines if line.startswith("| C")}
    assert told == {name: shown[row["severity"]] for name, row in table()["checks"].items()}


def test_what_a_unit_left_out_only_warns_where_the_office_writes_for_it() -> None:
    row = RowGiven()
    assert [item.severity for item in check(row, today=TODAY)] == ["stop"]
    assert [item.severity for item in check(row, today=TODAY, behalf=True)] == ["warn"]


def test_sentences_have_their_figures_in_both_languages() -> None:
    figure = FigureGiven(key="a", unit="台", last=Decimal("5.000000"), cumulative=Decimal("4.50"))
    (problem,) = check(RowGiven(progress="推进。", figures=(figure,)), today=TODAY)
    assert problem.text("zh-hans") == "累计数4.5低于上次报送的5，请核对或说明原因。"
    assert "4.5 is below the 5" in problem.text("en")


numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)


figures = st.builds(
    FigureGiven,
    key=st.just("a"),
    kind=st.sampled_from(["count", "rate", "level"]),
    unit=st.sampled_from(["", "台", "万辆", "%", "吨/日"]),
    adds=st.booleans(),
    cumulative=numbers,
    period=numbers,
    last=numbers,
    computed=numbers,
)
rows = st.builds(
    RowGiven,
    progress=st.text(max_size=60) | st.from_regex(r"完成[0-9]{1,9}(\.[0-9])?[万亿]?(台|辆|吨|%)"),
    last_words=st.none() | st.text(max_size=20),
    done=st.booleans(),
    no_change=st.booleans(),
    figures=st.lists(figures, max_size=2),
)


@settings(max_examples=examples(100))
@given(rows)
def test_any_words_and_figures_are_checked_and_can_be_said(row: RowGiven) -> None:
    for item in check(row, today=TODAY):
        assert "{" not in item.text("zh-hans").replace(row.progress, "")
        assert item.text("en")

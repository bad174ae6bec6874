"""How the words and figures of many units about one row become one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.assessment.merge.rows import (
    UNCHANGED,
    Amount,
    Said,
    fallen,
    merged_text,
    plain,
    states_text,
    sums,
    sums_text,
)
from tests.conftest import examples


def said(name: str, words: str = "", **changes: Any) -> Said:
    values = {
        "unit": name,
        "name": name,
        "role": "responsible",
        "convener": False,
        "order": 1,
        "words": words,
    } | changes
    return Said(**values)


def amount(value: int | str | None, **changes: Any) -> Amount:
    values: dict[str, Any] = {
        "key": "0",
        "label": "设备更新",
        "unit": "台",
        "adds": True,
        "whole": False,
        "period": None,
    }
    return Amount(**(values | {"cumulative": None if value is None else Decimal(value)} | changes))


def test_the_convener_speaks_first_and_without_name() -> None:
    rows = [
        said("乙局", "已开工。", order=2),
        said("甲局", "总体推进。", convener=True, order=9),
        said("丙局", "已验收。", order=1),
    ]
    assert merged_text(rows) == "总体推进。\n丙局：已验收。\n乙局：已开工。"


def test_what_is_worded_alike_stands_once_with_both_names() -> None:
    rows = [said("甲区", "已完成。"), said("乙区", "已完成。 ", order=2), said("丙区", no_change=True, order=3)]
    assert merged_text(rows) == f"甲区、乙区：已完成。\n丙区：{UNCHANGED}"


def test_a_single_unit_needs_no_name_and_silence_says_nothing() -> None:
    assert merged_text([said("甲局", "已开工。")]) == "已开工。"
    assert merged_text([said("甲局"), said("乙局")]) == ""


def test_the_same_unit_in_two_roles_is_not_named_twice() -> None:
    rows = [said("甲局", "已开工。", role="lead"), said("甲局", "已开工。", order=2)]
    assert merged_text(rows) == "已开工。"


def test_amounts_of_units_are_added() -> None:
    (row,) = sums([said("甲区", amounts=(amount(3),)), said("乙区", amounts=(amount("4.5"),)), said("丙区")])
    assert (row.cumulative, row.count, row.differs) == (Decimal("7.5"), 2, False)


def test_the_conveners_total_goes_out_and_the_difference_is_told() -> None:
    rows = [said("甲局", convener=True, amounts=(amount(10, whole=True),)), said("乙区", amounts=(amount(4),)),
            said("丙区", amounts=(amount(5),))]  # fmt: skip
    (row,) = sums(rows)
    assert (row.cumulative, row.units, row.gap, row.differs) == (10, 9, -1, True)
    (alone,) = sums(rows[:1])
    assert (alone.cumulative, alone.differs, alone.gap) == (10, False, None)


def test_levels_and_rates_are_never_added() -> None:
    assert (
        sums([said("甲区", amounts=(amount(30, adds=False),)), said("乙区", amounts=(amount(40, adds=False),))]) == []
    )


def test_nobody_reported_is_no_zero() -> None:
    assert sums([said("甲区", amounts=(amount(None),))]) == []
    (row,) = sums([said("甲区", amounts=(amount(None, period=Decimal(2)),))])
    assert (row.cumulative, row.period) == (None, Decimal(2))
    assert sums_text([row]) == "合计：设备更新本期2台。"


def test_a_total_below_last_month_is_told() -> None:
    rows = sums([said("甲区", amounts=(amount(3),))])
    assert fallen(rows, {"0": "4"}) == [(rows[0], Decimal(4))]
    assert fallen(rows, {"0": "3"}) == []
    assert fallen(rows, {"0": ""}) == fallen(rows, {}) == []


def test_states_are_counted_in_the_order_given() -> None:
    names = {"met": "已完成", "behind": "滞后"}
    assert states_text({"met": 3, "behind": 1}, names, ["behind", "met"]) == "滞后1、已完成3"
    assert states_text({"met": 1}, names, ["behind", "met"]) == "已完成"


figures = st.decimals(min_value=-10000, max_value=10000, places=2, allow_nan=False)


@settings(max_examples=examples(50))
@given(st.lists(figures, min_size=1, max_size=12), st.randoms())
def test_the_sum_does_not_depend_on_the_order(values: list[Decimal], random: Any) -> None:
    rows = [said(f"单位{n}", order=n, amounts=(amount(value),)) for n, value in enumerate(values)]
    mixed = random.sample(rows, len(rows))
    assert [row.cumulative for row in sums(mixed)] == [sum(values, Decimal(0))]
    assert merged_text(mixed) == merged_text(rows)


@settings(max_examples=examples(50))
@given(figures)
def test_a_printed_figure_reads_back(value: Decimal) -> None:
    assert Decimal(plain(value)) == value

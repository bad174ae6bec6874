"""Scoring: points, lost points with their reasons, ranges where something is missing, ranks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.assessment.scoring import Adjustment, Card, Fact, UnitScore, formula, read_card, score, score_unit
from tests.conftest import examples

D = Decimal
HEAD = """scorecard: 1
title: 云溪市考核
year: 2025
plans: [云溪市计划]
units: {names: [东塘区政府]}
grades: [{from: 90, title: 优秀}, {from: 60, title: 合格}, {from: 0, title: 不合格}]
items:
"""
LATE = (
    "{key: late, title: 迟报, kind: deductions, weight: %s,"
    " deductions: [{fact: returns.late_count, each: 0.5, cap: 3}]}"
)
SHARE = (
    "{key: met, title: 完成, kind: linear, weight: 60, fact: commitments.met_share,"
    " from: {at: 50, points: 0}, to: {at: 100, points: 60}}"
)
BANDS = "{key: b, title: 档, kind: bands, weight: 40, fact: manual(x), bands: %s}"
BONUS = "{key: plus, title: 加分, kind: bonus, cap: 5, additions: [{fact: manual(plus), each: 2}]}"
VETO = "{key: veto, title: 否决, kind: veto, fact: manual(fraud), effect: %s}"


def card(*items: str, head: str = HEAD) -> Card:
    return read_card(head + "".join(f"  - {item}\n" for item in items))


def one(made: Card, *adjustments: Adjustment, **facts: object) -> UnitScore:
    names = {fact.replace("(", "_").replace(")", "").replace(".", "_"): fact for fact in made.facts}
    known = {names[name]: Fact(None if value is None else D(str(value))) for name, value in facts.items()}
    return score_unit(made, "u", known, adjustments)


def test_a_line_between_two_points_and_nothing_beyond_them() -> None:
    made = card(SHARE, LATE % 40)
    for share, points in ((100, 60), (120, 60), (75, 30), (50, 0), (10, 0), ("66.667", 20)):
        found = one(made, commitments_met_share=share, returns_late_count=0).items[0]
        assert found.points == points, share
    assert found.reasons[0].points == -40
    assert found.lost == 40


def test_rounding_is_half_up_to_the_decimals_of_the_card() -> None:
    made = card(SHARE, LATE % 40, head=HEAD.replace("year: 2025", "year: 2025\ndecimals: 0"))
    assert one(made, commitments_met_share="50.4166667", returns_late_count=0).items[0].points == 1
    assert one(made, commitments_met_share="50.41", returns_late_count=0).items[0].points == 0


def test_bands_take_their_bound_in_both_directions() -> None:
    down = card(SHARE, BANDS % "[{from: 90, points: 40}, {from: 60, points: 20}, {points: 0}]")
    up = card(SHARE, BANDS % "[{upto: 3, points: 40}, {upto: 5, points: 20}, {points: 0}]")
    assert [one(down, manual_x=x).items[1].points for x in (90, "89.9", 60, 0)] == [40, 20, 20, 0]
    assert [one(up, manual_x=x).items[1].points for x in (3, "3.1", 5, 6)] == [40, 20, 20, 0]


def test_deductions_stop_at_their_cap_and_say_how_many() -> None:
    found = one(card(SHARE, LATE % 40), commitments_met_share=100, returns_late_count=7)
    assert found.total == 97
    reason = found.items[1].reasons[0]
    assert (reason.why, reason.points, reason.value, reason.each) == ("deduction", -3, 7, D("0.5"))
    assert one(card(SHARE, LATE % 40), commitments_met_share=100, returns_late_count=3).total == D("98.5")


def test_points_never_fall_below_the_floor_and_the_floor_is_a_reason() -> None:
    made = card(SHARE, "{key: d, title: 扣, kind: deductions, weight: 40, deductions: [{fact: manual(x), each: 30}]}")
    found = one(made, manual_x=2, commitments_met_share=100).items[1]
    assert (found.points, [(item.why, item.points) for item in found.reasons]) == (
        0,
        [("deduction", -60), ("floor", 20)],
    )


def test_what_is_missing_leaves_a_range_and_is_never_nought() -> None:
    made = card(SHARE, LATE % 40)
    found = one(made, commitments_met_share=100)
    assert found.total is None
    assert found.grade is not None  # 97 to 100: the grade cannot change any more
    assert (found.low, found.high, found.items[1].points, found.items[1].lost) == (97, 100, None, None)
    assert found.items[1].missing == ("returns.late_count",)
    nothing = one(made)
    assert (nothing.low, nothing.high, nothing.grade, nothing.rank) == (37, 100, None, None)


def test_a_missing_fact_that_cannot_change_anything_leaves_the_points() -> None:
    item = (
        "{key: d, title: 扣, kind: deductions, weight: 40,"
        " deductions: [{fact: manual(x), each: 30}, {fact: manual(y), each: 1}]}"
    )
    assert one(card(SHARE, item), manual_x=2, commitments_met_share=100).items[1].points == 0


def test_bonus_is_beyond_the_total_and_stops_at_its_cap() -> None:
    made = card(SHARE, LATE % 40, BONUS)
    known = {"commitments_met_share": 100, "returns_late_count": 0}
    assert one(made, manual_plus=1, **known).total == 102
    assert one(made, manual_plus=9, **known).total == 105
    assert (one(made, **known).low, one(made, **known).high) == (100, 105)
    capped = card(SHARE, LATE % 40, BONUS, head=HEAD.replace("year: 2025", "year: 2025\ncap: 101"))
    assert one(capped, manual_plus=9, **known).total == 101


def test_vetoes_strike_an_item_the_total_or_the_grade() -> None:
    known = {"commitments_met_share": 100, "returns_late_count": 0}
    struck = one(card(SHARE, LATE % 40, VETO % "{item: met}"), manual_fraud=1, **known)
    assert (struck.items[0].points, struck.total) == (0, 40)
    assert struck.items[0].reasons[-1].why == "veto"
    assert one(card(SHARE, LATE % 40, VETO % "total"), manual_fraud=1, **known).total == 0
    grade = one(card(SHARE, LATE % 40, VETO % "{grade: 合格}"), manual_fraud=1, **known)
    assert grade.grade is not None
    assert (grade.total, grade.grade.zh) == (100, "合格")
    for effect, low in (("{item: met}", 40), ("total", 0), ("{grade: 合格}", 100)):
        quiet = one(card(SHARE, LATE % 40, VETO % effect), manual_fraud=0, **known)
        assert quiet.grade is not None
        assert (quiet.total, quiet.grade.zh) == (100, "优秀")
        unknown = one(card(SHARE, LATE % 40, VETO % effect), **known)
        assert (unknown.low, unknown.high, unknown.grade) == (low, 100, None)


def test_a_granted_appeal_gives_points_back_and_no_more_than_the_weight() -> None:
    made = card(SHARE, LATE % 40)
    known = {"commitments_met_share": 100, "returns_late_count": 4}
    found = one(made, Adjustment("late", D("1.5"), "市考核办〔2025〕3号"), **known)
    assert found.total == D("99.5")
    assert found.items[1].reasons[-1].note == "市考核办〔2025〕3号"
    assert one(made, Adjustment("late", D(9), ""), **known).total == 100


def test_a_formula_that_cannot_be_computed_is_not_scored() -> None:
    made = card(SHARE, "{key: f, title: 式, kind: formula, weight: 40, facts: {a: manual(x)}, formula: 40 / a}")
    found = one(made, manual_x=0, commitments_met_share=100).items[1]
    assert (found.points, found.low, found.high, found.reasons[0].why) == (None, 0, 40, "failed")
    assert one(made, manual_x=4, commitments_met_share=100).items[1].points == 10


def test_equal_totals_share_a_rank_and_open_ones_have_none() -> None:
    made = card(SHARE, LATE % 40)

    def known(share: int | None) -> dict[str, Fact]:
        late = Fact(D(0))
        return {"commitments.met_share": Fact(None if share is None else D(share)), "returns.late_count": late}

    found = score(made, {"a": known(75), "b": known(100), "c": known(None), "d": known(100), "e": known(50)})
    assert [(item.unit, item.rank) for item in found] == [("b", 1), ("d", 1), ("a", 3), ("e", 4), ("c", None)]


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.b", "a[0]", "a ** 9", "lambda: 1", "1 if a else 2", "'x'", "True", "1j", "min(a)",
     "max(a, key=a)", "abs(a, a)", "f(a)", "a; a", "", "(" * 90 + "a" + ")" * 90 + ")", "1e99", "10000000000", "a < 1",
     "\x00", "a" * 201,
     "[x for x in a]", "a := 1", "...", "min(*a)", "9e9999"],
)  # fmt: skip
def test_a_formula_is_arithmetic_and_nothing_else(text: str) -> None:
    with pytest.raises(formula.FormulaError):
        formula.names_of(text)


def test_a_formula_is_computed_in_decimals() -> None:
    assert formula.names_of("min(a, 3) + abs(-b) * 0.1") == {"a", "b"}
    assert formula.compute("min(a, 3) + abs(-b) * 0.1", {"a": D(5), "b": D(3)}) == D("3.3")
    with pytest.raises(formula.FormulaError):
        formula.compute("1 / (a - a)", {"a": D(1)})


_FACTS = st.dictionaries(
    st.sampled_from(["commitments.met_share", "returns.late_count", "manual(plus)", "manual(fraud)", "manual(x)"]),
    st.decimals(-5, 130, places=2) | st.none(),
)
_CARD = card(
    SHARE, LATE % 20, BONUS, VETO % "{item: met}", BANDS.replace("40", "20") % "[{upto: 5, points: 18}, {points: 3}]"
)


@settings(max_examples=examples(100))
@given(_FACTS)
def test_weight_and_reasons_add_up_to_the_points(values: dict[str, Decimal | None]) -> None:
    found = score_unit(_CARD, "u", {name: Fact(value) for name, value in values.items()})
    for item in found.items:
        assert item.low <= item.high
        if not item.missing:
            assert item.points == item.weight + sum((reason.points for reason in item.reasons), D(0))


@settings(max_examples=examples(100))
@given(_FACTS, _FACTS)
def test_what_becomes_known_stays_within_the_range(
    some: dict[str, Decimal | None], more: dict[str, Decimal | None]
) -> None:
    before = score_unit(_CARD, "u", {name: Fact(value) for name, value in some.items()})
    known = more | {name: value for name, value in some.items() if value is not None}
    after = score_unit(_CARD, "u", {name: Fact(value) for name, value in known.items()})
    assert before.low <= after.low <= after.high <= before.high
    if before.grade is not None:
        assert after.grade == before.grade

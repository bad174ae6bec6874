"""年底预计: the figure at the end of the span, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.status import Duty, Fact, Figure, Goal, Outlook, Report, curve_presets, outlook, period_bounds
from lantian.status.pace import ENOUGH, Step, project
from tests.conftest import examples

DUTY = Duty(year=2025, end=date(2025, 12, 31))
TWELFTHS = tuple((f"2025-{n:02}", Decimal(n) / 12) for n in range(1, 13))
EVEN = Goal(
    "g", "count", subject="检查", comparator=">=", value=Decimal(120), unit="辆次", curve="even_months", points=TWELFTHS
)


def facts(added: Sequence[int]) -> list[Fact]:
    """A computed figure for each month's end, from January on."""
    totals = accumulate(added)
    return [Fact("g", period_bounds(f"2025-{n:02}")[1], Decimal(total)) for n, total in enumerate(totals, 1)]


def seen(added: Sequence[int], goal: Goal = EVEN) -> Outlook:
    given_facts = facts(added)
    found = outlook(DUTY, goal, [], given_facts, given_facts[-1].day)
    assert found is not None
    return found


def width(found: Outlook) -> Decimal:
    return found.high - found.low


def test_equal_months_go_on_and_leave_nothing_open() -> None:
    found = seen([10] * 8)
    assert (found.method, found.steps, found.day) == ("own", 8, date(2025, 12, 31))
    assert float(found.value) == pytest.approx(120)
    assert float(width(found)) == pytest.approx(0, abs=1e-6)


def test_the_interval_is_that_of_the_textbook() -> None:
    # Even months: the prediction interval of a sum of m months from the mean of n, t · s · √(m + m²/n).
    months = [8, 12, 9, 11, 10, 7, 13, 10]
    found = seen(months)
    mean = sum(months) / 8
    s = (sum((month - mean) ** 2 for month in months) / 7) ** 0.5
    half = 1.895 * s * (4 + 16 / 8) ** 0.5
    assert float(found.value) == pytest.approx(sum(months) + 4 * mean)
    assert float(found.low) == pytest.approx(float(found.value) - half)
    assert float(found.high) == pytest.approx(float(found.value) + half)


def test_few_months_leave_it_to_the_curve() -> None:
    found = seen([9, 11, 10])
    assert (found.method, found.steps) == ("curve", 3)
    assert [float(figure) for figure in (found.low, found.value, found.high)] == pytest.approx([75, 120, 210])


def test_a_building_season_is_no_idleness() -> None:
    goal = Goal("g", "count", comparator=">=", value=Decimal(100), unit="公里", curve="works_season")
    found = seen([0, 0, 0, 10, 15], goal)
    assert found.value > 100


def test_whether_the_target_is_in_reach_is_said() -> None:
    steady = [8, 12, 9, 11, 10, 7, 13, 10]
    assert seen(steady).reaches is None
    assert seen([month + 10 for month in steady]).reaches is True
    assert seen([month - 5 for month in steady]).reaches is False


def test_a_budget_is_reached_by_staying_below() -> None:
    goal = Goal("g", "count", comparator="<=", value=Decimal(30), unit="个", curve="even_months")
    assert seen([1, 2, 1, 2, 1, 2, 1], goal).reaches is True
    assert seen([5, 6, 5, 6, 5, 6, 5], goal).reaches is False


def test_reported_figures_speak_where_nothing_is_computed() -> None:
    reports = [
        Report(f"r{n}", f"2025-{n:02}", date(2025, n + 1, 3), figures=(Figure("g", cumulative=Decimal(10 * n)),))
        for n in range(1, 5)
    ]
    found = outlook(DUTY, EVEN, reports, [], date(2025, 5, 10))
    assert found is not None
    assert float(found.value) == pytest.approx(120)


def test_only_what_was_known_by_the_day_counts() -> None:
    later = [*facts([10] * 6), Fact("g", date(2025, 7, 31), Decimal(500))]
    assert outlook(DUTY, EVEN, [], later, date(2025, 6, 30)) == outlook(
        DUTY, EVEN, [], facts([10] * 6), date(2025, 6, 30)
    )


def test_a_share_moves_from_where_it_started_and_stays_a_share() -> None:
    goal = Goal("g", "rate", comparator=">=", value=Decimal(72), unit="%", carried_in=Decimal(50))
    rising = [Fact("g", period_bounds(f"2025-{n:02}")[1], Decimal(50 + 6 * n)) for n in range(1, 8)]
    found = outlook(DUTY, goal, [], rising, date(2025, 7, 31))
    assert found is not None
    assert found.value == found.high == 100


@pytest.mark.parametrize(
    "goal",
    [
        Goal("g", "level", comparator="<=", value=Decimal(32), unit="微克/立方米", statistic="年均"),
        Goal("g", "rate", comparator=">=", value=Decimal(100), unit="%", period="每月"),
        Goal("g", "rate", comparator=">=", value=Decimal(72), unit="%"),
        Goal("g", "rank", comparator=">", value=Decimal(30), unit="名"),
        Goal("g", "change", comparator="<=", value=Decimal(-10), unit="%"),
        Goal("g", "count", comparator=">=", unit="辆次"),
        Goal("g", "count", comparator=">=", value=Decimal(120), set_on=date(2025, 12, 1)),
    ],
    ids=["mean", "each month", "no start", "rank", "change", "no value", "letter to come"],
)
def test_what_moves_towards_no_end_has_no_outlook(goal: Goal) -> None:
    assert outlook(DUTY, goal, [], facts([10] * 7), date(2025, 7, 31)) is None


def test_when_the_span_is_over_there_is_nothing_to_expect() -> None:
    assert outlook(DUTY, EVEN, [], facts([10] * 12), date(2025, 12, 31)) is None


added = st.lists(st.integers(0, 60), min_size=1, max_size=11)


@settings(max_examples=examples(100))
@given(added, st.sampled_from(sorted(curve_presets())))
def test_it_lies_within_its_bounds_and_nothing_done_is_undone(months: list[int], curve: str) -> None:
    goal = Goal("g", "count", comparator=">=", value=Decimal(120), unit="台", curve=curve)
    known = facts(months)
    found = outlook(DUTY, goal, [], known, known[-1].day)
    if found is not None:
        assert known[-1].value <= found.low <= found.value <= found.high
        assert found.method == ("own" if found.steps >= ENOUGH else "curve")


@settings(max_examples=examples(100))
@given(st.lists(st.decimals(-30, 130, places=1), min_size=1, max_size=11), st.decimals(0, 100, places=1))
def test_a_share_never_leaves_its_hundred(values: list[Decimal], start: Decimal) -> None:
    goal = Goal("g", "rate", comparator=">=", value=Decimal(50), unit="%", carried_in=start)
    known = [Fact("g", period_bounds(f"2025-{n:02}")[1], value) for n, value in enumerate(values, 1)]
    found = outlook(DUTY, goal, [], known, known[-1].day)
    if found is not None:
        assert 0 <= found.low <= found.value <= found.high <= 100


@settings(max_examples=examples(60))
@given(st.integers(1, 20), st.integers(3, 20), st.integers(1, 11))
def test_fewer_steps_of_the_same_scatter_are_less_sure(size: int, pairs: int, rest: int) -> None:
    def spread(number: int) -> Decimal:
        steps = [Step(Decimal(50 + (size if n % 2 else -size)), Decimal("0.01")) for n in range(2 * number)]
        found = project(Decimal(0), steps, Decimal(rest) / 100)
        assert found is not None
        return found[2] - found[1]

    assert spread(pairs) > spread(pairs + 1)

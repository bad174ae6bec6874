"""What the rest of the year must bring, and how likely it is: arithmetic by hand, chances against counting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.outlook import Target, counterfactual, month_limits, needed, outlook
from lantian.analysis.rankings import month
from lantian.standards.evaluation import percentile
from tests.conftest import examples

TODAY = date(2026, 9, 30)


def years(value: Callable[[date], float], first: int, last: int, until: date = TODAY) -> dict[date, float]:
    """A value for every day of the years, in the last one until ``until``."""
    found = {}
    day = date(first, 1, 1)
    while day <= min(date(last, 12, 31), until):
        found[day] = value(day)
        day += timedelta(days=1)
    return found


def test_the_mean_that_is_needed():
    target = Target("mean", 32)
    found = needed(target, [30.0] * 273, 92, 273)
    # (32 × 365 − 30 × 273) / 92
    assert found.mean == pytest.approx(3490 / 92)
    assert (found.days_so_far, found.remaining, found.expected, found.possible) == (273, 92, 92, True)
    # A figure that is printed without decimals may be 32.5 before it is rounded.
    assert needed(Target("mean", 32, 0), [30.0] * 273, 92, 273).mean == pytest.approx((32.5 * 365 - 8190) / 92)
    assert needed(target, [90.0] * 300, 65, 300).possible is False
    # Nine of ten days so far were valid; of the rest as many will be.
    assert needed(target, [30.0] * 90, 100, 100).expected == 90
    assert needed(target, [33.0] * 365, 0, 365).possible is False


def test_half_a_step_is_rounded_to_even():
    assert Target("mean", 32, 0).met(32.5)
    assert not Target("mean", 33, 0).met(33.5)
    assert Target("mean", 33, 0).met(33.49999)
    assert not Target("mean", 32).met(32.01)


def test_days_that_are_needed_or_allowed():
    good = Target("at_least_days", 300, threshold=100)
    found = needed(good, [80.0] * 220 + [120.0] * 53, 92, 273)
    assert (found.figure_so_far, found.days, found.possible) == (220.0, 80, True)
    assert needed(good, [80.0] * 200 + [120.0] * 73, 92, 273).possible is False
    heavy = Target("at_most_days", 3, threshold=200)
    assert needed(heavy, [250.0, 200.0, 260.0] + [50.0] * 270, 92, 273).days == 1
    assert needed(heavy, [250.0] * 4 + [50.0] * 269, 92, 273).possible is False


@given(st.integers(1, 400), st.integers(0, 100), st.sampled_from([90, 95, 98]))
@settings(max_examples=examples(60))
def test_as_many_days_above_as_a_percentile_bears(so_far: int, rest: int, p: int):
    target = Target("percentile", 75.0, p=p)
    allowed = needed(target, [10.0] * so_far, rest, so_far).days
    assert allowed is not None
    count = so_far + rest
    below = min(allowed, count)
    assert percentile([75.0] * (count - below) + [500.0] * below, p) <= 75.0
    if allowed + 1 <= count:
        # One more day may be too many: with values far above it is.
        assert percentile([75.0] * (count - allowed - 1) + [500.0] * (allowed + 1), p) > 75.0


def test_years_that_are_all_alike_leave_no_doubt():
    values = years(lambda day: 40.0 if day.month >= 10 else 30.0, 2020, 2026)
    # (30 × 273 + 40 × 92) / 365 = 32.52
    sure = outlook(Target("mean", 33), values, TODAY)
    assert (sure.probability, sure.met_years) == (1.0, tuple(range(2020, 2026)))
    # A week may be moved across the first of October, where the values step.
    assert sure.high == pytest.approx((30 * 273 + 40 * 92) / 365, abs=0.2)
    assert outlook(Target("mean", 32), values, TODAY).probability == 0.0
    assert any("未考虑逐年变化趋势" in text for text in sure.caveats)


def test_half_of_the_years_were_hard():
    values = years(lambda day: (60.0 if day.year % 2 else 20.0) if day.month >= 10 else 30.0, 2018, 2026)
    found = outlook(Target("mean", 32), values, TODAY)
    assert found.years == tuple(range(2018, 2026))
    assert found.met_years == (2018, 2020, 2022, 2024)
    assert found.probability == pytest.approx(0.5, abs=0.05)
    again = outlook(Target("mean", 32), values, TODAY)
    assert found == again, "the seed is fixed"


def test_a_trend_is_an_assumption_that_is_said():
    values = years(lambda day: 60.0 - 5 * (day.year - 2020), 2020, 2026)
    raw = outlook(Target("mean", 32), values, TODAY)
    scaled = outlook(Target("mean", 32), values, TODAY, adjust="level")
    # Of the past years only 2025, at 35, stayed below the 37.9 that are needed.
    assert raw.probability == pytest.approx(1 / 6, abs=0.03)
    assert raw.met_years == (2025,)
    assert scaled.probability == 1.0
    assert scaled.middle == pytest.approx(30.0, abs=0.1)
    assert any("比值折算" in text for text in scaled.caveats)
    with pytest.raises(ValueError, match="index"):
        outlook(Target("at_least_days", 300), values, TODAY, adjust="level")


def test_few_or_no_years():
    values = years(lambda _day: 30.0, 2024, 2026)
    found = outlook(Target("mean", 32), values, TODAY)
    assert any("2 个往年" in text for text in found.caveats)
    alone = outlook(Target("mean", 32), years(lambda _day: 30.0, 2026, 2026), TODAY)
    assert (alone.probability, alone.years) == (None, ())
    assert alone.needed.mean is not None
    holes = {day: value for day, value in values.items() if not (day.year == 2025 and day.month > 9)}
    assert outlook(Target("mean", 32), holes, TODAY).years == (2024,), "a year without its autumn says nothing of it"


def test_leap_years():
    values = years(lambda _day: 30.0, 2021, 2024, date(2024, 2, 10))
    found = outlook(Target("mean", 35), values, date(2024, 2, 10))
    assert found.needed.remaining == 366 - 41
    assert (found.probability, found.years) == (1.0, (2021, 2022, 2023))


def test_the_last_day_of_the_year():
    values = years(lambda _day: 30.0, 2023, 2026, date(2026, 12, 31))
    found = outlook(Target("mean", 32), values, date(2026, 12, 31))
    assert (found.needed.remaining, found.needed.mean, found.needed.possible) == (0, None, True)
    assert found.needed.figure_so_far == 30.0


def test_days_are_drawn_as_well():
    values = years(lambda day: 250.0 if (day.month, day.day) == (12, 5) else 60.0, 2016, 2026)
    found = outlook(Target("at_most_days", 1, threshold=200), values, TODAY)
    assert found.met_years == tuple(range(2016, 2026))
    assert found.probability is not None
    # A week may be drawn twice and its day with it; whole years as they were never had two.
    assert 0.6 < found.probability < 1.0
    ozone = years(lambda day: 150.0 + day.day, 2016, 2026)
    assert outlook(Target("percentile", 181, p=90), ozone, TODAY).probability == 1.0


def test_had_the_month_kept_to_it():
    values = years(lambda day: 80.0 if day.month == 3 else 30.0, 2026, 2026)
    target = Target("mean", 32)
    found = counterfactual(target, values, month(2026, 3), lambda value: value / 2)
    assert found.days == 31
    assert found.figure == pytest.approx((80 * 31 + 30 * 242) / 273)
    assert found.would_be == pytest.approx((40 * 31 + 30 * 242) / 273)
    with pytest.raises(ValueError, match="no daily value"):
        counterfactual(target, values, month(2026, 12), lambda value: value)


def test_limits_of_the_months_keep_their_proportion():
    values = years(lambda day: {10: 30.0, 11: 40.0, 12: 50.0}.get(day.month, 30.0), 2022, 2026)
    found = month_limits(Target("mean", 32), values, TODAY)
    assert found[11] / found[10] == pytest.approx(40 / 30)
    total = sum(found[number] * days for number, days in ((10, 31), (11, 30), (12, 31)))
    assert (total + 30 * 273) / 365 == pytest.approx(32)
    assert month_limits(Target("mean", 32), years(lambda _day: 30.0, 2026, 2026), TODAY) == {}


@given(st.lists(st.floats(1, 300), min_size=1, max_size=40), st.integers(1, 100), st.floats(10, 100))
@settings(max_examples=examples(60))
def test_with_the_needed_mean_the_target_is_just_met(so_far: list[float], rest: int, limit: float):
    found = needed(Target("mean", limit), so_far, rest, len(so_far))
    assert found.mean is not None
    year = np.array([*so_far, *[found.mean] * rest])
    assert year.mean() == pytest.approx(limit)
    assert found.possible == (found.mean >= 0)

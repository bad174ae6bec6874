"""Roses, probabilities, patterns and the calendar on invented hours whose answer is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.patterns import calendar, pattern
from lantian.analysis.roses import conditional_probability, percentile_rose, pollution_rose, sector_of, wind_rose
from lantian.standards import standard
from tests.analysis.weathered import observations
from tests.conftest import examples


def test_sectors_are_centred_on_north():
    found = sector_of(np.array([360.0, 0.0, 11.2, 11.25, 348.75, 348.7, 180.0, np.nan]))
    assert found.tolist() == [0, 0, 0, 1, 0, 15, 8, -1]


@settings(max_examples=examples(50))
@given(st.integers(0, 10_000), st.sampled_from([4, 8, 16, 36]))
def test_all_shares_together_are_the_whole(seed: int, sectors: int):
    chance = np.random.default_rng(seed)
    speed = chance.gamma(2, 1, 200)
    speed[:20] = np.nan
    direction = np.where(chance.random(200) < 0.1, np.nan, chance.uniform(0, 360, 200))
    rose = wind_rose(speed, direction, sectors=sectors)
    assert rose.share.sum() + rose.without == pytest.approx(100)
    assert rose.hours == 180


def test_a_pollution_rose_by_hand():
    values, direction = np.array([10.0, 50, 80, 20, np.nan]), np.array([90.0, 90, 270, np.nan, 90])
    rose = pollution_rose(values, direction, (0, 35, 75), 4)
    assert rose.centres.tolist() == [0, 90, 180, 270]
    assert rose.share.tolist() == [[0, 0, 0], [25, 25, 0], [0, 0, 0], [0, 0, 25]]
    assert rose.mean[1] == 30
    assert np.isnan(rose.mean[0])
    assert (rose.without, rose.hours) == (25, 4)
    with pytest.raises(ValueError, match="edges"):
        pollution_rose(np.array([-1.0]), np.array([90.0]), (0, 35), 4)
    with pytest.raises(ValueError, match="edges"):
        pollution_rose(values, direction, (0, 75, 35), 4)


def test_percentiles_by_sector():
    values = np.concatenate([np.arange(101.0), [5.0]])
    direction = np.concatenate([np.full(101, 180.0), [10.0]])
    rose = percentile_rose(values, direction, (50, 90), 4)
    assert rose.values[2].tolist() == [50, 90]
    assert rose.values[0].tolist() == [5, 5]
    assert np.isnan(rose.values[1]).all()
    assert rose.hours.tolist() == [1, 0, 101, 0]


def test_conditional_probability_by_hand():
    values = np.arange(1.0, 11)
    direction = np.array([0.0] * 5 + [90.0] * 5)
    found = conditional_probability(values, direction, 80, 4)
    assert found.threshold == pytest.approx(8.2)
    assert found.above.tolist() == [0, 2, 0, 0]
    assert found.share[:2].tolist() == [0, 0.4]
    assert np.isnan(found.share[2])
    with pytest.raises(ValueError, match="no hour"):
        conditional_probability(values, np.full(10, np.nan))


def test_the_day_comes_back():
    hours = np.tile(np.arange(24.0), 30) + np.repeat(np.tile([-1.0, 1.0], 15), 24)
    hours[5] = np.nan
    found = pattern(observations(hours[None, :]), "PM2.5", 0, "hour")
    assert found.mean[12] == 12
    assert found.days.tolist() == [30] * 5 + [29] + [30] * 18
    half = 1.959964 * np.sqrt(30 / 29) / np.sqrt(30)
    assert found.upper[12] - found.mean[12] == pytest.approx(half, rel=1e-6)
    assert found.mean[12] - found.lower[12] == pytest.approx(half, rel=1e-6)


def test_weekdays_and_months_count_days_with_enough_hours():
    days = np.repeat(np.arange(1.0, 15), 24)
    days[: 24 - 17] = np.nan  # 2021-01-04, a Monday, keeps 17 hours
    found = pattern(observations(days[None, :], date(2021, 1, 4)), "PM2.5", 0, "weekday")
    assert found.keys.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert found.days.tolist() == [1, 2, 2, 2, 2, 2, 2]
    assert found.mean.tolist() == [8, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5]
    assert np.isnan(found.lower[0]), "one day has no spread"
    months = pattern(observations(days[None, :], date(2021, 1, 25)), "PM2.5", 0, "month")
    assert months.days.tolist() == [6, 7, *[0] * 10]
    assert np.isnan(months.mean[2])


def test_a_constant_series_has_an_interval_of_no_width():
    found = pattern(observations(np.full((1, 240), 9.0)), "PM2.5", 0, "hour")
    assert found.lower.tolist() == found.upper.tolist() == [9.0] * 24


def test_the_calendar_tells_the_class_of_each_day():
    hours = np.repeat([20.0, 60.0, 100.0, 400.0, 20.0], 24)
    hours[-5:] = np.nan
    found = calendar(observations(hours[None, :], date(2014, 1, 1)), "PM2.5", 0, standard("gb3095-2012"))
    assert found.levels.tolist() == [1, 2, 3, 6, 0]
    assert np.isnan(found.values[4])
    assert str(found.days[0]) == "2014-01-01"

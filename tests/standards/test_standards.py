"""Worked examples with the clause each rests on, and properties that hold for every figure."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian import standards
from lantian.standards import aqi, aqi_rule, dust, noise, standard, water
from lantian.standards.days import count_days
from lantian.standards.evaluation import month_needs, sites_suffice, year_valid
from lantian.standards.tables import csv_rows
from tests.conftest import ROOT, examples


def test_a_limit_is_chosen_by_the_day():  # GB 3095 table 1
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2030, 12, 31), date(2031, 1, 1)]
    assert [standards.limit("PM2.5", "annual", 2, day) for day in days] == [35, 30, 30, 25]
    assert [standards.limit("PM10", "24h", 2, day) for day in days] == [150, 120, 120, 100]
    assert [standards.limit("SO2", "annual", 2, day) for day in days] == [60, 60, 60, 20]
    assert standards.limit("O3", "daily_max_8h", 1, days[0]) == 100
    with pytest.raises(LookupError):
        standards.in_force(date(2012, 12, 31))


def test_other_items_stand_in_both_phases_of_2026():  # GB 3095-2026 table 2, annex A
    for key in ("gb3095-2026-interim", "gb3095-2026-final"):
        assert standard(key).limit("TSP", "24h") == 300
        assert standard(key).limits["Hg", "annual"].reference_only
    assert standard("gb3095-2026-interim").limit("NOx", "24h") == 100
    assert standard("gb3095-2026-final").limit("NOx", "24h") == 70


def test_the_ozone_limit_is_the_same_in_every_edition():
    """`stats standards` sets years side by side: the days that the limit saves must be the same ones."""
    assert {item.limit("O3", "daily_max_8h") for item in standards.STANDARDS.values()} == {160}


@pytest.mark.parametrize(
    ("rule", "item", "concentration", "expected"),
    [
        # HJ 633-2012 and -2026, table 1: only IAQI 100 of PM2.5 and PM10 moved.
        ("hj633-2012", "PM2.5_24h", 75, 100),
        ("hj633-2026", "PM2.5_24h", 60, 100),
        ("hj633-2026", "PM2.5_24h", 115, 150),
        ("hj633-2012", "PM10_24h", 121, 86),
        ("hj633-2026", "PM10_24h", 121, 101),
        # Rounded first (half to even), interpolated, rounded up.
        ("hj633-2026", "PM2.5_24h", "60.5", 100),
        ("hj633-2026", "PM2.5_24h", 60.50000000001, 100),
        ("hj633-2026", "PM2.5_24h", "61.5", 102),
        ("hj633-2012", "O3_8h", 208.5000000003, 144),
        ("hj633-2012", "O3_8h", 208.6, 145),
        ("hj633-2026", "CO_24h", "2.25", 55),
        # Above the last breakpoint.
        ("hj633-2012", "SO2_1h", 801, None),
        ("hj633-2026", "SO2_1h", 801, 200),
        ("hj633-2012", "O3_8h", 801, None),
        ("hj633-2026", "O3_8h", 801, 300),
        ("hj633-2026", "PM10_24h", 9000, 500),
        ("hj633-2026", "NO2_24h", 0, 0),
    ],
)
def test_sub_index(rule: str, item: str, concentration: float | str, expected: int | None):
    assert aqi_rule(rule).iaqi(item, concentration) == expected


def test_a_negative_concentration_has_no_sub_index():
    with pytest.raises(ValueError, match="negative"):
        aqi_rule("hj633-2026").iaqi("PM10_24h", -3)


ITEMS = [(rule.key, item) for rule in standards.RULES.values() for item in rule.breakpoints]


@given(st.sampled_from(ITEMS), st.integers(0, 40_000), st.integers(0, 40_000))
@settings(max_examples=examples(80))
def test_a_sub_index_never_falls_as_the_concentration_rises(item: tuple[str, str], one: int, other: int):
    rule = aqi_rule(item[0])
    low, high = (rule.iaqi(item[1], Decimal(value) / 10) for value in sorted((one, other)))
    assert low is None or high is None or low <= high or item[1] in rule.above


@given(st.sampled_from(ITEMS), st.integers(0, 26_200))
@settings(max_examples=examples(80))
def test_a_sub_index_is_the_exact_line_rounded_up(item: tuple[str, str], tenths: int):
    rule, places = aqi_rule(item[0]), 1 if item[1].startswith("CO") else 0
    value = (Decimal(tenths) / 10).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    found = rule.iaqi(item[1], Decimal(tenths) / 10)
    points = rule.breakpoints[item[1]]
    if value > points[-1][0]:
        return
    (low, under), (high, over) = next(pair for pair in pairwise(points) if pair[0][0] <= value <= pair[1][0])
    line = under + Fraction(over - under) * (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
    assert found is not None
    assert 0 <= found - line < 1


DAY = {"SO2": 6, "NO2": 38, "PM10": 130, "PM2.5": 66, "CO": 0.8, "O3_1h": 180, "O3_8h": 150}


def test_the_daily_index_of_2012_has_seven_values_and_that_of_2026_six():
    old, new = aqi_rule("hj633-2012"), aqi_rule("hj633-2026")
    assert aqi(old, DAY, old.daily).primary == ("O3_8h",)
    assert aqi(old, {**DAY, "O3_1h": 290}, old.daily).primary == ("O3_1h",)
    found = aqi(new, {**DAY, "O3_1h": 290}, new.daily)
    assert (found.value, found.primary) == (106, ("PM2.5",))
    assert found.level is not None
    assert found.level.zh == "轻度污染"


def test_primary_pollutants_tie_and_none_is_named_up_to_50():  # HJ 633: AQI > 50
    rule = aqi_rule("hj633-2026")
    tied = aqi(rule, {"SO2": 50, "NO2": 80, "PM10": 120, "PM2.5": 20, "CO": 1, "O3_8h": 20}, rule.daily)
    assert (tied.value, tied.primary) == (100, ("NO2", "PM10"))
    clean = aqi(rule, {"SO2": 50, "NO2": 40, "PM10": 50, "PM2.5": 35, "CO": 2, "O3_8h": 100}, rule.daily)
    assert (clean.value, clean.primary) == (50, ())


def test_an_index_from_incomplete_values_stands_only_above_100():  # HJ 633-2026
    rule = aqi_rule("hj633-2026")
    assert aqi(rule, {**DAY, "SO2": None}, rule.daily).value == 106
    assert aqi(rule, {**DAY, "SO2": None, "PM2.5": 50, "PM10": 120}, rule.daily).value is None
    assert aqi(rule, {}, rule.daily).value is None


def test_levels_change_just_above_their_limits():
    assert [standards.level_of(index).level for index in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)] == [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6,
    ]  # fmt: skip


def test_a_month_needs_27_days_february_25_and_a_year_every_month():  # GB 3095 table 4
    assert [month_needs(month) for month in (1, 2, 3)] == [27, 25, 27]
    assert year_valid(324, 12)
    assert not year_valid(323, 12)
    assert not year_valid(360, 11)
    assert [sites_suffice(*pair) for pair in ((9, 12), (8, 12), (2, 3), (1, 3), (0, 0))] == [
        True, False, True, False, False,
    ]  # fmt: skip


def test_percentile_hits_a_rank_exactly():
    """(n − 1)·p is a whole number for n = 51 and p = 98: binary 0.98 × 50 must not fall below 49."""
    assert standards.percentile([float(value) for value in range(51)], 98) == 49.0
    assert standards.percentile([7.0], 90) == 7.0
    with pytest.raises(ValueError, match="no values"):
        standards.percentile([], 90)


def test_composite_index_divides_by_the_right_limits_and_weighs():
    values = {"SO2": 60.0, "NO2": 40.0, "PM10": 70.0, "PM2.5": 35.0, "CO": 4.0, "O3": 160.0}
    old = standard("gb3095-2012")
    assert standards.composite_index(old, values) == pytest.approx(6)
    assert standards.composite_index(old, values, {"PM2.5": 3, "O3": 2}) == pytest.approx(9)
    assert standards.composite_index(old, {**values, "CO": None}) is None


def test_attaining_needs_mean_and_percentile():
    interim = standard("gb3095-2026-interim")
    assert standards.attains(interim, "PM2.5", 30.0, 60.00000000000001)
    assert not standards.attains(interim, "PM2.5", 30.0, 60.1)
    assert not standards.attains(interim, "PM2.5", 30.1, 50.0)
    assert standards.attains(interim, "CO", 99.0, 4.0), "CO has no annual limit"


def test_ranks_are_1_1_3_and_nothing_without_a_value_is_ranked():
    assert standards.competition_ranks([16.0, None, 15.0, 15.0]) == [3, None, 1, 1]
    assert standards.competition_ranks([0.1 + 0.2, 0.3]) == [1, 1], "binary noise makes no order"
    assert standards.last_ranks([9.0, 8.0, 8.0, 7.0, 6.0], 3) == [1, 2, 2, None, None]
    assert standards.last_ranks([9.0, 8.0, 7.0, 7.0, 6.0], 3) == [1, 2, 3, 3, None], "ties lengthen the list"


def test_change_is_taken_from_the_printed_figures():
    assert standards.change_pct(27.0, 30.5, 1) == Decimal("-11.5")
    assert standards.change_pct(19, 0, 1) is None


@given(st.decimals(0, 3000, places=6), st.integers(0, 2))
@settings(max_examples=examples(100))
def test_rounding_a_float_equals_rounding_its_printed_figure(value: Decimal, places: int):
    expected = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    assert standards.round_half_even(float(value), places) == expected
    assert standards.round_half_even(str(value), places) == expected


def test_rounding_ignores_the_noise_of_sums():  # GB/T 8170 on the exact decimal
    assert standards.round_half_even(208.5000000003, 0) == 208
    assert standards.round_half_even(2.675, 2) == Decimal("2.68")
    assert standards.round_half_even(Decimal("208.5000000003"), 0) == 209, "a Decimal is taken as printed"


def test_days_are_counted_by_their_index():
    found = count_days([100, 101, 200, 201, None])
    assert (found.days, found.good, found.heavy, found.good_pct) == (4, 1, 1, Decimal("25.0"))
    assert count_days([]).good_pct is None


def test_dustfall_and_the_columns_that_must_not_be_mixed():
    # 0.0424 g in a jar of 176.7 cm² over 30 days is 2.40 t/(km²·30 d).
    found = dust.dustfall(Decimal("1.0474"), Decimal("1.0000"), Decimal("0.0050"), Decimal("176.7"), Decimal(30))
    assert round(found, 2) == Decimal("2.40")
    with pytest.raises(ValueError, match="positive"):
        dust.dustfall(Decimal(1), Decimal(0), Decimal(0), Decimal(0), Decimal(30))
    assert dust.mistaken_for("silt_load", 6.6) == ("road_residue",)
    assert dust.mistaken_for("silt_load", 0.5) == ()
    assert dust.mistaken_for("dustfall", 0.2) == (), "another unit is no mix-up"


def test_only_declared_hours_are_sand_dust():
    period = dust.SandPeriod("云溪市", datetime(2026, 4, 1, 5), datetime(2026, 4, 1, 7), "总站", "测试第1号")  # noqa: DTZ001
    first = datetime(2026, 4, 1, 4)  # noqa: DTZ001
    assert dust.sand_hours([period], "云溪市", first, 4) == [False, True, True, False]
    assert dust.sand_hours([period], "别处", first, 2) == [False, False]
    assert dust.suggests_sand([80.0] * 6 + [400.0], [40.0] * 7)
    assert not dust.suggests_sand([80.0] * 6 + [90.0], [40.0] * 7)


def test_noise_and_water():
    assert [noise.noise_limit(zone, night=night) for zone in ("1", "4b") for night in (False, True)] == [55, 45, 70, 60]
    assert noise.is_night(time(22))
    assert not noise.is_night(time(6))
    assert noise.equivalent_level([50.0, 60.0]) == pytest.approx(57.404, abs=1e-3), "energetic, not arithmetic"
    assert water.water_class("NH3-N", Decimal("0.15")) == "I"
    assert water.water_class("DO", 2.9) == "V"
    assert water.water_class("pH", 9.5) == water.WORSE
    assert water.section_class({"DO": 8.0, "COD": 21, "TP": 0.1}) == "IV"


def test_every_row_names_a_source_that_is_listed():
    known = {row["id"] for row in csv_rows("sources.csv")}
    for name in ("limits.csv", "breakpoints.csv", "levels.csv", "noise.csv", "water.csv"):
        assert {row["source"] for row in csv_rows(name)} <= known


def test_every_uncertain_rule_is_in_the_documentation():
    page = (Path(ROOT) / "docs" / "standards.md").read_text(encoding="utf-8")
    for mark in standards.marks():
        assert f"| `{mark.id}` | {mark.matter_zh} |" in page, mark.id
        assert mark.reason_zh
        assert mark.reason_en

"""Each rule of quality control on a case made for it; what they must not touch; a person's word; the effect."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lantian.analysis.annual import annual_statistics
from lantian.analysis.observations import Observations
from lantian.analysis.qc import Decision, Quality, apply, bits, bits_from, check, nearest_three, reviewed, rule, rules
from lantian.analysis.qc.background import backgrounds
from lantian.analysis.qc.checks_value import paint, run_bounds
from lantian.analysis.qc.medians import LEAST_OTHERS, median_of_others, weighted_median
from lantian.analysis.qc.review import days_lost, effect
from lantian.analysis.qc.rules import parameters
from lantian.standards import standard
from tests.analysis.network import network
from tests.conftest import ROOT, examples

WHO = "监测科 李静"


@pytest.fixture(scope="module")
def good() -> Observations:
    return network(1, days=100)


def spoilt(data: Observations, name: str, station: int, hours: slice, values: object) -> Observations:
    array = data.values[name].copy()
    array[station, hours] = values
    return replace(data, values={**data.values, name: array})


def named(quality: Quality, key: str, name: str, station: int, hours: slice) -> NDArray[np.bool_]:
    return (quality.flags[name][station, hours] >> rule(key).bit & 1).astype(bool)


def test_the_table_and_its_docs():
    text = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(Q\d\d)` \| (\S+) \| (\w+) \|", text, re.MULTILINE)
    assert documented == [(item.id, item.key, item.severity) for item in rules()]
    assert [item.id for item in rules()] == [f"Q{number:02}" for number in range(1, len(rules()) + 1)]
    assert all(item.zh and item.en and item.source for item in rules())


def test_good_data_are_left_alone(good: Observations):
    quality = check(good)
    doubt = np.uint32(bits_from("doubt"))
    share = np.mean([(array & doubt != 0).mean() for array in quality.flags.values()])
    assert share < 0.002


@pytest.mark.parametrize(
    ("key", "name", "hours", "values"),
    [
        ("range", "PM2.5", slice(500, 501), 5000.0),
        ("stuck", "PM10", slice(700, 709), 88.0),
        ("spike", "NO2", slice(900, 901), 260.0),
        ("spike", "O3", slice(900, 903), 400.0),
        ("unit", "CO", slice(1000, 1012), 900.0),
        ("unit", "PM10", slice(1000, 1012), 0.05),
        ("zero", "PM2.5", slice(1200, 1210), 0.0),
        ("outage", "O3", slice(1300, 1330), np.nan),
        ("inversion", "PM2.5", slice(1400, 1404), 900.0),
    ],
)
def test_a_rule_finds_its_case(good: Observations, key: str, name: str, hours: slice, values: float):
    quality = check(spoilt(good, name, 2, hours, values))
    assert named(quality, key, name, 2, hours).all()
    run = next(
        item
        for item in quality.runs
        if item.rule.key == key
        and item.station == good.stations[2]
        and item.first <= hours.start < item.first + item.hours
    )
    assert run.hours >= hours.stop - hours.start
    assert "{" not in run.zh + run.en


@pytest.mark.parametrize(("key", "shape"), [("step", "step"), ("drift", "ramp")])
def test_slow_departures(good: Observations, key: str, shape: str):
    hours = slice(1200, 1200 + 24 * 24)
    length = hours.stop - hours.start
    factor = np.full(length, 2.2) if shape == "step" else np.linspace(1, 3.2, length)
    quality = check(spoilt(good, "NO2", 3, hours, good.values["NO2"][3, hours] * factor))
    # The first days of a drift are within what the station does by itself.
    assert named(quality, key, "NO2", 3, hours).mean() > (0.8 if shape == "step" else 0.4)
    assert not named(quality, key, "NO2", 4, hours).any()


def test_a_copied_day_names_its_original():
    data = network(1, days=100, holes=0)
    hours = slice(24 * 60, 24 * 61)
    quality = check(spoilt(data, "PM2.5", 1, hours, data.values["PM2.5"][1, 24 * 55 : 24 * 56]))
    run = next(item for item in quality.runs if item.rule.key == "repeated")
    assert (run.first, run.hours) == (24 * 60, 24)
    assert "北站 2024-02-25 00:00" in run.zh


def test_an_exchanged_day():
    data = network(5, days=100, holes=0)
    day = slice(24 * 70, 24 * 71)
    values = {name: array.copy() for name, array in data.values.items()}
    for name, array in values.items():
        # Stations that differ can be told apart; two that read alike cannot.
        array[0] *= 1.8
        array[5] /= 1.8
        array[0, day], array[5, day] = array[5, day].copy(), array[0, day].copy()
        values[name] = array
    quality = check(replace(data, values=values))
    assert named(quality, "swapped", "PM2.5", 0, day).all()
    assert named(quality, "swapped", "PM2.5", 5, day).all()


def test_a_wrong_clock(good: Observations):
    hours = slice(24 * 40, 24 * 46)
    late = {name: array.copy() for name, array in good.values.items()}
    for name, array in late.items():
        array[4, hours] = good.values[name][4, hours.start + 8 : hours.stop + 8]
    quality = check(replace(good, values=late))
    for name in late:
        known = ~np.isnan(late[name][4, hours])
        assert named(quality, "shifted", name, 4, hours)[known].mean() > 0.6
        assert not named(quality, "shifted", name, 3, hours).any()
    run = next(item for item in quality.runs if item.rule.key == "shifted")
    assert run.first <= hours.start + 24
    assert "云溪一中 2024-02-" in run.zh


def test_two_days_in_each_others_place():
    data = network(1, days=100, holes=0)
    one, two = slice(24 * 50, 24 * 51), slice(24 * 54, 24 * 55)
    values = {name: array.copy() for name, array in data.values.items()}
    for name, array in values.items():
        array[2, one], array[2, two] = data.values[name][2, two], data.values[name][2, one]
    quality = check(replace(data, values=values))
    for day in (one, two):
        assert named(quality, "exchanged", "PM2.5", 2, day).all()
    run = next(item for item in quality.runs if item.rule.key == "exchanged" and item.pollutant == "PM2.5")
    assert (run.first, "2024-02-24" in run.zh) == (one.start, True)


def test_two_columns_exchanged(good: Observations):
    hours = slice(1000, 1048)
    values = {name: array.copy() for name, array in good.values.items()}
    values["SO2"][1, hours], values["PM10"][1, hours] = good.values["PM10"][1, hours], good.values["SO2"][1, hours]
    quality = check(replace(good, values=values))
    for name in ("SO2", "PM10"):
        known = ~np.isnan(values[name][1, hours])
        assert named(quality, "columns", name, 1, hours)[known].mean() > 0.9
    assert not named(quality, "columns", "PM2.5", 1, hours).any()


def test_an_inversion_that_the_other_stations_do_not_share_is_doubtful(good: Observations):
    hours = slice(1400, 1406)
    higher = spoilt(good, "PM2.5", 1, hours, np.round(good.values["PM10"][1, hours] * 1.5 + 20))
    known = ~np.isnan(higher.values["PM2.5"][1, hours])
    quality = check(higher)
    assert named(quality, "reversed", "PM2.5", 1, hours)[known].all()
    assert not named(quality, "reversed", "PM10", 1, hours).any()
    run = next(item for item in quality.runs if item.rule.key == "reversed")
    excess = higher.values["PM2.5"][1, hours] - good.values["PM10"][1, hours]
    assert run.value == np.nanmax(excess)
    # An hour in which all stations have it, as in fog, is no more than a hint.
    shared = good.values["PM2.5"].copy()
    shared[:, hours] = np.round(good.values["PM10"][:, hours] * 1.5 + 20)
    quality = check(replace(good, values={**good.values, "PM2.5": shared}))
    known = ~np.isnan(shared[1, hours])
    assert named(quality, "inversion", "PM2.5", 1, hours)[known].all()
    assert not named(quality, "reversed", "PM2.5", 1, hours).any()


def test_an_inversion_names_the_instrument_that_stands_off_the_others(good: Observations):
    hours = slice(1400, 1406)
    lower = spoilt(good, "PM10", 1, hours, np.round(good.values["PM2.5"][1, hours] * 0.4))
    quality = check(lower)
    known = ~np.isnan(lower.values["PM10"][1, hours]) & ~np.isnan(lower.values["PM2.5"][1, hours])
    assert named(quality, "reversed", "PM10", 1, hours)[known].mean() > 0.6
    assert not named(quality, "reversed", "PM2.5", 1, hours).any()


def test_without_a_network_an_inversion_counts_by_what_is_usual_at_the_station(good: Observations):
    alone = replace(
        good,
        stations=good.stations[:1],
        values={name: array[1:2] for name, array in good.values.items()},
        spans=good.spans[:1],
    )
    hours = slice(1400, 1406)
    higher = spoilt(alone, "PM2.5", 0, hours, np.round(alone.values["PM10"][0, hours] * 1.5 + 20))
    known = ~np.isnan(higher.values["PM2.5"][0, hours])
    assert named(check(higher), "reversed", "PM2.5", 0, hours)[known].all()
    # At a station whose two instruments disagree like this on one hour in five it is no more than a hint.
    often = higher.values["PM2.5"].copy()
    often[0, ::5] = np.round(alone.values["PM10"][0, ::5] * 1.5 + 20)
    quality = check(replace(alone, values={**alone.values, "PM2.5": often}))
    assert named(quality, "inversion", "PM2.5", 0, hours)[known].all()
    assert not named(quality, "reversed", "PM2.5", 0, hours).any()


def test_a_plume_of_several_pollutants_is_no_fault_of_one():
    data = network(1, days=100, holes=0)
    offsets = {name: limits.offset for name, limits in parameters().items()}
    hours = np.concatenate([np.arange(day * 24 + 7, day * 24 + 10) for day in range(3, 97, 4)])
    values = {name: array.copy() for name, array in data.values.items()}
    for name in ("NO2", "PM10", "PM2.5", "CO"):
        values[name][6, hours] *= 2.2
    together = backgrounds(values, offsets)["CO"]
    alone = backgrounds({**data.values, "CO": values["CO"]}, offsets)["CO"]
    assert np.median(together.net[6, hours]) < 0.7 * np.median(together.residual[6, hours])
    assert np.median(alone.net[6, hours]) > 0.9 * np.median(alone.residual[6, hours])


def test_a_season_is_no_drift():
    data = network(1, days=200, holes=0)
    # One gain that comes and goes over three months, and the same gain that ends from one day to the next.
    ramp = np.sin(np.linspace(0, np.pi, 24 * 100)) * 0.5 + 1
    hours = slice(24 * 50, 24 * 150)
    slow = spoilt(data, "PM2.5", 3, hours, np.round(data.values["PM2.5"][3, hours] * ramp))
    assert named(check(slow), "drift", "PM2.5", 3, hours).mean() < 0.05
    broken = slice(24 * 70, 24 * 100)
    grown = np.round(data.values["PM2.5"][3, broken] * np.linspace(1, 2, 24 * 30))
    assert named(check(spoilt(data, "PM2.5", 3, broken, grown)), "drift", "PM2.5", 3, broken).mean() > 0.3


def test_an_episode_of_all_is_no_spike(good: Observations):
    values = {name: array.copy() for name, array in good.values.items()}
    values["PM10"][:, 800:803] *= 6
    quality = check(replace(good, values=values))
    assert not any(named(quality, "spike", "PM10", row, slice(800, 803)).any() for row in range(8))


def test_hours_at_the_detection_limit_are_not_stuck(good: Observations):
    values = {name: array.copy() for name, array in good.values.items()}
    values["SO2"][:, 300:340] = 2.0
    quality = check(replace(good, values=values))
    assert not named(quality, "stuck", "SO2", 0, slice(300, 340)).any()
    assert named(check(spoilt(good, "SO2", 0, slice(300, 310), 44.0)), "stuck", "SO2", 0, slice(300, 310)).all()


def test_fifty_per_cent_above_the_nearest_is_a_finding(good: Observations):
    data = good
    for row, value in enumerate((151.0, 100.0, 100.0, 100.0)):
        data = spoilt(data, "PM2.5", row, slice(2000, 2001), value)
    nearest = {data.stations[0]: data.stations[1:4]}
    quality = check(data, nearest=nearest)
    assert named(quality, "above-nearest", "PM2.5", 0, slice(2000, 2001)).all()
    assert rule("above-nearest").severity == "flag"
    at_half = check(spoilt(data, "PM2.5", 0, slice(2000, 2001), 150.0), nearest=nearest)
    assert not named(at_half, "above-nearest", "PM2.5", 0, slice(2000, 2001)).any()


def test_the_three_nearest():
    line = {name: (116.0 + at / 10, 40.0) for at, name in enumerate("甲乙丙丁戊")}
    found = nearest_three(line)
    assert found["甲"] == ("乙", "丙", "丁")
    assert set(found["丙"][:2]) == {"乙", "丁"}
    assert nearest_three({name: line[name] for name in "甲乙丙"}) == {}


def test_few_stations_still_have_their_own_rules(good: Observations):
    few = replace(
        good,
        stations=good.stations[:2],
        values={name: array[:2] for name, array in good.values.items()},
        spans=good.spans[:2],
    )
    few = spoilt(few, "PM10", 1, slice(100, 110), 77.0)
    few = spoilt(few, "PM2.5", 0, slice(400, 401), 999.0)
    quality = check(few)
    assert named(quality, "stuck", "PM10", 1, slice(100, 110)).all()
    assert named(quality, "spike", "PM2.5", 0, slice(400, 401)).all()
    assert {item.rule.kind for item in quality.runs} <= {"value", "pair"}


def test_raw_values_stay(good: Observations):
    before = {name: array.copy() for name, array in good.values.items()}
    quality = check(good)
    masked = apply(good, quality.flags, bits_from("flag"))
    for name, array in before.items():
        assert np.array_equal(array, good.values[name], equal_nan=True)
        kept = ~np.isnan(masked.values[name])
        assert np.array_equal(masked.values[name][kept], array[kept])
        assert (quality.flags[name][~kept & ~np.isnan(array)] != 0).all()


def test_the_order_of_stations_does_not_matter(good: Observations):
    turn = [3, 0, 7, 5, 1, 6, 2, 4]
    turned = replace(
        good,
        stations=tuple(good.stations[place] for place in turn),
        values={name: array[turn] for name, array in good.values.items()},
    )
    hours = slice(600, 620)
    one = check(spoilt(good, "CO", 3, hours, 0.0))
    two = check(spoilt(turned, "CO", 0, hours, 0.0))
    for name, flags in one.flags.items():
        assert np.array_equal(flags[turn], two.flags[name])
    assert [(item.station, item.first, item.zh) for item in one.runs] == [
        (item.station, item.first, item.zh) for item in two.runs
    ]


def test_a_person_wins_over_a_rule(good: Observations):
    data = spoilt(good, "PM10", 2, slice(700, 712), 88.0)
    quality = check(data)
    start, end = datetime(2024, 1, 30, 4), datetime(2024, 1, 30, 16)  # noqa: DTZ001  # hours 700 to 711
    keep = Decision("南苑", "PM10", start, end, "keep", WHO, datetime(2024, 2, 1), "现场核实，数据有效", "Q02")  # noqa: DTZ001
    kept = reviewed(data, quality.flags, [keep])
    assert named(quality, "stuck", "PM10", 2, slice(700, 712)).all(), "what the rules said is not lost"
    assert not (kept["PM10"][2, 700:712] & bits("Q02")).any()
    reject = replace(keep, decision="reject", decided=datetime(2024, 2, 2), rule=None, why="采样泵故障")  # noqa: DTZ001
    for order in ([keep, reject], [reject, keep]):
        again = reviewed(data, quality.flags, order)
        assert np.isnan(apply(data, again, 0).values["PM10"][2, 700:712]).all(), "the later decision counts"
    reopened = replace(keep, decided=datetime(2024, 2, 3), rule=None)  # noqa: DTZ001
    last = apply(data, reviewed(data, quality.flags, [keep, reject, reopened]), bits_from("doubt"))
    assert (last.values["PM10"][2, 700:712] == 88.0).all()
    for wrong in (replace(keep, who=" "), replace(keep, why=""), replace(keep, end=start), replace(keep, rule="Q99")):
        with pytest.raises(ValueError, match=r"who or why|before it begins|no rule"):
            reviewed(data, quality.flags, [wrong])
    with pytest.raises(ValueError, match="no data"):
        reviewed(data, quality.flags, [replace(keep, station="不在")])


def test_the_effect_on_a_year():
    data = network(3, days=366, stations=5)
    # Four days of February stand still: with the days that are missing the month has too few left.
    data = spoilt(data, "PM10", 1, slice(24 * 40, 24 * 46), 300.0)
    quality = check(data)
    rows = effect(data, quality.flags, {"*": bits_from("doubt"), "Q02": bits("Q02")}, standard("gb3095-2012"))
    row = next(item for item in rows if (item.raw.station, item.raw.pollutant, item.rule) == ("北站", "PM10", "Q02"))
    assert row.hours >= 130
    assert row.raw.valid
    assert row.without is not None
    assert not row.without.valid, "23 days of February are left"
    assert row.without.mean < row.raw.mean
    raw = {(item.station, item.pollutant): item for item in annual_statistics(data, standard("gb3095-2012"))}
    assert row.raw == raw["北站", "PM10"]
    lost = days_lost(data, apply(data, quality.flags, bits("Q02")), "PM10")
    assert ("北站", date(2024, 2, 12)) in lost


@given(st.data())
@settings(max_examples=examples(30))
def test_the_median_of_others_is_that(data: st.DataObject):
    rows, columns = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 4))
    cells = data.draw(
        st.lists(
            st.one_of(st.just(np.nan), st.integers(0, 4).map(float)), min_size=rows * columns, max_size=rows * columns
        )
    )
    values = np.array(cells).reshape(rows, columns)
    found = median_of_others(values)
    for row in range(rows):
        for column in range(columns):
            others = [values[other, column] for other in range(rows) if other != row]
            known = [value for value in others if not np.isnan(value)]
            if len(known) < LEAST_OTHERS:
                assert np.isnan(found[row, column])
            else:
                assert found[row, column] == np.median(known)


@given(
    st.lists(st.lists(st.one_of(st.just(np.nan), st.integers(0, 4).map(float)), min_size=3, max_size=3), min_size=1),
)
@settings(max_examples=examples(30))
def test_equal_weights_make_a_plain_median(rows: list[list[float]]):
    values = np.array(rows)
    found = weighted_median(values, np.ones(len(values)))
    for column, own in enumerate(values.T):
        known = own[~np.isnan(own)]
        assert np.isnan(found[column]) if len(known) < LEAST_OTHERS else found[column] == np.median(known)


def test_a_heavy_weight_is_the_median():
    assert weighted_median(np.array([[1.0], [5.0], [9.0]]), np.array([1.0, 1.0, 3.0])) == [9.0]


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=4))
@settings(max_examples=examples(50))
def test_runs_and_cells_are_the_same(cells: list[list[bool]]):
    mask = np.array(cells)
    assert np.array_equal(paint(mask.shape, *run_bounds(mask)), mask)


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**14 - 1))
@settings(max_examples=examples(20))
def test_masks_take_out_and_never_change(which: int, flags: int):
    values = {"CO": np.array([[0.4, np.nan] * 12])}
    data = Observations(("站",), date(2024, 1, 1), 1, values, ((0, 0),))
    flagged = {"CO": np.full((1, 24), flags, dtype=np.uint32)}
    masked = apply(data, flagged, which).values["CO"]
    assert np.isnan(masked).all() if which & flags else np.array_equal(masked, values["CO"], equal_nan=True)
    assert values["CO"][0, 0] == 0.4


def test_no_station_is_no_network():
    behind = backgrounds({"CO": np.full((2, 48), 5.0)}, {"CO": 1.0})["CO"]
    assert np.isnan(behind.expected).all()
    assert np.isfinite(behind.logs).all()

"""Statistics against the rules written a second time: an invented station always, the Beijing data where they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lantian.analysis.annual import annual_statistics, percentiles
from lantian.analysis.daily import daily_aqi, daily_means, daily_values, ozone, sub_indices
from lantian.analysis.observations import HourLabel, Observations, read_observations
from lantian.standards import STANDARDS, aqi_rule, round_half_even, standard
from tests.analysis import slow
from tests.analysis.invented import write_station
from tests.conftest import SHARED, SOAK, examples, require

PRSA = SHARED / "data" / "prsa"
# Both oracles and we sum binary floats; only the order differs.
CLOSE = 1e-9


def compare_years(data: Observations, read: dict[str, dict[str, slow.Hours]], key: str) -> int:
    """Every row against the slow one; returns how many."""
    ours = {(row.station, row.pollutant, row.year): row for row in annual_statistics(data, standard(key))}
    theirs = {
        (station, name, year[0]): year
        for station, pollutants in read.items()
        for name, hours in pollutants.items()
        for year in slow.years(name, hours, key)
    }
    assert ours.keys() == theirs.keys()
    for place, (_year, days, months, valid, mean, percentile, above) in theirs.items():
        row = ours[place]
        assert (row.valid_days, row.valid_months, row.valid, row.exceed_days) == (days, months, valid, above), place
        assert row.mean == pytest.approx(mean, rel=CLOSE), place
        assert row.percentile == pytest.approx(percentile, rel=CLOSE), place
        if mean is not None:
            assert row.mean_rounded == slow.half_even(mean, 1 if place[1] == "CO" else 0), place
    return len(ours)


def compare_days(data: Observations, read: dict[str, dict[str, slow.Hours]], key: str, stations: int = 12) -> int:
    """AQI and primary pollutant of every day with a datum; returns how many."""
    found = daily_aqi(daily_values(data, standard(key)), aqi_rule(standard(key).aqi))
    calendar = data.calendar().astype(object).tolist()
    count = 0
    for place, station in enumerate(data.stations[:stations]):
        theirs = slow.indices(read[station], key != "gb3095-2012")
        for at, day in enumerate(calendar):
            index, primary = int(found.index[place, at]), found.names(int(found.primary[place, at]))
            assert (None if index < 0 else index, primary) == theirs.get(day, (None, "")), (station, day)
            count += 1
    return count


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("invented")
    first = datetime(2023, 11, 20)  # noqa: DTZ001
    return [write_station(folder, "云溪一中", first, 420, 7), write_station(folder, "柳塘公园", first, 60, 8, 0.3)]


@pytest.mark.parametrize("label", ["begin", "end"])
@pytest.mark.parametrize("key", STANDARDS)
def test_years_of_an_invented_station(invented: list[Path], label: HourLabel, key: str):
    data = read_observations(invented, label)
    read = {path.stem: slow.read_prsa(path, label) for path in invented}
    assert compare_years(data, read, key) == 6 * (3 + 2)


@pytest.mark.parametrize("key", ["gb3095-2012", "gb3095-2026-final"])
def test_days_of_an_invented_station(invented: list[Path], key: str):
    data = read_observations(invented, "end")
    assert compare_days(data, {path.stem: slow.read_prsa(path, "end") for path in invented}, key) == 2 * 421


def test_the_invented_station_has_days_that_the_rules_are_about(invented: list[Path]):
    """Without short days, incomplete days and high ozone the comparison above would show nothing."""
    data = read_observations(invented, "begin")
    hours = (~np.isnan(data.values["PM2.5"])).reshape(2, -1, 24).sum(axis=2)
    assert ((hours > 0) & (hours < 20)).any()
    found = daily_aqi(daily_values(data, standard("gb3095-2012")), aqi_rule("hj633-2012"))
    assert (found.index > 300).any()
    assert (found.index[0] < 0).any()
    assert {found.names(bits) for bits in np.unique(found.primary)} >= {"", "O3_8h", "NO2"}


Read = dict[str, dict[str, slow.Hours]]
# Comparing every day in plain Python takes a minute: `make soak` does all twelve stations.
DAY_STATIONS = 12 if SOAK else 3


@pytest.fixture(scope="module")
def beijing_paths() -> list[Path]:
    paths = sorted(PRSA.glob("*.csv.gz"))
    if not paths:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    return paths


@pytest.fixture(scope="module")
def beijing(beijing_paths: list[Path]) -> Read:
    return {path.name.split("_")[2]: slow.read_prsa(path, "begin") for path in beijing_paths}


def relabelled(read: Read, label: str) -> Read:
    """The same rows, their label read as the hour's end."""
    if label == "begin":
        return read
    hour = timedelta(hours=1)
    return {
        station: {name: {at - hour: value for at, value in hours.items()} for name, hours in pollutants.items()}
        for station, pollutants in read.items()
    }


@pytest.mark.shared
@pytest.mark.parametrize(("label", "valid"), [("begin", 123), ("end", 124)])
def test_beijing(beijing_paths: list[Path], beijing: Read, label: HourLabel, valid: int):
    """Every year of the twelve stations; the monthly clause leaves 123 of the 214 that have 324 valid days."""
    data = read_observations(beijing_paths, label, lambda _zh, en: pytest.fail(en))
    read = relabelled(beijing, label)
    assert compare_years(data, read, "gb3095-2012") == 12 * 6 * 5
    rows = [row for row in annual_statistics(data, standard("gb3095-2012")) if 2014 <= row.year <= 2016]
    assert (len(rows), sum(row.valid_days >= 324 for row in rows), sum(row.valid for row in rows)) == (216, 214, valid)
    for key in ("gb3095-2012", "gb3095-2026-interim"):
        assert compare_days(data, read, key, DAY_STATIONS) >= DAY_STATIONS * 1461


def one_day(*cells: float) -> np.ndarray:
    return np.array([[*cells, *[np.nan] * (24 - len(cells))]])


def test_a_day_needs_20_hours():
    assert np.isnan(daily_means(one_day(*[10.0] * 19)))
    assert daily_means(one_day(*[10.0] * 20)) == 10


def test_ozone_needs_14_windows_unless_the_maximum_is_above_the_limit():
    late = np.array([[np.nan] * 8 + [150.0] * 16])
    assert np.isnan(ozone(late, 160)[1]), "the windows that end from 14:00 to 24:00 are 11"
    short = one_day(*[150.0] * 14)
    assert np.isnan(ozone(short, 160)[1])
    assert ozone(short, 149)[1] == 150
    assert ozone(one_day(*[161.0] * 8), 160)[1] == 161
    assert ozone(short, 160)[0] == 150


def test_a_window_needs_six_of_its_eight_hours():
    cells = np.full((1, 24), 50.0)
    cells[0, :16] = np.nan
    cells[0, 10:16] = 200.0  # 11:00–16:00 as ends; the window 09–16 h holds exactly these six
    found = ozone(cells, 160)[1]
    assert found == 200
    cells[0, 10] = np.nan
    assert ozone(cells, 160)[1] < 200


@given(
    arrays(float, (2, 40), elements=st.sampled_from([1.5, 2.0, 3.25, 80.0, float("nan")])),
    st.sampled_from([90, 95, 98]),
)
@settings(max_examples=examples(60))
def test_percentiles_of_arrays_are_the_plain_ones(values: np.ndarray, p: int):
    count = (~np.isnan(values)).sum(axis=1)
    found = percentiles(values, count, p)
    for row, number, value in zip(values, count, found, strict=True):
        known = [item for item in row.tolist() if item == item]
        assert len(known) == number
        assert np.isnan(value) if not known else value == pytest.approx(slow.percentile(known, p), rel=1e-12)


@given(st.sampled_from(sorted(aqi_rule("hj633-2026").breakpoints)), st.floats(0, 3000), st.booleans())
@settings(max_examples=examples(150))
def test_sub_indices_of_arrays_are_the_exact_ones(item: str, value: float, noisy: bool):
    value = round(value, 1) + (3e-10 if noisy else 0.0)
    for rule in (aqi_rule("hj633-2012"), aqi_rule("hj633-2026")):
        found = int(sub_indices(rule, item, np.array([value]))[0])
        assert (None if found < 0 else found) == rule.iaqi(item, value)


def test_a_value_of_exactly_the_limit_is_not_above_it(tmp_path: Path):
    """CO 4000 µg/m³ in hours whose binary sum is not 96: the mean is 4.0, and 4.0 does not exceed 4."""
    rows = "".join(f"站,2024-05-01T{hour:02d}:00,CO,{3.9 if hour % 2 else 4.1},mg/m3\n" for hour in range(24))
    path = tmp_path / "co.csv"
    path.write_text("station,time,pollutant,value,unit\n" + rows, encoding="utf-8")
    (row,) = annual_statistics(read_observations([path], "begin"), standard("gb3095-2012"))
    assert row.exceed_days == 0
    assert round_half_even(row.mean or 0.0, 1) == 4

"""Reading the weather beside the pollutants: layouts, alignment, and the visible fate of what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lantian.analysis.errors import DataError
from lantian.analysis.observations import read_observations
from lantian.analysis.weather import read_weather
from tests.analysis.weathered import city, write

LONG = "station,time,pollutant,value,unit\n甲,2021-03-01T00:00,PM2.5,30,ug/m3\n乙,2021-03-02T05:00,PM2.5,40,ug/m3\n"


def files(tmp_path: Path, weather: str) -> tuple[list[Path], list[Path]]:
    (tmp_path / "d.csv").write_text(LONG, encoding="utf-8")
    (tmp_path / "w.csv").write_text(weather, encoding="utf-8")
    return [tmp_path / "d.csv"], [tmp_path / "w.csv"]


def test_what_was_written_is_read_in_place(tmp_path: Path):
    made = city(20)
    path = write(tmp_path / "a.csv", made)
    data = read_observations([path], "begin")
    weather = read_weather([path], "begin", data)
    assert np.array_equal(weather.wind_direction, made.weather.wind_direction)
    assert weather.temperature == pytest.approx(made.weather.temperature, abs=0.051)
    assert weather.has_wind().all()
    later = read_observations([path], "end")
    shifted = read_weather([path], "end", later)
    assert np.isnan(shifted.wind_speed[0, :23]).all(), "hour 0 of the first day is hour 24 of the day before"
    assert shifted.wind_speed[0, 23] == weather.wind_speed[0, 0]


def test_a_file_of_weather_by_station_and_one_for_all(tmp_path: Path):
    data, weather = files(tmp_path, "station,time,ws,wd\n乙,2021-03-02T05:00,2.5,0\n丙,2021-03-02T05:00,9,90\n")
    observed = read_observations(data, "begin")
    found = read_weather(weather, "begin", observed)
    place = observed.stations.index("乙")
    assert found.wind_speed[place, 29] == 2.5
    assert found.wind_direction[place, 29] == 360.0, "0 and 360 are one direction"
    assert np.nansum(found.wind_speed) == 2.5
    assert np.isnan(found.temperature).all()
    _, weather = files(tmp_path, "time,temp\n2021-03-01T00:00,-3.5\n2021-05-01T00:00,1\n")
    found = read_weather(weather, "begin", observed)
    assert found.temperature[:, 0].tolist() == [-3.5, -3.5]


def test_calm_has_no_direction(tmp_path: Path):
    data, weather = files(tmp_path, "station,time,ws,wd\n甲,2021-03-01T00:00,0.0,CV\n甲,2021-03-01T01:00,1.0,wnw\n")
    found = read_weather(weather, "begin", read_observations(data, "begin"))
    place = read_observations(data, "begin").stations.index("甲")
    assert np.isnan(found.wind_direction[place, 0])
    assert found.wind_direction[place, 1] == 292.5


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("station,time,ws\n甲,2021-03-01T00:00,9999\n", "outside 0 to 75"),
        ("station,time,ws\n甲,2021-03-01T00:00,-1\n", "outside 0 to 75"),
        ("station,time,wd\n甲,2021-03-01T00:00,361\n", "outside 0 to 360"),
        ("station,time,wd\n甲,2021-03-01T00:00,NNX\n", "unknown wind direction"),
        ("station,time,ws\n甲,2021-03-01T00:00,1\n甲,2021-03-01T00:00,2\n", "repeats"),
        ("station,time,ws\n甲,2021-03-01T00:30,1\n", "full hour"),
        ("station,time,speed\n甲,2021-03-01T00:00,1\n", "no columns of weather"),
        ("station,hour,ws\n甲,3,1\n", "no columns of weather"),
    ],
)
def test_what_is_no_weather_is_refused(tmp_path: Path, rows: str, said: str):
    data, weather = files(tmp_path, rows)
    with pytest.raises(DataError, match=said):
        read_weather(weather, "begin", read_observations(data, "begin"))

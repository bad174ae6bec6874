"""The commands as others check them: columns, missing values, exit codes, one line on bad input (contracts §3)."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest

from lantian.analysis.annual import YearStatistic
from lantian.analysis.ranks import rank_years
from lantian.cli.main import main
from lantian.standards import standard
from tests.analysis.invented import HEADER, write_station
from tests.conftest import SHARED, require

FEED = (
    "stationcode,timepoint,aqi,so2,no2,pm10,pm10_24h,pm2_5,pm2_5_24h,co,o3,o3_24h\n"
    "T001,2017-07-07T16:00:00,55,1,13,45,37,34,32,0.8,180,164\n"
    "T002,2017-07-07T16:00:00,,,,,,,,,,\n"
    "T003,2026-05-07T16:00:00,,1,13,,,60,,0.8,20,\n"
    "T004,2026-05-07T16:00:00,,1,13,,,61,,0.8,20,\n"
)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stations")
    return write_station(folder, "云溪一中", datetime(2023, 12, 1), 400, 11, 0.01)  # noqa: DTZ001


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, str]], str]:
    code = main([str(item) for item in arguments])
    out, err = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(out))), err


def test_annual(capsys: pytest.CaptureFixture[str], station: Path):
    code, rows, err = run(
        capsys, "stats", "annual", "--data", station, "--hour-label", "begin", "--standard", "gb3095-2012"
    )
    assert (code, err) == (0, "")
    assert list(rows[0]) == [
        "station", "pollutant", "year", "valid_days", "valid_months", "valid", "mean", "percentile", "exceed_days",
        "mean_rounded", "percentile_rounded",
    ]  # fmt: skip
    assert [(row["pollutant"], row["year"]) for row in rows[:4]] == [
        ("SO2", "2023"), ("SO2", "2024"), ("SO2", "2025"), ("NO2", "2023"),
    ]  # fmt: skip
    full = rows[1]
    assert full["valid"] == "true"
    assert repr(float(full["mean"])) == full["mean"], "full precision"
    assert full["mean_rounded"] == str(round(float(full["mean"])))
    assert rows[0]["valid"] == "false"
    assert rows[2]["valid_days"] == "3"


def test_a_year_without_a_valid_day_has_empty_statistics(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "1,2024,5,1,0,1,NA,NA,NA,NA,NA,1,N,站\n", encoding="utf-8")
    _code, rows, _err = run(capsys, "stats", "annual", "--data", path, "--hour-label", "begin")
    assert [tuple(row.values()) for row in rows] == [("站", "PM2.5", "2024", "0", "0", "false", "", "", "0", "", "")]


def test_daily(capsys: pytest.CaptureFixture[str], station: Path):
    code, rows, _err = run(
        capsys, "stats", "daily", "--data", station, "--hour-label", "end", "--standard", "gb3095-2026-final"
    )
    assert code == 0
    assert list(rows[0]) == [
        "station", "date", "SO2", "NO2", "PM10", "PM2.5", "CO", "O3_1h", "O3_8h", "aqi", "primary",
    ]  # fmt: skip
    assert (rows[0]["date"], rows[0]["aqi"], rows[0]["primary"]) == ("2023-11-30", "", "")
    assert len(rows) == 401
    assert all(row["primary"] == "" for row in rows if row["aqi"] and int(row["aqi"]) <= 50)
    assert all(row["primary"] for row in rows if row["aqi"] and int(row["aqi"]) > 50)


def test_rank_says_how_many_years_do_not_count(capsys: pytest.CaptureFixture[str], station: Path):
    code, rows, err = run(
        capsys, "stats", "rank", "--data", station, "--hour-label", "begin", "--standard", "gb3095-2012"
    )
    assert code == 0
    assert list(rows[0]) == [
        "station", "year", "composite", "rank_composite", "pm25", "rank_pm25", "pm25_yoy_pct",
    ]  # fmt: skip
    assert rows[0]["pm25_yoy_pct"] == ""
    assert float(rows[1]["pm25_yoy_pct"]) == (float(rows[1]["pm25"]) / float(rows[0]["pm25"]) - 1) * 100
    assert "3 个站点年中有 2 个" in err or "2 of 3" in err


def statistic(station: str, year: int, pollutant: str, value: float) -> YearStatistic:
    return YearStatistic(station, pollutant, year, 365, 12, True, value, value, 0)


def test_ranks_by_the_printed_figures_tie():
    values = {"甲站": 30.4, "乙站": 29.6, "丙站": 31.2}
    others = ("SO2", "NO2", "PM10", "CO", "O3")
    statistics = [statistic(name, 2024, "PM2.5", value) for name, value in values.items()]
    statistics += [statistic(name, 2024, other, 1.0) for name in values for other in others]
    statistics += [statistic("甲站", 2023, "PM2.5", 26.5)]
    exact = {row.station: row for row in rank_years(statistics, standard("gb3095-2012")) if row.year == 2024}
    assert [exact[name].rank_pm25 for name in values] == [2, 1, 3]
    found = rank_years(statistics, standard("gb3095-2012"), published=True)
    printed = {row.station: row for row in found if row.year == 2024}
    assert [printed[name].rank_pm25 for name in values] == [1, 1, 3]
    assert [printed[name].rank_composite for name in values] == [1, 1, 3]
    assert printed["甲站"].pm25_yoy_pct == 15.4, "30 against 26 (26.5 half to even)"
    early = next(row for row in found if row.year == 2023)
    assert (early.composite, early.rank_composite, early.rank_pm25, early.valid) == (None, None, 1, False)


def test_weights_change_the_composite_index(capsys: pytest.CaptureFixture[str], station: Path):
    common = ("stats", "rank", "--data", station, "--hour-label", "begin", "--standard", "gb3095-2012")
    _code, plain, _err = run(capsys, *common)
    _code, weighted, _err = run(capsys, *common, "--weights", "PM2.5=3")
    gained = float(weighted[1]["composite"]) - float(plain[1]["composite"])
    assert gained == pytest.approx(2 * float(plain[1]["pm25"]) / 35)
    with pytest.raises(SystemExit) as usage:
        main([str(item) for item in (*common, "--weights", "PM25=3")])
    assert usage.value.code == 2


def test_one_year_under_all_three_standards_side_by_side(capsys: pytest.CaptureFixture[str], station: Path):
    code, rows, err = run(capsys, "stats", "standards", "--data", station, "--hour-label", "begin")
    assert (code, err) == (0, "")
    year = rows[1]
    keys = ("gb3095-2012", "gb3095-2026-interim", "gb3095-2026-final")
    composite = [float(year[f"composite_{key}"]) for key in keys]
    assert composite == sorted(composite), "each edition is stricter"
    assert int(year[f"good_days_{keys[0]}"]) > int(year[f"good_days_{keys[1]}"])
    assert year[f"heavy_days_{keys[0]}"] == year[f"heavy_days_{keys[1]}"], "breakpoints from 150 on did not move"
    assert year[f"attains_{keys[0]}"] == "false"
    assert "PM2.5" in year[f"failing_{keys[0]}"].split(";")


def test_without_a_standard_the_one_in_force_is_named(capsys: pytest.CaptureFixture[str], station: Path):
    _code, _rows, err = run(capsys, "stats", "annual", "--data", station, "--hour-label", "begin")
    assert "gb3095-2012" in err


SAND = "area,start,end,decided_by,document\n{area},2024-04-01T00:00,2024-04-03T00:00,{who},测试第1号\n"


@pytest.mark.parametrize(("area", "days"), [("*", 2), ("云溪一中", 2), ("别处", 0)])
def test_declared_hours_of_sand_leave_the_particles(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, station: Path, area: str, days: int
):
    periods = tmp_path / "sand.csv"
    periods.write_text(SAND.format(area=area, who="总站"), encoding="utf-8")
    common = ("stats", "annual", "--data", station, "--hour-label", "begin", "--standard", "gb3095-2012")
    _code, raw, _err = run(capsys, *common)
    _code, without, _err = run(capsys, *common, "--without-sand", periods)
    lost = {
        row["pollutant"]: int(row["valid_days"]) - int(other["valid_days"])
        for row, other in zip(raw, without, strict=True)
        if row["year"] == "2024"
    }
    assert lost == {"SO2": 0, "NO2": 0, "PM10": days, "PM2.5": days, "CO": 0, "O3": 0}


@pytest.mark.parametrize(
    ("verb", "text", "words"),
    [
        ("daily", SAND.format(area="*", who="总站"), "AQI"),
        ("annual", SAND.format(area="*", who=""), "sand.csv 第2行"),
        ("annual", SAND.format(area="*", who="x").replace("04-03", "03-03"), "sand.csv 第2行"),
        ("annual", SAND.format(area="*", who="x").replace("2024-04-01T", "4月1日"), "sand.csv 第2行"),
        ("rank", SAND.replace("decided_by,", ""), "decided_by"),
    ],
)
def test_a_bad_list_of_sand_is_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    station: Path,
    verb: str,
    text: str,
    words: str,
):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    periods = tmp_path / "sand.csv"
    periods.write_text(text, encoding="utf-8")
    arguments = ("--data", station, "--hour-label", "begin", "--without-sand", periods)
    code, rows, err = run(capsys, "stats", verb, *arguments)
    assert (code, rows) == (1, [])
    assert words in err


@pytest.mark.parametrize("verb", ["annual", "daily", "rank", "standards"])
def test_bad_data_print_one_line_and_nothing_else(capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: str):
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + "1,2024,5,1,0,1,2,-7,4,5,6,1,N,站\n", encoding="utf-8")
    code, rows, err = run(capsys, "stats", verb, "--data", path, "--hour-label", "begin")
    assert (code, rows) == (1, [])
    assert err.count("\n") == 1
    assert "bad.csv" in err
    assert "SO2" in err


def test_the_hour_label_is_never_assumed(capsys: pytest.CaptureFixture[str], station: Path):
    with pytest.raises(SystemExit) as usage:
        main(["stats", "annual", "--data", str(station)])
    assert usage.value.code == 2
    assert "--hour-label" in capsys.readouterr().err


def test_aqi_of_a_feed(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "feed.csv"
    path.write_text(FEED, encoding="utf-8")
    code, rows, _err = run(capsys, "aqi", path, "--o3", "published")
    assert code == 0
    added = [(row["aqi_calc"], row["class_calc"], row["primary_calc"]) for row in rows]
    assert added[0] == ("55", "良", "O3")
    assert added[1] == ("", "", "")
    assert added[2] == ("", "", ""), "HJ 633-2026: incomplete and not above 100"
    assert added[3] == ("101", "轻度污染", "PM2.5")
    _code, rows, _err = run(capsys, "aqi", path)
    assert rows[0]["aqi_calc"] == "75", "the hour's own ozone, as released later"
    assert rows[0]["pm10"] == "45", "the feed's columns stay"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("pm10_24h", "pm10"), "重复"),
        (("o3_24h", "x"), "o3_24h"),
        (("0.8,180", "-0.8,180"), "co"),
        (("T001,2017", "T001,x017"), "时间"),
        (("180,164", "180"), "字段"),
    ],
)
def test_a_bad_feed_is_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    words: str,
):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    path = tmp_path / "feed.csv"
    path.write_text(FEED.replace(*change, 1), encoding="utf-8")
    code, rows, err = run(capsys, "aqi", path, "--o3", "published")
    assert (code, rows) == (1, [])
    assert words in err
    assert "feed.csv" in err


@pytest.mark.shared
def test_the_national_feed_is_met(capsys: pytest.CaptureFixture[str]):
    paths = sorted((SHARED / "data" / "cnemc_feed").glob("*.csv.gz"))
    if not paths:
        require("shared", "the published feed (../shared/data/cnemc_feed) is not here")
    for path in paths:
        _code, rows, _err = run(capsys, "aqi", path, "--o3", "published")
        known = [row for row in rows if row["aqi"]]
        assert sum(row["aqi"] == row["aqi_calc"] for row in known) >= 0.999 * len(known)
        assert sum(row["quality"] == row["class_calc"] for row in known) >= 0.999 * len(known)

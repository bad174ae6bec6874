"""``lantian qc``: columns, labels, what the reader refuses elsewhere, the effect."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lantian.analysis.observations import RefusedCell, read_observations
from lantian.cli.main import main
from lantian.lake import Lake
from tests.analysis.network import network

LONG = "station,time,pollutant,value,unit\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A PRSA-like file for each of five stations; at the second PM10 stands still for nine hours."""
    folder = tmp_path_factory.mktemp("network")
    data = network(4, days=60, stations=5)
    data.values["PM10"][1, 500:509] = 133.0
    found = []
    for row, station in enumerate(data.stations):
        lines = ["year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,station"]
        for hour in range(data.days * 24):
            day = np.datetime64(data.first_day) + hour // 24
            year, month, number = str(day).split("-")
            cells = [data.values[name][row, hour] for name in ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")]
            cells[4] *= 1000
            text = ["NA" if np.isnan(cell) else f"{cell:.0f}" for cell in cells]
            lines.append(f"{year},{int(month)},{int(number)},{hour % 24},{','.join(text)},{station}")
        path = folder / f"{row}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found.append(path)
    return found


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["qc", *(str(item) for item in arguments)])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("label", ["begin", "end"])
def test_runs_are_printed_as_the_file_labels_its_hours(
    capsys: pytest.CaptureFixture[str], files: list[Path], label: str
):
    code, out, err = run(capsys, "--data", *files, "--hour-label", label)
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["station", "pollutant", "rule", "severity", "start", "end", "hours", "value", "text"]
    stuck = [row for row in rows if row["rule"] == "Q02" and row["station"] == "北站"]
    assert [(row["start"], row["end"], row["hours"], row["value"]) for row in stuck] == [
        ("2024-01-21T20:00", "2024-01-22T04:00", "9", "133.0")
    ]
    assert rows == sorted(rows, key=lambda row: row["station"])
    assert {row["severity"] for row in rows} <= {"doubt", "invalid"}
    assert "Q02 1" in err


def test_everything_and_json(capsys: pytest.CaptureFixture[str], files: list[Path]):
    _code, out, _err = run(capsys, "--data", *files, "--hour-label", "begin", "--severity", "flag", "--format", "json")
    rows = json.loads(out)["rows"]
    assert any(row["rule"] == "Q02" and row["value"] == 133.0 for row in rows)


def test_effect(capsys: pytest.CaptureFixture[str], files: list[Path]):
    code, out, err = run(capsys, "--data", *files, "--hour-label", "begin", "--effect", "--standard", "gb3095-2012")
    assert code == 0
    assert "北站" not in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0])[:7] == ["station", "pollutant", "year", "valid", "valid_without", "mean", "mean_without"]
    row = next(row for row in rows if (row["station"], row["pollutant"], row["rule"]) == ("北站", "PM10", "Q02"))
    assert row["hours"] == "9"
    assert row["mean"] != row["mean_without"]
    assert {row["rule"] for row in rows} >= {"*", "Q02"}


def test_what_stats_refuses_is_a_finding_here(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        LONG
        + "站,2024-01-01T00:00,PM10,88,µg/m³\n"
        + "站,2024-01-01T01:00,PM10,-5,µg/m³\n"
        + "站,2024-01-01T02:00,PM10,9999,µg/m³\n"
        + "站,2024-01-01T03:00,CO,NaN,mg/m³\n"
        + "站,2024-01-01T04:00,CO,abc,mg/m³\n"
        + "站,2024-01-01T05:00,CO,900,mg/m³\n",
        encoding="utf-8",
    )
    code, out, err = run(capsys, "--data", path, "--hour-label", "begin")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    found = [(row["pollutant"], row["start"][11:], row["value"]) for row in rows if row["rule"] == "Q14"]
    assert found == [
        ("PM10", "01:00", "-5.0"),
        ("PM10", "02:00", "9999.0"),
        ("CO", "03:00", ""),
        ("CO", "04:00", ""),
        ("CO", "05:00", "900.0"),
    ]
    assert "第3行" in rows[0]["text"] or "line 3" in rows[0]["text"]
    assert "Q14 5" in err
    refused: list[RefusedCell] = []
    data = read_observations([path], "begin", refused=refused)
    assert [(cell.line, cell.printed) for cell in refused] == [
        (3, "-5"),
        (4, "9999"),
        (5, "NaN"),
        (6, "abc"),
        (7, "900"),
    ]
    assert np.isnan(data.values["PM10"][0, 1:3]).all()
    assert data.values["PM10"][0, 0] == 88


def test_an_hour_label_is_never_guessed(capsys: pytest.CaptureFixture[str], files: list[Path], tmp_path: Path):
    assert run(capsys, "--data", *files)[0] == 2
    assert run(capsys, "--lake", tmp_path, "--hour-label", "end")[0] == 2


def test_the_hours_of_a_lake(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    data = network(4, days=60, stations=5)
    data.values["PM10"][1, 500:509] = 133.0
    lake = Lake(tmp_path / "lake")
    first = datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    lake.write_hours(data.stations, "PM10", first, data.values["PM10"], unit="µg/m³", source="测试", by="测试")
    code, out, _err = run(capsys, "--lake", tmp_path / "lake")
    assert code == 0
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["rule"] == "Q02"]
    assert [(row["station"], row["start"], row["hours"]) for row in rows] == [("北站", "2024-01-21T20:00", "9")]


def test_structure_is_refused_as_ever(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(LONG + "站,2024-02-30T00:00,PM10,88,µg/m³\n", encoding="utf-8")
    code, out, err = run(capsys, "--data", path, "--hour-label", "begin")
    assert (code, out) == (1, "")
    assert "a.csv" in err

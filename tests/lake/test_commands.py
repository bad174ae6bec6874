"""`lantian lake load|compact|info` and `lantian stats --lake`: the figures of the files to the last digit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from lantian.cli.main import main
from lantian.lake import Lake
from tests.analysis.invented import write_station
from tests.conftest import SHARED, require
from tests.lake.test_hours import NEW_YEAR

VERBS = (("annual", True), ("daily", True), ("rank", True), ("standards", False))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(item) for item in arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("stations")
    begins = {"云溪一中": datetime(2023, 12, 1), "云溪植物园": datetime(2024, 2, 10)}  # noqa: DTZ001
    return [write_station(folder, name, begin, 420, 11, 0.01) for name, begin in begins.items()]


def loaded(root: Path, files: list[Path], label: str = "begin") -> list[object]:
    return ["lake", "load", "--lake", root, "--hour-label", label, "--source", "test", "--data", *files]


def same(capsys: pytest.CaptureFixture[str], root: Path, files: list[Path], label: str) -> None:
    for verb, chosen in VERBS:
        standard = ["--standard", "gb3095-2012"] if chosen else []
        code, out, _err = run(capsys, "stats", verb, "--lake", root, *standard)
        assert code == 0
        assert run(capsys, "stats", verb, "--data", *files, "--hour-label", label, *standard)[1] == out


@pytest.mark.parametrize("label", ["begin", "end"])
def test_statistics_from_the_lake_are_those_from_the_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, files: list[Path], label: str
):
    code, out, err = run(capsys, *loaded(tmp_path, files, label))
    assert (code, out) == (0, "")
    assert "2" in err
    same(capsys, tmp_path, files, label)


def test_loading_again_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path, files: list[Path]):
    run(capsys, *loaded(tmp_path, files[:1]))
    run(capsys, *loaded(tmp_path, files))
    version = Lake(tmp_path).version()
    code, _out, err = run(capsys, *loaded(tmp_path, files))
    assert code == 0
    assert " 0 " in err
    assert Lake(tmp_path).version() == version
    same(capsys, tmp_path, files, "begin")
    series = Lake(tmp_path).sql("select distinct unit, hour_label, time_zone, source, reference_state from series")
    assert sorted(map(str, series.column("unit").to_pylist())) == ["mg/m³", "µg/m³"]
    assert set(series.column("hour_label").to_pylist()) == {"begin"}
    assert set(series.column("reference_state").to_pylist()) == {None}
    code, _out, err = run(capsys, *loaded(tmp_path, files, "end"))
    assert code == 1, "the same source under another label would be stored a second time, an hour off"
    assert Lake(tmp_path).version() == version


def test_stations_can_be_chosen(capsys: pytest.CaptureFixture[str], tmp_path: Path, files: list[Path]):
    run(capsys, *loaded(tmp_path, files))
    only = run(capsys, "stats", "annual", "--lake", tmp_path, "--stations", "云溪一中")[1]
    assert only == run(capsys, "stats", "annual", "--data", files[0], "--hour-label", "begin")[1]
    code, out, err = run(capsys, "stats", "annual", "--lake", tmp_path, "--stations", "nowhere")
    assert (code, out) == (1, "")
    assert "nowhere" in err


def test_wrong_use(tmp_path: Path, files: list[Path]):
    for wrong in (
        ["stats", "annual"],
        ["stats", "annual", "--data", files[0]],
        ["stats", "annual", "--lake", tmp_path, "--hour-label", "begin"],
        ["stats", "annual", "--data", files[0], "--hour-label", "begin", "--stations", "a"],
        ["stats", "annual", "--data", files[0], "--hour-label", "begin", "--lake", tmp_path],
        ["lake", "compact", "--lake", tmp_path, "--keep-days", "0"],
        ["lake", "load", "--lake", tmp_path, "--data", files[0]],
    ):
        with pytest.raises(SystemExit) as stopped:
            main([str(item) for item in wrong])
        assert stopped.value.code == 2


def test_what_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    code, out, err = run(capsys, "stats", "annual", "--lake", tmp_path / "absent")
    assert (code, out, err.count("\n")) == (1, "", 1)
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    code, _out, err = run(capsys, *loaded(tmp_path / "lake", [tmp_path / "bad.csv"]))
    assert (code, err.count("\n")) == (1, 1)
    assert "bad.csv" in err
    assert not (tmp_path / "lake").exists()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("")
    code, _out, err = run(capsys, "lake", "info", "--lake", tmp_path / "folder")
    assert (code, err.count("\n")) == (1, 1)


@pytest.mark.parametrize("asked", [("lake", "info"), ("lake", "compact"), ("sql", "select 1 as one from hour")])
def test_a_folder_in_which_nothing_was_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: tuple[str, ...]
):
    code, _out, err = run(capsys, *asked, "--lake", tmp_path / "misspelt")
    assert code == 0
    assert "misspelt" in err.splitlines()[0]


def test_a_unit_that_nobody_confirmed_is_no_statistic(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    Lake(tmp_path).write_hours(["甲"], "PM2.5", NEW_YEAR, np.array([[35.0]]))
    code, _out, err = run(capsys, "stats", "annual", "--lake", tmp_path)
    assert code == 1
    assert "PM2.5" in err


def test_compact_and_info(capsys: pytest.CaptureFixture[str], tmp_path: Path, files: list[Path]):
    run(capsys, *loaded(tmp_path, files))
    lake = Lake(tmp_path)
    lake.write_hours(["云溪一中"], "PM2.5", NEW_YEAR.replace(year=2024), np.array([[1.0]]), by="王工")
    code, _out, err = run(capsys, "lake", "compact", "--lake", tmp_path, "--keep-days", "30")
    assert (code, err.count("\n")) == (0, 1)
    assert {item.partition["layer"] for item in lake.files().hours} == {"base"}
    code, out, _err = run(capsys, "lake", "info", "--lake", tmp_path)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "raw",
        "quarantine",
        "hours",
        "series",
        "correction",
        "review",
    ]


def test_the_beijing_stations(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    paths = sorted((SHARED / "data" / "prsa").glob("*.csv.gz"))
    if not paths:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    run(capsys, *loaded(tmp_path, paths, "end"))
    for verb in ("annual", "daily"):
        rule = ["--standard", "gb3095-2012"]
        files = run(capsys, "stats", verb, "--data", *paths, "--hour-label", "end", *rule)[1]
        assert run(capsys, "stats", verb, "--lake", tmp_path, *rule)[1] == files
    assert Lake(tmp_path).sql("select count(*) as n from observation").to_pylist() == [{"n": 2_454_305}]

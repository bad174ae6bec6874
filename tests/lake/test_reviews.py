"""Hours that a person rejected: they stay as they came, and count nowhere."""

from __future__ import annotations

import multiprocessing
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from lantian.analysis.hourly import Observations
from lantian.cli.lakedata import blocks, observations
from lantian.lake import Lake, LakeError, query
from lantian.lake.reviews import Review
from tests.analysis.invented import write_station
from tests.lake.invented import CHINA
from tests.lake.test_commands import run

FIRST = datetime(2025, 1, 1, tzinfo=CHINA)
HOURS = 24 * 20


def said(finding: str, sequence: int, low: int, high: int, state: str = "rejected", **other: object) -> Review:
    """A word on PM2.5 of 云溪一中 for the hours ``low`` … before ``high`` of 2025."""
    start, until = FIRST + timedelta(hours=low), FIRST + timedelta(hours=high)
    row = Review(finding, sequence, "云溪一中", "PM2.5", start, until, state, "王工", FIRST)  # type: ignore[arg-type]
    return replace(row, **other)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Twenty days of two stations and two factors; the value of an hour is its number."""
    lake = Lake(tmp_path / "lake")
    values = np.tile(np.arange(HOURS, dtype=float), (2, 1))
    for factor in ("PM2.5", "PM10"):
        lake.write_hours(["云溪一中", "植物园"], factor, FIRST, values, "µg/m³", "年报")
    return lake


def out(lake: Lake) -> set[int]:
    """Hours of PM2.5 of 云溪一中 that SQL does not count; the arrays say the same, and other series are whole."""
    rows = lake.sql("select station, factor, value from hour").to_pylist()
    counted = {int(row["value"]) for row in rows if (row["station"], row["factor"]) == ("云溪一中", "PM2.5")}
    found = set(range(HOURS)) - counted
    assert len(rows) == 4 * HOURS - len(found)
    hours = lake.reader(counted=True).read()
    assert hours.rejected == len(found)
    assert set(np.flatnonzero(np.isnan(hours.values["PM2.5"][0])).tolist()) == found
    assert sum(int(np.isnan(array).sum()) for array in hours.values.values()) == len(found)
    return found


def test_rejected_hours_do_not_count_and_the_values_stay(lake: Lake):
    assert out(lake) == set()
    assert lake.review([said("a", 1, 5, 8)]) == 1
    assert out(lake) == {5, 6, 7}
    assert not np.isnan(lake.hours().values["PM2.5"]).any()
    kept = lake.sql("select count(*) as n from observation where interval = 'hour'").column("n").to_pylist()
    assert kept == [4 * HOURS]
    row = lake.sql("select * from review").to_pylist()[0]
    assert (row["finding"], row["state"], row["by"]) == ("a", "rejected", "王工")
    assert (row["start"], row["until"]) == (FIRST + timedelta(hours=5), FIRST + timedelta(hours=8))


def test_the_newest_word_on_a_finding_counts_and_earlier_ones_stay_to_be_read(lake: Lake):
    lake.review([said("a", 1, 5, 8), said("b", 1, 7, 10)])
    lake.review([said("a", 2, 5, 8, "kept")])
    assert out(lake) == {7, 8, 9}, "hours stay out while another finding that holds them is rejected"
    lake.review([said("a", 3, 5, 8), said("b", 2, 7, 10, "reopened")])
    assert out(lake) == {5, 6, 7}
    assert lake.sql("select count(*) as n from review").column("n").to_pylist() == [5]


def test_a_decision_is_written_once_and_an_older_one_changes_nothing(lake: Lake):
    assert lake.review([said("a", 2, 5, 8), said("a", 1, 0, 9, "kept")]) == 2
    version = lake.version()
    assert lake.review([said("a", 2, 5, 8), said("a", 1, 5, 8, "kept")]) == 0
    assert lake.version() == version
    assert out(lake) == {5, 6, 7}


def test_an_hour_that_is_corrected_after_it_was_rejected_stays_out(lake: Lake):
    lake.review([said("a", 1, 5, 8)])
    lake.write_hours(["云溪一中"], "PM2.5", FIRST + timedelta(hours=6), np.array([[900.0]]), "µg/m³", "年报")
    assert not {6.0, 900.0} & set(lake.sql("select value from hour where station = '云溪一中' and factor = 'PM2.5'")
                                  .column("value").to_pylist())  # fmt: skip


def test_decisions_in_any_order_equal_a_plain_dictionary(lake: Lake):
    chance = random.Random(8)  # noqa: S311  # invented decisions
    plain: dict[str, Review] = {}
    for sequence in range(1, 25):
        low = chance.randrange(HOURS - 30)
        row = said(
            chance.choice("abcde"), sequence, low, low + chance.randrange(1, 30),
            chance.choice(("rejected", "rejected", "kept", "reopened")),
        )  # fmt: skip
        lake.review([row])
        plain[row.finding] = row
        if sequence % 8 == 0:
            lake.compact()
            assert len(lake.table("review").newest()) == 1
            left = [row for row in plain.values() if row.state == "rejected"]
            spans = [(row.start - FIRST, row.until - FIRST) for row in left]
            assert out(lake) == {at for at in range(HOURS) if any(a <= timedelta(hours=at) < b for a, b in spans)}
    assert lake.reviews() == plain


def test_without_decisions_nothing_is_joined(lake: Lake):
    asked = query.hours(lake.files())
    assert query.view_of("hour", lake.files()) == asked
    assert not lake.table("review").folder.exists()
    lake.review([said("a", 1, 5, 8)])
    assert query.view_of("hour", lake.files()) != query.hours(lake.files())


@pytest.mark.parametrize(
    "wrong",
    [{"state": "wrong"}, {"until": FIRST}, {"start": datetime(2025, 1, 1), "until": datetime(2025, 1, 2)}],  # noqa: DTZ001
)
def test_what_is_no_decision_is_refused_and_nothing_is_written(lake: Lake, wrong: dict[str, object]):
    with pytest.raises(LakeError):
        lake.review([said("a", 1, 5, 8), said("b", 1, 5, 8, **wrong)])  # type: ignore[arg-type]
    assert out(lake) == set()


def test_a_damaged_file_of_decisions_is_named_and_no_hour_counts_again(lake: Lake):
    lake.review([said("a", 1, 5, 8)])
    path = lake.table("review").newest()[0].path
    path.write_bytes(b"PAR1")
    for ask in (lambda: lake.reader(counted=True), lambda: lake.sql("select count(*) from hour")):
        with pytest.raises(LakeError, match="damaged or gone"):
            ask()


def _writing(root: Path, own: int) -> None:
    for sequence in range(1, 6):
        Lake(root).review([said(f"{own}", sequence, own * 10, own * 10 + sequence), said("all", sequence, 200, 203)])


def test_several_writers_at_once_lose_no_decision_and_write_none_twice(lake: Lake):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_writing, args=(lake.root, own)) for own in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    assert out(lake) == {own * 10 + at for own in range(3) for at in range(5)} | {200, 201, 202}
    rows = lake.sql("select finding, sequence from review").to_pylist()
    assert len(rows) == len({tuple(row.values()) for row in rows}) == 20


def test_a_killed_writer_that_says_everything_again_writes_each_decision_once(lake: Lake):
    context = multiprocessing.get_context("spawn")
    for wait in (1.0, 1.3, 1.7):
        writer = context.Process(target=_writing, args=(lake.root, 0))
        writer.start()
        writer.join(wait)
        writer.kill()
        writer.join()
        rows = lake.sql("select sequence from review where finding = '0' order by sequence").column("sequence")
        assert rows.to_pylist() == list(range(1, len(rows) + 1))
    _writing(lake.root, 0)
    assert out(lake) == {0, 1, 2, 3, 4, 200, 201, 202}
    assert lake.sql("select count(*) as n from review").column("n").to_pylist() == [10]


VERBS = (("annual",), ("daily",), ("rank",), ("rank", "--monthly", "PM2.5"), ("standards",))


@pytest.fixture
def year(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Path:
    """A year of two stations, loaded in two runs so that groups and names are in different orders."""
    for name, day in (("云溪植物园", 1), ("乙站", 20)):
        path = write_station(tmp_path, name, datetime(2024, 12, day), 420, 11, 0.01)  # noqa: DTZ001
        run(capsys, "lake", "load", "--lake", tmp_path / "lake", "--hour-label", "begin", "--data", path)
    return tmp_path / "lake"


def test_statistics_leave_rejected_hours_out_and_say_how_many(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, year: Path
):
    before = {verb: run(capsys, "stats", *verb, "--lake", year) for verb in VERBS}
    Lake(year).review([said("a", 1, 500, 900, station="云溪植物园", factor="O3")])
    Lake(year).review([said("b", 1, 480, 720, station="云溪植物园")])
    # The same as a lake that never had these hours.
    data, lost = observations(year, counted=True)
    assert lost > 550
    for block in blocks(
        Observations(data.stations, data.first_day, data.days, data.values, data.spans), "t", "begin", None
    ):
        Lake(tmp_path / "never").write_blocks([block])
    for verb in VERBS:
        code, text, said_so = run(capsys, "stats", *verb, "--lake", year)
        assert code == 0
        assert text == run(capsys, "stats", *verb, "--lake", tmp_path / "never")[1]
        assert text != before[verb][1]
        assert "confirmed as wrong" in said_so
        if "--monthly" not in verb:
            assert str(lost) in said_so
        assert run(capsys, "stats", *verb, "--lake", year, "--with-rejected") == before[verb]
        code, text, said_so = run(capsys, "stats", *verb, "--lake", year, "--stations", "乙站")
        assert code == 0
        assert "confirmed as wrong" not in said_so


def test_with_rejected_goes_with_a_lake(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    with pytest.raises(SystemExit):
        run(capsys, "stats", "annual", "--data", tmp_path, "--hour-label", "begin", "--with-rejected")
    assert "--with-rejected" in capsys.readouterr().err


def test_days_of_many_groups_come_by_station_whatever_the_order_they_were_loaded_in(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    chance = np.random.default_rng(3)
    lake, names = Lake(tmp_path / "lake"), [f"S{at:03d}" for at in chance.permutation(230)]
    for begin in range(0, 230, 23):
        own = names[begin : begin + 23]
        values = np.round(chance.gamma(2.0, 25.0, (len(own), 24 * 12)))
        values[chance.random(values.shape) < 0.1] = np.nan
        for factor, unit in (("PM2.5", "µg/m³"), ("O3", "µg/m³"), ("CO", "mg/m³")):
            lake.write_hours(own, factor, FIRST + timedelta(days=begin), values / 40, unit, "test")
    assert len(lake.reader().groups(["O3"])) == 3
    code, whole, _said = run(capsys, "stats", "daily", "--lake", lake.root, "--standard", "gb3095-2012")
    assert code == 0
    at_once = run(capsys, "stats", "daily", "--lake", lake.root, "--standard", "gb3095-2012", "--stations", *names)
    assert whole == at_once[1]
    assert whole.count("\n") == 230 * 12 + 1

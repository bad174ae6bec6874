"""A profile that was corrected later: raw packets decoded anew, corrections with history, twice the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lantian.ingest.gateway import recover
from lantian.ingest.journal import FileJournal
from lantian.ingest.records import REGULAR, REJECTED, pack
from lantian.ingest.redecode import redecode
from lantian.ingest.settings import Settings
from lantian.lake import Lake
from tests.ingest.running import packet

# An hour that ended long ago, whole in UTC and in China.
BEGIN = datetime(2026, 10, 11, 2, tzinfo=UTC)
DUST = (("a34004", {"Rtd": "0.035", "Flag": "N"}),)


class Site:
    """A journal, a lake and profiles in one folder."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(str(folder / "lake"), folder / "journal", profiles=folder / "profiles.json")
        self.lake = Lake(folder / "lake")
        self.folder = folder

    def profiles(self, **devices: dict[str, Any]) -> None:
        """Write the file of profiles."""
        (self.folder / "profiles.json").write_text(json.dumps({"devices": devices}), encoding="utf-8")

    def came(self, frames: Iterable[tuple[bytes, datetime]], marks: int = REGULAR) -> None:
        """Frames with their arrival are in the journal and in the lake."""
        journal = FileJournal(self.settings.journal)
        for raw, at in frames:
            journal.append([pack(int(at.timestamp() * 1e6), 1, marks, b"10.0.0.1:9", raw)])
        journal.close()
        recover(self.settings)

    def rows(self, view: str = "observation") -> list[dict[str, Any]]:
        """All that stands."""
        order = "station, factor, time, received" if view == "observation_history" else "station, factor, time"
        found: list[dict[str, Any]] = self.lake.sql(f"select * from {view} order by {order}").to_pylist()  # noqa: S608
        return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def framed(mn: str, at: datetime, **more: Any) -> bytes:
    """A frame as the journal keeps it: without its line end."""
    return packet(mn, at, **more).removesuffix(b"\r\n")


def minutes(mn: str, number: int = 60, rows: Any = DUST, **more: Any) -> list[tuple[bytes, datetime]]:
    times = [BEGIN + timedelta(minutes=turn) for turn in range(number)]
    return [(framed(mn, at, rows=rows, **more), at + timedelta(seconds=5)) for at in times]


def test_a_unit_that_was_confirmed_later_makes_the_hours_of_before(site: Site) -> None:
    site.profiles(YX1={"station": "一中"})
    site.came(minutes("YX1"))
    assert {row["unit"] for row in site.rows()} == {None}
    assert not site.lake.hours(["PM2.5"]).stations
    site.profiles(YX1={"station": "一中", "units": {"a34004": "mg/m3"}})
    counts = redecode(site.settings)
    assert (counts["packets"], counts["corrected"], counts["added"], counts["withdrawn"]) == (60, 60, 0, 0)
    assert {(row["unit"], row["value"]) for row in site.rows() if row["factor"] == "a34004"} == {("mg/m3", 0.035)}
    hours = site.lake.hours(["PM2.5"])
    assert hours.stations == ("一中",)
    assert [value for value in hours.values["PM2.5"][0] if value == value] == [pytest.approx(35.0)]
    history = [row for row in site.rows("observation_history") if row["factor"] == "a34004"]
    assert [row["unit"] for row in history[:2]] == [None, "mg/m3"], "what stood there before is kept"


def test_the_same_again_changes_nothing(site: Site) -> None:
    site.profiles(YX1={"station": "一中"})
    site.came(minutes("YX1"))
    assert not any(redecode(site.settings)[name] for name in ("corrected", "added", "withdrawn"))
    site.profiles(YX1={"station": "一中", "units": {"a34004": "ug/m3"}, "period_label": "end"})
    redecode(site.settings)
    version = site.lake.version()
    again = redecode(site.settings)
    assert not any(again[name] for name in ("corrected", "added", "withdrawn"))
    assert site.lake.version() == version


def test_what_was_read_under_a_wrong_name_is_withdrawn(site: Site) -> None:
    """And set back it stands again as it stood."""
    site.profiles(YX1={"station": "一中"})
    site.came(minutes("YX1", 3, rows=(("PM25", {"Rtd": "35", "Flag": "N"}),)))
    before = {row["factor"] for row in site.rows()}
    assert "a34004" not in before
    site.profiles(YX1={"station": "一中", "aliases": {"PM25": "a34004"}})
    counts = redecode(site.settings)
    assert (counts["added"], counts["withdrawn"]) == (3, 3)
    assert {(row["factor"], row["value"], row["quality"]) for row in site.rows()} == {
        ("a34004", 35.0, None),
        (*before, None, "withdrawn"),
    }
    site.profiles(YX1={"station": "一中"})
    counts = redecode(site.settings)
    assert (counts["corrected"], counts["withdrawn"]) == (3, 3)
    assert {(row["factor"], row["value"]) for row in site.rows()} == {(*before, 35.0), ("a34004", None)}


def test_a_corrected_label_moves_the_period(site: Site) -> None:
    hourly = (("a34004", {"Avg": "35", "Flag": "N"}),)
    frames = [(framed("YX1", BEGIN, rows=hourly, command="2061"), BEGIN + timedelta(minutes=2))]
    site.profiles(YX1={"station": "一中", "units": {"a34004": "ug/m3"}})
    site.came(frames)
    site.profiles(YX1={"station": "一中", "units": {"a34004": "ug/m3"}, "period_label": "end"})
    redecode(site.settings)
    stands = {row["time"]: row["value"] for row in site.rows() if row["source"] != "gateway"}
    assert stands[BEGIN - timedelta(hours=1)] == 35.0
    assert stands.get(BEGIN) is None


def test_an_hour_that_loses_all_its_data_has_no_datum(site: Site) -> None:
    """What it held stays in the history; the hours beside it, and one that a person had corrected, stay as they are."""
    units = {"a34004": "ug/m3"}
    site.profiles(YX1={"station": "一中", "units": units}, YX2={"station": "二中", "units": units})
    frames = minutes("YX1", 180, rows=(("a34004", {"Rtd": "35", "Flag": "N"}),))
    site.came(frames + minutes("YX2", rows=(("a34004", {"Rtd": "50", "Flag": "N"}),)))
    first, by_hand = BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=2)
    site.lake.write_hours(["一中"], "PM2.5", by_hand, np.array([[20.0]]), "µg/m³", "gateway", by="王工")
    site.profiles(
        YX1={"station": "一中", "units": units, "aliases": {"a34004": "a34002"}},
        YX2={"station": "二中", "units": units},
    )
    redecode(site.settings, since=first)
    stands = {(row["station"], row["time"]): row["value"] for row in hourly(site)}
    assert stands == {("一中", BEGIN): 35.0, ("二中", BEGIN): 50.0, ("一中", by_hand): 20.0}
    history = "select time, old_value, new_value, \"by\" from correction where factor = 'PM2.5' and interval = 'hour'"
    said = {row["time"]: (row["old_value"], row["new_value"], row["by"]) for row in site.lake.sql(history).to_pylist()}
    assert said == {first: (35.0, None, "gateway"), by_hand: (35.0, 20.0, "王工")}
    version = site.lake.version()
    redecode(site.settings, since=first)
    assert site.lake.version() == version, "the same again changes nothing"
    site.profiles(YX1={"station": "一中", "units": units}, YX2={"station": "二中", "units": units})
    redecode(site.settings, since=first)
    assert {(row["station"], row["time"]): row["value"] for row in hourly(site)}[("一中", first)] == 35.0


def hourly(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.lake.sql("select * from hour where factor = 'PM2.5'").to_pylist()
    return found


def test_packets_of_a_device_that_was_unknown_come_in(site: Site) -> None:
    site.profiles()
    site.came(minutes("YX1", 2))
    assert site.rows() == []
    site.profiles(YX1={"station": "一中"})
    assert redecode(site.settings)["added"] == 2
    assert {row["station"] for row in site.rows()} == {"一中"}


def test_a_checksum_that_was_confirmed_later_lets_packets_in(site: Site) -> None:
    frames = [(raw[:-4] + b"0000", at) for raw, at in minutes("YX1", 2)]
    site.profiles(YX1={"station": "一中"}, YX2={"station": "二中"})
    site.came(frames, marks=REJECTED)
    site.came(minutes("YX2", 1))
    assert redecode(site.settings)["added"] == 0
    site.profiles(YX1={"station": "一中", "crc": "none"}, YX2={"station": "二中"})
    assert redecode(site.settings)["added"] == 2


def test_only_the_chosen_devices_and_times(site: Site) -> None:
    site.profiles(YX1={"station": "一中"}, YX2={"station": "二中"})
    site.came(minutes("YX1", 4) + minutes("YX2", 4))
    units = {"a34004": "ug/m3"}
    site.profiles(YX1={"station": "一中", "units": units}, YX2={"station": "二中", "units": units})
    counts = redecode(site.settings, ["YX2"], BEGIN + timedelta(minutes=2))
    assert (counts["packets"], counts["corrected"]) == (2, 2)
    assert {(row["station"], row["time"].minute) for row in site.rows() if row["unit"]} == {("二中", 2), ("二中", 3)}


def test_a_later_packet_is_not_overruled_by_an_earlier_one(site: Site) -> None:
    """Two numbers of one station: decoding the earlier packet anew leaves what the later one said."""
    site.profiles(YX1={"station": "一中"}, YX2={"station": "一中"})
    (first,), (second,) = minutes("YX1", 1), minutes("YX2", 1, rows=(("a34004", {"Rtd": "99", "Flag": "N"}),))
    site.came([first, (second[0], second[1] + timedelta(seconds=20))])
    site.profiles(YX1={"station": "一中", "units": {"a34004": "ug/m3"}}, YX2={"station": "一中"})
    assert redecode(site.settings, ["YX1"])["corrected"] == 0
    assert [row["value"] for row in site.rows()] == [99.0]


def test_the_command(site: Site) -> None:
    site.profiles(YX1={"station": "一中"})
    site.came(minutes("YX1", 2))
    site.profiles(YX1={"station": "一中", "units": {"a34004": "ug/m3"}})
    command = [sys.executable, "-m", "lantian.cli", "ingest", "--lake", str(site.lake.root)]
    profiles = ["--profiles", str(site.settings.profiles)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *more], check=False, capture_output=True, text=True, env={"LANG": "en_US"})

    done = run("--redecode", *profiles, "--since", "2026-10-11T10:01")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "1 packets decoded anew: 1 rows corrected, 0 added, 0 withdrawn\n"
    assert run("--mn", "YX1").returncode == 2
    assert run("--redecode", "--since", "yesterday").returncode == 2
    assert run("--redecode", "--recover").returncode == 2

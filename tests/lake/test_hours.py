"""Hours: what is written is what is read, corrections are kept, the same again changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.lake import Lake, LakeError, hours
from lantian.lake.blocks import HourBlock
from tests.conftest import examples
from tests.lake.invented import CHINA, row, table

NAN = np.nan
NEW_YEAR = datetime(2025, 1, 1, tzinfo=CHINA)


def test_written_is_read(tmp_path: Path):
    lake = Lake(tmp_path)
    first = NEW_YEAR - timedelta(hours=2)
    done = lake.write_hours(
        ["乙", "甲"], "PM2.5", first, np.array([[1.0, 2.0, 3.0, NAN], [5.0, NAN, 7.0, 8.0]]), "µg/m³", "test"
    )
    assert (done.added, done.corrected) == (6, 0)
    found = lake.hours(["PM2.5"], date(2024, 12, 31), date(2025, 1, 1))
    assert (found.stations, found.first_day, found.days) == (("乙", "甲"), date(2024, 12, 31), 2)
    expected = np.full((2, 48), NAN)
    expected[:, 22:26] = [[1.0, 2.0, 3.0, NAN], [5.0, NAN, 7.0, 8.0]]
    np.testing.assert_array_equal(found.values["PM2.5"], expected)
    assert found.spans == ((0, 1), (0, 1))
    assert found.units == {"PM2.5": {"乙": "µg/m³", "甲": "µg/m³"}}
    assert {item.partition["year"] for item in lake.files().hours} == {"2024", "2025"}, "years are China's"
    one = lake.hours(["PM2.5"], date(2025, 1, 1), date(2025, 1, 1), ["甲", "unknown"])
    assert (one.stations, one.values["PM2.5"][0, :2].tolist()) == (("甲",), [7.0, 8.0])
    nothing = lake.hours(["SO2"], date(2025, 1, 1), date(2025, 1, 1))
    assert (nothing.stations, nothing.days) == ((), 0)


def test_the_same_again_changes_nothing(tmp_path: Path):
    lake = Lake(tmp_path)
    values = np.array([[1.0, 2.0]])
    lake.write_hours(["甲"], "O3", NEW_YEAR, values, "µg/m³", "test")
    before = lake.version()
    assert lake.write_hours(["甲"], "O3", NEW_YEAR, values, "µg/m³", "test").added == 0
    assert lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[NAN, NAN]]), "µg/m³", "test").corrected == 0
    assert lake.version() == before
    assert lake.hours(["O3"]).values["O3"][0, :2].tolist() == [1.0, 2.0], "an empty value never erases"


def test_a_correction_says_who(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[1.0, 2.0]]), "µg/m³", "test")
    done = lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[1.0, 2.5]]), "µg/m³", "test", by="王工")
    assert (done.added, done.corrected) == (0, 1)
    for _ in range(2):
        said = lake.sql('select station, factor, time, old_value, new_value, "by" from correction').to_pylist()
        assert [tuple(item.values()) for item in said] == [
            ("甲", "O3", NEW_YEAR + timedelta(hours=1), 2.0, 2.5, "王工")
        ]
        now = lake.sql("select * from observation order by time").to_pylist()
        assert [(item["interval"], item["attribute"], item["value"], item["unit"]) for item in now] == [
            ("hour", "Avg", 1.0, "µg/m³"), ("hour", "Avg", 2.5, "µg/m³"),
        ]  # fmt: skip
        lake.compact()


@pytest.mark.parametrize("folded", [True, False])
def test_an_hour_that_is_taken_back_has_no_datum_and_a_history(tmp_path: Path, folded: bool):
    lake = Lake(tmp_path)
    lake.write_hours(["甲", "乙"], "O3", NEW_YEAR, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "µg/m³", "test")
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[NAN, 2.5]]), "µg/m³", "test")
    lake.write_hours(["甲"], "CO", NEW_YEAR, np.array([[7.0]]), "mg/m³", "test")
    if folded:
        lake.compact()
    first = int(NEW_YEAR.timestamp()) // 3600
    meant = {
        ("甲", "O3", first + 1): 2.5,
        ("乙", "O3", first): 9.0,
        ("丙", "O3", first): 1.0,
        ("甲", "O3", first + 9): 1.0,
    }
    assert lake.withdraw_hours(meant, by="王工") == 1, "only where the value stands that is meant"
    for _ in range(2):
        found = lake.hours(["O3", "CO"], date(2025, 1, 1), date(2025, 1, 1))
        np.testing.assert_array_equal(found.values["O3"][:, :3], [[4.0, 5.0, 6.0], [1.0, NAN, 3.0]])
        assert found.values["CO"][1, 0] == 7.0
        assert lake.sql("select count(*) as n from hour where factor = 'O3'").to_pylist() == [{"n": 5}]
        said = lake.sql('select old_value, new_value, "by" from correction order by recorded').to_pylist()
        assert [tuple(row.values()) for row in said] == [(2.0, 2.5, None), (2.5, None, "王工")]
        lake.compact()
    version = lake.version()
    assert lake.withdraw_hours(meant) == 0
    assert lake.version() == version
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[NAN, 2.5]]), "µg/m³", "test")
    assert lake.hours(["O3"], stations=["甲"]).values["O3"][0, 1] == 2.5, "and may be written again"


def test_a_correction_written_twice_by_a_killed_writer_is_one(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[1.0]]))
    folder = lake.table("hours").folder
    original = hours._append_corrections

    def killed(*given: Any) -> None:
        original(*given)
        raise OSError("killed here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hours, "_append_corrections", killed)
        with pytest.raises(LakeError):
            lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[2.0]]))
    assert len(list(folder.rglob("*.parquet"))) == 1, "what was not committed is deleted"
    assert lake.hours().values["O3"][0, 0] == 1.0
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[2.0]]))
    assert lake.sql("select old_value, new_value from correction").to_pylist() == [{"old_value": 1.0, "new_value": 2.0}]


def test_a_key_sent_raw_and_stored_as_an_hour_counts_once(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(4.0, station="甲", factor="O3", attribute="Avg", interval="hour", time=NEW_YEAR)]))
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[5.0]]))
    assert lake.sql("select value from observation").to_pylist() == [{"value": 5.0}]


def test_nothing_is_assumed_of_a_series(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.write_hours(["甲"], "CO", NEW_YEAR, np.array([[1.0]]))
    assert lake.sql("select unit, hour_label, time_zone, reference_state from series").to_pylist() == [
        {"unit": None, "hour_label": None, "time_zone": None, "reference_state": None}
    ]
    lake.write_hours(["甲"], "CO", NEW_YEAR, np.array([[1.0]]), "mg/m³", "csv", hour_label="end")
    with pytest.raises(LakeError, match=r"mg/m³"):
        lake.write_hours(["甲"], "CO", NEW_YEAR, np.array([[2.0]]), "µg/m³", "csv")
    with pytest.raises(LakeError, match="begin"):
        lake.write_hours(["甲"], "CO", NEW_YEAR, np.array([[2.0]]), "mg/m³", "csv", hour_label="begin")
    assert lake.hours(["CO"]).values["CO"][0, 0] == 1.0
    with pytest.raises(LakeError):
        lake.write_hours(["甲"], "CO", NEW_YEAR.replace(tzinfo=None), np.array([[2.0]]))
    with pytest.raises(LakeError):
        lake.write_hours(["甲"], "CO", NEW_YEAR + timedelta(minutes=5), np.array([[2.0]]))
    with pytest.raises(LakeError):
        lake.write_hours(["甲", "甲"], "CO", NEW_YEAR, np.array([[2.0], [3.0]]))


WRITES = st.lists(
    st.tuples(
        st.lists(st.sampled_from("甲乙丙丁戊"), min_size=1, max_size=3, unique=True),
        st.sampled_from(["PM2.5", "O3"]),
        st.integers(-30, 30),
        st.integers(1, 5),
        st.integers(0, 1_000_000),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=examples(12))
@given(writes=WRITES)
def test_writes_in_any_order_equal_a_plain_dictionary(tmp_path_factory: pytest.TempPathFactory, writes: list[Any]):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    stands: dict[tuple[str, str, int], float] = {}
    corrections = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hours, "STATIONS_A_PART", 2)
        for stations, factor, start, count, seed, fold in writes:
            drawn = np.random.default_rng(seed).integers(0, 4, (len(stations), count)).astype(float)
            values = np.where(drawn == 0, NAN, drawn)
            done = lake.write_hours(stations, factor, NEW_YEAR + timedelta(hours=start), values, by="甲方")
            replaced = 0
            for at, station in enumerate(stations):
                for hour, value in enumerate(values[at].tolist()):
                    if value == value:
                        replaced += stands.get((station, factor, start + hour), value) != value
                        stands[station, factor, start + hour] = value
            assert done.corrected == replaced
            corrections += replaced
            if fold:
                lake.compact()
    found = lake.hours(["PM2.5", "O3"], date(2024, 12, 30), date(2025, 1, 3))
    read = {
        (station, factor, hour - 48): value
        for factor, array in found.values.items()
        for station, line in zip(found.stations, array.tolist(), strict=True)
        for hour, value in enumerate(line)
        if value == value
    }
    assert read == stands
    seen = lake.sql("select station, factor, time, value from observation").to_pylist()
    assert {
        (item["station"], item["factor"], int((item["time"] - NEW_YEAR).total_seconds() // 3600)): item["value"]
        for item in seen
    } == stands
    assert len(seen) == len(stands)
    assert lake.sql("select * from correction").num_rows == corrections


def test_blocks_of_one_commit(tmp_path: Path):
    lake = Lake(tmp_path)
    block = HourBlock(["甲"], "SO2", NEW_YEAR, np.array([[1.0]]), None, None)
    with pytest.raises(LakeError):
        lake.write_blocks([block, block])
    assert not list((tmp_path / "hours").rglob("*.parquet")), "nothing half-written"

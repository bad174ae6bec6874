"""Hours from instants and minutes: what counts, what is left out, and late data."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lantian.ingest import drain as drain_module
from lantian.ingest.drain import Drain
from lantian.ingest.registry import Registry
from lantian.ingest.rollup import counted, roll_up
from lantian.lake import Lake
from lantian.lake.schema import OBSERVATION

HOUR = 490_000  # hours since 1970: 2025-11-24 16:00 UTC, midnight in China
BEGIN = datetime.fromtimestamp(HOUR * 3600, UTC)


def mean(**other: Any) -> dict[str, Any]:
    row = {"station": "S1", "factor": "a34004", "interval": "instant", "unit": "ug/m3", "mean": 35.0, "hour": HOUR}
    return row | {"minutes": 60} | other


def test_forty_five_minutes_make_an_hour() -> None:
    assert counted([mean(minutes=45)], {}) == {("S1", "PM2.5", HOUR): 35.0}
    assert counted([mean(minutes=44)], {}) == {}


@pytest.mark.parametrize(
    ("interval", "minutes", "counts"), [(300, 9, True), (300, 8, False), (10, 45, True), (10, 44, False)]
)
def test_a_device_that_sends_less_often_is_asked_for_less(interval: float, minutes: int, counts: bool) -> None:
    assert bool(counted([mean(minutes=minutes)], {"S1": interval})) is counts


def test_the_device_s_own_hour_goes_first() -> None:
    rows = [mean(), mean(interval="minute", mean=36.0), mean(interval="hour", mean=37.0, minutes=1)]
    assert counted(rows, {}) == {("S1", "PM2.5", HOUR): 37.0}
    assert counted(rows[:2], {}) == {("S1", "PM2.5", HOUR): 36.0}


def test_units_become_those_of_the_standard() -> None:
    assert counted([mean(unit="mg/m3", mean=0.035)], {}) == {("S1", "PM2.5", HOUR): 35.0}
    assert counted([mean(factor="a21005", unit="mg/m3", mean=1.2)], {}) == {("S1", "CO", HOUR): pytest.approx(1.2)}
    assert counted([mean(unit="ppb")], {}) == {}  # parts by volume of particles are nonsense
    assert counted([mean(unit="mg/Nm3")], {}) == {}  # and at which state they were measured no unit tells
    assert counted([mean(unit="µg")], {}) == {}


@pytest.mark.parametrize(
    ("factor", "pollutant", "unit", "sent", "expected"),
    [
        ("a05024", "O3", "ppb", 50.0, 98.1),
        ("a21004", "NO2", "ppb", 20.0, 37.6),
        ("a21026", "SO2", "ppm", 0.01, 26.2),
        ("a21005", "CO", "ppm", 1.0, 1.145),
        ("a21026", "SO2", "mg/Nm3", 0.02, 18.32),
        ("a21005", "CO", "ug/m3", 900.0, 0.9),
    ],
)
def test_gases_are_converted_at_the_reference_state_of_the_standard(
    factor: str, pollutant: str, unit: str, sent: float, expected: float
) -> None:
    """298.15 K and 1013.25 hPa: a mole is 24.465 L; at 273.15 K there is 298.15/273.15 as much in a cubic metre."""
    found = counted([mean(factor=factor, unit=unit, mean=sent)], {})
    assert found == {("S1", pollutant, HOUR): pytest.approx(expected, rel=1e-3)}


def test_what_was_sent_stays_as_it_was_sent(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    minutes(lake, value=50.0, factor="a05024", unit="ppb")
    assert roll_up(lake, [HOUR], {}) == []
    sent = lake.sql("select distinct value, unit from observation where factor = 'a05024'").to_pylist()
    assert sent == [{"value": 50.0, "unit": "ppb"}]
    hours = lake.hours(["O3"], date(2025, 11, 25), date(2025, 11, 25))
    assert float(hours.values["O3"][0][0]) == pytest.approx(98.1, rel=1e-3)
    assert hours.units["O3"] == {"S1": "µg/m³"}


def test_two_units_in_one_hour_count_for_nothing() -> None:
    assert counted([mean(), mean(unit="mg/m3")], {}) == {}


def minutes(lake: Lake, *, value: float = 35.0, number: int = 60, at: datetime = BEGIN, **other: Any) -> None:
    import pyarrow as pa

    row = {
        "station": "S1", "factor": "a34004", "attribute": "Rtd", "interval": "instant", "value": value, "unit": "ug/m3",
        "flag": "N", "quality": None, "source": "hj212", "received": at + timedelta(hours=2),
    } | other  # fmt: skip
    rows = [row | {"time": at + timedelta(minutes=n)} for n in range(number)]
    lake.append(pa.Table.from_pylist(rows, schema=OBSERVATION))


def stored(lake: Lake) -> list[float]:
    hours = lake.hours(["PM2.5"], date(2025, 11, 25), date(2025, 11, 25))
    return [float(value) for value in hours.values["PM2.5"][0] if value == value] if hours.stations else []


def test_from_packets_to_the_hour(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    minutes(lake)
    assert roll_up(lake, [HOUR], {}) == []
    assert stored(lake) == [35.0]
    version = lake.version()
    roll_up(lake, [HOUR], {})
    assert lake.version() == version  # the same again is no correction


def test_late_minutes_correct_the_hour_and_the_old_value_is_kept(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    minutes(lake, number=45)
    roll_up(lake, [HOUR], {})
    minutes(lake, value=95.0, number=15, at=BEGIN + timedelta(minutes=45))
    roll_up(lake, [HOUR], {})
    assert stored(lake) == [50.0]
    assert lake.sql("select old_value from correction").column(0).to_pylist() == [35.0]


@pytest.mark.parametrize(
    "other", [{"unit": None}, {"flag": "D"}, {"flag": None}, {"quality": "placeholder"}, {"attribute": "Max"}]
)
def test_what_does_not_count(tmp_path: Path, other: dict[str, Any]) -> None:
    lake = Lake(tmp_path / "lake")
    minutes(lake, **other)
    roll_up(lake, [HOUR], {})
    assert stored(lake) == []


def test_the_process_that_fills_the_lake_waits_for_the_hour_to_end(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    minutes(lake)
    drain = Drain(tmp_path, lake, Registry())
    now = int(time.time() // 3600)
    drain.hours = {HOUR, now}
    drain.roll_up()
    assert stored(lake) == [35.0]
    assert drain.hours == {now}


def test_a_series_in_another_unit_costs_nobody_else_theirs(tmp_path: Path) -> None:
    import numpy as np

    lake = Lake(tmp_path / "lake")
    lake.write_hours(["S2"], "PM2.5", BEGIN, np.array([[0.02]]), unit="mg/m³", source="file")
    minutes(lake)
    minutes(lake, station="S2")
    refused = roll_up(lake, [HOUR], {})
    assert len(refused) == 1
    assert refused[0].startswith("S2 PM2.5")
    hours = lake.hours(["PM2.5"], date(2025, 11, 25), date(2025, 11, 25), stations=["S1"])
    assert float(hours.values["PM2.5"][0][0]) == 35.0


def test_hours_are_made_while_devices_keep_sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look finds new records, as it does where some hundred devices send; the third ends the process."""
    made: list[bool] = []
    looks = iter([False, False, True])

    class Fed(Drain):
        def locate(self) -> int:
            return 0

        def step(self, durable: int) -> bool:
            self.position = durable
            return True

        def roll_up(self) -> None:
            made.append(True)

    def wait(orders: Any, _seconds: float) -> bool:
        orders.durable += 1
        orders.gone = next(looks)
        return False

    monkeypatch.setattr(drain_module._Orders, "wait", wait)
    drain_module._serve(Fed(tmp_path, Lake(tmp_path / "lake"), Registry()), 0.0)
    assert made

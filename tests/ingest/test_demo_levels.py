"""The demonstration's devices go on where its generated air ends: the map does not jump."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lantian.cli import demo_air
from lantian.cli.demo import data_folder
from lantian.cli.demo_devices import _UNITS as UNITS
from lantian.cli.main import main
from lantian.ingest.records import REGULAR, Record
from lantian.ingest.registry import Registry, parse
from lantian.ingest.rollup import roll_up
from lantian.ingest.rows import RowMaker
from lantian.lake import Lake
from lantian.protocols.hj212.simulate import devices

BEGIN = datetime(2026, 3, 10, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
DEVICES = 40


@pytest.fixture
def stations() -> list[tuple[str, str, str]]:
    with (data_folder() / "stations.csv").open(encoding="utf-8", newline="") as stream:
        return sorted((row["code"], row["area"], row["class"]) for row in csv.DictReader(stream))


def test_an_hour_of_packets_is_the_hour_that_is_generated(
    stations: list[tuple[str, str, str]], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    numbers = [one.mn for one in devices(DEVICES) if one.kind == "air"]
    owners = dict(zip(numbers, [code for code, _, _ in stations][-len(numbers) :], strict=True))
    by_code = {code: mn for mn, code in owners.items()}
    (tmp_path / "air").write_text(json.dumps([(*row, by_code.get(row[0])) for row in stations]), encoding="utf-8")
    options = ["--devices", str(DEVICES), "--rounds", "60", "--every", "60", "--start", BEGIN.isoformat()]
    assert main(["hj212", "simulate", *options, "--air", str(tmp_path / "air")]) == 0
    frames = capfdbinary.readouterr().out.splitlines()
    assert len(frames) == 60 * DEVICES
    profiles, _ = parse(
        json.dumps({mn: {"station": code, "units": UNITS} for mn, code in owners.items()}).encode(), "p"
    )
    registry = Registry(devices=profiles)
    arrival = int(BEGIN.timestamp() + 3600) * 1_000_000
    records = [Record(0, arrival, 1, REGULAR, "", frame) for frame in frames]
    lake = Lake(tmp_path / "lake")
    lake.append(RowMaker(registry.device, registry.profile).make(records).observation)
    assert roll_up(lake, [int(BEGIN.timestamp()) // 3600], {}) == []
    generated = demo_air.generate(stations, BEGIN, 1)
    stored = lake.sql("select station, factor, value from hour").to_pylist()
    measured = {(row["station"], row["factor"]): row["value"] for row in stored}
    codes = [code for code, _, _ in stations]
    expected = {
        (code, factor): values[codes.index(code), 0]
        for factor, values in generated.items()
        for code in owners.values()
        if not np.isnan(values[codes.index(code), 0])
    }
    assert set(measured) == set(expected)
    assert len(expected) > len(owners), "several pollutants"
    for key, value in expected.items():
        assert measured[key] == pytest.approx(value, rel=0.06, abs=0.6), key


def test_a_file_of_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content in ("[1]", "{}x", '[["QL1", "000000001", "micro", null]]'):
        (tmp_path / "air").write_text(content, encoding="utf-8")
        assert main(["hj212", "simulate", "--air", str(tmp_path / "air")]) == 2
        assert "--air" in capsys.readouterr().err

"""The file of device profiles: read again when it changes; what is wrong in it costs nobody else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lantian.ingest.registry import Device, Registry, RegistryError, parse

YAML = """
devices:
  YX0001:
    station: 云溪一中
    password: "654321"
    interval: 60
    crc: modbus
    units: {a34004: µg/m³}
  YX0002:
"""


def test_yaml_and_json_say_the_same() -> None:
    devices, problems = parse(YAML.encode(), "devices.yaml")
    first = devices["YX0001"]
    assert (first.station, first.password, first.interval) == ("云溪一中", "654321", 60)
    assert (first.profile.crc, first.profile.units) == ("modbus", {"a34004": "µg/m³"})
    assert devices["YX0002"] == Device("YX0002", "YX0002")
    assert not problems
    entry = {"station": "云溪一中", "password": "654321", "interval": 60, "crc": "modbus", "units": {"a34004": "µg/m³"}}
    assert parse(json.dumps({"YX0001": entry}).encode(), "devices.json")[0]["YX0001"] == first


@pytest.mark.parametrize(
    ("entry", "field"),
    [({"crc": "crc32"}, "crc"), ({"intervall": 60}, "intervall"), ({"interval": -1}, "interval"), ([], "YX9"),
     ({"password": 123456}, "password"), ({"station": ["a"]}, "station")],
)  # fmt: skip
def test_a_bad_entry_is_named_and_costs_only_itself(entry: object, field: str) -> None:
    devices, problems = parse(json.dumps({"YX9": entry, "YX2": {}}).encode(), "d.json")
    assert list(devices) == ["YX2"]
    assert len(problems) == 1
    assert problems[0].startswith("YX9: ")
    assert field in problems[0]


@pytest.mark.parametrize("data", [b"{", b"[]", b"devices: [1]", b"a: [", b"\xff\xfe{"])
def test_a_file_that_is_no_register_is_refused(data: bytes) -> None:
    with pytest.raises(RegistryError, match=r"d\.json"):
        parse(data, "d.json")


def test_known_devices_stay_known_while_the_file_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    registry = Registry(path)
    assert not registry.refresh()  # not written yet
    path.write_text('{"YX1": {}}', encoding="utf-8")
    assert registry.refresh()
    assert not registry.refresh()
    path.write_text('{"YX1": {}', encoding="utf-8")
    with pytest.raises(RegistryError):
        registry.refresh()
    assert registry.device("YX1") == Device("YX1", "YX1")
    draft = tmp_path / "new"
    draft.write_text('{"YX2": {}}', encoding="utf-8")
    os.replace(draft, path)
    assert registry.refresh()
    assert registry.device("YX1") is None
    assert registry.device("YX2")


def test_unknown_devices_are_stations_only_where_that_was_asked_for() -> None:
    assert Registry().device("YX1") is None
    assert Registry(accept_unknown=True).device("YX1") == Device("YX1", "YX1")
    assert Registry(accept_unknown=True).device("") is None

"""One gateway and real sockets: what is answered, what is stored where, and that everything is counted."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lantian.ingest.journal import read
from lantian.ingest.records import REJECTED
from lantian.protocols.hj212 import decode
from lantian.protocols.hj212.encode import message, upload
from lantian.protocols.hj212.times import qn, stamp
from tests.conftest import SHARED, require
from tests.ingest.running import Gateway, gateway, hours_away, now, packet, raw, seen, until

KEY = "30303030303030303030303030303030"
DEVICES: dict[str, dict[str, Any]] = {
    "YX01": {"station": "云溪一中", "interval": 60, "units": {"a34004": "µg/m³"}},
    "YX02": {"password": "654321"},
    "YX03": {"crc": "modbus"},
    "YX04": {"period_label": "end", "minutes": 5, "aliases": {"PM25": "a34004"}},
    "ZB00000003": {"sm4_key_hex": KEY},
    "YX05": {"sm4_key_hex": KEY, "version": "2025"},
    **{f"YX{number}": {} for number in range(10, 40)},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for the tests of this module; each uses devices of its own."""
    folder = tmp_path_factory.mktemp("gateway")
    profiles = folder / "devices.json"
    profiles.write_text(json.dumps({"devices": DEVICES}, ensure_ascii=False), encoding="utf-8")
    with gateway(folder, "--profiles", str(profiles)) as one:
        yield one


def settled(one: Gateway) -> dict[str, Any]:
    """devices.json after everything acknowledged so far is in the lake."""
    size = sum(path.stat().st_size for path in one.journal.glob("*.journal"))
    until(lambda: one.health()["position"] >= size, "devices.json has the last packet")
    until(lambda: drained(one) >= size, "the lake has the last packet")
    until(lambda: one.health()["lake_lag_seconds"] == 0, "the counts of the lake are known")
    return one.health()


def drained(one: Gateway) -> int:
    try:
        return int(json.loads((one.journal / "drained.json").read_bytes())["position"])
    except FileNotFoundError:
        return 0


def rows_of(one: Gateway, station: str) -> list[dict[str, Any]]:
    settled(one)
    return seen(one.lake, station=station)


def test_a_packet_is_answered_and_stored_with_its_confirmed_unit(running: Gateway) -> None:
    device, at = running.connect(), now()
    answer = device.ask(packet("YX01", at))
    assert f"QN={qn(at)};ST=91;CN=9014;PW=123456;MN=YX01;Flag=4;CP=&&&&".encode() in answer
    assert decode(answer + b"\r\n")[0].outcome == "accept"
    rows = {row["factor"]: row for row in rows_of(running, "云溪一中")}
    assert sorted(rows) == ["a34002", "a34004"]
    assert (rows["a34004"]["value"], rows["a34004"]["unit"], rows["a34004"]["flag"]) == (35.5, "µg/m³", "N")
    assert (rows["a34002"]["unit"], rows["a34002"]["quality"]) == (None, None)
    assert (rows["a34004"]["interval"], rows["a34004"]["time"]) == ("instant", at)
    device.close()


def test_no_answer_where_none_is_wanted(running: Gateway) -> None:
    device = running.connect()
    device.send(packet("YX10", answer=False))
    later = now() + timedelta(seconds=1)
    assert f"QN={qn(later)}".encode() in device.ask(packet("YX10", later))
    assert len(rows_of(running, "YX10")) == 4
    device.close()


def test_split_glued_and_dirty_bytes_give_the_same(running: Gateway) -> None:
    device, start = running.connect(), now()
    frames = [packet("YX11", start + timedelta(seconds=turn)) for turn in range(5)]
    for byte in frames[0]:
        device.send(bytes([byte]))
    assert device.answer()
    device.send(b"+++AT\r\n\0\0login" + frames[1] + frames[2].rstrip() + frames[3] + b"noise" + frames[4])
    assert all(device.answer() for _ in range(4))
    assert len(rows_of(running, "YX11")) == 10
    assert running.health()["counts"]["noise_bytes"] >= len(b"+++ATloginnoise")
    device.close()


def test_a_wrong_checksum_is_never_answered_and_never_closes(running: Gateway) -> None:
    device, at = running.connect(), now()
    before = settled(running)["counts"].get("rejected", 0)
    good = packet("YX12", at)
    device.send(good.replace(b"35.5", b"36.5"))
    device.send(b"##9999QN=short;CP=&&&&0000\r\n")
    assert f"QN={qn(at)}".encode() in device.ask(good)
    assert [row["value"] for row in rows_of(running, "YX12") if row["factor"] == "a34004"] == [35.5]
    until(lambda: running.health()["counts"].get("rejected", 0) >= before + 2, "both are counted")
    kept = [one for one in read(running.journal, 0, 1 << 40) if one.marks & REJECTED]
    assert any(b"36.5" in one.raw for one in kept)  # raw, for audit
    device.close()


def test_a_repeat_is_answered_again_and_stored_once(running: Gateway) -> None:
    device, frame = running.connect(), packet("YX13")
    first = device.ask(frame)
    again = running.connect()
    assert again.ask(frame) == first
    assert device.ask(frame) == first
    settled(running)
    assert len([row for row in raw(running.lake) if row["station"] == "YX13"]) == 2
    assert running.health()["devices"]["YX13"]["counts"] == {"accepted": 1, "repeated": 2}
    device.close()
    again.close()


def test_an_unknown_device_is_answered_and_kept_in_quarantine(running: Gateway) -> None:
    device = running.connect()
    assert b"CN=9014" in device.ask(packet("STRANGER1"))
    assert rows_of(running, "STRANGER1") == []
    (row, other) = [row for row in raw(running.lake, "quarantine") if row["station"] == "STRANGER1"]
    assert (row["quality"], other["quality"]) == ("unknown-device", "unknown-device")
    entry = running.health()["devices"]["STRANGER1"]
    assert (entry["known"], entry["counts"]) == (False, {"accepted": 1})
    device.close()


@pytest.mark.parametrize(("mn", "hours", "kept"), [("YX14", 8, False), ("YX15", -8, True), ("YX16", -9000, False)])
def test_a_clock_that_cannot_be_right_keeps_data_out(running: Gateway, mn: str, hours: float, kept: bool) -> None:
    device = running.connect()
    assert device.ask(packet(mn, hours_away(hours)))
    assert bool(rows_of(running, mn)) is kept
    out = [row for row in raw(running.lake, "quarantine") if row["station"] == mn]
    assert {row["quality"] for row in out} == (set() if kept else {"clock"})
    assert running.health()["devices"][mn]["clock_offset_seconds"] == pytest.approx(hours * 3600, abs=30)
    device.close()


def test_what_is_no_number_has_no_value_and_what_is_doubtful_says_so(running: Gateway) -> None:
    rows = [
        ("a34004", {"Rtd": "NaN", "Flag": "D"}), ("a34002", {"Rtd": "9999"}), ("a21026", {"Rtd": "-3.2"}),
        ("a01001", {"Rtd": "-12.5"}), ("a21004", {"Rtd": "--"}), ("a05024", {"Rtd": "", "Flag": "B"}),
    ]  # fmt: skip
    device = running.connect()
    assert device.ask(packet("YX17", rows=rows))
    regular = [("a34002", {"Rtd": "-9999"}), ("a21026", {"Rtd": "-3"}), ("a01001", {"Rtd": "-12"})]
    assert device.ask(packet("YX18", rows=regular))
    found = {row["factor"]: (row["value"], row["quality"]) for row in rows_of(running, "YX17")}
    assert found == {
        "a34004": (None, "not-a-number: NaN"), "a34002": (9999.0, "placeholder"), "a21026": (-3.2, "negative"),
        "a01001": (-12.5, None), "a21004": (None, "not-a-number: --"), "a05024": (None, "not-a-number: "),
    }  # fmt: skip
    fast = {row["factor"]: (row["value"], row["quality"]) for row in rows_of(running, "YX18")}
    assert fast == {"a34002": (-9999.0, "placeholder"), "a21026": (-3.0, "negative"), "a01001": (-12.0, None)}
    counts = running.health()["lake"]
    assert (counts["not_a_number"], counts["placeholder"], counts["negative"]) == (3, 2, 2)


def test_profiles_are_used(running: Gateway) -> None:
    from lantian.protocols.hj212.profile import Profile

    device, hour = running.connect(), now().replace(minute=0, second=0)
    rows = [("PM25", {"Min": "1", "Avg": "2.5", "Max": "4", "Flag": "N"})]
    assert device.ask(packet("YX04", rows=rows, command="2061", data_time=hour))
    assert device.ask(packet("YX04", rows=rows, command="2051", data_time=hour))
    assert device.ask(packet("YX03", profile=Profile(crc="modbus")))
    encrypted = packet("YX05", profile=Profile(version="2025", sm4_key=bytes.fromhex(KEY)))
    assert b"Flag=8" in device.ask(encrypted)
    found = {(row["interval"], row["attribute"]): row for row in rows_of(running, "YX04")}
    assert set(found) == {(length, name) for length in ("hour", "minute") for name in ("Min", "Avg", "Max")}
    assert {row["factor"] for row in found.values()} == {"a34004"}
    assert found["hour", "Avg"]["time"] == hour - timedelta(hours=1)
    assert found["minute", "Avg"]["time"] == hour - timedelta(minutes=5)
    assert len(rows_of(running, "YX03")) == len(rows_of(running, "YX05")) == 2
    unconfirmed = packet("YX19", profile=Profile(crc="modbus"))
    device.send(unconfirmed)  # not before a person has confirmed it
    assert f"QN={qn(hour)}".encode() in device.ask(packet("YX19", hour))
    assert settled(running)["devices"]["YX19"]["counts"] == {"accepted": 1}
    assert running.health()["counts"]["unconfirmed"] == 1
    device.close()


def test_a_split_record_is_answered_and_stored_part_by_part(running: Gateway) -> None:
    many = [(f"e{number:05d}", {"Rtd": f"{number}", "Flag": "N"}) for number in range(10101, 10161)]
    parts = upload("YX20", "2011", now(), now(), many)
    assert len(parts) > 1
    device = running.connect()
    assert all(device.ask(part) for part in reversed(parts))
    assert len(rows_of(running, "YX20")) == len(many)
    device.close()


def test_the_clock_is_set_when_a_device_asks(running: Gateway) -> None:
    device, at = running.connect(), now()
    head = {"QN": qn(at), "ST": "39", "CN": "1013", "PW": "123456", "MN": "YX21", "Flag": "5"}
    assert b"CN=9013" in device.ask(message(head))
    request = decode(device.answer() + b"\r\n")[0]
    assert request.body
    assert (request.body.head["CN"], request.body.head["ST"], request.body.head["Flag"]) == ("1012", "39", "5")
    assert request.body.params["SystemTime"][:8] == stamp(at)[:8]
    device.close()


def test_commands_that_nobody_knows_are_stored_and_not_answered(running: Gateway) -> None:
    device, at = running.connect(), now()
    head = {"QN": qn(at), "ST": "39", "CN": "9021", "PW": "123456", "MN": "YX22", "Flag": "5"}
    device.send(message(head))
    later = at + timedelta(seconds=3)
    assert f"QN={qn(later)}".encode() in device.ask(packet("YX22", later))
    assert settled(running)["devices"]["YX22"]["commands"] == {"9021": 1, "2011": 1}
    assert any("9021" in line for line in running.errors)
    device.close()


def test_a_wrong_password_is_only_marked(running: Gateway) -> None:
    device = running.connect()
    assert device.ask(packet("YX02"))
    assert device.ask(packet("YX02", now() + timedelta(seconds=1), password="654321"))
    assert len(rows_of(running, "YX02")) == 4
    assert running.health()["devices"]["YX02"]["counts"] == {"accepted": 2, "wrong_password": 1}
    device.close()


def test_two_peers_at_once_the_second_is_kept_out(running: Gateway) -> None:
    first, second = running.connect(), running.connect("127.0.0.2")
    start = now()
    assert first.ask(packet("YX23", start))
    assert second.ask(packet("YX23", start + timedelta(seconds=1)))
    assert first.ask(packet("YX23", start + timedelta(seconds=2)))
    times = {row["time"] for row in rows_of(running, "YX23")}
    assert times == {start, start + timedelta(seconds=2)}
    assert {row["quality"] for row in raw(running.lake, "quarantine") if row["station"] == "YX23"} == {"second-peer"}
    assert running.health()["devices"]["YX23"]["second_peer"] == "127.0.0.2"
    first.close()
    until(lambda: second.ask(packet("YX23", now() + timedelta(seconds=5))), "answered")
    second.close()


def test_a_relay_speaks_for_many(running: Gateway) -> None:
    relay = running.connect()
    assert all(relay.ask(packet(f"YX{number}")) for number in range(24, 30))
    assert all(rows_of(running, f"YX{number}") for number in range(24, 30))
    relay.close()


def test_a_sender_over_its_rate_is_not_answered_and_costs_nobody_else(running: Gateway) -> None:
    device, start = running.connect(), now() - timedelta(hours=1)
    device.send(b"".join(packet("YX31", start + timedelta(seconds=turn)) for turn in range(1500)))
    other = running.connect()
    assert other.ask(packet("YX32"))
    until(lambda: running.health()["devices"].get("YX31", {}).get("counts", {}).get("limited"), "counted")
    counts = running.health()["devices"]["YX31"]["counts"]
    assert counts["accepted"] >= 1000
    assert counts["accepted"] + counts["limited"] == 1500
    device.close()
    other.close()


def test_a_device_registered_now_is_known_at_once(running: Gateway) -> None:
    device, start = running.connect(), now()
    path = running.folder / "devices.json"
    assert device.ask(packet("YXNEW", start))
    draft = running.folder / "draft"
    draft.write_text(json.dumps({"devices": {**DEVICES, "YXNEW": {}}}), encoding="utf-8")
    os.replace(draft, path)
    until(lambda: running.health()["devices"].get("YXNEW", {}).get("known"), "the register is read again")
    assert device.ask(packet("YXNEW", start + timedelta(seconds=1)))
    assert len(rows_of(running, "YXNEW")) in (2, 4)  # the first may still have been on its way
    device.close()


def test_what_the_shared_streams_expect(running: Gateway) -> None:
    path = SHARED / "domain" / "hj212-streams.jsonl"
    if not path.is_file():
        require("shared", "the streams (../shared/domain/hj212-streams.jsonl) are not here")
    wrong = []
    for line in path.read_text(encoding="utf-8").splitlines():
        stream = json.loads(line)
        device = running.connect()
        for chunk in stream["chunks_hex"]:
            device.send(bytes.fromhex(chunk))
        device.connection.shutdown(socket.SHUT_WR)
        answers = []
        while answer := device.answer():
            answers.append(answer[6:-4].decode())
        device.close()
        if answers != stream["expect"]["acks"]:
            wrong.append((stream["id"], answers))
    assert not wrong


def test_metrics_and_the_limits_of_one_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with gateway(tmp_path, "--metrics-port", str(port), "--accept-unknown", "--per-address", "2", "--idle", "2") as one:
        device, silent = one.connect(), one.connect()
        surplus = one.connect()
        assert surplus.answer() == b""  # refused
        assert device.ask(packet("YX01"))
        device.send(packet("YX01").replace(b"35.5", b"36.5") + b"\n")
        assert device.ask(packet("YX01", now() + timedelta(seconds=1)))
        silent.send(b"##0148QN=2026")
        assert silent.answer() == b""  # half a frame and then nothing: closed when the idle time is over
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as page:
            text = page.read().decode()
        lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        assert lines['lantian_ingest_packets_total{outcome="accepted"}'] == "2.0"
        assert lines['lantian_ingest_packets_total{outcome="closed:idle"}'] in ("1.0", "2.0")
        assert lines["lantian_ingest_acknowledged_total"] == "2.0"
        assert lines["lantian_ingest_crc_failures_total"] == "2.0"  # the half frame, too
        assert lines["lantian_ingest_refused_connections_total"] == "1.0"
        assert float(lines["lantian_ingest_sync_seconds_count"]) >= 1
        assert 'lantian_ingest_last_seen{mn="YX01"}' in lines
        assert one.stop() == 0
        assert len(seen(one.lake, station="YX01")) == 4  # --accept-unknown: the station is the MN
        for client in (device, silent, surplus):
            client.close()

"""``lantian hj212``: what it prints, what it counts, when it fails."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lantian.cli.main import main
from lantian.protocols.hj212 import Decoder, answers
from tests.protocols.packets import DUST, KEY, framed


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_stream_is_decoded_with_offsets_as_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "raw"
    path.write_bytes(b"noise" + framed(DUST) + framed(DUST, crc="0001"))
    assert main(["hj212", "decode", str(path)]) == 0
    said = capsys.readouterr()
    first, second = rows(said.out)
    assert (first["id"], first["outcome"], first["codes"]) == (5, "repaired", ["junk-before-header"])
    assert first["factors"]["a34002"] == {"Rtd": 88.5, "Flag": "N"}  # type: ignore[index]
    assert first["data_time"] == "2025-11-03T10:15:00+08:00"
    assert (second["id"], second["outcome"]) == (5 + len(framed(DUST)), "reject")
    assert "2 frames: accept 0, repaired 1, profile 0, reject 1" in said.err
    assert "5 bytes that belong to no frame" in said.err


def test_every_line_has_its_fate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lines"
    lines: list[object] = [
        {"id": "a", "raw": framed(DUST).decode(), "encoding": "ascii"},
        {"id": "b", "raw_hex": framed(DUST, crc="0001").hex()},
        {"id": "c", "raw_hex": "xyz"},
        {"id": "d"},
        {"id": "e", "raw": "text", "encoding": "klingon"},
        {"id": "f", "raw": framed(DUST).decode(), "profile": {"crc": "md5"}},
        {"id": "g", "raw": framed(DUST).decode() * 2},
        {"id": "h", "raw": framed(DUST).decode(), "sm4_key_hex": KEY.hex(), "profile": {"aliases": {"LA": "a50001"}}},
        [1],
    ]
    path.write_text("\n".join([*(json.dumps(line) for line in lines), "{", "", "1"]), encoding="utf-8")
    assert main(["hj212", "decode", "--jsonl", str(path)]) == 0
    said = capsys.readouterr()
    got = [(row["id"], row["outcome"]) for row in rows(said.out)]
    assert got == [
        ("a", "accept"), ("b", "reject"), ("c", "reject"), ("d", "reject"), ("e", "reject"), ("f", "reject"),
        ("g", "accept"), ("g#2", "accept"), ("h", "accept"), (9, "reject"), (10, "reject"), (12, "reject"),
    ]  # fmt: skip
    assert "7  input-unreadable" in said.err
    reasons = {row["id"]: row["reason"] for row in rows(said.out) if "reason" in row}
    assert "crc" in str(reasons["f"])


def test_what_cannot_be_read_fails_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hj212", "decode", str(tmp_path / "none")]) == 1
    (tmp_path / "p").write_text("{", encoding="utf-8")
    (tmp_path / "raw").write_bytes(framed(DUST))
    assert main(["hj212", "decode", str(tmp_path / "raw"), "--profile", str(tmp_path / "p")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_encode_writes_what_decode_read_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, lines, made = tmp_path / "raw", tmp_path / "lines", tmp_path / "made"
    raw.write_bytes(framed(DUST) * 2)
    main(["hj212", "decode", str(raw)])
    lines.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["hj212", "encode", str(lines), "-o", str(made)]) == 0
    main(["hj212", "decode", str(made)])
    first, second = rows(capsys.readouterr().out)
    assert first["factors"] == second["factors"] == rows(lines.read_text(encoding="utf-8"))[0]["factors"]
    made.unlink()
    lines.write_text(lines.read_text(encoding="utf-8") + '{"head": {"MN": "a;b"}}\n', encoding="utf-8")
    assert main(["hj212", "encode", str(lines), "-o", str(made)]) == 1
    assert "line 3" in capsys.readouterr().err
    assert not made.exists()


def test_profiles_by_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw").write_bytes(framed(DUST))
    (tmp_path / "p").write_text(
        json.dumps({"YX000000000000000000DUST": {"aliases": {"LA": "a50001"}}}), encoding="utf-8"
    )
    assert main(["hj212", "decode", str(tmp_path / "raw"), "--profile", str(tmp_path / "p")]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert "a50001" in row["factors"]  # type: ignore[operator]


def test_a_profile_is_proposed_for_every_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw").write_bytes(framed(DUST) * 3)
    assert main(["hj212", "propose", str(tmp_path / "raw")]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert (row["frames"], row["profile"]) == (3, {"crc": "hj212", "version": "2017"})


def test_simulated_packets_are_good_and_replay_changes_nothing(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["--devices", "7", "--rounds", "2", "--start", "2025-11-03T10:00:00"]
    assert main(["hj212", "simulate", *arguments]) == 0
    raw = capfdbinary.readouterr().out
    frames = Decoder(tails=True).feed(raw, final=True)
    assert [(one.outcome, one.codes) for one in frames] == [("accept", [])] * 14
    path = tmp_path / "raw"
    path.write_bytes(b"noise" + raw + b"##0400cut")
    for more in ([], ["--per-second", "10000"]):
        assert main(["hj212", "replay", str(path), *more]) == 0
        assert capfdbinary.readouterr().out == path.read_bytes()


@pytest.mark.parametrize("task", ["simulate", "replay"])
def test_sending_to_a_host_counts_the_answers(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=host, args=(server, 2 if task == "simulate" else 1), daemon=True)
        thread.start()
        path = tmp_path / "raw"
        path.write_bytes(framed(DUST) * 4)
        to = ["--to", f"127.0.0.1:{server.getsockname()[1]}"]
        given = ["--devices", "2", "--rounds", "2", "--every", "0"] if task == "simulate" else [str(path)]
        assert main(["hj212", task, *given, *to]) == 0
        thread.join(60)
    said = capsys.readouterr().err
    assert ("4 frames sent, 4 answered" in said) or ("4 answers" in said)


def host(server: socket.socket, connections: int) -> None:
    """Takes connections one after the other in threads, and answers every frame."""

    def serve(connection: socket.socket) -> None:
        decoder = Decoder()
        with connection:
            while data := connection.recv(65536):
                for frame in decoder.feed(data):
                    connection.sendall(answers.answer_to(frame) or b"")

    threads = []
    for _ in range(connections):
        connection, _ = server.accept()
        threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join(60)


@pytest.mark.parametrize("to", ["nowhere", "127.0.0.1:0", ":99999"])
def test_an_address_that_is_none_is_usage(to: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hj212", "simulate", "--to", to]) == 2
    assert "HOST:PORT" in capsys.readouterr().err


def test_a_host_that_does_not_answer_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert main(["hj212", "simulate", "--to", f"127.0.0.1:{port}"]) == 1
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize("task", ["decode", "simulate"])
def test_a_reader_that_goes_away_ends_it_quietly(task: str, tmp_path: Path) -> None:
    path = tmp_path / "raw"
    path.write_bytes(framed(DUST) * 2000)
    asked = [str(path)] if task == "decode" else ["--devices", "200", "--rounds", "20"]
    command = [sys.executable, "-m", "lantian.cli", "hj212", task, *asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert b"Errno" not in (said := running.stderr.read())
        assert b"pipe" not in said.lower()
        assert running.wait(timeout=60) == 0

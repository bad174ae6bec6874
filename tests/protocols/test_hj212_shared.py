"""Every sample beside the checkout gets the right verdict and fields; prints how many."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lantian.protocols.hj212 import Decoder, Frame, Profile, answers, decode
from lantian.protocols.hj212.body import number
from lantian.protocols.hj212.packets import Assembler, Repeats
from tests.conftest import SHARED, require

pytestmark = pytest.mark.shared
OUTCOMES = {"accept": "accept", "accept_lenient": "repaired", "accept_by_profile": "profile", "reject": "reject"}
Report = Callable[[str], None]


def rows(name: str) -> list[dict[str, Any]]:
    path = SHARED / "domain" / name
    if not path.is_file():
        require("shared", f"the samples (../shared/domain/{name}) are not here")
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}")  # noqa: T201

    return tell


def numbered(factors: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Factors as the output has them: numbers, and null with the text beside it; flags as they are."""
    made: dict[str, dict[str, Any]] = {}
    for code, values in factors.items():
        made[code] = {}
        for name, text in values.items():
            made[code][name] = text if name.lower().endswith("flag") else number(text)
            if made[code][name] is None:
                made[code][f"{name}_text"] = text
    return made


def test_samples(report: Report) -> None:
    samples = rows("hj212-samples.jsonl")
    wrong = []
    for sample in samples:
        raw = bytes.fromhex(sample["raw_hex"]) if "raw_hex" in sample else sample["raw"].encode(sample["encoding"])
        frames = decode(raw, Profile(sm4_key=bytes.fromhex(sample.get("sm4_key_hex", ""))))
        got, expected = frames[0].as_dict(sample["id"]), sample["decoded"]
        same = (
            len(frames) == 1
            and got["outcome"] == OUTCOMES[sample["expect"]]
            and got["codes"] == sample["codes"]
            and got["factors"] == numbered(expected["factors"])
            and all(got.get(key) == expected.get(key) for key in ("head", "head_other", "params", "flag"))
            and all(got.get(key) == expected.get(key) for key in ("data_time", "qn_time"))
            and ("items" not in expected or json.loads(json.dumps(got["items"])) == expected["items"])
        )
        if not same:
            wrong.append((sample["id"], got))
    report(f"hj212 samples: {len(samples) - len(wrong)} of {len(samples)} with the right verdict, codes and fields")
    assert not wrong


def test_conversations_of_the_standard(report: Report) -> None:
    steps = [step for table in rows("hj212-flows-2017.jsonl") for step in table["steps"]]
    frames = [decode(step["frame"].encode()) for step in steps]
    right = [one for one in frames if len(one) == 1 and one[0].outcome == "accept"]
    report(f"hj212 conversations of annex C: {len(right)} of {len(frames)} frames accepted")
    assert len(right) == len(frames)
    for one, step in zip(frames, steps, strict=True):
        body = one[0].body
        assert body is not None
        assert body.head["CN"] == step["cn"]


def test_answers_of_the_standard() -> None:
    """Where a host confirms data in annex C, ours is the same, byte for byte."""
    number_of = 0
    for table in rows("hj212-flows-2017.jsonl"):
        steps = table["steps"]
        for before, after in pairwise(steps):
            if (before["from"], after["from"], after["cn"]) == ("device", "host", "9014"):
                number_of += 1
                (frame,) = decode(before["frame"].encode())
                assert answers.answer_to(frame) == after["frame"].encode(), table["table"]
    assert number_of >= 15


def test_streams(report: Report) -> None:
    streams = rows("hj212-streams.jsonl")
    for stream in streams:
        expected = stream["expect"]
        frames = streamed(stream, expected)
        assert sum(one.outcome == "reject" for one in frames) == expected["rejected_frames"], stream["id"]
        made = [answers.answer_to(one) for one in frames]
        said = [one.split(b"QN=", 1)[1][:-6].decode() for one in made if one]
        assert [f"QN={one}" for one in said] == expected["acks"], stream["id"]
        assert recorded(frames) == [{**one, "factors": numbered(one["factors"])} for one in expected["records"]], (
            stream["id"]
        )
    report(f"hj212 streams: {len(streams)} with the right records, answers and rejects")


def streamed(stream: dict[str, Any], expected: dict[str, Any]) -> list[Frame]:
    secret = Profile(sm4_key=bytes.fromhex(expected.get("sm4_key_hex", "")))
    decoder = Decoder(lambda mn: secret if mn == expected.get("sm4_mn") else None)
    frames = [one for chunk in stream["chunks_hex"] for one in decoder.feed(bytes.fromhex(chunk))]
    return frames + decoder.close()


def recorded(frames: list[Frame]) -> list[dict[str, Any]]:
    """Records as a host keeps them: repeats once, parts joined, logs and heartbeats not counted."""
    joined, known, made = Assembler(), Repeats(), []
    for frame in frames:
        if not frame.usable or known.seen(frame):
            continue
        record = joined.add(frame)
        if record is None or record.missing or record.command not in ("2011", "2051", "2061", "2031"):
            continue
        stamp = frame.as_dict(0)["data_time"]
        made.append({"mn": record.mn, "cn": record.command, "data_time": stamp, "factors": record.factors})
    return made

"""``lantian hj212 decode|encode|simulate|replay|propose``: packets of monitors, outside any gateway (contracts §4)."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lantian.cli.out import write_bytes
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.protocols.hj212 import Frame, Profile

_CHUNK = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian hj212``."""
    zh = prefers_chinese()
    tasks = parser.add_subparsers(dest="task", metavar="TASK", required=True)

    def task(name: str, chinese: str, english: str) -> argparse.ArgumentParser:
        return tasks.add_parser(name, help=chinese if zh else english, description=chinese if zh else english)

    decode = task("decode", "逐帧判定并解析报文，每帧一行 JSON", "judge and read every frame, one line of JSON each")
    source = decode.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", metavar="FILE", help="原始字节流（- 为标准输入）" if zh else "a byte stream")
    source.add_argument("--jsonl", metavar="FILE", help="每行一帧的 JSON" if zh else "one frame a line, as JSON")
    decode.add_argument("--profile", metavar="FILE", help=_profile_help(zh))

    propose = task("propose", "根据收到的报文为每台设备建议档案", "propose a profile for every device of a byte stream")
    propose.add_argument("file", metavar="FILE")

    encode = task(
        "encode", "把 JSON 报文（decode 的格式）写成帧", "write frames from JSON of the form that decode prints"
    )
    encode.add_argument("file", metavar="FILE")
    encode.add_argument("-o", "--output", metavar="PATH")
    encode.add_argument("--profile", metavar="FILE", help=_profile_help(zh))

    simulate = task("simulate", "生成虚构设备的报文", "packets of invented devices")
    simulate.add_argument("--devices", type=int, default=10, metavar="N")
    simulate.add_argument(
        "--rounds", type=int, default=1, metavar="N", help="0：一直发送" if zh else "0: until it is stopped"
    )
    simulate.add_argument(
        "--every", type=_seconds, default=60.0, metavar="SECONDS", help="如 60 或 60s" if zh else "as 60 or 60s"
    )
    simulate.add_argument("--seed", type=int, default=0)
    simulate.add_argument("--start", metavar="TIME", help="ISO 8601；默认现在" if zh else "ISO 8601; default now")
    simulate.add_argument(
        "--air",
        metavar="FILE",
        help="示范城市的站点清单：其设备按生成的空气质量取值"
        if zh
        else "the demonstration's stations: levels as its air",
    )
    simulate.add_argument("--to", "--connect", metavar="HOST:PORT", help=_to_help(zh))

    replay = task("replay", "重放原始文件", "send a raw file again")
    replay.add_argument("file", metavar="FILE")
    replay.add_argument("--to", metavar="HOST:PORT", help=_to_help(zh))
    replay.add_argument("--per-second", type=float, metavar="FRAMES")


def _seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def run(args: argparse.Namespace) -> int:
    """Exit 0: done; 1: a file, a profile or a message cannot be read, or the address does not answer; 2: usage."""
    from lantian.protocols.hj212 import ProfileError
    from lantian.protocols.hj212.encode import EncodeError

    if args.task in ("simulate", "replay"):
        from lantian.cli import hj212_send

        return hj212_send.run(args)
    try:
        code: int = {"decode": _decode, "propose": _propose, "encode": _encode}[args.task](args)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise  # who read our output went away: main ends quietly
        return fail(f"{error.filename or ''}: {error.strerror or error}")
    except (ProfileError, EncodeError) as error:
        return fail(str(error))
    return code


def fail(sentence: str, code: int = 1) -> int:
    """One clear line on standard error."""
    sys.stderr.write(f"lantian hj212: {sentence}\n")
    return code


def _profile_help(zh: bool) -> str:
    return (
        "设备档案 JSON：一份档案，或以 MN 为键的若干份"
        if zh
        else "device profile as JSON: one profile, or an object of profiles by MN"
    )


def _to_help(zh: bool) -> str:
    return "发往该地址；默认写到标准输出" if zh else "send there; default: write to standard output"


def _decode(args: argparse.Namespace) -> int:
    out = sys.stdout
    out.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    summary: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    if args.jsonl:
        rows = _decoded_lines(args.jsonl, _profiles(args.profile))
    else:
        rows = _decoded_stream(args.file, _profiles(args.profile), summary)
    for row in rows:
        summary[str(row["outcome"])] += 1
        codes.update(code for code in row["codes"] if isinstance(code, str))
        out.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    _tell(summary, codes)
    return 0


def _tell(summary: Counter[str], codes: Counter[str]) -> None:
    zh = prefers_chinese()
    total = sum(summary[name] for name in ("accept", "repaired", "profile", "reject"))
    parts = [f"{name} {summary[name]}" for name in ("accept", "repaired", "profile", "reject")]
    sys.stderr.write(f"{total} 帧：{'，'.join(parts)}\n" if zh else f"{total} frames: {', '.join(parts)}\n")
    if summary["skipped"]:
        sys.stderr.write(
            f"帧外字节 {summary['skipped']}\n" if zh else f"{summary['skipped']} bytes that belong to no frame\n"
        )
    for code, number in codes.most_common():
        sys.stderr.write(f"  {number:7d}  {code}\n")


def _decoded_stream(name: str, profiles: dict[str, Profile], summary: Counter[str]) -> Iterator[dict[str, Any]]:
    from lantian.protocols.hj212 import Decoder

    decoder = Decoder(lambda mn: profiles.get(mn) or profiles.get(""), tails=True)
    with _open(name) as source:
        while chunk := source.read(_CHUNK):
            yield from (frame.as_dict(frame.offset) for frame in decoder.feed(chunk))
    yield from (frame.as_dict(frame.offset) for frame in decoder.close())
    summary["skipped"] = decoder.skipped


def _open(name: str) -> IO[bytes]:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _decoded_lines(name: str, profiles: dict[str, Profile]) -> Iterator[dict[str, Any]]:
    """Every line has its fate: one that is no frame at all is a reject that says why."""
    with _open(name) as source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            values: object = None
            try:
                values = json.loads(line)
                if not isinstance(values, dict):
                    raise ValueError("not an object")
                frames = _frames_of(values, profiles)
            except (ValueError, RecursionError) as error:
                given = values.get("id") if isinstance(values, dict) else None
                yield _unreadable(number if given is None else given, f"line {number}: {error}")
                continue
            label = values.get("id", number)
            for index, frame in enumerate(frames, 1):
                yield frame.as_dict(label if index == 1 else f"{label}#{index}")


def _unreadable(name: object, reason: str) -> dict[str, Any]:
    return {
        "id": name, "outcome": "reject", "codes": ["input-unreadable"], "reason": reason,
        "head": None, "params": None, "factors": None, "data_time": None,
    }  # fmt: skip


def _frames_of(values: dict[str, object], profiles: dict[str, Profile]) -> list[Frame]:
    from dataclasses import replace

    from lantian.protocols.hj212 import decode
    from lantian.protocols.hj212.framing import device_of
    from lantian.protocols.hj212.profile import DEFAULT, from_mapping, key_from_hex

    encoding = values.get("encoding")
    if encoding is not None and not isinstance(encoding, str):
        raise ValueError("encoding: not a text")
    raw = _raw(values, encoding)
    given = values.get("profile")
    if given is not None and not isinstance(given, dict):
        raise ValueError("profile: not an object")
    known = profiles.get(device_of(raw)) or profiles.get("") or DEFAULT
    profile = from_mapping(given) if given else known
    key = key_from_hex(values.get("sm4_key_hex"))
    return decode(raw, replace(profile, sm4_key=key) if key else profile, encoding)


def _raw(values: dict[str, object], encoding: str | None) -> bytes:
    text, digits = values.get("raw"), values.get("raw_hex")
    if isinstance(digits, str):
        return bytes.fromhex(digits)
    if not isinstance(text, str):
        raise ValueError("neither raw nor raw_hex")
    try:
        # A text that the named encoding cannot write was certainly not read by it: UTF-8 holds everything.
        return text.encode("utf-8" if encoding in (None, "ascii") else encoding)
    except LookupError:
        raise ValueError(f"encoding: {encoding!r} is not known") from None


def _profiles(name: str | None) -> dict[str, Profile]:
    """Profiles by MN; the empty MN stands for every other device."""
    from lantian.protocols.hj212.profile import ProfileError, from_mapping

    if name is None:
        return {}
    try:
        values = json.loads(Path(name).read_bytes())
    except ValueError as error:
        raise ProfileError(name, f"not JSON: {error}") from None
    if not isinstance(values, dict):
        raise ProfileError(name, "not an object")
    if values and all(isinstance(value, dict) and key not in ("aliases", "units") for key, value in values.items()):
        return {mn: from_mapping(value) for mn, value in values.items()}
    return {"": from_mapping(values)}


def _propose(args: argparse.Namespace) -> int:
    from lantian.protocols.hj212 import Decoder
    from lantian.protocols.hj212.propose import propose

    by_device: dict[str, list[Frame]] = {}
    decoder = Decoder(tails=True)
    with _open(args.file) as source:
        while chunk := source.read(_CHUNK):
            _sort_by_device(decoder.feed(chunk), by_device)
    _sort_by_device(decoder.close(), by_device)
    for mn, frames in by_device.items():
        found = propose(frames)
        row = {
            "mn": mn,
            "frames": found.frames,
            "profile": found.as_mapping(),
            "evidence": {name: f"{hint.votes}/{hint.of}" for name, hint in found.settings.items()},
            "unnamed": found.unnamed,
            "units": found.units,
            "quirks": found.quirks,
        }
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


def _sort_by_device(frames: list[Frame], by_device: dict[str, list[Frame]]) -> None:
    for frame in frames:
        kept = by_device.setdefault(frame.mn, [])
        if len(kept) < 2000:  # a day of minute records is plenty to judge by
            kept.append(frame)


def _encode(args: argparse.Namespace) -> int:
    """All or nothing: every line is written as a frame before the first byte goes out."""
    from lantian.protocols.hj212.encode import EncodeError, message
    from lantian.protocols.hj212.profile import DEFAULT, from_mapping

    profiles = _profiles(args.profile)
    frames = []
    with _open(args.file) as source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
                head = values["head"]
                profile = from_mapping(values["profile"]) if values.get("profile") else None
                profile = profile or profiles.get(head.get("MN", "")) or profiles.get("") or DEFAULT
                frames.append(message(head, values.get("params"), values.get("factors"), profile))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                what = f"no {error}" if isinstance(error, KeyError) else str(error)
                raise EncodeError(f"{args.file}, line {number}: {what}") from None
    data = b"".join(frames)
    if args.output:
        write_bytes(data, args.output)
    else:
        sys.stdout.buffer.write(data)
    return 0


def start_of(args: argparse.Namespace) -> datetime:
    """The instant of the first round; raises ValueError for a text that is no time."""
    from lantian.protocols.hj212.times import BEIJING

    if not args.start:
        return datetime.now(UTC)
    instant = datetime.fromisoformat(args.start)
    return instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)


def every_of(args: argparse.Namespace) -> timedelta:
    """The time between two rounds."""
    return timedelta(seconds=args.every)

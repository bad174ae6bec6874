"""Frames to messages: verdict, quirks and content of every frame (the form of ``lantian hj212 decode``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lantian.protocols.hj212 import times
from lantian.protocols.hj212.body import Body, parse
from lantian.protocols.hj212.framing import Framer, Span, device_of
from lantian.protocols.hj212.profile import DEFAULT, Profile

ProfileOf = Callable[[str], Profile | None]

ACCEPT, REPAIRED, BY_PROFILE, REJECT = "accept", "repaired", "profile", "reject"
# What the standard allows a data segment.
STANDARD_SEGMENT = 1024

_QN = re.compile(r"[0-9]{17}")
_ST = re.compile(r"[0-9]{2}")
_REPAIRS = ("junk-before-header", "length-", "crc-leading-zero-dropped", "sm4-printed-hex")


@dataclass(slots=True)
class Flag:
    """The Flag field: an answer is wanted; the packet is split; the version bits (0 = 2005, 1 = 2017, 2 = 2025)."""

    ack: bool
    split: bool
    version: int


@dataclass
class Frame:
    """One frame with its fate. ``usable``: the content may be stored; a frame that only a profile would admit is not
    until a person has confirmed that profile (``proposal``)."""

    offset: int
    outcome: str
    codes: list[str]
    body: Body | None
    segment: bytes
    flag: Flag | None = None
    data_time: datetime | None = None
    qn_time: datetime | None = None
    proposal: dict[str, str] = field(default_factory=dict)
    end: int = 0

    @property
    def usable(self) -> bool:
        return self.outcome in (ACCEPT, REPAIRED) or (self.outcome == BY_PROFILE and not self.proposal)

    @property
    def mn(self) -> str:
        """The device number, empty where none can be read."""
        return self.body.head.get("MN", "") if self.body else ""

    def as_dict(self, name: object) -> dict[str, object]:
        """The JSON object of contracts §4, with what else can be said (flag, qn_time, items …)."""
        body = self.body
        made: dict[str, object] = {"id": name, "outcome": self.outcome, "codes": self.codes}
        if body is None:
            return made | {"head": None, "params": None, "factors": None, "data_time": None}
        qn = body.head.get("QN", "")
        made |= {"head": body.head, "params": body.params, "factors": body.factors}
        made["data_time"] = times.iso(self.data_time)
        if body.head_other:
            made["head_other"] = body.head_other
        if self.flag:
            made["flag"] = {"ack": self.flag.ack, "split": self.flag.split, "version": self.flag.version}
        if self.qn_time:
            made["qn_time"] = times.iso(self.qn_time, len(qn))
        if "repeated-keys" in self.codes:
            made["items"] = body.items
        if body.wire:
            made["wire"] = body.wire
        if self.proposal:
            made["proposal"] = self.proposal
        return made


class Decoder:
    """Bytes of one connection or file in, frames out. One object per connection; see :class:`Framer` for ``tails``."""

    def __init__(self, profiles: ProfileOf | None = None, *, tails: bool = False, encoding: str | None = None) -> None:
        self._profiles = profiles or (lambda _mn: DEFAULT)
        self._encoding = encoding
        self._framer = Framer(profiles, tails=tails)

    @property
    def skipped(self) -> int:
        """Bytes of noise so far."""
        return self._framer.skipped

    def feed(self, chunk: bytes, *, final: bool = False) -> list[Frame]:
        """The frames that are decided by now."""
        return [self._frame(span) for span in self._framer.feed(chunk, final=final)]

    def close(self) -> list[Frame]:
        """What is left when nothing more will come."""
        return self.feed(b"", final=True)

    def _frame(self, span: Span) -> Frame:
        profile = self._profiles(device_of(span.segment)) or DEFAULT
        return frame_of(span, profile, self._encoding)


def decode(raw: bytes, profile: Profile = DEFAULT, encoding: str | None = None) -> list[Frame]:
    """The frames in ``raw`` (one, where one frame is given); bytes in which none begins give one reject."""
    frames = Decoder(lambda _mn: profile, tails=True, encoding=encoding).feed(raw, final=True)
    return frames or [Frame(0, REJECT, ["header-missing"], None, b"")]


def decode_chunks(chunks: Iterable[bytes], profiles: ProfileOf | None = None) -> Iterator[Frame]:
    """The frames of a recorded byte stream."""
    decoder = Decoder(profiles, tails=True)
    for chunk in chunks:
        yield from decoder.feed(chunk)
    yield from decoder.close()


def frame_of(span: Span, profile: Profile, encoding: str | None = None) -> Frame:
    """Judge one span and read its content."""
    codes = wire_codes(span)
    proof = span.proof
    segment = proof.plain if proof and proof.plain is not None else span.segment
    text, text_codes = _text(segment, profile.encoding or encoding)
    body = parse(text, profile.aliases) if b"=" in segment else None
    frame = Frame(span.offset, REJECT, codes, body, segment, end=span.end)
    if body is None:
        if proof is not None:
            codes.append("head-missing")
        return frame
    codes += _head_codes(body, frame) + text_codes + _time_codes(body, frame, profile) + body.codes
    if "RF" in body.head:
        codes.append("rf")
    if proof is None:
        return frame
    frame.outcome = _outcome(proof.kind, codes)
    if not proof.allowed:
        frame.proposal = {"crc": proof.kind}
    return frame


def _outcome(kind: str, codes: list[str]) -> str:
    if kind != "hj212":
        return BY_PROFILE
    return REPAIRED if any(code.startswith(_REPAIRS) for code in codes) else ACCEPT


def wire_codes(span: Span) -> list[str]:
    """The quirks of a frame's outside: length, checksum, end mark, size."""
    codes = ["junk-before-header"] if span.junk else []
    if span.digits != 4:
        codes.append(f"length-field-{span.digits}-digits")
    surplus = span.declared - len(span.segment)
    if surplus:
        codes.append(f"length-mismatch({surplus:+d})")
    proof = span.proof
    if proof is None:
        codes.append("crc-mismatch" if len(span.checksum) == 4 else "crc-missing")
    elif proof.kind == "modbus":
        codes.append("crc-is-modbus")
    elif proof.kind == "swapped":
        codes.append("crc-bytes-swapped")
    elif proof.kind == "none":
        codes.append("crc-mismatch")
    if proof is not None and proof.dropped:
        codes.append("crc-leading-zero-dropped")
    if span.checksum != span.checksum.upper():
        codes.append("crc-lower-case")
    if (span.tail and len(span.checksum) == 4) or (span.tail and proof is not None):
        codes.append(span.tail)
    if proof is not None and proof.sm4:
        codes.append("sm4-binary" if proof.sm4 == "binary" else "sm4-printed-hex")
    if len(span.segment) > STANDARD_SEGMENT:
        codes.append("over-1024")
    return codes


def _head_codes(body: Body, frame: Frame) -> list[str]:
    head, codes = body.head, []
    qn = head.get("QN")
    if qn is None:
        codes.append("no-qn")
    else:
        frame.qn_time = times.read_qn(qn)
        if not _QN.fullmatch(qn):
            codes.append("qn-format")
    flag = head.get("Flag", "")
    if not (flag.isascii() and flag.isdigit() and int(flag[:4]) < 256):
        codes.append("no-flag" if not flag else "flag-format")
    else:
        bits = int(flag)
        frame.flag = Flag(bool(bits & 1), bool(bits & 2), bits >> 2)
    if "PNUM" in head:
        codes.append("split-part")
    elif frame.flag and frame.flag.split:
        codes.append("split-bit-without-pnum")
    if "ST" in head and not _ST.fullmatch(head["ST"]):
        codes.append("st-format")
    return codes


def _text(segment: bytes, encoding: str | None) -> tuple[str, list[str]]:
    """The segment as text: strictly UTF-8, then GBK as the field writes it; the profile may turn the order round."""
    if segment.isascii():
        return segment.decode("ascii"), []
    order = ("gb18030", "utf-8") if encoding in ("gbk", "gb18030", "gb2312") else ("utf-8", "gb18030")
    for name in order:
        try:
            return segment.decode(name), ["text-gbk"] if name == "gb18030" else []
        except UnicodeDecodeError:
            continue
    return segment.decode("ascii", "backslashreplace"), ["text-undecodable"]


def _time_codes(body: Body, frame: Frame, profile: Profile) -> list[str]:
    text = body.data_time()
    if text is None:
        return []
    codes = []
    frame.data_time = times.read(text)
    if frame.data_time is None:
        codes.append("datatime-invalid")
    if len(text) != 14:
        codes.append("datatime-format")
    command = body.head.get("CN", "")
    if frame.data_time is not None and profile.period_label == "end" and command in times.PERIOD_COMMANDS:
        length = profile.period(command, times.PERIODS)
        if length is None:
            codes.append("period-length-unknown")
            frame.data_time = None
        else:
            frame.data_time -= length
    return codes

"""What devices sent last: the end of the gateway's journal (docs/gateway.md), so many bytes of it and no more.

The newest packets are what a person wants to see, and a page must not read a day's journal. Segments have no index:
reading begins somewhere in the last one, at the first place where a record's own checksum holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from lantian.apps.devices import health
from lantian.ingest import journal, records
from lantian.protocols.hj212.decode import Frame, decode
from lantian.protocols.hj212.framing import device_of
from lantian.protocols.hj212.profile import DEFAULT, Profile

READ_BYTES = 8 << 20
LONGEST = 65_600  # bytes of one frame and its envelope
PASTED = 200  # frames of one text
PASTED_BYTES = 400_000
_PASSWORD = re.compile(rb"(PW=)[^;&]*")


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it came."""

    raw: bytes
    arrival: datetime | None = None
    peer: str = ""
    rejected: bool = False
    second_peer: bool = False
    wrong_password: bool = False

    def frame(self, profile: Profile = DEFAULT) -> Frame:
        """Decoded; bytes in which no frame begins give a reject. The journal keeps no line end, so none is missed."""
        frame = decode(self.raw, profile)[0]
        if self.arrival is not None:
            frame.codes = [code for code in frame.codes if not code.startswith("tail-")]
        return frame

    @property
    def text(self) -> str:
        """As a page may show it: the password hidden, what is no text escaped."""
        shown = _PASSWORD.sub(rb"\g<1>***", self.raw)
        return shown.decode("utf-8", "backslashreplace").rstrip("\r\n")


@dataclass(slots=True)
class Stranger:
    """A device number that nobody registered, by its packets in the end of the journal."""

    packets: int = 0
    rejected: int = 0
    last: datetime | None = None


def of_device(mn: str, most: int) -> list[Packet]:
    """The newest packets of a device number, newest first; rejected ones, too, where they name it."""
    wanted = re.compile(rb"MN=\s*" + re.escape(mn.encode()) + rb"\s*[;&]")
    found = [record for record in _last() if wanted.search(record.raw, 0, 600)]
    return [_packet(record) for record in reversed(found[-most:])]


def newest(mns: Collection[str]) -> dict[str, Packet]:
    """The newest packet of each of these numbers."""
    wanted, found = set(mns), {}
    for record in _last():
        if (mn := device_of(record.raw)) in wanted:
            found[mn] = record
    return {mn: _packet(record) for mn, record in found.items()}


def numbers() -> dict[str, Stranger]:
    """Every device number in the end of the journal with how many packets it sent and how many nothing proved."""
    found: dict[str, Stranger] = {}
    for record in _last():
        if mn := device_of(record.raw):
            one = found.setdefault(mn, Stranger())
            one.packets += 1
            one.rejected += bool(record.marks & records.REJECTED)
            one.last = _when(record)
    return found


def nameless() -> Counter[str]:
    """Rejected packets that name no device, by who sent them."""
    rejected = (record for record in _last() if record.marks & records.REJECTED and not device_of(record.raw))
    return Counter(record.peer.rpartition(":")[0] or record.peer for record in rejected)


def pasted(text: str) -> list[Packet]:
    """The packets in a text that a person pasted, one or several lines; at most :data:`PASTED`."""
    data = text.encode("utf-8", "replace")[:PASTED_BYTES]
    frames = [frame for frame in decode(data) if frame.body is not None and frame.mn]
    return [Packet(data[frame.offset : frame.end]) for frame in frames[:PASTED]]


def _packet(record: records.Record) -> Packet:
    return Packet(
        record.raw, _when(record), record.peer, bool(record.marks & records.REJECTED),
        bool(record.marks & records.SECOND_PEER), bool(record.marks & records.WRONG_PASSWORD),
    )  # fmt: skip


def _when(record: records.Record) -> datetime | None:
    try:
        return datetime.fromtimestamp(record.arrival / 1e6, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _last() -> Iterator[records.Record]:
    """The records in the last :data:`READ_BYTES` of the journal, oldest first."""
    left = READ_BYTES
    chosen: list[tuple[int, Path, int]] = []
    for base, path in reversed(journal.segments(health.folder())):
        try:
            size = path.stat().st_size
        except OSError:
            continue
        chosen.append((base, path, max(0, size - left)))
        left -= size
        if left <= 0:
            break
    for base, path, skip in reversed(chosen):
        try:
            with path.open("rb") as source:
                source.seek(skip)
                data = source.read(READ_BYTES)
        except OSError:
            continue
        begin = _aligned(data) if skip else 0
        yield from records.unpack(data[begin:], base + skip + begin)


def _aligned(data: bytes) -> int:
    """Where the first record begins in bytes that start anywhere."""
    for at in range(min(len(data), LONGEST)):
        length = int.from_bytes(data[at : at + 4], "little")
        stop = at + 8 + length
        if not 14 <= length <= LONGEST or stop > len(data):
            continue
        if crc32(data[at + 8 : stop]) == int.from_bytes(data[at + 4 : at + 8], "little"):
            return at
    return len(data)

"""One record of the journal: a frame as it came, when, from whom, and what the gateway saw about it.

Layout, little endian: ``length u32 | crc32 u32`` and then ``length`` bytes, which the CRC-32 covers: ``arrival µs i64 |
connection u32 | marks u8 | size of peer u8 | peer | frame``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

# What the gateway saw of a frame; kept because it cannot be told from the bytes later.
REGULAR = 1  # declared length and HJ 212 checksum hold and nothing else is in question: read by the fast decoder
REJECTED = 2  # nothing proves it: kept raw for audit, never decoded into the lake
SECOND_PEER = 4  # another peer was sending for this device at the time
WRONG_PASSWORD = 8  # PW is not the one of the device's profile
TAKEN_UNKNOWN = 16  # not registered, taken as a station of its own name: a replay without that option takes it, too

_FRAME = struct.Struct("<II")
_HEAD = struct.Struct("<qIBB")
MAX_PAYLOAD = 1 << 20  # a frame has at most 64 KB; anything longer is damage
OVERHEAD = _FRAME.size + _HEAD.size


class Record(NamedTuple):
    """``end`` is the journal position behind the record; ``arrival`` counts microseconds since 1970 (UTC)."""

    end: int
    arrival: int
    connection: int
    marks: int
    peer: str
    raw: bytes


def pack(arrival: int, connection: int, marks: int, peer: bytes, raw: bytes) -> bytes:
    """The bytes of one record; ``peer`` is cut to 255 bytes."""
    peer = peer[:255]
    payload = _HEAD.pack(arrival, connection & 0xFFFFFFFF, marks, len(peer)) + peer + raw
    return _FRAME.pack(len(payload), crc32(payload)) + payload


def unpack(data: bytes, base: int) -> Iterator[Record]:
    """The whole records at the start of ``data``, whose first byte stands at position ``base``.

    Ends at the first record that is cut off or damaged: the last ``end`` says how far the bytes are good.
    """
    at, size = 0, len(data)
    while at + _FRAME.size <= size:
        length, checksum = _FRAME.unpack_from(data, at)
        stop = at + _FRAME.size + length
        if not _HEAD.size <= length <= MAX_PAYLOAD or stop > size:
            return
        payload = data[at + _FRAME.size : stop]
        if crc32(payload) != checksum:
            return
        arrival, connection, marks, peer_size = _HEAD.unpack_from(payload)
        body = _HEAD.size + peer_size
        if body > length:
            return
        peer = payload[_HEAD.size : body].decode("ascii", "backslashreplace")
        yield Record(base + stop, arrival, connection, marks, peer, payload[body:])
        at = stop

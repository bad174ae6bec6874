"""Invented packets, and a checksum written out bit by bit, which owes nothing to the one under test."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
AT = datetime(2025, 11, 3, 10, 15, tzinfo=BEIJING)
KEY = bytes(range(16))
DUST = (
    "QN=20251103101500123;ST=39;CN=2011;PW=123456;MN=YX000000000000000000DUST;Flag=5;"
    "CP=&&DataTime=20251103101500;a34001-Rtd=231,a34001-Flag=N;a34002-Rtd=88.5,a34002-Flag=N;LA-Rtd=61.2,LA-Flag=N&&"
)
COMMAND = "QN=20251103101500123;ST=32;CN=1062;PW=123456;MN=YX000000000000000000DUST;Flag=5;CP=&&RtdInterval=30&&"


def slow_crc(segment: bytes) -> int:
    """The standard's algorithm, a bit at a time."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ byte
        for _ in range(8):
            low = crc & 1
            crc >>= 1
            if low:
                crc ^= 0xA001
    return crc


def slow_modbus(segment: bytes) -> int:
    """CRC-16/Modbus, a bit at a time."""
    crc = 0xFFFF
    for byte in segment:
        crc ^= byte
        for _ in range(8):
            low = crc & 1
            crc >>= 1
            if low:
                crc ^= 0xA001
    return crc


def framed(segment: str | bytes, tail: bytes = b"\r\n", *, length: int | None = None, crc: str | None = None) -> bytes:
    """A frame round a segment; length and checksum right unless given."""
    data = segment.encode() if isinstance(segment, str) else segment
    declared = len(data) if length is None else length
    return b"##%04d%s%s%s" % (declared, data, (crc or f"{slow_crc(data):04X}").encode(), tail)

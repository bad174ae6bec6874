"""The checksum of HJ 212 (GB/T 16706-style polynomial 0xA001, but *not* CRC-16/Modbus), singly and over many frames.

Per byte the standard takes ``crc = (crc >> 8) ^ byte`` and then shifts eight times; the low byte of the state is thrown
away. So the state has eight bits, one step is ``crc = T[(crc >> 8) ^ byte]`` with the usual table, only 256 results can
occur, and because the byte map ``g(x) = T[x] >> 8`` is linear with ``g`` applied eight times the identity, the checksum
depends only on the XOR of all 8-byte words counted from the end. That is what makes it cheap here, and why it proves
little: a random damage passes once in 256 times, and two bytes swapped eight places apart are never noticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_POLYNOMIAL = 0xA001
_WORD = 8


def _table() -> tuple[int, ...]:
    rows = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = (crc >> 1) ^ _POLYNOMIAL if crc & 1 else crc >> 1
        rows.append(crc)
    return tuple(rows)


TABLE = _table()


def _powers() -> tuple[tuple[int, ...], ...]:
    """``g`` applied 0 … 7 times to every byte."""
    rows = [tuple(range(256))]
    for _ in range(7):
        rows.append(tuple(TABLE[value] >> 8 for value in rows[-1]))
    return tuple(rows)


_POWERS = _powers()
_FIRST = 0xFF  # the high byte of the start value 0xFFFF meets the first byte of the segment

# The only values that an HJ 212 checksum can have: anything else is another algorithm, a misprint or an edited copy.
POSSIBLE = frozenset(TABLE)
EMPTY = 0xFFFF


def hj212(segment: bytes) -> int:
    """The checksum of one data segment (``QN=`` or ``ST=`` to the last ``&&``)."""
    if not segment:
        return EMPTY
    word = int.from_bytes(segment, "big") ^ (_FIRST << (8 * (len(segment) - 1)))
    half = 1 << max(6, (8 * len(segment) - 1).bit_length() - 1)  # bits, a power of two of at least one word
    while half >= 64:
        word = (word >> half) ^ (word & ((1 << half) - 1))
        half >>= 1
    index = 0
    for power in _POWERS:
        index ^= power[word & 0xFF]
        word >>= 8
    return TABLE[index]


def modbus(segment: bytes) -> int:
    """CRC-16/Modbus, which some loggers send instead (a device profile must say so)."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc


_TABLE_ARRAY = np.array(TABLE, dtype=np.uint16)
_POWER_ARRAYS = np.array(_POWERS, dtype=np.uint8)
Checksums = npt.NDArray[np.uint16]


def many(segments: Sequence[bytes]) -> Checksums:
    """The checksums of many segments at once; none of them may be empty."""
    if not segments:
        return np.empty(0, dtype=np.uint16)
    lengths = np.fromiter(map(len, segments), dtype=np.int64, count=len(segments))
    if not lengths.all():
        raise ValueError("an empty segment has no place in a batch")
    words = -(-lengths // _WORD)
    ends = np.cumsum(words) * _WORD
    # Each segment ends where its last word ends; the zeros before it count nothing.
    data = np.frombuffer(
        bytearray(b"".join([one.rjust((len(one) + 7) & -8, b"\0") for one in segments])), dtype=np.uint8
    )
    data[ends - lengths] ^= _FIRST
    folded = np.bitwise_xor.reduceat(data.view(np.uint64), ends // _WORD - words)
    bytes_of = folded.view(np.uint8).reshape(-1, _WORD)  # in memory order: the last column is the last byte
    index = np.zeros(len(segments), dtype=np.uint8)
    for power in range(_WORD):
        index ^= _POWER_ARRAYS[power][bytes_of[:, _WORD - 1 - power]]
    return _TABLE_ARRAY[index]


_BACK = np.arange(_WORD)


def within(buffer: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Checksums:
    """The checksums of many segments that lie in one buffer, each of at least eight bytes.

    One running XOR over the buffer's words serves them all: what stands before a segment is taken off again.
    """
    words = np.zeros(len(buffer) // _WORD + 2, dtype=np.uint64)  # eight zeros first: before the buffer is nothing
    words.view(np.uint8)[_WORD : _WORD + len(buffer)] = buffer
    running = np.bitwise_xor.accumulate(words).view(np.uint8)
    last = ends[:, None] - 1 - _BACK
    before = starts[:, None] - 1 - ((starts[:, None] - 1 - last) & (_WORD - 1))
    folded = running[last + _WORD] ^ running[before + _WORD]
    index = np.bitwise_xor.reduce(_POWER_ARRAYS.ravel()[folded + _BACK * 256], axis=1)
    found: Checksums = _TABLE_ARRAY[index ^ _POWER_ARRAYS[(ends - starts - 1) & (_WORD - 1), _FIRST]]
    return found

"""UUIDv7 (RFC 9562 §5.7): ids that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> uuid.UUID:
    """A new id: 48 bits of milliseconds, a 12-bit counter inside the millisecond, 62 random bits.

    Ids of one process always rise, so rows made in one go keep their order.
    """
    global _last
    with _lock:
        milliseconds = time.time_ns() // 1_000_000
        before, count = _last
        if milliseconds > before:
            count = secrets.randbits(9)
        else:
            milliseconds, count = before, count + 1
            if count > 0xFFF:
                milliseconds, count = before + 1, 0
        _last = (milliseconds, count)
    value = milliseconds << 80 | 0x7 << 76 | count << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)

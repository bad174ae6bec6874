"""The encrypted data area of HJ 212-2025: SM4 in ECB without padding.

Whole 16-byte blocks of the text between ``CP=&&`` and ``&&`` are encrypted, the rest (fewer than 16 bytes) stays plain,
so the length does not change. The checksum is that of the plain text. Raw bytes travel; the ``{0xE4,0x3E,…}`` of the
printed examples is notation that two programs send literally, which is read and never written.
"""

from __future__ import annotations

import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK = 16
KEY_BYTES = 16
_PRINTED = re.compile(rb"\{((?:0[xX][0-9A-Fa-f]{2},?)+)\}")


def encrypt(area: bytes, key: bytes) -> bytes:
    """The data area as it travels; ``key`` has 16 bytes."""
    whole = len(area) & -BLOCK
    worker = Cipher(SM4(key), ECB()).encryptor()  # noqa: S305 - the standard names this mode
    return worker.update(area[:whole]) + worker.finalize() + area[whole:]


def decrypt(area: bytes, key: bytes) -> bytes:
    """The plain data area."""
    whole = len(area) & -BLOCK
    worker = Cipher(SM4(key), ECB()).decryptor()  # noqa: S305
    return worker.update(area[:whole]) + worker.finalize() + area[whole:]


def unprint(area: bytes) -> bytes | None:
    """The bytes behind a data area sent as ``{0xE4,0x3E,…}rest``; None where it is not of that form."""
    found = _PRINTED.match(area)
    if found is None:
        return None
    return bytes(int(one, 16) for one in found[1].split(b",") if one) + area[found.end() :]

"""What a checksum proves about a data segment: by which algorithm, and whether its data area was encrypted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lantian.protocols.hj212 import crc
from lantian.protocols.hj212.profile import Profile

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OPENING = re.compile(rb"CP\s{0,8}=\s{0,8}&&", re.IGNORECASE)


@dataclass(frozen=True)
class Proof:
    """``kind``: hj212, modbus, swapped or none; ``plain``: the segment to read where it is not the one sent; ``sm4``:
    "", "binary" or "printed"; ``dropped``: a leading zero of the checksum was not sent; ``allowed``: no person has to
    confirm anything first."""

    kind: str
    plain: bytes | None = None
    sm4: str = ""
    dropped: bool = False
    allowed: bool = True


PLAIN = Proof("hj212")


def prove(segment: bytes, sent: bytes, profile: Profile) -> Proof | None:
    """How ``sent`` (1 to 4 hexadecimal digits) proves ``segment`` for a device of this profile; None if it does not."""
    value = int(sent, 16)
    dropped = len(sent) < 4
    plain = crc.hj212(segment) == value
    if profile.sm4_key and not (plain and segment.isascii()):
        for form, area in _decrypted(segment, profile.sm4_key):
            if crc.hj212(area) == value and (not plain or (_readable(area) and not _readable(segment))):
                return Proof("hj212", area, form, dropped)
    if plain:
        return Proof("hj212", dropped=dropped) if dropped else PLAIN
    if crc.modbus(segment) == value:
        return Proof("modbus", dropped=dropped, allowed=profile.crc == "modbus")
    if not dropped and crc.hj212(segment) == (value >> 8 | (value & 0xFF) << 8):
        return Proof("swapped", allowed=profile.crc == "swapped")
    if profile.crc == "none" and not dropped:
        return Proof("none")
    return None


def _readable(data: bytes) -> bool:
    """Whether bytes are text as devices write it. The checksum carries eight bits from byte to byte, so that one of 256
    encrypted segments has that of its plain text by chance."""
    if _CONTROL.search(data):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _decrypted(segment: bytes, key: bytes) -> list[tuple[str, bytes]]:
    """The segment with its data area decrypted, as the two forms have it that are seen."""
    from lantian.protocols.hj212 import sm4

    opening = _OPENING.search(segment, 0, 1024)
    if opening is None or not segment.endswith(b"&&") or len(segment) - 2 < opening.end():
        return []
    head, area = segment[: opening.end()], segment[opening.end() : -2]
    forms = [("binary", head + sm4.decrypt(area, key) + b"&&")]
    printed = sm4.unprint(area)
    if printed is not None:
        forms.append(("printed", head + sm4.decrypt(printed, key) + b"&&"))
    return forms

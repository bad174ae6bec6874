"""Messages to frames: what a host sends, what a simulated device sends, packets split as the standard has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lantian.protocols.hj212 import crc, times
from lantian.protocols.hj212.body import HEAD_NAMES
from lantian.protocols.hj212.profile import DEFAULT, VERSIONS, Profile

# The data area of one packet may have 960 bytes in 2005, 950 since 2017.
AREA = {0: 960, 1: 950, 2: 950}
_MAX_LENGTH = 9999


class EncodeError(ValueError):
    """Something that cannot be written as a frame; the message says what."""


def frame(segment: bytes, profile: Profile = DEFAULT) -> bytes:
    """A whole frame round a plain data segment (``QN=…;CP=&&…&&``): length, checksum, line end.

    With a key in the profile the data area is encrypted; the checksum stays that of the plain segment. Raises
    EncodeError for a segment that no length field can count or that does not end in ``&&``.
    """
    if len(segment) > _MAX_LENGTH:
        raise EncodeError(f"a data segment of {len(segment)} bytes: the length field counts to {_MAX_LENGTH}")
    if not segment.endswith(b"&&"):
        raise EncodeError("a data segment ends with &&")
    checksum = crc.modbus(segment) if profile.crc == "modbus" else crc.hj212(segment)
    if profile.crc == "swapped":
        checksum = checksum >> 8 | (checksum & 0xFF) << 8
    if profile.sm4_key:
        segment = _encrypted(segment, profile.sm4_key)
    return b"##%04d%s%04X\r\n" % (len(segment), segment, checksum)


def _encrypted(segment: bytes, key: bytes) -> bytes:
    from lantian.protocols.hj212 import sm4

    head, opening, area = segment.partition(b"CP=&&")
    if not opening:
        raise EncodeError("no data area (CP=&&…&&) to encrypt")
    return head + opening + sm4.encrypt(area[:-2], key) + b"&&"


def segment(
    head: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    factors: Mapping[str, Mapping[str, object]] | None = None,
    encoding: str | None = None,
) -> bytes:
    """The data segment of a message; head fields in the standard's order, factors as ``code-attribute=value``.

    A value may be a number, a text, or None with its text under ``<attribute>_text`` (what decoding gives). Raises
    EncodeError where a name or value holds a character that would divide it.
    """
    items = [f"{_plain(key, '=;,')}={_value(text)}" for key, text in (params or {}).items()]
    for code, values in (factors or {}).items():
        pairs = [
            f"{_plain(code, '-=;,')}-{_plain(name, '=;,')}={_value(_shown(values, name))}"
            for name in values
            if not name.endswith("_text")
        ]
        if pairs:
            items.append(",".join(pairs))
    known = [name for name in HEAD_NAMES if name in head]
    fields = [f"{name}={_plain(head[name], ';')}" for name in (*known, *(name for name in head if name not in known))]
    text = f"{';'.join((*fields, 'CP=&&'))}{';'.join(items)}&&"
    try:
        return text.encode(encoding or "utf-8")
    except UnicodeEncodeError as error:
        raise EncodeError(f"{encoding} cannot write {error.object[error.start : error.end]!r}") from None


def message(
    head: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    factors: Mapping[str, Mapping[str, object]] | None = None,
    profile: Profile = DEFAULT,
) -> bytes:
    """A frame from its parts: :func:`segment` in :func:`frame`."""
    return frame(segment(head, params, factors, profile.encoding), profile)


def flag(*, answer: bool, split: bool = False, version: str = "2017") -> str:
    """The Flag field as text."""
    return str(VERSIONS[version] << 2 | split << 1 | answer)


def upload(
    device: str,
    command: str,
    at: datetime,
    data_time: datetime,
    factors: Sequence[tuple[str, Mapping[str, object]]],
    *,
    system: str = "22",
    password: str = "123456",  # noqa: S107 - the default every device leaves the factory with
    answer: bool = True,
    resent: bool = False,
    profile: Profile = DEFAULT,
) -> list[bytes]:
    """The frames that a device sends for one record: several parts, each whole in itself and with a QN of its own,
    where the factors fill more than one data area. ``at`` is the sending instant, ``data_time`` the record's."""
    version = profile.version or "2017"
    stamp = {"DataTime": times.stamp(data_time)}
    base = {"ST": system, "CN": command, "PW": password, "MN": device}
    room = AREA[VERSIONS[version]] - len(segment({}, stamp)) + len(segment({}))
    parts = _portions(factors, room)
    frames = []
    for index, portion in enumerate(parts, 1):
        head = {"QN": times.qn(at + timedelta(milliseconds=index - 1)), **base}
        head["Flag"] = flag(answer=answer, split=len(parts) > 1, version=version)
        if len(parts) > 1:
            head |= {"PNUM": str(len(parts)), "PNO": str(index)}
        if resent:
            head["RF"] = "1"
        frames.append(message(head, stamp, dict(portion), profile))
    return frames


def _portions(
    factors: Sequence[tuple[str, Mapping[str, object]]], room: int
) -> list[list[tuple[str, Mapping[str, object]]]]:
    empty = len(segment({}))
    portions: list[list[tuple[str, Mapping[str, object]]]] = [[]]
    used = 0
    for code, values in factors:
        size = len(segment({}, None, {code: values})) - empty + 1
        if portions[-1] and used + size > room:
            portions.append([])
            used = 0
        portions[-1].append((code, values))
        used += size
    return portions


def _shown(values: Mapping[str, object], name: str) -> object:
    value = values[name]
    return values.get(f"{name}_text", "") if value is None else value


def _value(value: object) -> str:
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > 3 and text.startswith("//") and text.endswith("//"):
        return text
    return _plain(text, ";,")


def _plain(text: str, forbidden: str) -> str:
    for one in (*forbidden, "&&", "\r", "\n"):
        if one in text:
            raise EncodeError(f"{text!r}: {one!r} may not stand here")
    return text

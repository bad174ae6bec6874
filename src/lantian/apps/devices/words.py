"""What pages say: states by word and shape, outcomes of packets, reasons of rejects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.core.language import chinese
from lantian.apps.devices.sent import Packet
from lantian.protocols.hj212 import commands
from lantian.protocols.hj212.body import is_text
from lantian.protocols.hj212.factors import lookup
from lantian.protocols.hj212.profile import Profile

Word = str | Promise
_MOST_FACTORS = 80
_LONGEST = 2000  # characters of one packet on a page


@dataclass(frozen=True, slots=True)
class Mark:
    """A state: shape and word; the colour only helps."""

    shape: str
    label: Word
    style: str


MARKS = {
    "online": Mark("●", gettext_lazy("on line"), "done"),
    "offline": Mark("■", gettext_lazy("off line"), "bad"),
    "never": Mark("○", gettext_lazy("never seen"), "draft"),
    "proposed": Mark("◇", gettext_lazy("to be confirmed"), "warn"),
    "maintenance": Mark("◐", pgettext_lazy("device", "in maintenance"), "run"),
    "retired": Mark("×", pgettext_lazy("device", "retired"), "draft"),
    "rubbish": Mark("▲", gettext_lazy("sends rubbish"), "warn"),
    "clock": Mark("▲", gettext_lazy("clock is wrong"), "warn"),
    "low": Mark("▲", gettext_lazy("low online rate"), "warn"),
    "repeats": Mark("▲", gettext_lazy("repeats itself"), "warn"),
    "second_peer": Mark("▲", gettext_lazy("two senders"), "bad"),
    "stuck": Mark("▲", gettext_lazy("value does not move"), "warn"),
    "units": Mark("?", gettext_lazy("units to be confirmed"), "warn"),
}
OUTCOMES = {
    "accept": Mark("●", pgettext_lazy("packet", "accepted"), "done"),
    "repaired": Mark("◐", gettext_lazy("accepted, repaired"), "run"),
    "profile": Mark("◇", gettext_lazy("by profile only"), "warn"),
    "reject": Mark("×", pgettext_lazy("packet", "rejected"), "bad"),
}
KINDS_OF_DATA = {
    "instant": gettext_lazy("real time"),
    "minute": gettext_lazy("minute data"),
    "hour": gettext_lazy("hour data"),
    "day": gettext_lazy("day data"),
}
CODES = {
    "crc-mismatch": gettext_lazy("the checksum is wrong"),
    "crc-missing": gettext_lazy("there is no checksum"),
    "crc-is-modbus": gettext_lazy("the checksum is Modbus"),
    "crc-bytes-swapped": gettext_lazy("the bytes of the checksum are swapped"),
    "crc-lower-case": gettext_lazy("the checksum is in lower case"),
    "crc-leading-zero-dropped": gettext_lazy("the checksum lost a zero"),
    "length-mismatch": gettext_lazy("the length is wrong"),
    "header-missing": gettext_lazy("no packet begins there"),
    "head-missing": gettext_lazy("there is no head"),
    "cp-missing": gettext_lazy("there is no data area"),
    "datatime-invalid": gettext_lazy("the time of the data is no date"),
    "datatime-format": gettext_lazy("the time of the data has not 14 digits"),
    "qn-format": gettext_lazy("the request number has not 17 digits"),
    "no-qn": gettext_lazy("there is no request number"),
    "no-flag": gettext_lazy("there is no Flag"),
    "text-gbk": gettext_lazy("texts are GBK"),
    "factor-2005": gettext_lazy("codes of 2005"),
    "factor-unlisted": gettext_lazy("codes that no table has"),
    "repeated-keys": gettext_lazy("a key stands twice"),
    "over-1024": gettext_lazy("longer than the standard allows"),
    "junk-before-header": gettext_lazy("rubbish before the packet"),
    "period-length-unknown": gettext_lazy("how long a minute record is, is not known"),
    "trailing-separator": gettext_lazy("a separator too many"),
    "inner-whitespace": gettext_lazy("blanks inside"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One packet as a page shows it; ``rows`` are (code, name, values)."""

    at: datetime | None
    peer: str
    mark: Mark
    notes: tuple[Word, ...]
    command: str
    data_time: datetime | None
    rows: tuple[tuple[str, str, str], ...]
    text: str


def code_word(code: str) -> Word:
    """A quirk in words; its code where there are none."""
    return CODES.get(code.partition("(")[0], code)


def factor_name(code: str) -> str:
    """What a factor is called, blank where no table has it."""
    found = lookup(code)
    return "" if found is None else found.name_zh if chinese() else found.name_en


def shown(packet: Packet, profile: Profile) -> Shown:
    """A packet decoded by the device's profile."""
    frame = packet.frame(profile)
    body = frame.body
    rows = []
    for code, attributes in list(body.factors.items())[:_MOST_FACTORS] if body else ():
        texts = [f"{name} {value}" for name, value in attributes.items() if value is not None and not is_text(name)]
        rows.append((code, factor_name(code), "  ".join(texts)))
    command = body.head.get("CN", "") if body else ""
    word = commands.name("CN", command, chinese=chinese())
    notes = [code_word(code) for code in frame.codes]
    if packet.second_peer:
        notes.append(MARKS["second_peer"].label)
    if packet.wrong_password:
        notes.append(gettext_lazy("the password differs"))
    text = packet.text
    return Shown(
        packet.arrival, packet.peer, OUTCOMES[frame.outcome], tuple(notes),
        f"{command} {word}" if word != command else command, frame.data_time, tuple(rows),
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…",
    )  # fmt: skip

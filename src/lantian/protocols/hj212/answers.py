"""What a host says back, and what it asks: acknowledgements (9014, 9013), the clock, history.

Nothing here decides *when*: a host answers only what is durable, and never a frame that its checksum does not prove.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lantian.protocols.hj212 import times
from lantian.protocols.hj212.decode import Frame
from lantian.protocols.hj212.encode import flag, message
from lantian.protocols.hj212.profile import DEFAULT, Profile

EXCHANGE = "91"  # ST of every answer
# Uploads that a host confirms with 9014.
UPLOADS = frozenset(
    ("2011", "2013", "2021", "2031", "2041", "2051", "2052", "2061", "2062", "2081", "2111", "3015", "3019", "3020")
)
HEARTBEAT = "9015"  # of 2025 and of the national surface-water stations
CALIBRATION_WANTED = "1013"
_FUTURE = timedelta(minutes=10)
_PAST = timedelta(days=365)


def answer_to(frame: Frame, profile: Profile = DEFAULT) -> bytes | None:
    """The answer to a frame: 9014 to data, 9013 to a request for calibration or a heartbeat; None where none is wanted
    (bit A of Flag is not set), where the content is not proved, and for commands that we do not know."""
    if not frame.usable or frame.body is None or frame.flag is None or not frame.flag.ack:
        return None
    head = frame.body.head
    command = head.get("CN", "")
    if command in UPLOADS:
        reply = "9014"
    elif command == HEARTBEAT:
        # The device that follows 2025 waits for 9013; the surface-water stations knew 9014 only.
        reply = "9013" if profile.version == "2025" else "9014"
    elif command == CALIBRATION_WANTED:
        reply = "9013"
    else:
        return None
    wanted = {"QN": head.get("QN", ""), "ST": EXCHANGE, "CN": reply, "PW": head.get("PW", ""), "MN": head.get("MN", "")}
    fields = {name: text for name, text in wanted.items() if text}
    fields["Flag"] = str(frame.flag.version << 2)
    return message(fields, profile=Profile(crc=profile.crc if profile.crc in ("modbus", "swapped") else "hj212"))


def request(
    device: str,
    command: str,
    at: datetime,
    *,
    system: str,
    password: str,
    params: dict[str, str] | None = None,
    profile: Profile = DEFAULT,
) -> bytes:
    """A host's request that wants an answer; ``at`` gives the QN by which the device's answers are known."""
    head = {"QN": times.qn(at), "ST": system, "CN": command, "PW": password, "MN": device}
    head["Flag"] = flag(answer=True, version=profile.version or "2017")
    return message(head, params, profile=Profile(crc=profile.crc))


def set_clock(device: str, at: datetime, *, system: str, password: str, analyser: str = "") -> bytes:
    """1012: set the clock of the logger, or of one analyser (PolId)."""
    params = {"PolId": analyser} if analyser else {}
    params["SystemTime"] = times.stamp(at)
    return request(device, "1012", at, system=system, password=password, params=params)


def ask_history(
    device: str, command: str, at: datetime, begin: datetime, end: datetime, *, system: str, password: str
) -> bytes:
    """2051, 2061, 2031 or 2041 of a span of time: the frames that fill a gap."""
    params = {"BeginTime": times.stamp(begin), "EndTime": times.stamp(end)}
    return request(device, command, at, system=system, password=password, params=params)


def clock_offset(frame: Frame, received: datetime) -> timedelta | None:
    """How far the device's clock (QN) is ahead of the arrival; None where it cannot be told."""
    return frame.qn_time - received if frame.qn_time else None


def clock_is_wrong(frame: Frame, received: datetime) -> bool:
    """More than ten minutes in the future, or a year and more away: keep raw, keep out of statistics, offer 1012."""
    latest = max((one for one in (frame.qn_time, frame.data_time) if one), default=None)
    offset = clock_offset(frame, received)
    return bool(latest and latest - received > _FUTURE) or bool(offset and abs(offset) > _PAST)

"""Times on the wire: Beijing time without a zone, 14 digits and sometimes more."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
_DIGITS = re.compile(r"[0-9]{14}")
_QN = re.compile(r"[0-9]{17}")

# What a record of each command covers; minute data (2051) depend on the device's setting.
PERIODS = {"2061": timedelta(hours=1), "2031": timedelta(days=1), "2041": timedelta(days=1)}
PERIOD_COMMANDS = frozenset({*PERIODS, "2051"})


def read(text: str) -> datetime | None:
    """The first 14 digits as an instant with its zone; None where they are no date."""
    if not _DIGITS.match(text):
        return None
    try:
        return datetime(
            int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:14]),
            tzinfo=BEIJING,
        )  # fmt: skip
    except ValueError:
        return None


def read_qn(text: str) -> datetime | None:
    """The instant of a request number: 17 digits with milliseconds, or its first 14 digits if they are a date."""
    instant = read(text)
    if instant is not None and _QN.fullmatch(text):
        return instant.replace(microsecond=int(text[14:]) * 1000)
    return instant


def qn(instant: datetime) -> str:
    """A request number ``yyyyMMddHHmmsszzz`` for an instant with a zone."""
    local = instant.astimezone(BEIJING)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def stamp(instant: datetime) -> str:
    """``yyyyMMddHHmmss`` for an instant with a zone."""
    return f"{instant.astimezone(BEIJING):%Y%m%d%H%M%S}"


def iso(instant: datetime | None, digits: int = 14) -> str | None:
    """ISO 8601 with the zone, with milliseconds where the wire gave them."""
    if instant is None:
        return None
    return instant.isoformat(timespec="milliseconds" if digits >= 17 else "seconds")

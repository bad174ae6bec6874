"""What of a device has arrived in the lake: periods with valid data by day, and factors whose value does not move.

The online rate counts periods with valid data, not packets (interfaces.md 3.5). A lake that cannot be read now costs
the page these figures, not the page.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lantian.apps.devices.models import Profile
from lantian.apps.monitoring.readings import kept, lake
from lantian.lake.errors import LakeError

log = logging.getLogger(__name__)

DAYS = 7
_ZONE = 8 * 3600  # Asia/Shanghai, which has no summer time
_STUCK = timedelta(hours=24)
_STUCK_LEAST = 20  # values
_EPOCH = date(1970, 1, 1)

# A station may have values of other sources, too (files, bulletins): those of the gateway are the device's.
# A value counts unless its flag says otherwise or it is none; an absent flag is "unknown", which is said, not held
# against the device.
_VALID = """value is not null and (flag is null or upper(flag) = 'N')
 and (quality is null or not regexp_matches(quality, 'placeholder|negative|not-a-number'))"""
_BY_DAY = f"""select cast(floor((epoch("time") + {_ZONE}) / 86400) as bigint) as day, "interval" as kind,
 count(distinct case when {_VALID} then "time" end) as valid, count(distinct "time") as periods
 from observation where station = $station and starts_with(source, 'hj212') and "time" >= $since group by 1, 2"""  # noqa: S608 - constants of this module
_STILL = f"""select station, factor from observation
 where list_contains($stations, station) and starts_with(source, 'hj212') and "time" >= $since
 and attribute in ('Rtd', 'Avg') and {_VALID}
 and ((starts_with(factor, 'a') and not starts_with(factor, 'a01')) or starts_with(factor, 'L'))
 group by station, factor having count(*) >= {_STUCK_LEAST} and min(value) = max(value)"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one kind of record (``instant``, ``minute``, ``hour``, ``day``); ``expected`` None: nobody said."""

    day: date
    kind: str
    valid: int
    periods: int
    expected: int | None

    @property
    def percent(self) -> int | None:
        """Share of expected periods that have valid data; at most 100."""
        return None if not self.expected else min(100, round(100 * self.valid / self.expected))


def days(station: str, profile: Profile | None, now: datetime) -> list[Day]:
    """The last days, newest first, today's expectation up to now; empty where the lake has nothing."""
    today = _day_of(now)
    since = now - timedelta(days=DAYS)
    rows = _ask(("device days", station, today), _BY_DAY, {"station": station, "since": since})
    found = []
    for row in rows:
        day = _EPOCH + timedelta(days=int(row["day"]))
        seconds = (int(now.timestamp()) + _ZONE) % 86400 if day == today else 86400
        found.append(Day(day, row["kind"], row["valid"], row["periods"], _expected(row["kind"], profile, seconds)))
    return sorted((one for one in found if one.day > today - timedelta(days=DAYS)), key=_newest)


def stuck(stations: Sequence[str], now: datetime) -> dict[str, list[str]]:
    """Factors whose value was the same all day, by station."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    values = {"stations": list(stations), "since": hour - _STUCK}
    found: dict[str, list[str]] = {}
    for row in _ask(("stuck", tuple(stations), hour), _STILL, values) if stations else ():
        found.setdefault(row["station"], []).append(row["factor"])
    return found


def _ask(key: tuple[Any, ...], query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = kept(key, lambda: lake().sql(query, values).to_pylist())
    except (LakeError, OSError) as error:
        log.warning("the lake cannot be read for devices: %s", error)
        return []
    return rows


def _expected(kind: str, profile: Profile | None, seconds: int) -> int | None:
    step = {"hour": 3600, "day": 86400}.get(kind)
    if step is None and profile is not None:
        step = profile.interval if kind == "instant" else 60 * profile.minutes if profile.minutes else None
    return max(1, seconds // step) if step else None


def _day_of(now: datetime) -> date:
    return _EPOCH + timedelta(days=(int(now.timestamp()) + _ZONE) // 86400)


def _newest(one: Day) -> tuple[int, str]:
    return -one.day.toordinal(), one.kind

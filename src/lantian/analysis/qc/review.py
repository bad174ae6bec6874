"""A person's word on what the rules found, the copy that statistics are made from, and what it does to a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import numpy as np

from lantian.analysis.annual import YearStatistic, annual_statistics
from lantian.analysis.observations import Observations
from lantian.analysis.qc.check import Flags
from lantian.analysis.qc.rules import rules
from lantian.standards.ambient import Standard

# Above the bits of the rules: an hour that a person rejected (人工审核剔除).
REJECTED = np.uint32(1 << 31)
_ALL = np.uint32((1 << 31) - 1)


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of manual review (人工审核): hours of a station and pollutant from ``start`` until before ``end``, local.

    ``keep`` clears the flags of ``rule`` there (of every rule where it is None), ``reject`` takes the hours out
    whatever the rules say. ``who``, ``decided`` and ``why`` are the audit; a later decision wins over an earlier one.
    """

    station: str
    pollutant: str
    start: datetime
    end: datetime
    decision: Literal["keep", "reject"]
    who: str
    decided: datetime
    why: str
    rule: str | None = None


def reviewed(data: Observations, flags: Mapping[str, Flags], decisions: Sequence[Decision]) -> dict[str, Flags]:
    """New flags in which people's decisions have won over the rules; ``flags`` stay as they are.

    ValueError for a decision that names nobody, gives no reason, ends before it begins, or whose station, pollutant or
    rule is unknown: what is not accounted for does not count.
    """
    known = {item.id: item.bit for item in rules()}
    merged = {name: array.copy() for name, array in flags.items()}
    for item in sorted(decisions, key=lambda one: one.decided):
        if not item.who.strip() or not item.why.strip():
            raise ValueError(f"the decision on {item.station} from {item.start} lacks who or why")
        if item.start >= item.end:
            raise ValueError(f"the decision on {item.station} from {item.start} ends before it begins")
        if item.station not in data.stations or item.pollutant not in merged:
            raise ValueError(f"no data of {item.station} {item.pollutant}")
        if item.rule is not None and item.rule not in known:
            raise ValueError(f"no rule {item.rule}")
        own = merged[item.pollutant][data.stations.index(item.station), _hours(data, item)]
        if item.decision == "reject":
            own |= REJECTED
        else:
            cleared = _ALL if item.rule is None else np.uint32(1 << known[item.rule])
            own &= ~(cleared | REJECTED)
    return merged


def _hours(data: Observations, item: Decision) -> slice:
    """The hours that a decision covers, cut to those of the data; a begun hour counts."""
    first = datetime.combine(data.first_day, datetime.min.time())
    low = (item.start - first).total_seconds() // 3600
    high = -((first - item.end).total_seconds() // 3600)
    return slice(max(int(low), 0), max(int(high), 0))


def apply(data: Observations, flags: Mapping[str, Flags], which: int) -> Observations:
    """A copy of ``data`` without the hours that carry a flag of ``which`` (``bits_from("doubt")``, ``bits("Q02")``)
    or that a person rejected. The values given are not touched."""
    mask = np.uint32(which) | REJECTED
    return replace(
        data, values={name: np.where(flags[name] & mask != 0, np.nan, array) for name, array in data.values.items()}
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """A year with all its values and without those that ``rule`` flags (an id, or ``*`` for all applied together).

    ``hours``: how many hours of the year are taken out; ``without`` is None where no hour of the year is left.
    """

    rule: str
    raw: YearStatistic
    without: YearStatistic | None
    hours: int


def effect(
    data: Observations, flags: Mapping[str, Flags], which: Mapping[str, int], standard: Standard
) -> list[Effect]:
    """What taking hours out does to every station's year: ``which`` maps a name to flags, one row per name.

    Rows are sorted by station, pollutant, year, then as ``which`` is; a row stands only where hours are taken out.
    """
    raw = annual_statistics(data, standard)
    found: dict[str, dict[tuple[str, str, int], YearStatistic]] = {}
    for name, mask in which.items():
        masked = annual_statistics(apply(data, flags, mask), standard)
        found[name] = {(row.station, row.pollutant, row.year): row for row in masked}
    years = data.calendar().astype("datetime64[Y]").astype(np.int64) + 1970
    rows = []
    for row in raw:
        station = data.stations.index(row.station)
        low, high = np.searchsorted(years, (row.year, row.year + 1)) * 24
        known = ~np.isnan(data.values[row.pollutant][station, low:high])
        own = flags[row.pollutant][station, low:high]
        for name, mask in which.items():
            count = int((known & (own & (np.uint32(mask) | REJECTED) != 0)).sum())
            if count:
                rows.append(Effect(name, row, found[name].get((row.station, row.pollutant, row.year)), count))
    return rows


def days_lost(data: Observations, masked: Observations, pollutant: str) -> list[tuple[str, date]]:
    """(station, day) whose daily mean is valid in ``data`` and no longer in ``masked``: the days worth a reviewer's
    first look."""
    from lantian.analysis.daily import daily_means

    before, after = daily_means(data.values[pollutant]), daily_means(masked.values[pollutant])
    station, day = np.nonzero(~np.isnan(before) & np.isnan(after))
    calendar = data.calendar().astype(object)
    return [(data.stations[one], calendar[at]) for one, at in zip(station.tolist(), day.tolist(), strict=True)]

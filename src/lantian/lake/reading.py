"""Reading hours: dense arrays of one pinned version, all at once or one group of stations after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from lantian.lake.blocks import LOCAL_HOURS, Cells, Floats, first_of, in_order
from lantian.lake.hours import series
from lantian.lake.reviews import Rejected, rejected
from lantian.lake.tables import DataFile

if TYPE_CHECKING:
    from lantian.lake.store import Lake


@dataclass(frozen=True)
class Hours:
    """Dense hours by factor, each ``(stations, days × 24)``, NaN = none; ``first_day`` (in China) begins the arrays.

    ``spans``: each station's first and last day with a row of any factor, as offsets from ``first_day``.
    ``units``: by factor and station, null where never confirmed. ``rejected``: values that a person took out of these.
    """

    stations: tuple[str, ...]
    first_day: date
    days: int
    values: dict[str, Floats]
    spans: tuple[tuple[int, int], ...]
    units: dict[str, dict[str, str | None]]
    rejected: int = 0


class Reader:
    """One version of the hours, read in as many pieces as suits the memory; may be shared by threads.

    ``counted``: without the hours that a person rejected.
    """

    def __init__(self, lake: Lake, counted: bool = False) -> None:
        # The version of the hours is pinned first: their series were written before them.
        self._files = lake.table("hours").newest()
        self._known = series(lake)
        self.rejected = rejected(lake.table("review").newest()) if counted else Rejected()

    def stations(self, factors: Sequence[str]) -> list[str]:
        """The stations that have a series of any of these factors."""
        return sorted({station for station, factor in self._known if factor in factors})

    def unit(self, station: str, factor: str) -> str | None:
        """The confirmed unit of a series; None where there is none or nobody confirmed it."""
        row = self._known.get((station, factor))
        return row["unit"] if row else None

    def has(self, station: str, factor: str) -> bool:
        """Whether there is such a series."""
        return (station, factor) in self._known

    def last_day(self, factors: Sequence[str]) -> date | None:
        """The last day with a row of any of these factors."""
        return max((_local(item.high["time"]) for item in self._files if item.low["factor"] in factors), default=None)

    def groups(self, factors: Sequence[str]) -> list[list[str]]:
        """The stations in groups whose hours lie together: to read one reads no file of another."""
        found: dict[int, set[str]] = defaultdict(set)
        for (station, factor), row in self._known.items():
            if factor in factors:
                found[row["part"]].add(station)
        return [sorted(own) for _part, own in sorted(found.items())]

    def read(
        self,
        factors: Sequence[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        stations: Sequence[str] | None = None,
    ) -> Hours:
        """Hours of local days ``start`` … ``end``; None: all there are."""
        known = self._known
        wanted = sorted({factor for _station, factor in known}) if factors is None else list(factors)
        names = self.stations(wanted)
        if stations is not None:
            names = sorted(set(names) & set(stations))
        parts = {str(row["part"]) for key, row in known.items() if key[1] in wanted and key[0] in set(names)}
        chosen = [
            item
            for item in self._files
            if item.low["factor"] in wanted and item.partition["part"] in parts and _overlaps(item, start, end)
        ]
        first, last = _window(chosen, start, end)
        days = (last - first).days + 1 if chosen and names else 0
        place = {name: at for at, name in enumerate(names)}
        cells = {factor: Cells(place, first_of(first), days * 24) for factor in wanted}
        for item in in_order(chosen) if days else ():
            cells[item.low["factor"]].fill(item.path)
        lost = sum(
            self.rejected.take_out(own.value, names, factor, own.first)
            for factor, own in (cells.items() if self.rejected else ())
        )
        return replace(_hours(known, names, cells, (first, days), (start is None, end is None)), rejected=lost)


def _overlaps(item: DataFile, start: date | None, end: date | None) -> bool:
    return (start is None or _local(item.high["time"]) >= start) and (end is None or _local(item.low["time"]) <= end)


def _local(instant: datetime) -> date:
    return (instant.astimezone(UTC) + timedelta(hours=LOCAL_HOURS)).date()


def _window(files: Sequence[DataFile], start: date | None, end: date | None) -> tuple[date, date]:
    today = datetime.now(UTC).date()
    first = start or min((_local(item.low["time"]) for item in files), default=end or today)
    last = end or max((_local(item.high["time"]) for item in files), default=first)
    return first, last


def _hours(
    known: dict[tuple[str, str], dict[str, Any]],
    names: list[str],
    cells: dict[str, Cells],
    window: tuple[date, int],
    trimmed: tuple[bool, bool],
) -> Hours:
    """The stations that have a row; without a first or last day asked for, the arrays begin and end with the rows."""
    first, days = window
    low, high = np.full(len(names), days * 24), np.full(len(names), -1)
    for own in cells.values():
        low, high = np.minimum(low, own.low), np.maximum(high, own.high)
    present = np.flatnonzero(high >= 0)
    kept = [names[at] for at in present]
    low, high = low[present] // 24, high[present] // 24
    skipped = int(low.min()) if trimmed[0] and len(kept) else 0
    until = int(high.max()) + 1 if trimmed[1] and len(kept) else days
    whole = len(kept) == len(names) and (skipped, until) == (0, days)
    return Hours(
        tuple(kept),
        first + timedelta(days=skipped),
        until - skipped,
        {
            factor: own.value if whole else np.ascontiguousarray(own.value[present, skipped * 24 : until * 24])
            for factor, own in cells.items()
        },
        tuple((int(a) - skipped, int(b) - skipped) for a, b in zip(low, high, strict=True)),
        {factor: {name: known[name, factor]["unit"] for name in kept if (name, factor) in known} for factor in cells},
    )

"""What persons said of hours (人工审核): an append-only table beside the hours, which themselves stay as they came.

Of one finding the decision with the highest sequence counts.
An hour is out while any finding that holds it is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from lantian.lake.blocks import HOUR, Floats
from lantian.lake.errors import LakeError
from lantian.lake.hours import rows_in
from lantian.lake.tables import DataFile, undone_on_failure

if TYPE_CHECKING:
    from lantian.lake.store import Lake

State = Literal["rejected", "kept", "reopened"]
STATES: tuple[State, ...] = ("rejected", "kept", "reopened")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Review:
    """One decision on the hours of a finding: ``start`` … before ``until`` (aware) of one station and factor.

    ``finding`` and ``sequence`` are its key; a later decision on the finding has a higher sequence. ``rejected``: the
    hours do not count; ``kept``, ``reopened``: they do.
    """

    finding: str
    sequence: int
    station: str
    factor: str
    start: datetime
    until: datetime
    state: State
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Rejected:
    """The hours that do not count: by (station, factor) spans of hours since 1970 (UTC), the last not included."""

    spans: Mapping[tuple[str, str], Sequence[tuple[int, int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def take_out(self, values: Floats, stations: Sequence[str], factor: str, first: int) -> int:
        """Make the rejected hours of dense ``values`` (stations, hours from ``first`` on) NaN, in place; returns how
        many of them had a value."""
        count = 0
        for row, station in enumerate(stations):
            for low, high in self.spans.get((station, factor), ()):
                cells = values[row, max(low - first, 0) : max(high - first, 0)]
                count += int((~np.isnan(cells)).sum())
                cells[:] = np.nan
        return count


def write(lake: Lake, rows: Iterable[Review]) -> int:
    """`Lake.review`: append the decisions that the table does not have, in one durable commit; returns how many.

    LakeError: a decision that cannot be one, or the folder or the disk gives up.
    """
    import pyarrow as pa

    given = sorted((_checked(row) for row in rows), key=lambda row: (row.finding, row.sequence))
    if not given:
        return 0
    with lake.writing(), undone_on_failure() as written:
        last = {row.finding: row.sequence for row in newest(lake.table("review").newest()).values()}
        fresh = []
        for row in given:
            if row.sequence > last.get(row.finding, -1):
                last[row.finding] = row.sequence
                fresh.append(row)
        if not fresh:
            return 0
        table = lake.table("review")
        delta = table.for_writing()
        data = [[getattr(row, name) for row in fresh] for name in table.schema.names]
        written.append(table.write_file(pa.table(data, schema=table.schema), {}))
        table.commit(delta, written)
        written.clear()
    return len(fresh)


def _checked(row: Review) -> Review:
    if row.state not in STATES:
        raise LakeError(f"不认识的审核结论“{row.state}”", f"unknown decision “{row.state}”")
    if any(moment.tzinfo is None for moment in (row.start, row.until, row.at)) or row.start >= row.until:
        raise LakeError(
            "审核的起止时刻必须带时区，且先后有序", "a review needs a start before its end, with time zones"
        )
    return row


def newest(files: Sequence[DataFile]) -> dict[str, Review]:
    """The decision that counts of every finding."""
    from lantian.lake.schema import REVIEW

    found: dict[str, Review] = {}
    for item in files:
        for row in rows_in(item, REVIEW):
            one = Review(**(row | {name: _instant(row[name]) for name in _INSTANTS}))
            if one.finding not in found or one.sequence > found[one.finding].sequence:
                found[one.finding] = one
    return found


_INSTANTS = ("start", "until", "at")


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def rejected(files: Sequence[DataFile]) -> Rejected:
    """The hours that do not count, by the files of the table ``review``: those that begin within a decision's span."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in newest(files).values():
        if row.state == "rejected":
            # The first hour that begins at or after an instant.
            low, high = (-(-((moment - _EPOCH) // _MICRO) // HOUR) for moment in (row.start, row.until))
            spans.setdefault((row.station, row.factor), []).append((low, high))
    return Rejected(spans)


_MICRO = timedelta(microseconds=1)

"""What came of sources with reporting periods: apps above this one tell it, monitoring knows nothing of bulletins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from lantian.apps.monitoring.models import DataSource


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came for a period, and the address of its page."""

    start: date
    end: date
    url: str


Read = Callable[[Sequence[DataSource]], dict[int, list[Arrival]]]
_reads: list[Read] = []


def on_arrivals(read: Read) -> None:
    """Register who knows what came: by the key of each source, in one query for all of them."""
    _reads.append(read)


def of(sources: Sequence[DataSource]) -> dict[int, list[Arrival]]:
    """Everything that came of the sources, by their keys, the earliest period first."""
    found: dict[int, list[Arrival]] = {}
    for read in _reads:
        for key, rows in read(sources).items():
            found.setdefault(key, []).extend(rows)
    return {key: sorted(rows, key=lambda row: (row.end, row.start)) for key, rows in found.items()}

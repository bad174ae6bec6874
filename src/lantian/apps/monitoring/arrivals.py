"""What came of sources, told by apps above this one: monitoring knows nothing of bulletins and registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lantian.apps.monitoring.models import DataSource


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came for a period, the address of its page, and when it came where the source does not say so."""

    start: date
    end: date
    url: str
    at: datetime | None = None


Read = Callable[[Sequence[DataSource]], dict[int, list[Arrival]]]
Labels = Callable[[], Mapping[str, str]]
_reads: list[Read] = []
_labels: list[Labels] = []


def on_arrivals(read: Read) -> None:
    """Register who knows what came: by the key of each source; the number of queries must not grow with them."""
    _reads.append(read)


def on_registers(labels: Labels) -> None:
    """Register who knows the registers whose rows a source may send."""
    _labels.append(labels)


def registers() -> dict[str, str]:
    """Names of registers in the language of the page, by the name under which a source is kept."""
    return {name: label for labels in _labels for name, label in labels().items()}


def of(sources: Sequence[DataSource]) -> dict[int, list[Arrival]]:
    """Everything that came of the sources, by their keys, the earliest period first."""
    found: dict[int, list[Arrival]] = {}
    for read in _reads:
        for key, rows in read(sources).items():
            found.setdefault(key, []).extend(rows)
    return {key: sorted(rows, key=lambda row: (row.end, row.start)) for key, rows in found.items()}

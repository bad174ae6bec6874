"""What apps above tell about a unit's open duties: they register a provider when they start."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from lantian.apps.areas.models import Unit


@dataclass(frozen=True, slots=True)
class Duty:
    """One open duty of a unit as a handover prints it; ``role`` and ``state`` are words for people."""

    plan: str
    n: int
    seq: int | None
    text: str
    role: str
    end: date | None
    state: str


# The open duties of one unit as of a day.
duties_of: list[Callable[[Unit, date], list[Duty]]] = []
# How many open duties each of these units has as of a day, in one query; units without any may be left out.
duty_counts: list[Callable[[Collection[int], date], dict[int, int]]] = []


def duties(unit: Unit, on: date) -> list[Duty]:
    """All open duties of the unit."""
    return [duty for provider in duties_of for duty in provider(unit, on)]


def counts(unit_ids: Collection[int], on: date) -> dict[int, int]:
    """How many open duties each unit has; only units that have some."""
    found: dict[int, int] = {}
    for provider in duty_counts:
        for unit_id, count in provider(unit_ids, on).items():
            found[unit_id] = found.get(unit_id, 0) + count
    return {unit_id: count for unit_id, count in found.items() if count}

"""What a unit was called on a day, and its names over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.areas.tree import is_open


@dataclass(frozen=True, slots=True)
class Period:
    """A name of a unit's own with its first and last day; None: open or not known."""

    name: str
    since: date | None
    until: date | None


def name_on(unit: Unit, on: date) -> str:
    """The unit's own name on a day: the former name that held then, else the name of today.

    Where old names end on one day, the one that held for the shorter time counts. Reads ``unit.aliases`` (prefetch
    it where many units are asked).
    """
    held = [alias for alias in _former(unit.aliases.all()) if is_open(alias.since, alias.until, on)]
    if not held:
        return unit.name
    return min(held, key=lambda alias: (alias.until or date.max, -(alias.since or date.min).toordinal())).name


def names_over_time(unit: Unit) -> list[Period]:
    """The unit's own names, oldest first; the last is the name of today.

    Where nobody said since when a name was in use, it is the day after the name before it ended.
    """
    former = sorted(_former(unit.aliases.all()), key=lambda alias: alias.until or date.max)
    named = [(alias.name, alias.since, alias.until) for alias in former]
    periods: list[Period] = []
    before: date | None = None
    for name, since, until in [*named, (unit.name, unit.named_since, unit.closed)]:
        first = since or (before + timedelta(days=1) if before else unit.opened)
        periods.append(Period(name, first, until))
        before = until
    return periods


def is_open_on(unit: Unit, on: date) -> bool:
    """Whether the unit was there on a day; a merged duplicate never was."""
    return unit.merged_into_id is None and is_open(unit.opened, unit.closed, on)


def current(unit: Unit) -> Unit:
    """The unit that a duplicate was merged into, else the unit itself."""
    seen = {unit.pk}
    while unit.merged_into is not None and unit.merged_into.pk not in seen:
        unit = unit.merged_into
        seen.add(unit.pk)
    return unit


def _former(aliases: Iterable[UnitAlias]) -> list[UnitAlias]:
    return [alias for alias in aliases if alias.former]

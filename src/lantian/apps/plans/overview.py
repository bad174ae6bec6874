"""What the overview of a plan counts. Pure: rows are loaded with their assignments, targets and open flags.

Every number carries the filters under which the plan's table shows the rows that it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from lantian.apps.plans.models import DeadlineKind, Measure, RoleKind, TargetKind
from lantian.apps.plans.queries.filters import OWNERS, quiet_rules

TOP_UNITS = 20
_MONTHS_IN_A_ROW = 36  # a longer span shows only the months that have deadlines

Filters = dict[str, str]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of measures with its name and the filters that list them (none: they cannot be listed)."""

    label: str
    measures: int
    filters: Filters | None = None
    extra: int = 0  # what else is counted beside the measures, such as targets


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """A unit with its measures by role, in the order of :class:`RoleKind`; ``units`` > 1 sums the rest."""

    name: str
    filters: Filters | None
    roles: list[Count]
    units: int = 1

    @property
    def total(self) -> int:
        """Duties: a measure counts once for each role that the unit has in it."""
        return sum(part.measures for part in self.roles)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page draws."""

    measures: int
    with_target: int
    without_owner: int
    doubts: int
    months: list[Count]
    undated: list[Count]
    units: list[UnitLoad]
    rest: UnitLoad | None
    targets: list[Count]
    sections: list[Count]
    target_count: int = field(default=0)


def overview(measures: Sequence[Measure]) -> Overview:
    """Count the measures of one plan."""
    loads = unit_loads(measures)
    return Overview(
        measures=len(measures),
        with_target=sum(bool(row.targets.all()) for row in measures),
        without_owner=sum(not any(duty.role in OWNERS for duty in row.assignments.all()) for row in measures),
        doubts=sum(doubtful(row) for row in measures),
        months=by_month(row.deadline_end for row in measures if row.deadline_end),
        undated=without_date(measures),
        units=loads[:TOP_UNITS],
        rest=_rest(loads[TOP_UNITS:]),
        targets=by_target_kind(measures),
        sections=by_section(measures),
        target_count=sum(len(row.targets.all()) for row in measures),
    )


def doubtful(row: Measure) -> bool:
    """Whether a flag that asks for a look is still open."""
    quiet = quiet_rules()
    return any(not flag.accepted and flag.rule not in quiet for flag in row.flags.all())


def by_month(days: Iterable[date]) -> list[Count]:
    """Deadlines by month, first to last; months between that have none are shown as 0."""
    counted = Counter((day.year, day.month) for day in days)
    if not counted:
        return []
    first, last = min(counted), max(counted)
    span = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    months = sorted(counted)
    if span <= _MONTHS_IN_A_ROW:
        places = range(first[0] * 12 + first[1] - 1, first[0] * 12 + first[1] - 1 + span)
        months = [(place // 12, place % 12 + 1) for place in places]
    return [_month(year, month, counted[year, month]) for year, month in months]


def _month(year: int, month: int, count: int) -> Count:
    text = f"{year}-{month:02}"
    return Count(text, count, {"due_from": text, "due_to": text})


def without_date(measures: Iterable[Measure]) -> list[Count]:
    """Measures whose deadline has no latest date, by the kind of what is printed."""
    counted = Counter(row.deadline_kind for row in measures if row.deadline_end is None)
    return [
        Count(str(DeadlineKind(kind).label), counted[kind], {"deadline": kind, "lacks": "date"})
        for kind in DeadlineKind.values
        if counted[kind]
    ]


def unit_loads(measures: Iterable[Measure]) -> list[UnitLoad]:
    """Units by the number of their duties, most first. A name that the directory does not know stands for itself."""
    counted: Counter[tuple[tuple[str, str], str]] = Counter()
    for row in measures:
        counted.update({(_unit_key(duty), duty.role) for duty in row.assignments.all()})
    keys = dict.fromkeys(key for key, _role in counted)
    loads = [
        UnitLoad(
            name,
            {"unit": unit},
            [
                Count(str(role.label), counted[(name, unit), role], {"unit": unit, "role": str(role)})
                for role in RoleKind
            ],
        )
        for name, unit in keys
    ]
    return sorted(loads, key=lambda load: (-load.total, load.name))


def _unit_key(duty: object) -> tuple[str, str]:
    """The name shown and the value of the unit filter."""
    unit = getattr(duty, "unit", None)
    return (unit.name, str(unit.uid)) if unit else (getattr(duty, "name", ""),) * 2


def _rest(loads: Sequence[UnitLoad]) -> UnitLoad | None:
    if not loads:
        return None
    sums = [sum(load.roles[place].measures for load in loads) for place in range(len(RoleKind))]
    parts = [Count(str(role.label), number) for role, number in zip(RoleKind, sums, strict=True)]
    return UnitLoad("", None, parts, units=len(loads))


def by_target_kind(measures: Iterable[Measure]) -> list[Count]:
    """Measures that have a target of each kind, and how many targets (``extra``)."""
    rows: Counter[str] = Counter()
    targets: Counter[str] = Counter()
    for row in measures:
        kinds = [target.kind for target in row.targets.all()]
        targets.update(kinds)
        rows.update(set(kinds))
    found = sorted((kind for kind in TargetKind if targets[kind]), key=lambda kind: -targets[kind])
    return [Count(str(kind.label), rows[kind], {"target": str(kind)}, targets[kind]) for kind in found]


def by_section(measures: Iterable[Measure]) -> list[Count]:
    """Measures of each section, in print order; those without a section under an empty name."""
    counted = Counter(row.section for row in measures)
    return [Count(section, number, {"section": section} if section else None) for section, number in counted.items()]

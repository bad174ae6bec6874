"""What the pages show: each indicator with its newest figures, what hangs on it, how the areas compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.indicators.models import Binding, BindingState, How, Run, Value
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans.models import IN_FORCE
from lantian.indicators.headers import Indicator
from lantian.indicators.snapshots import Snapshots
from lantian.lake import Lake


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of the list: its newest figure for the city, how many targets it settles, whether it failed.

    ``waits``: nothing was computed yet, though its registers hold rows.
    """

    indicator: Indicator
    value: Decimal | None
    run: Run | None
    bound: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One subject of a ranking: ties share a rank; subjects without a figure have none."""

    rank: int | None
    subject: str
    name: str
    value: Decimal | None
    before: Decimal | None
    share: float  # of the largest figure, for the bar


def targets(user: User) -> Counter[str]:
    """How many targets of plans in force that a person sees hang on each indicator."""
    bound = policy.scope(user, Binding.objects.all()).filter(
        state=BindingState.CONFIRMED, how=How.INDICATOR, measure__plan__status__in=IN_FORCE
    )
    return Counter(bound.values_list("indicator", flat=True))


def through(run: Run) -> date:
    """The last day that a figure covers: the span's end, or while the span still runs the day it was looked at."""
    return min(run.end, timezone.localtime(run.checked).date())


def lines(user: User, lake_root: str) -> list[Line]:
    """Every indicator, pack by pack; three queries."""
    known = indicators().indicators
    bound = targets(user)
    newest: dict[str, Run] = {}
    for run in Run.objects.filter(superseded=None, level__in=("", "city")).order_by("end", "start"):
        newest[run.indicator] = run
    values = dict(
        Value.objects.filter(run__in=newest.values(), run__level="city")
        .values("run")
        .annotate(n=Count("id"), value=Max("value"))
        .filter(n=1)
        .values_list("run", "value")
    )
    filled = set(Snapshots(Lake(lake_root).root).names())
    return [
        Line(
            item,
            values.get(run.pk) if run else None,
            run,
            bound[name],
            run is None and all(register.name in filled for register in item.reads),
        )
        for name, item in sorted(known.items(), key=lambda pair: (pair[1].pack, pair[1].title.zh))
        for run in [newest.get(name)]
    ]


def runs(name: str, level: str) -> QuerySet[Run]:
    """The current computations of an indicator at a level, the newest first."""
    return Run.objects.filter(indicator=name, level=level, superseded=None).order_by("-end", "-start")


def levels(name: str) -> list[str]:
    """The levels at which an indicator has figures."""
    return list(
        Run.objects.filter(indicator=name, superseded=None).order_by().values_list("level", flat=True).distinct()
    )


def ranking(run: Run, better: str, before: Run | None) -> list[Place]:
    """Subjects of a run, the best first (the largest where neither is better); ties 1, 1, 3."""
    rows = list(run.values.values_list("subject", "value"))
    earlier = dict(before.values.values_list("subject", "value")) if before else {}
    names = names_of([subject for subject, _value in rows])
    sign = 1 if better == "lower" else -1
    figures = sorted((value * sign for _subject, value in rows if value is not None))
    top = max((abs(value) for _subject, value in rows if value is not None), default=Decimal(0))
    places = [
        Place(
            None if value is None else figures.index(value * sign) + 1,
            subject,
            names.get(subject, subject),
            value,
            earlier.get(subject),
            float(abs(value) / top) if value is not None and top else 0.0,
        )
        for subject, value in rows
    ]
    return sorted(places, key=lambda place: (place.rank is None, place.rank or 0, place.subject))


def names_of(subjects: Sequence[str]) -> dict[str, str]:
    """Names of areas by code; records and units keep what they are called by."""
    return dict(Area.objects.filter(code__in=subjects).values_list("code", "name"))


def series(name: str, level: str, subject: str) -> list[tuple[date, date, Decimal | None]]:
    """The figures of one subject in order of time: (first day, last day, value)."""
    rows = Value.objects.filter(run__indicator=name, run__level=level, run__superseded=None, subject=subject)
    return list(rows.order_by("run__end").values_list("run__start", "run__end", "value"))


def bound_targets(user: User, name: str) -> list[Binding]:
    """The targets of plans in force that an indicator settles."""
    rows = policy.scope(user, Binding.objects.all()).filter(
        indicator=name, how=How.INDICATOR, state=BindingState.CONFIRMED, measure__plan__status__in=IN_FORCE
    )
    return list(rows.select_related("measure__plan").order_by("-measure__plan__year", "measure__n")[:50])


def changed_since(run: Run, lake_root: str) -> Mapping[str, int]:
    """Registers that took changes after the run: name → newest change."""
    held = Snapshots(Lake(lake_root).root)
    found: dict[str, int] = defaultdict(int)
    for name, change in run.inputs.items():
        last = held.last(name)
        if last is not None and last != change:
            found[name] = last
    return found

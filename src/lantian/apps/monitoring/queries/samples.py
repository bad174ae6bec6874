"""Own measurements (dustfall jars, road dust runs, TSP filters): lists, and the figures of areas that rankings rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from lantian.analysis.rankings import Period
from lantian.apps.areas.models import Area, Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import Item
from lantian.apps.monitoring.models import Sample
from lantian.apps.monitoring.queries.figures import Measured
from lantian.apps.monitoring.queries.registry import below
from lantian.apps.monitoring.queries.subjects import DISTRICT, Subject


def sample_page(user: User, chosen: dict[str, str]) -> QuerySet[Sample]:
    """The measurements in sight, narrowed by ``kind``, ``area`` and words; the newest first."""
    rows = policy.scope(user, Sample.objects.select_related("area__parent", "file"))
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["q"]:
        rows = rows.filter(Q(point__icontains=chosen["q"]) | Q(area__name__icontains=chosen["q"]))
    return below(rows, chosen["area"])


def newest_day(user: User, kind: str) -> date | None:
    """The last day of the newest measurement of a kind; None without any."""
    return policy.scope(user, Sample.objects.filter(kind=kind)).order_by("-end").values_list("end", flat=True).first()


def subjects(user: User, kind: str, item: Item, period: Period) -> list[Subject]:
    """Districts or streets with a measurement in the period or in the same days a year before; ``codes`` are points."""
    spans = [period, period.year_before()]
    rows = [row for span in spans for row in _within(policy.scope(user, Sample.objects.all()), item, span)]
    levels = (Level.DISTRICT,) if kind == DISTRICT else (Level.TOWN,)
    areas = Area.objects.filter(level__in=levels).select_related("parent").order_by("path")
    found = []
    for area in areas:
        points = {row.point for row in rows if row.area.path.startswith(area.path)}
        if points:
            above = area.parent.name if area.parent else ""
            found.append(Subject(area.code, area.name, above, tuple(sorted(points)), path=area.path))
    return found


def measured(found: Sequence[Subject], item: Item, period: Period) -> list[Measured]:
    """The mean of an area's measurements; of roads, where every run states its length, weighted by it. One query."""
    rows = _within(Sample.objects.all(), item, period)
    by_subject: dict[str, list[Sample]] = defaultdict(list)
    for subject in found:
        by_subject[subject.key] = [row for row in rows if row.area.path.startswith(subject.path)]
    return [_mean(by_subject[subject.key]) for subject in found]


def _mean(rows: Sequence[Sample]) -> Measured:
    if not rows:
        return Measured(None, None)
    lengths = [float(row.km) for row in rows if row.km]
    weights = lengths if len(lengths) == len(rows) else [1.0] * len(rows)
    total = sum(weight * float(row.value) for weight, row in zip(weights, rows, strict=True))
    return Measured(total / sum(weights), None, points=len(rows))


def _within(rows: QuerySet[Sample], item: Item, period: Period) -> list[Sample]:
    """Measurements whose middle day lies in the period: a jar hangs 27 to 33 days, not a calendar month."""
    near = rows.filter(kind=item.key, end__gte=period.start, start__lte=period.end).select_related("area")
    return [
        row for row in near if period.start <= row.start + timedelta(days=(row.end - row.start).days // 2) <= period.end
    ]

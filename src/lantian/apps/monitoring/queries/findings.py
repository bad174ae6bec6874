"""Findings of quality control as pages list them, and what taking their hours out does to validity."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lantian.analysis.daily import daily_values
from lantian.analysis.observations import Observations
from lantian.analysis.qc import Rule, rules
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import FindingState, QualityFinding, QualityRun, Station
from lantian.apps.monitoring.queries.registry import below
from lantian.apps.monitoring.readings import raw, without
from lantian.standards.ambient import in_force

WAITING = Q(state=FindingState.OPEN, severity__in=("doubt", "invalid"))  # *flag* is worth knowing and takes nothing out


@dataclass(frozen=True, slots=True)
class ByRule:
    """One rule with how many findings wait, were confirmed, were rejected, or are hints only."""

    rule: Rule
    waiting: int
    confirmed: int
    kept: int
    hints: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A station's pollutant over some days: hours with a value and valid days as they came, without what was confirmed,
    and without what still waits, too."""

    station: Station
    pollutant: str
    hours: tuple[int, int, int]
    days: tuple[int, int, int]


def runs(user: User) -> QuerySet[QualityRun]:
    """The runs that the person may see, the newest first."""
    return policy.scope(user, QualityRun.objects.select_related("area", "job", "created_by"))


def all_findings(user: User) -> QuerySet[QualityFinding]:
    """The findings that the person may see, with what a list shows of them."""
    return policy.scope(user, QualityFinding.objects.select_related("station__area", "decided_by", "run"))


def finding_page(rows: QuerySet[QualityFinding], chosen: dict[str, str]) -> QuerySet[QualityFinding]:
    """Findings narrowed by ``rule``, ``item``, ``state`` (blank: waiting), ``area``, ``q`` (station), ``month``."""
    if chosen["area"]:
        rows = rows.filter(station__in=below(Station.objects.all(), chosen["area"]).values("pk"))
    for name, field in (("rule", "rule"), ("item", "pollutant")):
        if chosen[name]:
            rows = rows.filter(**{field: chosen[name]})
    if chosen["q"]:
        rows = rows.filter(Q(station__name__icontains=chosen["q"]) | Q(station__code__icontains=chosen["q"]))
    if bounds := _month(chosen["month"]):
        rows = rows.filter(start__lt=bounds[1], end__gt=bounds[0])
    wanted = {"": WAITING, "hints": Q(state=FindingState.OPEN, severity="flag"), "all": Q()}
    return rows.filter(wanted.get(chosen["state"], Q(state=chosen["state"])))


def _month(text: str) -> tuple[datetime, datetime] | None:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return day_start(first), day_start((first + timedelta(days=32)).replace(day=1))


def day_start(day: date) -> datetime:
    """The instant at which a day begins in Shanghai."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def by_rule(rows: QuerySet[QualityFinding]) -> list[ByRule]:
    """The rules that have findings, in the order of their ids. One query."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rule, state, severity, number in (
        rows.order_by().values_list("rule", "state", "severity").annotate(number=Count("pk"))
    ):
        kind = "hints" if state == FindingState.OPEN and severity == "flag" else state
        counts[rule][kind] += number
    known = {item.id: item for item in rules()}
    return [
        ByRule(known[key], *(own[name] for name in ("open", "confirmed", "kept", "hints")))
        for key, own in sorted(counts.items())
        if key in known
    ]


def effects(user: User, area_path: str, start: date, end: date) -> list[Effect]:
    """What decisions do to the stations below an area: a line where hours were taken out or wait, most lost first."""
    rows = all_findings(user).filter(
        station__area__path__startswith=area_path, start__lt=day_start(end + timedelta(days=1)),
        end__gt=day_start(start),
    )  # fmt: skip
    rows = rows.filter(WAITING | Q(state=FindingState.CONFIRMED))
    named = sorted(set(rows.order_by().values_list("station__code", "pollutant")))
    if not named:
        return []
    codes = sorted({code for code, _pollutant in named})
    stations = {row.code: row for row in Station.objects.filter(code__in=codes).select_related("area")}
    given = raw(codes, start, end)
    doubts = rows.filter(WAITING).values_list("station__code", "pollutant", "start", "end")
    now = without(given, FindingState.CONFIRMED)
    steps = [given, now, _cut(now, list(doubts))]
    days = [daily_values(data, in_force(end)) for data in steps]
    found = []
    for code, pollutant in named:
        place, column = codes.index(code), "O3_8h" if pollutant == "O3" else pollutant
        hours = [int((~np.isnan(data.values[pollutant][place])).sum()) for data in steps]
        valid = [int((~np.isnan(own[column][place])).sum()) for own in days]
        if hours[0] != hours[2]:
            triple = (hours[0], hours[1], hours[2])
            found.append(Effect(stations[code], pollutant, triple, (valid[0], valid[1], valid[2])))
    return sorted(found, key=lambda one: (one.days[2] - one.days[0], one.hours[2] - one.hours[0]))


def _cut(data: Observations, spans: list[tuple[str, str, datetime, datetime]]) -> Observations:
    values = {name: array.copy() for name, array in data.values.items()}
    first = day_start(data.first_day)
    for code, pollutant, start, end in spans:
        low, high = (int((at - first).total_seconds() // 3600) for at in (start, end))
        values[pollutant][data.stations.index(code), max(low, 0) : max(high, 0)] = np.nan
    return Observations(data.stations, data.first_day, data.days, values, data.spans)

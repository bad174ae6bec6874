"""The register as pages show it: devices with what the gateway says of them, and numbers that nobody registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lantian.apps.areas.models import Area, Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.devices import sent
from lantian.apps.devices.health import Health, Report, Verdict, judge
from lantian.apps.devices.models import Device, FactorUnit, Profile
from lantian.apps.devices.rights import VIEW, within

# What may be chosen to see: a verdict's state or one of its problems, or devices with units that wait.
SHOWN = ("online", "offline", "never", "rubbish", "clock", "low", "repeats", "second_peer")
Chosen = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One device on a list."""

    device: Any  # Device with the annotations of :func:`devices`
    health: Health | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number that nobody registered, with what it sent."""

    mn: str
    packets: int
    rejected: int
    first: datetime | None
    last: datetime | None
    peer: str
    codes: Mapping[str, int]


def devices(user: User) -> QuerySet[Any]:
    """The devices in sight, each with the ``interval`` of its newest profile; units that are ``open`` and ``sure``."""
    newest = Profile.objects.filter(device=OuterRef("pk")).order_by("-number").values("interval")[:1]
    units = FactorUnit.objects.filter(device=OuterRef("pk"), ended=None).order_by().values("device")
    waiting = units.filter(confirmed=None).annotate(n=Count("pk")).values("n")
    sure = units.filter(confirmed__isnull=False).annotate(n=Count("pk")).values("n")
    rows = Device.objects.select_related("area", "area__parent", "owner", "station")
    return policy.scope(user, rows).annotate(
        interval=Subquery(newest), open=Coalesce(Subquery(waiting), 0), sure=Coalesce(Subquery(sure), 0)
    )


def chosen_devices(user: User, chosen: Chosen, report: Report, now: datetime) -> QuerySet[Any]:
    """Devices narrowed by words, area, kind, state, owner and how they do; worst first where rubbish is asked for."""
    rows = devices(user)
    if text := chosen.get("q"):
        owned = Q(owner__name__icontains=text) | Q(station__name__icontains=text)
        rows = rows.filter(Q(mn__icontains=text) | Q(name__icontains=text) | Q(area__name__icontains=text) | owned)
    if code := chosen.get("area"):
        path = Area.objects.filter(code=code).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=path) if path else rows.none()
    for name in ("kind", "state"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    show = chosen.get("show", "")
    if show == "units":
        return rows.filter(Q(open__gt=0) | Q(sure=0))
    if show in SHOWN:
        facts = rows.values_list("pk", "mn", "state", "interval")
        rows = rows.filter(pk__in=[pk for pk, *rest in facts if _fits(show, report, now, *rest)])
    return rows


def lines(rows: Iterable[Any], report: Report, now: datetime) -> list[Line]:
    """Devices with health and verdict."""
    found = []
    for row in rows:
        health = report.devices.get(row.mn)
        found.append(Line(row, health, judge(row.state, health, row.interval, now)))
    return found


def tally(user: User, report: Report, now: datetime) -> dict[str, int]:
    """How many devices in sight stand in each state and have each problem."""
    counts: dict[str, int] = {}
    for mn, state, interval in devices(user).order_by().values_list("mn", "state", "interval"):
        verdict = judge(state, report.devices.get(mn), interval, now)
        for name in (verdict.state, *verdict.problems):
            counts[name] = counts.get(name, 0) + 1
    return counts


def unknown(report: Report) -> list[Unknown]:
    """Numbers that sent and that no device of the register has (whoever may see it), the newest first.

    From what the gateway counts and from the end of its journal: a number whose packets nothing proves (another
    checksum) is in the journal alone.
    """
    seen = sent.numbers()
    numbers = {mn for mn, health in report.devices.items() if not health.known} | set(seen)
    numbers -= set(Device.objects.values_list("mn", flat=True))
    found = []
    for mn in numbers - {""}:
        health, tail = report.devices.get(mn, Health()), seen.get(mn, sent.Stranger())
        last = max(filter(None, (health.last_seen, tail.last)), default=None)
        found.append(
            Unknown(
                mn, max(health.total, tail.packets), max(health.rejected, tail.rejected), health.first_seen, last,
                health.peer, health.codes,
            )
        )  # fmt: skip
    early = datetime.min.replace(tzinfo=timezone.get_default_timezone())
    return sorted(found, key=lambda one: (one.last or early, one.mn), reverse=True)


def areas(user: User) -> QuerySet[Area]:
    """The areas above the streets that filters offer."""
    return Area.objects.filter(within(user, VIEW), closed=None).exclude(level=Level.TOWN).order_by("path")


def _fits(show: str, report: Report, now: datetime, mn: str, state: str, interval: int | None) -> bool:
    verdict = judge(state, report.devices.get(mn), interval, now)
    return show == verdict.state or show in verdict.problems

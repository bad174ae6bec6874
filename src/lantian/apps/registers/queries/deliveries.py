"""Registers whose rows another system keeps: what came of each source, and how each stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.models import Membership
from lantian.apps.core import policy
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring.arrivals import Arrival
from lantian.apps.monitoring.models import DataSource
from lantian.apps.monitoring.queries.sources import State, periods_of, states
from lantian.apps.registers import catalogue
from lantian.apps.registers.models import ChangeSet, Route

_BROUGHT = (Route.IMPORT, Route.API)  # what somebody typed is no delivery
_Day = tuple[date, datetime, int | None]  # as of which day, when it came last, who brought it


def labels() -> dict[str, str]:
    """Every register's name in the language of the page, by its key in the packs."""
    return {
        name: register.label.zh if chinese() else register.label.en for name, register in catalogue.registers().items()
    }


def of_registers(user: User, names: Iterable[str] | None = None) -> dict[str, list[State]]:
    """How the sources in sight of these registers (None: all) stand now, by the register's name."""
    rows = policy.scope(user, DataSource.objects.exclude(register="").select_related("area", "owner"))
    if names is not None:
        rows = rows.filter(register__in=names)
    found: dict[str, list[State]] = {}
    for state in states(list(rows), timezone.now()):
        found.setdefault(state.source.register, []).append(state)
    return found


def came(sources: Sequence[DataSource]) -> dict[int, list[Arrival]]:
    """What came of the sources of registers, by their keys: imports taken over and calls of the API that changed rows.

    A delivery is of the source whose city the person belongs to who brought it; who has no office brings for every
    city. It is the one of the last period that had ended by the day as of which its rows hold. Two queries.
    """
    kept = [source for source in sources if source.register]
    if not kept:
        return {}
    rows = ChangeSet.objects.filter(register__in={source.register for source in kept}, route__in=_BROUGHT)
    brought: dict[str, list[_Day]] = {}
    people: set[int] = set()
    for name, day, by, last in rows.order_by().values_list("register", "effective", "by").annotate(last=Max("at")):
        brought.setdefault(name, []).append((day, last, by))
        people |= {by} if by is not None else set()
    cities: dict[int, set[str]] = {}
    for user, path in Membership.objects.filter(user__in=people).values_list("user", "unit__area__path"):
        cities.setdefault(user, set()).add(_city(path) if path else "")
    found = {}
    for source in kept:
        here = {_city(source.area.path), ""}
        own = [
            (day, last)
            for day, last, by in brought.get(source.register, [])
            if by is None or by not in cities or cities[by] & here
        ]
        found[source.pk] = _arrivals(source, own)
    return found


def _arrivals(source: DataSource, brought: Sequence[tuple[date, datetime]]) -> list[Arrival]:
    """One for each period in which something came, with the last time."""
    periods = (
        list(periods_of(source.rhythm, source.since, timezone.localdate())) if source.rhythm and source.since else []
    )
    ends = [last for _first, last in periods]
    latest: dict[tuple[date, date], datetime] = {}
    for day, at in brought:
        n = bisect_right(ends, day)
        period = periods[n - 1] if n else (day, day)
        latest[period] = max(at, latest.get(period, at))
    url = reverse("registers:list", args=[source.register])
    return [Arrival(first, last, url, at) for (first, last), at in latest.items()]


def _city(path: str) -> str:
    return path.split("/")[1]

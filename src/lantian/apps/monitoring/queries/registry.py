"""Stations and areas as lists show them."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from lantian.apps.areas.models import Area, Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import Boundary, DataSource, Station
from lantian.apps.monitoring.rights import of_city

M = TypeVar("M", bound=Model)
FINDINGS = Q(outside=True) | Q(apart_m__isnull=False) | Q(lon=None)


def stations(user: User) -> QuerySet[Station]:
    """The stations that the person may see, with area and the area above it."""
    return policy.scope(user, Station.objects.select_related("area", "area__parent", "source"))


def in_use(on: date) -> Q:
    """Condition on stations: they measure on that day."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


def below(rows: QuerySet[M], code: str) -> QuerySet[M]:
    """Rows whose ``area`` is the one of that code or lies below; none where there is no such area."""
    if not code:
        return rows
    path = Area.objects.filter(code=code).values_list("path", flat=True).first()
    return rows.filter(area__path__startswith=path) if path else rows.none()


def station_page(rows: QuerySet[Station], chosen: dict[str, str], on: date) -> QuerySet[Station]:
    """Stations narrowed by words, area, class, and ``show``: ``assessed``, ``findings``, ``closed``."""
    rows = below(rows, chosen["area"])
    if text := chosen["q"]:
        named = (
            Q(name__icontains=text) | Q(code__icontains=text) | Q(mn__icontains=text) | Q(area__name__icontains=text)
        )
        rows = rows.filter(named)
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    wanted = {"assessed": Q(for_assessment=True) & in_use(on), "findings": FINDINGS, "closed": ~in_use(on)}
    return rows.filter(wanted.get(chosen["show"], Q()))


def districts(user: User) -> QuerySet[Area]:
    """The city and its districts, as filters offer them."""
    levels = (Level.MUNICIPAL, Level.DISTRICT)
    return (
        Area.objects.filter(of_city(user, ""), level__in=levels, closed=None).filter(_with_stations()).order_by("path")
    )


def _with_stations() -> Q:
    """Areas that hold a station themselves or below: their path begins the path of one."""
    paths = Station.objects.values_list("area__path", flat=True).distinct()
    above = {"/".join(path.split("/")[:end]) + "/" for path in paths for end in range(2, path.count("/") + 1)}
    return Q(path__in=above)


def outlines(user: User) -> dict[str, Any]:
    """The newest outline of every area in sight as a FeatureCollection; level decides how it is drawn."""
    newest: dict[int, Boundary] = {}
    for row in policy.scope(user, Boundary.objects.select_related("area")).order_by("valid_from"):
        newest[row.area_id] = row
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.area.code, "name": row.area.name, "level": row.area.level},
            "geometry": row.geometry,
        }
        for row in sorted(newest.values(), key=lambda row: row.area.path)
    ]
    return {"type": "FeatureCollection", "features": features}


def synthetic(user: User) -> bool:
    """Whether anything that the person sees is generated (演示数据), which every page then says."""
    rows = policy.scope(user, DataSource.objects.filter(synthetic=True))
    return rows.exists()

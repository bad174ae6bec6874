"""Units and areas over HTTP, read only: the directory is kept on its own pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from lantian.apps.areas import queries
from lantian.apps.areas.models import Area, AreaKind, Level, Unit
from lantian.apps.core import policy
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.fields import AreaCode, Day, Words
from lantian.apps.core.api.operations import operation
from lantian.apps.core.api.paging import Key, Listing, Page, page, uid, words

router = Router(tags=["directory"])
READ = "read:directory"

UNIT_ORDER = (Key("area__code", words), Key("uid", uid))
AREA_ORDER = (Key("code", words),)


class AliasOut(BaseModel):
    """Another name of a unit and the days on which it was in use."""

    name: str
    since: date | None
    until: date | None
    misreading: bool


class UnitOut(BaseModel):
    """A unit with its names."""

    uid: UUID
    name: str
    short_name: str
    full_name: str
    level: Level
    area: str = Field(description="Code of the area.")
    collective: bool = Field(description="Stands for several units, such as 各区政府.")
    parent: UUID | None
    merged_into: UUID | None = Field(description="The unit that this one turned out to be.")
    opened: date | None
    closed: date | None
    source: str
    aliases: list[AliasOut]


class AreaOut(BaseModel):
    """An area in its tree."""

    code: str
    uid: UUID
    name: str
    short_name: str
    kind: AreaKind
    level: Level
    parent: str | None = Field(description="Code of the area above.")
    opened: date | None
    closed: date | None
    source: str


class UnitFilters(Listing):
    """Filters of units; what is not given does not narrow."""

    q: Words | None = Field(None, description="Part of any name.")
    area: AreaCode | None = Field(None, description="Code of an area: its units and those below.")
    level: Level | None = None
    collective: bool | None = None
    on: Day | None = Field(None, description="Only units that existed on this day.")


class AreaFilters(Listing):
    """Filters of areas; what is not given does not narrow."""

    q: Words | None = Field(None, description="Part of the name.")
    under: AreaCode | None = Field(None, description="Code of an area: itself and what lies below.")
    level: Level | None = None
    kind: AreaKind | None = None
    on: Day | None = Field(None, description="Only areas that existed on this day.")


@operation(router, "GET", "/units", name="units", scope=READ, gives=Page[UnitOut])
def units(request: HttpRequest, filters: Query[UnitFilters]) -> dict[str, Any]:
    """Units by area and order of entry."""
    user = user_of(request)
    policy.require(user, "directory.view")
    rows = queries.directory_page(
        policy.scope(user, Unit.objects.all()),
        area=filters.area or "",
        level=filters.level or "",
        text=filters.q or "",
    )
    if filters.collective is not None:
        rows = rows.filter(collective=filters.collective)
    rows = _existing(rows, filters.on).select_related("merged_into")
    return page(request, rows, UNIT_ORDER, filters, lambda found: [_unit(row) for row in found])


@operation(router, "GET", "/units/{uuid:uid}", name="unit", scope=READ, gives=UnitOut)
def unit(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """One unit with its names."""
    user = user_of(request)
    policy.require(user, "directory.view")
    rows = Unit.objects.select_related("area", "parent", "merged_into").prefetch_related("aliases")
    return _unit(policy.get_or_404(user, rows, uid=uid))


@operation(router, "GET", "/areas", name="areas", scope=READ, gives=Page[AreaOut])
def areas(request: HttpRequest, filters: Query[AreaFilters]) -> dict[str, Any]:
    """Areas by code."""
    user = user_of(request)
    policy.require(user, "directory.view")
    rows = policy.scope(user, Area.objects.select_related("parent"))
    if filters.under:
        rows = rows.filter(path__contains=f"/{filters.under}/")
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return page(request, _existing(rows, filters.on), AREA_ORDER, filters, lambda found: [_area(row) for row in found])


@operation(router, "GET", "/areas/{code}", name="area", scope=READ, gives=AreaOut)
def area(request: HttpRequest, code: Annotated[AreaCode, Path(...)]) -> dict[str, Any]:
    """One area by its code."""
    user = user_of(request)
    policy.require(user, "directory.view")
    return _area(policy.get_or_404(user, Area.objects.select_related("parent"), code=code))


def _existing(rows: QuerySet[Any], on: date | None) -> QuerySet[Any]:
    if on is None:
        return rows
    return rows.filter(Q(opened=None) | Q(opened__lte=on), Q(closed=None) | Q(closed__gte=on))


def _unit(row: Unit) -> dict[str, Any]:
    names = ("uid", "name", "short_name", "full_name", "level", "collective", "opened", "closed", "source")
    return {name: getattr(row, name) for name in names} | {
        "area": row.area.code,
        "parent": row.parent.uid if row.parent else None,
        "merged_into": row.merged_into.uid if row.merged_into else None,
        "aliases": [
            {"name": alias.name, "since": alias.since, "until": alias.until, "misreading": alias.misreading}
            for alias in row.aliases.all()
        ],
    }


def _area(row: Area) -> dict[str, Any]:
    names = ("code", "uid", "name", "short_name", "kind", "level", "opened", "closed", "source")
    return {name: getattr(row, name) for name in names} | {"parent": row.parent.code if row.parent else None}

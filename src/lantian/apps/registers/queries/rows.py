"""Rows of registers for pages, export and API: a page of them, one of them, what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, FloatField, Max, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import Http404

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.registers import catalogue, rights
from lantian.apps.registers.models import ChangeSet, ImportSession, Record, StagedRow
from lantian.apps.registers.placing import current, title
from lantian.apps.registers.queries import lakerows
from lantian.apps.registers.queries.choosing import FIGURES, Choice, narrowed, ordered, says
from lantian.registers import Field, Register
from lantian.registers.values import plain

_LINKED = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a person may see it: personal values are masked where the person does not write."""

    uid: UUID | None  # None: it lies in the lake
    key: str
    values: dict[str, Any]
    area: str
    date: date | None
    revision: int  # of a row of the lake: its last change set
    gone: bool
    writable: bool
    change: int  # number of its last change set


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: cursors of its neighbours are blank where there is none; ``pages`` is 0 in the lake."""

    rows: list[Row]
    count: int
    next: str
    previous: str
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows of another register that point at a row through ``field``: how many, and the newest of them."""

    register: Register
    field: Field
    count: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Place:
    """A row on a map: a point, or a polygon as WKT."""

    key: str
    uid: UUID | None  # None: it lies in the lake
    lon: float | None
    lat: float | None
    wkt: str
    title: str
    values: Mapping[str, Any]  # personal ones masked


@dataclass(frozen=True, slots=True)
class Summary:
    """A register at a glance; ``pending`` change sets are not in the lake yet."""

    rows: int = 0
    last: datetime | None = None
    by: str = ""
    pending: int = 0


@dataclass(slots=True)
class Labels:
    """Names of what canonical values point at: areas by code, units by uid, rows by (register, key)."""

    areas: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    refs: dict[tuple[str, str], str] = field(default_factory=dict)


def visible(user: User, register: Register) -> QuerySet[Record]:
    """The records of a register that the person may read."""
    return policy.scope(user, Record.objects.filter(register=register.name)).select_related("area", "change")


def page(user: User, register: Register, choice: Choice, cursor: str = "", size: int = 50) -> Page:
    """A page of rows. Cursors come from the page before; one that is none gives the first page."""
    if register.store == "lake":
        found, count, following = lakerows.page(register, choice, _codes(user), cursor, size)
        rows = [_lake_row(user, register, values) for values in found]
        return Page(rows, count, following, "", 0, 0)
    wanted = narrowed(register, visible(user, register), choice)
    count = wanted.count()
    pages = max(1, -(-count // size))
    number = min(int(cursor), pages) if cursor.isascii() and cursor.isdigit() and int(cursor[:9]) > 0 else 1
    some = ordered(register, wanted, choice.sort)[(number - 1) * size : number * size]
    next_, previous = str(number + 1) if number < pages else "", str(number - 1) if number > 1 else ""
    return Page(_rows(user, register, some), count, next_, previous, number, pages)


def every(user: User, register: Register, choice: Choice) -> Iterator[Row]:
    """All rows of a choice, in order, for what leaves as a file."""
    if register.store == "lake":
        for values in lakerows.every(register, choice, _codes(user)):
            yield _lake_row(user, register, values)
        return
    rows = ordered(register, narrowed(register, visible(user, register), choice), choice.sort)
    writes: dict[int | None, bool] = {}
    for record in rows.iterator(2000):
        yield row_of(user, register, record, writes)


def _rows(user: User, register: Register, records: Iterable[Record]) -> list[Row]:
    writes: dict[int | None, bool] = {}
    return [row_of(user, register, record, writes) for record in records]


def row_of(user: User, register: Register, record: Record, writes: dict[int | None, bool] | None = None) -> Row:
    """A record as the person may see it; ``writes`` remembers by area whether the person writes there."""
    known = writes if writes is not None else {}
    if record.area_id not in known:
        known[record.area_id] = rights.may_write_at(user, register, record.area)
    writable = known[record.area_id]
    values = current(register, record.values)
    return Row(
        record.uid, record.key, values if writable else rights.masked(register, values),
        record.area.code if record.area else "", record.date, record.revision, record.gone,
        writable and not record.gone, record.change.number,
    )  # fmt: skip


def _lake_row(user: User, register: Register, values: dict[str, Any]) -> Row:
    key, change = values.pop("key"), values.pop("change")
    code = values.get(register.area) or "" if register.area else ""
    area = Area.objects.filter(code=code).first() if code else None
    writable = rights.may_write_at(user, register, area)
    day = values.get(register.date)
    return Row(
        None, key, values if writable else rights.masked(register, values), code,
        date.fromisoformat(day[:10]) if day else None, change, False, writable, change,
    )  # fmt: skip


def _codes(user: User) -> list[str] | None:
    areas = rights.readable_areas(user)
    return None if areas is None else list(areas.values_list("code", flat=True))


def record(user: User, register: Register, uid: UUID) -> Record:
    """One record in the person's scope. Raises Http404."""
    return policy.get_or_404(user, visible(user, register), uid=uid)


def row(user: User, register: Register, name: UUID | str) -> Row:
    """One row by its uid or its key. Raises Http404."""
    if isinstance(name, UUID):
        return row_of(user, register, record(user, register, name))
    if register.store == "lake":
        found = lakerows.one(register, name, _codes(user))
        if found is None:
            raise Http404
        return _lake_row(user, register, found)
    return row_of(user, register, policy.get_or_404(user, visible(user, register), key=name))


def linked(user: User, register: Register, key: str) -> list[Linked]:
    """Rows of other registers that point at a row; registers of the lake, and those without any, are left out."""
    found = []
    for other in catalogue.registers().values():
        for item in other.shown:
            if item.type == "ref" and item.of == register.name and other.store == "table":
                rows = visible(user, other).filter(says(item.name, key), gone=False)
                if count := rows.count():
                    some = _rows(user, other, ordered(other, rows, "")[:_LINKED])
                    found.append(Linked(other, item, count, some))
    return found


def totals(user: User, register: Register, choice: Choice) -> dict[str, Decimal]:
    """The sums of the figures of a choice, by field; fields without any figure are left out."""
    names = [item.name for item in register.shown if item.type in FIGURES and not item.personal]
    if register.store == "lake":
        sums: Mapping[str, Any] = lakerows.totals(register, choice, _codes(user), names)
    elif names:
        columns = {f"sum_{name}": Sum(Cast(KT(f"values__{name}"), FloatField())) for name in names}
        sums = narrowed(register, visible(user, register), choice).order_by().aggregate(**columns)
        sums = {name.removeprefix("sum_"): value for name, value in sums.items()}
    else:
        sums = {}
    return {name: Decimal(plain(Decimal(f"{value:.12g}"))) for name, value in sums.items() if value is not None}


def places(user: User, register: Register, choice: Choice, most: int = 2000) -> tuple[list[Place], int]:
    """The rows of a choice that have a place (at most so many), and how many have one."""
    shapes = [item.name for item in register.shown if item.type == "polygon"]
    if register.store == "lake":
        return _lake_places(user, register, choice, most)
    rows = narrowed(register, visible(user, register), choice)
    rows = rows.exclude(**{f"values__{shapes[0]}": None}) if shapes else rows.filter(lat__isnull=False)
    found = []
    for item in rows.order_by("key")[:most]:
        shape = next((item.values[name] for name in shapes if item.values.get(name)), None)
        wkt = shape["wkt"] if shape else ""
        if wkt or item.lat is not None:
            name = title(register, item.values, item.key)
            values = rights.masked(register, item.values)
            found.append(Place(item.key, item.uid, item.lon, item.lat, wkt, name, values))
    return found, rows.count()


def _lake_places(user: User, register: Register, choice: Choice, most: int) -> tuple[list[Place], int]:
    """The newest ones of the lake, by the first polygon, else the first point."""
    fields = [item for kind in ("polygon", "point") for item in register.shown if item.type == kind]
    if not fields:
        return [], 0
    rows, count = lakerows.places(register, choice, _codes(user), fields[0].name, most)
    found = []
    for values in rows:
        point = next((values[item.name] for item in fields if item.type == "point" and values[item.name]), None)
        wkt = values[fields[0].name]["wkt"] if fields[0].type == "polygon" else ""
        lon, lat = (point["lon"], point["lat"]) if point else (None, None)
        name = title(register, values, values["key"])
        found.append(Place(values["key"], None, lon, lat, wkt, name, rights.masked(register, values)))
    return found, count


def labels(register: Register, rows: Sequence[Row | Mapping[str, Any]]) -> Labels:
    """Names of the areas, units and rows that rows (or their values) point at; a query for each sort of thing."""
    values = [row.values if isinstance(row, Row) else row for row in rows]
    codes: set[str] = set()
    uids: set[str] = set()
    refs: dict[str, set[str]] = {}
    for item in register.shown:
        given = {row[item.name] for row in values if isinstance(row.get(item.name), str)}
        if item.type == "area":
            codes |= given
        elif item.type == "unit":
            uids |= given - {rights.MASK}
        elif item.type == "ref":
            refs.setdefault(item.of, set()).update(given)
    found = Labels()
    if codes:
        found.areas = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    if uids:
        units = Unit.objects.filter(uid__in=uids).values_list("uid", "name")
        found.units = {str(uid): name for uid, name in units}
    for name, keys in refs.items():
        other = catalogue.registers()[name]
        rows_of = Record.objects.filter(register=name, key__in=keys).values_list("key", "values")
        found.refs |= {(name, key): title(other, told, key) for key, told in rows_of}
    return found


def overview(user: User) -> dict[str, Summary]:
    """Every register by its name: how many rows the person may read, when and by whom it was last changed."""
    rows = policy.scope(user, Record.objects.filter(gone=False)).order_by()
    counts = dict(rows.values_list("register").annotate(count=Count("pk")).values_list("register", "count"))
    last = dict(ChangeSet.objects.order_by().values_list("register").annotate(last=Max("pk")))
    changes = {item.pk: item for item in ChangeSet.objects.filter(pk__in=last.values()).select_related("by")}
    waiting = ChangeSet.objects.filter(written=None).order_by().values_list("register").annotate(count=Count("pk"))
    pending = dict(waiting)
    found = {}
    for name, register in catalogue.registers().items():
        change = changes.get(last.get(name, 0))
        count = lakerows.count(register, _codes(user)) if register.store == "lake" else counts.get(name, 0)
        by = str(change.by) if change and change.by else ""
        found[name] = Summary(count, change.at if change else None, by, pending.get(name, 0))
    return found


def attachment(user: User, register: Register, uid: UUID | None, name: str) -> StoredFile:
    """The file that a row keeps in a field. Raises Http404: also for a personal field the person may not see."""
    if uid is None:  # rows of the lake have no files
        raise Http404
    found = row(user, register, uid)
    if not any(item.name == name and item.type == "file" for item in register.shown):
        raise Http404
    given = found.values.get(name)
    stored = StoredFile.objects.filter(uid=given).first() if given and given != rights.MASK else None
    if stored is None:
        raise Http404
    return stored


def sessions(user: User, register: Register) -> QuerySet[ImportSession]:
    """The files of a register that the person may see, newest first."""
    rows = ImportSession.objects.filter(register=register.name).select_related("created_by", "job", "change", "file")
    return policy.scope(user, rows)


def staged(session: ImportSession, only: str = "") -> QuerySet[StagedRow]:
    """The rows of a file by line: all, or the ``bad``, ``warned`` or ``good`` ones."""
    rows = session.staged.order_by("line")
    if only == "bad":
        return rows.filter(bad=True)
    if only == "warned":
        return rows.filter(warned=True)
    return rows.filter(bad=False) if only == "good" else rows

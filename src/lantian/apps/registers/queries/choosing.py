"""What a list shows: filters, search, order and days out of an address, as conditions on records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import F, FloatField, Lookup, OrderBy, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, In

from lantian.apps.areas.models import Area
from lantian.apps.registers.indexes import Word
from lantian.apps.registers.models import Record
from lantian.registers import Field, Register
from lantian.registers.words import bare

FIGURES = frozenset({"integer", "decimal"})
_EXACT = frozenset({"choice", "area", "unit", "bool", "plate", "vin", "ref", "date", "integer", "decimal"})
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows: ``filters`` by field (exact; texts by words inside), an area with all below it, words, days of an
    event register, removed rows instead of the others; and their order: a field's name, ``-`` before it falling."""

    filters: Mapping[str, str] = field(default_factory=dict)
    area: str = ""
    text: str = ""
    sort: str = ""
    gone: bool = False
    since: date | None = None
    until: date | None = None


def choice_of(register: Register, given: Mapping[str, str]) -> Choice:
    """The choice that an address names; what it does not understand is left out."""
    filters = {
        item.name: given[item.name][:_LONGEST]
        for item in register.shown
        if item.filtered and given.get(item.name) and not item.personal
    }
    sort = given.get("sort", "")
    if sort.removeprefix("-") not in {item.name for item in register.shown if item.listed}:
        sort = ""
    choice = Choice(filters, given.get("area", "")[:20], given.get("q", "")[:_LONGEST], sort, given.get("gone") == "1")
    return replace(choice, since=_day(given.get("since")), until=_day(given.get("until")))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def narrowed(register: Register, rows: QuerySet[Record], choice: Choice) -> QuerySet[Record]:
    """The records of a register that a choice means, unordered."""
    rows = rows.filter(register=register.name, gone=choice.gone)
    for name, text in choice.filters.items():
        rows = rows.filter(_condition(register.field(name), text))
    if choice.area:
        path = Area.objects.filter(code=choice.area).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=path) if path else rows.none()
    if choice.since:
        rows = rows.filter(date__gte=choice.since)
    if choice.until:
        rows = rows.filter(date__lte=choice.until)
    for word in choice.text.split():
        rows = rows.filter(text__contains=bare(word))
    return rows


def _condition(item: Field, text: str) -> Q | Lookup[Any]:
    if item.type == "bool":
        return Q(**{f"values__{item.name}": text in ("true", "1", "是")})
    if item.type == "area":
        path = Area.objects.filter(code=text).values_list("path", flat=True).first()
        codes = Area.objects.filter(path__startswith=path).values_list("code", flat=True) if path else ()
        return In(Word(item.name), list(codes))
    if item.type in _EXACT:
        return says(item.name, text)
    return Q(**{f"values__{item.name}__icontains": text})


def says(name: str, text: str) -> Lookup[Any]:
    """The field holds exactly this text; found by its index, where it has one."""
    return Exact(Word(name), text)


def ordered(register: Register, rows: QuerySet[Record], sort: str) -> QuerySet[Record]:
    """Rows by a listed field (figures by their size, rows without last), else newest event first or by key."""
    name = sort.removeprefix("-")
    if not name:
        return (
            rows.order_by(F("date").desc(nulls_last=True), "key") if register.kind == "event" else rows.order_by("key")
        )
    column: Any = KT(f"values__{name}")
    if register.field(name).type in FIGURES:
        column = Cast(column, FloatField())
    return rows.order_by(OrderBy(column, descending=sort.startswith("-"), nulls_last=True), "key")

"""What the two list pages show: the tree of areas and the units by area, both as of one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from lantian.apps.areas import queries
from lantian.apps.areas.models import Unit
from lantian.apps.areas.names import is_open_on, name_on
from lantian.apps.areas.tree import AreaOn, Tree


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree, made for a template that writes nested lists without recursion.

    ``leaf``: nothing shown lies below it. ``closes`` counts the lists that end after it. ``unfolded``: what lies below
    is in sight.
    """

    place: AreaOn
    units: int
    leaf: bool
    closes: range
    unfolded: bool
    found: bool


def area_nodes(on: date, *, text: str = "", level: str = "", closed: bool = False) -> list[Node]:
    """The areas as of a day, from the roots down; with a search those that fit and what lies above them.

    Areas that were not open on the day are left out unless ``closed``. Three queries however many areas there are.
    """
    places = [place for place in Tree(on).walk() if closed or place.open]
    narrowed = bool(text or level)
    fits = {place.area.pk for place in places if _fits(place, text, level)} if narrowed else set()
    shown = _with_above(places, fits) if narrowed else places
    rows = Unit.objects.filter(merged_into=None).values_list("area").annotate(Count("id")).order_by()
    counts = dict(rows)
    nodes = []
    for index, place in enumerate(shown):
        after = shown[index + 1].depth if index + 1 < len(shown) else 0
        leaf = index + 1 == len(shown) or after <= place.depth
        nodes.append(
            Node(
                place=place,
                units=counts.get(place.area.pk, 0),
                leaf=leaf,
                closes=range(place.depth - after if leaf else 0),
                unfolded=narrowed or place.depth == 0,
                found=place.area.pk in fits,
            )
        )
    return nodes


def _fits(place: AreaOn, text: str, level: str) -> bool:
    words = (place.name, place.area.name, place.area.short_name, place.area.code)
    return (not level or place.area.level == level) and (not text or any(text in word for word in words))


def _with_above(places: list[AreaOn], fits: set[int]) -> list[AreaOn]:
    """Those that fit and their ancestors, in order. An ancestor that is not shown takes its descendants with it."""
    keep: set[int] = set()
    by_key = {place.area.pk: place for place in places}
    for key in fits:
        here: AreaOn | None = by_key[key]
        while here is not None and here.area.pk not in keep:
            keep.add(here.area.pk)
            here = by_key.get(here.parent_id or 0)
    return [place for place in places if place.area.pk in keep]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit as of a day: ``name`` as it was called then, ``here`` whether it existed."""

    unit: Unit
    name: str
    here: bool
    others: tuple[str, ...]


def unit_rows(
    rows: QuerySet[Unit],
    on: date,
    *,
    area: str = "",
    level: str = "",
    text: str = "",
    kind: str = "",
    closed: bool = False,
) -> QuerySet[Unit]:
    """Units in the order of the areas; those that were not there on the day are left out unless ``closed``."""
    rows = queries.directory_page(rows, area=area, level=level, text=text).select_related("merged_into")
    if kind:
        rows = rows.filter(collective=kind == "collective")
    if not closed:
        there = Q(opened=None) | Q(opened__lte=on)
        rows = rows.filter(there, Q(closed=None) | Q(closed__gte=on), merged_into=None)
    return rows.order_by("area__path", "id")


def unit_line(unit: Unit, on: date) -> UnitLine:
    """What the list shows of a unit; its aliases must have been fetched."""
    name = name_on(unit, on)
    others = [unit.short_name, *(alias.name for alias in unit.aliases.all() if not alias.misreading)]
    if name != unit.name:
        others.insert(0, unit.name)
    return UnitLine(
        unit, name, is_open_on(unit, on), tuple(dict.fromkeys(word for word in others if word and word != name))
    )

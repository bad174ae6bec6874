"""The areas as they stood on one day: what each was called, what it belonged to, what lay below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from lantian.apps.areas.models import Area, AreaPast


@dataclass(frozen=True, slots=True)
class AreaOn:
    """One area on the day of its tree: ``depth`` from the root, ``moved`` where today's name or parent is another."""

    area: Area
    name: str
    short_name: str
    parent_id: int | None
    depth: int
    open: bool
    moved: bool


class Tree:
    """区域树: every area under one root (or all), as of one day; two queries however many there are."""

    def __init__(self, on: date, root: str = "") -> None:
        """``root`` is the code of the topmost area; without it the trees of all cities are read."""
        self.on = on
        rows = Area.objects.filter(path__startswith=f"/{root}/") if root else Area.objects.all()
        self._rows = {area.pk: area for area in rows.order_by("code")}
        pasts = AreaPast.objects.filter(area__path__startswith=f"/{root}/") if root else AreaPast.objects.all()
        self._pasts = _in_force(pasts, on)
        self._children: dict[int | None, list[Area]] = defaultdict(list)
        for area in self._rows.values():
            parent = self.parent_id(area)
            self._children[parent if parent in self._rows else None].append(area)

    @classmethod
    def around(cls, area: Area, on: date) -> Tree:
        """The tree in which an area stands."""
        return cls(on, area.path.split("/")[1])

    def parent_id(self, area: Area) -> int | None:
        """Key of the area above it on that day."""
        past = self._pasts.get(area.pk)
        return past.parent_id if past else area.parent_id

    def name(self, area: Area) -> str:
        """Its name on that day."""
        past = self._pasts.get(area.pk)
        return past.name if past else area.name

    def parent_name(self, area: Area) -> str:
        """The name of the area above it on that day, blank at the top."""
        above = self._rows.get(self.parent_id(area) or 0)
        return self.name(above) if above else ""

    def is_open(self, area: Area) -> bool:
        """Whether it had been opened and not yet been closed."""
        return is_open(area.opened, area.closed, self.on)

    def below(self, area: Area) -> Iterator[Area]:
        """Everything below an area on that day, open or not, in the order of the codes."""
        for child in self._children.get(area.pk, ()):
            yield child
            yield from self.below(child)

    def above(self, area: Area) -> Iterator[Area]:
        """The area itself and everything above it on that day, nearest first."""
        here: Area | None = area
        seen: set[int] = set()
        while here is not None and here.pk not in seen:
            seen.add(here.pk)
            yield here
            here = self._rows.get(self.parent_id(here) or 0)

    def walk(self) -> Iterator[AreaOn]:
        """Every area from the roots down, each before what lies below it."""
        yield from self._walk(None, 0)

    def _walk(self, parent: int | None, depth: int) -> Iterator[AreaOn]:
        for area in self._children.get(parent, ()):
            past = self._pasts.get(area.pk)
            row = past or area
            yield AreaOn(area, row.name, row.short_name, parent, depth, self.is_open(area), past is not None)
            yield from self._walk(area.pk, depth + 1)


def is_open(opened: date | None, closed: date | None, on: date) -> bool:
    """Whether a day lies between two dates, either of which may be open; the last day counts."""
    return (opened is None or opened <= on) and (closed is None or on <= closed)


def _in_force(pasts: Iterable[AreaPast], on: date) -> dict[int, AreaPast]:
    """For each area the past that held on the day: the first one that ends on it or after it."""
    found: dict[int, AreaPast] = {}
    for past in pasts:
        if past.until >= on and (past.area_id not in found or past.until < found[past.area_id].until):
            found[past.area_id] = past
    return found

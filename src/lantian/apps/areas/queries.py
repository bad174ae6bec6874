"""Reads of areas and units: whom a printed name means, what lies inside what, where a person's roles hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from lantian.apps.areas.models import Area, Membership, Unit, UnitAlias
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.reading.text import compare_form

_BRACKET = re.compile(r"\([^()]*\)$")
_OPEN_START, _OPEN_END = date.min, date.max


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of one unit with the days on which it was in use."""

    unit_id: int
    area_id: int
    since: date
    until: date


class Directory:
    """名录: the names in use in one period, seen from one area; made once, asked for every name of a plan.

    A name means the unit of the area itself, else of its nearest ancestor that has one, else the only one below
    (a city's plan naming 朝阳区政府). Two units equally near and of the same name mean nothing: None, never a guess.
    """

    def __init__(self, area: Area | None, start: date, end: date | None = None) -> None:
        self._start, self._end = start, end or start
        self._order = _nearness(area)
        self._names: dict[str, list[_Name]] = defaultdict(list)
        self._units: dict[int, Unit] = {}
        self._misreadings: set[str] = set()
        if area is None:
            return
        top = area.path.split("/")[1]
        rows = Unit.objects.filter(area__path__startswith=f"/{top}/", merged_into=None)
        for unit in rows.select_related("area"):
            self._units[unit.pk] = unit
            self._add(unit.name, unit, unit.named_since or unit.opened, unit.closed)
            for name in {unit.short_name, unit.full_name} - {unit.name}:
                self._add(name, unit, unit.opened, unit.closed)
        for alias in UnitAlias.objects.filter(unit__in=rows):
            self._add(alias.name, self._units[alias.unit_id], alias.since, alias.until)
            if alias.misreading:
                self._misreadings.add(compare_form(alias.name))

    def _add(self, name: str, unit: Unit, since: date | None, until: date | None) -> None:
        if name:
            entry = _Name(unit.pk, unit.area_id, since or _OPEN_START, until or _OPEN_END)
            self._names[compare_form(name)].append(entry)

    def find(self, name: str) -> Unit | None:
        """The unit that ``name`` means in the period, or None.

        A bracket behind a name says what else the unit is (市经济和信息化局（…联席会议办公室）): where the whole is
        no name of its own, the name before the bracket counts.
        """
        form = compare_form(name)
        return self._find(form) or (self._find(bare) if (bare := _BRACKET.sub("", form)) != form else None)

    def is_misreading(self, name: str) -> bool:
        """Whether people said that the name is a misread form of a unit's name ("always read it so")."""
        return compare_form(name) in self._misreadings

    def suggest(self, name: str, limit: int = 5) -> list[Unit]:
        """The units whose names in the period are most like ``name``, best first; none that is far from it.

        Likeness is that of the letters (rapidfuzz ratio, at least 50 of 100); of two alike the nearer area comes first.
        """
        form = compare_form(name)
        forms = [other for other, entries in self._names.items() if any(map(self._in_use, entries))]
        best: dict[int, tuple[float, int]] = {}
        for other, score, _index in process.extract(form, forms, scorer=fuzz.ratio, score_cutoff=50, limit=4 * limit):
            for entry in filter(self._in_use, self._names[other]):
                near = self._order.index(entry.area_id) if entry.area_id in self._order else len(self._order)
                best[entry.unit_id] = min(best.get(entry.unit_id, (0.0, 0)), (-score, near))
        return [self._units[pk] for pk in sorted(best, key=lambda pk: (best[pk], pk))[:limit]]

    def _in_use(self, entry: _Name) -> bool:
        return entry.since <= self._end and entry.until >= self._start

    def _find(self, form: str) -> Unit | None:
        found = [n for n in self._names.get(form, ()) if self._in_use(n)]
        for area_id in self._order:
            here = {n.unit_id for n in found if n.area_id == area_id}
            if here:
                return self._units[here.pop()] if len(here) == 1 else None
        below = {n.unit_id for n in found}
        return self._units[below.pop()] if len(below) == 1 else None


def _nearness(area: Area | None) -> list[int]:
    """Keys of the area and its ancestors, nearest first."""
    if area is None:
        return []
    codes = area.path.strip("/").split("/")
    keys = dict(Area.objects.filter(code__in=codes).values_list("code", "pk"))
    return [keys[code] for code in reversed(codes)]


def resolve(name: str, area: Area, on: date) -> Unit | None:
    """The unit that a printed name means in ``area`` on one day; for many names make a :class:`Directory` once."""
    return Directory(area, on).find(name)


def area_of(region: str) -> Area | None:
    """The area that a plan's region words name (北京市, 北京市门头沟区, 门头沟区), None if none or several."""
    wanted = compare_form(region)
    if not wanted:
        return None
    best: dict[int, list[Area]] = defaultdict(list)
    for area in Area.objects.select_related("parent"):
        for name in {area.name, (area.parent.name if area.parent else "") + area.name}:
            if wanted.endswith(compare_form(name)):
                best[len(name)].append(area)
                break
    if not best:
        return None
    longest = best[max(best)]
    return longest[0] if len(longest) == 1 else None


def inside(area: Area | None) -> QuerySet[Area]:
    """The area and everything below it; without an area nothing."""
    return Area.objects.filter(path__startswith=area.path) if area else Area.objects.none()


def reach(user: User, roles: Iterable[str]) -> list[str] | None:
    """Paths of the areas in which one of ``roles`` holds for the person; None where one holds everywhere."""
    wanted = frozenset(roles)
    paths = []
    for role, path in policy.memberships(user):
        if role in wanted:
            if path is None:
                return None
            paths.append(path)
    return paths


def office_of(user: User, action: str, prefix: str = "") -> Q:
    """Condition on areas: an office role (policy.OFFICE) that allows ``action`` holds there.

    ``prefix`` leads to the area's fields (``plan__area__``); rows without an area are every office's.
    """
    paths = reach(user, policy.ACTIONS[action] & policy.OFFICE)
    if paths is None:
        return Q(pk__isnull=False)
    if not paths:
        return Q(pk__in=())
    there = Q(**{f"{prefix}pk": None}) if prefix else Q()
    for path in paths:
        there |= Q(**{f"{prefix}path__startswith": path})
    return there


def for_unit(user: User, action: str, prefix: str = "unit") -> Q:
    """Condition on rows of a unit: the person may do ``action`` for it.

    An office role holds for every unit of its area and below; any other role for its own unit and those under it.
    ``prefix`` is the field that names the unit, empty for rows that are units.
    """
    lead, this = (f"{prefix}__", prefix) if prefix else ("", "pk")
    allowed = policy.ACTIONS[action]
    paths = reach(user, allowed & policy.OFFICE)
    if paths is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for path in paths:
        there |= Q(**{f"{lead}area__path__startswith": path})
    if roles := allowed - policy.OFFICE:
        if any(path is None and role in roles for role, path in policy.memberships(user)):
            return Q(pk__isnull=False)
        own = Membership.objects.filter(user=user, unit__isnull=False, role__in=roles).values("unit")
        there |= Q(**{f"{this}__in": own}) | Q(**{f"{lead}parent__in": own})
    return there


def directory_page(rows: QuerySet[Unit], *, area: str = "", level: str = "", text: str = "") -> QuerySet[Unit]:
    """Units of the directory page, narrowed by area code (with everything below), level and words of any name."""
    if area:
        chosen = Area.objects.filter(code=area).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=chosen) if chosen else rows.none()
    if level:
        rows = rows.filter(level=level)
    if text:
        named = Q(name__icontains=text) | Q(full_name__icontains=text) | Q(short_name__icontains=text)
        rows = rows.filter(named | Q(aliases__name__icontains=text)).distinct()
    return rows.select_related("area", "parent").prefetch_related("aliases")

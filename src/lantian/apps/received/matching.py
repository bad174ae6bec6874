"""Printed names → areas: by their names of that time, by the names of their offices, by what was confirmed before.

Nothing is guessed: a name that several areas bear within the printed district stays open, with candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from lantian.apps.areas.models import Area, AreaPast, Unit, UnitAlias
from lantian.apps.areas.tree import is_open
from lantian.apps.received.models import Figure, Status
from lantian.reading.received.words import fold, words

_LIKE = 55  # of 100: below that a name is no candidate
_OFFICE_ENDS = ("办事处", "人民政府", "政府", "管委会", "管理委员会")


@dataclass(frozen=True, slots=True)
class Match:
    """The area that a name means, or None with candidates, the likeliest first. ``whole``: the city's own row."""

    area: Area | None
    candidates: tuple[Area, ...] = ()
    whole: bool = False


class Names:
    """The names in use in one city on one day; made once, asked for every subject of a bulletin."""

    def __init__(self, office: Area, on: date) -> None:
        top = office.path.split("/")[1]
        self._office = office
        self._areas = {
            area.pk: area
            for area in Area.objects.filter(path__startswith=f"/{top}/").select_related("parent")
            if is_open(area.opened, area.closed, on)
        }
        self._names: dict[str, set[int]] = defaultdict(set)
        self._short: dict[str, set[int]] = defaultdict(set)
        self._learned = _learned(top)
        for area in self._areas.values():
            self._names[fold(area.name)].add(area.pk)
            self._short[fold(area.short_name)].add(area.pk)
        for past in AreaPast.objects.filter(area__in=self._areas):
            self._names[fold(past.name)].add(past.area_id)
        self._add_offices(top, on)

    def find(self, subject: str, district: str) -> Match:
        """The area of a subject, in the printed district where there is one."""
        form = fold(subject)
        if form in words("whole"):
            return Match(None, whole=True)
        key = (form, fold(district))
        if key in self._learned and self._learned[key] in self._areas:
            return Match(self._areas[self._learned[key]])
        there = self._inside(district) if district and district != subject else None
        for names in (self._names, self._short):
            found = names.get(form, set())
            if there is not None:
                found = {pk for pk in found if pk in there}
            # 松陵街道 lies in 松陵区: where a street and its district share a short name, a district column decides.
            narrowed = self._own_level(found, bool(district))
            if len(narrowed) == 1:
                return Match(self._areas[narrowed.pop()])
            if found:
                return Match(None, tuple(self._areas[pk] for pk in sorted(found)))
        return Match(None, tuple(self._like(form, there)))

    def _own_level(self, found: set[int], has_district: bool) -> set[int]:
        if len(found) < 2:
            return set(found)
        towns = {pk for pk in found if self._areas[pk].level == "town"}
        return towns if has_district else found - towns

    def _inside(self, district: str) -> set[int] | None:
        """Keys of the areas below a printed district (and itself), None where the name means no one district."""
        form = fold(district)
        found = self._names.get(form, set()) or self._short.get(form, set())
        upper = [self._areas[pk] for pk in found if self._areas[pk].level != "town"]
        if len(upper) != 1:
            return None
        return {area.pk for area in self._areas.values() if area.path.startswith(upper[0].path)}

    def _like(self, form: str, there: set[int] | None) -> Iterable[Area]:
        choices = {pk: fold(area.name) for pk, area in self._areas.items() if there is None or pk in there}
        close = process.extract(form, choices, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=5)
        return [self._areas[pk] for _name, _score, pk in close]

    def _add_offices(self, top: str, on: date) -> None:
        """街道办事处 and 镇政府 print as their street: 柳桥街道办事处 means 柳桥街道, 高新区管委会 the zone."""
        units = Unit.objects.filter(area__path__startswith=f"/{top}/", collective=False, merged_into=None)
        named = {unit.pk: unit.area_id for unit in units if unit.name.endswith(_OFFICE_ENDS)}
        for unit in units:
            if unit.pk in named and unit.area_id in self._areas:
                self._names[fold(unit.name)].add(unit.area_id)
        for alias in UnitAlias.objects.filter(unit__in=named):
            if named[alias.unit_id] in self._areas and is_open(alias.since, alias.until, on):
                self._names[fold(alias.name)].add(named[alias.unit_id])


def _learned(top: str) -> dict[tuple[str, str], int]:
    """What people confirmed in checked bulletins of the city: printed subject and district → area."""
    rows = (
        Figure.objects.filter(bulletin__area__path__startswith=f"/{top}/", bulletin__status=Status.CHECKED)
        .exclude(area=None)
        .order_by("bulletin_id")
        .values_list("subject", "district", "area_id")
        .distinct()
    )
    return {(fold(subject), fold(district)): area for subject, district, area in rows}

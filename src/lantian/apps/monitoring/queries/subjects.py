"""What is compared: stations, or areas by the mean of their stations, hour by hour.

An area's value is the mean over its assessed stations of each hour, never the mean of their yearly figures (the order
matters), and only where enough of them have a value (75 %, of fewer than four 50 %: mark U-SITES). Districts and the
city rest on the stations of the state, city and district networks; streets and towns on all assessed stations in them.
Micro stations never count (docs/monitoring.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lantian.analysis.observations import Observations
from lantian.apps.areas.models import Area, Level
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import Values
from lantian.apps.monitoring.models import Station, StationClass
from lantian.apps.monitoring.queries.registry import in_use, stations
from lantian.apps.monitoring.readings import kept, observed
from lantian.apps.monitoring.rights import of_city
from lantian.standards.evaluation import VALIDITY

STATION, DISTRICT, STREET = "station", "district", "street"
KINDS = (DISTRICT, STREET, STATION)
_OFFICIAL = (StationClass.NATIONAL, StationClass.MUNICIPAL, StationClass.DISTRICT)


@dataclass(frozen=True, slots=True)
class Subject:
    """One line of a comparison: its name, where it lies, the codes of the stations it rests on."""

    key: str
    name: str
    above: str
    codes: tuple[str, ...]
    uid: str = ""
    path: str = ""  # of the area, or of the one in which the station lies


def subjects(user: User, kind: str, on: date) -> list[Subject]:
    """What is compared on a day: assessed stations, districts or streets with any. Two queries at most."""
    rows = list(stations(user).filter(in_use(on), for_assessment=True).exclude(kind=StationClass.MICRO))
    if kind == STATION:
        return [
            Subject(row.code, row.name, row.area.name, (row.code,), str(row.uid), row.area.path)
            for row in sorted(rows, key=lambda row: row.code)
        ]
    levels = (Level.DISTRICT,) if kind == DISTRICT else (Level.TOWN,)
    areas = Area.objects.filter(of_city(user, ""), level__in=levels, closed=None).select_related("parent")
    found = []
    for area in areas.order_by("path"):
        own = _of_area(rows, area, official=kind == DISTRICT)
        if own:
            found.append(Subject(area.code, area.name, area.parent.name if area.parent else "", own, path=area.path))
    return found


def city(user: User, on: date) -> list[Subject]:
    """The cities that the person sees, by the mean of their official stations."""
    rows = list(stations(user).filter(in_use(on), for_assessment=True, kind__in=_OFFICIAL))
    areas = Area.objects.filter(of_city(user, ""), level=Level.MUNICIPAL, closed=None).order_by("path")
    return [
        Subject(area.code, area.name, "", own, path=area.path)
        for area in areas
        if (own := _of_area(rows, area, official=True))
    ]


def _of_area(rows: Sequence[Station], area: Area, *, official: bool) -> tuple[str, ...]:
    inside = [row for row in rows if row.area.path.startswith(area.path)]
    return tuple(sorted(row.code for row in inside if not official or row.kind in _OFFICIAL))


def values(found: Sequence[Subject], start: date, end: date) -> Observations:
    """Hourly values of the subjects, in their order, under their keys."""
    key = ("subjects", tuple((subject.key, subject.codes) for subject in found), start, end)
    return kept(key, lambda: _means(found, start, end), lambda made: sum(a.nbytes for a in made.values.values()))


def _means(found: Sequence[Subject], start: date, end: date) -> Observations:
    codes = sorted({code for subject in found for code in subject.codes})
    data = observed(codes, start, end)
    rows = {code: place for place, code in enumerate(codes)}
    groups = [[rows[code] for code in subject.codes] for subject in found]
    means = {
        name: np.stack([_mean(array[group]) for group in groups]) if groups else array[:0]
        for name, array in data.values.items()
    }
    spans = tuple((0, data.days - 1) for _subject in found)
    return Observations(tuple(subject.key for subject in found), start, data.days, means, spans)


def _mean(cells: Values) -> Values:
    """Hourly mean over the stations where enough have a value, else NaN."""
    if len(cells) == 1:
        only: Values = cells[0]
        return only
    known = ~np.isnan(cells)
    count = known.sum(axis=0)
    share = VALIDITY["site_share" if len(cells) >= 4 else "few_sites_share"]
    sums = np.where(known, cells, 0.0).sum(axis=0)
    found: Values = np.where(100 * count >= share * len(cells), sums / np.maximum(count, 1), np.nan)
    return found

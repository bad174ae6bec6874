"""Outlines of areas: saved all together, and every station of these areas looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import Boundary, Station
from lantian.apps.monitoring.places import findings, in_wgs84, outlines
from lantian.apps.monitoring.rights import EDIT, keeps

Outline = tuple[Area, dict[str, Any]]  # geometry as it was given


@transaction.atomic
def save_boundaries(
    by: User, given: Sequence[Outline], *, datum: str, source: str, valid_from: date, synthetic: bool = False
) -> int:
    """Save outlines that hold from a day on; one that the area has for that day is replaced. Returns how many.

    Raises PermissionDenied where an area is not the person's, KeyError for an unknown datum.
    """
    policy.require(by, EDIT)
    areas = [area for area, _geometry in given]
    for area in areas:
        if not keeps(by, EDIT, area):
            policy.require(by, EDIT, Boundary(area=area))
    Boundary.objects.filter(area__in=areas, valid_from=valid_from).delete()
    Boundary.objects.bulk_create(
        Boundary(
            area=area, geometry=in_wgs84(geometry, datum), datum=datum, source=source[:120], valid_from=valid_from,
            synthetic=synthetic,
        )
        for area, geometry in given
    )  # fmt: skip
    after = {"rows": len(areas), "datum": datum, "source": source, "valid_from": valid_from.isoformat()}
    audit.record(by, "boundary.save", areas[0] if len(areas) == 1 else None, after=after)
    look_again([area.pk for area in areas])
    return len(areas)


def look_again(area_ids: Sequence[int]) -> None:
    """Find anew what is odd about the coordinates of the stations of these areas."""
    known = outlines(area_ids)
    changed = []
    for station in Station.objects.filter(area__in=area_ids):
        found = findings(station, known)
        if found != (station.outside, station.apart_m):
            station.outside, station.apart_m = found
            changed.append(station)
    Station.objects.bulk_update(changed, ["outside", "apart_m"], batch_size=500)

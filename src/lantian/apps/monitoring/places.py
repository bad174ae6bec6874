"""Outlines and points: what lies in what, and what the registry finds odd about a station's coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lantian.analysis.geodesy import distance_m, to_wgs84
from lantian.apps.monitoring.models import Boundary, Station

APART_M = 300  # farther from a second source than this is a finding


def outlines(area_ids: Iterable[int]) -> dict[int, Any]:
    """The newest outline of each area by its key (shapely), prepared for many points; areas without one are missing."""
    from shapely import make_valid, prepare  # type: ignore[import-untyped]
    from shapely.geometry import shape  # type: ignore[import-untyped]

    found: dict[int, Any] = {}
    for row in Boundary.objects.filter(area__in=set(area_ids)).order_by("valid_from"):
        found[row.area_id] = make_valid(shape(row.geometry))  # published outlines cross themselves now and then
    for geometry in found.values():
        prepare(geometry)
    return found


def findings(station: Station, known: Mapping[int, Any]) -> tuple[bool, int | None]:
    """Whether the station lies outside its stated area's outline, and the metres to its second coordinates if > 300.

    Nothing is found where coordinates or the outline are missing.
    """
    outside, apart = False, None
    if station.lon is not None and station.lat is not None:
        if (outline := known.get(station.area_id)) is not None:
            from shapely.geometry import Point

            outside = not outline.covers(Point(station.lon, station.lat))
        if station.second_lon is not None and station.second_lat is not None:
            metres = distance_m((station.lon, station.lat), (station.second_lon, station.second_lat))
            apart = round(metres) if metres > APART_M else None
    return outside, apart


def in_wgs84(geometry: dict[str, Any], datum: str) -> dict[str, Any]:
    """A (Multi)Polygon with every point in WGS-84, to seven decimals (a centimetre)."""

    def point(pair: list[float]) -> list[float]:
        lon, lat = to_wgs84(pair[0], pair[1], datum)
        return [round(lon, 7), round(lat, 7)]

    many = geometry["type"] == "MultiPolygon"
    parts = geometry["coordinates"] if many else [geometry["coordinates"]]
    moved = [[[point(pair) for pair in ring] for ring in part] for part in parts]
    return {"type": geometry["type"], "coordinates": moved if many else moved[0]}

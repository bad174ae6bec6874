"""Points and polygons as people write them → as a register keeps them, in WGS-84 with the original kept.

A point is ``{"lon", "lat", "datum", "x", "y"}`` (x, y: as given in the datum), a polygon ``{"wkt", "ha"}``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from math import cos, isfinite, radians, sin, sqrt
from typing import Any

from lantian.registers.values import Doubt, Names, Wrong, is_blank, number_of, text_of
from lantian.registers.words import bare, datums

LON, LAT = (73.4, 135.2), (3.3, 53.7)  # China, its islands included
_PLANE = 1000.0  # no degree is so large: metres of a plane grid
_MOST_POINTS = 20_000
_PARTS = re.compile(
    r"(?P<before>[NSEWnsew东西南北][经纬]?)?\s*(?P<degrees>-?\d+(?:\.\d+)?)\s*[°º度]\s*"
    r"(?:(?P<minutes>\d+(?:\.\d+)?)\s*['′分]\s*)?(?:(?P<seconds>\d+(?:\.\d+)?)\s*(?:[\"″秒]|''|′′)?)?\s*"
    r"(?P<after>[NSEWnsew])?"
)
_SEPARATORS = re.compile(r"[,;、\s]+")
_AXIS, _FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS-84


def read_point(given: Mapping[str, Any], names: Names, datum: str) -> Any:
    """A point out of ``{"": "116.39,39.9"}`` or ``{"lon": …, "lat": …}``, and ``datum`` of its own or the one given.

    Returns None without a point, and a Doubt where longitude and latitude had been swapped. Raises Wrong.
    """
    whole = given.get("")
    if isinstance(whole, Mapping):  # canonical, or of the API
        shift = {"lon": whole.get("x", whole.get("lon")), "lat": whole.get("y", whole.get("lat"))}
        given, whole = shift | {"datum": whole.get("datum")}, None
    lon, lat = given.get("lon"), given.get("lat")
    if not is_blank(whole):
        parts = _two(unicodedata.normalize("NFKC", text_of(whole)))
    elif is_blank(lon) and is_blank(lat):
        return None
    elif is_blank(lon) or is_blank(lat):
        raise Wrong("经度和纬度要么都填，要么都不填", "longitude and latitude are given both or not at all")
    else:
        parts = (_degrees(lon), _degrees(lat))
    x, y = parts
    if max(abs(x), abs(y)) > _PLANE:
        raise Wrong(
            "像是平面坐标（米），请换算为经纬度（度）", "these look like metres of a plane grid; degrees are wanted"
        )
    swapped = _inside(y, x) and not _inside(x, y)
    if swapped:
        x, y = y, x
    if not _inside(x, y):
        raise Wrong(f"坐标不在中国境内：{x:g}, {y:g}", f"the point is not in China: {x:g}, {y:g}")
    datum = datum_of(given.get("datum"), datum)
    lon_84, lat_84 = names.to_wgs84(x, y, datum)
    point = {"lon": round(lon_84, 7), "lat": round(lat_84, 7), "datum": datum, "x": x, "y": y}
    if swapped:
        return Doubt(point, "经度和纬度填反了，已调换", "longitude and latitude were swapped; put right")
    return point


def datum_of(given: Any, otherwise: str) -> str:
    """The coordinate system that a cell names, else ``otherwise``, else WGS-84. Raises Wrong for an unknown one."""
    if is_blank(given):
        return otherwise or "WGS-84"
    text = text_of(given)
    found = datums().get(bare(text))
    if found is None:
        known = "、".join(dict.fromkeys(datums().values()))
        raise Wrong(f"没有坐标系“{text[:20]}”，可填：{known}", f"no coordinate system {text[:20]}: {known}")
    return found


def _inside(x: float, y: float) -> bool:
    return LON[0] <= x <= LON[1] and LAT[0] <= y <= LAT[1]


def _two(text: str) -> tuple[float, float]:
    found = list(_PARTS.finditer(text))
    if len(found) == 2:
        one, other = (_sexagesimal(part) for part in found)
        return (other, one) if _is_latitude(found[0]) and not _is_latitude(found[1]) else (one, other)
    parts = [part for part in _SEPARATORS.split(text.strip("()[] ")) if part]
    if len(parts) != 2:
        raise Wrong(f"不是坐标：{text[:40]}（应如 116.39,39.90）", f"no point: {text[:40]} (116.39,39.90 is wanted)")
    return _degrees(parts[0]), _degrees(parts[1])


def _is_latitude(part: re.Match[str]) -> bool:
    sign = (part["before"] or part["after"] or "").upper()
    return sign[:1] in ("N", "S", "北", "南")


def _degrees(given: Any) -> float:
    if isinstance(given, str):
        text = unicodedata.normalize("NFKC", given).strip()
        found = _PARTS.fullmatch(text)
        if found is not None:
            return _sexagesimal(found)
        given = re.sub(r"^[NSEWnsew东西南北][经纬]?|[°度NSEWnsew]+$", "", text)
    if type(given) is float and isfinite(given):  # of the API or kept: every digit counts
        return given
    try:
        return float(number_of(given, ""))
    except Wrong:
        raise Wrong(f"不是度数：{text_of(given)[:30]}", f"no degrees: {text_of(given)[:30]}") from None


def _sexagesimal(part: re.Match[str]) -> float:
    degrees, minutes, seconds = (Decimal(part[name] or 0) for name in ("degrees", "minutes", "seconds"))
    if minutes >= 60 or seconds >= 60:
        raise Wrong(f"分和秒应小于 60：{part[0][:30]}", f"minutes and seconds are below 60: {part[0][:30]}")
    return round(float(degrees + minutes / 60 + seconds / 3600), 8)


def read_polygon(given: Mapping[str, Any], names: Names, datum: str) -> Any:
    """A polygon out of WKT or GeoJSON (``{"": text, "datum": …}``). None without one; raises Wrong."""
    whole = given.get("")
    if isinstance(whole, Mapping) and "wkt" in whole:  # canonical
        whole, datum = whole["wkt"], ""
    if is_blank(whole):
        return None
    from shapely import get_num_coordinates, make_valid, to_wkt, transform  # type: ignore[import-untyped]

    shape = _shape(whole)
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise Wrong("应为面（Polygon 或 MultiPolygon）", "a Polygon or MultiPolygon is wanted")
    if get_num_coordinates(shape) > _MOST_POINTS:
        raise Wrong(f"面的顶点超过{_MOST_POINTS}个", f"the polygon has more than {_MOST_POINTS} points")
    west, south, east, north = shape.bounds
    if not (_inside(west, south) and _inside(east, north)):
        raise Wrong(
            "面不在中国境内，或经纬度颠倒", "the polygon is not in China, or longitude and latitude are swapped"
        )
    named = datum_of(given.get("datum"), datum)
    moved = transform(shape, lambda points: [names.to_wgs84(x, y, named) for x, y in points])
    moved = moved if moved.is_valid else make_valid(moved)
    if moved.geom_type not in ("Polygon", "MultiPolygon"):
        raise Wrong("面自相交，无法修正", "the polygon crosses itself and cannot be mended")
    return {"wkt": to_wkt(moved, rounding_precision=7), "ha": round(hectares(moved), 4)}


def _shape(given: Any) -> Any:
    import shapely
    from shapely.geometry import shape as shape_of  # type: ignore[import-untyped]

    try:
        if isinstance(given, Mapping) or str(given).lstrip().startswith("{"):
            found = given if isinstance(given, Mapping) else json.loads(given)
            return shape_of(found.get("geometry", found))
        return shapely.from_wkt(str(given))
    except (shapely.errors.ShapelyError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise Wrong("不是 WKT 或 GeoJSON 的面", "neither WKT nor GeoJSON of a polygon") from None


def hectares(shape: Any) -> float:
    """The size of a polygon in WGS-84, on a plane that touches the ellipsoid at its middle (plots, not provinces)."""
    from shapely import transform

    middle = radians((shape.bounds[1] + shape.bounds[3]) / 2)
    squared = _FLATTENING * (2 - _FLATTENING)
    curve = 1 - squared * sin(middle) ** 2
    east = radians(1) * _AXIS / sqrt(curve) * cos(middle)
    north = radians(1) * _AXIS * (1 - squared) / (curve * sqrt(curve))
    size: float = transform(shape, lambda points: points * [east, north]).area
    return size / 10_000

"""Coordinates: the datums that Chinese sources use, distances, and nothing guessed.

WGS-84 and CGCS2000 agree to centimetres and are treated alike. Most Chinese map services shift points by up to some
550 m (GCJ-02); Baidu shifts them once more (BD-09). The shift is computed forward only, so its inverse is found by
iteration: the one-step inverse that many libraries use is 0.06 m off at Beijing. Outside China nothing is shifted.
"""

from __future__ import annotations

from collections.abc import Callable
from math import asin, atan2, cos, pi, radians, sin, sqrt

DATUMS = ("WGS-84", "CGCS2000", "GCJ-02", "BD-09")

_EARTH_M = 6_371_008.8  # mean radius
_SEMI_MAJOR, _ECCENTRICITY_2 = 6_378_245.0, 0.00669342162296594323  # Krasovsky, on which the shift is defined
_BAIDU = pi * 3000.0 / 180.0
_CLOSE = 1e-10  # degrees, about 0.01 mm

Point = tuple[float, float]  # longitude, latitude in degrees


def in_china(lon: float, lat: float) -> bool:
    """Whether the shift applies: the rectangle that the map services use."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def to_wgs84(lon: float, lat: float, datum: str) -> Point:
    """A point of one of :data:`DATUMS` in WGS-84. KeyError for another datum."""
    return _TO_WGS84[datum](lon, lat)


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """The shifted point (火星坐标)."""
    if not in_china(lon, lat):
        return lon, lat
    east, north = _shift(lon - 105.0, lat - 35.0)
    angle = radians(lat)
    curve = 1 - _ECCENTRICITY_2 * sin(angle) ** 2
    north = north * 180.0 / (_SEMI_MAJOR * (1 - _ECCENTRICITY_2) / (curve * sqrt(curve)) * pi)
    east = east * 180.0 / (_SEMI_MAJOR / sqrt(curve) * cos(angle) * pi)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """The true point of a shifted one, by iteration until nothing moves any more."""
    guess = (lon, lat)
    for _round in range(20):
        moved = wgs84_to_gcj02(*guess)
        step = (lon - moved[0], lat - moved[1])
        guess = (guess[0] + step[0], guess[1] + step[1])
        if abs(step[0]) < _CLOSE and abs(step[1]) < _CLOSE:
            break
    return guess


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """Baidu's point without Baidu's own shift, by iteration like the other one."""
    guess = (lon - 0.0065, lat - 0.006)
    for _round in range(20):
        moved = gcj02_to_bd09(*guess)
        step = (lon - moved[0], lat - moved[1])
        guess = (guess[0] + step[0], guess[1] + step[1])
        if abs(step[0]) < _CLOSE and abs(step[1]) < _CLOSE:
            break
    return guess


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """Baidu's shift on top of GCJ-02."""
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BAIDU)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def distance_m(one: Point, other: Point) -> float:
    """Great-circle distance in metres."""
    (lon1, lat1), (lon2, lat2) = ((radians(lon), radians(lat)) for lon, lat in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))


def _shift(x: float, y: float) -> Point:
    """Metres of the shift, east and north, by degrees from 105 E, 35 N."""
    root = sqrt(abs(x))
    waves = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north


def _same(lon: float, lat: float) -> Point:
    return lon, lat


def _from_bd09(lon: float, lat: float) -> Point:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


_TO_WGS84: dict[str, Callable[[float, float], Point]] = {
    "WGS-84": _same,
    "CGCS2000": _same,
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": _from_bd09,
}

"""The nearest stations of each station, for the rule that compares it with three of them."""

from __future__ import annotations

from collections.abc import Mapping

from lantian.analysis.geodesy import Point, distance_m

THREE = 3


def nearest_three(points: Mapping[str, Point]) -> dict[str, tuple[str, ...]]:
    """Station → its three nearest by great circle, for ``check(…, nearest=…)``; ``points`` are (lon, lat) of one datum.

    Equal distances go by name. Empty with fewer than four stations. Check the registry first: public lists differ by
    kilometres.
    """
    if len(points) <= THREE:
        return {}
    found = {}
    for name, point in sorted(points.items()):
        far = sorted((distance_m(point, place), other) for other, place in points.items() if other != name)
        found[name] = tuple(other for _metres, other in far[:THREE])
    return found

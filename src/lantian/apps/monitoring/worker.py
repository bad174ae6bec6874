"""What runs in the guarded worker: GeoJSON as outlines. Imports no Django."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from lantian.reading.errors import ReadingError
from lantian.reading.lists import decoded

LARGEST_MAP = 30 * 2**20
MOST_FEATURES = 3000
MOST_POINTS = 400_000
_CODE_NAMES = ("code", "adcode", "区划代码", "代码", "gb")
_NAME_NAMES = ("name", "名称", "NAME", "xzqmc", "XZQMC")


def read_outlines(path: Path) -> list[dict[str, Any]]:
    """``[{"code", "name", "geometry"}]`` of a FeatureCollection of (Multi)Polygons, coordinates as they stand.

    Raises ReadingError that names the feature and what is wrong with it: nothing of a damaged file is taken.
    """
    content = path.read_bytes()
    if len(content) > LARGEST_MAP:
        raise _refused(path, f"超过 {LARGEST_MAP // 2**20} MB", f"larger than {LARGEST_MAP // 2**20} MB")
    try:
        found = json.loads(decoded(path, content))
    except (ValueError, RecursionError):
        raise _refused(path, "不是 GeoJSON", "not GeoJSON") from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or found.get("type") != "FeatureCollection":
        raise _refused(path, "不是 GeoJSON 的 FeatureCollection", "no FeatureCollection of GeoJSON")
    if not features:
        raise _refused(path, "没有图形", "holds no feature")
    if len(features) > MOST_FEATURES:
        raise _refused(path, f"超过 {MOST_FEATURES} 个图形", f"more than {MOST_FEATURES} features")
    left = MOST_POINTS
    outlines = []
    for place, feature in enumerate(features, 1):
        outline, points = _outline(path, place, feature)
        left -= points
        if left < 0:
            raise _refused(path, f"超过 {MOST_POINTS} 个坐标点", f"more than {MOST_POINTS} points")
        outlines.append(outline)
    return outlines


def _outline(path: Path, place: int, feature: Any) -> tuple[dict[str, Any], int]:
    """One feature as code, name and geometry, and how many points it has."""
    named = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(named, dict) or not isinstance(geometry, dict):
        raise _refused(path, f"第{place}个图形没有属性或图形", f"feature {place} lacks properties or a geometry")
    code, name = _first(named, _CODE_NAMES), _first(named, _NAME_NAMES)
    if not code and not name:
        raise _refused(path, f"第{place}个图形没有 code 或 name 属性", f"feature {place} has neither code nor name")
    kind, rings = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(rings, list):
        raise _refused(path, f"第{place}个图形不是多边形", f"feature {place} is no polygon")
    points = 0
    try:
        for ring in _rings(kind, rings):
            if len(ring) < 4 or ring[0][:2] != ring[-1][:2]:
                raise _refused(path, f"第{place}个图形没有闭合", f"feature {place} is not closed")
            for point in ring:
                lon, lat = float(point[0]), float(point[1])
                if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
                    raise _refused(
                        path, f"第{place}个图形的坐标不是经纬度", f"feature {place} holds no degrees of longitude"
                    )
            points += len(ring)
            if points > MOST_POINTS:
                break
    except (TypeError, ValueError, IndexError, KeyError):
        raise _refused(path, f"第{place}个图形的坐标有误", f"feature {place} has wrong coordinates") from None
    flat = {"type": kind, "coordinates": _flat(kind, rings)}
    return {"code": code, "name": name, "geometry": flat}, points


def _rings(kind: str, rings: list[Any]) -> Iterator[Any]:
    for part in rings if kind == "MultiPolygon" else [rings]:
        yield from part


def _flat(kind: str, rings: list[Any]) -> list[Any]:
    """Coordinates as plain pairs of numbers: heights and whatever else stands there is left out."""
    parts = [
        [[[float(point[0]), float(point[1])] for point in ring] for ring in part]
        for part in (rings if kind == "MultiPolygon" else [rings])
    ]
    return parts if kind == "MultiPolygon" else parts[0]


def _first(named: dict[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = named.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:60]
    return ""


def _refused(path: Path, zh: str, en: str) -> ReadingError:
    return ReadingError(f"{path.name}：{zh}。", f"{path.name}: {en}.")

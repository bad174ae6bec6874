"""A map of areas as numbers for SVG, drawn by the server: outlines in five classes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from typing import Any

WIDTH, HEIGHT, EDGE = 720, 520, 8
CLASSES = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: its path, class 1 (least) … 5 (most) or 0 without figure, and what it says."""

    path: str
    grade: int
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes and the limits of the classes (upper end of each)."""

    shapes: list[Shape]
    limits: list[Decimal]
    width: int = WIDTH
    height: int = HEIGHT


def drawing(
    outlines: Mapping[str, Any], values: Mapping[str, Decimal | None], names: Mapping[str, str]
) -> Drawing | None:
    """Outlines (GeoJSON by area code, WGS-84) coloured by value in classes of equal counts; None without outlines."""
    rings = {code: list(_rings(geometry)) for code, geometry in outlines.items()}
    points = [point for own in rings.values() for ring in own for point in ring]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    # Equirectangular with the parallel of the middle: shapes of a city keep their form.
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * EDGE) / max((east - west) * narrow, 1e-9), (HEIGHT - 2 * EDGE) / max(north - south, 1e-9))
    limits = _limits([value for code, value in values.items() if code in rings and value is not None])

    def place(point: Sequence[float]) -> str:
        return f"{EDGE + (point[0] - west) * narrow * scale:.1f} {EDGE + (north - point[1]) * scale:.1f}"

    shapes = []
    for code, own in sorted(rings.items()):
        path = "".join(f"M{'L'.join(place(point) for point in ring)}Z" for ring in own)
        value = values.get(code)
        said = names.get(code, code) + (f"  {value.normalize():f}" if value is not None else "")
        shapes.append(Shape(path, _grade(value, limits), code, said))
    return Drawing(shapes, limits)


def _rings(geometry: Any) -> Iterator[list[Sequence[float]]]:
    if geometry.get("type") == "Polygon":
        yield from geometry["coordinates"]
    elif geometry.get("type") == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def _limits(values: list[Decimal]) -> list[Decimal]:
    """Upper ends of classes with about as many areas each; equal figures are never torn apart."""
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = {
        ordered[min(len(ordered) - 1, len(ordered) * part // CLASSES - (1 if part else 0))]
        for part in range(1, CLASSES)
    }
    return sorted({*cuts, ordered[-1]})


def _grade(value: Decimal | None, limits: Sequence[Decimal]) -> int:
    if value is None:
        return 0
    return next((n for n, limit in enumerate(limits, 1) if value <= limit), len(limits))

"""Roses and polar surfaces as shapes for SVG, in a square of 400 units with the station in the middle. Pure.

Colours are attributes of the shapes, so that a drawing looks the same on screen, on paper and as a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, isnan, log10, radians, sin

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SIZE, REACH = 400.0, 160.0  # the square, and the radius of the outermost ring in it
# Light to dark, told apart in grey as well (from yellow over green to dark blue).
COLOURS = ("#fde725", "#a5db36", "#4ac16d", "#1fa187", "#277f8e", "#365c8d", "#46327e", "#2d0f4a")
_STEP = 3  # of the surface's grid: 67 cells across are finer than what the wind tells
_GAP = 0.42  # half of a sector's width, in sectors


@dataclass(frozen=True, slots=True)
class Shape:
    """A path with its colour, and what it says on hover."""

    d: str
    fill: str
    title: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around the station with the value that it stands for."""

    radius: str
    label: str
    at: str  # y of the label


@dataclass(frozen=True, slots=True)
class Key:
    """One colour and what it means."""

    fill: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes and rings of one drawing, with the meaning of its colours."""

    shapes: list[Shape]
    rings: list[Ring]
    keys: list[Key]


def rose(share: Floats, labels: Sequence[str], centres: Floats, unit: str) -> Drawing | None:
    """Sectors of a rose: ``share[s, c]`` per cent in class ``c``, stacked outwards. None without any."""
    totals = share.sum(axis=1)
    if not totals.size or not totals.max() > 0:
        return None
    step = nice(float(totals.max()) / 4)
    top = step * -(-float(totals.max()) // step)
    width = 360.0 / len(centres)
    shapes = []
    for sector, centre in enumerate(centres.tolist()):
        inner = 0.0
        for kind, label in enumerate(labels):
            part = float(share[sector, kind])
            if part > 0:
                outer = inner + part
                path = _slice(centre, width * _GAP, inner / top * REACH, outer / top * REACH)
                shapes.append(
                    Shape(path, _colour(kind, len(labels)), f"{direction(centre)} {label}: {part:.1f} {unit}")
                )
                inner = outer
    keys = [Key(_colour(kind, len(labels)), label) for kind, label in enumerate(labels)]
    return Drawing(shapes, _rings(step, top, unit), keys)


def surface(axis: Floats, z: Floats, decimals: int) -> Drawing | None:
    """A polar surface as runs of cells of one colour; ``axis`` is the wind in m/s from west to east. None if empty."""
    cells = z[1::_STEP, 1::_STEP]
    known = cells[~np.isnan(cells)]
    if not known.size:
        return None
    edges = np.linspace(float(known.min()), float(known.max()), len(COLOURS) + 1)
    kinds = np.where(np.isnan(cells), -1, np.clip(np.searchsorted(edges, cells, side="right") - 1, 0, len(COLOURS) - 1))
    reach = float(axis[-1])
    scale = REACH / reach
    pitch = float(axis[1] - axis[0]) * _STEP * scale
    shapes = []
    for row, own in enumerate(kinds):
        y = SIZE / 2 - float(axis[1 + row * _STEP]) * scale
        begins = np.concatenate(([0], np.flatnonzero(np.diff(own)) + 1, [len(own)]))
        for begin, end in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True):
            if own[begin] >= 0:
                x = SIZE / 2 + float(axis[1 + begin * _STEP]) * scale
                # A little over the edge: without it hair lines show between the cells.
                path = f"M{x - pitch / 2:.1f} {y - pitch / 2:.1f}h{pitch * (end - begin) + 0.4:.1f}v{pitch + 0.4:.1f}"
                shapes.append(Shape(f"{path}H{x - pitch / 2:.1f}z", COLOURS[int(own[begin])], ""))
    keys = [
        Key(COLOURS[kind], f"{edges[kind]:.{decimals}f}–{edges[kind + 1]:.{decimals}f}") for kind in range(len(COLOURS))
    ]
    step = nice(reach / 4)
    return Drawing(shapes, _rings(step, reach, "m/s"), keys)


def nice(step: float) -> float:
    """1, 2 or 5 times a power of ten, at least ``step``."""
    if step <= 0 or isnan(step):
        return 1.0
    power = 10.0 ** floor(log10(step))
    return float(next(power * factor for factor in (1, 2, 5, 10) if step <= power * factor * (1 + 1e-9)))


def direction(degrees: float) -> str:
    """A direction as letters: N, NNE … NNW."""
    names = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
    return names[round(degrees / 22.5) % 16]


def _rings(step: float, top: float, unit: str) -> list[Ring]:
    found = []
    for number in range(1, int(top / step + 1e-9) + 1):
        radius = step * number / top * REACH
        found.append(Ring(f"{radius:.1f}", f"{step * number:g} {unit}", f"{SIZE / 2 - radius - 3:.1f}"))
    return found


def _colour(kind: int, kinds: int) -> str:
    return COLOURS[round(kind * (len(COLOURS) - 1) / max(kinds - 1, 1))]


def _slice(centre: float, half: float, inner: float, outer: float) -> str:
    """A piece of a ring around the direction ``centre`` (degrees from north, clockwise)."""
    low, high = radians(centre - half), radians(centre + half)

    def point(angle: float, radius: float) -> str:
        return f"{SIZE / 2 + radius * sin(angle):.1f} {SIZE / 2 - radius * cos(angle):.1f}"

    out = f"M{point(low, outer)}A{outer:.1f} {outer:.1f} 0 0 1 {point(high, outer)}"
    if inner <= 0:
        return f"{out}L{SIZE / 2:.1f} {SIZE / 2:.1f}z"
    return f"{out}L{point(high, inner)}A{inner:.1f} {inner:.1f} 0 0 0 {point(low, inner)}z"

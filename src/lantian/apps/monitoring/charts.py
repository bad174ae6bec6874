"""Lines as numbers for SVG: shares of width and height, so that a drawing fits every screen and paper. Pure.

The templates write the markup: the lines stand in an inner drawing that is stretched, the words in an outer one that is
not, so that text stays of readable size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isnan, log10

TOP, PLOT, FOOT = 16, 168, 24  # CSS pixels: above the lines, their height, below them for the words
WIDTH = 1000.0  # units of the inner drawing across


@dataclass(frozen=True, slots=True)
class Line:
    """One series: unbroken parts as points of polylines, hours that stand alone as dots; ``style`` picks its look."""

    label: str
    style: int
    parts: list[str]
    dots: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place: ``at`` in percent of the width or pixels from the top."""

    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing; ``rules`` are lines across with their value, ``limits`` those of a standard."""

    lines: list[Line]
    ticks: list[Mark]
    rules: list[Mark]
    limits: list[Mark]
    top: int = TOP
    plot: int = PLOT
    height: int = TOP + PLOT + FOOT


Series = tuple[str, Sequence[float]]


def line_chart(
    series: Sequence[Series], ticks: Sequence[tuple[float, str]], limits: Sequence[tuple[float, str]] = ()
) -> Chart | None:
    """A chart of series of equal length (NaN = no value); ``ticks`` are (share of the width, word).

    None where no series has a value: the page then says so instead of drawing an empty frame.
    """
    known = [value for _label, values in series for value in values if not isnan(value)]
    if not known:
        return None
    top, step = scale(max([*known, *(value for value, _label in limits)]))
    lines = [_line(label, style, values, top) for style, (label, values) in enumerate(series)]
    words = [Mark(f"{100 * share:.2f}%", label, _anchor(share)) for share, label in ticks]
    rules = [Mark(_pixel(step * n, top), f"{step * n:g}") for n in range(round(top / step) + 1)]
    return Chart(lines, words, rules, [Mark(_pixel(value, top), label) for value, label in limits])


def scale(largest: float) -> tuple[float, float]:
    """The value at the top and the step between rules: 1, 2 or 5 times a power of ten, at most five rules."""
    if largest <= 0:
        return 1.0, 0.5
    power = 10.0 ** floor(log10(largest / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if largest <= power * factor * 4)
    count = -(-largest // step)
    return float(step * count), float(step)


def _line(label: str, style: int, values: Sequence[float], top: float) -> Line:
    parts: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if isnan(value):
            parts.append([])
            continue
        x = WIDTH * (place + 0.5) / len(values)
        parts[-1].append(f"{x:.1f},{100 - 100 * value / top:.2f}")
    dots = [(f"{float(part[0].split(',')[0]) / 10:.2f}%", _from(part[0])) for part in parts if len(part) == 1]
    return Line(label, style, [" ".join(part) for part in parts if len(part) > 1], dots)


def _from(point: str) -> str:
    return f"{TOP + PLOT * float(point.split(',')[1]) / 100:.1f}"


def _pixel(value: float, top: float) -> str:
    return f"{TOP + PLOT * (1 - value / top):.1f}"


def _anchor(share: float) -> str:
    return "start" if share < 0.04 else "end" if share > 0.96 else "middle"

"""Bars as numbers for SVG: shares of the width and height, so that a drawing fits every screen and paper.

Pure. The templates write the markup; a bar's text stays text of the page, of readable size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantian.apps.plans.overview import Count, Filters, UnitLoad

PLOT = 132  # height of the columns in CSS pixels
TOP = 20  # above them, for the numbers
FOOT = 22  # below them, for the months
_LABELS = 12  # at most so many months are named


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a lying bar: where it begins and how wide it is, in percent; ``style`` picks its pattern."""

    start: str
    width: str
    style: int
    label: str
    measures: int
    filters: Filters | None


@dataclass(frozen=True, slots=True)
class LyingBar:
    """One line of a bar table."""

    label: str
    segments: list[Segment]
    total: int
    filters: Filters | None
    extra: int = 0
    units: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """One month: a standing bar in percent of the width and pixels from the top."""

    label: str
    short: str  # "" where the months stand too close for each to be named
    measures: int
    filters: Filters | None
    slot: str
    slot_width: str
    left: str
    width: str
    middle: str
    top: int
    height: int


def percent(part: float, whole: float) -> str:
    """A share as SVG writes it: ``37.5%``; nothing of nothing is ``0%``."""
    return f"{100 * part / whole:.4g}%" if whole else "0%"


def lying(counts: Sequence[Count]) -> list[LyingBar]:
    """One segment a line, the longest line filling the width."""
    longest = max((count.measures for count in counts), default=0)
    return [
        LyingBar(
            count.label,
            [Segment("0%", percent(count.measures, longest), 0, count.label, count.measures, count.filters)],
            count.measures,
            count.filters,
            count.extra,
        )
        for count in counts
    ]


def stacked(loads: Sequence[UnitLoad]) -> list[LyingBar]:
    """A line for each unit with a segment for each role that it has; the style is the role's place."""
    longest = max((load.total for load in loads), default=0)
    return [LyingBar(load.name, _segments(load, longest), load.total, load.filters, units=load.units) for load in loads]


def _segments(load: UnitLoad, longest: int) -> list[Segment]:
    segments, done = [], 0
    for style, part in enumerate(load.roles):
        if part.measures:
            place, width = percent(done, longest), percent(part.measures, longest)
            segments.append(Segment(place, width, style, part.label, part.measures, part.filters))
            done += part.measures
    return segments


def columns(counts: Sequence[Count]) -> list[Column]:
    """Months as standing bars; every month is named where there is room, else every second, third …"""
    highest = max((count.measures for count in counts), default=0)
    number = len(counts)
    step = max(1, -(-number // _LABELS))
    result = []
    for place, count in enumerate(counts):
        height = round(PLOT * count.measures / highest) if highest else 0
        height = max(height, 2) if count.measures else 0
        width = min(0.7, number * 0.06)  # a lone month is no wall
        result.append(
            Column(
                count.label,
                short_month(count.label, first=place == 0 or number <= 6) if place % step == 0 else "",
                count.measures,
                count.filters,
                percent(place, number),
                percent(1, number),
                percent(place + (1 - width) / 2, number),
                percent(width, number),
                percent(place + 0.5, number),
                TOP + PLOT - height,
                height,
            )
        )
    return result


def short_month(label: str, *, first: bool) -> str:
    """``2025-06`` as ``06``, with its year where it is the first or a January."""
    _year, month = label.split("-")
    return label if first or month == "01" else f"{int(month)}"

"""Lines of figures as numbers for SVG, drawn by the server. Pure; text stays text of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 720, 220, 44, 34, 14, 28
_LABELS = 12  # at most so many periods are named


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure: its place, what it says, whether it stood among the last 30 (another shape)."""

    x: str
    y: str
    label: str
    last: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A line with its dots, the horizontal rules with their values, the names of periods below."""

    line: str
    dots: list[Dot]
    rules: list[tuple[str, str]]
    ticks: list[tuple[str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = HEIGHT - 8
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart(points: Sequence[tuple[str, Decimal | None, bool]]) -> Chart | None:
    """``points`` are (period, value, among the last 30) in order of time; None with fewer than two values.

    The axis begins at zero: heights can be compared. A gap is no zero: the line goes on at the next value.
    """
    values = [value for _label, value, _last in points if value is not None]
    if len(values) < 2:
        return None
    top = _round_up(max(values))
    step = Decimal(WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    dots, ticks = [], []
    every = max(1, -(-len(points) // _LABELS))
    for n, (label, value, last) in enumerate(points):
        x = f"{LEFT + step * n:.1f}"
        if n % every == 0:
            ticks.append((x, label))
        if value is not None:
            dots.append(Dot(x, _y(value, top), f"{label}  {value.normalize():f}", last))
    rules = [(_y(top * part / 4, top), f"{(top * part / 4).normalize():f}") for part in range(5)]
    return Chart(" ".join(f"{dot.x},{dot.y}" for dot in dots), dots, rules, ticks)


def _y(value: Decimal, top: Decimal) -> str:
    rise = Decimal(HEIGHT - TOP - FOOT)
    return f"{TOP + rise * (1 - max(value, Decimal(0)) / top):.1f}"


def _round_up(value: Decimal) -> Decimal:
    """The next of 1, 2, 4, 6, 8, 10 × a power of ten: quarters of it are round."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(10) ** value.adjusted()
    return next(power * step for step in (1, 2, 4, 6, 8, 10) if power * step >= value)

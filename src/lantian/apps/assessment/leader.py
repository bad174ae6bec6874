"""The leader's page as figures: states by section, the worst rows, targets against their plan, who is late. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 160, 36, 3


@dataclass(frozen=True, slots=True)
class Line:
    """A section with how many commitments are in each state, in the order of the matrix's columns."""

    section: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All commitments of the section."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sections × states; only states that occur have a column. Counts, never averages."""

    states: tuple[str, ...]
    lines: tuple[Line, ...]
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        """All commitments."""
        return sum(self.sums)


def matrix(cells: Iterable[tuple[str, str, int]], sections: Sequence[str], order: Sequence[str]) -> Matrix:
    """The matrix of (section, state, number) with sections and states in the given orders."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for section, state, number in cells:
        counted[section][state] += number
    states = tuple(state for state in order if any(row[state] for row in counted.values()))
    lines = tuple(
        Line(section, tuple(counted[section][state] for state in states)) for section in sections if section in counted
    )
    return Matrix(states, lines, tuple(sum(line.counts[at] for line in lines) for at in range(len(states))))


@dataclass(frozen=True, slots=True)
class Spark:
    """A sparkline as points of SVG polylines: the planned line dashed, the reported one solid with its last point."""

    planned: str
    actual: str
    last: tuple[str, str] | None


def spark(planned: Sequence[Decimal | None], actual: Sequence[Decimal | None]) -> Spark:
    """Both lines over the same months on one scale that begins at zero; months without a figure are passed over.

    Figures may be negative (a change of −10 %); the scale then reaches below.
    """
    known = [value for value in (*planned, *actual) if value is not None]
    top, low = max([Decimal(0), *known]), min([Decimal(0), *known])
    span = (top - low) or Decimal(1)
    count = max(len(planned), len(actual), 2) - 1

    def place(at: int, value: Decimal) -> tuple[str, str]:
        x = EDGE + (WIDTH - 2 * EDGE) * at / count
        y = EDGE + (HEIGHT - 2 * EDGE) * (1 - float((value - low) / span))
        return f"{x:.1f}", f"{y:.1f}"

    def line(values: Sequence[Decimal | None]) -> list[tuple[str, str]]:
        return [place(at, value) for at, value in enumerate(values) if value is not None]

    reached = line(actual)
    return Spark(_points(line(planned)), _points(reached), reached[-1] if reached else None)


def _points(places: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def late_most(times: Iterable[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    """The names with the most late returns, equal ones in the given order; those without any are left out."""
    return sorted(((name, n) for name, n in times if n), key=lambda item: -item[1])[:limit]

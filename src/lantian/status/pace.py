"""年底预计: where a figure will stand at the end of its span, if it goes on as it did, and how sure that is.

A figure that adds up moves along its plan curve, one that stands (a share of the stock, a level) by days. Its own steps
so far say how fast, and how evenly: from six steps on they give the interval, before that the curve alone does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

import yaml

from lantian.status.amounts import curve_of
from lantian.status.case import span_of
from lantian.status.curves import ONE, TABLES, ZERO, share
from lantian.status.figures import HUNDRED, Point, computed, is_percent, reaches, reported, visible
from lantian.status.goals import every, resolved
from lantian.status.holds import is_running
from lantian.status.model import DEFAULTS, Duty, Fact, Goal, Report, Settings

ENOUGH = 6  # steps from which their own variation is taken
_STANDING = ("rate", "level")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The figure expected on ``day``, the span's end, in the goal's unit, between ``low`` and ``high``.

    ``method``: ``own`` is the 90 % interval from the figure's own ``steps``, ``curve`` what half and twice the present
    pace would bring. ``reaches``: whether the target is reached all over the interval (True), nowhere in it (False), or
    in a part of it (None).
    """

    day: date
    value: Decimal
    low: Decimal
    high: Decimal
    method: Literal["own", "curve"]
    steps: int
    reaches: bool | None


class Step(NamedTuple):
    """What was added between two figures, and the part of the span's plan (0 to 1) that lay between them."""

    added: Decimal
    part: Decimal


def outlook(
    duty: Duty,
    goal: Goal,
    reports: Iterable[Report],
    facts: Iterable[Fact],
    as_of: date,
    settings: Settings = DEFAULTS,
) -> Outlook | None:
    """The outlook of one target, from what was known by ``as_of``: computed figures, or where there are none reported.

    None: the span is over, no figure shows a pace yet, or the target does not move towards an end: means, ranks and
    changes, each period for itself, words and documents, shares and levels of which nobody said where they started.
    """
    goal = resolved(goal)
    start, end = span_of(duty, goal)
    target = None if goal.set_on and goal.set_on > as_of else goal.value
    if target is None or as_of >= end or not _moves(goal):
        return None
    points = computed(goal, facts, as_of) or reported(goal, visible(reports, as_of), as_of, settings)
    points = [point for point in points if start <= point.day <= end]
    adds = goal.kind == "count"
    if adds and goal.carried_in:
        points = [point._replace(value=point.value + goal.carried_in) for point in points]
    steps = steps_of(goal, points, start, end)
    if not points or not steps:
        return None
    last = points[-1]
    found = project(last.value, steps, ONE - _part(goal, start, end, last.day), settings)
    if found is None:
        return None
    value, low, high, method = found
    if adds and all(step.added >= 0 for step in steps):
        low = max(low, last.value)  # what was done stays done
    ends = (ZERO, HUNDRED) if is_percent(goal.unit) else (ZERO, None)
    value, low, high = (_within(figure, *ends) for figure in (value, low, high))
    good = {reaches(goal, figure, target, settings) for figure in (low, high)}
    return Outlook(end, value, low, high, method, len(steps), good.pop() if len(good) == 1 else None)


def _moves(goal: Goal) -> bool:
    """Whether a figure goes towards its target over the span."""
    own = every(goal)
    if is_running(goal) or (own and own != "none"):
        return False
    return goal.kind == "count" or (goal.kind in _STANDING and _starts(goal))


def _starts(goal: Goal) -> bool:
    return bool(goal.curve or goal.points or goal.carried_in is not None)


def steps_of(goal: Goal, points: Sequence[Point], start: date, end: date) -> list[Step]:
    """What each figure added to the one before, in order; a figure that adds up begins with nothing at the start, or
    with what was carried in.

    Steps in which nothing was planned (winter of a building season) are joined with the next.
    """
    before = goal.carried_in
    if before is None and goal.kind == "count":
        before = ZERO
    held = ZERO
    steps: list[Step] = []
    for point in points:
        part = _part(goal, start, end, point.day)
        if before is None:
            before, held = point.value, part
        elif part > held:
            steps.append(Step(point.value - before, part - held))
            before, held = point.value, part
    return steps


def project(
    last: Decimal, steps: Sequence[Step], rest: Decimal, settings: Settings = DEFAULTS
) -> tuple[Decimal, Decimal, Decimal, Literal["own", "curve"]] | None:
    """(value, low, high, method) at the end, from the last figure, the steps so far and the part that is left.

    The pace is what all steps added by the part that was planned for them. A step's variance is taken to grow with its
    part, so that the rest varies by ``s² (rest + rest² / planned)``: its own scatter and that of the pace.
    """
    planned = sum((step.part for step in steps), ZERO)
    if planned <= 0:
        return None
    pace = sum((step.added for step in steps), ZERO) / planned
    value = last + pace * rest
    if len(steps) < ENOUGH:
        slow, fast = last + pace * rest / settings.risk_pace, last + pace * rest * settings.risk_pace
        return value, min(slow, fast), max(slow, fast), "curve"
    free = len(steps) - 1
    scatter = sum(((step.added - pace * step.part) ** 2 / step.part for step in steps), ZERO) / free
    half = _quantile(free) * (scatter * (rest + rest * rest / planned)).sqrt()
    return value, value - half, value + half, "own"


def _part(goal: Goal, start: date, end: date, on: date) -> Decimal:
    """The part of the way that is behind by the end of a day: along the plan curve; a share without one, by days."""
    curve = curve_of(goal) if goal.kind == "count" or goal.points else goal.curve or "linear"
    return share(curve, start, end, on, goal.points)


def _within(figure: Decimal, least: Decimal, most: Decimal | None) -> Decimal:
    return min(max(figure, least), figure if most is None else most)


@cache
def _quantiles() -> dict[int, Decimal]:
    with (TABLES / "student.yaml").open(encoding="utf-8") as handle:
        return {free: Decimal(value) for free, value in yaml.safe_load(handle).items()}


def _quantile(free: int) -> Decimal:
    known = _quantiles()
    return known[min(free, max(known))]

"""Figures that add up: counts (完成500辆), full coverage of a list, and budgets (不超过3天)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lantian.status.case import Case, aged, year_end
from lantian.status.curves import planned, propose_curve
from lantian.status.figures import ZERO, Point, reaches, sense_of, shown
from lantian.status.model import Goal, Status


def curve_of(goal: Goal) -> str:
    """The curve that a person chose, else the one that the words propose."""
    return goal.curve or propose_curve(goal.subject + goal.text)


def judge_amount(case: Case, points: Sequence[Point]) -> Status:
    """A cumulative figure against its plan curve; ``points`` in order, at least one."""
    value = case.value
    assert value is not None
    if sense_of(case.goal) == "at_most":
        return _budget(case, points, value)
    last = points[-1]
    if reaches(case.goal, last.value, value, case.settings):
        return reached(case, points, value)
    if case.over:
        final = last.covers >= max(case.end, year_end(case.end))
        return case.missed(last) if final or case.settled else case.overdue("S35", last)
    return aged(case, last, against_curve(case, last, value))


def reached(case: Case, points: Sequence[Point], value: Decimal) -> Status:
    """The target is reached: in time or late, or waiting for the review of the return that says so."""
    there = [point for point in points if reaches(case.goal, point.value, value, case.settings)]
    first, last = there[0], points[-1]
    if not any(point.accepted for point in there):
        return case.at("S27", last)
    if first.day > case.end:
        return case.at("S34", first)
    stretch = case.goal.stretch
    if stretch is not None and not reaches(case.goal, last.value, stretch, case.settings):
        return case.at("S39", last, stretch=shown(stretch) + case.goal.unit)
    return case.at("S33", last)


def against_curve(case: Case, last: Point, value: Decimal) -> Status:
    """序时进度: on the curve, behind it, or so far behind that the planned pace cannot make up for it."""
    settings, goal = case.settings, case.goal
    rising = sense_of(goal) != "at_most"
    base = min(goal.carried_in or ZERO, value) if rising else max(goal.carried_in or ZERO, value)
    # the figure is that of its own day: a return of March is measured by what was planned for the end of March
    on = min(last.day, case.as_of)
    expected = base + planned(curve_of(goal), case.start, case.end, value - base, on, goal.points)
    words = {"planned": shown(expected), "gap": shown(abs(value - last.value))}
    short = expected - last.value if rising else last.value - expected
    if short <= abs(expected) * settings.slack:
        return case.at("S29" if short > 0 else "S30", last, **words)
    left = abs(value - expected)
    if abs(value - last.value) > settings.risk_pace * left:
        return case.at("S32", last, **words)
    return case.at("S31", last, **words)


def _budget(case: Case, points: Sequence[Point], value: Decimal) -> Status:
    """A sum that must stay below its limit: final only when its span is over."""
    last, goal, settings = points[-1], case.goal, case.settings
    within = reaches(goal, last.value, value, settings)
    if case.over and last.covers >= case.end:
        if not within:
            return case.missed(last)
        return case.at("S49" if last.accepted else "S27", last)
    if not within:
        return case.at("S43", last)
    if case.over and (case.as_of - case.end).days > settings.final_days:
        return case.at("S51", last)
    allowed = planned(curve_of(goal), case.start, case.end, value, min(last.day, case.as_of), goal.points)
    if last.value > allowed * (1 + settings.slack):
        return case.at("S42", last, planned=shown(allowed))
    return aged(case, last, case.at("S41", last, planned=shown(allowed)))

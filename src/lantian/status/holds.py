"""Figures that stand at a level: concentrations, shares, ranks, changes against a baseline, directions.

Yearly means, changes, ranks and directions are final only when their span is over; until then they are running values.
A share that grows may have a plan curve; what has none is measured against its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from lantian.status.amounts import against_curve, reached
from lantian.status.case import Case, aged
from lantian.status.figures import ZERO, Point, change_of, limit_of, reaches, sense_of, shown
from lantian.status.model import Goal, Status

RUNNING = ("change", "direction", "rank")


def is_running(goal: Goal) -> bool:
    """Whether the figure of a span is known only when the span is over (年均, 同比, 排名)."""
    return goal.kind in RUNNING or "均" in goal.statistic or "mean" in goal.statistic


def judge_hold(case: Case, points: Sequence[Point]) -> Status:
    """A level, share, rank or change; ``points`` in order, at least one."""
    if case.goal.kind == "change":
        return _judge_change(case, points)
    return _judge(case, points)


def _judge_change(case: Case, points: Sequence[Point]) -> Status:
    changes = [(point, change_of(point, case.goal.unit)) for point in points]
    known = [point._replace(value=value) for point, value in changes if value is not None]
    if not known:
        return case.at("S52", points[-1], baseline=str(case.goal.baseline or "previous_year"))
    return _judge(case, known)


def _judge(case: Case, points: Sequence[Point]) -> Status:
    value = case.value
    assert value is not None
    goal = case.goal

    def good(point: Point) -> bool:
        return reaches(goal, point.value, value, case.settings)

    if case.over:
        return _after(case, points, good)
    last = points[-1]
    if good(last):
        if not is_running(goal) and _claimed(case, last):
            return reached(case, points, value)
        return aged(case, last, case.at("S45", last))
    if not is_running(goal) and _climbs(goal, value):
        return aged(case, last, against_curve(case, last, value))
    if is_running(goal) or goal.kind == "level":
        return _short(case, last)
    near = (case.end - case.as_of).days <= case.settings.risk_days
    return case.at("S46" if near else "S48", last)


def _climbs(goal: Goal, value: Decimal) -> bool:
    """Whether a level or share moves along a curve: one was chosen, or it is known where it started, and it must move
    the way that is good. A limit without a start has nothing to climb from."""
    if sense_of(goal) == "at_most":
        return goal.carried_in is not None and goal.carried_in >= value
    return bool(goal.curve or goal.points or goal.carried_in is not None) and (goal.carried_in or ZERO) <= value


def _after(case: Case, points: Sequence[Point], good: Callable[[Point], bool]) -> Status:
    """The span is over: its final value decides; a share may still be reached late, a mean may not."""
    goal, settings, value = case.goal, case.settings, case.value
    assert value is not None
    finals = [point for point in points if point.covers >= case.end]
    if not is_running(goal) and (last := points[-1]) and good(last) and (finals or _claimed(case, last)):
        return reached(case, points, value)
    if finals:
        final = next((point for point in finals if point.complete), None)
        if final is None:
            return case.at("S50", finals[0])
        if not good(final):
            return case.missed(final)
        if not final.accepted:
            return case.at("S27", final)
        stretch = goal.stretch
        if stretch is not None and not reaches(goal, final.value, stretch, settings):
            return case.at("S39", final, stretch=shown(stretch) + goal.unit)
        return case.at("S49", final)
    last = points[-1]
    if not is_running(goal):
        return case.missed(last) if case.settled else case.overdue("S35", last)
    if (case.as_of - case.end).days > settings.final_days:
        return case.at("S51", last)
    return case.at("S45", last) if good(last) else _short(case, last)


def _claimed(case: Case, last: Point) -> bool:
    """Whether the return that gave the figure says that the duty is done."""
    return any(report.done and report.id == last.evidence.ref for report in case.reports)


def _short(case: Case, last: Point) -> Status:
    """A running value on the wrong side; a mean also says what the rest of its span must be."""
    value = case.value
    if value is None or not is_running(case.goal) or case.goal.kind in RUNNING:
        return case.at("S46", last)
    passed, left = (last.day - case.start).days + 1, (case.end - last.day).days
    if passed <= 0 or left <= 0:
        return case.at("S46", last)
    limit = limit_of(case.goal, value, case.settings)
    rest = (limit * (passed + left) - last.value * passed) / left
    if sense_of(case.goal) == "at_most" and rest < ZERO:
        return case.at("S46", last)
    return case.at("S47", last, rest=shown(rest))


def judge_direction(case: Case, points: Sequence[Point]) -> Status:
    """持续下降, 同比上升 without a figure: each value against the baseline of the same span."""
    sense = sense_of(case.goal) or "at_most"
    compared = [(point, base) for point in points if (base := _base(point, points)) is not None]
    words = {"baseline": str(case.goal.baseline or "previous_year"), "target": sense}
    if not compared:
        return case.at("S52", points[-1], **words)
    finals = [pair for pair in compared if pair[0].covers >= case.end and pair[0].complete]
    point, base = finals[0] if case.over and finals else compared[-1]
    good = point.value < base if sense == "at_most" else point.value > base
    words["base"] = shown(base)
    if case.over and finals:
        if not good:
            return case.missed(point, **words)
        return case.at("S49" if point.accepted else "S27", point, **words)
    if case.over and (case.as_of - case.end).days > case.settings.final_days:
        return case.at("S51", point, **words)
    return aged(case, point, case.at("S53" if good else "S54", point, **words))


def _base(point: Point, points: Sequence[Point]) -> Decimal | None:
    """The baseline given with a figure, else the figure of the same day a year before."""
    if point.base is not None:
        return point.base
    day = point.covers
    before = date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)
    return next((item.value for item in points if abs((item.covers - before).days) <= 1), None)

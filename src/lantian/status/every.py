"""Targets that every period answers for by itself (每月检查率100%, 每季度一次): each period has its own verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from lantian.status.cadence import due_day, period_bounds, periods
from lantian.status.case import SOFT, Case, begins, due_rule, nothing, seen
from lantian.status.figures import Point, change_of, computed, is_accepted, reaches, reported, shown, target_text
from lantian.status.model import Cadence, Report, Status

ONE = Decimal(1)


def judge_every(case: Case, every: Cadence) -> Status:
    """The worst of what is open, with the history: a period that was missed stays missed."""
    points = _points(case)
    value = ONE if case.value is None else case.value
    keys = [
        key for key in periods(every, begins(case.duty, case.start), case.end) if period_bounds(key)[0] <= case.as_of
    ]
    good, bad, unknown = [], [], []
    at: dict[str, Point] = {}
    for key in keys:
        high = period_bounds(key)[1]
        point = _of(points, key)
        if point is not None and reaches(case.goal, point.value, value, case.settings):
            good.append(key)
        elif min(high, case.end) > case.as_of:
            continue  # still running, not yet reached
        elif point is not None:
            bad.append(key)
        elif _is_due(case, key):
            unknown.append(key)
        if point is not None:
            at[key] = point
    evidence = [at[key] for key in keys if key in at]
    words = {"target": _target(case, value)}
    if bad:
        return _missed(case, at, good, bad, words)
    if unknown:
        words["periods"] = ",".join(unknown)
        return case.overdue("S60", None, **words) if case.over else case.say("S58", evidence, **words)
    if case.over and len(good) == len(keys) and good:
        if not all(at[key].accepted for key in good):
            return case.at("S27", evidence[-1], **words)
        return case.say("S59", evidence, number=str(len(good)), **words)
    if not good:
        return nothing(case) if not case.over else case.say("S23")
    return case.say("S55", evidence, number=str(len(good)), **words)


def _missed(case: Case, at: dict[str, Point], good: list[str], bad: list[str], words: dict[str, str]) -> Status:
    words["periods"] = ",".join(bad)
    evidence = [at[key] for key in bad]
    last = max((*good, *bad), key=lambda key: period_bounds(key)[1])
    if case.over:
        soft = case.goal.strength in SOFT
        return case.missed(at[bad[-1]]) if soft else case.say("S61", evidence, **words)
    if last in bad:
        return case.at("S57", at[last], last=last, **words)
    return case.say("S56", evidence, **words)


def _points(case: Case) -> list[Point]:
    """Computed figures go before reported ones; a return with words shows that what has no figure happened."""
    own = computed(case.goal, case.facts, case.as_of)
    told = reported(case.goal, case.reports, case.as_of, case.settings, own=True)
    if case.goal.kind == "cadence":
        figures = {point.period for point in told}
        told += [_happened(case, item) for item in case.reports if item.period not in figures and _says(item)]
    points = [*told, *own]
    if case.goal.kind != "change":
        return points
    changes = [(point, change_of(point, case.goal.unit)) for point in points]
    return [point._replace(value=value) for point, value in changes if value is not None]


def _says(report: Report) -> bool:
    return report.words and not report.no_change


def _happened(case: Case, report: Report) -> Point:
    """A return with words for a target without figures: it happened as often as asked."""
    evidence = seen(report)
    day = evidence.day or report.received
    accepted = is_accepted(report, case.as_of, case.settings)
    value = ONE if case.value is None else case.value
    return Point(day, period_bounds(report.period)[1], value, evidence, accepted=accepted, period=report.period)


def _of(points: Sequence[Point], key: str) -> Point | None:
    """The last figure of a period: its own, of a day in it, or of a longer period around it."""
    low, high = period_bounds(key)
    found = None
    for point in points:
        if point.period:
            start, end = period_bounds(point.period)
            fits = start <= low and high <= end
        else:
            fits = low <= point.day <= high
        if fits:
            found = point
    return found


def _is_due(case: Case, key: str) -> bool:
    due = due_day(key, due_rule(case.duty, case.settings), case.settings.workdays)
    return due + timedelta(days=case.settings.grace_days) < case.as_of


def _target(case: Case, value: Decimal) -> str:
    return f"≥{shown(value)}" if case.value is None else target_text(case.goal, value)

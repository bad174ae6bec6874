"""The status of one goal: which judge a kind of target has, what is not measurable yet, reported against computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lantian.status.amounts import judge_amount
from lantian.status.cadence import every_of
from lantian.status.case import Case, nothing, span_of
from lantian.status.documents import judge_document
from lantian.status.every import judge_every
from lantian.status.figures import ZERO, Point, computed, is_percent, reported, sense_of, shown, visible
from lantian.status.holds import judge_direction, judge_hold
from lantian.status.model import DEFAULTS, Cadence, Duty, Fact, Goal, Report, Settings, Status
from lantian.status.words import judge_words

HUNDRED = Decimal(100)
FRESH = 31  # days by which a return may be newer than the computed figure and still be held against it
# From best to worst. A bad state that is known counts more than one that is not known; nothing known more than running.
SEVERITY = {
    "closed": 0, "met": 1, "not_started": 3, "on_track": 4, "not_measurable": 5, "stale": 6, "no_data": 7, "behind": 8,
    "at_risk": 9, "overdue": 10, "missed": 11,
}  # fmt: skip
SOFTLY_MISSED = 2
Judge = Callable[[Case, Sequence[Point]], Status]


def severity(status: Status) -> int:
    """How bad a status is, from 0; what is no breach (未达力争) ranks just after met."""
    return SOFTLY_MISSED if status.soft else SEVERITY[status.state]


def goal_status(
    duty: Duty,
    goal: Goal,
    reports: Iterable[Report],
    facts: Iterable[Fact],
    as_of: date,
    settings: Settings = DEFAULTS,
) -> Status:
    """The status of one target of a duty on any past or present day; only what was known by then counts."""
    return judge_goal(duty, goal, visible(reports, as_of), [*facts], as_of, settings)


def judge_goal(
    duty: Duty, goal: Goal, seen: Sequence[Report], facts: Sequence[Fact], as_of: date, settings: Settings
) -> Status:
    """As :func:`goal_status`, with the reports as :func:`~lantian.status.figures.visible` gives them."""
    if goal.set_on and goal.set_on > as_of:
        goal = replace(goal, value=None)
    goal = resolved(goal)
    start, end = span_of(duty, goal)
    case = Case(duty, goal, seen, facts, as_of, settings, start, end, goal.value)
    if goal.kind == "deliverable":
        return judge_document(case)
    if goal.kind == "universal":
        return _universal(case)
    own = every(goal)
    lacking = _lacking(goal, own)
    if lacking:
        return case.say(lacking)
    if own and own != "none":
        return judge_every(case, own)
    if goal.kind == "direction":
        return _weigh(case, judge_direction)
    return _weigh(case, judge_amount if goal.kind == "count" else judge_hold)


def resolved(goal: Goal) -> Goal:
    """A value that a letter set is judged as what it looks like: a change, a share, an amount or a limit."""
    if goal.kind != "external" or goal.value is None:
        return goal
    if goal.value < 0 or goal.baseline is not None:
        kind = "change"
    elif is_percent(goal.unit):
        kind = "rate"
    else:
        kind = "level" if sense_of(goal) == "at_most" or "均" in goal.statistic else "count"
    goal = replace(goal, kind=kind)
    return goal if sense_of(goal) else replace(goal, sense="at_least")


def every(goal: Goal) -> Cadence | None:
    """The period that answers for itself, where each does (每月检查率): as set, else as the words say."""
    if goal.every is not None:
        return goal.every
    if goal.kind == "cadence":
        return every_of(goal.period, goal.statistic, goal.unit, goal.text) or "quarter"
    found = every_of(goal.period, goal.unit)
    return None if found == "year" else found


def _lacking(goal: Goal, own: Cadence | None) -> str:
    """The rule that says what is missing before a goal can be judged; empty if nothing is."""
    if goal.kind == "direction" or (goal.kind == "cadence" and own):
        return ""
    if goal.value is None:
        return {"external": "S80", "ratio_rule": "S82"}.get(goal.kind, "S81")
    return "" if sense_of(goal) else "S84"


def _universal(case: Case) -> Status:
    """全覆盖: the list minus approved exemptions; percentages as a share of 100; without a list, the words."""
    goal = case.goal
    if sense_of(goal) == "at_most":  # 清零: what is left over
        return _weigh(replace(case, value=ZERO, goal=replace(goal, value=ZERO)), judge_hold)
    if is_percent(goal.unit):
        share = replace(goal, value=HUNDRED)
        return _weigh(replace(case, value=HUNDRED, goal=share), judge_hold)
    if goal.total is not None:
        value = max(goal.total - goal.exempt, ZERO)
        whole = replace(case, value=value, goal=replace(goal, value=value))
        return _weigh(whole, judge_amount) if value else whole.say("S40")
    if computed(goal, case.facts, case.as_of) or reported(goal, case.reports, case.as_of, case.settings):
        return case.say("S83")
    return judge_words(case.duty, case.reports, case.as_of, case.settings, goal=goal)


def _weigh(case: Case, judge: Judge) -> Status:
    """Computed figures decide where there are fresh ones; a return that claims more than they bear is said."""
    told = reported(case.goal, case.reports, case.as_of, case.settings)
    own = computed(case.goal, case.facts, case.as_of)
    if case.goal.kind in ("count", "universal") and case.goal.carried_in:
        told, own = _carried(told, case.goal.carried_in), _carried(own, case.goal.carried_in)
    if not own or (told and (told[-1].day - own[-1].day).days > FRESH):
        return judge(case, told) if told else nothing(case)
    result = judge(case, own)
    comparable = [point for point in told if point.day <= own[-1].day]
    if not comparable or not _contradicts(case, comparable[-1], own[-1]):
        return result
    claim = judge(case, comparable)
    if severity(claim) >= severity(result) or severity(result) >= SEVERITY["at_risk"]:
        return result
    last = comparable[-1]
    words = {"reported": shown(last.value), "report_day": last.day.isoformat()}
    said = case.at("S28", own[-1], **words)
    return replace(said, evidence=(last.evidence, own[-1].evidence))


def _carried(points: Sequence[Point], carried: Decimal) -> list[Point]:
    return [point._replace(value=point.value + carried) for point in points]


def _contradicts(case: Case, told: Point, own: Point) -> bool:
    """Whether a reported figure is better than the computed one by more than the office lets pass."""
    better = told.value - own.value if sense_of(case.goal) != "at_most" else own.value - told.value
    return better > abs(own.value) * case.settings.contradiction

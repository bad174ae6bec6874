"""One question that is being answered: a duty and a goal on a day, with what was known by then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from lantian.status.cadence import due_day, period_bounds, periods
from lantian.status.figures import Point, shown, target_text
from lantian.status.model import Cadence, DueRule, Duty, Evidence, Fact, Goal, Report, Settings, Status
from lantian.status.rules import rule_table
from lantian.status.workdays import Workdays

YEARS = re.compile(r"(20\d\d)\s*年?\s*[—–―－~～至-]{1,2}\s*(20\d\d)")
OPEN_ENDED = ("long_term", "from", "none")
SOFT = ("力争", "encourage", "study")


@dataclass(frozen=True, slots=True)
class Case:
    """What judges need. ``reports`` are the visible ones; ``start`` and ``end`` are the goal's own span."""

    duty: Duty
    goal: Goal
    reports: Sequence[Report]
    facts: Sequence[Fact]
    as_of: date
    settings: Settings
    start: date
    end: date
    value: Decimal | None = field(default=None)  # what must be reached, exemptions taken off

    @property
    def over(self) -> bool:
        """Whether the goal's last day has passed."""
        return self.as_of > self.end

    @property
    def settled(self) -> bool:
        """Whether the year was settled by the day that is asked about."""
        return self.duty.settled_on is not None and self.duty.settled_on <= self.as_of

    def say(self, rule: str, evidence: Iterable[Point | Evidence] = (), /, **words: str) -> Status:
        """A status by a rule, with the goal's name, unit and target for its sentence."""
        goal = self.goal
        args = {
            "subject": goal.subject or goal.text or goal.id,
            "unit": goal.unit,
            "target": target_text(goal, self.value),
            "end": self.end.isoformat(),
            **words,
        }
        if goal.letter and self.value is not None:
            evidence = (*evidence, Evidence("letter", goal.letter, goal.set_on, self.value))
        return status(rule, self.as_of, args, evidence, goal=goal.id)

    def at(self, rule: str, point: Point, /, **words: str) -> Status:
        """A status by a rule about one figure."""
        return self.say(rule, (point,), **{"day": point.day.isoformat(), "actual": shown(point.value), **words})

    def missed(self, point: Point, /, **words: str) -> Status:
        """Not reached for good: a breach, or softer where the plan only strives or encourages."""
        rule = {"力争": "S37", "encourage": "S38", "study": "S38"}.get(self.goal.strength, "S36")
        return self.at(rule, point, **words)

    def never_shown(self, rule: str, /, **words: str) -> Status:
        """The year was settled without anything to show for it; ``rule`` where that is a breach."""
        rule = {"力争": "S20", "encourage": "S21", "study": "S21"}.get(self.goal.strength, rule)
        settled = self.duty.settled_on
        return self.say(rule, settled=settled.isoformat() if settled else "—", **words)

    def overdue(self, rule: str, point: Point | None, /, **words: str) -> Status:
        """The day has passed and nothing shows that it is done; what is only encouraged is never overdue."""
        if self.goal.strength == "encourage":
            return self.say("S22", (point,) if point else ())
        return self.at(rule, point, **words) if point else self.say(rule, **words)


def status(
    rule: str, as_of: date, args: dict[str, str], evidence: Iterable[Point | Evidence] = (), *, goal: str = ""
) -> Status:
    """A status by a rule of ``tables/rules.yaml``."""
    row = rule_table()[rule]
    facts = tuple(item.evidence if isinstance(item, Point) else item for item in evidence)
    return Status(row.state, rule, as_of, args, facts, row.soft, goal)


@lru_cache(maxsize=4096)
def years_of(text: str) -> tuple[date, date] | None:
    """The span of a target over several years (2023—2024年内累计); None where none is printed."""
    match = YEARS.search(text)
    return (date(int(match[1]), 1, 1), date(int(match[2]), 12, 31)) if match else None


def end_of(duty: Duty) -> date | None:
    """The latest day that the cell's deadlines tell; None where nothing ends or no date is told."""
    ends = [end for end in (duty.end, *(item.end for item in duty.also)) if end]
    return max(ends) if ends else None


def is_open_ended(duty: Duty) -> bool:
    """Whether the cell says that the duty goes on (长期实施, 4月1日起), alone or beside a date."""
    return duty.kind in OPEN_ENDED or any(item.kind in OPEN_ENDED for item in duty.also)


def year_end(day: date) -> date:
    """The last day of a day's year."""
    return date(day.year, 12, 31)


def span_of(duty: Duty, goal: Goal) -> tuple[date, date]:
    """From when to when a goal counts: its own days, the years printed, the duty's, else the plan's year.

    A figure without any date is due at the end of the plan's year. What was carried in counts from this year on.
    """
    years = years_of(goal.period)
    end = goal.by or end_of(duty) or (years[1] if years else date(duty.year, 12, 31))
    start = goal.start or duty.start
    if start is None and years and goal.carried_in is None:
        start = years[0]
    if start is None:
        start = date(duty.year, 1, 1)
    return min(start, end), end


def begins(duty: Duty, start: date) -> date:
    """From when returns are owed: the start, but not before the plan was there."""
    return max(start, duty.since) if duty.since else start


def due_rule(duty: Duty, settings: Settings) -> DueRule:
    """When the duty's returns are due."""
    return duty.due or settings.due


@lru_cache(maxsize=65536)
def last_due(
    cadence: Cadence, start: date, end: date, as_of: date, rule: DueRule, grace: int, workdays: Workdays
) -> tuple[str, date] | None:
    """The last period whose return should be there by ``as_of`` (due day and grace passed), with its due day."""
    for key in reversed(periods(cadence, start, min(end, as_of))):
        due = due_day(key, rule, workdays)
        if due + timedelta(days=grace) < as_of:
            return key, due
    return None


def owed(duty: Duty, settings: Settings, as_of: date, start: date, end: date) -> tuple[str, date] | None:
    """The last period of a duty whose return should be there, counted from when returns are owed."""
    rule = due_rule(duty, settings)
    return last_due(
        duty.cadence, begins(duty, start), max(end, date(duty.year, 12, 31)), as_of, rule, settings.grace_days,
        settings.workdays,
    )  # fmt: skip


def first_due(duty: Duty, settings: Settings, start: date, end: date) -> date:
    """The due day of the first return; the end where nothing is reported."""
    keys = periods(duty.cadence, begins(duty, start), end)
    return due_day(keys[0], due_rule(duty, settings), settings.workdays) if keys else end


def nothing(case: Case) -> Status:
    """No figure at all: not begun, not due, due and missing, or past its day."""
    if case.as_of < case.start:
        return case.say("S01", start=case.start.isoformat())
    if case.over:
        return case.never_shown("S63") if case.settled else case.overdue("S62", None)
    due = owed(case.duty, case.settings, case.as_of, case.start, case.end)
    if due is None:
        return case.say("S23")
    key, day = due
    bound = period_bounds(key)[1]
    late = [report for report in case.reports if period_bounds(report.period)[1] >= bound]
    if late:
        return case.say("S25", [seen(late[-1])], period=late[-1].period)
    return case.say("S24", period=key, due=day.isoformat())


def seen(report: Report) -> Evidence:
    """A report as evidence."""
    return Evidence("report", report.id, min(report.counts_for or period_bounds(report.period)[1], report.received))


def aged(case: Case, point: Point, result: Status) -> Status:
    """A running state from an old figure is out of date; a bad one stays bad: a worsening is never hidden."""
    if result.state not in ("on_track", "not_started"):
        return result
    due = owed(case.duty, case.settings, case.as_of, case.start, case.end)
    if due is None or point.covers + timedelta(days=case.settings.grace_days) >= period_bounds(due[0])[1]:
        return result
    return case.at("S26", point, period=due[0], due=due[1].isoformat())

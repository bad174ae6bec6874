"""Duties without figures (most rows of a plan): their state comes from what is reported, accepted and evidenced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lantian.status.cadence import period_bounds
from lantian.status.case import end_of, first_due, is_open_ended, owed, seen, status
from lantian.status.figures import is_accepted
from lantian.status.model import Duty, Goal, Report, Settings, Status


def judge_words(
    duty: Duty, reports: Sequence[Report], as_of: date, settings: Settings, *, goal: Goal | None = None
) -> Status:
    """The state that the returns alone give; ``reports`` as visible. A ``goal`` lends its day and its strength."""
    end = (goal.by if goal else None) or end_of(duty)
    if end is None and duty.kind == "recurring":
        end = date(duty.year, 12, 31)
    start = duty.start or date(duty.year, 1, 1)
    strength = goal.strength if goal else duty.strength
    name = goal.id if goal else ""
    done = _done(duty, reports, as_of, settings, end, name)
    if done is not None:
        return done
    if as_of < start:
        return status("S01", as_of, {"start": start.isoformat()}, goal=name)
    if end is None and not is_open_ended(duty):
        return status("S15", as_of, {}, goal=name)
    if end is not None and as_of > end:
        return _past(duty, as_of, end, strength, name)
    return _running(duty, reports, as_of, settings, start, end or date(duty.year, 12, 31), name)


def _done(
    duty: Duty, reports: Sequence[Report], as_of: date, settings: Settings, end: date | None, name: str
) -> Status | None:
    """The claim that the duty is fulfilled: accepted and evidenced it is met; None where nobody claims it."""
    claims = [report for report in reports if report.done and (end is not None or _is_year_end(duty, report))]
    if not claims:
        return None
    accepted = [report for report in claims if is_accepted(report, as_of, settings)]
    claim = accepted[0] if accepted else claims[0]
    proof = seen(claim)
    day = proof.day or claim.received
    if not accepted:
        return status("S07", as_of, {"day": day.isoformat()}, [proof], goal=name)
    pieces = sum(report.evidence for report in reports)
    if settings.evidence_required and not pieces:
        last = end or date(duty.year, 12, 31)
        rule, words = ("S19", {"end": last.isoformat()}) if as_of > last else ("S08", {"day": day.isoformat()})
        return status(rule, as_of, words, [proof], goal=name)
    if end is None or any(item.kind == "long_term" for item in duty.also):
        return status("S11", as_of, {"period": claim.period}, [proof], goal=name)
    words = {"day": day.isoformat(), "evidence": str(pieces), "end": end.isoformat()}
    return status("S10" if day > end else "S09", as_of, words, [proof], goal=name)


def _is_year_end(duty: Duty, report: Report) -> bool:
    """Whether a return speaks of the plan year's end: only such a one can say that a lasting duty is done this year."""
    return period_bounds(report.period)[1] >= date(duty.year, 12, 31)


def _past(duty: Duty, as_of: date, end: date, strength: str, name: str) -> Status:
    """The deadline is over and nobody says that it is done."""
    if duty.settled_on and duty.settled_on <= as_of:
        rule = {"力争": "S20", "encourage": "S21", "study": "S21"}.get(strength, "S13")
        return status(rule, as_of, {"settled": duty.settled_on.isoformat()}, goal=name)
    return status("S22" if strength == "encourage" else "S12", as_of, {"end": end.isoformat()}, goal=name)


def _running(
    duty: Duty, reports: Sequence[Report], as_of: date, settings: Settings, start: date, end: date, name: str
) -> Status:
    """Within the deadline: silent, idle, or going on."""
    silent = silence(duty, reports, as_of, settings, start, end)
    if silent is not None:
        return silent
    if not reports:
        if duty.cadence == "none":
            return status("S04", as_of, {}, goal=name)
        due = first_due(duty, settings, start, end)
        return status("S02", as_of, {"due": due.isoformat()}, goal=name)
    idle = reports[-settings.idle_returns :]
    if len(idle) == settings.idle_returns and all(report.no_change for report in idle):
        return status("S14", as_of, {"number": str(len(idle))}, [seen(report) for report in idle], goal=name)
    return status("S03", as_of, {"period": reports[-1].period}, [seen(reports[-1])], goal=name)


def silence(
    duty: Duty, reports: Sequence[Report], as_of: date, settings: Settings, start: date, end: date
) -> Status | None:
    """A return that is due and missing: no data at all, or out of date; None where all that is due has come."""
    due = owed(duty, settings, as_of, start, end)
    if due is None:
        return None
    key, day = due
    if not reports:
        return status("S05", as_of, {"period": key, "due": day.isoformat()})
    last = reports[-1]
    if period_bounds(last.period)[1] >= period_bounds(key)[1]:
        return None
    return status("S06", as_of, {"last": last.period, "period": key, "due": day.isoformat()}, [seen(last)])

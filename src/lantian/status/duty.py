"""The status of a whole duty, counts of many, and the coordinator's lights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from lantian.status.cadence import due_day, period_bounds, period_of
from lantian.status.case import due_rule, end_of, is_open_ended, seen, span_of, status
from lantian.status.figures import is_sent_back, visible
from lantian.status.goals import judge_goal, severity
from lantian.status.model import DEFAULTS, STATES, Duty, Fact, Goal, Light, Report, Settings, Status
from lantian.status.words import judge_words, silence

MISSED_STRIVE = "missed_strive"


def duty_status(
    duty: Duty,
    goals: Sequence[Goal],
    reports: Iterable[Report],
    facts: Iterable[Fact],
    as_of: date,
    settings: Settings = DEFAULTS,
) -> Status:
    """The worst of the goals, of reporting and of evidence, with its reason; ``parts`` keeps every goal's status.

    ``reports`` are all submitted versions, ``facts`` all computed figures; what came after ``as_of`` does not count.
    """
    if duty.closed_on and duty.closed_on <= as_of:
        return status("S16", as_of, {"day": duty.closed_on.isoformat()})
    if duty.role == "support" and duty.cadence == "none":
        return status("S04", as_of, {})
    versions = [report for report in reports if report.received <= as_of]
    shown = visible(versions, as_of)
    back = _sent_back(versions, shown, as_of)
    if not goals:
        words = judge_words(duty, shown, as_of, settings)
        return words if back is None or words.state == "met" else worst([words, back])
    known = [*facts]
    parts = tuple(judge_goal(duty, goal, shown, known, as_of, settings) for goal in goals)
    return _whole(duty, goals, parts, shown, back, as_of, settings).with_parts(parts)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of several, whatever their order. ValueError if there are none."""
    return max(statuses, key=lambda item: (severity(item), item.rule, item.goal))


def _whole(
    duty: Duty,
    goals: Sequence[Goal],
    parts: tuple[Status, ...],
    shown: Sequence[Report],
    back: Status | None,
    as_of: date,
    settings: Settings,
) -> Status:
    result = worst(parts)
    spans = [span_of(duty, goal) for goal in goals]
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    if result.state == "met":
        return _proven(parts, shown, as_of, end, settings) or result
    if result.soft and result.state == "missed":
        return result
    others = [back] if back else []
    if as_of >= start and as_of <= end and (silent := silence(duty, shown, as_of, settings, start, end)):
        others.append(silent)
    return worst([result, *others])


def _proven(
    parts: tuple[Status, ...], shown: Sequence[Report], as_of: date, end: date, settings: Settings
) -> Status | None:
    """Reported figures want evidence; computed facts and numbered documents are their own. None if that is there."""
    if not settings.evidence_required or any(report.evidence or report.document_number for report in shown):
        return None
    if all(item.kind == "fact" for part in parts for item in part.evidence):
        return None
    held = [seen(report) for report in shown[-1:]]
    if as_of > end:
        return status("S19", as_of, {"end": end.isoformat()}, held)
    return status("S18", as_of, {}, held)


def _sent_back(versions: Sequence[Report], shown: Sequence[Report], as_of: date) -> Status | None:
    """A return that was sent back and has not come again."""
    answered = {report.period: report.received for report in shown}
    back = [report for report in versions if is_sent_back(report, as_of)]
    waiting = [report for report in back if answered.get(report.period, date.min) < report.received]
    if not waiting:
        return None
    last = max(waiting, key=lambda report: (period_bounds(report.period)[1], report.received, report.id))
    day = last.decided or last.received
    return status("S17", as_of, {"period": last.period, "day": day.isoformat()}, [seen(last)])


def roll_up(statuses: Iterable[Status]) -> dict[str, int]:
    """How many are in each state; states are counted, never averaged.

    Every state has a key, also with 0. ``missed_strive`` counts what was missed without breach (未达力争, 鼓励类);
    ``missed`` does not hold it, so that the counts add up to the number of statuses.
    """
    counts = dict.fromkeys((*STATES, MISSED_STRIVE), 0)
    for item in statuses:
        counts[MISSED_STRIVE if item.soft and item.state == "missed" else item.state] += 1
    return counts


def light(
    duty: Duty, result: Status, reports: Iterable[Report], as_of: date, settings: Settings = DEFAULTS
) -> Light | None:
    """The coordinator's internal light; it never goes out.

    Red: overdue or missed (a breach), or a return is due and missing. Yellow: behind, at risk, or a return that was
    sent back twice. Blue: the internal due day (or the printed end) is near or past, or a return's due day is near and
    it has not come.
    """
    if result.state in ("met", "closed") or result.soft:
        return None
    if result.breach or (result.state in ("no_data", "stale") and duty.cadence != "none"):
        return "red"
    known = [report for report in reports if report.received <= as_of]
    returned = max((_times_back(known, report, as_of) for report in known), default=0)
    if result.state in ("behind", "at_risk") or returned > 1:
        return "yellow"
    near = timedelta(days=settings.near_days)
    day = duty.internal_due or end_of(duty)
    if day is not None and as_of >= day - near:
        return "blue"
    return "blue" if _return_is_near(duty, known, as_of, settings) else None


def _times_back(reports: Sequence[Report], report: Report, as_of: date) -> int:
    """How often the return of a report's period was sent back, unless it was accepted since."""
    same = [item for item in reports if item.period == report.period]
    if any(item.verdict == "accepted" and (item.decided or item.received) <= as_of for item in same):
        return 0
    return max(sum(is_sent_back(item, as_of) for item in same), *(item.sent_back for item in same))


def _return_is_near(duty: Duty, reports: Sequence[Report], as_of: date, settings: Settings) -> bool:
    """Whether the return of the running or the last period is due within the near days and has not come."""
    if duty.cadence == "none" or as_of < (duty.since or duty.start or date(duty.year, 1, 1)):
        return False
    end = end_of(duty)
    if end is not None and as_of > end and not is_open_ended(duty):
        return False
    held = {report.period for report in reports if not is_sent_back(report, as_of)}
    current = period_of(duty.cadence, as_of)
    before = period_of(duty.cadence, period_bounds(current)[0] - timedelta(days=1))
    first = duty.since or duty.start or date(duty.year, 1, 1)
    for key in (before, current):
        due = due_day(key, due_rule(duty, settings), settings.workdays)
        wanted = period_bounds(key)[1] >= first and key not in held
        if wanted and timedelta(0) <= due - as_of <= timedelta(days=settings.near_days):
            return True
    return False

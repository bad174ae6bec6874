"""Deliverables on their ladder: met only by document number and date, a study by its report."""

from __future__ import annotations

from datetime import date

from lantian.status.case import Case, seen
from lantian.status.deliverables import Ladder, ladder_for, ladders
from lantian.status.figures import is_accepted
from lantian.status.model import Report, Status
from lantian.status.words import judge_words


def judge_document(case: Case) -> Status:
    """Where a document to deliver stands, against where it should."""
    ladder = ladders()["study"] if case.goal.strength == "study" else ladder_for(case.goal.text or case.goal.subject)
    shows = [report for report in case.reports if _final(ladder, report, case.as_of)]
    accepted = [report for report in shows if is_accepted(report, case.as_of, case.settings)]
    if accepted:
        return _met(case, min(accepted, key=_day))
    steps = [ladder.index(report.step) for report in case.reports]
    best = max(steps, default=-1)
    held = [seen(report) for report, step in zip(case.reports, steps, strict=True) if step == best and step >= 0][:1]
    words = {"ladder": ladder.id, "step": ladder.steps[best].id if best >= 0 else ""}
    if shows:
        return case.say("S75", [seen(shows[0])], **words)
    if case.over:
        if case.settled:
            return case.never_shown("S64", **words)
        return case.overdue("S74" if ladder.final == "report" else "S71", None, **words)
    if not case.reports:
        return judge_words(case.duty, (), case.as_of, case.settings, goal=case.goal)
    if best < 0 and case.as_of < case.start:
        return case.say("S01", start=case.start.isoformat())
    return case.say(_running(case, ladder, best, words), held, **words)


def _running(case: Case, ladder: Ladder, best: int, words: dict[str, str]) -> str:
    """The rule for a document on its way; puts the expected step into the words."""
    if best == len(ladder.steps) - 1:
        return "S70"
    expected = ladder.expected(case.start, case.end, case.as_of)
    words["expected"] = ladder.steps[expected].id if expected >= 0 else ""
    if best >= expected:
        return "S65"
    return "S66" if expected - best == 1 else "S67"


def _final(ladder: Ladder, report: Report, as_of: date) -> bool:
    """Whether a report shows the document: number and date, or the study's report."""
    if report.document_number and report.document_date and report.document_date <= as_of:
        return True
    last = ladder.steps[-1].id
    return ladder.final == "report" and report.step == last and bool(report.evidence or report.document_number)


def _day(report: Report) -> date:
    day = seen(report).day or report.received
    return report.document_date if report.document_number and report.document_date else day


def _met(case: Case, report: Report) -> Status:
    day = _day(report)
    late = day > case.end
    if report.document_number and report.document_date:
        rule, words = ("S69" if late else "S68"), {"number": report.document_number, "day": day.isoformat()}
    else:
        rule, words = ("S73" if late else "S72"), {"day": day.isoformat()}
    return case.say(rule, [seen(report)], **words)

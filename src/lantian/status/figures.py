"""Which figures were known on a day, and whether one reaches its target.

Over-fulfilling is never a miss: what counts is the side that is good (``sense``), not the printed comparator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lantian.status.cadence import period_bounds
from lantian.status.model import Evidence, Fact, Figure, Goal, Report, Sense, Settings

ZERO = Decimal(0)
HUNDRED = Decimal(100)
NO_FIGURE = Figure("")
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "", "~": "≈"}


class Point(NamedTuple):
    """One figure of a goal through ``day``. ``covers`` is the day for which it can be the final one: a December return
    handed in on the 25th covers the year's end."""

    day: date
    covers: date
    value: Decimal
    evidence: Evidence
    base: Decimal | None = None
    complete: bool = True
    accepted: bool = True
    period: str = ""


def visible(reports: Iterable[Report], as_of: date) -> list[Report]:
    """The last version of each period that was received by ``as_of`` and is not sent back, by period's end."""
    last: dict[str, Report] = {}
    for report in reports:
        if report.received > as_of or is_sent_back(report, as_of):
            continue
        held = last.get(report.period)
        if held is None or (report.received, report.id) > (held.received, held.id):
            last[report.period] = report
    return sorted(last.values(), key=lambda report: (period_bounds(report.period)[1], report.period))


def is_sent_back(report: Report, as_of: date) -> bool:
    """Whether a version had been sent back by a day."""
    return report.verdict == "sent_back" and (report.decided or report.received) <= as_of


def is_accepted(report: Report, as_of: date, settings: Settings) -> bool:
    """Whether a version counts as accepted on a day; without review whatever was handed in does."""
    return not settings.review or (report.verdict == "accepted" and (report.decided or report.received) <= as_of)


def reported(
    goal: Goal, reports: Sequence[Report], as_of: date, settings: Settings, *, own: bool = False
) -> list[Point]:
    """The goal's reported figures in order; ``reports`` as :func:`visible` gives them.

    Without a cumulative figure the periods' figures are added up. ``own`` asks for each period's own figure instead.
    """
    points: list[Point] = []
    total = ZERO
    for report in reports:
        figure = NO_FIGURE
        for item in report.figures:
            if item.goal == goal.id:
                figure = item
        value = _period_value(figure) if own else figure.cumulative
        if value is None and not own:
            if figure.period is not None:
                value = total + figure.period
            elif report.no_change and points:  # 无变化: what was reached so far stands
                value = total
        if value is None:
            continue
        total = value
        end = report.counts_for or period_bounds(report.period)[1]
        day = min(end, report.received)
        points.append(
            Point(
                day=day,
                covers=end,
                value=value,
                base=figure.base,
                evidence=Evidence("report", report.id, day, value),
                accepted=is_accepted(report, as_of, settings),
                period=report.period,
            )
        )
    return points


def _period_value(figure: Figure) -> Decimal | None:
    return figure.cumulative if figure.period is None else figure.period


def computed(goal: Goal, facts: Iterable[Fact], as_of: date) -> list[Point]:
    """The goal's computed figures that were known by ``as_of``, in order; of two for one day the later known counts.

    Where that does not decide, the source's name does, then a complete figure before one with gaps, then the larger
    one: the outcome never hangs on the order in which facts are given.
    """
    known: dict[tuple[date, str], Fact] = {}
    for fact in facts:
        if fact.goal != goal.id or fact.day > as_of or (fact.known or fact.day) > as_of:
            continue
        held = known.get((fact.day, fact.period))
        if held is None or _precedence(fact) > _precedence(held):
            known[fact.day, fact.period] = fact
    return [
        Point(
            day=fact.day,
            covers=fact.day,
            value=fact.value,
            base=fact.base,
            complete=fact.complete,
            evidence=Evidence("fact", fact.source, fact.day, fact.value),
            period=fact.period,
        )
        for fact in sorted(known.values(), key=lambda fact: (fact.day, fact.period))
    ]


def _precedence(fact: Fact) -> tuple[date, str, bool, Decimal, Decimal]:
    return fact.known or fact.day, fact.source, fact.complete, fact.value, ZERO if fact.base is None else fact.base


def sense_of(goal: Goal) -> Sense | None:
    """Which side is good: as set, else by comparator, kind and sign; None where the words leave it open."""
    if goal.sense:
        return goal.sense
    if goal.comparator in (">=", ">"):
        return "at_least"
    if goal.comparator in ("<=", "<"):
        return "at_most"
    if goal.kind == "change" and goal.value is not None:
        return "at_most" if goal.value < 0 else "at_least"
    return "at_least" if goal.kind in ("count", "rate", "rank", "universal", "cadence", "ratio_rule") else None


def limit_of(goal: Goal, value: Decimal, settings: Settings) -> Decimal:
    """The figure that must be reached: 左右 gives way on the one side that counts, a range by its easier end."""
    sense = sense_of(goal)
    if goal.value_max is not None and sense == "at_most":
        value = goal.value_max
    if goal.comparator != "~":
        return value
    give = abs(value) * (settings.tolerance if goal.tolerance is None else goal.tolerance)
    return value + give if sense == "at_most" else value - give


def reaches(goal: Goal, actual: Decimal, value: Decimal, settings: Settings) -> bool:
    """Whether ``actual`` fulfils a target of ``value`` (the goal's own, its stretch, or a part of it)."""
    limit = limit_of(goal, value, settings)
    if sense_of(goal) == "at_most":
        return actual < limit if goal.comparator == "<" else actual <= limit
    return actual > limit if goal.comparator == ">" else actual >= limit


def is_percent(unit: str) -> bool:
    """Whether a unit is per cent (％ and ﹪ too), not 个百分点."""
    return unit in ("%", "％", "﹪")


def change_of(point: Point, unit: str) -> Decimal | None:
    """A change as the target prints it: in percent of the baseline, else as a difference; as given without baseline.

    None where the baseline is nothing and a percentage is asked.
    """
    if point.base is None:
        return point.value
    if not is_percent(unit):
        return point.value - point.base
    return (point.value - point.base) * HUNDRED / abs(point.base) if point.base else None


def shown(value: Decimal | None) -> str:
    """A figure as people read it: no exponent, at most two decimals, no zeros at the end."""
    if value is None:
        return "—"
    rounded = round(value, 2)
    text = format(rounded, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def target_text(goal: Goal, value: Decimal | None = None) -> str:
    """The target as a sentence shows it: sign, figure, unit (≥500辆, ≈4.5吨, ≤−5%)."""
    value = goal.value if value is None else value
    if goal.value_max is not None and value == goal.value:
        return f"{shown(value)}—{shown(goal.value_max)}{goal.unit}"
    sign = SIGNS.get(goal.comparator or "", "")
    if not sign:
        sign = {"at_least": "≥", "at_most": "≤"}.get(sense_of(goal) or "", "")
    return f"{sign}{shown(value)}{goal.unit}"

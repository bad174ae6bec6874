"""Rankings of districts, streets or stations as pages show them: computed by lantian.analysis.rankings.

Here stands only what that package cannot know: who is ranked (registry, groups, who is left out), from which hours
(without declared sand-dust) or own measurements, and how many valid days a period needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone

from lantian.analysis import rankings
from lantian.analysis.rankings import Explanation, Membership, Period
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import Item, is_sampled
from lantian.apps.monitoring.models import RankingKind, RankingRule
from lantian.apps.monitoring.queries import figures, samples
from lantian.apps.monitoring.queries.figures import Measured
from lantian.apps.monitoring.queries.periods import needs
from lantian.apps.monitoring.queries.subjects import Subject, subjects
from lantian.apps.monitoring.readings import kept
from lantian.standards.ambient import Standard
from lantian.standards.dust import SandPeriod
from lantian.standards.evaluation import STATISTICS

_HIT_BY_SAND = ("PM10", "PM2.5", "composite")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a ranking is of. ``group`` blank: all; ``sand``: without the declared hours of sand-dust."""

    kind: str
    item: Item
    standard: Standard
    group: str = ""
    sand: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the row of the ranking with the subject, and what its figures rest on. ``raw``: with the sand-dust."""

    row: rankings.Row
    subject: Subject
    now: Measured
    before: Measured
    raw: Measured | None


@dataclass(frozen=True, slots=True)
class Page:
    """A ranking with its lines in order, and the sand-dust hours that were declared for anybody in it."""

    ranking: rankings.Ranking
    lines: list[Line]
    wanted: Wanted
    period: Period
    declared: list[RankingRule]

    @property
    def ranked(self) -> int:
        """How many have a rank."""
        return len(self.ranking.population)


def rules(user: User, period: Period) -> list[RankingRule]:
    """The dated facts that touch a period or the same days a year before. One query."""
    first, last = _instant(period.year_before().start), _instant(period.end + timedelta(days=1))
    rows = policy.scope(user, RankingRule.objects.select_related("area").filter(start__lt=last))
    return [row for row in rows if row.end is None or row.end > first]


def groups(user: User) -> list[str]:
    """The names of the groups in sight."""
    rows = policy.scope(user, RankingRule.objects.filter(kind=RankingKind.GROUP))
    return sorted(set(rows.order_by().values_list("group", flat=True)))


def ranking(user: User, wanted: Wanted, period: Period, *, by_change: bool = False) -> Page:
    """Rank the subjects of a period by level (1 is the cleanest) or in the order of their improvement."""
    facts = rules(user, period)
    if is_sampled(wanted.item):
        everybody = samples.subjects(user, wanted.kind, wanted.item, period)
    else:
        everybody = subjects(user, wanted.kind, period.end)
    found = _population(everybody, facts, wanted.group, period)
    before = period.year_before()
    now, then = _measured(found, wanted, period, facts), _measured(found, wanted, before, facts)
    declared = [rule for rule in facts if rule.kind == RankingKind.SAND and _during(rule, period)]
    hit = bool(declared) and wanted.sand and wanted.item.key in _HIT_BY_SAND
    raw = _measured(found, wanted, period, []) if hit else [None] * len(found)
    given = [
        rankings.Figure(
            subject.key,
            own.exact,
            None if own.valid_days is None else own.valid_days / period.days,
            earlier.exact if _enough(earlier, before) else None,
            subject.above,
            _left_out(subject, facts, period),
        )
        for subject, own, earlier in zip(found, now, then, strict=True)
    ]
    table = rankings.rank(given, places=wanted.item.decimals, period=period, least_share=needs(period) / period.days)
    place = {subject.key: at for at, subject in enumerate(found)}
    lines = [
        Line(row, found[at], now[at], then[at], raw[at]) for row in table.rows for at in [place[row.subject]]
    ]  # fmt: skip
    if by_change:
        lines.sort(key=lambda line: (line.row.improvement is None, line.row.improvement or 0))
    return Page(table, lines, wanted, period, declared)


def why(user: User, wanted: Wanted, period: Period, earlier: Period, subject: str) -> tuple[Page, Explanation] | None:
    """One place taken apart: neighbours, the period before, the days that drove it. None for who is not in it."""
    page = ranking(user, wanted, period)
    if not any(line.subject.key == subject for line in page.lines):
        return None
    previous = ranking(user, wanted, earlier).ranking
    days: dict[str, dict[date, float]] | None = None
    rule = STATISTICS.get(wanted.item.key)
    if rule is not None and rule.divisor == "annual":  # a percentile is not moved by single days as a mean is
        facts = rules(user, period)
        found = [line.subject for line in page.lines]
        sand = _sand(found, facts) if wanted.sand else []
        cells = figures.daily(found, period, wanted.standard, sand)[figures.column(wanted.item.key)]
        days = {
            one.key: {
                period.start + timedelta(days=at): float(value) for at, value in enumerate(own) if not np.isnan(value)
            }
            for one, own in zip(found, cells, strict=True)
        }
    return page, rankings.explain(page.ranking, subject, previous=previous, days=days)


def _measured(found: Sequence[Subject], wanted: Wanted, period: Period, facts: Sequence[RankingRule]) -> list[Measured]:
    if not found:
        return []
    if is_sampled(wanted.item):
        return samples.measured(found, wanted.item, period)
    sand = _sand(found, facts) if wanted.sand and wanted.item.key in _HIT_BY_SAND else []

    def compute() -> list[Measured]:
        days = figures.daily(found, period, wanted.standard, sand)
        return figures.from_hours(days, len(found), wanted.item, period, wanted.standard)

    codes = tuple((subject.key, subject.codes) for subject in found)
    return kept(("ranking", codes, wanted.item.key, wanted.standard.key, period, tuple(sand)), compute)


def _population(found: Sequence[Subject], facts: Sequence[RankingRule], group: str, period: Period) -> list[Subject]:
    """The subjects of a group on the last day of the period; all of them where no group is asked for."""
    if not group:
        return list(found)
    memberships = [
        Membership(rule.group, subject.key, _day(rule), _last_day(rule))
        for rule in facts
        if rule.kind == RankingKind.GROUP
        for subject in found
        if subject.path.startswith(rule.area.path)
    ]
    inside = rankings.members(memberships, group, period)
    return [subject for subject in found if subject.key in inside]


def _left_out(subject: Subject, facts: Sequence[RankingRule], period: Period) -> str | None:
    for rule in facts:
        if rule.kind == RankingKind.EXCLUDED and subject.path.startswith(rule.area.path) and _during(rule, period):
            return rule.reason
    return None


def _during(rule: RankingRule, period: Period) -> bool:
    begins, ends = _instant(period.start), _instant(period.end + timedelta(days=1))
    return rule.start < ends and (rule.end is None or rule.end > begins)


def _sand(found: Sequence[Subject], facts: Sequence[RankingRule]) -> list[SandPeriod]:
    return [
        SandPeriod(subject.key, _local(rule.start), _local(rule.end), rule.reason, "")
        for rule in facts
        if rule.kind == RankingKind.SAND and rule.end is not None
        for subject in found
        if subject.path.startswith(rule.area.path)
    ]


def _local(at: datetime) -> datetime:
    """An instant as the clock in Shanghai shows it, which is how hours of arrays are counted."""
    return timezone.localtime(at).replace(tzinfo=None)


def _enough(figure: Measured, period: Period) -> bool:
    return figure.exact is not None and (figure.valid_days is None or figure.valid_days >= needs(period))


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _day(rule: RankingRule) -> date:
    return timezone.localtime(rule.start).date()


def _last_day(rule: RankingRule) -> date | None:
    return timezone.localtime(rule.end - timedelta(microseconds=1)).date() if rule.end else None

"""Rankings of any subject as bulletins print them: from rounded figures, ties 1, 1, 3, and who is not ranked and why.

Pages and bulletins render the rows; nothing here knows what a district is. The rule of ties stands in
``lantian.standards.ranking`` and nowhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lantian.analysis.rankings.periods import Period
from lantian.standards.ranking import change_pct, competition_ranks
from lantian.standards.rounding import round_half_even

Status = Literal["ranked", "incomplete", "excluded", "no_value"]
# As bulletins print changes: one decimal of a per cent.
_CHANGE_PLACES = 1
# Three quarters of a period's days or hours, as of a city's sites (U-SITES): no national clause covers streets.
LEAST_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Figure:
    """What a subject brings. ``share``: part of the period's days or hours with data (None: the figure was given to us
    and is not ours to judge); ``before``: the same period a year ago; ``parent``: its district; ``excluded``: why it is
    left out (监测点迁移, 沙尘 …), None where it is not."""

    subject: str
    value: Decimal | float | None
    share: float | None = None
    before: Decimal | float | None = None
    parent: str = ""
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a ranking. ``value``, ``before`` and ``change_pct`` are as printed (GB/T 8170); ``rank`` counts in the
    ranking's direction, ``from_worst`` always from the worst (后30名), ``improvement`` from the largest decrease;
    ranks are None where ``status`` is not ``ranked``. ``reason`` says in Chinese why it is not."""

    subject: str
    parent: str
    value: Decimal | None
    rank: int | None
    from_worst: int | None
    status: Status
    reason: str
    share: float | None
    before: Decimal | None
    change_pct: Decimal | None
    improvement: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows in the order of print — ranked first, equal ones by name, then those that are not ranked. ``places``:
    decimals of the figures; ``population``: who is ranked; ``worst_first``: rank 1 is the worst (TSP lists)."""

    rows: tuple[Row, ...]
    period: Period | None
    places: int
    worst_first: bool
    high_is_worse: bool

    @property
    def population(self) -> tuple[str, ...]:
        """The subjects that are ranked."""
        return tuple(row.subject for row in self.rows if row.rank is not None)

    def row(self, subject: str) -> Row:
        """The row of a subject; KeyError where it is not in the ranking."""
        for row in self.rows:
            if row.subject == subject:
                return row
        raise KeyError(subject)


def rank(
    figures: Sequence[Figure],
    *,
    places: int = 0,
    period: Period | None = None,
    within: set[str] | None = None,
    worst_first: bool = False,
    high_is_worse: bool = True,
    least_share: float = LEAST_SHARE,
) -> Ranking:
    """Rank subjects by their figures rounded to ``places``, as they are published.

    ``within``: the members of a group (``members``); others do not appear. Excluded subjects and those with less than
    ``least_share`` of their data are listed without rank, with the reason. ValueError for a subject that stands twice.
    """
    chosen = [item for item in figures if within is None or item.subject in within]
    twice = [name for name, count in Counter(item.subject for item in chosen).items() if count > 1]
    if twice:
        raise ValueError(f"ranked twice: {', '.join(sorted(twice))}")
    judged = [(item, *_status(item, least_share)) for item in chosen]
    values = [_printed(item.value, places) for item in chosen]
    counted = [
        float(value) if value is not None and status == "ranked" else None
        for value, (_item, status, _reason) in zip(values, judged, strict=True)
    ]
    best = competition_ranks(counted, high_is_best=not high_is_worse)
    worst = competition_ranks(counted, high_is_best=high_is_worse)
    before = [_printed(item.before, places) for item in chosen]
    changes = [_change(now, then) for now, then in zip(values, before, strict=True)]
    improved = competition_ranks(
        [
            None if change is None or value is None else float(change)
            for change, value in zip(changes, counted, strict=True)
        ],
        high_is_best=not high_is_worse,
    )
    rows = [
        Row(
            item.subject,
            item.parent,
            values[at],
            (worst if worst_first else best)[at],
            worst[at],
            status,
            reason,
            item.share,
            before[at],
            changes[at],
            improved[at],
        )
        for at, (item, status, reason) in enumerate(judged)
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.parent, row.subject))
    return Ranking(tuple(rows), period, places, worst_first, high_is_worse)


def _status(item: Figure, least_share: float) -> tuple[Status, str]:
    if item.excluded is not None:
        return "excluded", item.excluded
    if item.value is None:
        return "no_value", "无数据"
    if item.share is not None and item.share < least_share:
        return "incomplete", f"有效数据 {item.share:.0%}，不足 {least_share:.0%}"
    return "ranked", ""


def _printed(value: Decimal | float | None, places: int) -> Decimal | None:
    return None if value is None else round_half_even(value, places)


def _change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    if now is None or before is None:
        return None
    change = change_pct(now, before, _CHANGE_PLACES)
    return None if change is None else Decimal(change)


def last(ranking: Ranking, count: int = 30) -> list[Row]:
    """The last so many (后30名), the worst first. Ties share a rank, so there may be more or fewer than ``count``."""
    found = [row for row in ranking.rows if row.from_worst is not None and row.from_worst <= count]
    return sorted(found, key=lambda row: (row.from_worst or 0, row.parent, row.subject))


def extremes(ranking: Ranking, count: int = 3) -> dict[str, tuple[list[Row], list[Row]]]:
    """For each parent (district) its ``count`` best and worst, the best and the worst first; ties lengthen the lists.

    Ranks are formed within the parent. A parent with few subjects has the same ones in both lists.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in ranking.rows:
        if row.rank is not None:
            groups[row.parent].append(row)
    found = {}
    for parent, rows in sorted(groups.items()):
        places = [row.from_worst or 0 for row in rows]
        worst = [place for place in competition_ranks([float(place) for place in places]) if place is not None]
        best = [place for place in competition_ranks([-float(place) for place in places]) if place is not None]
        found[parent] = (
            [row for _place, row in sorted(zip(best, rows, strict=True), key=_by_place) if _place <= count],
            [row for _place, row in sorted(zip(worst, rows, strict=True), key=_by_place) if _place <= count],
        )
    return found


def _by_place(item: tuple[int, Row]) -> tuple[int, str]:
    return item[0], item[1].subject


def appearances(rankings: Iterable[Ranking], count: int = 30) -> dict[str, list[Ranking]]:
    """Subject → the rankings in whose last ``count`` it stands, in the order given; the most frequent first."""
    found: dict[str, list[Ranking]] = defaultdict(list)
    for ranking in rankings:
        for row in last(ranking, count):
            found[row.subject].append(ranking)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def given_ranks(ranks: Mapping[str, int], ranking: Ranking) -> dict[str, tuple[int, int | None]]:
    """Where a published rank differs from ours: subject → (published, ours). The published one is authoritative; a
    difference says that figures, population or tie rule are not the publisher's."""
    ours = {row.subject: row.rank for row in ranking.rows}
    return {name: (rank, ours.get(name)) for name, rank in sorted(ranks.items()) if ours.get(name) != rank}

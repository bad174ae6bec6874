"""Reads of the leader's page: one plan on one sheet, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.leader import Matrix, Spark, late_most, matrix, spark
from lantian.apps.chasing.models import Letter, LetterState
from lantian.apps.plans import queries as plans
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating, periods
from lantian.apps.supervision.beside import WORST_FIRST
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Figure, Return, ReturnState, Share, ShareOrigin, State
from lantian.apps.supervision.queries.desk import SETTLED
from lantian.status import curve_of, period_bounds, planned
from lantian.status import periods as periods_of

_SHOWN = Decimal("0.01")  # a plan curve is no measurement: two decimals are enough
RED = (State.MISSED, State.OVERDUE, State.AT_RISK)
RED_ROWS, TARGETS, UNITS, LETTERS, DEADLINES = 10, 8, 8, 8, 8
NUMERIC = ("count", "change", "level", "rate", "rank")
CURVED = ("count", "change")
COUNTED = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
DECIDED = (LetterState.SENT, LetterState.REPLIED, LetterState.CLOSED)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A target of the plan's convener: figure to reach, last figure reported with its month, planned by then, line."""

    share: Share
    target: Decimal | None
    reached: Decimal | None
    month: str
    planned: Decimal | None
    spark: Spark
    further: int  # other units' shares of the same target


def section_states(plan: Plan) -> Matrix:
    """Sections × states; three queries."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).order_by()
    sections = dict(plan.measures.values_list("pk", "section"))
    counted = rows.values_list("measure", "state").annotate(number=Count("pk"))  # an index has both
    cells = [(sections.get(measure, ""), state, number) for measure, state, number in counted]
    return matrix(cells, [*plans.section_names(plan), ""], WORST_FIRST)


def red_list(plan: Plan) -> list[tuple[Commitment, int]]:
    """The ten worst rows of the plan, missed and overdue first, the longest past their day first; two queries.

    Of each row its worst commitment, with how many others of the row are red as well.
    """
    rows = Commitment.objects.filter(plan=plan, withdrawn=None, state__in=RED).order_by()
    alike = rows.values_list("measure", "state", "end", "n").annotate(first=Min("id"), number=Count("id"))
    ordered = sorted(alike, key=lambda item: (WORST_FIRST.index(State(item[1])), item[2] or date.max, *item[3:5]))
    first: dict[int, int] = {}
    times: Counter[int] = Counter()
    for measure, _state, _end, _n, pk, number in ordered:
        first.setdefault(measure, pk)
        times[measure] += number
    worst = list(first.items())[:RED_ROWS]
    found = Commitment.objects.select_related("measure", "unit").in_bulk([pk for _measure, pk in worst])
    return [(found[pk], times[measure] - 1) for measure, pk in worst]


def trajectories(plan: Plan) -> tuple[list[Trajectory], int]:
    """The plan's targets with figures, those behind first, and how many more there are; four queries.

    Of one target that several units owe the convener's share is shown, else the first; nothing is averaged or summed.
    """
    shares = Share.objects.filter(
        commitment__plan=plan, commitment__withdrawn=None, withdrawn=None, value__isnull=False
    ).exclude(origin=ShareOrigin.NONE)
    # 10,000 shares of a city: the database says which one stands for a target, eight are read whole.
    first = Coalesce(Min("id", filter=Q(commitment__convener=True)), Min("id"))
    by_target = shares.order_by().values_list("commitment__measure", "order").annotate(first=first, number=Count("id"))
    chosen, further = {}, {}
    for measure, order, pk, number in by_target:
        chosen[measure, order], further[measure, order] = pk, number
    standing = Share.objects.filter(pk__in=chosen.values(), spec__kind__in=NUMERIC).order_by()
    stands = {
        pk: (WORST_FIRST.index(State(state)), n)
        for pk, state, n in standing.values_list("pk", "state", "commitment__n")
    }
    numeric = [item for item in chosen.items() if item[1] in stands]
    ordered = sorted(numeric, key=lambda item: (*stands[item[1]], item[0][1]))
    named = shares.select_related("commitment__measure", "commitment__plan__rhythm", "commitment__unit", "line__sheet")
    whole = named.in_bulk([pk for _key, pk in ordered[:TARGETS]])
    shown = [(key, whole[pk]) for key, pk in ordered[:TARGETS]]
    figures = _figures([share.pk for _key, share in shown])
    found = [_trajectory(plan, share, figures.get(share.pk, {}), further[key] - 1) for key, share in shown]
    return found, len(ordered) - len(shown)


def _figures(shares: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """The cumulative figures that were accepted, by share and month."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = Figure.objects.filter(share__in=shares, entry__report__state=ReturnState.ACCEPTED)
    for share, period, value in rows.values_list("share", "entry__report__period", "cumulative"):
        if value is not None:
            found[share][period] = value
    return found


def _trajectory(plan: Plan, share: Share, given: Mapping[str, Decimal], further: int) -> Trajectory:
    duty, value = share.commitment, share.value
    end = share.by or duty.end or date(plan.year or timezone.localdate().year, 12, 31)
    start = duty.start if duty.start and duty.start < end else date(end.year, 1, 1)
    goal = evaluating.goal_of(share, duty)
    months = periods_of("month", start, end)
    curve = curve_of(goal) if share.spec["kind"] in CURVED else ""

    def plan_at(month: str) -> Decimal | None:
        if not curve or value is None:
            return value
        return planned(curve, start, end, value, min(period_bounds(month)[1], end), goal.points).quantize(_SHOWN)

    last = max(given, default="")
    line = spark([plan_at(month) for month in months], [given.get(month) for month in months])
    return Trajectory(share, value, given.get(last), last, plan_at(last) if last else None, line, further)


def late_units(plan: Plan, today: date) -> list[tuple[str, int]]:
    """Units with how many of their months went past the due day without a return in time; six queries.

    Who owed nothing in a month is not late in it; a return that came after its due day counts as late, too. Equal ones
    stand in the order of the directory.
    """
    rhythm, calendar = periods.rhythm_of(plan), workdays()
    dues = {month: periods.due_on(rhythm, month, calendar) for month in periods.opened(plan, rhythm, today)}
    past = {month: due for month, due in dues.items() if due < today}
    months = [(month, *period_bounds(month), periods.cadences(month)) for month in past]
    in_time = _in_time(plan, past)

    @cache  # thousands of commitments, a handful of spans
    def owed(cadence: str, start: date | None, closed: date | None) -> frozenset[str]:
        return frozenset(
            month
            for month, first, last, cadences in months
            if cadence in cadences and (start is None or start <= last) and (closed is None or closed >= first)
        )

    duties = Commitment.objects.filter(plan=plan, withdrawn=None).order_by()
    late: dict[int, set[str]] = defaultdict(set)
    for unit, *span in duties.values_list("unit", "cadence", "start", "closed").distinct():
        if missed := owed(*span) - in_time.get(unit, set()):
            late[unit] |= missed
    named = Unit.objects.filter(pk__in=list(late)).order_by("area__code", "id").values_list("pk", "name")
    return late_most([(name, len(late[pk])) for pk, name in named], UNITS)


def _in_time(plan: Plan, dues: Mapping[str, date]) -> dict[int, set[str]]:
    """The months of ``dues``, by unit, in which it handed in by the due day; two queries."""
    returns = Return.objects.filter(plan=plan, period__in=dues, version__gt=0).order_by()
    by_then = Q(pk__in=())
    for month, due in returns.values_list("period", "due").distinct():
        over = timezone.make_aware(datetime.combine((due or dues[month]) + timedelta(days=1), time()))
        by_then |= Q(period=month, due=due, submitted__lt=over)
    found: dict[int, set[str]] = defaultdict(set)
    for unit, month in returns.filter(by_then).values_list("unit", "period"):
        found[unit].add(month)
    return found


def letters(plan: Plan) -> list[Letter]:
    """What was decided and went out, the latest first; one query. Drafts are nobody's decision yet."""
    rows = Letter.objects.filter(plan=plan, state__in=DECIDED).select_related("unit", "paper")
    return list(rows.order_by("-paper__issued", "-id")[:LETTERS])


def deadlines(plan: Plan, today: date, days: int = 60) -> list[dict[str, Any]]:
    """The next days on which something is due, with how many commitments and the first rows; one query."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).exclude(state__in=SETTLED)
    rows = rows.annotate(day=Coalesce(Least("internal_due", "end"), "internal_due", "end"))
    span = (today, today + timedelta(days=days))
    either = Q(internal_due__range=span) | Q(end__range=span)  # indexed; the earlier of both is one of them
    near = rows.filter(either, day__range=span).order_by("day", "n", "id")
    found: dict[date, dict[int, str]] = defaultdict(dict)
    counts: Counter[date] = Counter()
    for day, n, task, text in near.values_list("day", "n", "measure__task", "measure__text"):
        counts[day] += 1
        if len(found[day]) < 3:
            found[day][n] = task or text[:24]
    return [{"day": day, "rows": list(rows_.values()), "number": counts[day]} for day, rows_ in sorted(found.items())][
        :DEADLINES
    ]

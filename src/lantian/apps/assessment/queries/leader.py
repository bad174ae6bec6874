"""Reads of the leader's page: one plan on one sheet, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from lantian.apps.assessment.leader import Matrix, Spark, late_most, matrix, spark
from lantian.apps.chasing.models import Letter, LetterState
from lantian.apps.plans import queries as plans
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating, periods
from lantian.apps.supervision.beside import WORST_FIRST, worst_first
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
    """Sections × states; two queries."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).order_by()
    cells = rows.values_list("measure__section", "state").annotate(number=Count("pk"))
    return matrix(cells, [*plans.section_names(plan), ""], WORST_FIRST)


def red_list(plan: Plan) -> list[tuple[Commitment, int]]:
    """The ten worst rows of the plan, missed and overdue first, the longest past their day first; two queries.

    Of each row its worst commitment, with how many others of the row are red as well.
    """
    rows = Commitment.objects.filter(plan=plan, withdrawn=None, state__in=RED)
    ordered = rows.order_by(worst_first(), F("end").asc(nulls_last=True), "n", "id")
    first: dict[int, int] = {}
    times: Counter[int] = Counter()
    for pk, measure in ordered.values_list("pk", "measure"):
        first.setdefault(measure, pk)
        times[measure] += 1
    worst = list(first.items())[:RED_ROWS]
    found = Commitment.objects.select_related("measure", "unit").in_bulk([pk for _measure, pk in worst])
    return [(found[pk], times[measure] - 1) for measure, pk in worst]


def trajectories(plan: Plan) -> tuple[list[Trajectory], int]:
    """The plan's targets with figures, those behind first, and how many more there are; three queries.

    Of one target that several units owe the convener's share is shown, else the first; nothing is averaged or summed.
    """
    shares = Share.objects.filter(
        commitment__plan=plan, commitment__withdrawn=None, withdrawn=None, value__isnull=False,
        spec__kind__in=NUMERIC,
    ).exclude(origin=ShareOrigin.NONE)  # fmt: skip
    # 10,000 shares of a city: keys alone decide which eight are read whole.
    chosen: dict[tuple[int, int], tuple[int, str, int, bool]] = {}
    further: Counter[tuple[int, int]] = Counter()
    keys = shares.order_by("commitment__n", "order", "id").values_list(
        "pk", "state", "commitment__n", "commitment__convener", "commitment__measure", "order"
    )
    for pk, state, n, convener, measure, order in keys:
        key = (measure, order)
        further[key] += 1
        if key not in chosen or (convener and not chosen[key][3]):
            chosen[key] = (pk, state, n, convener)
    ranks = {state: rank for rank, state in enumerate(WORST_FIRST)}
    ordered = sorted(chosen.items(), key=lambda item: (ranks[State(item[1][1])], item[1][2], item[0][1]))
    named = shares.select_related("commitment__measure", "commitment__plan__rhythm", "commitment__unit", "line__sheet")
    whole = named.in_bulk([row[0] for _key, row in ordered[:TARGETS]])
    shown = [(key, whole[row[0]]) for key, row in ordered[:TARGETS]]
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
    """Units with how many of their months went past the due day without a return in time; three queries.

    Who owed nothing in a month is not late in it; a return that came after its due day counts as late, too.
    """
    rhythm, calendar = periods.rhythm_of(plan), workdays()
    past = [month for month in periods.opened(plan, rhythm, today) if periods.due_on(rhythm, month, calendar) < today]
    duties = Commitment.objects.filter(plan=plan, withdrawn=None)
    owed = dict.fromkeys(duties.values_list("unit__name", "unit", "cadence", "start", "closed"))  # in print order
    returns = {(row.unit_id, row.period): row for row in Return.objects.filter(plan=plan, period__in=past)}
    late: dict[str, set[str]] = defaultdict(set)
    for name, unit, cadence, start, closed in owed:
        for month in past:
            first, last = period_bounds(month)
            begun = (start is None or start <= last) and (closed is None or closed >= first)
            if begun and cadence in periods.cadences(month):
                due = periods.due_on(rhythm, month, calendar)
                if _is_late(returns.get((unit, month)), due):
                    late[name].add(month)
    return late_most(((name, len(months)) for name, months in late.items()), UNITS)


def _is_late(row: Return | None, due: date) -> bool:
    if row is None or not row.version or row.submitted is None:
        return True
    return timezone.localdate(row.submitted) > (row.due or due)


def letters(plan: Plan) -> list[Letter]:
    """What was decided and went out, the latest first; one query. Drafts are nobody's decision yet."""
    rows = Letter.objects.filter(plan=plan, state__in=DECIDED).select_related("unit", "paper")
    return list(rows.order_by("-paper__issued", "-id")[:LETTERS])


def deadlines(plan: Plan, today: date, days: int = 60) -> list[dict[str, Any]]:
    """The next days on which something is due, with how many commitments and the first rows; one query."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).exclude(state__in=SETTLED)
    rows = rows.annotate(day=Coalesce(Least("internal_due", "end"), "internal_due", "end"))
    near = rows.filter(day__gte=today, day__lte=today + timedelta(days=days)).order_by("day", "n", "id")
    found: dict[date, dict[int, str]] = defaultdict(dict)
    counts: Counter[date] = Counter()
    for day, n, task, text in near.values_list("day", "n", "measure__task", "measure__text"):
        counts[day] += 1
        if len(found[day]) < 3:
            found[day][n] = task or text[:24]
    return [{"day": day, "rows": list(rows_.values()), "number": counts[day]} for day, rows_ in sorted(found.items())][
        :DEADLINES
    ]

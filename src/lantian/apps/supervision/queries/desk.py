"""Reads of the desk (我的): what a person's units have to report now, and what they owe by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Return, ReturnState, State
from lantian.apps.supervision.steps import OPEN
from lantian.status import period_bounds

SETTLED = (State.MET, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Task:
    """One return to hand in (or handed in and waiting): a plan, a month, how many rows, when it is due."""

    plan: Plan
    month: str
    rows: int
    opens: date
    due: date
    report: Return | None

    @property
    def early(self) -> bool:
        """The month is not over yet and nobody began: it may be filled in, but nothing is asked for."""
        return self.report is None and self.opens > timezone.localdate()

    @property
    def late(self) -> bool:
        """The due day is over and nothing was handed in."""
        return self.due < timezone.localdate() and (self.report is None or not self.report.version)

    @property
    def sent_back(self) -> bool:
        """The reviewer sent it back."""
        return self.report is not None and self.report.state == ReturnState.SENT_BACK

    @property
    def open(self) -> bool:
        """Whether the unit has to do something about it."""
        return self.report is None or self.report.state in OPEN

    @property
    def days_left(self) -> int:
        """Days until it is due."""
        return (self.due - timezone.localdate()).days


def units_of(user: User) -> list[Unit]:
    """The person's own units and those under them that owe something, own first; one query."""
    member = Q(memberships__user=user)
    below = Q(parent__memberships__user=user, pk__in=Commitment.objects.filter(withdrawn=None).values("unit"))
    rows = Unit.objects.filter(member | below).select_related("area").distinct()
    own = set(user.memberships.values_list("unit", flat=True))
    return sorted(rows, key=lambda unit: (unit.pk not in own, unit.area.code, unit.pk))


def tasks(unit: Unit, today: date) -> list[Task]:
    """The unit's returns of plans in force: this month, those being collected, and earlier ones not accepted yet.

    What is open comes first, sent back before the rest, then by due day; what opens only later comes last.
    Five queries however much is owed.
    """
    owed = Commitment.objects.filter(unit=unit, withdrawn=None, plan__status__in=IN_FORCE)
    by_plan: dict[int, list[tuple[str, date | None, date | None]]] = defaultdict(list)
    for pk, cadence, start, closed in owed.values_list("plan", "cadence", "start", "closed"):
        by_plan[pk].append((cadence, start, closed))
    plans = list(Plan.objects.filter(pk__in=by_plan).select_related("area"))
    rhythms, calendar = periods.rhythms_of(plans), workdays()
    begun = {(row.plan_id, row.period): row for row in Return.objects.filter(unit=unit, plan__in=plans)}
    found = []
    for plan in plans:
        rhythm = rhythms[plan.pk]
        open_months = periods.opened(plan, rhythm, today)
        this = {periods.month_of(today)} & set(periods.months(plan))
        for month in sorted({*open_months, *this, *(month for owner, month in begun if owner == plan.pk)}):
            rows = sum(_owed(month, *item) for item in by_plan[plan.pk])
            report = begun.get((plan.pk, month))
            past = report is not None and report.state == ReturnState.ACCEPTED and month != (open_months or [""])[-1]
            if (rows or report) and not past:
                due = (report.due if report else None) or periods.due_on(rhythm, month, calendar)
                found.append(Task(plan, month, rows, periods.opens_on(rhythm, month), due, report))
    return sorted(found, key=lambda task: (not task.open, task.early, not task.sent_back, task.due, task.plan.pk))


def _owed(month: str, cadence: str, start: date | None, closed: date | None) -> bool:
    """:func:`periods.owed` of one commitment that is at hand."""
    first, last = period_bounds(month)
    begun = start is None or start <= last
    return cadence in periods.cadences(month) and begun and (closed is None or closed >= first)


def duties(units: Iterable[Unit], *, everything: bool = False) -> QuerySet[Commitment]:
    """The units' commitments by the day on which they are due, the office's own day before the printed one.

    What has no day comes last; what is met or closed is left out unless ``everything``.
    """
    rows = Commitment.objects.filter(unit__in=list(units), withdrawn=None, plan__status__in=IN_FORCE)
    if not everything:
        rows = rows.exclude(state__in=SETTLED)
    rows = rows.annotate(day=Coalesce(Least("internal_due", "end"), "internal_due", "end"))
    return rows.select_related("measure", "plan", "unit", "via").order_by(
        F("day").asc(nulls_last=True), "plan", "measure__n", "id"
    )

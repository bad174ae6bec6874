"""Which months a plan is reported in, what is owed in each, and when it opens and is due.

A unit hands in one return for each plan and month. It holds every commitment whose reporting period ends in that
month: monthly ones always, quarterly ones in March, June, September and December, half-yearly ones in June and
December, yearly ones in December. So ``Return.period`` is always a month (``2025-03``), and a unit never fills two
sheets for one plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Cadence, Rhythm
from lantian.status import DueRule, Workdays, due_day, period_bounds, periods

_MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.HALF: 6, Cadence.YEAR: 12}


def month_of(day: date) -> str:
    """The month of a day as a period's key."""
    return f"{day:%Y-%m}"


def is_month(key: str) -> bool:
    """Whether ``key`` is a month's key; what comes from an address may be anything."""
    year, _dash, month = key.partition("-")
    digits = len(key) == 7 and (year + month).isascii() and (year + month).isdecimal()
    return digits and 1 <= int(month) <= 12 and 1 <= int(year) <= 9998


def cadences(month: str) -> list[str]:
    """The cadences whose period ends in ``month``."""
    return [str(name) for name, length in _MONTHS.items() if int(month[5:]) % length == 0]


def owed(month: str) -> Q:
    """Condition on commitments: reported in ``month``.

    What begins only later is not owed yet, and what was closed (销号) before the month is not owed any more; what is
    past its deadline is, until it is closed.
    """
    start, end = period_bounds(month)
    begun = Q(start=None) | Q(start__lte=end)
    unclosed = Q(closed=None) | Q(closed__gte=start)
    return Q(withdrawn=None, cadence__in=cadences(month)) & begun & unclosed


def months(plan: Plan) -> list[str]:
    """The months of a plan in order: from that of its issue (else its publication here, else January) to December.

    A plan whose issue day is not known and that was published here in its own year owes nothing for the months before;
    one brought in afterwards is reported for its whole year.
    """
    published = timezone.localdate(plan.published) if plan.published else None
    year = plan.year or (published or timezone.localdate()).year
    begun = next((day for day in (plan.issued, published) if day and day.year == year), date(year, 1, 1))
    return list(periods("month", begun.replace(day=1), date(year, 12, 31)))


def due_on(rhythm: Rhythm, month: str, calendar: Workdays) -> date:
    """报送截止 of a month: the plan's days after its end, moved to a working day."""
    return due_day(month, DueRule(days=rhythm.due), calendar)


def opens_on(rhythm: Rhythm, month: str) -> date:
    """The day on which the sheet of a month opens (days from the period's end, negative before it)."""
    return period_bounds(month)[1] + timedelta(days=rhythm.opens)


def opened(plan: Plan, rhythm: Rhythm, today: date) -> list[str]:
    """The months of a plan whose sheet is open by ``today``, the latest last."""
    return [month for month in months(plan) if opens_on(rhythm, month) <= today]


def current(plan: Plan, rhythm: Rhythm, today: date) -> str:
    """The month that is being collected: the latest that is open, the first where none is."""
    return (opened(plan, rhythm, today) or months(plan))[-1 if opened(plan, rhythm, today) else 0]


def in_hand(plans: Iterable[Plan], month: str, today: date) -> Plan | None:
    """Of the plans to choose from the one that an office works on: of the year of ``month`` (of today where that is no
    month), else of the year nearest to it; of several the last published."""
    year = int(month[:4]) if is_month(month) else today.year

    def distance(plan: Plan) -> tuple[int, float]:
        return abs((plan.year or year) - year), -plan.published.timestamp() if plan.published else 0.0

    return min(plans, key=distance, default=None)


def rhythm_of(plan: Plan) -> Rhythm:
    """The plan's rhythm; the defaults where nobody set one (nothing is written)."""
    found = Rhythm.objects.filter(plan=plan).first()
    return found or Rhythm(plan=plan)


def rhythms_of(plans: Iterable[Plan]) -> dict[int, Rhythm]:
    """:func:`rhythm_of` for several plans in one query, by their key."""
    rows = list(plans)
    found = {row.plan_id: row for row in Rhythm.objects.filter(plan__in=rows)}
    return {plan.pk: found.get(plan.pk) or Rhythm(plan=plan) for plan in rows}

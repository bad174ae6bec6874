"""The office's desk for one plan and one month: who owes what, what is late, what waits, what to do next.

Everything is read in a fixed number of queries, however many units there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import ladder
from lantian.apps.chasing.ladder import Facts, Proposal
from lantian.apps.chasing.models import OPEN_STATES, Call, Letter, LetterState, Reminder
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Light, Question, ReturnState
from lantian.apps.supervision.queries import returns
from lantian.status import Workdays

# Nothing was handed in, or it came back: the unit's turn.
OWING = (None, ReturnState.DRAFT, ReturnState.SENT_BACK, ReturnState.REOPENED)
LIGHTS = (Light.RED, Light.YELLOW, Light.BLUE)
Lights = Mapping[int, Counter[str]]  # of each unit, how many of which colour


@dataclass(frozen=True, slots=True)
class Month:
    """One plan in one month: its due day, today, and how many working days lie between."""

    plan: Plan
    period: str
    due: date
    today: date
    late_days: int  # working days after the due day; 0 until it is over

    @property
    def late(self) -> bool:
        """Whether the due day is over."""
        return self.today > self.due


@dataclass(slots=True)
class Line:
    """One unit on the desk."""

    unit: Unit
    rows: int
    state: str | None
    late: bool
    sent_back: int = 0
    report: str = ""  # uid of the return
    lights: Counter[str] = field(default_factory=Counter)
    letters: list[Letter] = field(default_factory=list)
    reminder: Reminder | None = None
    call: Call | None = None
    proposal: Proposal | None = None

    @property
    def state_label(self) -> str:
        """The state of the return in words."""
        return str(ReturnState(self.state).label) if self.state else ""

    @property
    def red(self) -> int:
        """Red lights of the unit in the plan."""
        return self.lights[Light.RED]


def month_of(plan: Plan, period: str, today: date, calendar: Workdays | None = None) -> Month:
    """The month with its due day."""
    calendar = calendar or workdays()
    due = periods.due_on(periods.rhythm_of(plan), period, calendar)
    return Month(plan, period, due, today, max(0, calendar.between(due, today)))


def units_owing(month: Month) -> list[Any]:
    """Every unit of the month's list with its number of rows and the state of its return (None: nothing begun)."""
    return returns.whole(month.plan, month.period)


def silent(units: Iterable[Any]) -> list[Any]:
    """Those whose turn it is."""
    return [unit for unit in units if unit.state in OWING]


def lights_of(month: Month) -> Lights:
    """How many lights of which colour each unit has in the plan; one query."""
    rows = Commitment.objects.filter(plan=month.plan, withdrawn=None).exclude(light="").order_by()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, light, count in rows.values_list("unit", "light").annotate(Count("pk")):
        found[unit][light] = count
    return found


def with_red(units: Iterable[Any], lights: Lights) -> list[Any]:
    """Those with red lights in the plan."""
    return [unit for unit in units if unit.pk in lights and lights[unit.pk][Light.RED]]


def tally(month: Month, units: Sequence[Any], lights: Lights | None = None) -> dict[str, int]:
    """The figures above the list."""
    states = Counter(unit.state for unit in units)
    open_letters = Letter.objects.filter(plan=month.plan, state__in=OPEN_STATES)
    letters = open_letters.aggregate(
        drafts=Count("pk", filter=Q(state__in=(LetterState.DRAFT, LetterState.APPROVED))),
        unanswered=Count("pk", filter=Q(state=LetterState.SENT, reply_by__lt=month.today)),
        replied=Count("pk", filter=Q(state=LetterState.REPLIED)),
    )
    known = lights_of(month) if lights is None else lights
    owing = len(silent(units))
    return {
        "units": len(units),
        "owing": owing,
        "late": owing if month.late else 0,
        "review": states[ReturnState.SUBMITTED],
        "sent_back": states[ReturnState.SENT_BACK],
        "accepted": states[ReturnState.ACCEPTED],
        "questions": Question.objects.filter(plan=month.plan, decided=None, dropped=None).count(),
        **letters,
        **{str(light): sum(given[light] for given in known.values()) for light in LIGHTS},
    }


def lines(month: Month, units: Sequence[Any], lights: Lights | None = None) -> list[Line]:
    """The page's units with everything that is known of them, and what is proposed."""
    found = []
    for unit in units:
        late = month.late and unit.state in OWING
        found.append(Line(unit, unit.rows or 0, unit.state, late, unit.sent_back, str(unit.report)))
    by_unit = {line.unit.pk: line for line in found}
    known = lights_of(month) if lights is None else lights
    for key, line in by_unit.items():
        line.lights = known.get(key, Counter())
    _add_letters(month, by_unit)
    _add_contacts_made(month, by_unit)
    for line in found:
        line.proposal = ladder.propose(facts(month, line))
    return found


def _add_letters(month: Month, by_unit: dict[int, Line]) -> None:
    rows = Letter.objects.filter(plan=month.plan, unit__in=by_unit, state__in=OPEN_STATES)
    for row in rows.order_by("id"):
        by_unit[row.unit_id].letters.append(row)


def _add_contacts_made(month: Month, by_unit: dict[int, Line]) -> None:
    for reminder in Reminder.objects.filter(plan=month.plan, period=month.period, unit__in=by_unit).order_by("id"):
        by_unit[reminder.unit_id].reminder = reminder
    for call in Call.objects.filter(plan=month.plan, period=month.period, unit__in=by_unit).order_by("id"):
        by_unit[call.unit_id].call = call


def facts(month: Month, line: Line) -> Facts:
    """What the ladder asks about a unit."""
    highest = max(line.letters, key=lambda letter: ladder.place(letter.rung), default=None)
    if highest is not None:
        standing = highest.rung
    elif line.call is not None or (line.reminder is not None and line.reminder.day > month.due):
        standing = ladder.REMIND
    else:
        standing = ""
    unanswered = highest is not None and highest.state == LetterState.SENT and highest.reply_by < month.today
    return Facts(
        late_days=month.late_days if line.late else 0,
        sent_back=line.sent_back,
        red=line.red,
        unanswered=unanswered,
        standing=standing,
        waiting=highest is not None and highest.state != LetterState.REPLIED and not unanswered,
    )


def answered_letters(plan: Plan, today: date) -> dict[str, list[Letter]]:
    """Letters that want something of the office: answered and not closed, or past their day without an answer."""
    rows = Letter.objects.filter(plan=plan, state__in=(LetterState.SENT, LetterState.REPLIED)).select_related("unit")
    found: dict[str, list[Letter]] = defaultdict(list)
    for row in rows.order_by("reply_by", "id"):
        if row.state == LetterState.REPLIED:
            found["replied"].append(row)
        elif row.reply_by < today:
            found["overdue"].append(row)
    return found


def red_rows(plan: Plan, unit: Unit, limit: int = 50) -> list[Commitment]:
    """What of a unit is red, by deadline."""
    rows = Commitment.objects.filter(plan=plan, unit=unit, withdrawn=None, light=Light.RED)
    return list(rows.select_related("measure").order_by("end", "measure__n")[:limit])


def owed_rows(plan: Plan, unit: Unit, period: str, limit: int = 200) -> list[Commitment]:
    """What a unit reports in a month."""
    rows = Commitment.objects.filter(periods.owed(period), plan=plan, unit=unit)
    return list(rows.select_related("measure").order_by("measure__n", "id")[:limit])

"""What a status is computed from, and what it is: plain frozen data that stands alone.

Callers (the supervision app, a notebook, a test) fill :class:`Duty`, :class:`Goal`, :class:`Report` and :class:`Fact`;
the functions of this package give back a :class:`Status`. Figures are :class:`~decimal.Decimal`, days are plain dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from lantian.status.workdays import WORKDAYS, Workdays

State = Literal[
    "not_started", "on_track", "behind", "at_risk", "met", "overdue", "missed", "no_data", "stale", "not_measurable",
    "closed",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "not_started", "on_track", "behind", "at_risk", "met", "overdue", "missed", "no_data", "stale", "not_measurable",
    "closed",
)  # fmt: skip
Cadence = Literal["month", "quarter", "half", "year", "none"]
Sense = Literal["at_least", "at_most"]
Light = Literal["blue", "yellow", "red"]
Language = Literal["zh", "en"]
Shift = Literal["none", "next", "previous"]


@dataclass(frozen=True, slots=True)
class DueRule:
    """报送截止: so many days after the period's end, or on a day of the period's last month (每月25日).

    ``shift`` moves a day off to the next or the previous working day; ``none`` leaves it (a plan does not move its
    days, the office's own returns usually do).
    """

    days: int = 5
    day_of_month: int | None = None
    shift: Shift = "next"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an office may set. The defaults stand in docs/status.md with their reasons."""

    slack: Decimal = Decimal("0.05")  # this share below the plan curve is still on it
    risk_pace: Decimal = Decimal(2)  # the rest needs more than so many times the planned pace: at risk
    tolerance: Decimal = Decimal("0.05")  # 左右, on the one side that counts
    contradiction: Decimal = Decimal("0.05")  # a return may be so far (share) from the computed figure
    risk_days: int = 30  # a rate that is not reached so many days before its day is at risk
    final_days: int = 45  # so long after the period its final figure is awaited
    grace_days: int = 3  # a return is missing so many days after its due day
    near_days: int = 7  # blue light
    idle_returns: int = 3  # so many returns "no change" in a row are behind
    review: bool = True  # what is submitted must be accepted before it counts as fulfilled
    evidence_required: bool = True
    due: DueRule = DueRule()
    workdays: Workdays = WORKDAYS


DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Deadline:
    """完成时限: a kind of the reader (by, window, from, season, long_term, …) with the dates it tells, if any."""

    kind: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """责任事项: who owes it how, until when, and how often it is reported. ``year`` is the plan's year.

    ``also`` holds further deadlines of the cell (年底前 长期实施). ``since`` is the day from which returns are owed
    (the plan's publication); ``closed_on`` the day of 销号; ``settled_on`` the day on which the year was settled:
    what is not shown by then is missed. ``strength`` (hard, 力争, encourage, study) is that of a duty without figures.
    """

    year: int
    role: str = "lead"
    kind: str = "by"
    start: date | None = None
    end: date | None = None
    also: tuple[Deadline, ...] = ()
    cadence: Cadence = "month"
    strength: str = "hard"
    internal_due: date | None = None
    since: date | None = None
    closed_on: date | None = None
    settled_on: date | None = None
    due: DueRule | None = None  # None: the rule of the settings


@dataclass(frozen=True, slots=True)
class Goal:
    """量化目标 as it binds one duty: the reader's target with what persons decided about it.

    ``value`` None means that nobody has set it: the letter from above (external), the ratio (ratio_rule) or the quota
    sheet is missing. ``set_on`` is the day from which the value is known, ``letter`` what set it. ``total`` is the size
    of the list of a universal target and ``exempt`` its approved exemptions. ``points`` is an edited plan curve
    (``("2025-03", Decimal("0.25"))``: cumulative parts at the period's end). ``carried_in`` is what earlier years of a
    cumulative target brought, or a rate's value at the start. ``every`` makes each period answer for itself (每月);
    empty, it is read from ``period`` and ``statistic``.
    """

    id: str
    kind: str
    subject: str = ""
    text: str = ""
    comparator: str | None = None
    value: Decimal | None = None
    value_max: Decimal | None = None
    stretch: Decimal | None = None
    unit: str = ""
    baseline: int | str | None = None
    sense: Sense | None = None
    statistic: str = ""
    period: str = ""
    every: Cadence | None = None
    strength: str = "hard"
    tolerance: Decimal | None = None
    total: Decimal | None = None
    exempt: Decimal = Decimal(0)
    by: date | None = None
    start: date | None = None
    carried_in: Decimal | None = None
    curve: str = ""
    points: tuple[tuple[str, Decimal], ...] = ()
    letter: str = ""
    set_on: date | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One reported figure: of the period, cumulative in the plan's year, and the baseline over the same span."""

    goal: str
    period: Decimal | None = None
    cumulative: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """进展填报: one submitted version of what a unit said about the duty in one period.

    It is known from ``received`` on; ``verdict`` (accepted, sent_back) from ``decided`` on. The figures speak of
    ``counts_for``, by default the period's last day. Give every version: a past day is judged by those it knew.
    """

    id: str
    period: str
    received: date
    verdict: Literal["", "accepted", "sent_back"] = ""
    decided: date | None = None
    counts_for: date | None = None
    words: bool = True
    figures: tuple[Figure, ...] = ()
    done: bool = False
    no_change: bool = False
    evidence: int = 0
    sent_back: int = 0  # how often this return had been sent back before this version
    step: str = ""  # of a document to deliver
    document_number: str = ""
    document_date: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A computed figure (indicator): value through ``day``; ``base`` the baseline's over the same span.

    ``complete`` is False where validity rules for data are not met; ``known`` is the day it was computed (default: its
    day); ``period`` names the period it is the figure of, where each period answers for itself.
    """

    goal: str
    day: date
    value: Decimal
    source: str = ""
    complete: bool = True
    base: Decimal | None = None
    period: str = ""
    known: date | None = None


class Evidence(NamedTuple):
    """One thing that a status rests on: a report, a computed fact or a letter."""

    kind: Literal["report", "fact", "letter"]
    ref: str
    day: date | None = None
    value: Decimal | None = None

    def as_dict(self) -> dict[str, str | None]:
        """As JSON: ``{"kind", "ref", "day", "value"}``."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "day": self.day.isoformat() if self.day else None,
            "value": None if self.value is None else format(self.value.normalize(), "f"),
        }


@dataclass(frozen=True, slots=True)
class Status:
    """A state with the rule that gave it (docs/status.md), the words of its sentence, and what it rests on.

    ``args`` are strings, so that a database can keep them; ``soft`` marks what is no breach (未达力争, 鼓励类).
    ``goal`` names the goal that decided and ``parts`` holds the status of every goal.
    """

    state: State
    rule: str
    as_of: date
    args: dict[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    soft: bool = False
    goal: str = ""
    parts: tuple[Status, ...] = ()

    def with_parts(self, parts: tuple[Status, ...]) -> Status:
        """The same status of a whole duty, with the status of each goal."""
        return replace(self, parts=parts)

    @property
    def breach(self) -> bool:
        """Whether an obligation is broken: overdue or missed, and hard."""
        return self.state in ("overdue", "missed") and not self.soft

"""The ladder of supervision as a table, and which rung is proposed for a unit. Pure.

A rung is proposed, never taken: a person drafts it, a named leader approves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

_TABLES = Path(__file__).resolve().parent / "tables"
REMIND = "remind"
# Reasons as they stand on the office's desk; what goes out says it in its own words (texts.why).
_REASONS = {
    "late_days": "逾期{n}个工作日未报送",
    "sent_back": "进展填报被退回{n}次",
    "red": "红灯{n}项",
    "unanswered": "上一级文书逾期未回复",
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; ``kind`` and ``template`` of its paper are empty for 提醒, which is no paper."""

    id: str
    zh: str
    when: Mapping[str, int | bool]
    kind: str = ""
    template: str = ""
    reply_days: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a unit: see the table's head. ``standing`` is the highest rung taken that is not closed;
    ``waiting`` whether its letter is still under way or its reply not due yet."""

    late_days: int = 0
    sent_back: int = 0
    red: int = 0
    unanswered: bool = False
    standing: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rung that is proposed, and why; ``reached`` is the rung that the facts alone would allow."""

    rung: Rung
    reached: Rung
    reasons: tuple[str, ...] = field(default=())


@cache
def rungs() -> tuple[Rung, ...]:
    """The ladder from the lowest rung up."""
    rows = yaml.safe_load((_TABLES / "ladder.yaml").read_text(encoding="utf-8"))
    return tuple(Rung(**row) for row in rows)


def rung(name: str) -> Rung:
    """The rung of that id. Raises KeyError."""
    return {item.id: item for item in rungs()}[name]


def place(name: str) -> int:
    """How high a rung stands; −1 for none."""
    return next((n for n, item in enumerate(rungs()) if item.id == name), -1)


def jumps(name: str, standing: str) -> bool:
    """Whether a rung lies more than one above the one that was taken; 提醒 may always be left out below 提示函."""
    return place(name) > max(place(standing), 0) + 1


def propose(facts: Facts) -> Proposal | None:
    """The next rung that the facts allow, one above the standing one at most; None where nothing is to be done."""
    if facts.waiting:
        return None
    met = ((n, item, _met(item, facts)) for n, item in reversed(list(enumerate(rungs()))))
    highest = next((found for found in met if found[2]), None)
    standing = place(facts.standing)
    if highest is None or highest[0] <= standing:
        return None
    step = rungs()[min(highest[0], standing + 1)]
    return Proposal(step, highest[1], tuple(_met(step, facts)) or tuple(highest[2]))


def _met(item: Rung, facts: Facts) -> list[str]:
    """The conditions of a rung that hold, as reasons."""
    found = []
    for name, least in item.when.items():
        value = getattr(facts, name)
        if least is True:
            if value:
                found.append(_REASONS[name])
        elif value >= least:
            found.append(_REASONS[name].format(n=value))
    return found


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of reminder: so many working days from the due day."""

    id: str
    days: int
    zh: str


@cache
def notices() -> tuple[Notice, ...]:
    """The reminders in their order."""
    rows = yaml.safe_load((_TABLES / "reminders.yaml").read_text(encoding="utf-8"))
    return tuple(Notice(**row) for row in rows)


def notice_for(days: int) -> Notice | None:
    """The reminder whose day has come ``days`` working days after the due day: the latest; None before the first.

    One that fell on a day when nothing ran is made up for; earlier ones are not sent on top of it. After the last
    one has been overdue for a week nothing is made up for any more: that is the ladder's.
    """
    come = [item for item in notices() if item.days <= days]
    if not come or days > come[-1].days + 5:
        return None
    return come[-1]

"""What was reported for a row, and what of it goes into a cell. Pure: the caller brings the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

YES, NO = "是", "否"
# Why a cell stays blank → msgid of its sentence (forms/reasons in the page).
UNMATCHED, NOT_REPORTED, NO_FIGURE = "unmatched", "not_reported", "no_figure"
NOT_ADDED, NO_WORDS, NO_TARGET = "not_added", "no_words", "no_target"


@dataclass(frozen=True, slots=True)
class Goal:
    """One target of a line with what was reported of it. ``adds``: units' figures may be added up (counts)."""

    value: Decimal | None = None
    adds: bool = False
    period: Decimal | None = None
    cumulative: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's commitment of a measure with the accepted entry of the period; ``goals`` by the target's order."""

    unit: str
    name: str
    role: str
    convener: bool
    state: str
    reported: bool = False
    progress: str = ""
    problems: str = ""
    next_step: str = ""
    done: bool = False
    document: str = ""
    goals: Mapping[int, Goal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What goes into a cell: a ``text``, a ``number``, or neither and ``why``. ``doubt``: units' sum and the
    convener's figure are not the same."""

    text: str | None = None
    number: Decimal | None = None
    why: str = ""
    doubt: Decimal | None = None


def value_of(lines: Sequence[Line], source: str, target: int = 0, fixed: str = "") -> Given:
    """The value of a cell; ``lines`` are those of its row's measure (and unit, where the row names one)."""
    if source == "fixed":
        return Given(text=fixed)
    if not lines:
        return Given(why=UNMATCHED)
    if source == "units":
        return Given(text="、".join(line.name for line in _ordered(lines) if line.role != "support"))
    if source == "state":
        return Given(text=_ordered(lines)[0].state)
    if source in ("period", "cumulative", "target"):
        return _figure(lines, source, target)
    said = [line for line in _ordered(lines) if line.reported]
    if not said:
        return Given(why=NOT_REPORTED)
    if source == "done":
        return Given(text=YES if all(line.done for line in said) else NO)
    return _words(said, source)


def _ordered(lines: Sequence[Line]) -> list[Line]:
    """汇总单位 first, else as they stand."""
    return sorted(lines, key=lambda line: not line.convener)


def _words(said: Sequence[Line], source: str) -> Given:
    name = "progress" if source == "words" else source
    texts = [(line.name, text) for line in said if (text := str(getattr(line, name)).strip())]
    if not texts:
        return Given(why=NO_WORDS)
    if len(texts) == 1:
        return Given(text=texts[0][1])
    return Given(text="\n".join(f"{unit}：{text}" for unit, text in texts))


def _figure(lines: Sequence[Line], source: str, target: int) -> Given:
    """The convener's figure, else the sum of the units' where they may be added, else the only one there is."""
    name = "value" if source == "target" else source
    goals = [(line, line.goals[target]) for line in _ordered(lines) if target in line.goals]
    found = [(line, goal, value) for line, goal in goals if (value := getattr(goal, name)) is not None]
    if not found:
        if source == "target":
            return Given(why=NO_TARGET)
        return Given(why=NO_FIGURE if any(line.reported for line in lines) else NOT_REPORTED)
    first, goal, value = found[0]
    if len(found) == 1:
        return Given(number=value)
    others = sum((item[2] for item in found[1:]), Decimal(0))
    if source == "target" and len({item[2] for item in found}) == 1:
        return Given(number=value)  # the same is asked of each
    if not goal.adds:
        return Given(why=NOT_ADDED)
    if first.convener:
        return Given(number=value, doubt=others if others != value else None)
    return Given(number=value + others)

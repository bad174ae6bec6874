"""What changed in one measure, field by field, in words that can be printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from lantian.reading.model import ROLE_NAMES, Deadline, Measure, RoleName, Target
from lantian.reading.text import compare_form

FIELDS = ("section", "seq", "task", "text", "deadline", *ROLE_NAMES, "inherited", "targets")
_SIGNS = {">=": "≥", "<=": "≤", "~": "约"}
_UNPRINTED = ("span",)


@dataclass(frozen=True, slots=True)
class Change:
    """One field (a name of :data:`FIELDS`) with what it said before and after, as it is shown; empty where nothing."""

    field: str
    before: str
    after: str


def field_changes(old: Measure, new: Measure) -> list[Change]:
    """The fields that differ, in the order of the printed table.

    Kinds of brackets, full and half width and spaces do not count as a change, nor where on the page a row stands.
    """
    changes = []
    for name in FIELDS:
        same, before, after = _COMPARE.get(name, _compare_words(name))(old, new)
        if not same:
            changes.append(Change(name, before, after))
    return changes


Compare = Callable[[Measure, Measure], tuple[bool, str, str]]


def _compare_words(name: str) -> Compare:
    def compare(old: Measure, new: Measure) -> tuple[bool, str, str]:
        before, after = (shown_field(side, name) for side in (old, new))
        return compare_form(before) == compare_form(after), before, after

    return compare


def shown_field(measure: Measure, name: str) -> str:
    """One field as it is printed."""
    if name == "text":
        return measure.measure
    if name == "seq":
        return "" if measure.seq is None else str(measure.seq)
    if name == "deadline":
        return shown_deadline(measure.deadline)
    if name == "inherited":
        return "、".join(measure.inherited)
    if name == "targets":
        return "；".join(shown_target(target) for target in measure.targets)
    if name in ROLE_NAMES:
        return shown_units(measure, name)
    return str(getattr(measure, name))


def shown_units(measure: Measure, role: RoleName) -> str:
    """The units of a role with 等 where their list is open."""
    units = [item for item in measure.roles if item.role == role]
    return "、".join(item.name for item in units) + ("等" if units and units[-1].open else "")


def shown_deadline(due: Deadline) -> str:
    """The printed words of a deadline, with those of a second one."""
    return "；".join(item.text for item in (due, *due.also) if item.text)


def shown_dates(due: Deadline) -> str:
    """The printed words with the dates that were read from them."""
    days = " 至 ".join(day.isoformat() for day in (due.start, due.end) if day)
    return f"{shown_deadline(due)}（{days}）" if days else shown_deadline(due)


def shown_target(target: Target) -> str:
    """The printed phrase of a target."""
    return target.text


def shown_figures(target: Target) -> str:
    """A target with what was read from its phrase: subject, figure, scope, date."""
    figure = ""
    if target.value is not None:
        figure = _SIGNS.get(target.comparator or "", target.comparator or "") + _number(target.value)
        figure += "" if target.value_max is None else f"–{_number(target.value_max)}"
        figure += target.unit or ""
    by = target.by.isoformat() if target.by else ""
    # What is left of the fields that differ is named by its value alone: they are words of the print.
    more = [target.qualifier, target.statistic, target.period, target.denominator]
    more += [None if target.strength == "hard" else target.strength]
    more += [None if target.stretch is None else f"力争{_number(target.stretch)}"]
    parts = [target.subject, figure, by, "、".join(target.scope), *(item or "" for item in more)]
    return f"{target.text}〔{'，'.join(part for part in parts if part)}〕"


def _number(value: float) -> str:
    """A figure in full: 2000000, 4.5."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _compare_deadline(old: Measure, new: Measure) -> tuple[bool, str, str]:
    before, after = (shown_deadline(side.deadline) for side in (old, new))
    same_words = compare_form(before) == compare_form(after)
    dates = [[(d.kind, d.start, d.end) for d in (s.deadline, *s.deadline.also)] for s in (old, new)]
    if same_words and dates[0] == dates[1]:
        return True, before, after
    if same_words:
        before, after = shown_dates(old.deadline), shown_dates(new.deadline)
    return False, before, after


def _compare_targets(old: Measure, new: Measure) -> tuple[bool, str, str]:
    sides = [[target_facts(target) for target in side.targets] for side in (old, new)]
    before, after = (shown_field(side, "targets") for side in (old, new))
    if sides[0] != sides[1] and compare_form(before) == compare_form(after):
        before, after = ("；".join(shown_figures(t) for t in side.targets) for side in (old, new))
    return sides[0] == sides[1], before, after


def target_facts(target: Target) -> tuple[object, ...]:
    """Everything a target says, apart from where in the text it says it."""
    values = (getattr(target, item.name) for item in fields(target) if item.name not in _UNPRINTED)
    return tuple(compare_form(value) if isinstance(value, str) else value for value in values)


_COMPARE: dict[str, Compare] = {"deadline": _compare_deadline, "targets": _compare_targets}

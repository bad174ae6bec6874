"""One year's plan beside the next: what goes on, what was tightened or loosened, what is new and what was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rapidfuzz.distance import Indel

from lantian.comparing.align import align
from lantian.comparing.assign import assign
from lantian.comparing.fields import shown_deadline, shown_figures, target_facts
from lantian.reading.model import ROLE_NAMES, Measure, Plan, Target
from lantian.reading.text import compare_form

CONTINUED, TIGHTENED, LOOSENED, RENUMBERED = "continued", "tightened", "loosened", "renumbered"
REWORDED, REGROUPED, MOVED, RESCHEDULED = "reworded", "regrouped", "moved", "rescheduled"
SPLIT, MERGED = "split", "merged"
STATES = (
    CONTINUED, TIGHTENED, LOOSENED, RENUMBERED, REGROUPED, REWORDED, MOVED, RESCHEDULED, SPLIT, MERGED,
)  # fmt: skip

_STRENGTHS = ("study", "encourage", "力争", "hard")
_SAME_TARGET = 0.55
_HEADINGS = ("section", "task")
_SAME_HEADING = 0.6  # below this a heading is another one, not the same reworded


@dataclass(frozen=True, slots=True)
class Continued:
    """A measure that goes on: its ``n`` in both plans, its states (of :data:`STATES`, that order) and what changed."""

    old_n: int
    new_n: int
    states: tuple[str, ...]
    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans compared (contracts §2); ``new`` and ``dropped`` are numbers ``n``."""

    pairs: tuple[Continued, ...]
    new: tuple[int, ...]
    dropped: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON of ``lantian diff``."""
        pairs = [
            {"old_n": p.old_n, "new_n": p.new_n, "states": list(p.states), "changes": list(p.changes)}
            for p in self.pairs
        ]
        return {"pairs": pairs, "new": list(self.new), "dropped": list(self.dropped)}


def compare_years(old: Plan, new: Plan) -> Comparison:
    """Compare the plans of two years; dates are compared as if both were of the same year."""
    before, after = ({m.n: m for m in plan.measures} for plan in (old, new))
    shift = new.year - old.year if old.year and new.year else 0
    found = align(old.measures, new.measures, reworded=True)
    rows = [Counter(getattr(pair, side) for pair in found) for side in ("old_n", "new_n")]
    pairs = []
    for pair in found:
        if pair.old_n is None or pair.new_n is None:
            continue
        states, changes = _compare(before[pair.old_n], after[pair.new_n], shift)
        states |= ({SPLIT} if rows[0][pair.old_n] > 1 else set()) | ({MERGED} if rows[1][pair.new_n] > 1 else set())
        ordered = tuple(state for state in STATES if state in states)
        pairs.append(Continued(pair.old_n, pair.new_n, ordered, tuple(changes)))
    return Comparison(
        tuple(pairs),
        tuple(pair.new_n for pair in found if pair.old_n is None and pair.new_n is not None),
        tuple(pair.old_n for pair in found if pair.new_n is None and pair.old_n is not None),
    )


def _compare(old: Measure, new: Measure, shift: int) -> tuple[set[str], list[dict[str, Any]]]:
    states, changes = {CONTINUED}, []
    numbered = (old.seq, new.seq) != (None, None)
    if old.seq != new.seq if numbered else old.n != new.n:
        states.add(RENUMBERED)
    if any(Indel.normalized_similarity(getattr(old, name), getattr(new, name)) < _SAME_HEADING for name in _HEADINGS):
        states.add(REGROUPED)
    if compare_form(old.measure) != compare_form(new.measure):
        states.add(REWORDED)
        changes.append(_change("text", old.measure, new.measure))
    for found, more in (_dates(old, new, shift), _targets(old, new, shift), _duties(old, new)):
        states |= found
        changes += more
    return states, changes


def _change(field: str, before: str | None, after: str | None, **more: str) -> dict[str, Any]:
    return {"field": field, "from": before, "to": after} | more


def _shifted(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _dates(old: Measure, new: Measure, shift: int) -> tuple[set[str], list[dict[str, Any]]]:
    before, after = old.deadline, new.deadline
    start, end = _shifted(before.start, shift), _shifted(before.end, shift)
    if (before.kind, start, end) == (after.kind, after.start, after.end):
        return set(), []
    states = {RESCHEDULED}
    if before.kind == after.kind and end and after.end and end != after.end:
        states.add(TIGHTENED if after.end < end else LOOSENED)
    return states, [_change("date", shown_deadline(before), shown_deadline(after))]


def _targets(old: Measure, new: Measure, shift: int) -> tuple[set[str], list[dict[str, Any]]]:
    scores = {}
    for i, before in enumerate(old.targets):
        for j, after in enumerate(new.targets):
            score = _likeness(before, after)
            if score > _SAME_TARGET:
                scores[i, j] = score - _SAME_TARGET
    partner = assign(scores)
    states, changes = set(), []
    for i, before in enumerate(old.targets):
        if i not in partner:
            states |= {LOOSENED} if before.value is not None and not _is_listed(before, old.targets) else set()
            changes.append(_change("target", shown_figures(before), None))
            continue
        after = new.targets[partner[i]]
        if target_facts(replace(before, by=_shifted(before.by, shift), text="")) != target_facts(
            replace(after, text="")
        ):
            states |= _direction(before, after)
            changes.append(_change("target", shown_figures(before), shown_figures(after)))
    for j, after in enumerate(new.targets):
        if j not in partner.values():
            states |= {TIGHTENED} if after.value is not None and not _is_listed(after, new.targets) else set()
            changes.append(_change("target", None, shown_figures(after)))
    return states, changes


def _likeness(a: Target, b: Target) -> float:
    """Whether two targets ask for the same thing: subject, kind, unit; the words around the figure decide a tie."""
    score = 0.5 * Indel.normalized_similarity(a.subject, b.subject)
    score += 0.2 * (a.kind == b.kind) + 0.15 * (a.unit == b.unit)
    return score + 0.15 * Indel.normalized_similarity(a.text, b.text)


def _is_listed(target: Target, targets: Sequence[Target]) -> bool:
    """Whether a figure is an area's part of a sum that the measure prints: the list may come or go, the sum counts."""
    question = target.kind, target.unit, target.subject
    return target.applies == "owner" and any(not t.scope and (t.kind, t.unit, t.subject) == question for t in targets)


def _direction(old: Target, new: Target) -> set[str]:
    """Whether the later target asks for more or for less; nothing where neither can be said."""
    states = set()
    steps = _STRENGTHS.index(new.strength) - _STRENGTHS.index(old.strength)
    if steps:
        states.add(TIGHTENED if steps > 0 else LOOSENED)
    sense = new.sense or old.sense or _sense(new) or _sense(old)
    if old.value is None or new.value is None or old.unit != new.unit or old.value == new.value or sense is None:
        return states
    more = new.value > old.value
    return states | {TIGHTENED if more == (sense == "at_least") else LOOSENED}


def _sense(target: Target) -> str | None:
    """Which way is better where the print does not say: by the comparator, else by what such a figure counts."""
    if target.comparator in (">=", ">"):
        return "at_least"
    if target.comparator in ("<=", "<"):
        return "at_most"
    if target.kind == "change" and target.value:
        return "at_most" if target.value < 0 else "at_least"
    return "at_least" if target.kind in ("count", "rate", "rank") else None


def _duties(old: Measure, new: Measure) -> tuple[set[str], list[dict[str, Any]]]:
    """Units that came or went, and those that stayed in another role."""
    before, after = ({(r.role, compare_form(r.name)): r.name for r in side.roles} for side in (old, new))
    were, are = ({name for _role, name in side} for side in (before, after))
    changes = []
    for role in ROLE_NAMES:
        gone = [name for (r, form), name in before.items() if r == role and form not in are]
        come = [name for (r, form), name in after.items() if r == role and form not in were]
        if gone or come:
            changes.append(_change("unit", "、".join(gone) or None, "、".join(come) or None, role=role))
    for form in dict.fromkeys(form for _role, form in before if form in are):
        roles = [[r for r in ROLE_NAMES if (r, form) in side] for side in (before, after)]
        if roles[0] != roles[1]:
            name = next(n for (_r, f), n in before.items() if f == form)
            changes.append(_change("role", "、".join(roles[0]), "、".join(roles[1]), unit=name))
    return ({MOVED} if changes else set()), changes

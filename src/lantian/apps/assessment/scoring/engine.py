"""Scoring: a card and what is known of each unit give points, every lost point with its reason, and a rank.

Whatever is missing leaves a range instead of a nought: the lowest and the highest points that may still come out.
Every part (a band, a deduction) is rounded half up to the card's decimals; sums of parts are exact, so an item's
weight and its reasons always add up to its points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from lantian.apps.assessment.scoring import formula
from lantian.apps.assessment.scoring.model import (
    Adjustment,
    Card,
    Fact,
    Grade,
    Item,
    ItemScore,
    Reason,
    UnitScore,
    Veto,
    Words,
)

_ZERO = Decimal(0)
_NOTHING = Fact(None)
Facts = Mapping[str, Fact]


@dataclass(slots=True)
class _Sum:
    """Points so far as a range, with the reasons; known while both ends are the same."""

    low: Decimal
    high: Decimal
    reasons: list[Reason] = field(default_factory=list)

    def add(self, reason: Reason) -> None:
        self.low, self.high = self.low + reason.points, self.high + reason.points
        self.reasons.append(reason)

    def open(self, fact: str, low: Decimal, high: Decimal) -> None:
        """Nothing is known of ``fact``: it may add anything from ``low`` to ``high``."""
        self.low, self.high = self.low + low, self.high + high
        self.reasons.append(Reason("missing", _ZERO, fact))

    def clip(self, floor: Decimal, cap: Decimal) -> None:
        """Stay within the bounds; where the points are known, a reason says what that changes."""
        known = self.low == self.high
        before = self.low
        self.low, self.high = (min(max(end, floor), cap) for end in (self.low, self.high))
        if known and self.low != before:
            self.reasons.append(Reason("floor" if self.low > before else "cap", self.low - before))


def score(
    card: Card, facts: Mapping[str, Facts], adjustments: Mapping[str, Sequence[Adjustment]] | None = None
) -> list[UnitScore]:
    """The card of every unit of ``facts``, best first; who is not scored yet stands last, in the order given.

    Equal totals share a rank and the next rank is left out (1, 1, 3). Units whose total is open have none.
    """
    given = adjustments or {}
    found = [score_unit(card, unit, known, given.get(unit, ())) for unit, known in facts.items()]
    totals = [item.total for item in found if item.total is not None]
    ranked = [
        item if item.total is None else replace(item, rank=1 + sum(other > item.total for other in totals))
        for item in found
    ]
    return sorted(ranked, key=lambda item: (item.rank is None, item.rank or 0))


def score_unit(card: Card, unit: str, facts: Facts, adjustments: Sequence[Adjustment] = ()) -> UnitScore:
    """One unit's card from what is known of it; no rank."""
    step = Decimal(1).scaleb(-card.decimals)
    vetoes = [item.veto for item in card.items if item.veto]
    items = []
    for item in card.items:
        if item.veto:
            items.append(_veto_line(item, facts))
            continue
        points = _item(item, facts, step)
        _appeals(points, item, adjustments, step)
        points.clip(item.floor, item.cap)
        for veto in vetoes:
            if veto.effect == "item" and veto.name == item.key:
                _strike(points, veto, facts)
        items.append(ItemScore(item.key, item.weight, points.low, points.high, tuple(points.reasons)))
    total = _Sum(sum((item.low for item in items), _ZERO), sum((item.high for item in items), _ZERO))
    total.clip(_ZERO, card.cap)
    for veto in vetoes:
        if veto.effect == "total":
            _strike(total, veto, facts)
    grade, capped = _grade(card, total, vetoes, facts)
    return UnitScore(unit, tuple(items), total.low, total.high, grade, None, (*total.reasons, *capped))


def _item(item: Item, facts: Facts, step: Decimal) -> _Sum:
    start = _ZERO if item.kind == "bonus" else item.weight
    found = _Sum(start, start)
    if item.kind in ("bands", "linear", "formula"):
        _base(found, item, facts, step)
    sign = 1 if item.kind == "bonus" else -1
    for case in item.cases:
        fact = facts.get(case.fact, _NOTHING)
        most = case.cap if case.cap is not None else item.cap - item.floor + abs(item.weight)
        if fact.value is None:
            found.open(case.fact, min(_ZERO, sign * most), max(_ZERO, sign * most))
            continue
        points = _rounded(max(fact.value, _ZERO) * case.each, step)
        points = points if case.cap is None else min(points, case.cap)
        if points:
            why = "bonus" if item.kind == "bonus" else "deduction"
            found.add(Reason(why, sign * points, case.fact, fact.value, case.each, fact.refs, fact.note))  # type: ignore[arg-type]
    return found


def _base(found: _Sum, item: Item, facts: Facts, step: Decimal) -> None:
    """What the value gives, as a loss from the weight."""
    wanted = [fact for _name, fact in item.names] if item.kind == "formula" else [item.fact]
    missing = [fact for fact in dict.fromkeys(wanted) if facts.get(fact, _NOTHING).value is None]
    down, up = item.floor - item.weight, max(item.cap - item.weight, _ZERO)
    for number, fact in enumerate(missing):
        found.open(fact, *((_ZERO, _ZERO) if number else (down, up)))
    if missing:
        return
    value = facts[item.fact].value if item.kind != "formula" else None
    refs = tuple(ref for fact in dict.fromkeys(wanted) for ref in facts[fact].refs)
    note = facts[wanted[0]].note if len(wanted) == 1 else ""
    try:
        points = _rounded(_points(item, facts), step)
    except formula.FormulaError:
        found.open("", down, up)
        found.reasons[-1] = Reason("failed", _ZERO, note=item.formula)
        return
    why = {"bands": "band", "linear": "linear"}.get(item.kind, "formula")
    if points != item.weight:
        fact = item.fact or (wanted[0] if len(wanted) == 1 else "")
        found.add(Reason(why, points - item.weight, fact, value, None, refs, note))  # type: ignore[arg-type]


def _points(item: Item, facts: Facts) -> Decimal:
    if item.kind == "formula":
        return formula.compute(item.formula, {name: _known(facts[fact]) for name, fact in item.names})
    value = _known(facts[item.fact])
    if item.kind == "bands":
        return next(band.points for band in item.bands if _reaches(value, band.from_, band.upto))
    (first, low), (last, high) = item.line
    part = min(max((value - first) / (last - first), _ZERO), Decimal(1))
    return low + (high - low) * part


def _known(fact: Fact) -> Decimal:
    return fact.value if fact.value is not None else _ZERO


def _reaches(value: Decimal, from_: Decimal | None, upto: Decimal | None) -> bool:
    return (from_ is None or value >= from_) and (upto is None or value <= upto)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


def _appeals(points: _Sum, item: Item, adjustments: Sequence[Adjustment], step: Decimal) -> None:
    for given in adjustments:
        if given.item == item.key:
            points.clip(item.floor, item.cap)
            points.add(Reason("appeal", _rounded(given.points, step), note=given.basis))


def _strike(points: _Sum, veto: Veto, facts: Facts) -> None:
    """一票否决 of an item or of the total; one of which nothing is known may still come."""
    fact = facts.get(veto.fact, _NOTHING)
    if fact.value is None:
        points.low = min(points.low, _ZERO)
        points.reasons.append(Reason("missing", _ZERO, veto.fact))
    elif fact.value > veto.above:
        taken = -points.low if points.low == points.high else _ZERO
        points.low = points.high = _ZERO
        points.reasons.append(Reason("veto", taken, veto.fact, fact.value, None, fact.refs, fact.note))


def _veto_line(item: Item, facts: Facts) -> ItemScore:
    """A veto item has no points of its own; it says whether it struck."""
    veto = item.veto
    fact = facts.get(veto.fact, _NOTHING) if veto else _NOTHING
    reasons: tuple[Reason, ...] = ()
    if veto and fact.value is None:
        reasons = (Reason("missing", _ZERO, veto.fact),)
    elif veto and fact.value is not None and fact.value > veto.above:
        reasons = (Reason("veto", _ZERO, veto.fact, fact.value, None, fact.refs, fact.note),)
    return ItemScore(item.key, _ZERO, _ZERO, _ZERO, reasons)


def _grade(card: Card, total: _Sum, vetoes: Sequence[Veto], facts: Facts) -> tuple[Words | None, list[Reason]]:
    """The grade, if nothing that is missing can change it, and the vetoes that hold it down."""
    if not card.grades:
        return None, []
    worst, best = (_place(card.grades, end) for end in (total.low, total.high))
    reasons = []
    for veto in vetoes:
        if veto.effect != "grade":
            continue
        limit = next(n for n, grade in enumerate(card.grades) if grade.title.zh == veto.name)
        fact = facts.get(veto.fact, _NOTHING)
        if fact.value is None:
            worst = max(worst, limit)
            reasons.append(Reason("missing", _ZERO, veto.fact))
        elif fact.value > veto.above:
            worst, best = max(worst, limit), max(best, limit)
            reasons.append(Reason("veto", _ZERO, veto.fact, fact.value, None, fact.refs, veto.name))
    return (card.grades[worst].title if worst == best else None), reasons


def _place(grades: Sequence[Grade], points: Decimal) -> int:
    return next((n for n, grade in enumerate(grades) if points >= grade.from_), len(grades) - 1)

"""Dividing a total among units: equal parts, or parts by last year's figures, that add up to it exactly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

Figures = Sequence[Decimal | None]


def step_of(total: Decimal) -> Decimal:
    """The smallest part that is given out: the last printed place of the total (230 → 1, 4.5 → 0.1)."""
    exponent = total.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else Decimal(1)


def equal(total: Decimal, number: int) -> list[Decimal]:
    """``number`` parts as equal as the printed places allow; the first ones take what is over. ValueError for 0."""
    return by_weight(total, [Decimal(1)] * number)


def by_weight(total: Decimal, weights: Figures) -> list[Decimal]:
    """Parts in proportion to ``weights`` (None counts as 0), rounded so that they add up to the total.

    The largest remainders are rounded up, of equal ones the first. ValueError where no weight is above 0.
    """
    known = [max(weight or Decimal(0), Decimal(0)) for weight in weights]
    whole = sum(known, Decimal(0))
    if whole <= 0:
        raise ValueError("no weight is above zero")
    step = step_of(total)
    exact = [total * weight / whole / step for weight in known]
    parts = [part.to_integral_value(ROUND_FLOOR) for part in exact]
    left = int((total / step).to_integral_value() - sum(parts, Decimal(0)))
    most = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in most[:left]:
        parts[place] += 1
    return [part * step for part in parts]


def gap(total: Decimal | None, values: Figures) -> Decimal | None:
    """What the parts lack of the total (negative: more than it); None where there is no total."""
    return None if total is None else total - sum((value for value in values if value is not None), Decimal(0))

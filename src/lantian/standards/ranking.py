"""Ranking as the bulletins do it: competition ranks 1, 1, 3, year on year, and the last so many."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lantian.standards.rounding import NOISE_DECIMALS, round_half_even


def competition_ranks(values: Sequence[float | None], *, high_is_best: bool = False) -> list[int | None]:
    """Rank of each value, 1 = best (the lowest); equal values share a rank and the next one jumps. None has no rank."""
    known = [None if value is None else round(value, NOISE_DECIMALS) * (-1 if high_is_best else 1) for value in values]
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(value for value in known if value is not None), 1):
        first.setdefault(value, place)
    return [None if value is None else first[value] for value in known]


def last_ranks(values: Sequence[float | None], count: int = 30) -> list[int | None]:
    """Rank from the worst (the highest value is 1), as 后30名 are printed; None beyond ``count`` or without a value.

    Ties share a rank and the next jumps (3, 3, 5), so the list may hold more or fewer than ``count`` names.
    """
    ranks = competition_ranks(values, high_is_best=True)
    return [rank if rank is not None and rank <= count else None for rank in ranks]


def change_pct(now: Decimal | float, before: Decimal | float, places: int | None = None) -> Decimal | float | None:
    """Change in per cent; None where ``before`` is 0. With ``places`` it is exact and rounded by GB/T 8170.

    A bulletin computes it from the *rounded, published* figures and prints one decimal: give those and ``places=1``.
    """
    if not before:
        return None
    if places is None:
        return (float(now) / float(before) - 1) * 100
    exact_now, exact_before = (item if isinstance(item, Decimal) else Decimal(repr(item)) for item in (now, before))
    return round_half_even((exact_now - exact_before) * 100 / exact_before, places)


def change_rank_excluded(attaining_all_six: bool, change: float) -> bool:
    """Whether a city stays out of the list of the most worsened: one where all six pollutants attain does."""
    return attaining_all_six and change > 0

"""Ranks against values: order, ties, direction, doubles, ranges. The print stays as it is; contradictions are named.

Rule of ties: equal values share a rank and the next rank jumps (1, 1, 3) [competition ranking, as the published TSP
lists of streets and district tables have it].
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from lantian.reading.received.model import Direction, Figure, Oddity
from lantian.reading.received.words import indicators

_SHOWN = 3  # pairs that one oddity quotes
_ROAD = {"road_load": "road_residue", "road_residue": "road_load"}


def direction_by_values(figures: Sequence[Figure], better: str) -> Direction | None:
    """What rank 1 is, told by the values of ranked figures; None where they tell nothing clearly."""
    rising = falling = 0
    for one, other in pairwise(_ranked(figures)):
        if one.rank != other.rank and one.value != other.value:
            rising += one.value < other.value  # type: ignore[operator]  # _ranked has values only
            falling += one.value > other.value  # type: ignore[operator]
    if rising == falling or min(rising, falling) * 4 > max(rising, falling):
        return None
    low_first = rising > falling
    return "best" if low_first == (better == "low") else "worst"


def check_ranks(figures: Sequence[Figure], direction: Direction | None, better: str) -> Iterator[Oddity]:
    """B09–B12 of one list. ``figures`` are its figures in printed order."""
    yield from _check_steps(figures)
    yield from _check_equal(figures)
    if direction is None:
        return
    low_first = (direction == "best") == (better == "low")
    for one, other in pairwise(_ranked(figures)):
        assert one.value is not None
        assert other.value is not None
        if one.rank != other.rank and (one.value > other.value if low_first else one.value < other.value):
            yield _odd("B09", other, f"{_shown(one)}，{_shown(other)}")


def check_values(figures: Sequence[Figure]) -> Iterator[Oddity]:
    """B07, B08 of figures of one indicator in its own unit."""
    known = [figure for figure in figures if figure.value is not None and figure.indicator is not None]
    if not known:
        return
    this = indicators()[str(known[0].indicator)]
    other = indicators().get(_ROAD.get(this.id, ""))
    outside = [figure for figure in known if figure.value is not None and not this.low <= figure.value <= this.high]
    most = outside and 2 * len(outside) > len(known)
    if other and most and all(other.low <= (figure.value or Decimal(0)) <= other.high for figure in outside):
        yield _odd("B08", outside[0], f"{_shown(outside[0])} {this.unit}")
        return
    for figure in outside:
        yield _odd("B07", figure, f"{figure.subject} {figure.value_text}")


def check_doubles(figures: Sequence[Figure]) -> Iterator[Oddity]:
    """B13: the same subject twice in one list."""
    seen: set[tuple[str, str]] = set()
    for figure in figures:
        key = (figure.district, figure.subject)
        if key in seen:
            yield _odd("B13", figure, " ".join(filter(None, key)))
        seen.add(key)


def _check_steps(figures: Sequence[Figure]) -> Iterator[Oddity]:
    ranked = sorted((figure for figure in figures if figure.rank is not None), key=lambda figure: figure.rank or 0)
    if not ranked:
        return
    counts = Counter(figure.rank for figure in ranked)
    expected, wrong = ranked[0].rank or 0, []
    for rank in sorted(counts, key=lambda item: item or 0):
        if rank != expected:
            wrong.append(f"{expected} → {rank}")
        expected = (rank or 0) + counts[rank]
    if wrong:
        yield _odd("B10", ranked[0], "，".join(wrong[:_SHOWN]))


def _check_equal(figures: Sequence[Figure]) -> Iterator[Oddity]:
    by_value: dict[Decimal, list[Figure]] = defaultdict(list)
    by_rank: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.rank is not None and figure.value is not None:
            by_value[figure.value].append(figure)
            by_rank[figure.rank].append(figure)
    for group in by_value.values():
        if len({figure.rank for figure in group}) > 1:
            yield _odd("B11", group[1], "，".join(_shown(figure) for figure in group[:_SHOWN]))
    for group in by_rank.values():
        if len({figure.value for figure in group}) > 1:
            yield _odd("B12", group[1], "，".join(_shown(figure) for figure in group[:_SHOWN]))


def _ranked(figures: Sequence[Figure]) -> list[Figure]:
    found = [figure for figure in figures if figure.rank is not None and figure.value is not None]
    return sorted(found, key=lambda figure: figure.rank or 0)


def _shown(figure: Figure) -> str:
    return f"{figure.subject} {figure.value_text}" + (f"（{figure.rank}）" if figure.rank is not None else "")


def _odd(rule: str, figure: Figure, detail: str) -> Oddity:
    return Oddity(rule, detail, figure.place.table, figure.place.row)

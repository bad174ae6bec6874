"""Three-way merge of short lists (units of a cell, targets of a measure): changes at different places go together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import Literal

Side = Literal["both", "mine", "new"]
Region = tuple[int, int, int, int]  # start and end in the old list, start and end in the changed one


def merge_lists(
    old: Sequence[Hashable], mine: Sequence[Hashable], new: Sequence[Hashable]
) -> list[tuple[Side, int, int]] | None:
    """The merged list as (side, place in mine, place in new); None where both sides changed the same place.

    ``both`` items stand in all three lists. The place that a side has no part in is −1. A change that both sides made
    alike counts once.
    """
    ours, theirs = _regions(old, mine), _regions(old, new)
    changes: list[tuple[Region, Side]] = [(region, "mine") for region in ours]
    for region in theirs:
        rivals = [other for other in ours if _meet(region, other)]
        if any(other[:2] != region[:2] or mine[other[2] : other[3]] != new[region[2] : region[3]] for other in rivals):
            return None
        if not rivals:
            changes.append((region, "new"))
    return _apply(sorted(changes), old, (ours, theirs))


def _regions(old: Sequence[Hashable], changed: Sequence[Hashable]) -> list[Region]:
    matcher = SequenceMatcher(None, old, changed, autojunk=False)
    return [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _meet(a: Region, b: Region) -> bool:
    """Whether two changes touch the same items; something put in beside a change does not."""
    if a[0] == a[1] and b[0] == b[1]:
        return a[0] == b[0]
    return max(a[0], b[0]) < min(a[1], b[1]) or b[0] < a[0] == a[1] < b[1] or a[0] < b[0] == b[1] < a[1]


def _apply(
    changes: list[tuple[Region, Side]], old: Sequence[Hashable], regions: tuple[list[Region], list[Region]]
) -> list[tuple[Side, int, int]]:
    result: list[tuple[Side, int, int]] = []
    done = 0

    def keep(end: int) -> None:
        result.extend(("both", _moved(at, regions[0]), _moved(at, regions[1])) for at in range(done, end))

    for (start, end, first, last), side in changes:
        keep(start)
        result.extend((side, at, -1) if side == "mine" else (side, -1, at) for at in range(first, last))
        done = max(done, end)
    keep(len(old))
    return result


def _moved(place: int, regions: list[Region]) -> int:
    """Where the old item at ``place``, which a side kept, stands on that side."""
    return place + sum((d - c) - (b - a) for a, b, c, d in regions if b <= place)

"""What changed between two texts, in pieces that a reader of Chinese can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from rapidfuzz.distance import Indel

Op = Literal["equal", "delete", "insert"]
Piece = tuple[Op, str]

# Figures (with their per cent) and Latin words change as a whole: 12.5% → 15% is one change, not three.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[%％‰]?|[A-Za-z]+|.", re.S)
_ISLAND = 2  # tokens that two changes must have between them to be shown as two


def tokens(text: str) -> list[str]:
    """Single Chinese characters, whole figures, whole Latin words."""
    return _TOKEN.findall(text)


def text_diff(old: str, new: str) -> list[Piece]:
    """Pieces in reading order: what stayed, what was taken out, what came in.

    ``equal`` and ``delete`` pieces joined are ``old``, ``equal`` and ``insert`` pieces joined are ``new``; no piece is
    empty and no two neighbours have the same kind. A single character that happens to be the same inside a changed
    phrase is shown as changed: 每季度 → 每月 reads better than 每[季度→月].
    """
    before, after = tokens(old), tokens(new)
    changes = _slid(_joined(list(_changes(before, after)), before), before, after)
    pieces: list[Piece] = []
    done = 0
    for start, end, new_start, new_end in changes:
        _add(pieces, "equal", before[done:start])
        _add(pieces, "delete", before[start:end])
        _add(pieces, "insert", after[new_start:new_end])
        done = end
    _add(pieces, "equal", before[done:])
    return pieces


Span = tuple[int, int, int, int]  # start and end in the old tokens, start and end in the new ones


def _changes(before: list[str], after: list[str]) -> Iterator[Span]:
    """Changed stretches: neighbouring deletions and insertions as one."""
    open_: Span | None = None
    for op in Indel.opcodes(before, after):
        if op.tag == "equal":
            if open_ is not None:
                yield open_
            open_ = None
            continue
        start, new_start = (op.src_start, op.dest_start) if open_ is None else (open_[0], open_[2])
        open_ = (start, op.src_end, new_start, op.dest_end)
    if open_ is not None:
        yield open_


def _joined(changes: list[Span], before: list[str]) -> list[Span]:
    """Changes with too little between them become one, unless a punctuation mark parts them."""
    result: list[Span] = []
    for change in changes:
        if result:
            last = result[-1]
            between = before[last[1] : change[0]]
            if len(between) < _ISLAND and all(token.isalnum() for token in between):
                result[-1] = (last[0], change[1], last[2], change[3])
                continue
        result.append(change)
    return result


def _slid(changes: list[Span], before: list[str], after: list[str]) -> list[Span]:
    """Whole sentences that came in or went, with the mark that ends them and not the one before them."""
    result = list(changes)
    for place, (start, end, new_start, new_end) in enumerate(changes):
        following = changes[place + 1][0] if place + 1 < len(changes) else len(before)
        put_in, taken_out = start == end, new_start == new_end
        if put_in == taken_out or following - end < (1 if place + 1 == len(changes) else 2):
            continue
        part = after[new_start:new_end] if put_in else before[start:end]
        if part[0] == before[end] and not part[0].isalnum():
            result[place] = (start + 1, end + 1, new_start + 1, new_end + 1)
    return result


def _add(pieces: list[Piece], op: Op, part: list[str]) -> None:
    if part:
        pieces.append((op, "".join(part)))

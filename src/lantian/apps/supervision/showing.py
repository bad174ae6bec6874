"""What the page of a piece shows: the passages with the rows read of them, and each row with its form and doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from lantian.apps.supervision import entryform, itemform
from lantian.apps.supervision.models import Entry, Incoming, IncomingItem, ItemState, Return

SHOWN_ROWS = 600  # lines and table rows of a piece that are shown; the file has the rest


@dataclass(frozen=True, slots=True)
class Card:
    """One row that was read: its form (None without a row of the unit), its doubts, what is reported already."""

    item: IncomingItem
    fields: itemform.Fields | None
    doubts: list[tuple[str, bool]]
    per_cent: int
    there: Entry | None
    others: list[tuple[str, int]]


def as_uid(text: str) -> UUID:
    """A uid of an address or form; one that nothing has for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def say(words: Mapping[str, str]) -> str:
    """A stored sentence in the language of the request."""
    return words.get("en" if (get_language() or "").startswith("en") else "zh", "")


def cards(
    piece: Incoming, items: Sequence[IncomingItem], report: Return | None, typed: Mapping[int, entryform.Form]
) -> list[Card]:
    """The rows of a piece for the template; one query for what is reported already."""
    there = _reported(report, [item.commitment_id for item in items if item.commitment_id])
    found = []
    for item in items:
        fields = itemform.of_item(item)
        if fields is not None and item.pk in typed and item.commitment is not None:
            fields = itemform.of_row(itemform.row_of(item.commitment), typed[item.pk])
        entry = there.get(item.commitment_id or 0)
        mine = entry is not None and entry.source.get("piece") == str(piece.uid)
        doubts = [(say(problem), bool(problem.get("hard"))) for problem in item.problems]
        others = [(uid, round(100 * sure)) for uid, sure in item.candidates]
        found.append(Card(item, fields, doubts, round(100 * item.confidence), None if mine else entry, others))
    return found


def _reported(report: Return | None, commitments: list[int]) -> dict[int, Entry]:
    if report is None or not commitments:
        return {}
    rows = Entry.objects.filter(report=report, commitment__in=commitments).prefetch_related("figures__share")
    return {row.commitment_id: row for row in rows if row.progress or row.done or row.no_change or row.problems}


def levels(items: Iterable[IncomingItem], wanted: Sequence[int]) -> list[tuple[int, int]]:
    """(per cent, how many waiting rows are at least so sure and have no hard doubt), each number once."""
    sure = [
        item.confidence
        for item in items
        if item.state == ItemState.STAGED
        and item.commitment_id is not None
        and not any(problem.get("hard") for problem in item.problems)
    ]
    found: dict[int, int] = {}
    for level in wanted:
        count = sum(value >= level / 100 for value in sure)
        if count and count not in found.values():
            found[level] = count
    return list(found.items())


def _pieces(text: str, said: Mapping[int, str]) -> list[tuple[str, int | None]]:
    """A line cut at the rows that were read of it: (text, number of the row or None). Joined they are the line."""
    starts: dict[int, int] = {}
    for order, words in said.items():
        at = text.find(words.split("\n", 1)[0]) if words else -1
        if at >= 0:
            starts.setdefault(at, order)
    cuts = sorted(starts)
    if len(cuts) < 2:
        return [(text, None)]
    found: list[tuple[str, int | None]] = [(text[: cuts[0]], None)]
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        found.append((text[start:end], starts[start]))
    return found


def blocks(piece: Incoming, items: Sequence[IncomingItem]) -> list[dict[str, Any]]:
    """The passages of a piece with the numbers of the rows that were read of each line."""
    marks: dict[tuple[int, int], list[int]] = defaultdict(list)
    given = piece.content.get("blocks", [])
    for item in items:
        block, last_block, first, last = item.spot
        for at in range(block, last_block + 1):
            for row in range(first, last + 1) if at == block and at < len(given) and "rows" in given[at] else (0,):
                marks[at, row].append(item.order)
    shown: list[dict[str, Any]] = []
    room = SHOWN_ROWS
    for at, block in enumerate(given):
        if room <= 0:
            break
        if "text" in block:
            own = {item.order: item.read.get("progress", "") for item in items if item.spot[:1] == [at]}
            shown.append({"pieces": _pieces(block["text"], own), "items": marks[at, 0]})
            room -= 1
            continue
        rows = [
            {"cells": row["cells"], "number": row["row"], "items": marks[at, index]}
            for index, row in enumerate(block["rows"][:room])
        ]
        shown.append({"caption": block["caption"], "rows": rows})
        room -= len(rows)
    return shown

"""Stored plans as the engine reads them, and what it finds as rows to store. No writes here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lantian.apps.plans import exports
from lantian.apps.plans.models import Measure, Plan
from lantian.comparing.alignment import Alignment as Found
from lantian.comparing.alignment import Link as FoundLink
from lantian.comparing.alignment import RowRef, align
from lantian.reading.text import compare_form


def wording_of(text: str) -> str:
    """A short mark of a row's words: another mark, other words (spaces and kinds of brackets do not count)."""
    return hashlib.sha256(compare_form(text).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine says of one row: keys and uids of stored rows instead of its numbers."""

    measure: Measure
    partners: list[Measure]
    relation: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    pieces: list[dict[str, Any]] = field(default_factory=list)
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposals:
    """An alignment of stored plans: one proposal for each row, and parts of taken rows that no row says."""

    links: list[Proposal]
    untaken: list[dict[str, str]]


def propose(plan: Plan, cities: Sequence[Plan]) -> Proposals:
    """Align a stored plan with stored plans above it. Reads everything first, so no transaction is held while it
    computes; two plans of the same medium are aligned one after the other, the first that has a row wins it.
    """
    ours = exports.current(plan)
    own = {row.n: row for row in plan.measures.all()}
    merged: dict[int, Proposal] = {}
    untaken: list[dict[str, str]] = []
    for group in _by_medium(cities):
        found = align([exports.current(city) for city in group], ours)
        theirs = {(str(city.medium), row.n): row for city in group for row in city.measures.all()}
        untaken += [{"measure": str(theirs[ref.medium, ref.n].uid), "text": text} for ref, text in found.untaken]
        _merge(merged, found, own, theirs)
    return Proposals([merged[n] for n in sorted(merged)], untaken)


def _by_medium(cities: Sequence[Plan]) -> list[list[Plan]]:
    """Plans in groups in which each medium stands once: the engine names a row by medium and number."""
    groups: list[list[Plan]] = []
    for city in cities:
        group = next((g for g in groups if all(other.medium != city.medium for other in g)), None)
        if group is None:
            groups.append([city])
        else:
            group.append(city)
    return groups


def _merge(
    merged: dict[int, Proposal], found: Found, own: Mapping[int, Measure], theirs: Mapping[tuple[str, int], Measure]
) -> None:
    for link in found.links:
        if link.district_n not in merged or not merged[link.district_n].partners:
            merged[link.district_n] = _proposal(link, own[link.district_n], theirs)


def _proposal(link: FoundLink, measure: Measure, theirs: Mapping[tuple[str, int], Measure]) -> Proposal:
    def row(ref: RowRef | None) -> str | None:
        return None if ref is None else str(theirs[ref.medium, ref.n].uid)

    pieces = [
        {"state": piece.state, "city": piece.city, "district": piece.district, "measure": row(piece.row)}
        for piece in link.pieces
    ]
    partners = [theirs[ref.medium, ref.n] for ref in link.city]
    changes: list[dict[str, Any]] = [dict(change.as_dict()) for change in link.changes]
    return Proposal(measure, partners, link.relation, changes, pieces, link.score)

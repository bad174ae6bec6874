"""What an alignment gives: links with their relation, what changed, the clauses side by side, and what nobody took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Relation = Literal["verbatim", "adapted", "narrowed", "tightened", "loosened", "added"]
RELATIONS: tuple[Relation, ...] = ("verbatim", "adapted", "narrowed", "tightened", "loosened", "added")
State = Literal["same", "reworded", "lost", "new"]
ChangeField = Literal["text", "unit", "date", "target", "role"]


@dataclass(frozen=True, slots=True)
class RowRef:
    """A row of the city: the medium of its plan, its printed 序号 and its place ``n`` in the plan."""

    medium: str
    seq: int | None
    n: int

    def as_dict(self) -> dict[str, Any]:
        """As in contracts §2."""
        return {"medium": self.medium, "seq": self.seq, "n": self.n}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; ``before`` is the city's word, ``after`` the district's, None where one has nothing."""

    field: ChangeField
    before: str | None
    after: str | None

    def as_dict(self) -> dict[str, str | None]:
        """As in contracts §2."""
        return {"field": self.field, "from": self.before, "to": self.after}


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause of the city beside the district's clause that says the same, for display.

    ``lost``: nobody of the district says it, or not this row; ``new``: the city does not say it.
    """

    state: State
    city: str
    district: str
    row: RowRef | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A district row with the city rows it implements, the main one first; none where it is ``added``.

    ``score`` says from 0 to 1 how much of the row was found there. ``pieces`` are in the order of the district's text,
    what was left out behind.
    """

    district_n: int
    city: tuple[RowRef, ...]
    relation: Relation
    changes: tuple[Change, ...] = ()
    pieces: tuple[Piece, ...] = ()
    score: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """As in contracts §2."""
        return {
            "district_n": self.district_n,
            "city": [row.as_dict() for row in self.city],
            "relation": self.relation,
            "changes": [change.as_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Alignment:
    """A district plan against the city's plans. ``untaken``: parts of taken rows that no district row says."""

    links: tuple[Link, ...]
    orphans: tuple[RowRef, ...]
    untaken: tuple[tuple[RowRef, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON of ``lantian align`` (contracts §2)."""
        return {"links": [link.as_dict() for link in self.links], "orphans": [row.as_dict() for row in self.orphans]}

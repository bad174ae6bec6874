"""One measure as it stood on the page, before its words are read: what tables and prose have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantian.reading.model import CellRef, Flag, RoleName


@dataclass(slots=True)
class DraftRole:
    """The printed list of one role: a role cell, or one part of a role bracket.

    ``continues``: the list goes on in the bracket of the role before it, so a prefix printed there (省) holds here.
    """

    role: RoleName
    text: str
    continues: bool = False


@dataclass(slots=True)
class Draft:
    """A measure in print: where it stands, its words, the printed lists of its roles."""

    section: str
    seq: int | None
    task: str
    paragraphs: list[str]
    deadline: str = ""
    goals: list[str] = field(default_factory=list)  # paragraphs of a 工作目标 column beside the measure
    roles: list[DraftRole] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    page: int | None = None
    row: int = 0
    cells: list[CellRef] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


@dataclass(slots=True)
class DraftPlan:
    """A plan in print: its title, what the pages before and around the measures say, and its measures."""

    title: str
    drafts: list[Draft]
    preamble: list[str] = field(default_factory=list)  # paragraphs that tell year, issuer, 征求意见稿 …
    flags: list[Flag] = field(default_factory=list)

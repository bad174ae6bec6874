"""What goes into the reading of a piece and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Content = dict[str, Any]
"""``{"kind", "blocks": [block…]}``. A block is a line ``{"line", "text"}`` or a table
``{"caption", "rows": [{"row", "cells": [text…], "marks": {"3": "formula"|"unsaved"|"merged"}}…]}``; lines and rows are
counted as in the file, ``marks`` are by column."""
Words = dict[str, str]  # {"zh", "en"}


@dataclass(frozen=True, slots=True)
class Goal:
    """One target of a duty: what is counted, in which unit; ``key`` is the share's uid.

    ``level``: not added up from period to period (concentrations, rates). ``own``: the unit has a figure of its own for
    it; a city's total that nobody decomposed is not the unit's.
    """

    key: str
    subject: str = ""
    unit: str = ""
    text: str = ""
    level: bool = False
    own: bool = True


@dataclass(frozen=True, slots=True)
class Duty:
    """One row that a unit owes: ``key`` is the commitment's uid, ``code`` what its line of a printed sheet carries."""

    key: str
    code: str
    seq: str
    task: str
    text: str
    goals: tuple[Goal, ...] = ()
    document: bool = False  # a document is to be delivered: its number and date are looked for


@dataclass(frozen=True, slots=True)
class Party:
    """A unit that owes something: its uid, the code of its sheets, its names, and names that lie under it."""

    key: str
    code: str
    name: str
    names: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person should look at; ``column`` is a field of the row, ``hard`` keeps it out of "take all"."""

    zh: str
    en: str
    column: str = ""
    hard: bool = False
    id: str = ""  # of the table's sentence (tables/incoming.yaml, doubts)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {"id": self.id, "zh": self.zh, "en": self.en, "column": self.column, "hard": self.hard}


@dataclass(slots=True)
class Item:
    """One row as it was cut out, before anybody asks which duty it is about.

    ``block``, ``first``, ``last`` say where it stands: the block of the content and its rows by index (0 for a line).
    ``strong`` marks a 序号 that stands in a column of that name or is called so; else it is a list number.
    """

    block: int
    first: int
    last: int
    last_block: int
    place: str
    seq: str = ""
    strong: bool = False
    code: str = ""
    measure: str = ""
    goal: str = ""
    progress: str = ""
    problems: str = ""
    next_step: str = ""
    period: str = ""
    cumulative: str = ""
    done: str = ""
    party: str = ""
    marks: dict[str, str] = field(default_factory=dict)  # field → formula, unsaved, merged

    @property
    def words(self) -> str:
        """Everything that speaks of the duty."""
        return f"{self.measure}\n{self.progress}".strip()


@dataclass(slots=True)
class Count:
    """What was counted of one goal. ``text`` is the passage; a value that was not said is None."""

    goal: str
    period: Decimal | None = None
    cumulative: Decimal | None = None
    text: str = ""


@dataclass(slots=True)
class Proposal:
    """A row with the duty that it seems to be about; ``candidates`` are further ones with their confidence."""

    item: Item
    duty: str | None = None
    confidence: float = 0.0
    candidates: list[tuple[str, float]] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    done: bool = False
    no_change: bool = False
    document_number: str = ""
    document_date: str = ""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Who wrote a piece: the unit's key or None, how sure that is (0–1), and why."""

    party: str | None
    confidence: float
    reason: Words

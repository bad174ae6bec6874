"""Documents to deliver: the ladder 调研 → 初稿 → 征求意见 → 合法性审核 → 上会 → 印发, and where one should be.

``tables/ladders.yaml`` holds the ladders and which verbs lead to which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from lantian.status.model import Language

TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: ``by`` is the part of the time by which it is expected."""

    id: str
    zh: str
    en: str
    by: Decimal

    def label(self, language: Language) -> str:
        """The rung as people call it."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one kind of document; ``final`` says what shows the last: a document number, or a report."""

    id: str
    zh: str
    en: str
    final: Literal["number", "report"]
    steps: tuple[Step, ...]

    def index(self, step: str) -> int:
        """Where a step stands, from 0; -1 for one that is not of this ladder (or none)."""
        return next((n for n, item in enumerate(self.steps) if item.id == step), -1)

    def expected(self, start: date, end: date, on: date) -> int:
        """The rung that should be reached by the end of a day; -1 for none yet. The last is due at ``end``."""
        if on >= end:
            return len(self.steps) - 1
        part = Decimal((on - start).days + 1) / Decimal((end - start).days + 1)
        return sum(item.by <= part for item in self.steps[:-1]) - 1


@cache
def _table() -> dict[str, Any]:
    with (TABLES / "ladders.yaml").open(encoding="utf-8") as handle:
        return cast("dict[str, Any]", yaml.safe_load(handle))


@cache
def ladders() -> dict[str, Ladder]:
    """All ladders by id."""
    return {
        name: Ladder(
            name,
            row["zh"],
            row["en"],
            row["final"],
            tuple(Step(item["id"], item["zh"], item["en"], Decimal(str(item["by"]))) for item in row["steps"]),
        )
        for name, row in _table()["ladders"].items()
    }


@lru_cache(maxsize=4096)
def ladder_for(text: str) -> Ladder:
    """The ladder that a printed deliverable climbs (研究…可行性 → study; 修订…标准 → standard; otherwise issue)."""
    for row in _table()["verbs"]:
        for verb in row["verbs"]:
            at = text.find(verb)
            if at >= 0 and ("after" not in row or _names(row["after"], text[at + len(verb) :])):
                return ladders()[row["ladder"]]
    return ladders()["issue"]


def _names(words: list[str], text: str) -> bool:
    return any(re.search(rf"{word}(?=\W|$)", text) for word in words)

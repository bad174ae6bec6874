"""What reading any part of a scorecard needs: values within bounds, problems with their line and place."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lantian.apps.assessment.scoring.model import Words
from lantian.apps.assessment.scoring.yamltext import Document
from lantian.apps.assessment.scoring.yamltext import Path as Place

MOST = Decimal(100_000)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: ``line`` of the text, ``place`` as ``items[2].weight``, the sentence in both languages."""

    line: int
    place: str
    code: str
    zh: str
    en: str


@cache
def _sentences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("problems.yaml").read_text(encoding="utf-8"))
    return found


def problem(line: int, place: Place, code: str, part: str = "") -> Problem:
    """A problem with its sentences (problems.yaml)."""
    words = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    zh, en = (text.replace("{part}", part) for text in _sentences()[code])
    return Problem(line, words, code, zh, en)


@dataclass(slots=True)
class Reader:
    """One document being read; what is wrong is kept in ``problems``, and reading goes on with something harmless."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, place: Place, code: str, part: str = "") -> None:
        """Keep a problem at the line of ``place``, or of what holds it."""
        near = place
        while near not in self.document.lines and near:
            near = near[:-1]
        self.problems.append(problem(self.document.lines.get(near, 1), place, code, part))

    def mapping(self, value: Any, place: Place, keys: Collection[str], needed: Collection[str] = ()) -> dict[str, Any]:
        """A mapping with no keys but these; without those that are needed it is no use."""
        if not isinstance(value, dict):
            self.wrong(place, "mapping")
            return {}
        for key in value:
            if key == "sql":
                self.wrong((*place, key), "sql")
            elif key not in keys:
                self.wrong((*place, key), "unknown_key", key)
        for key in needed:
            if value.get(key) is None:
                self.wrong(place, "missing_key", key)
        return value

    def rows(self, value: Any, place: Place) -> list[Any]:
        """A list of one at least."""
        if not isinstance(value, list) or not value:
            self.wrong(place, "list")
            return []
        return value

    def text(self, value: Any, place: Place, longest: int = 200) -> str:
        """A text on one line; a number is taken as it is written."""
        text = str(value) if isinstance(value, Decimal) else value
        if not isinstance(text, str) or not text.strip() or len(text) > longest or "\x00" in text:
            self.wrong(place, "text", str(longest))
            return ""
        return " ".join(text.split())

    def words(self, value: Any, place: Place) -> Words:
        """``{zh, en}``, or one text for both."""
        if not isinstance(value, dict):
            text = self.text(value, place)
            return Words(text, text)
        held = self.mapping(value, place, ("zh", "en"), ("zh",))
        zh = self.text(held["zh"], (*place, "zh")) if held.get("zh") is not None else ""
        return Words(zh, self.text(held["en"], (*place, "en")) if held.get("en") is not None else zh)

    def number(
        self, value: Any, place: Place, low: Decimal = -MOST, high: Decimal = MOST, default: Decimal | None = None
    ) -> Decimal:
        """A number within bounds; ``default`` where nothing is given."""
        if value is None and default is not None:
            return default
        if not isinstance(value, Decimal):
            self.wrong(place, "number")
        elif not low <= value <= high:
            self.wrong(place, "range", f"{low}–{high}")
        else:
            return value
        return Decimal(0) if default is None else default

    def whole(self, value: Any, place: Place, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds."""
        found = self.number(value, place, Decimal(low), Decimal(high), None if default is None else Decimal(default))
        if found != int(found):
            self.wrong(place, "whole")
        return int(found)

    def key(self, value: Any, place: Place) -> str:
        """The key of an item or the name of a fact in a formula."""
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            self.wrong(place, "key_form")
            return ""
        return value

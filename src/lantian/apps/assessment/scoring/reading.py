"""Reading a scorecard from YAML: everything that is wrong is said at once, with line, place and reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lantian.apps.assessment.scoring import yamltext
from lantian.apps.assessment.scoring.items import read_item
from lantian.apps.assessment.scoring.model import Card, Grade, Item, Subjects, Words
from lantian.apps.assessment.scoring.yamltext import Document
from lantian.apps.assessment.scoring.yamltext import Path as Place

LEVELS = ("provincial", "municipal", "district", "town")
KEYS = frozenset({"scorecard", "title", "year", "plans", "units", "total", "cap", "decimals", "grades", "items"})
_NEEDED = ("scorecard", "title", "year", "plans", "units", "items")
_MOST = Decimal(100_000)
_HUNDRED = Decimal(100)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: ``line`` of the text, ``place`` as ``items[2].weight``, the sentence in both languages."""

    line: int
    place: str
    code: str
    zh: str
    en: str


class CardError(Exception):
    """A text that is no scorecard; ``problems`` in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {item.line}: {item.place}: {item.en}" for item in problems))
        self.problems = problems


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
        self, value: Any, place: Place, low: Decimal = -_MOST, high: Decimal = _MOST, default: Decimal | None = None
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


def read_card(text: str) -> Card:
    """The scorecard that a YAML text describes (docs/scorecards.md).

    :raises CardError: with everything that is wrong.
    """
    try:
        document = yamltext.load(text)
    except yamltext.TextError as error:
        raise CardError([problem(error.line, (), error.code, error.part)]) from None
    reader = Reader(document)
    card = _card(reader, document.value)
    if reader.problems:
        raise CardError(sorted(reader.problems, key=lambda item: item.line))
    return card


def _card(reader: Reader, value: Any) -> Card:
    held = reader.mapping(value, (), KEYS, _NEEDED)
    if held.get("scorecard") not in (None, Decimal(1)):
        reader.wrong(("scorecard",), "version")
    total = reader.number(held.get("total"), ("total",), Decimal(1), _MOST, _HUNDRED)
    decimals = reader.whole(held.get("decimals"), ("decimals",), 0, 4, 2)
    items = _items(reader, held)
    weights = sum((item.weight for item in items), Decimal(0))
    if items and weights != total and not reader.problems:
        reader.wrong(("items",), "weights", str(weights))
    grades = _grades(reader, held)
    _vetoes(reader, items, grades)
    most = total + sum((item.cap for item in items if item.kind == "bonus"), Decimal(0))
    return Card(
        title=reader.words(held.get("title"), ("title",)) if held.get("title") is not None else Words("", ""),
        year=reader.whole(held.get("year"), ("year",), 2000, 2100, 2000),
        plans=_names(reader, held, "plans"),
        subjects=_subjects(reader, held.get("units")),
        total=total,
        cap=reader.number(held.get("cap"), ("cap",), Decimal(0), _MOST, most),
        decimals=decimals,
        grades=grades,
        items=items,
    )


def _names(reader: Reader, held: Mapping[str, Any], key: str, lead: Place = ()) -> tuple[str, ...]:
    if held.get(key) is None:
        return ()
    place = (*lead, key)
    return tuple(reader.text(name, (*place, n)) for n, name in enumerate(reader.rows(held[key], place)))


def _subjects(reader: Reader, value: Any) -> Subjects:
    place: Place = ("units",)
    if value is None:
        return Subjects()
    held = reader.mapping(value, place, ("names", "collective", "level"))
    if isinstance(value, dict) and len(value) != 1:
        reader.wrong(place, "subjects")
    level = held.get("level")
    if level is not None and level not in LEVELS:
        reader.wrong((*place, "level"), "level", "、".join(LEVELS))
    collective = held.get("collective")
    return Subjects(
        names=_names(reader, held, "names", place),
        collective=reader.text(collective, (*place, "collective")) if collective is not None else "",
        level=str(level or ""),
    )


def _items(reader: Reader, held: Mapping[str, Any]) -> tuple[Item, ...]:
    if held.get("items") is None:
        return ()
    found: list[Item] = []
    for n, value in enumerate(reader.rows(held["items"], ("items",))):
        item = read_item(reader, value, ("items", n))
        if item and item.key in {other.key for other in found}:
            reader.wrong(("items", n, "key"), "item_twice", item.key)
        if item:
            found.append(item)
    return tuple(found)


def _grades(reader: Reader, held: Mapping[str, Any]) -> tuple[Grade, ...]:
    if held.get("grades") is None:
        return ()
    found = []
    for n, value in enumerate(reader.rows(held["grades"], ("grades",))):
        place: Place = ("grades", n)
        row = reader.mapping(value, place, ("from", "title"), ("from", "title"))
        if "from" in row and "title" in row:
            bound = reader.number(row["from"], (*place, "from"), Decimal(0))
            found.append(Grade(bound, reader.words(row["title"], (*place, "title"))))
    bounds = [grade.from_ for grade in found]
    if found and (bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0):
        reader.wrong(("grades",), "grades_order")
    return tuple(found)


def _vetoes(reader: Reader, items: tuple[Item, ...], grades: tuple[Grade, ...]) -> None:
    """A veto names an item that scores, or a grade of the card."""
    scoring = {item.key for item in items if item.veto is None}
    named = {grade.title.zh for grade in grades}
    for n, item in enumerate(items):
        place: Place = ("items", n, "effect")
        if item.veto and item.veto.effect == "item" and item.veto.name not in scoring:
            reader.wrong(place, "veto_item", item.veto.name)
        if item.veto and item.veto.effect == "grade" and item.veto.name not in named:
            reader.wrong(place, "veto_grade", item.veto.name)

"""Reading a scorecard from YAML: everything that is wrong is said at once, with line, place and reason."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lantian.apps.assessment.scoring import yamltext
from lantian.apps.assessment.scoring.items import read_item
from lantian.apps.assessment.scoring.model import Card, Grade, Item, Subjects, Words
from lantian.apps.assessment.scoring.reader import MOST, Problem, Reader, problem
from lantian.apps.assessment.scoring.yamltext import Path as Place

LEVELS = ("provincial", "municipal", "district", "town")
KEYS = frozenset({"scorecard", "title", "year", "plans", "units", "total", "cap", "decimals", "grades", "items"})
_NEEDED = ("scorecard", "title", "year", "plans", "units", "items")
_HUNDRED = Decimal(100)


class CardError(Exception):
    """A text that is no scorecard; ``problems`` in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {item.line}: {item.place}: {item.en}" for item in problems))
        self.problems = problems


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
    total = reader.number(held.get("total"), ("total",), Decimal(1), MOST, _HUNDRED)
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
        cap=reader.number(held.get("cap"), ("cap",), Decimal(0), MOST, most),
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

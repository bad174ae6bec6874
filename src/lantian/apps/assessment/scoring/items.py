"""Reading one item of a scorecard: what each kind of item wants, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from lantian.apps.assessment.scoring import facts, formula
from lantian.apps.assessment.scoring.model import Band, Item, Kind, PerCase, Veto
from lantian.apps.assessment.scoring.reader import Reader
from lantian.apps.assessment.scoring.yamltext import Path as Place

_ZERO = Decimal(0)
_COMMON = ("key", "title", "kind", "group", "basis")
_SCORED = ("weight", "floor", "cap", "deductions")
# What an item of each kind may have beside the common keys, and what it must have.
KINDS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bands": ((*_SCORED, "fact", "bands"), ("weight", "fact", "bands")),
    "linear": ((*_SCORED, "fact", "from", "to"), ("weight", "fact", "from", "to")),
    "formula": ((*_SCORED, "facts", "formula"), ("weight", "facts", "formula")),
    "deductions": (_SCORED, ("weight", "deductions")),
    "bonus": (("cap", "additions"), ("cap", "additions")),
    "veto": (("fact", "above", "effect"), ("fact", "effect")),
}


def read_item(reader: Reader, value: Any, place: Place) -> Item | None:
    """One item; None where it is no use (the reader has the problems)."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if isinstance(value, dict) and not (isinstance(kind, str) and kind in KINDS):
        if "sql" in value:
            reader.wrong((*place, "sql"), "sql")
        reader.wrong((*place, "kind"), "kind", "、".join(KINDS))
        return None
    allowed, needed = KINDS[kind] if kind else ((), ())
    before = len(reader.problems)
    held = reader.mapping(value, place, (*_COMMON, *allowed), ("key", "title", *needed))
    if kind is None or any(held.get(key) is None for key in ("key", "title", *needed)):
        return None
    weight = reader.number(held.get("weight"), (*place, "weight"), _ZERO, default=_ZERO)
    item = Item(
        key=reader.key(held["key"], (*place, "key")),
        title=reader.words(held["title"], (*place, "title")),
        kind=kind,
        weight=weight,
        floor=reader.number(held.get("floor"), (*place, "floor"), default=_ZERO),
        cap=reader.number(held.get("cap"), (*place, "cap"), default=weight),
        group=reader.text(held["group"], (*place, "group"), 60) if held.get("group") is not None else "",
        basis=reader.text(held["basis"], (*place, "basis")) if held.get("basis") is not None else "",
        cases=_cases(reader, held, place),
    )
    if item.cap < item.floor:
        reader.wrong((*place, "cap"), "cap_floor")
    item = _of_kind(reader, item, held, place)
    return item if len(reader.problems) == before else None


def _of_kind(reader: Reader, item: Item, held: dict[str, Any], place: Place) -> Item:
    if item.kind == "bands":
        return replace(item, fact=_fact(reader, held, place), bands=_bands(reader, held["bands"], (*place, "bands")))
    if item.kind == "linear":
        return replace(item, fact=_fact(reader, held, place), line=_line(reader, held, place))
    if item.kind == "formula":
        return _with_formula(reader, item, held, place)
    if item.kind == "veto":
        return replace(item, veto=_veto(reader, held, place))
    if item.kind == "bonus" and item.cap <= 0:
        reader.wrong((*place, "cap"), "cap_bonus")
    return item


def _fact(reader: Reader, held: dict[str, Any], place: Place, key: str = "fact") -> str:
    where = (*place, key)
    if isinstance(held[key], dict) and "sql" in held[key]:
        reader.wrong((*where, "sql"), "sql")
        return ""
    found = reader.text(held[key], where, 80)
    code = facts.wrong(found) if found else ""
    if code:
        reader.wrong(where, code, found)
    return found


def _cases(reader: Reader, held: dict[str, Any], place: Place) -> tuple[PerCase, ...]:
    key = "additions" if held.get("kind") == "bonus" else "deductions"
    if held.get(key) is None:
        return ()
    found = []
    for n, value in enumerate(reader.rows(held[key], (*place, key))):
        where: Place = (*place, key, n)
        row = reader.mapping(value, where, ("fact", "each", "cap"), ("fact", "each"))
        if row.get("fact") is None or row.get("each") is None:
            continue
        each = reader.number(row["each"], (*where, "each"), _ZERO)
        if each <= 0:
            reader.wrong((*where, "each"), "each")
        cap = reader.number(row["cap"], (*where, "cap"), _ZERO) if row.get("cap") is not None else None
        found.append(PerCase(_fact(reader, row, where), each, cap))
    return tuple(found)


def _bands(reader: Reader, value: Any, place: Place) -> tuple[Band, ...]:
    rows = reader.rows(value, place)
    found = []
    for n, part in enumerate(rows):
        where: Place = (*place, n)
        row = reader.mapping(part, where, ("from", "upto", "points"), ("points",))
        if row.get("points") is None:
            continue
        bounds = [
            reader.number(row[key], (*where, key)) if row.get(key) is not None else None for key in ("from", "upto")
        ]
        found.append(Band(reader.number(row["points"], (*where, "points")), *bounds))
    if len(found) != len(rows) or not found:
        return tuple(found)
    _order(reader, found, place)
    return tuple(found)


def _order(reader: Reader, bands: list[Band], place: Place) -> None:
    """One direction only, and a last band for the rest."""
    *named, rest = bands
    if rest.from_ is not None or rest.upto is not None:
        reader.wrong((*place, len(bands) - 1), "bands_rest")
    down = [band.from_ for band in named if band.from_ is not None and band.upto is None]
    up = [band.upto for band in named if band.upto is not None and band.from_ is None]
    right = (len(down) == len(named) and down == sorted(set(down), reverse=True)) or (
        len(up) == len(named) and up == sorted(set(up))
    )
    if not right:
        reader.wrong(place, "bands_order")


def _line(reader: Reader, held: dict[str, Any], place: Place) -> tuple[tuple[Decimal, Decimal], ...]:
    found = []
    for key in ("from", "to"):
        where: Place = (*place, key)
        row = reader.mapping(held[key], where, ("at", "points"), ("at", "points"))
        if row.get("at") is not None and row.get("points") is not None:
            found.append((reader.number(row["at"], (*where, "at")), reader.number(row["points"], (*where, "points"))))
    if len(found) == 2 and found[0][0] == found[1][0]:
        reader.wrong((*place, "to"), "line_same")
    return tuple(found)


def _with_formula(reader: Reader, item: Item, held: dict[str, Any], place: Place) -> Item:
    where: Place = (*place, "formula")
    named = held["facts"] if isinstance(held["facts"], dict) else reader.mapping(held["facts"], (*place, "facts"), ())
    for name in named:
        reader.key(name, (*place, "facts", name))
    names = tuple((name, _fact(reader, named, (*place, "facts"), name)) for name in named)
    text = reader.text(held["formula"], where)
    try:
        used = formula.names_of(text) if text else frozenset(named)
    except formula.FormulaError as error:
        reader.wrong(where, error.code, error.part)
        return item
    for name in sorted(used - set(named)):
        reader.wrong(where, "formula_name", name)
    for name in sorted(set(named) - used):
        reader.wrong((*place, "facts", name), "formula_unused", name)
    return replace(item, formula=text, names=names)


def _veto(reader: Reader, held: dict[str, Any], place: Place) -> Veto | None:
    where: Place = (*place, "effect")
    fact = _fact(reader, held, place)
    above = reader.number(held.get("above"), (*place, "above"), default=_ZERO)
    effect = held["effect"]
    if effect == "total":
        return Veto(fact, above, "total")
    if isinstance(effect, dict) and len(effect) == 1:
        (key, name), *_rest = effect.items()
        if key in ("item", "grade") and isinstance(name, str):
            return Veto(fact, above, key, name)
    reader.wrong(where, "veto_effect")
    return None

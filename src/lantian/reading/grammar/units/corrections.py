"""Misprinted and variant unit names → the canonical name, where the plan or a table makes it certain.

Three sources, in this order: aliases that belong to one region and level (``tables/unit_aliases.csv``), what the plan
itself prints many times, and the national register for characters that no unit name contains. Whatever is less certain
stays as printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from lantian.reading.grammar.units.cells import Piece
from lantian.reading.grammar.units.names import (
    has_ending,
    is_area,
    is_fragment,
    is_registered,
    register,
    split_prefix,
    without_brackets,
)
from lantian.reading.lexicon import table

OWN_NAME = 3  # a name that a plan prints so often is no slip, whatever it looks like
FREQUENT = 5  # so often a name must stand in the plan before a rare form is taken for its misprint
RATIO = 5  # … and so many times more often than the rare form
DAMAGED_LIKENESS = 0.78  # indel similarity from which a damaged long name is taken for the frequent one
_SWAPPED_ENDINGS = ("委员会", "局", "委", "厅", "部")
_ROLE_BRACKET = re.compile("（(?:牵头|主责|责任|配合|协办|负责|主办|会办|牵头负责)(?:单位|部门)?）")
_TELLING = frozenset("一二三四五六七八九十东西南北中上下大小0123456789省市区县镇乡")


@cache
def aliases(region: str, level: str, year: int | None) -> Mapping[str, str]:
    """Printed form → canonical name for plans of one region, level and year; empty for every other.

    Rows with ``since`` are names that the body bore before a reform; they hold for plans from that year on.
    """
    rows = (row for row in table("unit_aliases") if row["region"] == region and row["level"] == level)
    return {row["form"]: row["canonical"] for row in rows if not row["since"] or (year or 0) >= int(row["since"])}


@cache
def old_names() -> frozenset[str]:
    """Names that a body bore before a reform (市环保局), from the rows ``renamed``."""
    return frozenset(row["form"] for row in table("unit_aliases") if row["kind"] == "renamed")


@dataclass(slots=True)
class Names:
    """What is known about names in one plan: how often it prints each, and the aliases of its region."""

    counts: Counter[str] = field(default_factory=Counter)
    forms: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)

    def known(self, name: str) -> bool:
        """Whether a cut through this name would be wrong."""
        if name not in self._known:
            self._known[name] = (
                bool(self.forms.get(name))
                or is_registered(name)
                or is_area(name)
                or (self.counts[name] > 1 and has_ending(name) and not is_fragment(name))
            )
        return self._known[name]

    def certain(self, name: str) -> bool:
        """Whether the name needs no flag: registered, a canonical name of the region, or the plan's own."""
        if is_registered(name) or is_area(name) or name in self.forms.values():
            return True
        return self.counts[name] >= OWN_NAME and has_ending(name)


def correct(name: str, names: Names) -> str:
    """The canonical name of a printed one; the same where nothing is certain, empty where it is no unit."""
    if name in names.forms:
        return names.forms[name]
    if plain := _ROLE_BRACKET.sub("", name):
        name = plain
    base = without_brackets(name)
    if base != name:
        return name if is_registered(name) else name.replace(base, correct(base, names), 1)
    if is_registered(name):
        return _swapped_ending(name, names) or name
    if names.counts[name] >= OWN_NAME:
        return _swapped_ending(name, names) or name
    return _swapped_ending(name, names) or _strange_character(name, names) or _near_frequent(name, names) or name


def _rare(name: str, other: str, names: Names) -> bool:
    return names.counts[other] >= FREQUENT and names.counts[name] * RATIO <= names.counts[other]


def _swapped_ending(name: str, names: Names) -> str | None:
    """市生态环境委 in a plan that else prints 市生态环境局."""
    ending = next((item for item in _SWAPPED_ENDINGS if name.endswith(item)), None)
    if ending is None or len(name) - len(ending) < 3:
        return None
    stem = name[: -len(ending)]
    if stem.endswith("城管"):  # 城管委 manages, 城管局 is short for 城管执法局: two bodies of one district
        return None
    found = [stem + item for item in _SWAPPED_ENDINGS if item != ending and _rare(name, stem + item, names)]
    return found[0] if len(found) == 1 else None


@cache
def _letters() -> frozenset[str]:
    return frozenset(letter for name in register() for letter in name)


def _strange_character(name: str, names: Names) -> str | None:
    """One character of a registered name misread as one that no unit name contains: 市生态坏境局."""
    strange = [index for index, letter in enumerate(name) if letter not in _letters()]
    if len(strange) != 1 or len(name) < 4 or not name.endswith(_SWAPPED_ENDINGS):
        return None
    found = {other for other in names.counts if names.counts[other] > 1 and _same_but(name, other, strange)}
    if not found:
        for bare in register():
            prefix = name[: -len(bare)]
            alike = len(bare) >= 3 and _same_but(name[-len(bare) :], bare, [strange[0] - len(prefix)])
            if alike and len(prefix) <= 1 and split_prefix(prefix + bare) is not None:
                found.add(prefix + bare)
    return found.pop() if len(found) == 1 else None


def _same_but(name: str, other: str, places: Sequence[int]) -> bool:
    if len(name) != len(other) or any(place < 0 for place in places):
        return False
    return all((name[index] == other[index]) != (index in places) for index in range(len(name)))


def _near_frequent(name: str, names: Names) -> str | None:
    """A form that differs by one character from exactly one name that the plan prints often."""
    if len(name) < 5 or not has_ending(name):
        return None
    found = [other for other in names.counts if _rare(name, other, names) and _one_edit(name, other)]
    return found[0] if len(found) == 1 else None


def _one_edit(name: str, other: str) -> bool:
    if abs(len(name) - len(other)) > 1 or name == other:
        return False
    start = 0
    while start < min(len(name), len(other)) and name[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(name), len(other)) - start and name[-1 - end] == other[-1 - end]:
        end += 1
    left, right = name[start : len(name) - end], other[start : len(other) - end]
    return len(left) <= 1 and len(right) <= 1 and not (_TELLING & set(left + right))


def join_damaged(pieces: Sequence[Piece], names: Names) -> list[tuple[Piece, str]]:
    """Pieces with their corrected names; a long frequent name that the print tore apart is put together again."""
    targets = [name for name in names.counts if len(name) >= 10 and names.counts[name] >= FREQUENT]
    result: list[tuple[Piece, str]] = []
    position = 0
    while position < len(pieces):
        width, whole = _damaged_span(pieces, position, targets, names)
        if width:
            first, last = pieces[position], pieces[position + width - 1]
            printed = "".join(piece.as_printed for piece in pieces[position : position + width])
            text = "".join(piece.name for piece in pieces[position : position + width])
            joined = replace(first, name=text, as_printed=printed, closing=last.closing, separated=False)
            result.append((joined, whole))
            position += width
        else:
            result.append((pieces[position], correct(pieces[position].name, names)))
            position += 1
    return result


def _damaged_span(pieces: Sequence[Piece], start: int, targets: Sequence[str], names: Names) -> tuple[int, str]:
    best, width, whole = DAMAGED_LIKENESS, 0, ""
    for count in (1, 2, 3):
        span = pieces[start : start + count]
        if len(span) < count or not any(_doubtful(piece, names) for piece in span):
            continue
        text = "".join(piece.name for piece in span)
        if len(text) < 10:
            continue
        for target in targets:
            likeness = _likeness(text, target) if target[0] == text[0] else 0.0
            if likeness > best and target != text:
                best, width, whole = likeness, count, target
    return width, whole


def _doubtful(piece: Piece, names: Names) -> bool:
    return piece.damaged or not (names.certain(piece.name) or piece.name in names.forms)


def _likeness(text: str, other: str) -> float:
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(text, other))

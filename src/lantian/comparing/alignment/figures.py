"""Numbers as numbers: what a city's figure asks of this district, and whether the district's asks for more or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rapidfuzz.distance import Indel

from lantian.comparing.alignment.clauses import Clause, Row
from lantian.comparing.alignment.model import ChangeField
from lantian.comparing.alignment.words import factors
from lantian.comparing.assign import assign
from lantian.comparing.fields import shown_deadline
from lantian.reading.model import Deadline, Target

Direction = Literal["tightened", "loosened", ""]
NUMERIC = ("level", "change", "count", "rate", "rank")
_STRENGTHS = ("study", "encourage", "力争", "hard")
_PAIRED = 0.45  # likeness from which two figures answer the same question
_SIGNS = {">=": "≥", "<=": "≤", "~": "约", "=": "", ">": ">", "<": "<"}
_FORCE_WORDS = {"hard": "", "力争": "力争", "encourage": "鼓励", "study": "研究"}
_ADDED_UP = ("吨", "立方米", "公里", "亩", "公顷", "平方米", "平方公里", "元", "千瓦", "千瓦时")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one comparison found: what to show, which way, how weighty (1 figures, 2 dates and force, 3 words).

    ``fewer``: a number of objects where the city means all.
    """

    field: ChangeField
    before: str | None
    after: str | None
    direction: Direction = ""
    weight: int = 1
    fewer: bool = False


def asked_of(targets: Sequence[Target], region: str) -> list[Target]:
    """The figures that concern one district: its own of a list by area, and no total where its own is printed."""
    own = [t for t in targets if t.scope and any(_is_in(region, place) for place in t.scope)]
    named = {(t.kind, t.unit) for t in own}
    own += [t for t in targets if (t.kind, t.unit) not in named and any(map(_is_the_rest, t.scope))]
    others = [t for t in targets if t.scope and t not in own]
    lists = [t for t in (*own, *others) if t.applies == "owner"]
    shared = {(t.kind, t.unit, t.subject) for t in lists}
    rest = [t for t in targets if not t.scope]
    if len(lists) > 1:
        rest = [t for t in rest if (t.kind, t.unit, t.subject) not in shared or t.applies != "total"]
    unnamed = [t for t in others if t.applies != "owner" and not all(_is_area(place) for place in t.scope)]
    return [t for t in targets if t in own or t in rest or t in unnamed]


def _is_the_rest(place: str) -> bool:
    return place.startswith(("其他", "其余"))


def _is_in(region: str, place: str) -> bool:
    return bool(region) and (place == region or place.startswith(region) or region.startswith(place))


def _is_area(place: str) -> bool:
    return place.endswith(("区", "县", "市"))


def total_of(own: Target, targets: Sequence[Target]) -> Target | None:
    """The city's sum of which a printed figure is this district's part: 50家，其中…本区1家."""
    if own.applies != "owner" or not own.scope:
        return None
    sums = (t for t in targets if not t.scope and (t.kind, t.unit, t.subject) == (own.kind, own.unit, own.subject))
    return next(sums, None)


def is_share(target: Target) -> bool:
    """Whether the figure is a sum for the whole city, of which a district can only owe a part."""
    return (target.kind == "count" and target.applies in ("total", None)) or (
        target.kind == "level" and target.applies == "total" and (target.unit or "").startswith(_ADDED_UP)
    )


def pair_targets(
    city: Sequence[tuple[Target, Clause]], district: Sequence[tuple[Target, Clause]], matched: set[tuple[int, int]]
) -> dict[int, int]:
    """City figure → district figure on the same question; ``matched``: identities of the clauses that are pairs."""
    scores = {}
    for i, (theirs, clause) in enumerate(city):
        for j, (ours, own) in enumerate(district):
            score = _likeness(theirs, ours) + 0.25 * ((id(clause), id(own)) in matched)
            if score > _PAIRED:
                scores[i, j] = score - _PAIRED
    return assign(scores)


def _likeness(a: Target, b: Target) -> float:
    units = _in_base(a), _in_base(b)
    same_unit = units[0][1] == units[1][1]
    score = 0.4 * Indel.normalized_similarity(a.subject, b.subject) + 0.2 * same_unit + 0.15 * (a.kind == b.kind)
    return score + 0.15 * (a.value is not None and units[0][0] == units[1][0] and same_unit)


def _in_base(target: Target) -> tuple[float | None, str | None]:
    base, factor = factors().get(target.unit or "", (target.unit, 1.0))
    return (None if target.value is None else round(target.value * factor, 6)), base


def compare_targets(city: Target, district: Target, shift: int) -> list[Verdict]:
    """Value, certainty, force and date of two figures that answer the same question."""
    found = []
    shown = shown_target(city), shown_target(district)
    way = _value_direction(city, district)
    force = _STRENGTHS.index(district.strength) - _STRENGTHS.index(city.strength)
    if way or force or (shown[0] != shown[1] and _in_base(city) != _in_base(district)):
        found.append(Verdict("target", *shown, way))
    if force:
        found.append(Verdict("target", *shown, "tightened" if force > 0 else "loosened", 2))
    before, after = shifted(city.by, shift), district.by
    if before and after and before != after:
        found.append(
            Verdict("date", before.isoformat(), after.isoformat(), "tightened" if after < before else "loosened", 2)
        )
    return found


def _value_direction(city: Target, district: Target) -> Direction:
    (theirs, base), (ours, own_base) = _in_base(city), _in_base(district)
    if theirs is None or ours is None or base != own_base:
        return ""
    if is_share(city) and not city.scope and ours < theirs:
        return ""  # its share of the city's sum
    sense = _sense(district) or _sense(city)
    if sense == "at_most":
        theirs, ours = _high(city, theirs), _high(district, ours)
    if ours != theirs:
        if sense is None:
            return ""
        return "tightened" if (ours > theirs) == (sense == "at_least") else "loosened"
    vague = (city.comparator == "~", district.comparator == "~")
    if vague[0] == vague[1]:
        return ""
    return "loosened" if vague[1] else "tightened"


def _high(target: Target, value: float) -> float:
    if target.value_max is None or not target.value:
        return value
    return value / target.value * target.value_max


def _sense(target: Target) -> str | None:
    """Which way is better: as read, else by the comparator, else by what such a figure counts."""
    if target.sense:
        return target.sense
    if target.comparator in (">=", ">"):
        return "at_least"
    if target.comparator in ("<=", "<"):
        return "at_most"
    if target.kind == "change" and target.value:
        return "at_most" if target.value < 0 else "at_least"
    return {"count": "at_least", "rate": "at_least", "rank": "at_least", "level": "at_most"}.get(target.kind)


def shown_target(target: Target) -> str:
    """A figure in short: ≥70%, 力争≤5.1吨/平方公里·月; without a value its words."""
    if target.value is None:
        return target.text
    figure = _SIGNS.get(target.comparator or "", "") + number(target.value)
    if target.value_max is not None:
        figure += f"–{number(target.value_max)}"
    return _FORCE_WORDS[target.strength] + figure + (target.unit or "")


def number(value: float) -> str:
    """A figure in full: 34000, 5.1."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def shifted(day: date | None, years: int) -> date | None:
    """The same day some years later."""
    if day is None or not years:
        return day
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def compare_deadlines(city: Sequence[Row], district: Row) -> Verdict | None:
    """The cells 完成时限; several of the city are met by the one that is alike. None where nothing changed."""
    after = district.measure.deadline
    choices = [(row, due) for row in city for due in _dues(row)]
    verdicts = [_deadline(due, after, _years(row, district)) for row, due in choices]
    if not verdicts or None in verdicts:
        return None
    return verdicts[0]


def _dues(row: Row) -> tuple[Deadline, ...]:
    """The deadline of the cell, a second one in it, and those that the words print."""
    due = row.measure.deadline
    return due, *due.also, *row.measure.text_dates


def _years(city: Row, district: Row) -> int:
    return district.year - city.year if city.year and district.year else 0


def _deadline(before: Deadline, after: Deadline, shift: int) -> Verdict | None:
    end = shifted(before.end, shift)
    if (before.kind, end) == (after.kind, after.end):
        return None
    way: Direction = ""
    if end and after.end:
        if end == after.end:
            return None  # 11月15日前 and 供暖季前 are the same day
        way = "tightened" if after.end < end else "loosened"
    return Verdict("date", shown_deadline(before), shown_deadline(after), way, 2)


def moved(target: Target, shift: int) -> Target:
    """A target with its date in the other plan's year."""
    return replace(target, by=shifted(target.by, shift))

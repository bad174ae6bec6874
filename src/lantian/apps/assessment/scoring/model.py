"""What a scorecard is and what scoring gives; numbers are decimals throughout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["bands", "linear", "formula", "deductions", "bonus", "veto"]
Why = Literal["band", "linear", "formula", "deduction", "bonus", "floor", "cap", "veto", "missing", "appeal", "failed"]


@dataclass(frozen=True, slots=True)
class Words:
    """A name in Chinese and English; without an English one the Chinese stands for both."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Ref:
    """What a fact counted: ``kind`` is commitment, return, letter or file; ``text`` says which one in words."""

    kind: str
    uid: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one unit; ``value`` None: nothing is known, which is never the same as nought."""

    value: Decimal | None
    refs: tuple[Ref, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """档: points from a value upwards (``from_``) or up to a value (``upto``), both inclusive; neither: the rest."""

    points: Decimal
    from_: Decimal | None = None
    upto: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PerCase:
    """每次扣（加）分: ``each`` for every unit of the fact, ``cap`` at most."""

    fact: str
    each: Decimal
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: when the fact is above the limit, an item or the total is nought, or the grade is at most this one."""

    fact: str
    above: Decimal
    effect: Literal["item", "total", "grade"]
    name: str = ""  # key of the item, Chinese name of the grade


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a card. ``weight`` is what it counts in the total; bonus and veto items have none."""

    key: str
    title: Words
    kind: Kind
    weight: Decimal
    floor: Decimal
    cap: Decimal
    group: str = ""
    basis: str = ""
    fact: str = ""
    bands: tuple[Band, ...] = ()
    line: tuple[tuple[Decimal, Decimal], ...] = ()  # two points: value → points
    formula: str = ""
    names: tuple[tuple[str, str], ...] = ()  # name in the formula → fact
    cases: tuple[PerCase, ...] = ()
    veto: Veto | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that the item asks for, in order."""
        wanted = [self.fact, *(fact for _name, fact in self.names), *(case.fact for case in self.cases)]
        return tuple(dict.fromkeys(fact for fact in [*wanted, self.veto.fact if self.veto else ""] if fact))


@dataclass(frozen=True, slots=True)
class Grade:
    """等次: from so many points upwards."""

    from_: Decimal
    title: Words


@dataclass(frozen=True, slots=True)
class Subjects:
    """Who is scored: units by name, the members of a collective unit, or all of a level that owe something."""

    names: tuple[str, ...] = ()
    collective: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard as read."""

    title: Words
    year: int
    plans: tuple[str, ...]
    subjects: Subjects
    total: Decimal
    cap: Decimal
    decimals: int
    grades: tuple[Grade, ...]
    items: tuple[Item, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that some item asks for, once."""
        return tuple(dict.fromkeys(fact for item in self.items for fact in item.facts))


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a granted appeal gives back to one item of one unit, and on what basis."""

    item: str
    points: Decimal
    basis: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item's points are what they are: ``points`` is what this one adds (negative: takes away)."""

    why: Why
    points: Decimal
    fact: str = ""
    value: Decimal | None = None
    each: Decimal | None = None
    refs: tuple[Ref, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of one unit. ``points`` None: not scored yet, anything from ``low`` to ``high`` may come out."""

    key: str
    weight: Decimal
    low: Decimal
    high: Decimal
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> Decimal | None:
        """The points, if nothing that is still missing can change them."""
        return self.low if self.low == self.high else None

    @property
    def lost(self) -> Decimal | None:
        """Points short of the weight; an item without weight loses none."""
        return None if self.points is None else max(self.weight - self.points, Decimal(0))

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts of which nothing is known."""
        return tuple(reason.fact for reason in self.reasons if reason.why == "missing")


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One unit's card; ``grade`` None while what is missing could change it, ``rank`` None while the total is open."""

    unit: str
    items: tuple[ItemScore, ...]
    low: Decimal
    high: Decimal
    grade: Words | None
    rank: int | None = None
    vetoes: tuple[Reason, ...] = ()  # of the total and of the grade

    @property
    def total(self) -> Decimal | None:
        """The total, if nothing that is still missing can change it."""
        return self.low if self.low == self.high else None

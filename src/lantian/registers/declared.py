"""What a pack declares, as plain data: packs, registers, fields, checks (docs/packs.md says how they are written)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple, get_args

FieldType = Literal[
    "text", "integer", "decimal", "date", "datetime", "bool", "choice", "area", "unit", "plate", "vin", "point",
    "polygon", "file", "ref",
]  # fmt: skip
FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)
Operator = Literal["<", "<=", "=", "!=", ">=", ">"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)


class Label(NamedTuple):
    """A text of the interface in both languages."""

    zh: str
    en: str


class Choice(NamedTuple):
    """One value a choice may have: as it is kept (the official word) and as it is shown."""

    value: str
    label: Label


@dataclass(frozen=True, slots=True)
class Field:
    """字段: one column of a register.

    ``measure`` is the unit of measurement printed behind the figure; ``low`` and ``high`` are included. ``of`` names
    the register that a ``ref`` points into. ``also`` are other headings under which sheets bring the field.
    ``personal`` fields are masked for who has no business with them. A ``whole`` area does not count into the areas
    above it: the city's good days are not the sum of its districts'. ``hidden`` fields were given up: old rows keep
    their values. ``was`` are former names; ``converts`` names the field that this one replaces with another type.
    """

    name: str
    type: FieldType
    label: Label
    help: Label | None = None
    required: bool = False
    measure: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    pattern: str = ""
    longest: int = 200
    choices: tuple[Choice, ...] = ()
    of: str = ""
    also: tuple[str, ...] = ()
    personal: bool = False
    whole: bool = False
    listed: bool = False
    filtered: bool = False
    indexed: bool = False
    hidden: bool = False
    was: tuple[str, ...] = ()
    converts: str = ""
    example: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """A rule between the fields of a row.

    Either ``left operator right`` (``right`` a field or a literal), or ``needs``: that field must be filled. Both hold
    only ``when`` every field named there has one of its values (empty: always). A field without a value compares true.
    """

    says: Label
    left: str = ""
    operator: Operator = "="
    right: str = ""
    needs: str = ""
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Register:
    """台账: a typed table. ``stock`` holds what is, with its history; ``event`` what happened, dated by ``date``.

    ``key`` names the fields that tell rows apart. ``area`` and ``unit`` name the fields that place a row and say whose
    it is (rights go by them). ``levels`` and ``departments`` say who writes beside the clean-air office: units of these
    levels, and units whose name holds one of these words. ``store`` is ``table`` or, for millions of rows, ``lake``.
    """

    name: str
    pack: str
    version: int
    label: Label
    describes: Label
    kind: Literal["stock", "event"]
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    store: Literal["table", "lake"] = "table"
    date: str = ""
    area: str = ""
    unit: str = ""
    levels: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    was: tuple[str, ...] = ()
    file: Path = field(default_factory=Path)
    shown: tuple[Field, ...] = field(init=False, repr=False, compare=False)  # the fields that are in use

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", tuple(item for item in self.fields if not item.hidden))

    def field(self, name: str) -> Field:
        """The field of a name. KeyError: there is none."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Pack:
    """业务包: registers, indicators and rules of one field of work, and the plan wording that it serves."""

    name: str
    label: Label
    describes: Label
    serves: tuple[str, ...]
    folder: Path
    registers: tuple[Register, ...] = ()
    indicators: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()

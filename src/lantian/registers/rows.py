"""A whole row: every cell as a value or as what is wrong with it, then the row against its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lantian.registers.declared import Check, Field, Operator, Register
from lantian.registers.places import read_point, read_polygon
from lantian.registers.values import Doubt, Names, Wrong, is_blank, reader_of

Values = dict[str, Any]
SEPARATOR = "|"  # between the fields of a key
LONGEST_KEY = 200
_PLACES: Mapping[str, Callable[[Mapping[str, Any], Names, str], Any]] = {"point": read_point, "polygon": read_polygon}
_REMEMBERED = frozenset({"area", "unit", "choice", "bool"})  # few values in many rows
_MOST_REMEMBERED = 20_000
_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b, ">=": lambda a, b: a >= b, ">": lambda a, b: a > b,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field (blank: the row); a ``warning`` does not keep the row out."""

    field: str
    zh: str
    en: str
    warning: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a staged row and answered by the API."""
        return {"field": self.field, "zh": self.zh, "en": self.en, "warning": self.warning}


@dataclass(slots=True)
class Row:
    """What was given, by field: canonical values (None: emptied), and the problems of single cells."""

    values: Values
    problems: list[Problem] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        """Whether it cannot be kept."""
        return any(not item.warning for item in self.problems)


Reading = Callable[[Mapping[str, Any]], Row]


def reading(register: Register, names: Names, datum: str = "") -> Reading:
    """What reads rows of a register: cells by name (``code``, ``place``, ``place.lon``) → :class:`Row`.

    Fields that are not among the cells are not in the values. ``datum`` is that of coordinates which name none. Made
    once for many rows; it asks ``names`` only about areas and units, and those once for each name.
    """
    areas = [item for item in register.shown if item.type == "area"]
    areas.sort(key=lambda item: item.name != register.area)
    rest = [item for item in register.shown if item.type != "area"]
    plan = [
        (item, None if item.type in _PLACES else reader_of(item, names), _cells_of(item)) for item in (*areas, *rest)
    ]
    remembered: dict[tuple[str, Any, str], Any] = {}

    def read(cells: Mapping[str, Any]) -> Row:
        row = Row({})
        near = ""
        for item, reader, parts in plan:
            if item.name not in cells and (reader is not None or not any(name in cells for name in parts)):
                continue
            try:
                if reader is None:
                    given = {part: cells.get(name) for name, part in parts.items()}
                    value = _PLACES[item.type](given, names, datum)
                else:
                    value = _single(item, reader, cells[item.name], near, remembered)
            except Wrong as wrong:
                row.problems.append(Problem(item.name, wrong.zh, wrong.en))
                continue
            if type(value) is Doubt:
                row.problems.append(Problem(item.name, value.zh, value.en, warning=True))
                value = value.value
            row.values[item.name] = value
            if item.name == register.area and value:
                near = value
        return row

    return read


def _cells_of(item: Field) -> dict[str, str]:
    """The names of the cells that a field is read from → which part they are."""
    if item.type == "point":
        return {item.name: ""} | {f"{item.name}.{part}": part for part in ("lon", "lat", "datum")}
    if item.type == "polygon":
        return {item.name: "", f"{item.name}.datum": "datum"}
    return {item.name: ""}


def _single(item: Field, reader: Callable[[Any, str], Any], given: Any, near: str, remembered: dict[Any, Any]) -> Any:
    if is_blank(given):
        return None
    if item.type not in _REMEMBERED or not isinstance(given, str):
        return reader(given, near)
    place = (item.name, given, near)
    if place not in remembered:
        if len(remembered) >= _MOST_REMEMBERED:
            remembered.clear()
        try:
            remembered[place] = reader(given, near)
        except Wrong as wrong:
            remembered[place] = wrong
    found = remembered[place]
    if isinstance(found, Wrong):
        raise Wrong(found.zh, found.en)
    return found


def key_of(register: Register, values: Mapping[str, Any]) -> str:
    """The row's key: its key fields joined; blank where one of them is missing."""
    parts = [values.get(name) for name in register.key]
    if any(part is None for part in parts):
        return ""
    return SEPARATOR.join(str(part) for part in parts)


def check(register: Register, values: Mapping[str, Any], refused: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a whole row: required fields, checks between fields, its key.

    ``refused`` are fields whose cell was wrong already: nothing more is said of them.
    """
    found = [
        Problem(item.name, "必填", "is required")
        for item in register.shown
        if item.required and values.get(item.name) is None and item.name not in refused
    ]
    for rule in register.checks:
        if not _holds(register, rule, values) and not {rule.left, rule.right, rule.needs} & set(refused):
            found.append(Problem(rule.needs or rule.left, rule.says.zh, rule.says.en))
    if len(key_of(register, values)) > LONGEST_KEY:
        found.append(
            Problem(register.key[0], f"主键超过{LONGEST_KEY}个字", f"the key is over {LONGEST_KEY} characters")
        )
    return found


def _holds(register: Register, rule: Check, values: Mapping[str, Any]) -> bool:
    for name, wanted in rule.when:
        if not {_word(values.get(name)), _chinese(values.get(name))} & set(wanted):
            return True
    if rule.needs:
        return values.get(rule.needs) is not None
    left = values.get(rule.left)
    right = values.get(rule.right) if any(item.name == rule.right for item in register.fields) else rule.right
    if left is None or right is None:
        return True
    kind = register.field(rule.left).type
    if kind in ("integer", "decimal"):
        return _COMPARE[rule.operator](Decimal(str(left)), Decimal(str(right)))
    one, other = _word(left), _word(right)
    if kind in ("date", "datetime"):  # a day compared with a moment: by the day
        length = min(len(one), len(other))
        one, other = one[:length], other[:length]
    return _COMPARE[rule.operator](one, other)


def _word(value: Any) -> str:
    return "true" if value is True else "false" if value is False else "" if value is None else str(value)


def _chinese(value: Any) -> str:
    return "是" if value is True else "否" if value is False else _word(value)


def references(register: Register, rows: Iterable[Mapping[str, Any]], names: Names) -> dict[str, set[str]]:
    """For each field of type ref those keys in the rows that its register does not have; one question a field."""
    wanted: dict[str, set[str]] = {item.name: set() for item in register.shown if item.type == "ref"}
    for values in rows:
        for name, keys in wanted.items():
            if values.get(name) is not None:
                keys.add(values[name])
    return {
        name: keys - set(names.known(register.field(name).of, keys)) if keys else keys for name, keys in wanted.items()
    }


def unknown_reference(item: Field, key: str) -> Problem:
    """The problem of a ref that points at no row."""
    return Problem(item.name, f"没有编号为“{key[:40]}”的条目", f"there is no row {key[:40]}")

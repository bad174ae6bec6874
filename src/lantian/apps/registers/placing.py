"""Where a row belongs: the columns beside its values by which rows are found, scoped and shown on a map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from lantian.apps.registers.names import DirectoryNames
from lantian.registers import Register
from lantian.registers.words import bare

_SEARCHED = frozenset({"text", "plate", "vin", "ref", "choice"})
_LONGEST = 600


class Place(NamedTuple):
    """The columns of a record (and of a staged row) that follow from its values."""

    area_id: int | None
    unit_id: int | None
    date: date | None
    lon: float | None
    lat: float | None
    text: str


def placed(register: Register, values: Mapping[str, Any], names: DirectoryNames) -> Place:
    """The columns that follow from canonical values: the area is that of the area field, else of the unit."""
    area = names.area_keys.get(values.get(register.area) or "") if register.area else None
    unit = names.unit_keys.get(values.get(register.unit) or "") if register.unit else None
    if area is None and unit is not None:
        area = unit[1]
    day = values.get(register.date) if register.date else None
    point = None
    words = []
    for item in register.shown:
        value = values.get(item.name)
        if not value:
            continue
        if item.type in _SEARCHED:
            words.append(str(value))
        elif item.type == "point" and point is None:
            point = value
    return Place(
        area,
        unit[0] if unit else None,
        date.fromisoformat(day[:10]) if day else None,
        point["lon"] if point else None,
        point["lat"] if point else None,
        bare("|".join(words))[:_LONGEST],
    )


def title(register: Register, values: Mapping[str, Any], key: str = "") -> str:
    """What a row is called: its name, where it has one, else its key."""
    for name in ("name", "title"):
        if values.get(name):
            return str(values[name])
    return key or "|".join(str(values.get(name) or "") for name in register.key)


def current(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of any age under the names of today's declaration: every field in use (None: empty), and what hidden
    fields still hold; a field that was renamed has the value of its old name (``was``)."""
    found = {}
    for item in register.fields:
        value = values.get(item.name)
        if value is None:
            value = next((values[name] for name in item.was if values.get(name) is not None), None)
        if value is not None or not item.hidden:
            found[item.name] = value
    return found


def merged(register: Register, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row: what was given, else what was there (:func:`current`); hidden fields keep what they hold."""
    return dict.fromkeys(item.name for item in register.shown) | dict(before) | dict(given)

"""The views that packs' SQL may read, with their columns: every register, and what is around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lantian.indicators.columns import View
from lantian.indicators.kinds import Kind
from lantian.registers import Field, Register

_PLAIN: dict[str, Kind] = {
    "integer": "integer", "decimal": "decimal", "date": "date", "datetime": "datetime", "bool": "bool",
}  # fmt: skip
HISTORY = "_history"

AROUND: Mapping[str, View] = {
    "area": View({"code": "text", "name": "text", "level": "text", "parent": "text", "kind": "text", "plain": "bool"}),
    "unit": View({"uid": "text", "name": "text", "short_name": "text", "level": "text", "area": "text"}),
    "exemption": View({"register": "text", "key": "text"}),
    "station": View({"code": "text", "name": "text", "area": "text"}),
    "forecast": View({"area": "text", "date": "date", "lead": "integer", "low": "integer", "high": "integer"}),
    "hour": View(
        {
            "station": "text",
            "factor": "text",
            "time": "datetime",
            "value": "decimal",
            "unit": "text",
            "source": "text",
            "received": "datetime",
        }
    ),
    "observation": View(
        {
            "station": "text",
            "factor": "text",
            "attribute": "text",
            "time": "datetime",
            "interval": "text",
            "value": "decimal",
            "unit": "text",
            "flag": "text",
            "quality": "text",
            "source": "text",
            "received": "datetime",
        }
    ),
}
# Views of `lantian sql` that registers must not shadow.
TAKEN = frozenset(AROUND) | {"observation_history", "correction", "quarantine", "series", "review"}


def columns_of(field: Field) -> Iterator[tuple[str, Kind]]:
    """The columns in which the lake holds a field."""
    if field.type == "point":
        yield f"{field.name}_lon", "decimal"
        yield f"{field.name}_lat", "decimal"
    elif field.type == "polygon":
        yield f"{field.name}_ha", "decimal"
        yield f"{field.name}_wkt", "text"
    else:
        yield field.name, _PLAIN.get(field.type, "text")


def views_of(registers: Mapping[str, Register]) -> dict[str, View]:
    """Every view by its name."""
    found = dict(AROUND)
    for register in registers.values():
        columns: dict[str, Kind] = {"key": "text"}
        personal: set[str] = set()
        for field in register.fields:
            own = dict(columns_of(field))
            columns |= own
            personal |= set(own) if field.personal else set()
        found[register.name] = View(columns, frozenset(personal))
        dated: dict[str, Kind] = {**columns, "valid_from": "date", "valid_to": "date"}
        found[register.name + HISTORY] = View(dated, frozenset(personal))
    return found

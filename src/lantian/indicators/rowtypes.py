"""Rows of a register between JSON and Arrow: the columns of its table in the lake."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pyarrow as pa

from lantian.lake import LakeError
from lantian.lake.schema import INSTANT
from lantian.registers import Field, Register
from lantian.registers.values import plain

# What every table has beside the fields (docs/indicators.md).
_FIRST = [("key", pa.string())]
_LAST = [("valid_from", pa.date32()), ("gone", pa.bool_()), ("change", pa.int64())]
_TYPES: Mapping[str, Any] = {
    "integer": pa.int64(), "decimal": pa.float64(), "date": pa.date32(), "datetime": INSTANT, "bool": pa.bool_(),
}  # fmt: skip


def schema_of(register: Register) -> Any:
    """The Arrow schema of a register's table."""
    columns = [*_FIRST]
    for field in register.fields:
        columns += [(name, kind) for name, kind, _part in _columns(field)]
    return pa.schema([*columns, *_LAST])


def former_columns(register: Register) -> dict[str, tuple[str, ...]]:
    """Column of a field that was renamed → its columns under the former names, newest first."""
    found: dict[str, tuple[str, ...]] = {}
    for field in register.fields:
        for name, _kind, _part in _columns(field) if field.was else ():
            found[name] = tuple(was + name.removeprefix(field.name) for was in field.was)
    return found


def with_former(register: Register, schema: Any) -> Any:
    """A schema of today with the columns of former names behind it, of the same types."""
    for new, names in former_columns(register).items():
        for name in names:
            if name not in schema.names:
                schema = schema.append(pa.field(name, schema.field(new).type))
    return schema


def canonical(field: Field, row: Mapping[str, Any], name: str = "") -> Any:
    """The canonical value of a field out of a row of the lake, by column; ``name``: the former name it stands under.

    A row without the column says nothing. Of points the lake keeps WGS-84 only.
    """
    name = name or field.name
    if field.type == "point":
        lon, lat = row.get(f"{name}_lon"), row.get(f"{name}_lat")
        return None if lon is None else {"lon": lon, "lat": lat, "datum": "WGS-84", "x": lon, "y": lat}
    if field.type == "polygon":
        wkt = row.get(f"{name}_wkt")
        return None if wkt is None else {"wkt": wkt, "ha": row.get(f"{name}_ha")}
    value = row.get(name)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if field.type in ("integer", "decimal") and value is not None:
        return plain(Decimal(repr(value)))
    return value


def arrays_of(
    register: Register, field: Field, values: Sequence[Any], keys: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    """(column, array) of the canonical values of a field. LakeError: as :func:`table_of`."""
    for name, kind, part in _columns(field):
        own = [_part(value, part) for value in values] if part else values
        yield name, _array(register, name, kind, own, keys)


def _columns(field: Field) -> list[tuple[str, Any, str]]:
    """(column, type, part of the value or empty) of a field."""
    if field.type == "point":
        return [(f"{field.name}_lon", pa.float64(), "lon"), (f"{field.name}_lat", pa.float64(), "lat")]
    if field.type == "polygon":
        return [(f"{field.name}_ha", pa.float64(), "ha"), (f"{field.name}_wkt", pa.string(), "wkt")]
    return [(field.name, _TYPES.get(field.type, pa.string()), "")]


def table_of(register: Register, rows: Sequence[Mapping[str, Any]], change: int) -> Any:
    """Canonical rows as an Arrow table. LakeError: a value is not of its field's type, with register, key and field."""
    keys = [row["key"] for row in rows]
    arrays = [pa.array(keys, pa.string())]
    for field in register.fields:
        arrays += [array for _name, array in arrays_of(register, field, _values(rows, field.name), keys)]
    arrays.append(_array(register, "valid_from", pa.date32(), [row["valid_from"] for row in rows], keys))
    arrays.append(pa.array([bool(row.get("gone")) for row in rows], pa.bool_()))
    arrays.append(pa.array([change] * len(rows), pa.int64()))
    return pa.Table.from_arrays(arrays, schema=schema_of(register))


def _values(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """What the rows say of a field; mostly all of them say something, which is the fast way."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _part(value: Any, part: str) -> Any:
    """A part of a point or polygon; what is neither is left to fail under its name."""
    return value.get(part) if isinstance(value, Mapping) else value or None


def _array(register: Register, name: str, kind: Any, values: Sequence[Any], keys: Sequence[str]) -> Any:
    try:
        return _at_once(kind, values)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        return _one_by_one(register, name, kind, values, keys)


def _at_once(kind: Any, values: Sequence[Any]) -> Any:
    """Values as change sets nearly always bring them, read by Arrow: millions of rows are a matter of seconds."""
    if kind == pa.bool_():
        return pa.array(values, kind)
    said = [None if value == "" else value for value in values] if "" in values else values
    texts = pa.array(said, pa.string())
    found = texts if kind == pa.string() else texts.cast(kind)
    if kind != pa.float64():
        return found
    import pyarrow.compute as pc

    return pc.if_else(pc.is_finite(found), found, pa.scalar(None, kind))


def _one_by_one(register: Register, name: str, kind: Any, values: Sequence[Any], keys: Sequence[str]) -> Any:
    """Values as they are, JSON numbers too; the one that is wrong is named."""
    read, found = _READ[kind], []
    for key, value in zip(keys, values, strict=True):
        try:
            found.append(None if value is None or value == "" else read(value))
        except (ValueError, TypeError, OverflowError, AttributeError):
            raise LakeError(
                f"台账 {register.name} 的“{key}”：{name} 的值“{value}”类型不对",
                f"register {register.name}, “{key}”: {name} cannot be “{value}”",
            ) from None
    try:
        return pa.array(found, kind)
    except (pa.ArrowException, OverflowError) as error:
        raise LakeError(
            f"台账 {register.name}：{name} 有超出范围的值", f"register {register.name}: {name} has a value out of range"
        ) from error


def _float(value: Any) -> float | None:
    found = float(value)
    return found if math.isfinite(found) else None


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError
    return found


_READ: Mapping[Any, Callable[[Any], Any]] = {
    pa.string(): str, pa.int64(): int, pa.float64(): _float, pa.date32(): date.fromisoformat, INSTANT: _instant,
    pa.bool_(): _bool,
}  # fmt: skip

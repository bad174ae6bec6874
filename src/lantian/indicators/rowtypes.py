"""Rows of a register between JSON and Arrow: the columns of its table in the lake."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import pyarrow as pa

from lantian.lake import LakeError
from lantian.lake.schema import INSTANT
from lantian.registers import Field, Register

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
        values = _values(rows, field.name)
        for name, kind, part in _columns(field):
            own = [_part(value, part) for value in values] if part else values
            arrays.append(_array(register, name, kind, own, keys))
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

"""Rows of a register's table under today's declaration: file by file, each row with its day and its change set.

What a value becomes is said by :func:`lantian.registers.migrating.mover`; columns that no step touches pass unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from lantian.indicators.rowtypes import arrays_of, canonical, schema_of, with_former
from lantian.indicators.views import current
from lantian.lake.query import Limits, asking
from lantian.lake.tables import DataFile
from lantian.registers import Field, Register
from lantian.registers.migrating import Mover
from lantian.registers.rows import Problem

_BATCH = 20_000  # rows in memory
_LIMITS = Limits(seconds=1800)


class Look(NamedTuple):
    """What moving a row does: whether it changes, and which of its values cannot be converted."""

    key: str
    changes: bool
    problems: list[Problem]


def looks(root: Path, register: Register, files: Sequence[DataFile], move: Mover, day: date) -> Iterator[Look]:
    """What moving does to the rows that count on a day; reads only. QueryRefused: the lake does not answer."""
    if not files:
        return
    wide = with_former(register, schema_of(register))
    with asking(root, _LIMITS) as connection:
        found = connection.sql(current(register, files, wide, day)).to_arrow_reader(_BATCH)
        for batch in found:
            rows = _touched(register, batch)
            for key, values in zip(batch.column("key").to_pylist(), rows, strict=True):
                become, problems = move(values)
                yield Look(key, become != values, problems)


def moved(register: Register, path: Path, move: Mover) -> Iterator[Any]:
    """The record batches of a file in today's columns. A value that cannot be converted stays in its old field only.

    The file is read in the columns that it has, whatever was declared when it was written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = schema_of(register)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH):
            keys = batch.column("key").to_pylist()
            rows = [move(values)[0] for values in _touched(register, batch)]
            columns = {name: batch.column(name) for name in batch.schema.names}
            for field in register.fields:
                if field.was or field.converts:
                    columns |= arrays_of(register, field, [row.get(field.name) for row in rows], keys)
            arrays = [
                columns[kind.name].cast(kind.type) if kind.name in columns else pa.nulls(len(keys), kind.type)
                for kind in schema
            ]
            yield pa.record_batch(arrays, schema=schema)


def _touched(register: Register, batch: Any) -> list[dict[str, Any]]:
    """Canonical values of a batch's rows: of the fields that are renamed or converted, and what they come from."""
    fields = list(_sources(register))
    wanted = {name for field, name in fields for name in _names(batch, field, name)}
    columns = [name for name in batch.schema.names if name in wanted]
    found = []
    for row in batch.select(columns).to_pylist() if columns else [{}] * batch.num_rows:
        said = ((name, canonical(field, row, name)) for field, name in fields)
        found.append({name: value for name, value in said if value is not None})
    return found


def _sources(register: Register) -> Iterator[tuple[Field, str]]:
    """(field, name under which its value may stand) of everything that moving reads."""
    for field in register.fields:
        if field.was or field.converts:
            yield field, field.name
            for name in field.was:
                yield field, name
        elif any(other.converts == field.name for other in register.fields):
            yield field, field.name


def _names(batch: Any, field: Field, name: str) -> Sequence[str]:
    """The columns of a batch that hold a field under a name."""
    parts: Mapping[str, Sequence[str]] = {"point": ("_lon", "_lat"), "polygon": ("_ha", "_wkt")}
    own = [name + part for part in parts.get(field.type, ("",))]
    return own if set(own) <= set(batch.schema.names) else ()

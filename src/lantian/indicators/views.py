"""SQL of the views over registers: the rows of today or of a past day, the history, areas at the level asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lantian.indicators.known import AROUND, HISTORY, columns_of
from lantian.indicators.rowtypes import former_columns, with_former
from lantian.lake.query import Files, parquet, view_of
from lantian.lake.tables import DataFile
from lantian.registers import Field, Register

# Which of a key's rows was said last, first.
LAST = "change desc, valid_from desc"
# Maps an area's code to its ancestor at the level that is computed (`lantian.indicators.sources`).
ANCESTORS = "_ancestor"
_TYPES = {"text": "VARCHAR", "integer": "BIGINT", "decimal": "DOUBLE", "date": "DATE", "bool": "BOOLEAN"}
# Instants of the lake are UTC; packs see the time in China, which has one zone and no summer time.
_LOCAL = "make_timestamp(epoch_us({}) + 28800000000)"


def files_sql(register: Register, files: Sequence[DataFile], schema: Any) -> str:
    """The rows of files in the columns of a schema. A field that was renamed has, in rows that were not moved yet
    (:mod:`lantian.indicators.moving`), the value of its former name, unless the schema names that itself."""
    former = {new: old for new, old in former_columns(register).items() if not set(old) & set(schema.names)}
    if not former:
        return parquet(files, schema)
    names = ", ".join(_either(name, former.get(name, ())) for name in schema.names)
    return f"select {names} from ({parquet(files, with_former(register, schema))})"  # noqa: S608 (names of ours)


def _either(name: str, former: Sequence[str]) -> str:
    said = ", ".join(f'"{one}"' for one in (name, *former))
    return f'coalesce({said}) as "{name}"' if former else said


def current(register: Register, files: Sequence[DataFile], schema: Any, day: date) -> str:
    """The rows that count: of a stock register as of a day, of an event register all; without those that are gone."""
    if register.kind == "event" and register.store == "lake":
        return f"select * from ({_settled(register, files, schema)}) where not gone"  # noqa: S608 (names of ours)
    past = f"where valid_from <= date '{day.isoformat()}'" if register.kind == "stock" else ""
    return f"""
        select * from (
          select * from ({files_sql(register, files, schema)}) {past}
          qualify row_number() over (partition by key order by {LAST}) = 1
        ) where not gone"""  # noqa: S608


def _settled(register: Register, files: Sequence[DataFile], schema: Any) -> str:
    """Each key once: what was appended since the last folding counts before what stands."""
    new = [item for item in files if item.partition["_layer"] == "new"]
    base = files_sql(register, [item for item in files if item.partition["_layer"] == "base"], schema)
    if not new:
        return base
    fresh, names = files_sql(register, new, schema), ", ".join(f'"{name}"' for name in schema.names)
    return f"""
        select {names} from ({fresh}) qualify row_number() over (partition by key order by {LAST}) = 1
        union all
        select {names} from ({base}) b where not exists (select 1 from ({fresh}) f where f.key = b.key)"""  # noqa: S608


def history(register: Register, files: Sequence[DataFile], schema: Any) -> str:
    """Every row that counted at some time, with ``valid_to``: the day from which another counts, null = still.

    A later change replaces the earlier ones from its ``valid_from`` on, also in the past.
    """
    return f"""
        select * from (
          select *, min(valid_from) over (
            partition by key order by change, valid_from rows between 1 following and unbounded following) as valid_to
          from ({files_sql(register, files, schema)})
        ) where not gone and (valid_to is null or valid_to > valid_from)"""  # noqa: S608


def shown(register: Register, rows: str, mapped: bool, masked: bool, dated: bool) -> str:
    """The columns of a register's view over rows.

    ``mapped``: area fields hold the ancestor at the level (null: none there; an area spoken of as a whole only itself).
    ``masked``: fields about persons are null. ``dated``: with valid_from and valid_to.
    """
    columns, joins = ["r.key"], []
    for field in register.fields:
        if mapped and field.type == "area":
            alias = f'"_{field.name}"'
            at = f'case when {alias}.at = r."{field.name}" then {alias}.at end' if field.whole else f"{alias}.at"
            columns.append(f'{at} as "{field.name}"')
            joins.append(f'left join {ANCESTORS} {alias} on {alias}.code = r."{field.name}"')
        else:
            columns += [_column(name, kind, field, masked) for name, kind in columns_of(field)]
    if dated:
        columns += ["r.valid_from", "r.valid_to"]
    return f"select {', '.join(columns)} from ({rows}) r {' '.join(joins)}"  # noqa: S608


def _column(name: str, kind: str, field: Field, masked: bool) -> str:
    if masked and field.personal:
        return f'null::{_TYPES.get(kind, "TIMESTAMP")} as "{name}"'
    return _shown(name, kind)


def _shown(name: str, kind: str) -> str:
    if kind == "datetime":
        local = _LOCAL.format(f'r."{name}"')
        return f'{local} as "{name}"'
    return f'r."{name}"'


def register_view(
    name: str, register: Register, files: Sequence[DataFile], schema: Any, day: date, mapped: bool, masked: bool = False
) -> str:
    """The view ``name`` of a register: itself, or its history."""
    if name == register.name + HISTORY:
        return shown(register, history(register, files, schema), mapped, masked, dated=True)
    return shown(register, current(register, files, schema, day), mapped, masked, dated=False)


def lake_view(name: str, files: Files) -> str:
    """``hour`` or ``observation`` of the lake, times in China."""
    columns = [_shown(column, kind) for column, kind in AROUND[name].columns.items()]
    return f"select {', '.join(columns)} from ({view_of(name, files)}) r"  # noqa: S608

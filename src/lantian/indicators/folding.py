"""Folding a register's small files into large ones. Nothing that can be read changes.

A register that is kept in the lake has three layers a month: ``new`` as appended, ``base`` where every key stands once
with what was said last, ``old`` what was replaced. Without ``new`` files nothing needs to be compared when it is read.
Others keep all their rows, of all days, in one file of ``new``: as of a past day each of them may count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from lantian.indicators.views import LAST, files_sql
from lantian.lake.query import Limits, connect
from lantian.lake.tables import DataFile, Table, WrittenFile, undone_on_failure
from lantian.registers import Register

_MEGABYTES = 2048
_SPILL = ".spill"
_BATCH = 250_000


def fold(root: Path, table: Table, register: Register) -> int:
    """Fold what is small; the caller holds the lake's lock. Returns how many files are gone."""
    delta = table.for_writing()
    files = table.files(delta)
    connection = connect(root, Limits(megabytes=_MEGABYTES), root / _SPILL)
    try:
        with undone_on_failure() as written:
            if register.store == "lake":
                gone = _by_month(connection, table, register, files, written)
            else:
                gone = _whole(connection, table, register, files, written)
            if gone:
                table.commit(delta, written, gone, changes=False)
            written.clear()
        return len(gone)
    finally:
        connection.close()


def _whole(
    connection: Any, table: Table, register: Register, files: Sequence[DataFile], written: list[WrittenFile]
) -> Sequence[DataFile]:
    if len(files) < 2:
        return ()
    rows = f"select * from ({files_sql(register, files, table.schema)}) order by key, change, valid_from"  # noqa: S608
    _write(connection, table, rows, {"_layer": "new", "_month": files[0].partition["_month"]}, written)
    return files


def _by_month(
    connection: Any, table: Table, register: Register, files: Sequence[DataFile], written: list[WrittenFile]
) -> Sequence[DataFile]:
    new = [item for item in files if item.partition["_layer"] == "new"]
    base = [item for item in files if item.partition["_layer"] == "base"]
    if not new:
        return ()
    months = {item.partition["_month"] for item in new}
    fresh = files_sql(register, new, table.schema)
    said = f"select key, max((change, valid_from)) as newest from ({fresh}) group by key"  # noqa: S608 (names of ours)
    connection.execute(f"create temp table fresh as {said}")
    for item in base:
        own = files_sql(register, [item], table.schema)
        hit = f"select 1 from ({own}) b semi join fresh on fresh.key = b.key limit 1"  # noqa: S608
        if connection.sql(hit).fetchall():
            months.add(item.partition["_month"])
    gone: list[DataFile] = []
    for month in sorted(months):
        own_new = [item for item in new if item.partition["_month"] == month]
        own_base = [item for item in base if item.partition["_month"] == month]
        rows = files_sql(register, own_new, table.schema)
        standing = files_sql(register, own_base, table.schema)
        counts = "r.change = fresh.newest[1] and r.valid_from = fresh.newest[2]"
        stays = f"""
            select r.* from ({rows}) r join fresh on fresh.key = r.key and {counts}
            qualify row_number() over (partition by r.key order by {LAST}) = 1
            union all select b.* from ({standing}) b anti join fresh on fresh.key = b.key
            order by "{register.date}", key"""  # noqa: S608
        goes = f"""
            select r.* from ({rows}) r join fresh on fresh.key = r.key and not ({counts})
            union all select b.* from ({standing}) b semi join fresh on fresh.key = b.key order by key"""  # noqa: S608
        _write(connection, table, stays, {"_layer": "base", "_month": month}, written)
        _write(connection, table, goes, {"_layer": "old", "_month": month}, written)
        gone += [*own_new, *own_base]
    return gone


def _write(connection: Any, table: Table, query: str, partition: dict[str, str], written: list[WrittenFile]) -> None:
    batches = _batches(connection.sql(query), table.schema)
    first = next(batches, None)
    if first is not None:
        written.append(table.write_file(chain([first], batches), partition))


def _batches(found: Any, schema: Any) -> Iterator[Any]:
    for batch in found.to_arrow_reader(_BATCH):
        if batch.num_rows:
            yield batch.cast(schema)

"""Registers in the lake: what each row said, from when on, by change set (docs/indicators.md).

A register is a Delta table under ``registers/`` of the lake. A later change of a key replaces the earlier one from its
``valid_from`` on, so what a row said on any past day can be asked. The number of the change set is the transaction of
the commit that writes it: the same set twice is written once, also when the writer was killed in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from lantian.indicators.rowtypes import schema_of, table_of
from lantian.lake import Lake, LakeError
from lantian.lake.lock import cannot_write, failures
from lantian.lake.tables import DataFile, Table, WrittenFile, undone_on_failure
from lantian.registers import Register
from lantian.registers.migrating import Mover

FOLDER = "registers"
APPLICATION = "register"
PARTITION = ("_layer", "_month")
# Registers that are not kept by month have one.
WHOLE = "all"
_WAIT = 60.0
_CHUNK = 50_000
# So many rows are held before they go to files: months come in any order.
_HELD = 500_000
# New files are folded when there are so many, or when they hold a quarter of what stands and are worth it.
_FILES, _ROWS, _SHARE = 32, 100_000, 0.25
_LOCAL = timedelta(hours=8)


class Snapshots:
    """The registers' tables of a lake. Nothing is created before the first change set."""

    def __init__(self, root: str | Path, wait: float = _WAIT) -> None:
        self.root = Path(root)
        self._lake = Lake(root, wait)

    def table(self, register: Register) -> Table:
        """The Delta table of a register."""
        return Table(self.root / FOLDER / register.name, schema_of(register), PARTITION, bounded=())

    def names(self) -> list[str]:
        """The registers that have a table."""
        return sorted(path.name for path in (self.root / FOLDER).glob("*") if (path / "_delta_log").is_dir())

    def files(self, register: Register) -> list[DataFile]:
        """The files of the newest version: what a reader pins."""
        return self.table(register).newest()

    def last(self, name: str) -> int | None:
        """The number of the change set that was written last, None if none. LakeError: the table is damaged."""
        delta = Table(self.root / FOLDER / name, None, PARTITION).open()
        return None if delta is None else delta.transaction_version(APPLICATION)

    def append(self, register: Register, rows: Iterable[Mapping[str, Any]], change: int) -> bool:
        """Append a change set in one durable commit; False, and nothing written, where it or a later one is there.

        ``rows`` hold canonical values by field, with ``key``, ``valid_from`` (ISO) and ``gone``. LakeError: a value of
        another type, a declaration that the table does not fit (`rebuild`), or the folder or the disk gives up.
        """
        last = self.last(register.name)
        if last is not None and change <= last:
            return False
        table = self.table(register)
        with undone_on_failure() as written:
            self._write(table, register, rows, change, written)
            with self._lake.writing():
                delta = table.for_writing()
                _fitting(register, delta, table)
                last = delta.transaction_version(APPLICATION)
                if last is not None and change <= last:
                    _drop(written)
                    return False
                table.commit(delta, written, transaction=(APPLICATION, change))
                written.clear()
        if _worth(table.newest()):
            self.fold(register)
        return True

    def rebuild(self, register: Register, rows: Iterable[Mapping[str, Any]], change: int) -> None:
        """Put the whole table anew, in one commit: the declaration changed, or a database was restored."""
        table = self.table(register)
        with undone_on_failure() as written:
            self._write(table, register, rows, change, written)
            with self._lake.writing():
                delta = table.for_writing()
                table.replace(delta, written, transaction=(APPLICATION, change))
                written.clear()

    def move(self, register: Register, mover: Mover, change: int) -> bool:
        """Bring every row under today's declaration in one commit, its day and its change set as they were; False, and
        nothing written, where ``change`` or a later one is there. Files that come meanwhile are moved, too.

        LakeError: a value is too large for its column, or the folder or the disk gives up; nothing has changed then.
        """
        from lantian.indicators.moving import moved

        table = self.table(register)
        made: dict[str, WrittenFile] = {}
        with undone_on_failure() as written:
            while True:
                for item in table.newest():
                    if item.relative not in made:
                        made[item.relative] = self._moved(table, item, moved(register, item.path, mover))
                        written.append(made[item.relative])
                with self._lake.writing():
                    last = self.last(register.name)
                    if last is not None and change <= last:
                        _drop(written)
                        return False
                    delta = table.for_writing()
                    standing = [item.relative for item in table.files(delta)]
                    if not made.keys() >= set(standing):
                        continue
                    table.replace(delta, [made[name] for name in standing], transaction=(APPLICATION, change))
                    stale = [made[name] for name in made.keys() - set(standing)]
                    written.clear()
                    _drop(stale)
                    return True

    def _moved(self, table: Table, item: DataFile, batches: Iterator[Any]) -> WrittenFile:
        try:
            return table.write_file(batches, item.partition)
        except failures() as error:
            raise cannot_write(self.root, error) from error

    def rename(self, before: str, name: str) -> None:
        """Give a register's table another name, in one step; once more, or without a table, does nothing."""
        old, new = self.root / FOLDER / before, self.root / FOLDER / name
        if not old.is_dir() or new.exists():
            return
        with self._lake.writing():
            try:
                old.rename(new)
            except OSError as error:
                raise cannot_write(self.root, error) from error

    def fold(self, register: Register) -> int:
        """Fold small files into large ones; returns how many are gone. Nothing that can be read changes."""
        from lantian.indicators.folding import fold

        with self._lake.writing():
            return fold(self.root, self.table(register), register)

    def vacuum(self, hours: int = 24) -> int:
        """Delete files that no version of the last hours uses; returns how many."""
        with self._lake.writing():
            return sum(Table(self.root / FOLDER / name, None, PARTITION).vacuum(hours) for name in self.names())

    def _write(
        self,
        table: Table,
        register: Register,
        rows: Iterable[Mapping[str, Any]],
        change: int,
        written: list[WrittenFile],
    ) -> None:
        import pyarrow as pa

        held: dict[str, list[Any]] = {}
        count = 0

        def flush() -> None:
            for month, tables in sorted(held.items()):
                partition = {"_layer": "new", "_month": month}
                written.append(table.write_file(pa.concat_tables(tables), partition))
            held.clear()

        try:
            for chunk in _chunks(rows):
                for month, own in _by_month(register, chunk).items():
                    held.setdefault(month, []).append(table_of(register, own, change))
                count += len(chunk)
                if count >= _HELD:
                    flush()
                    count = 0
            flush()
        except failures() as error:
            raise cannot_write(self.root, error) from error


def _drop(written: list[WrittenFile]) -> None:
    for _action, path in written:
        path.unlink(missing_ok=True)
    written.clear()


def _chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _by_month(register: Register, rows: list[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows by the month (in China) of their date; all together where the register is not kept in the lake."""
    if register.store != "lake":
        return {WHOLE: rows}
    dated = register.field(register.date).type == "date"
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        text = row.get(register.date)
        month = WHOLE if not text else text[:7] if dated else f"{datetime.fromisoformat(text) + _LOCAL:%Y-%m}"
        found.setdefault(month, []).append(row)
    return found


def _fitting(register: Register, delta: Any, table: Table) -> None:
    """Refuse a table whose columns have other types than the register declares today."""
    from deltalake import Schema

    kept = {field.name: field.type for field in delta.schema().fields}
    for field in Schema.from_arrow(table.schema).fields:
        if kept.get(field.name, field.type) != field.type:
            raise LakeError(
                f"台账 {register.name} 的列 {field.name} 类型已变，需要重建快照",
                f"register {register.name}: the type of {field.name} changed, the snapshot must be rebuilt",
            )


def _worth(files: list[DataFile]) -> bool:
    fresh = [item for item in files if item.partition["_layer"] == "new"]
    rows = sum(item.rows for item in fresh)
    base = sum(item.rows for item in files if item.partition["_layer"] == "base")
    return len(fresh) >= _FILES or (len(fresh) > 1 and rows >= _ROWS and rows >= base * _SHARE)

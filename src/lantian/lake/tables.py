"""One Delta table of the lake: the file list of a version, and commits that add and remove files at once.

The Parquet files are written here and not by deltalake, because the layout is the point: sorted, one file per date or
per part. deltalake keeps the log: versions, application transactions, checkpoints, vacuum.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.lake import log
from lantian.lake.errors import LakeError

if TYPE_CHECKING:
    from deltalake import DeltaTable

# Bounds of these columns are kept in the log, so that files are chosen without opening them.
_BOUNDED = ("factor", "interval", "sequence", "time")
_CONFIGURATION = {
    "delta.logRetentionDuration": "interval 7 days",
    "delta.deletedFileRetentionDuration": "interval 1 days",
}


@dataclass(frozen=True)
class DataFile:
    """A file of one version. ``low`` and ``high`` bound some columns (text, numbers, instants)."""

    path: Path
    relative: str
    size: int
    rows: int
    partition: Mapping[str, str]
    low: Mapping[str, Any]
    high: Mapping[str, Any]


# A file that was written and belongs to no version yet: what the log will say of it, and where it is.
WrittenFile = tuple[Any, Path]


@contextmanager
def undone_on_failure() -> Iterator[list[WrittenFile]]:
    """A list for files that are written; what is still in it when something fails is deleted."""
    written: list[WrittenFile] = []
    try:
        yield written
    except BaseException:
        for _action, path in written:
            path.unlink(missing_ok=True)
        raise


class Table:
    """A Delta table in a folder. Nothing is created before the first commit. ``bounded``: the columns whose least and
    greatest values the log keeps."""

    def __init__(self, folder: Path, schema: Any, partition: Sequence[str], bounded: Sequence[str] = _BOUNDED) -> None:
        self.folder = folder
        self.schema = schema
        self.partition = tuple(partition)
        self.bounded = tuple(bounded)

    def version(self) -> int:
        """The newest version by the names of the log; −1 where there is no table."""
        return max((int(path.stem) for path in self._commits()), default=-1)

    def _commits(self) -> list[Path]:
        try:
            return [path for path in (self.folder / log.LOG).glob("*.json") if path.stem.isdigit()]
        except OSError as error:
            raise self._damaged(error) from error

    def open(self) -> DeltaTable | None:
        """The newest version, or None. LakeError: the log is damaged."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        if not (self.folder / log.LOG).is_dir():
            return None
        if not any((self.folder / log.LOG).iterdir()):
            return None
        try:
            return DeltaTable(self.folder)
        except (DeltaError, OSError, ValueError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> LakeError:
        reason = str(error).split("\n")[0][:200]
        return LakeError(
            f"{self.folder}：不是可读的 Delta 表（{reason}）", f"{self.folder}: no readable Delta table ({reason})"
        )

    def newest(self) -> list[DataFile]:
        """The files of the newest version, none where there is no table: what a reader needs. LakeError: the log is
        damaged."""
        try:
            found = log.adds(self.folder)
            return [self._listed(add) for add in found or ()]
        except log.NotPlain:
            return self.files(self.open())

    def _listed(self, add: Mapping[str, Any]) -> DataFile:
        try:
            stats = json.loads(add["stats"] or "{}")
            low, high = stats.get("minValues") or {}, stats.get("maxValues") or {}
            return DataFile(
                self.folder / add["path"],
                add["path"],
                add["size"],
                stats.get("numRecords") or 0,
                {name: str(add["partitionValues"][name]) for name in self.partition},
                _bounds(low),
                _bounds(high),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise log.NotPlain(str(error)) from error

    def files(self, table: DeltaTable | None) -> list[DataFile]:
        """The files of the version that ``table`` stands at."""
        if table is None:
            return []
        actions = table.get_add_actions(flatten=True)
        columns = {name: actions.column(name).to_pylist() for name in actions.column_names}
        found = []
        for at, relative in enumerate(columns["path"]):
            found.append(
                DataFile(
                    self.folder / relative,
                    relative,
                    columns["size_bytes"][at],
                    columns["num_records"][at] or 0,
                    {name: str(columns[f"partition.{name}"][at]) for name in self.partition},
                    {name: columns[f"min.{name}"][at] for name in _BOUNDED if f"min.{name}" in columns},
                    {name: columns[f"max.{name}"][at] for name in _BOUNDED if f"max.{name}" in columns},
                )
            )
        return found

    def for_writing(self) -> DeltaTable:
        """The newest version, created where there is none; columns that this release added are added to it."""
        from deltalake import DeltaTable, Schema

        self._drop_torn_commit()
        table = self.open()
        if table is None:
            return DeltaTable.create(
                self.folder, self._everything(), partition_by=list(self.partition), configuration=_CONFIGURATION
            )
        known = {field.name for field in table.schema().fields}
        missing = [field for field in Schema.from_arrow(self.schema).fields if field.name not in known]
        if missing:
            table.alter.add_columns(missing)
        return table

    def _everything(self) -> Any:
        """The columns, those that are kept in folders' names included."""
        import pyarrow as pa

        found = self.schema
        for name in self.partition:
            found = found.append(pa.field(name, pa.string()))
        return found

    def _drop_torn_commit(self) -> None:
        """A machine that lost power may keep the name of the last commit without its content; nobody was told of it."""
        newest = max(self._commits(), default=None, key=lambda path: int(path.stem))
        if newest is not None and newest.stat().st_size == 0:
            newest.unlink()

    def write_file(self, data: Any, partition: Mapping[str, str], **options: Any) -> WrittenFile:
        """Write an Arrow table (or an iterable of record batches) as one durable Parquet file.

        What a table's schema says beside its columns stands in the file, too. The file belongs to no version before it
        is given to `commit`.
        """
        import uuid

        import pyarrow as pa
        import pyarrow.parquet as pq
        from deltalake.transaction import AddAction

        place = "/".join(f"{name}={partition[name]}" for name in self.partition)
        relative = f"{place}/{uuid.uuid4().hex}.parquet".lstrip("/")
        path = self.folder / relative
        batches: Iterable[Any] = data.to_batches() if isinstance(data, pa.Table) else data
        schema = self.schema.with_metadata(data.schema.metadata) if isinstance(data, pa.Table) else self.schema
        bounds = _Bounds(self.bounded)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as handle:
                with pq.ParquetWriter(handle, schema, compression="zstd", **_parquet(options)) as writer:
                    for batch in batches:
                        bounds.see(batch)
                        writer.write_batch(batch, options.get("row_group_size"))
                handle.flush()
                os.fsync(handle.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        action = AddAction(
            relative, path.stat().st_size, dict(partition), int(time.time() * 1000), True, bounds.statistics()
        )
        return action, path

    def commit(
        self,
        table: DeltaTable,
        adds: Sequence[WrittenFile],
        removes: Sequence[DataFile] = (),
        transaction: tuple[str, int] | None = None,
        by: str | None = None,
        changes: bool = True,
    ) -> None:
        """One version: ``adds`` in, ``removes`` out, durable when this returns.

        ``changes`` False: the same rows in other files (compaction), which readers of changes may skip.
        """
        from deltalake.transaction import RemoveAction

        now = int(time.time() * 1000)
        for action, _path in adds:
            action.data_change = changes
        gone = [RemoveAction(item.relative, changes, now, item.size, dict(item.partition)) for item in removes]
        actions = [*(action for action, _path in adds), *gone]
        self._commit(table, actions, "append", table.schema(), transaction, by)

    def replace(self, table: DeltaTable, adds: Sequence[WrittenFile], transaction: tuple[str, int]) -> None:
        """One version that holds ``adds`` and nothing else, in today's columns, durable when this returns."""
        from deltalake import Schema

        schema = Schema.from_arrow(self._everything())
        self._commit(table, [action for action, _path in adds], "overwrite", schema, transaction, None)

    def _commit(
        self,
        table: DeltaTable,
        actions: list[Any],
        mode: str,
        schema: Any,
        transaction: tuple[str, int] | None,
        by: str | None,
    ) -> None:
        from deltalake import CommitProperties, Transaction

        from lantian.lake.lock import failures

        before = self.version()
        try:
            table.create_write_transaction(
                actions,
                mode,
                schema,
                list(self.partition),
                commit_properties=CommitProperties(
                    custom_metadata={"userName": by} if by else None,
                    app_transactions=[Transaction(*transaction)] if transaction else None,
                ),
            )
        except failures():
            # A checkpoint that fails after the commit does not undo it.
            if self.version() == before:
                raise
        folder = self.folder / log.LOG
        with (folder / f"{self.version():020}.json").open("rb") as handle:
            os.fsync(handle.fileno())
        sync_folder(folder)

    def vacuum(self, hours: int) -> int:
        """Delete files that no version of the last ``hours`` uses; returns how many."""
        table = self.open()
        if table is None:
            return 0
        return len(table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True))


def _parquet(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "row_group_size"}


class _Bounds:
    """Least and greatest of some columns of what is written, as Delta's statistics."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.rows = 0
        self.low: dict[str, Any] = {}
        self.high: dict[str, Any] = {}

    def see(self, batch: Any) -> None:
        import pyarrow.compute as pc

        self.rows += batch.num_rows
        for name in self.columns:
            if name in batch.schema.names:
                both = pc.min_max(batch.column(name)).as_py()
                if both["min"] is not None:
                    self.low[name] = min(self.low.get(name, both["min"]), both["min"])
                    self.high[name] = max(self.high.get(name, both["max"]), both["max"])

    def statistics(self) -> str:
        return json.dumps(
            {
                "numRecords": self.rows,
                "minValues": {name: _plain(value) for name, value in self.low.items()},
                "maxValues": {name: _plain(value) for name, value in self.high.items()},
                "nullCount": {},
            }
        )


def _bounds(said: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds as the log has them, instants as instants; the other way round: `_plain`."""
    known = {name: said[name] for name in _BOUNDED if said.get(name) is not None}
    return known if "time" not in known else {**known, "time": datetime.fromisoformat(known["time"])}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

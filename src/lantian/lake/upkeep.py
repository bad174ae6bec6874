"""Upkeep: small files folded into large ones, old raw dates dropped, files deleted that no recent version uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from lantian.lake import raw
from lantian.lake.blocks import LOCAL_HOURS, PARQUET, in_order, merged
from lantian.lake.errors import LakeError
from lantian.lake.tables import DataFile, Table, undone_on_failure

if TYPE_CHECKING:
    from lantian.lake.store import Lake

_FOLD_MEGABYTES = 2048
_SPILL = ".spill"
# A reader that pinned a version may read its files for this long (contracts §7).
_LEAST_HOURS = 24


@dataclass
class Compacted:
    """What compaction did."""

    folded: int = 0
    into: int = 0
    dropped: int = 0
    deleted: int = 0
    dates: list[str] = field(default_factory=list)


def compact(lake: Lake, keep_days: int | None, thorough: bool, vacuum_hours: int) -> Compacted:
    """`Lake.compact`."""
    if vacuum_hours < _LEAST_HOURS:
        raise LakeError(
            "清理前至少保留 24 小时的旧版本，否则会中断正在读取的进程",
            "old versions are kept for 24 hours at least: readers may still use them",
        )
    done = Compacted()
    if not lake.exists():
        return done
    for name in ("raw", "quarantine"):
        if keep_days is not None:
            _drop(lake, name, keep_days, done)
        table = lake.table(name)
        for day, _files, _whole in raw.plan(table.files(table.open()), thorough):
            _fold_date(lake, name, day, thorough, done)
    for part in _parts(lake):
        _fold_hours(lake, part, done)
    for name in ("correction", "review"):
        _fold_whole(lake, name, done)
    with lake.writing():
        done.deleted = sum(lake.table(name).vacuum(vacuum_hours) for name in lake.tables)
        # The registers' snapshots fold themselves (lantian.indicators.snapshots); what they no longer use goes here.
        done.deleted += sum(Table(path, None, ()).vacuum(vacuum_hours) for path in lake.registers())
    return done


def _today() -> date:
    return (datetime.now(UTC) + timedelta(hours=LOCAL_HOURS)).date()


def _drop(lake: Lake, name: str, keep_days: int, done: Compacted) -> None:
    with lake.writing():
        table = lake.table(name)
        delta = table.open()
        if delta is None:
            return
        gone = raw.outdated(table.files(delta), keep_days, _today())
        if gone:
            table.commit(delta, [], gone)
            done.dropped += sum(item.rows for item in gone)


def _fold_date(lake: Lake, name: str, day: str, thorough: bool, done: Compacted) -> None:
    from lantian.lake.query import Limits, connect

    with lake.writing(), undone_on_failure() as written:
        table = lake.table(name)
        delta = table.for_writing()
        own = [item for item in table.files(delta) if item.partition["date"] == day]
        for _day, files, whole in raw.plan(own, thorough):
            connection = connect(lake.root, Limits(megabytes=_FOLD_MEGABYTES), lake.root / _SPILL)
            try:
                for layer, batches in raw.folded(connection, files, whole):
                    some = _some(batches)
                    if some is not None:
                        written.append(table.write_file(some, {"layer": layer, "date": day}, **raw.PARQUET))
            finally:
                connection.close()
            count = len(written)
            table.commit(delta, written, files, changes=False)
            written.clear()
            done.folded += len(files)
            done.into += count
            done.dates.append(day)


def _some(batches: Iterator[Any]) -> Iterator[Any] | None:
    first = next(batches, None)
    return None if first is None else chain([first], batches)


def _parts(lake: Lake) -> list[tuple[str, str]]:
    table = lake.table("hours")
    return sorted(
        {
            (item.partition["part"], item.partition["year"])
            for item in table.files(table.open())
            if item.partition["layer"] == "new"
        }
    )


def _fold_hours(lake: Lake, part: tuple[str, str], done: Compacted) -> None:
    with lake.writing(), undone_on_failure() as written:
        table = lake.table("hours")
        delta = table.for_writing()
        factors: dict[str, list[DataFile]] = defaultdict(list)
        for item in table.files(delta):
            if (item.partition["part"], item.partition["year"]) == part:
                factors[item.low["factor"]].append(item)
        gone = []
        for factor, files in sorted(factors.items()):
            if all(item.partition["layer"] == "base" for item in files):
                continue
            data = merged(in_order(files), factor)
            partition = {"layer": "base", "part": part[0], "year": part[1]}
            written.append(table.write_file(data, partition, **PARQUET))
            gone += files
        if gone:
            count = len(written)
            table.commit(delta, written, gone, changes=False)
            written.clear()
            done.folded += len(gone)
            done.into += count


def _fold_whole(lake: Lake, name: str, done: Compacted) -> None:
    """A table of few rows as one file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with lake.writing(), undone_on_failure() as written:
        table = lake.table(name)
        delta = table.open()
        files = table.files(delta)
        if delta is None or len(files) < 2:
            return
        rows = pa.concat_tables([pq.read_table(item.path, schema=table.schema) for item in files])
        written.append(table.write_file(rows, {}))
        table.commit(delta, written, files, changes=False)
        written.clear()
        done.folded += len(files)
        done.into += 1

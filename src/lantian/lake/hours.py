"""Writing hours: what is written is compared with what stands there, and only the difference is stored."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lantian.lake.blocks import (
    HOUR,
    PARQUET,
    Cells,
    Floats,
    HourBlock,
    first_of,
    floats,
    in_order,
    integers,
    local_year,
    merged,
    rows_of,
)
from lantian.lake.errors import LakeError, SeriesRefused
from lantian.lake.tables import DataFile, WrittenFile

if TYPE_CHECKING:
    from lantian.lake.store import Lake

# A part of this many stations and a year is about 5 MB a factor: windows over it stay in the processor's cache.
STATIONS_A_PART = 100
# (station, factor, hour since 1970 UTC)
Hour = tuple[str, str, int]
_SAME = 1e-9  # means are summed in any order
_STATED = ("unit", "source", "hour_label", "time_zone", "reference_state")
_ZH = {"unit": "单位", "hour_label": "小时标签", "time_zone": "时区", "reference_state": "参比状态"}


@dataclass
class Written:
    """What one write changed: values that are new, values that were replaced (kept in ``correction``), and the files
    that now lie beside a part's base until compaction."""

    added: int = 0
    corrected: int = 0
    beside: int = 0


@dataclass
class _Writer:
    """One write: what stands in the lake, and the rows that will be added to it."""

    lake: Lake
    by: str | None
    now: int
    sequence: int
    files: dict[tuple[int, int, str], list[DataFile]]
    written: list[WrittenFile]
    done: Written = field(default_factory=Written)
    corrections: list[dict[str, Any]] = field(default_factory=list)

    def part(self, part: int, block: HourBlock, rows: Sequence[int], first: int, values: Floats) -> None:
        """Write rows of a block that lie in one part and one year."""
        year = local_year(first)
        standing = self.files.get((part, year, block.factor), [])
        order = sorted(range(len(rows)), key=lambda at: block.stations[rows[at]])
        names = [block.stations[rows[at]] for at in order]
        new = values[order]
        if standing:
            changed = self._changes(names, block.factor, first, new, in_order(standing))
        else:
            changed = np.ones(new.shape, dtype=bool)
            self.done.added += int(np.isfinite(new).sum())
        station, hour = np.nonzero(changed)
        if not len(station):
            return
        table = rows_of(names, block.factor, station, hour + first, new[station, hour], self.sequence, self.now)
        layer = "new" if standing else "base"
        self.done.beside += bool(standing)
        partition = {"layer": layer, "part": str(part), "year": str(year)}
        self.written.append(self.lake.table("hours").write_file(table, partition, **PARQUET))

    def _changes(
        self, names: Sequence[str], factor: str, first: int, new: Floats, standing: Sequence[DataFile]
    ) -> NDArray[np.bool_]:
        cells = Cells({name: at for at, name in enumerate(names)}, first, new.shape[1])
        for item in standing:
            cells.fill(item.path)
        old = cells.value
        at = np.arange(new.shape[1])
        outside = (at < cells.low[:, None]) | (at > cells.high[:, None])
        said = np.isfinite(new)
        replaced = said & np.isfinite(old) & (new != old)
        self.done.added += int((said & np.isnan(old)).sum())
        self.done.corrected += int(replaced.sum())
        for row, hour in zip(*np.nonzero(replaced), strict=True):
            self.corrections.append(
                {
                    "station": names[row],
                    "factor": factor,
                    "time": _instant((int(hour) + first) * HOUR),
                    "old_value": float(old[row, hour]),
                    "new_value": float(new[row, hour]),
                    "by": self.by,
                    "recorded": _instant(self.now),
                }
            )
        changed: NDArray[np.bool_] = outside | replaced | (said & np.isnan(old))
        return changed


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def write(lake: Lake, blocks: Sequence[HourBlock], by: str | None, written: list[WrittenFile]) -> Written:
    """`Lake.write_blocks` under the lock; ``written`` hears of every file until it is committed."""
    checked = [_finite(block) for block in blocks]
    known = series(lake)
    table = lake.table("hours")
    delta = table.for_writing()
    now = time.time_ns() // 1000
    merged = _merged_series(checked, known, now)
    writer = _Writer(lake, by, now, delta.version() + 1, _by_part(table.files(delta)), written)
    seen: set[tuple[str, str]] = set()
    for block in checked:
        for name in block.stations:
            if (name, block.factor) in seen:
                raise LakeError(
                    f"{name} 的 {block.factor} 一次写入两遍", f"{block.factor} of {name} is written twice at once"
                )
            seen.add((name, block.factor))
        for part, rows in _parts(block, merged):
            for first, own in _years(block.first(), block.values[rows]):
                writer.part(part, block, rows, first, own)
    hours = list(written)
    if merged != known:
        _replace_series(lake, merged, written)
    if writer.corrections:
        _append_corrections(lake, writer.corrections, by, written)
    if hours:
        table.commit(delta, hours, by=by)
        written.clear()
    return writer.done


def withdraw(lake: Lake, hours: Mapping[Hour, float], by: str | None, written: list[WrittenFile]) -> int:
    """`Lake.withdraw_hours` under the lock; ``written`` hears of every file until it is committed."""
    known = series(lake)
    table = lake.table("hours")
    delta = table.for_writing()
    now, sequence = time.time_ns() // 1000, delta.version() + 1
    wanted: dict[tuple[int, int, str], dict[tuple[str, int], float]] = defaultdict(dict)
    for (station, factor, hour), old in hours.items():
        if (station, factor) in known:
            wanted[known[station, factor]["part"], local_year(hour), factor][station, hour] = old
    files = _by_part(table.files(delta))
    gone: list[DataFile] = []
    corrections: list[dict[str, Any]] = []
    for (part, year, factor), own in sorted(wanted.items()):
        standing = files.get((part, year, factor))
        found = _emptied(merged(in_order(standing), factor), factor, own, sequence, now) if standing else None
        if standing and found:
            partition = {"layer": "base", "part": str(part), "year": str(year)}
            written.append(table.write_file(found[0], partition, **PARQUET))
            gone += standing
            corrections += [{**row, "by": by, "recorded": _instant(now)} for row in found[1]]
    if corrections:
        fresh = list(written)
        _append_corrections(lake, corrections, by, written)
        table.commit(delta, fresh, gone, by=by)
        written.clear()
    return len(corrections)


def _emptied(
    data: Any, factor: str, wanted: Mapping[tuple[str, int], float], sequence: int, now: int
) -> tuple[Any, list[dict[str, Any]]] | None:
    """A part without the values of ``wanted``, and what is to be remembered of them; None where none stands."""
    names = data.column("station").unique().to_pylist()
    place = {name: at for at, name in enumerate(names)}
    station = data.column("station").combine_chunks().dictionary_encode().indices.to_numpy()
    hour, value = integers(data.column("time").chunk(0)) // HOUR, floats(data.column("value").chunk(0)).copy()
    steps = integers(data.column("sequence").chunk(0)).copy()
    stamps = integers(data.column("recorded").chunk(0).cast("int64").fill_null(0)).copy()
    corrections = []
    for (name, at), old in sorted(wanted.items()):
        rows = np.flatnonzero((station == place.get(name, -1)) & (hour == at))
        if len(rows) and math.isclose(value[rows[0]], old, rel_tol=_SAME):
            value[rows[0]], steps[rows[0]], stamps[rows[0]] = np.nan, sequence, now
            moment = _instant(at * HOUR)
            corrections.append({"station": name, "factor": factor, "time": moment, "old_value": old, "new_value": None})
    return (rows_of(names, factor, station, hour, value, steps, stamps), corrections) if corrections else None


def _finite(block: HourBlock) -> HourBlock:
    from dataclasses import replace

    block.first()
    values = np.asarray(block.values, dtype=np.float64)
    return replace(block, values=np.where(np.isfinite(values), values, np.nan))


def _by_part(files: Sequence[DataFile]) -> dict[tuple[int, int, str], list[DataFile]]:
    found: dict[tuple[int, int, str], list[DataFile]] = defaultdict(list)
    for item in files:
        found[int(item.partition["part"]), int(item.partition["year"]), item.low["factor"]].append(item)
    return found


def _parts(block: HourBlock, known: dict[tuple[str, str], dict[str, Any]]) -> Iterator[tuple[int, list[int]]]:
    parts: dict[int, list[int]] = defaultdict(list)
    for row, name in enumerate(block.stations):
        parts[known[name, block.factor]["part"]].append(row)
    yield from sorted(parts.items())


def _years(first: int, values: Floats) -> Iterator[tuple[int, Floats]]:
    """(first hour, values) of each local year of an array."""
    begin, end = first, first + values.shape[1]
    while begin < end:
        until = min(end, first_of(date(local_year(begin) + 1, 1, 1)))
        yield begin, values[:, begin - first : until - first]
        begin = until


def series(lake: Lake) -> dict[tuple[str, str], dict[str, Any]]:
    """What is known of every (station, factor) with hours."""
    table = lake.table("series")
    rows = (row for item in table.newest() for row in rows_in(item, table.schema))
    return {(row["station"], row["factor"]): row for row in rows}


def rows_in(item: DataFile, schema: Any) -> list[dict[str, Any]]:
    """The rows of a small file in the columns of a schema; instants are microseconds since 1970."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(item.path) as file:
            rows = file.read(use_threads=False).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise LakeError(f"{item.path}：文件损坏或已被删除", f"{item.path}: the file is damaged or gone") from error
    # Instants stay whole microseconds, viewed and not cast: Python's objects need pandas where it is installed, and
    # casts need pyarrow.compute, which takes as long to import as all the hours to read.
    columns = {
        name: column.chunk(0).view(pa.int64()) if pa.types.is_timestamp(column.type) and column.num_chunks else column
        for name, column in zip(rows.column_names, rows.columns, strict=True)
    }
    lists = {name: columns[name].to_pylist() if name in columns else [None] * rows.num_rows for name in schema.names}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _merged_series(
    blocks: Sequence[HourBlock], known: dict[tuple[str, str], dict[str, Any]], now: int
) -> dict[tuple[str, str], dict[str, Any]]:
    """Known series with what the blocks state.

    SeriesRefused: another unit, time zone or reference state than the series has, or the same source under another hour
    label: the same hours would be stored again, one beside the other.
    """
    found = dict(known)
    parts = {station: row["part"] for (station, _factor), row in known.items()}
    for block in blocks:
        for name in block.stations:
            part = parts.setdefault(name, len(parts) // STATIONS_A_PART)
            old = found.get((name, block.factor))
            row = old or {"station": name, "factor": block.factor, "part": part, **dict.fromkeys(_STATED)}
            stated = {what: getattr(block, what) for what in _STATED}
            for what, zh in _ZH.items():
                if what == "hour_label" and row["source"] != block.source:
                    continue
                if row[what] and stated[what] and row[what] != stated[what]:
                    raise SeriesRefused(
                        f"{name} 的 {block.factor} 在库中{zh}为 {row[what]}，来的是 {stated[what]}",
                        f"{block.factor} of {name} has here {what.replace('_', ' ')} {row[what]}, not {stated[what]}",
                    )
            fresh = {**row, **{what: said for what, said in stated.items() if said}}
            if fresh != old:
                found[name, block.factor] = {**fresh, "recorded": now}
    return found


def _replace_series(lake: Lake, rows: dict[tuple[str, str], dict[str, Any]], written: list[WrittenFile]) -> None:
    import pyarrow as pa

    table = lake.table("series")
    delta = table.for_writing()
    data = pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=table.schema)
    file = table.write_file(data, {})
    written.append(file)
    table.commit(delta, [file], table.files(delta))
    written.remove(file)


def _append_corrections(lake: Lake, rows: Sequence[dict[str, Any]], by: str | None, written: list[WrittenFile]) -> None:
    import pyarrow as pa

    table = lake.table("correction")
    delta = table.for_writing()
    file = table.write_file(pa.Table.from_pylist(list(rows), schema=table.schema), {})
    written.append(file)
    table.commit(delta, [file], by=by)
    written.remove(file)

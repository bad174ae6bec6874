"""Hours as dense arrays, read from and laid out for the files of the table ``hours``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lantian.lake.errors import LakeError
from lantian.lake.tables import DataFile

HOUR = 3_600_000_000
LOCAL_HOURS = 8
# What a file says of itself: its runs, each a station's hours without a gap. Readers then need only the values.
RUNS = b"lantian.runs"
# More cells than this want more memory than a desk has.
MOST_CELLS = 400_000_000
PARQUET = {
    "use_dictionary": ["station", "factor", "value", "recorded", "sequence"],
    "column_encoding": {"time": "DELTA_BINARY_PACKED"},
    "row_group_size": 16 * 8784,
}

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class HourBlock:
    """Values of one factor: a row per station, a column per hour, NaN where nothing is said; ``first_hour`` (aware)
    begins the first hour. What the source did not state stays None."""

    stations: Sequence[str]
    factor: str
    first_hour: datetime
    values: Floats
    unit: str | None
    source: str | None
    hour_label: str | None = None
    time_zone: str | None = None
    reference_state: str | None = None

    def first(self) -> int:
        """Hours since 1970 (UTC) of the first column. LakeError: the block is not what it says."""
        if self.first_hour.tzinfo is None or self.first_hour.timestamp() % 3600:
            raise LakeError("首小时必须带时区并为整点", "the first hour must be a full hour with its time zone")
        if self.values.shape[:1] != (len(self.stations),) or self.values.ndim != 2:
            raise LakeError("数组的形状与站点数不符", "the array does not have a row per station")
        if len(set(self.stations)) != len(self.stations):
            raise LakeError("同一站点重复出现", "a station stands twice in one block")
        return int(self.first_hour.timestamp()) // 3600


@dataclass
class Cells:
    """A window of (station, hour) being filled from files, oldest first; an empty value never erases one."""

    stations: dict[str, int]
    first: int
    hours: int
    value: Floats = field(init=False)
    low: Ints = field(init=False)
    high: Ints = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.stations), self.hours)
        if shape[0] * shape[1] > MOST_CELLS:
            raise LakeError(
                f"{shape[0]} 个站点 {shape[1]} 小时超出可处理范围，请缩小范围",
                f"{shape[0]} stations and {shape[1]} hours are more than can be held: ask for less",
            )
        self.value = np.full(shape, np.nan)
        self.low = np.full(shape[0], self.hours, dtype=np.int64)
        self.high = np.full(shape[0], -1, dtype=np.int64)

    def fill(self, path: Path) -> None:
        """Take over what one file says."""
        for row, start, values, hours in _runs(path, self.stations):
            if start is None:
                self._scatter(row, hours - self.first, values)
                continue
            at = start - self.first
            low, high = max(at, 0), min(at + len(values), self.hours)
            if low >= high:
                continue
            own, said = self.value[row, low:high], values[low - at : high - at]
            if self.high[row] < low or self.low[row] >= high:
                own[:] = said  # nothing stands there yet
            else:
                np.copyto(own, said, where=~np.isnan(said))
            self._extend(row, low, high - 1)

    def _scatter(self, row: int, at: Ints, values: Floats) -> None:
        inside = (at >= 0) & (at < self.hours)
        if not inside.any():
            return
        self._extend(row, int(at[inside].min()), int(at[inside].max()))
        said = inside & ~np.isnan(values)
        self.value[row, at[said]] = values[said]

    def _extend(self, row: int, low: int, high: int) -> None:
        self.low[row] = min(self.low[row], low)
        self.high[row] = max(self.high[row], high)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A file of hours. LakeError names the file where it is damaged or gone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, read_dictionary=["station"], memory_map=True) as file:
            yield file
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = str(error).split("\n")[0][:160]
        raise LakeError(
            f"{path}：文件损坏或已被删除（{reason}）", f"{path}: the file is damaged or gone ({reason})"
        ) from error


def read(path: Path, columns: Sequence[str]) -> Any:
    """Columns of a file of hours. LakeError names the file where it is damaged or gone."""
    with _opened(path) as file:
        return file.read(columns=list(columns), use_threads=False).combine_chunks()


def floats(array: Any) -> Floats:
    """An Arrow array of doubles as NumPy's, NaN where null."""
    found = _plain(array, np.float64)
    if not array.null_count:
        return found
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], dtype=np.uint8), bitorder="little")
    return np.where(bits[array.offset : array.offset + len(array)], found, np.nan)


def integers(array: Any) -> Ints:
    """An Arrow array of whole numbers or instants as NumPy's; what is null is undefined."""
    return _plain(array, np.int32 if array.type.bit_width == 32 else np.int64)


def _plain(array: Any, kind: Any) -> NDArray[Any]:
    # pyarrow's own to_numpy imports pandas where it is installed, which takes longer than all else.
    if not len(array):
        return np.empty(0, dtype=kind)
    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]


_NO_HOURS = np.empty(0, dtype=np.int64)


def _runs(path: Path, stations: dict[str, int]) -> Iterator[tuple[int, int | None, Floats, Ints]]:
    """(row of the station, first hour or None where hours are left out, values, hours) of each run of one station.

    Where the file says its runs itself, its values are all that is read.
    """
    said, values = _said(path)
    if said is not None:
        begin = 0
        for name, first, count in said:
            row = stations.get(name)
            if row is not None:
                yield row, first, values[begin : begin + count], _NO_HOURS
            begin += count
        return
    table = read(path, ("station", "time", "value"))
    if not table.num_rows:
        return
    column = table.column("station").chunk(0)
    codes = integers(column.indices)
    rows = [stations.get(name) for name in column.dictionary.to_pylist()]
    times = integers(table.column("time").chunk(0))
    values = floats(table.column("value").chunk(0))
    for begin, end in _bounds(codes):
        row = rows[codes[begin]]
        if row is None:
            continue
        own = times[begin:end]
        if int(own[-1] - own[0]) // HOUR == end - begin - 1:
            yield row, int(own[0]) // HOUR, values[begin:end], own
        else:
            yield row, None, values[begin:end], own // HOUR


def _said(path: Path) -> tuple[list[tuple[str, int, int]] | None, Floats]:
    """The runs that a file was written with, as (station, first hour, hours), and its values; None: it names none."""
    with _opened(path) as file:
        text = (file.metadata.metadata or {}).get(RUNS)
        runs = json.loads(text) if text else None
        if runs is None or sum(count for _, _, count in runs) != file.metadata.num_rows:
            return None, np.empty(0)
        column = file.read(columns=["value"], use_threads=False).combine_chunks().column("value")
        return runs, floats(column.chunk(0)) if column.num_chunks else np.empty(0)


def _bounds(codes: Ints) -> Iterator[tuple[int, int]]:
    """Where runs of the same code begin and end."""
    begins = np.concatenate(([0], np.flatnonzero(codes[1:] != codes[:-1]) + 1, [len(codes)]))
    yield from zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True)


def _runs_of(names: Sequence[str], station: Ints, hour: Ints) -> dict[bytes, bytes]:
    """What a file says of its runs, nothing where a station's hours are not one after the other."""
    if not len(station):
        return {}
    runs = []
    for begin, end in _bounds(station):
        if int(hour[end - 1] - hour[begin]) != end - begin - 1:
            return {}
        runs.append((names[int(station[begin])], int(hour[begin]), end - begin))
    return {RUNS: json.dumps(runs, ensure_ascii=False).encode()}


def rows_of(
    names: Sequence[str],
    factor: str,
    station: Ints,
    hour: Ints,
    value: Floats,
    sequence: Ints | int,
    recorded: Ints | int,
) -> Any:
    """An Arrow table of hours; ``recorded`` in µs since 1970, 0 where nothing was recorded. NaN becomes null."""
    import pyarrow as pa

    from lantian.lake import schema

    count = len(station)
    stamps = np.broadcast_to(np.asarray(recorded, dtype=np.int64), count)
    steps = np.broadcast_to(np.asarray(sequence, dtype=np.int64), count)
    stations = pa.DictionaryArray.from_arrays(pa.array(station.astype(np.int32)), pa.array(names, pa.string()))
    return pa.table(
        [
            stations.cast(pa.string()),
            pa.array([factor], pa.string()).take(pa.array(np.zeros(count, dtype=np.int32))),
            pa.array(hour * HOUR).cast(schema.INSTANT),
            pa.array(value, mask=np.isnan(value)),
            pa.array(steps),
            pa.array(stamps, mask=stamps == 0).cast(schema.INSTANT),
        ],
        schema=schema.HOUR.with_metadata(_runs_of(names, station, hour)),
    )


def merged(files: Sequence[DataFile], factor: str) -> Any:
    """The files of one factor and part and year as one dense, sorted Arrow table: what compaction writes."""
    import pyarrow as pa

    names: set[str] = set()
    tables = []
    for item in files:
        table = read(item.path, ("station", "time", "value", "sequence", "recorded"))
        tables.append(table)
        names.update(table.column("station").unique().to_pylist())
    order = sorted(names)
    place = {name: at for at, name in enumerate(order)}
    times = [integers(table.column("time").chunk(0)) // HOUR for table in tables]
    first, last = min(int(own.min()) for own in times), max(int(own.max()) for own in times)
    shape = (len(order), last - first + 1)
    value = np.full(shape, np.nan)
    sequence, recorded = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    seen = np.zeros(shape, dtype=bool)
    for table, hour in zip(tables, times, strict=True):
        column = table.column("station").chunk(0)
        row = np.array([place[name] for name in column.dictionary.to_pylist()])[integers(column.indices)]
        at = hour - first
        said = floats(table.column("value").chunk(0))
        stands = ~seen[row, at] | ~np.isnan(said)
        seen[row, at] = True
        row, at = row[stands], at[stands]
        value[row, at] = said[stands]
        sequence[row, at] = integers(table.column("sequence").chunk(0))[stands]
        stamps = table.column("recorded").chunk(0).cast(pa.int64()).fill_null(0)
        recorded[row, at] = integers(stamps)[stands]
    # Every hour between a station's first and last is a row.
    hours = np.arange(shape[1])
    begin = np.argmax(seen, axis=1)[:, None]
    end = shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)[:, None]
    station, hour = np.nonzero((hours >= begin) & (hours <= end))
    return rows_of(
        order, factor, station, hour + first, value[station, hour], sequence[station, hour], recorded[station, hour]
    )


def in_order(files: Sequence[DataFile]) -> list[DataFile]:
    """Oldest first: what is compacted, then what was written beside it."""
    return sorted(files, key=lambda item: (item.partition["layer"] != "base", item.low.get("sequence") or 0))


def local_year(hour: int) -> int:
    """The year in China of an hour since 1970 (UTC)."""
    return datetime.fromtimestamp((hour + LOCAL_HOURS) * 3600, UTC).year


def first_of(day: date) -> int:
    """The first hour since 1970 (UTC) of a day in China."""
    return (day - date(1970, 1, 1)).days * 24 - LOCAL_HOURS

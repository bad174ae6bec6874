"""Files of hourly observations, read into :class:`Observations`.

Two layouts are read. **PRSA**: columns ``year month day hour station`` and the pollutants in µg/m³, CO too. **Long**:
``station,time,pollutant,value,unit`` with ISO local time. Whether an hour's label is its beginning or its end is never
guessed: reading it the wrong way changes 63 % of daily AQI values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis import layouts
from lantian.analysis.csvbytes import Block, as_text, blocks, header_of, read_bytes
from lantian.analysis.errors import DataError
from lantian.analysis.hourly import Observations
from lantian.analysis.layouts import Piece
from lantian.analysis.published import altered_copy
from lantian.standards.ambient import POLLUTANTS

__all__ = ["HourLabel", "Note", "Observations", "RefusedCell", "ignore", "read_observations"]

HourLabel = Literal["begin", "end"]
# More than this asks for more memory than a desk has; a mistyped year would otherwise be answered with a swap storm.
MOST_CELLS = 400_000_000
_HOURS = 24
_THREADS = 2

Note = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A value that is no concentration, read as missing: where it stands, its hour (since 1970, of the period's
    beginning), and what is printed there, in the file's unit; ``value`` is None where that is no number."""

    path: Path
    line: int
    station: str
    pollutant: str
    hour: int
    printed: str
    value: float | None


def ignore(_zh: str, _en: str) -> None:
    """The listener of those who want no notes."""


def read_observations(
    paths: Sequence[Path], hour_label: HourLabel, note: Note = ignore, refused: list[RefusedCell] | None = None
) -> Observations:
    """Read CSV or CSV.gz files into dense arrays.

    ``note(zh, en)`` hears what is odd but usable (an altered copy of a published data set). DataError names file, line
    and reason for what cannot be taken as it stands: encoding, columns, units, times, values, repeated hours. Where a
    list ``refused`` is given, values that are no concentration are put there and read as missing instead (for quality
    control, which must name them all); the rest is refused as before.
    """
    stations = _Names()
    pieces: list[Piece] = []
    # Unpacking and the loops of NumPy run outside the interpreter's lock: two threads read nearly twice as fast.
    lenient = refused is not None
    with ThreadPoolExecutor(min(_THREADS, len(paths))) as pool:
        for found, said, cells in pool.map(lambda path: _read_file(path, hour_label, lenient), paths):
            if said:
                note(*said)
            if refused is not None:
                refused += cells
            for piece in found:
                piece.station = stations.numbers(piece.station_names)[piece.station]
            pieces += found
    if not pieces:
        raise DataError(", ".join(map(str, paths)), None, "没有数据行", "no rows of data")
    return _dense(pieces, stations.names)


@dataclass
class _Names:
    """Station names in the order they are met, and their numbers."""

    names: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def numbers(self, words: Sequence[str]) -> NDArray[np.int64]:
        for word in words:
            if word not in self.known:
                self.known[word] = len(self.names)
                self.names.append(word)
        return np.array([self.known[word] for word in words], dtype=np.int64)


def _read_file(
    path: Path, hour_label: HourLabel, lenient: bool
) -> tuple[list[Piece], tuple[str, str] | None, list[RefusedCell]]:
    """The rows of one file, what is odd about it, and with ``lenient`` its values that are no concentration."""
    raw = read_bytes(path)
    data = as_text(path, raw)
    header = header_of(path, data)
    read = layouts.reader_for(path, header)
    found: list[Piece] = []
    cells: list[RefusedCell] = []
    for block in blocks(path, data, len(header)):
        block.lenient = lenient
        piece = read(block, header, hour_label)
        if "" in piece.station_names:
            row = int(np.flatnonzero(piece.station == piece.station_names.index(""))[0])
            raise block.refuse(row, "没有站点名称", "names no station")
        found.append(piece)
        cells += sorted((_refused(block, piece, *bad) for bad in block.bad), key=lambda cell: cell.line)
    if read is not layouts.read_prsa:
        return found, None, cells
    missing = {
        name: sum(int(np.isnan(piece.values[:, at]).sum()) for piece in found) for at, name in enumerate(POLLUTANTS)
    }
    rows = sum(len(piece.hour) for piece in found)
    return found, altered_copy(path, rows, missing, lambda: hashlib.sha256(raw).hexdigest()), cells


def _refused(block: Block, piece: Piece, row: int, column: str, printed: str) -> RefusedCell:
    pollutant = column if piece.pollutant is None else POLLUTANTS[int(piece.pollutant[row])]
    try:
        value = float(printed)
    except ValueError:
        value = np.nan
    return RefusedCell(
        block.path,
        block.first + row,
        piece.station_names[int(piece.station[row])],
        pollutant,
        int(piece.hour[row]),
        printed,
        value if np.isfinite(value) else None,
    )


def _dense(pieces: Sequence[Piece], names: Sequence[str]) -> Observations:
    first = min(int(piece.hour.min()) for piece in pieces) // _HOURS
    days = max(int(piece.hour.max()) for piece in pieces) // _HOURS - first + 1
    cells = len(names) * days * _HOURS
    if cells > MOST_CELLS:
        raise DataError(
            pieces[0].path,
            None,
            f"数据跨越 {days} 天、{len(names)} 个站点，超出可处理范围，请检查年份",
            f"the data span {days} days and {len(names)} stations, more than can be held: check the years",
        )
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    values = {name: np.full(cells, np.nan) for name in POLLUTANTS}
    first_day, last_day = np.full(len(names), days), np.full(len(names), -1)
    seen: dict[int, NDArray[np.bool_]] = {}
    for piece in pieces:
        station = place[piece.station]
        day = piece.hour // _HOURS - first
        np.minimum.at(first_day, *_extreme(station, day, np.minimum))
        np.maximum.at(last_day, *_extreme(station, day, np.maximum))
        index = station * (days * _HOURS) + piece.hour - first * _HOURS
        for pollutant, rows in piece.groups():
            taken = seen.setdefault(pollutant, np.zeros(cells, dtype=bool))
            at = index if rows is None else index[rows]
            _refuse_repeated(piece, taken, at, rows)
            taken[at] = True
            if pollutant < 0:
                for column, name in enumerate(POLLUTANTS):
                    values[name][at] = piece.values[:, column]
            else:
                values[POLLUTANTS[pollutant]][at] = piece.values[rows, 0]
    shape = (len(names), days * _HOURS)
    return Observations(
        tuple(names[number] for number in order),
        (np.datetime64(0, "D") + first).astype(date),
        days,
        {name: array.reshape(shape) for name, array in values.items()},
        tuple((int(low), int(high)) for low, high in zip(first_day, last_day, strict=True)),
    )


def _extreme(
    station: NDArray[np.int64], day: NDArray[np.int64], which: np.ufunc
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The least or greatest day of each run of one station: ``ufunc.at`` over every row is slow."""
    begins = np.flatnonzero(np.concatenate(([True], station[1:] != station[:-1])))
    return station[begins], which.reduceat(day, begins)


def _refuse_repeated(
    piece: Piece, taken: NDArray[np.bool_], at: NDArray[np.int64], rows: NDArray[np.int64] | None
) -> None:
    """DataError for the first row whose station and hour (and pollutant) stand in another row already."""
    again = taken[at]
    if not again.any():
        if (at[1:] > at[:-1]).all():
            return
        _, firsts = np.unique(at, return_index=True)
        if len(firsts) == len(at):
            return
        again = np.ones(len(at), dtype=bool)
        again[firsts] = False
    row = int(np.flatnonzero(again)[0])
    line = piece.first + (row if rows is None else int(rows[row]))
    raise DataError(
        piece.path,
        line,
        "同一站点同一时间（同一污染物）的数据重复",
        "repeats the station and hour (and pollutant) of another row",
    )

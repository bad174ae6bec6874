"""The layouts of hourly data that are read, each with what it states and what it leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.csvbytes import Block
from lantian.analysis.errors import DataError
from lantian.standards.ambient import POLLUTANTS

_TIME = ("year", "month", "day", "hour")
_LONG = ("station", "time", "pollutant", "value", "unit")
_YEARS = (1970, 2100)
# What instruments and exports write where they have no value; above the ceiling (µg/m³) nothing is a concentration.
SENTINELS = (9999.0, 99999.0, 999999.0)
CEILING = 200_000.0
# unit → factor to µg/m³. Volume ratios (ppb) are not here: they need a reference state.
UNITS = {
    "ug/m3": 1.0, "ug/m³": 1.0, "ug/m^3": 1.0, "µg/m3": 1.0, "µg/m³": 1.0, "μg/m3": 1.0, "μg/m³": 1.0,
    "mg/m3": 1000.0, "mg/m³": 1000.0, "mg/m^3": 1000.0,
    "微克/立方米": 1.0, "毫克/立方米": 1000.0,
}  # fmt: skip


@dataclass
class Piece:
    """Rows of one block. ``hour``: hours since 1970 of the period's beginning; ``values``: one column per pollutant, or
    one, and ``pollutant`` the number of each row's pollutant."""

    path: Path
    first: int
    station: NDArray[np.int64]
    station_names: list[str]
    hour: NDArray[np.int64]
    values: NDArray[np.float64]
    pollutant: NDArray[np.int64] | None = None

    def groups(self) -> Iterator[tuple[int, NDArray[np.int64] | None]]:
        """(pollutant, its rows), or (−1, None) once where every row holds all six."""
        if self.pollutant is None:
            yield -1, None
            return
        for number in range(len(POLLUTANTS)):
            rows = np.flatnonzero(self.pollutant == number)
            if len(rows):
                yield number, rows


Reader = Callable[[Block, Sequence[str], str], Piece]


def reader_for(path: Path, header: Sequence[str]) -> Reader:
    """Which layout the column names are; DataError says what each lacks."""
    lacks_prsa = [name for name in (*_TIME, "station") if name not in header]
    if not any(name in header for name in POLLUTANTS):
        lacks_prsa.append("/".join(POLLUTANTS))
    if not lacks_prsa:
        return read_prsa
    lacks_long = [name for name in _LONG if name not in header]
    if not lacks_long:
        return read_long
    raise DataError(
        path,
        1,
        f"不认识的列：PRSA 格式缺 {'、'.join(lacks_prsa)}，长表格式缺 {'、'.join(lacks_long)}",
        f"unknown columns: the PRSA layout needs {', '.join(lacks_prsa)}, the long one {', '.join(lacks_long)}",
    )


def read_prsa(block: Block, header: Sequence[str], hour_label: str) -> Piece:
    """Rows of the PRSA layout; every pollutant, CO too, is in µg/m³ there."""
    hours = hours_of(block, header, hour_label)
    codes, names = block.codes(header.index("station"))
    values = np.full((len(block), len(POLLUTANTS)), np.nan)
    for at, name in enumerate(POLLUTANTS):
        if name in header:
            column = block.numbers(header.index(name), name)
            _refuse_bad(block, column, name, column)
            values[:, at] = column / 1000.0 if name == "CO" else column
    return Piece(block.path, block.first, codes, names, hours, values)


def read_long(block: Block, header: Sequence[str], hour_label: str) -> Piece:
    """Rows of ``station,time,pollutant,value,unit``; time is ISO local time of a full hour."""
    hours = hours_of(block, header, hour_label)
    codes, names = block.codes(header.index("station"))
    kinds, kind_names = block.codes(header.index("pollutant"))
    units, unit_names = block.codes(header.index("unit"))
    pollutant = _known(
        block, kinds, kind_names, {name: at for at, name in enumerate(POLLUTANTS)}, "污染物", "pollutant"
    )
    factor = _known(block, units, unit_names, UNITS, "单位", "unit")
    printed = block.numbers(header.index("value"), "value")
    micro = printed * factor
    _refuse_bad(block, printed, "value", micro)
    is_co = pollutant == POLLUTANTS.index("CO")
    # A value printed in the unit we want is kept as printed: ×1000 ÷1000 would cost its last digit.
    wanted = np.where(is_co, 1000.0, 1.0)
    values = np.where(factor == wanted, printed, micro / wanted)
    return Piece(block.path, block.first, codes, names, hours, values[:, None], pollutant.astype(np.int64))


def hours_of(block: Block, header: Sequence[str], hour_label: str) -> NDArray[np.int64]:
    """Hours since 1970 of the periods' beginnings, from ``year month day hour`` or from ``time`` (ISO, local)."""
    if all(name in header for name in _TIME):
        year, month, day, hour = (_whole(block, header.index(name), name) for name in _TIME)
        return _hours(block, year, month, day, hour, hour_label)
    return _iso_hours(block, header.index("time"), hour_label)


def tells_time(header: Sequence[str]) -> bool:
    """Whether :func:`hours_of` finds its columns."""
    return "time" in header or all(name in header for name in _TIME)


def _known(
    block: Block, codes: NDArray[np.int64], words: list[str], table: dict[str, float] | dict[str, int], zh: str, en: str
) -> NDArray[np.float64]:
    for number, word in enumerate(words):
        if word not in table:
            row = int(np.flatnonzero(codes == number)[0])
            raise block.refuse(row, f"不认识的{zh}“{word}”", f"unknown {en} “{word}”")
    return np.array([table[word] for word in words], dtype=np.float64)[codes]


def _refuse_bad(block: Block, printed: NDArray[np.float64], name: str, micro: NDArray[np.float64]) -> None:
    """Negative, 9999 and the like, or beyond what air can hold: said, never silently dropped."""
    if np.fmin.reduce(printed, initial=np.inf) >= 0 and np.fmax.reduce(micro, initial=-np.inf) < SENTINELS[0]:
        return
    with np.errstate(invalid="ignore"):
        bad = (printed < 0) | (micro > CEILING) | ~(np.isfinite(printed) | np.isnan(printed))
    suspects = np.flatnonzero(printed >= SENTINELS[0])
    if len(suspects):
        bad[suspects] |= np.isin(printed[suspects], SENTINELS)
    if bad.any():
        if block.lenient:
            block.bad += [(int(row), name, f"{printed[row]:g}") for row in np.flatnonzero(bad)]
            printed[bad] = micro[bad] = np.nan
            return
        row = int(np.flatnonzero(bad)[0])
        shown = f"{printed[row]:g}"
        count = int(bad.sum())
        raise block.refuse(
            row,
            f"{name} 的值 {shown} 不是有效浓度（负值、占位值或超出量程，本段共 {count} 处）；缺测请留空或写 NA",
            f"{name} is {shown}, no valid concentration (negative, a sentinel or out of range; {count} such here); "
            "leave a missing value empty or write NA",
        )


def _whole(block: Block, column: int, name: str) -> NDArray[np.int64]:
    values = block.numbers(column, name)
    bad = np.isnan(values) | (values != np.floor(values)) | (np.abs(values) > 1e6)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        text = block.text(row, column)
        raise block.refuse(row, f"{name} 的值“{text}”不是整数", f"{name} is “{text}”, not a whole number")
    return values.astype(np.int64)


def _hours(
    block: Block,
    year: NDArray[np.int64],
    month: NDArray[np.int64],
    day: NDArray[np.int64],
    hour: NDArray[np.int64],
    hour_label: str,
) -> NDArray[np.int64]:
    """Hours since 1970 of the period's beginning. With the label ``end``, hour 0 is hour 24 of the day before."""
    latest = 23 if hour_label == "begin" else 24
    bad = (year < _YEARS[0]) | (year > _YEARS[1]) | (month < 1) | (month > 12) | (hour < 0) | (hour > latest)
    months = np.where(bad, 0, (year - 1970) * 12 + month - 1)
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    lengths = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - firsts
    bad |= (day < 1) | (day > lengths)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        shown = f"{year[row]}-{month[row]:02d}-{day[row]:02d} {hour[row]:02d}:00"
        raise block.refuse(row, f"没有 {shown} 这个时间", f"there is no time {shown}")
    return (firsts + day - 1) * 24 + hour - (hour_label == "end")


# The shape of an ISO time: 0 a digit, anything else itself; T may be a space.
_SHAPES = (b"0000-00-00T00", b"0000-00-00T00:00", b"0000-00-00T00:00:00")


def _iso_hours(block: Block, column: int, hour_label: str) -> NDArray[np.int64]:
    """Hours since 1970 from ISO local times of full hours (``2014-01-01T05:00``, seconds and ``+08:00`` optional)."""
    cells = block.bytes_of(column)
    cells = np.char.partition(cells, b"+08:00")[:, 0] if np.char.endswith(cells, b"+08:00").any() else cells
    width = max(cells.dtype.itemsize, len(_SHAPES[-1]))
    letters = np.ascontiguousarray(cells.astype(f"S{width}")).view(np.uint8).reshape(len(cells), width)
    digits = (letters - np.uint8(48)).astype(np.int64)
    lengths = (letters != 0).sum(axis=1)
    right = np.zeros(len(cells), dtype=bool)
    for shape in _SHAPES:
        fits = lengths == len(shape)
        for at, mark in enumerate(shape):
            if mark == ord("0"):
                fits &= (digits[:, at] >= 0) & (digits[:, at] <= 9)
            elif mark == ord("T"):
                fits &= (letters[:, at] == mark) | (letters[:, at] == ord(" "))
            else:
                fits &= letters[:, at] == mark
        # Minutes and seconds, where there are any, must be 00.
        for at in range(14, len(shape)):
            fits &= (digits[:, at] == 0) | (letters[:, at] == ord(":"))
        right |= fits
    if not right.all():
        row = int(np.flatnonzero(~right)[0])
        text = block.text(row, column)
        raise block.refuse(
            row,
            f"时间“{text}”不是整点的当地时间（应为 2014-01-01T05:00）",
            f"time “{text}” is not a full hour of local time (2014-01-01T05:00)",
        )
    pair = [digits[:, at] * 10 + digits[:, at + 1] for at in (0, 2, 5, 8, 11)]
    return _hours(block, pair[0] * 100 + pair[1], pair[2], pair[3], pair[4], hour_label)

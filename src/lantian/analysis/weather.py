"""The weather beside the pollutants: the same stations and hours, read from the same files or from files of its own.

Columns by either name: ``WSPM``/``ws`` (m/s), ``wd`` (degrees, or one of 16 compass points), ``TEMP``/``temp`` (°C),
``PRES``/``pres`` (hPa), ``DEWP``/``dewp`` (°C), ``RAIN``/``rain`` (mm). Time as in the pollutants' layouts. A file
without ``station`` is the weather of every station.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.csvbytes import Block, as_text, blocks, header_of, read_bytes
from lantian.analysis.errors import DataError
from lantian.analysis.layouts import hours_of, tells_time
from lantian.analysis.observations import HourLabel, Observations

Floats = NDArray[np.float64]

# name here: (names in files, least, greatest); a sentinel such as 9999 lies outside.
COLUMNS: dict[str, tuple[tuple[str, ...], float, float]] = {
    "wind_speed": (("WSPM", "ws"), 0, 75),
    "wind_direction": (("wd",), 0, 360),
    "temperature": (("TEMP", "temp"), -60, 60),
    "pressure": (("PRES", "pres"), 500, 1100),
    "dew_point": (("DEWP", "dewp"), -90, 45),
    "rain": (("RAIN", "rain"), 0, 500),
}
_POINTS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
# North is 360 as meteorologists write it; 0 is left to a calm.
COMPASS = {point: number * 22.5 or 360.0 for number, point in enumerate(_POINTS)}
# No direction: missing, calm, variable.
_NO_DIRECTION = ("", "NA", "CV", "C", "CALM", "VRB")
_HOURS = 24


@dataclass(frozen=True)
class Weather:
    """Arrays ``(stations, hours)`` in the order of the observations they go with, NaN where there is no datum.

    Directions are degrees from which the wind blows, (0, 360], north is 360.
    """

    wind_speed: Floats
    wind_direction: Floats
    temperature: Floats
    pressure: Floats
    dew_point: Floats
    rain: Floats

    def has_wind(self) -> NDArray[np.bool_]:
        """Per station: is there an hour with speed and direction?"""
        return np.asarray((~np.isnan(self.wind_speed + self.wind_direction)).any(axis=1))


def read_weather(paths: Sequence[Path], hour_label: HourLabel, data: Observations) -> Weather:
    """The weather of ``data``'s stations and hours; rows of other stations or days are left aside.

    DataError: no weather column or no time in a file, a value that is no weather, a station and hour twice.
    """
    cells = {name: np.full(len(data.stations) * data.days * _HOURS, np.nan) for name in COLUMNS}
    taken = np.zeros(len(data.stations) * data.days * _HOURS, dtype=bool)
    for path in paths:
        text = as_text(path, read_bytes(path))
        header = header_of(path, text)
        columns = _columns(path, header)
        for block in blocks(path, text, len(header)):
            _take(block, header, columns, hour_label, data, cells, taken)
    shape = (len(data.stations), data.days * _HOURS)
    return Weather(**{name: array.reshape(shape) for name, array in cells.items()})


def _columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    found = {
        name: next(header.index(word) for word in words if word in header)
        for name, (words, _least, _greatest) in COLUMNS.items()
        if any(word in header for word in words)
    }
    if not found or not tells_time(header):
        names = "、".join("/".join(words) for words, _least, _greatest in COLUMNS.values())
        raise DataError(
            path,
            1,
            f"没有气象列（{names}）或时间列，请用 --weather 给出气象文件",
            f"has no columns of weather ({names.replace('、', ', ')}) or of time: give a file of weather by --weather",
        )
    return found


def _take(
    block: Block,
    header: Sequence[str],
    columns: dict[str, int],
    hour_label: HourLabel,
    data: Observations,
    cells: dict[str, Floats],
    taken: NDArray[np.bool_],
) -> None:
    """Put a block's rows where their station and hour stand."""
    width = data.days * _HOURS
    hour = hours_of(block, header, hour_label) - int(np.datetime64(data.first_day, "h").astype(np.int64))
    inside = (hour >= 0) & (hour < width)
    if "station" in header:
        codes, names = block.codes(header.index("station"))
        place = {name: number for number, name in enumerate(data.stations)}
        own = np.array([place.get(name, -1) for name in names], dtype=np.int64)[codes]
        starts = own * width
        inside &= own >= 0
        rows = np.flatnonzero(inside)
        targets = [(rows, starts[rows] + hour[rows])]
    else:
        rows = np.flatnonzero(inside)
        targets = [(rows, station * width + hour[rows]) for station in range(len(data.stations))]
    values = {name: _values(block, column, name) for name, column in columns.items()}
    for rows, at in targets:
        _refuse_repeated(block, rows, at, taken)
        taken[at] = True
        for name, column in values.items():
            cells[name][at] = column[rows]


def _values(block: Block, column: int, name: str) -> Floats:
    """A column, in range or refused; directions from compass points or degrees."""
    words, least, greatest = COLUMNS[name]
    values = _directions(block, column) if name == "wind_direction" else block.numbers(column, words[-1])
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero((values < least) | (values > greatest))
    if len(bad):
        row = int(bad[0])
        raise block.refuse(
            row,
            f"{words[-1]} 的值 {values[row]:g} 超出范围 {least:g}～{greatest:g}（共 {len(bad)} 处）",
            f"{words[-1]} is {values[row]:g}, outside {least:g} to {greatest:g} ({len(bad)} such here)",
        )
    return values


def _directions(block: Block, column: int) -> Floats:
    codes, words = block.codes(column)
    degrees = np.full(len(words), np.nan)
    for number, word in enumerate(words):
        if word.upper() in _NO_DIRECTION:
            continue
        if word.upper() in COMPASS:
            degrees[number] = COMPASS[word.upper()]
            continue
        try:
            degrees[number] = float(word)
        except ValueError:
            row = int(np.flatnonzero(codes == number)[0])
            raise block.refuse(row, f"不认识的风向“{word}”", f"unknown wind direction “{word}”") from None
    # Zero degrees is the same direction as 360.
    return np.where(degrees == 0, 360.0, degrees)[codes]


def _refuse_repeated(block: Block, rows: NDArray[np.int64], at: NDArray[np.int64], taken: NDArray[np.bool_]) -> None:
    again = taken[at]
    if not again.any():
        _, firsts = np.unique(at, return_index=True)
        if len(firsts) == len(at):
            return
        again = np.ones(len(at), dtype=bool)
        again[firsts] = False
    row = int(rows[np.flatnonzero(again)[0]])
    raise block.refuse(row, "同一站点同一时间的气象数据重复", "repeats the station and hour of another row of weather")

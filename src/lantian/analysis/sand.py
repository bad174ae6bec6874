"""Particles without declared hours of sand-dust (扣除沙尘影响).

Who is hit and when is decided by the national monitoring centre, city by city and hour by hour; so a list is read and
nothing is found out by a formula. PM10 and PM2.5, and the composite index with them, are given without these hours
beside the raw ones; days by their AQI keep them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import numpy as np

from lantian.analysis.csvbytes import as_text, header_of, read_bytes
from lantian.analysis.errors import DataError
from lantian.analysis.hourly import Observations
from lantian.standards.dust import SandPeriod, sand_hours

COLUMNS = ("area", "start", "end", "decided_by", "document")
# In the column area: every station of the data.
EVERYWHERE = "*"
_PARTICLES = ("PM10", "PM2.5")


def read_periods(path: Path) -> list[SandPeriod]:
    """The list ``area,start,end,decided_by,document``: ISO local times, ``end`` not included; ``*`` is every station.

    DataError names the line that has no such times, ends before it begins, or does not say who decided.
    """
    text = as_text(path, read_bytes(path))
    header = header_of(path, text)
    lacking = [name for name in COLUMNS if name not in header]
    if lacking:
        raise DataError(path, 1, f"缺少列：{'、'.join(lacking)}", f"lacks the columns {', '.join(lacking)}")
    found = []
    reader = csv.DictReader(io.StringIO(text.decode("utf-8"), newline=""))
    for row in reader:
        cells = {name: (row[name] or "").strip() for name in COLUMNS}
        try:
            start, end = datetime.fromisoformat(cells["start"]), datetime.fromisoformat(cells["end"])
        except ValueError as error:
            raise DataError(path, reader.line_num, "起止时间无法识别", "start or end is no ISO time") from error
        if start.tzinfo or end.tzinfo or start >= end or not cells["area"]:
            raise DataError(
                path,
                reader.line_num,
                "区域为空、带时区或结束不晚于开始",
                "names no area, has a time zone or does not end after it starts",
            )
        if not cells["decided_by"]:
            raise DataError(path, reader.line_num, "没有写明由谁认定", "does not say who decided")
        found.append(SandPeriod(cells["area"], start, end, cells["decided_by"], cells["document"]))
    return found


def without_sand(data: Observations, periods: Sequence[SandPeriod]) -> Observations:
    """The same observations with PM10 and PM2.5 missing in the declared hours of each station (or of ``*``)."""
    first = datetime.combine(data.first_day, time())
    values = {name: data.values[name].copy() for name in _PARTICLES if name in data.values}
    for place, station in enumerate(data.stations):
        own = [replace(period, area=station) for period in periods if period.area in (station, EVERYWHERE)]
        if own:
            hours = np.array(sand_hours(own, station, first, data.days * 24))
            for array in values.values():
                array[place, hours] = np.nan
    return replace(data, values={**data.values, **values})

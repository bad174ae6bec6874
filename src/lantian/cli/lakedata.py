"""Between the lake and the statistics: hours of the lake as observations, and observations as hours of the lake."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lantian.lake import Lake, LakeError
from lantian.standards.ambient import POLLUTANTS

if TYPE_CHECKING:
    from lantian.analysis.hourly import Observations
    from lantian.lake.blocks import HourBlock
    from lantian.lake.reading import Reader

Row = TypeVar("Row")
# A group of stations and its pollutant are some 30 MB, and what is computed of them as much again.
_THREADS = 4
_CHINA = timezone(timedelta(hours=8))


def _unit(pollutant: str) -> str:
    """The unit that the statistics want (GB 3095): CO in mg/m³, the others in µg/m³."""
    return "mg/m³" if pollutant == "CO" else "µg/m³"


def observations(root: Path, stations: Sequence[str] | None = None) -> Observations:
    """The six pollutants of a lake. LakeError: no hours, an unknown station, another unit or none confirmed."""
    from lantian.analysis.hourly import Observations

    reader = _reader(root)
    hours = reader.read(POLLUTANTS, stations=stations)
    if lost := sorted(set(stations or ()) - set(hours.stations)):
        raise LakeError(f"{root}：没有站点 {'、'.join(lost)}", f"{root}: no station {', '.join(lost)}")
    _confirmed(root, reader, hours.stations, POLLUTANTS)
    return Observations(hours.stations, hours.first_day, hours.days, hours.values, hours.spans)


def in_groups(root: Path, work: Callable[[Observations, str], list[Row]], pollutants: Sequence[str]) -> list[Row]:
    """What ``work(observations of one pollutant, pollutant)`` gives for every group of stations of a lake, in no order.

    A network of thousands of stations never stands in memory at once: every processor has one group of stations and
    pollutant before it. LakeError as `observations`.
    """
    from lantian.analysis.hourly import Observations

    reader = _reader(root)
    _confirmed(root, reader, reader.stations(pollutants), pollutants)

    def one(task: tuple[list[str], str]) -> list[Row]:
        names, pollutant = task
        hours = reader.read([pollutant], stations=names)
        if not hours.stations:
            return []
        return work(Observations(hours.stations, hours.first_day, hours.days, hours.values, hours.spans), pollutant)

    tasks = [(names, pollutant) for names in reader.groups(pollutants) for pollutant in pollutants]
    if len(tasks) <= len(pollutants):
        return [row for task in tasks for row in one(task)]
    from concurrent.futures import ThreadPoolExecutor  # for a city's few stations it is not worth its import

    # NumPy and Parquet let others work meanwhile.
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        return [row for found in pool.map(one, tasks) for row in found]


def last_day(root: Path) -> date:
    """The last day with an hour of the six pollutants. LakeError as `observations`."""
    found = _reader(root).last_day(POLLUTANTS)
    assert found is not None
    return found


def usable(root: Path, stations: Sequence[str] | None = None) -> None:
    """LakeError, as `observations`: no hours of the six pollutants, an unknown station, a wrong or unconfirmed unit."""
    reader = _reader(root)
    known = reader.stations(POLLUTANTS)
    if lost := sorted(set(stations or ()) - set(known)):
        raise LakeError(f"{root}：没有站点 {'、'.join(lost)}", f"{root}: no station {', '.join(lost)}")
    _confirmed(root, reader, stations or known, POLLUTANTS)


def _reader(root: Path) -> Reader:
    """The lake's hours. LakeError: none of the six pollutants."""
    lake = Lake(root)
    lake.exists()
    reader = lake.reader()
    if reader.last_day(POLLUTANTS) is None:
        raise LakeError(f"{root}：没有六项污染物的小时数据", f"{root}: no hours of the six pollutants")
    return reader


def _confirmed(root: Path, reader: Reader, stations: Iterable[str], pollutants: Sequence[str]) -> None:
    """LakeError: a series in another unit than the statistics want, or in one that nobody confirmed."""
    for pollutant in pollutants:
        for station in stations:
            unit = reader.unit(station, pollutant)
            if unit != _unit(pollutant) and reader.has(station, pollutant):
                raise LakeError(
                    f"{root}：{station} 的 {pollutant} 单位为{unit or '未确认'}，需要 {_unit(pollutant)}",
                    f"{root}: {pollutant} of {station} is in {unit or 'an unconfirmed unit'}, not {_unit(pollutant)}",
                )


def blocks(data: Observations, source: str, hour_label: str, reference_state: str | None) -> Iterator[HourBlock]:
    """Observations as blocks of hours: each station from its first to its last day with a row."""
    import numpy as np

    from lantian.lake.blocks import HourBlock

    spans: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, span in enumerate(data.spans):
        spans[span].append(place)
    for pollutant in POLLUTANTS:
        values = data.values[pollutant]
        if np.isnan(values).all():
            continue
        for (low, high), places in spans.items():
            yield HourBlock(
                [data.stations[place] for place in places],
                pollutant,
                datetime.combine(data.first_day + timedelta(days=low), time(), _CHINA),
                values[places, low * 24 : (high + 1) * 24],
                _unit(pollutant),
                source,
                hour_label=hour_label,
                time_zone="UTC+08:00",
                reference_state=reference_state,
            )

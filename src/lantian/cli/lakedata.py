"""Between the lake and the statistics: hours of the lake as observations, and observations as hours of the lake."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lantian.lake import Lake, LakeError
from lantian.standards.ambient import POLLUTANTS

if TYPE_CHECKING:
    from lantian.analysis.hourly import Observations
    from lantian.lake.blocks import HourBlock
    from lantian.lake.reading import Hours, Reader

Row = TypeVar("Row")
# A group of stations and its pollutant are some 30 MB, and what is computed of them as much again.
_THREADS = 4
_CHINA = timezone(timedelta(hours=8))


def _unit(pollutant: str) -> str:
    """The unit that the statistics want (GB 3095): CO in mg/m³, the others in µg/m³."""
    return "mg/m³" if pollutant == "CO" else "µg/m³"


class Given(NamedTuple):
    """Observations of a lake, and how many values of them are left out because a person rejected their hours."""

    data: Observations
    rejected: int


def observations(root: Path, stations: Sequence[str] | None = None, counted: bool = False) -> Given:
    """The six pollutants of a lake, ``counted``: without what a person rejected.

    LakeError: no hours, an unknown station, another unit or none confirmed.
    """
    reader = _reader(root, counted)
    hours = reader.read(POLLUTANTS, stations=stations)
    _known(root, hours.stations, stations)
    _confirmed(root, reader, hours.stations, POLLUTANTS)
    return _given(hours)


def _given(hours: Hours) -> Given:
    from lantian.analysis.hourly import Observations

    data = Observations(hours.stations, hours.first_day, hours.days, hours.values, hours.spans)
    return Given(data, hours.rejected)


def in_groups(
    root: Path, work: Callable[[Observations, str], list[Row]], pollutants: Sequence[str], counted: bool
) -> tuple[list[Row], int]:
    """What ``work(observations of one pollutant, pollutant)`` gives for every group of stations of a lake, in no order;
    and how many values were left out (`observations`).

    A network of thousands of stations never stands in memory at once: every processor has one group of stations and
    pollutant before it. LakeError as `observations`.
    """
    reader = _reader(root, counted)
    _confirmed(root, reader, reader.stations(pollutants), pollutants)

    def one(task: tuple[list[str], str]) -> tuple[list[Row], int]:
        names, pollutant = task
        hours = reader.read([pollutant], stations=names)
        return work(_given(hours).data, pollutant) if hours.stations else [], hours.rejected

    tasks = [(names, pollutant) for names in reader.groups(pollutants) for pollutant in pollutants]
    if len(tasks) <= len(pollutants):
        return _together(map(one, tasks))
    from concurrent.futures import ThreadPoolExecutor  # for a city's few stations it is not worth its import

    # NumPy and Parquet let others work meanwhile.
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        return _together(pool.map(one, tasks))


def _together(found: Iterable[tuple[list[Row], int]]) -> tuple[list[Row], int]:
    rows, lost = [], 0
    for own, number in found:
        rows += own
        lost += number
    return rows, lost


def by_group(root: Path, counted: bool) -> Iterator[Given]:
    """The six pollutants of a whole lake, a group of stations after the other, in no order of names.

    LakeError as `observations`.
    """
    reader = _reader(root, counted)
    _confirmed(root, reader, reader.stations(POLLUTANTS), POLLUTANTS)
    for names in reader.groups(POLLUTANTS):
        hours = reader.read(POLLUTANTS, stations=names)
        if hours.stations:
            yield _given(hours)


def rejected_values(root: Path, stations: Sequence[str] | None) -> int:
    """How many values of the six pollutants a person rejected; reads what lies around them only."""
    reader = Lake(root).reader(counted=True)
    lost = 0
    for names in reader.groups(POLLUTANTS):
        for pollutant in POLLUTANTS:
            own = [name for name in names if (name, pollutant) in reader.rejected.spans and name in (stations or names)]
            lost += reader.read([pollutant], stations=own).rejected if own else 0
    return lost


def _known(root: Path, known: Collection[str], stations: Sequence[str] | None) -> None:
    if lost := sorted(set(stations or ()) - set(known)):
        raise LakeError(f"{root}：没有站点 {'、'.join(lost)}", f"{root}: no station {', '.join(lost)}")


def last_day(root: Path) -> date:
    """The last day with an hour of the six pollutants. LakeError as `observations`."""
    found = _reader(root).last_day(POLLUTANTS)
    assert found is not None
    return found


def usable(root: Path, stations: Sequence[str] | None = None) -> None:
    """LakeError, as `observations`: no hours of the six pollutants, an unknown station, a wrong or unconfirmed unit."""
    reader = _reader(root)
    known = reader.stations(POLLUTANTS)
    _known(root, known, stations)
    _confirmed(root, reader, stations or known, POLLUTANTS)


def _reader(root: Path, counted: bool = False) -> Reader:
    """The lake's hours. LakeError: none of the six pollutants."""
    lake = Lake(root)
    lake.exists()
    reader = lake.reader(counted)
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

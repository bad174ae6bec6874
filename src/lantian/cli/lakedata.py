"""Between the lake and the statistics: hours of the lake as observations, and observations as hours of the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.lake import Lake, LakeError
from lantian.standards.ambient import POLLUTANTS

if TYPE_CHECKING:
    from lantian.analysis.observations import Observations
    from lantian.lake.blocks import HourBlock

_CHINA = timezone(timedelta(hours=8))


def _unit(pollutant: str) -> str:
    """The unit that the statistics want (GB 3095): CO in mg/m³, the others in µg/m³."""
    return "mg/m³" if pollutant == "CO" else "µg/m³"


def observations(root: Path, stations: Sequence[str] | None = None) -> Observations:
    """The six pollutants of a lake. LakeError: no hours, an unknown station, another unit or none confirmed."""
    from lantian.analysis.observations import Observations

    lake = Lake(root)
    lake.exists()
    hours = lake.hours(POLLUTANTS, stations=stations)
    if lost := sorted(set(stations or ()) - set(hours.stations)):
        raise LakeError(f"{root}：没有站点 {'、'.join(lost)}", f"{root}: no station {', '.join(lost)}")
    if not hours.stations:
        raise LakeError(f"{root}：没有六项污染物的小时数据", f"{root}: no hours of the six pollutants")
    for pollutant, units in hours.units.items():
        for station, unit in units.items():
            if unit != _unit(pollutant):
                raise LakeError(
                    f"{root}：{station} 的 {pollutant} 单位为{unit or '未确认'}，需要 {_unit(pollutant)}",
                    f"{root}: {pollutant} of {station} is in {unit or 'an unconfirmed unit'}, not {_unit(pollutant)}",
                )
    return Observations(hours.stations, hours.first_day, hours.days, hours.values, hours.spans)


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

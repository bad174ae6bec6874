"""Observations written to the lake, with the source that sent them. Repeating a delivery changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring import bulk
from lantian.apps.monitoring.actions.sources import received
from lantian.apps.monitoring.models import DataSource, Station
from lantian.apps.monitoring.readings import lake
from lantian.apps.monitoring.rights import EDIT, editable_areas

MOST_DAYS = 400  # between the first and the last hour of one delivery: hours are written as dense arrays


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the rows of one delivery."""

    rows: int
    taken: int
    added: int
    corrected: int
    repeated: int
    refused: list[bulk.Refused]


def take_observations(by: User, source: DataSource, rows: list[bulk.Row], now: datetime) -> Delivery:
    """Check rows and write what can be taken; hourly means dense, all else as raw observations.

    ``added`` and ``corrected`` count hours whose value is new, or replaced another (which the lake keeps). Raises
    PermissionDenied, UnreadableError (hours too far apart), LakeError (the lake knows the series otherwise).
    """
    policy.require(by, EDIT, source)
    own = Station.objects.filter(area__in=editable_areas(by))
    codes = set(own.values_list("code", flat=True))
    zone = ZoneInfo(source.time_zone)
    found, refused, repeated = bulk.checked(rows, codes, hour_label=source.hour_label, zone=zone, now=now)
    hours = [row for row in found if row.hourly]
    others = [row for row in found if not row.hourly]
    if hours:
        times = [row.time for row in hours]
        if max(times) - min(times) > timedelta(days=MOST_DAYS):
            raise bulk.UnreadableError(f"一次最多跨 {MOST_DAYS} 天", f"at most {MOST_DAYS} days at a time")
    added, corrected = _write_hours(by, source, hours) if hours else (0, 0)
    if others:
        _append(source, others, now)
    with transaction.atomic():
        if found:
            received(source, now)
        after = {"rows": len(rows), "taken": len(found), "refused": len(refused), "corrected": corrected}
        audit.record(by, "observation.take", source, after=after)
    return Delivery(len(rows), len(found), added, corrected, repeated, refused)


def _write_hours(by: User, source: DataSource, rows: Sequence[bulk.Observed]) -> tuple[int, int]:
    from lantian.lake.blocks import HourBlock

    first = min(row.time for row in rows)
    number = int((max(row.time for row in rows) - first).total_seconds() // 3600) + 1
    series: dict[tuple[str, str], list[bulk.Observed]] = defaultdict(list)
    for row in rows:
        series[row.factor, row.unit].append(row)
    blocks = []
    for (factor, unit), own in sorted(series.items()):
        codes = sorted({row.station for row in own})
        place = {code: at for at, code in enumerate(codes)}
        values = np.full((len(codes), number), np.nan)
        for row in own:
            values[place[row.station], int((row.time - first).total_seconds() // 3600)] = row.value
        blocks.append(HourBlock(codes, factor, first, values, unit, source.name, source.hour_label, source.time_zone))
    written = lake().write_blocks(blocks, by=f"{by.username} (API)")
    return written.added, written.corrected


def _append(source: DataSource, rows: Sequence[bulk.Observed], now: datetime) -> None:
    import pyarrow as pa

    from lantian.lake.schema import OBSERVATION

    lake().append(
        pa.Table.from_pylist(
            [
                {
                    "station": row.station, "factor": row.factor, "attribute": row.attribute, "time": row.time,
                    "interval": row.interval, "value": row.value, "unit": row.unit, "flag": row.flag or None,
                    "quality": None, "source": source.name, "received": now,
                }
                for row in rows
            ],
            schema=OBSERVATION,
        )
    )  # fmt: skip

"""Observations of the lake by station, factor and time, page by page: each page begins behind the last key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lantian.apps.monitoring.readings import lake

KEY = ("station", "factor", "attribute", "interval", "time")
SHOWN = (*KEY, "value", "unit", "flag", "source", "received")
Place = tuple[str, str, str, str, datetime]


def observations(
    stations: Sequence[str], factors: Sequence[str], interval: str, start: datetime, end: datetime, after: Place | None,
    limit: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """At most ``limit`` rows from ``start`` until before ``end``, in the order of their keys, behind ``after``.

    No factors, or a blank interval: all of them. Values are as the lake has them, whatever a review took out.
    """
    if not stations:
        return []
    given: dict[str, Any] = {"start": start, "end": end}
    wanted = ['"time" >= $start', '"time" < $end', _among("station", stations, given)]
    if factors:
        wanted.append(_among("factor", factors, given))
    if interval:
        given["interval"] = interval
        wanted.append('"interval" = $interval')
    if after:
        given |= {f"after{place}": value for place, value in enumerate(after)}
        wanted.append(_behind())
    columns, order = (", ".join(f'"{name}"' for name in names) for names in (SHOWN, KEY))
    # Names are ours, values are parameters.
    query = f"select {columns} from observation where {' and '.join(wanted)} order by {order} limit {int(limit)}"  # noqa: S608
    rows: list[dict[str, Any]] = lake().sql(query, given).to_pylist()
    return rows


def _among(column: str, values: Sequence[str], given: dict[str, Any]) -> str:
    names = [f"{column}{place}" for place in range(len(values))]
    given.update(zip(names, values, strict=True))
    return f"{column} in ({', '.join(f'${name}' for name in names)})"


def _behind() -> str:
    """The condition that a row's key follows the last one of the page before."""
    parts = []
    for place, name in enumerate(KEY):
        equal = [f'"{earlier}" = $after{at}' for at, earlier in enumerate(KEY[:place])]
        parts.append("(" + " and ".join([*equal, f'"{name}" > $after{place}']) + ")")
    return "(" + " or ".join(parts) + ")"

"""GB 3096-2008: environmental noise by functional zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from math import log10

from lantian.standards.tables import csv_rows

DAY_BEGINS, NIGHT_BEGINS = time(6), time(22)
# A single event at night may exceed the limit by this much (U-NOISE-4A).
NIGHT_EVENT_MARGIN = 15


def noise_limit(zone: str, *, night: bool) -> int:
    """Limit in dB(A) of a zone (``0`` ``1`` ``2`` ``3`` ``4a`` ``4b``); KeyError for another zone."""
    limits = {row["zone"]: int(row["night" if night else "day"]) for row in csv_rows("noise.csv")}
    return limits[zone]


def is_night(at: time) -> bool:
    """Whether a time of day is night: 22–06, unless the city sets it otherwise."""
    return not DAY_BEGINS <= at < NIGHT_BEGINS


def equivalent_level(levels: Sequence[float]) -> float:
    """Leq of levels of equal duration: the energetic mean, never the arithmetic one. ValueError for none."""
    if not levels:
        raise ValueError("a level of no measurements")
    return 10 * log10(sum(10 ** (level / 10) for level in levels) / len(levels))

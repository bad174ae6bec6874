"""Invented observations for the tests of the lake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa

from lantian.lake.schema import OBSERVATION

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2025, 6, 30, 4, tzinfo=UTC)


def row(value: float | None, **other: Any) -> dict[str, Any]:
    """One observation of 云溪一中 at noon, received a second later."""
    found = {
        "station": "云溪一中",
        "factor": "a34004",
        "attribute": "Rtd",
        "time": NOON,
        "interval": "instant",
        "value": value,
        "flag": "N",
        "source": "gateway",
    } | other
    return {"received": found["time"] + timedelta(seconds=1)} | found


def table(rows: Iterable[dict[str, Any]]) -> Any:
    """Rows as an Arrow table in the columns of OBSERVATION."""
    return pa.Table.from_pylist(list(rows), schema=OBSERVATION)

"""The columns of the lake's tables (contracts §4). Instants are UTC and mark the beginning of their period."""

from __future__ import annotations

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")

# What counts once: another row with the same key is a repetition, or a correction if it says something else.
KEY = ("station", "factor", "attribute", "interval", "time")
INTERVALS = ("instant", "minute", "hour", "day")

# One observation as it was sent: ``factor`` the wire code (a34004) or the published pollutant (PM2.5), ``attribute``
# Rtd, Avg, Min, Max, Cou …, ``unit`` null until somebody confirmed it.
OBSERVATION = pa.schema(
    [
        ("station", pa.string()),
        ("factor", pa.string()),
        ("attribute", pa.string()),
        ("time", INSTANT),
        ("interval", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("flag", pa.string()),
        ("quality", pa.string()),
        ("source", pa.string()),
        ("received", INSTANT),
    ]
)

# A row per hour between the first and the last hour of a station's factor in a local year; value null = none.
# ``sequence`` orders what was written to the same hour; ``recorded`` is when.
HOUR = pa.schema(
    [
        ("station", pa.string()),
        ("factor", pa.string()),
        ("time", INSTANT),
        ("value", pa.float64()),
        ("sequence", pa.int64()),
        ("recorded", INSTANT),
    ]
)

# What is known of the hours of one (station, factor); null where the source did not say. ``hour_label`` is the label
# the hours came with (begin, end): in the lake every hour bears its beginning.
SERIES = pa.schema(
    [
        ("station", pa.string()),
        ("factor", pa.string()),
        ("part", pa.int32()),
        ("unit", pa.string()),
        ("source", pa.string()),
        ("hour_label", pa.string()),
        ("time_zone", pa.string()),
        ("reference_state", pa.string()),
        ("recorded", INSTANT),
    ]
)

# A person's decision on the hours from ``start`` until before ``until``; ``sequence`` orders those on one finding.
REVIEW = pa.schema(
    [
        ("finding", pa.string()),
        ("sequence", pa.int64()),
        ("station", pa.string()),
        ("factor", pa.string()),
        ("start", INSTANT),
        ("until", INSTANT),
        ("state", pa.string()),
        ("by", pa.string()),
        ("at", INSTANT),
    ]
)

# An hour whose value was replaced: what stood there, what stands there now, by whom, when.
CORRECTION = pa.schema(
    [
        ("station", pa.string()),
        ("factor", pa.string()),
        ("time", INSTANT),
        ("old_value", pa.float64()),
        ("new_value", pa.float64()),
        ("by", pa.string()),
        ("recorded", INSTANT),
    ]
)

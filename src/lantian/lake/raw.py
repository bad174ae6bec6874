"""Raw observations: appended as they come, one file per local date; compaction folds a date's files into one.

Three layers of one table. ``new``: as appended, keys may repeat. ``base``: after compaction, each key once, with the
row that counts. ``old``: earlier values of corrected keys. A date without ``new`` files is read without looking for
repetitions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from lantian.lake.blocks import integers
from lantian.lake.errors import LakeError
from lantian.lake.schema import INTERVALS, KEY, OBSERVATION
from lantian.lake.tables import DataFile

PARTITION = ("layer", "date")
_DAY = 86_400_000_000
# China has one time zone and no summer time; dates of the lake are its dates.
LOCAL = 8 * 3_600_000_000
_ROW_GROUP = 250_000
PARQUET = {"row_group_size": _ROW_GROUP}
# New rows are merged among themselves until they are this share of the date's base: each row is rewritten a few times
# a day, not every time.
_SHARE = 0.25
# (what stands in a run of arrivals that say the same, which arrival of a key counts last)
CONTENT = ("value", "unit", "flag", "quality")
ARRIVAL = ", ".join(f"{name} nulls first" for name in ("received", *CONTENT, "source"))


def checked(data: Any) -> Any:
    """The rows in the columns of OBSERVATION; absent nullable columns are null, values that are not finite are null.

    LakeError: a column that we do not know, a key without a part, an interval that we do not know.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    unknown = set(data.schema.names) - set(OBSERVATION.names)
    lacking = set(KEY) - set(data.schema.names)
    if unknown or lacking:
        names = "、".join(sorted(unknown or lacking))
        raise LakeError(
            f"观测数据的列不对：{'多出' if unknown else '缺少'} {names}",
            f"columns of observations: {'unknown' if unknown else 'missing'} {names}",
        )
    columns = []
    for field in OBSERVATION:
        if field.name in data.schema.names:
            column = data.column(field.name)
            columns.append(column if column.type == field.type else pc.cast(column, field.type))
        else:
            columns.append(pa.nulls(data.num_rows, field.type))
    rows = pa.table(columns, schema=OBSERVATION)
    for name in KEY:
        if rows.column(name).null_count:
            raise LakeError(f"观测数据缺少 {name}", f"observations without {name}")
    for interval in pc.unique(rows.column("interval")).to_pylist():
        if interval not in INTERVALS:
            raise LakeError(f"不认识的时间粒度“{interval}”", f"unknown interval “{interval}”")
    value = rows.column("value")
    finite = pc.if_else(pc.is_finite(value), value, pa.scalar(None, pa.float64()))
    return rows.set_column(rows.schema.get_field_index("value"), "value", finite)


def by_date(rows: Any) -> Iterator[tuple[str, Any]]:
    """(local date, its rows) of checked rows."""
    import pyarrow as pa

    times = integers(rows.column("time").combine_chunks())
    days = (times + LOCAL) // _DAY
    for day in np.unique(days):
        own = rows if (days == day).all() else rows.filter(pa.array(days == day))
        yield str(np.datetime64(int(day), "D")), own


def outdated(files: Sequence[DataFile], keep_days: int, today: date) -> list[DataFile]:
    """Files of dates that are more than ``keep_days`` days old."""
    before = (today - timedelta(days=keep_days)).isoformat()
    return [item for item in files if item.partition["date"] < before]


def plan(files: Sequence[DataFile], thorough: bool) -> list[tuple[str, list[DataFile], bool]]:
    """What compaction shall fold: (date, files, whether into base and old, else into one file of ``new``)."""
    dates: dict[str, list[DataFile]] = defaultdict(list)
    for item in files:
        dates[item.partition["date"]].append(item)
    found = []
    for day, own in sorted(dates.items()):
        fresh = [item for item in own if item.partition["layer"] == "new"]
        rows = sum(item.rows for item in fresh)
        settled = sum(item.rows for item in own) - rows
        if not fresh:
            continue
        if thorough or rows >= settled * _SHARE:
            found.append((day, own, True))
        elif len(fresh) > 1:
            found.append((day, fresh, False))
    return found


def runs(source: str) -> str:
    """SQL: the rows of ``source`` with ``first`` (begins a run of arrivals of its key that say the same) and ``last``
    (the arrival of its key that counts)."""
    key = ", ".join(KEY)
    content = f"struct_pack({', '.join(f'{name} := {name}' for name in CONTENT)})"
    return f"""
        select *, row_number() over arrivals = 1
          or lag({content}) over arrivals is distinct from {content} as "first",
          lead(true) over arrivals is null as "last"
        from ({source}) window arrivals as (partition by {key} order by {ARRIVAL})"""  # noqa: S608 (names of ours)


def folded(connection: Any, files: Sequence[DataFile], whole: bool) -> Iterator[tuple[str, Iterator[Any]]]:
    """(layer, record batches) that replace ``files``: sorted by key, repetitions dropped, corrections kept.

    Of a run of arrivals that say the same the first is kept (when was it corrected?) and, of the run that counts, the
    last (contracts §4: the later received counts).
    """
    from lantian.lake.query import parquet

    names = ", ".join(OBSERVATION.names)
    order = f"{', '.join(KEY)}, {ARRIVAL}"
    marked = runs(parquet(files, OBSERVATION))
    wanted = {"base": '"last"', "old": '"first" and not "last"'} if whole else {"new": '"first" or "last"'}
    for layer, which in wanted.items():
        found = connection.sql(f"select {names} from ({marked}) where {which} order by {order}")  # noqa: S608
        yield layer, _batches(found)


def _batches(found: Any) -> Iterator[Any]:
    for batch in found.to_arrow_reader(_ROW_GROUP):
        if batch.num_rows:
            yield batch.cast(OBSERVATION)

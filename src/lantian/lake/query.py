"""SQL over one pinned version of the lake: DuckDB reads the version's file lists through typed views."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.lake import raw, schema
from lantian.lake.blocks import LOCAL_HOURS
from lantian.lake.errors import LakeError, QueryRefused
from lantian.lake.sqlguard import checked
from lantian.lake.tables import DataFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TYPES = {
    "string": "VARCHAR", "double": "DOUBLE", "int64": "BIGINT", "int32": "INTEGER", "bool": "BOOLEAN",
    "date32[day]": "DATE",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What one query may use: seconds, threads, megabytes of memory (nothing is spilled to disk)."""

    seconds: float = 60.0
    threads: int = 2
    megabytes: int = 1024


@dataclass(frozen=True)
class Files:
    """The pinned file lists of the lake's tables."""

    raw: Sequence[DataFile]
    quarantine: Sequence[DataFile]
    hours: Sequence[DataFile]
    series: Sequence[DataFile]
    correction: Sequence[DataFile]
    review: Sequence[DataFile]


VIEWS = frozenset({"observation", "observation_history", "correction", "quarantine", "hour", "series", "review"})


def _type(field: Any) -> str:
    return _TYPES.get(str(field.type), "TIMESTAMPTZ")


def parquet(files: Sequence[DataFile], columns: Any) -> str:
    """SQL: the rows of files in the columns of a schema; typed also where there are no files or files lack a column."""
    names = ", ".join(f'"{field.name}"' for field in columns)
    empty = ", ".join(f'null::{_type(field)} as "{field.name}"' for field in columns)
    found = f"select {empty} where false"
    if files:
        paths = ", ".join(_quoted(item.path) for item in files)
        found += f"""
            union all by name select * from read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"""  # noqa: S608
    return f"select {names} from ({found})"  # noqa: S608 (names and paths of ours)


def _quoted(path: Path) -> str:
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def _layers(files: Sequence[DataFile]) -> tuple[list[DataFile], list[DataFile]]:
    """(files whose rows stand as they are, files of a group that has something newer beside its base); not ``old``."""
    groups: dict[tuple[str, ...], list[DataFile]] = defaultdict(list)
    for item in files:
        if item.partition["layer"] != "old":
            group = [value for name, value in item.partition.items() if name != "layer"]
            groups[(*group, str(item.low.get("factor", "")) if "part" in item.partition else "")].append(item)
    settled: list[DataFile] = []
    mixed: list[DataFile] = []
    for own in groups.values():
        (settled if all(item.partition["layer"] == "base" for item in own) else mixed).extend(own)
    return settled, mixed


def current(files: Sequence[DataFile]) -> str:
    """SQL: raw observations, each key once, with the arrival that counts."""
    settled, mixed = _layers(files)
    names, key = ", ".join(schema.OBSERVATION.names), ", ".join(schema.KEY)
    found = parquet(settled, schema.OBSERVATION)
    if mixed:
        found += f"""
            union all select {names} from ({parquet(mixed, schema.OBSERVATION)})
            qualify lead(true) over (partition by {key} order by {raw.ARRIVAL}) is null"""  # noqa: S608
    return found


def hours(files: Files) -> str:
    """SQL: the hours that have a value, with what is known of their series; as they came."""
    settled, mixed = _layers(files.hours)
    names = ", ".join(schema.HOUR.names)
    found = f"select {names} from ({parquet(settled, schema.HOUR)}) where value is not null"  # noqa: S608
    if mixed:
        found += f"""
            union all select {names} from ({parquet(mixed, schema.HOUR)}) where value is not null
            qualify row_number() over (partition by station, factor, "time" order by sequence desc) = 1"""  # noqa: S608
    return f"""
        select station, factor, h."time", h.value, s.unit, s.source, h.recorded as received
        from ({found}) h left join ({parquet(files.series, schema.SERIES)}) s using (station, factor)"""  # noqa: S608


def counted(files: Files) -> str:
    """SQL: `hours` without those that a person rejected (`lantian.lake.reviews`)."""
    if not files.review:  # costs nothing where nobody decided anything
        return hours(files)
    return f"""
        select h.* from ({hours(files)}) h anti join ({_rejected(files.review)}) r
        on r.station = h.station and r.factor = h.factor and h."time" >= r."start" and h."time" < r."until" """  # noqa: S608


def _rejected(files: Sequence[DataFile]) -> str:
    return f"""
        select station, factor, "start", "until" from (
          select * from ({parquet(files, schema.REVIEW)})
          qualify row_number() over (partition by finding order by sequence desc) = 1
        ) where state = 'rejected'"""  # noqa: S608


def _observation(files: Files) -> str:
    names, key = ", ".join(schema.OBSERVATION.names), ", ".join(schema.KEY)
    sent = f"select {names} from ({current(files.raw)})"  # noqa: S608
    dense = f"""
        select station, factor, 'Avg' as attribute, "time", 'hour' as "interval", value, unit, null::varchar as flag,
          null::varchar as quality, source, received from ({hours(files)})"""  # noqa: S608
    if not files.hours:
        return sent
    if not any(item.low.get("interval", "") <= "hour" <= item.high.get("interval", "~") for item in files.raw):
        return f"{sent} union all {dense}"
    hourly = """ "interval" = 'hour' and attribute = 'Avg' """
    return f"""
        {sent} where not ({hourly})
        union all select {names} from ({sent} where {hourly} union all {dense})
        qualify lead(true) over (partition by {key} order by {raw.ARRIVAL}) is null"""  # noqa: S608


def _history(files: Files) -> str:
    names = ", ".join(schema.OBSERVATION.names)
    marked = raw.runs(parquet(files.raw, schema.OBSERVATION))
    return f"""select {names} from ({marked}) where "first" """  # noqa: S608


def _correction(files: Files) -> str:
    key = ", ".join(schema.KEY)
    before = f"over (partition by {key} order by {raw.ARRIVAL})"
    sent = f"""
        select {key}, lag(value) {before} as old_value, value as new_value, lag(flag) {before} as old_flag,
          flag as new_flag, source as "by", received as recorded, row_number() {before} as arrival
        from ({_history(files)})"""  # noqa: S608
    # A writer killed between the correction and the hours writes the correction again: it is one.
    again = 'over (partition by station, factor, "time" order by recorded)'
    return f"""
        select {key}, old_value, new_value, old_flag, new_flag, "by", recorded from ({sent}) where arrival > 1
        union all
        select station, factor, 'Avg', 'hour', "time", old_value, new_value, null, null, "by", recorded
        from ({parquet(files.correction, schema.CORRECTION)})
        qualify lag(old_value) {again} is distinct from old_value or lag(new_value) {again} is distinct from new_value
        """  # noqa: S608


def view_of(name: str, files: Files) -> str:
    """SQL: the rows of one of VIEWS."""
    if name == "observation":
        return _observation(files)
    if name == "observation_history":
        return _history(files)
    if name == "correction":
        return _correction(files)
    if name == "quarantine":
        return current(files.quarantine)
    if name == "hour":
        return counted(files)
    if name == "review":
        return parquet(files.review, schema.REVIEW)
    return parquet(files.series, schema.SERIES)


def connect(root: Path, limits: Limits, spill: Path | None = None) -> DuckDBPyConnection:
    """DuckDB in memory that reads files of the lake, and nothing else of the machine; writes to ``spill`` at most."""
    import duckdb

    connection, empty = duckdb.connect(":memory:"), "''"
    for setting in (
        "TimeZone = 'UTC'",
        f"threads = {limits.threads}",
        f"memory_limit = '{limits.megabytes}MB'",
        f"temp_directory = {_quoted(spill) if spill else empty}",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = [{_quoted(root)}]",
        "enable_external_access = false",
    ):
        connection.execute(f"set {setting}")
    return connection


@contextmanager
def asking(root: Path, limits: Limits) -> Iterator[DuckDBPyConnection]:
    """A connection of its own for one question, which is stopped at the limits (`within`)."""
    connection = connect(root, limits)
    try:
        with within(connection, root, limits):
            yield connection
    finally:
        connection.close()


@contextmanager
def within(connection: DuckDBPyConnection, root: Path, limits: Limits) -> Iterator[None]:
    """Stop what a connection is asked at the limits; what DuckDB says becomes one sentence."""
    import duckdb

    late = threading.Timer(limits.seconds, connection.interrupt)
    late.daemon = True
    late.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryRefused(
            f"查询超过 {limits.seconds:g} 秒，已停止", f"the query was stopped after {limits.seconds:g} s"
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise QueryRefused(
            f"查询需要的内存超过 {limits.megabytes} MB", f"the query needs more than {limits.megabytes} MB of memory"
        ) from error
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) or ".parquet" in str(error):
            raise LakeError(
                f"{root}：数据湖的文件损坏或已被删除（{_line(error)}）",
                f"{root}: a file of the lake is damaged or gone ({_line(error)})",
            ) from error
        raise QueryRefused(f"查询有误（{_line(error)}）", f"the query is wrong ({_line(error)})") from error
    finally:
        late.cancel()
        late.join()  # nobody is interrupted who asks next


def answer(
    root: Path,
    files: Files,
    query: str,
    parameters: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    more: Mapping[str, Callable[[], str]] | None = None,
) -> Any:
    """The Arrow table of a query over the views, and over ``more``: SQL by the views' names.

    QueryRefused: not allowed, wrong, too slow or too large.
    """
    others = more or {}
    text, views = checked(query, VIEWS | others.keys())
    with asking(root, limits or Limits()) as connection:
        for name in sorted(views):
            rows = others[name]() if name in others else view_of(name, files)
            connection.execute(f'create view "{name}" as {rows}')
        connection.execute("set lock_configuration = true")
        return connection.sql(text, params=dict(parameters) if parameters else None).to_arrow_table()


def latest(root: Path, files: Files, factors: Sequence[str] | None, since: datetime | None) -> Any:
    """`Lake.latest`: files of dates before ``since`` are not opened."""
    if since is not None:
        day = (since.astimezone(UTC) + timedelta(hours=LOCAL_HOURS)).date().isoformat()
        sent = [item for item in files.raw if item.partition["date"] >= day]
        dense = [item for item in files.hours if item.high["time"] >= since]
        files = replace(files, raw=sent, hours=dense)
    names = ", ".join(schema.OBSERVATION.names)
    query = f"""
        select {names} from ({_observation(files)})
        where ($factors is null or list_contains($factors, factor)) and ($since is null or "time" >= $since)
        qualify row_number() over (partition by station, factor, attribute, "interval" order by "time" desc) = 1
        order by station, factor, attribute, "interval" """  # noqa: S608
    given = {"factors": None if factors is None else list(factors), "since": since}
    with asking(root, Limits()) as connection:
        return connection.sql(query, params=given).to_arrow_table()


def hour_means(root: Path, files: Files, factors: Sequence[str], since: datetime, until: datetime) -> Any:
    """`Lake.hour_means`: files of other dates are not opened."""
    days = [(at.astimezone(UTC) + timedelta(hours=LOCAL_HOURS)).date().isoformat() for at in (since, until)]
    sent = [item for item in files.raw if days[0] <= item.partition["date"] <= days[1]]
    query = f"""
        select station, factor, "interval", unit, avg(value) as mean,
          epoch_us("time") // 3600000000 as hour, count(distinct epoch_us("time") // 60000000) as minutes
        from ({current(sent)})
        where list_contains($factors, factor) and "time" >= $since and "time" < $until
          and value is not null and unit is not null and quality is null and flag = 'N'
          and attribute = case when "interval" = 'instant' then 'Rtd' else 'Avg' end
        group by all order by station, factor, hour, "interval" """  # noqa: S608
    with asking(root, Limits()) as connection:
        given = {"factors": list(factors), "since": since, "until": until}
        return connection.sql(query, params=given).to_arrow_table()


def _line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split())[:300]

"""The lake on Spark (the extra ``spark``): the same views over the same pinned files, for a cluster or this machine.

Spark reads the Parquet files that the newest version names, as DuckDB does, and not the Delta table: no jar is needed
that would have to be downloaded, and whoever writes meanwhile is not seen (docs/decisions/0006-spark-without-jars.md).
On a cluster the lake's folder is mounted on every machine under the same path.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.lake import schema
from lantian.lake.blocks import LOCAL_HOURS, Floats
from lantian.lake.errors import LakeError, MissingExtra, QueryRefused
from lantian.lake.query import VIEWS, Files, Limits, parquet, view_of
from lantian.lake.reviews import Rejected
from lantian.lake.sparksql import on_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
_TYPES = {"TEXT": "string", "TIMESTAMPTZ": "timestamp", "TIMESTAMP": "timestamp_ntz"}
# As DuckDB has it: what does not fit a type is an error and not null, and instants are UTC.
_MEANINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
}
# A task that goes on although its job was cancelled takes its executor with it; not where that is this process.
_REAPED = {
    "spark.task.reaper.enabled": "true",
    "spark.task.reaper.killTimeout": "10s",
}
# A driver on this machine speaks to nobody else, shows no page and says nothing but errors.
_ALONE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def session(master: str = LOCAL, settings: Mapping[str, str] | None = None) -> SparkSession:
    """A Spark session: on this machine, or the driver of a cluster at ``master``. ``settings`` are Spark's own.

    MissingExtra: pyspark or Java is not installed. LakeError: Spark does not start. There is one Spark a process: where
    one runs already, the session is another of it, with views of its own.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pandas, which is not used here
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtra(
            "需要安装 pyspark：pip install 'lantian[spark]'", "pyspark is not installed: pip install 'lantian[spark]'"
        ) from error
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # an error is raised, not shown beside it
    running = SparkSession.getActiveSession()
    if running is not None:
        return running.newSession()
    if not java():
        raise MissingExtra(
            "Spark 需要 Java 17 或更新版本（Debian：apt-get install default-jre-headless）",
            "Spark needs Java 17 or newer (Debian: apt-get install default-jre-headless)",
        )
    local = master.startswith("local")
    if local:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    chosen = {**_MEANINGS, **_QUIET, **(_ALONE if local else _REAPED), **(settings or {})}
    chosen.setdefault("spark.sql.warehouse.dir", str(Path(tempfile.gettempdir()) / "lantian-spark"))
    builder = SparkSession.builder.master(master).appName("lantian")
    for name, value in chosen.items():
        builder = builder.config(name, value)
    with _aside() as said:
        try:
            return builder.getOrCreate()
        except Exception as error:
            said.seek(0)
            reason = _last(said.read()) or _line(error)
            raise LakeError(f"Spark 未能启动（{reason}）", f"Spark does not start ({reason})") from error


@contextmanager
def _aside() -> Iterator[Any]:
    """Where Java and Spark write while they start, and afterwards: not among the lines of a command."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield file
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "rror" in line or "xception" in line]
    return lines[0][:300] if lines else ""


def java() -> bool:
    """Whether there is a Java that Spark can be started with (17 or newer)."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if found is None:
        return False
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    version = re.search(r'version "(\d+)', said)
    return version is not None and int(version[1]) >= 17


class Reader:
    """Files of one session as temporary views, each set of files once."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self._views: dict[tuple[Any, ...], str] = {}

    def __call__(self, paths: Sequence[str], columns: Sequence[tuple[str, str]]) -> str:
        """The name of a view of files in these columns; a column that a file lacks is null."""
        asked = (tuple(paths), tuple(columns))
        if asked not in self._views:
            name = f"_files_{len(self._views)}"
            types = ", ".join(f"`{column}` {_TYPES.get(kind, kind)}" for column, kind in columns)
            # Partitions stand in folders and mean nothing to a reader; a file's name is never a pattern.
            reader = self.spark.read.schema(types).option("recursiveFileLookup", "true")
            found = reader.option("__globPaths__", "false").parquet(*paths)
            found.createOrReplaceTempView(name)
            self._views[asked] = name
        return self._views[asked]

    def view(self, name: str, text: str) -> None:
        """Make (or make anew) a temporary view from SQL in DuckDB's dialect."""
        self.spark.sql(on_spark(text, self)).createOrReplaceTempView(name)


def views(spark: SparkSession, files: Files, names: Sequence[str] = tuple(sorted(VIEWS))) -> Reader:
    """Make the lake's views (docs/lake.md) in a session, over pinned files."""
    reader = Reader(spark)
    with failures():
        for name in names:
            reader.view(name, view_of(name, files))
    return reader


def answer(spark: SparkSession, text: str, limits: Limits | None = None) -> Any:
    """The Arrow table of a query in Spark's dialect over the session's views. QueryRefused: wrong, or too slow.

    Of the limits only the seconds count: threads and memory are the session's.
    """
    with failures(), _within(spark, (limits or Limits()).seconds):
        return spark.sql(text).toArrow()


def by_station(
    spark: SparkSession,
    files: Files,
    factors: Sequence[str],
    stations: Sequence[str] | None,
    work: Callable[[Any], Any],
    columns: Any,
) -> DataFrame:
    """What ``work`` makes of each station's hours: an Arrow table in, an Arrow table of the schema ``columns`` out.

    In: ``station, factor, hour`` (since 1970, UTC)``, value, sequence`` in no order. Every row of the files is there,
    those without a value and those that a later sequence replaces too: `dense` settles them.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    chosen = [item for item in files.hours if item.low["factor"] in factors]
    reader = Reader(spark)
    with failures():
        found = spark.sql(
            on_spark(
                f"""select station, factor, epoch_us("time") // 3600000000 as hour, value, sequence
                from ({parquet(chosen, schema.HOUR)})""",  # noqa: S608 (names and paths of ours)
                reader,
            )
        )
        if stations is not None:
            found = found.where(found.station.isin(list(stations)))
        return found.groupBy("station").applyInArrow(work, from_arrow_schema(columns))


def dense(rows: Any, factors: Sequence[str], rejected: Rejected | None = None) -> tuple[date, int, dict[str, Floats]]:
    """(first day in China, days, values by factor, each ``(1, days × 24)``) of one station's rows of `by_station`,
    without the hours that were ``rejected``."""
    import numpy as np

    hour = rows.column("hour").to_numpy()
    factor = rows.column("factor").to_numpy(zero_copy_only=False)
    value = rows.column("value").to_numpy()
    days = (hour + LOCAL_HOURS) // 24
    first, last = int(days.min()), int(days.max())
    at = hour + LOCAL_HOURS - first * 24
    found = {name: np.full((1, (last - first + 1) * 24), np.nan) for name in factors}
    # The later written counts, and an empty value never erases.
    order = np.argsort(rows.column("sequence").to_numpy(), kind="stable")
    order = order[~np.isnan(value[order])]
    for name, cells in found.items():
        own = order[factor[order] == name]
        cells[0, at[own]] = value[own]
        if rejected:
            rejected.take_out(cells, [rows.column("station")[0].as_py()], name, first * 24 - LOCAL_HOURS)
    return date(1970, 1, 1) + timedelta(days=first), last - first + 1, found


def collected(frame: DataFrame) -> Any:
    """The Arrow table of a frame. LakeError: a file is damaged or gone."""
    with failures():
        return frame.toArrow()


@contextmanager
def failures() -> Iterator[None]:
    """What Spark says, in one sentence."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        said = _line(error)
        if ".parquet" in str(error) or "PATH_NOT_FOUND" in said or "FAILED_READ_FILE" in said:
            raise LakeError(
                f"数据湖的文件损坏或已被删除（{said}）", f"a file of the lake is damaged or gone ({said})"
            ) from error
        raise QueryRefused(f"查询有误（{said}）", f"the query is wrong ({said})") from error


@contextmanager
def _within(spark: SparkSession, seconds: float) -> Iterator[None]:
    """Stop the jobs of this thread after so many seconds, also those that it has not begun yet."""
    late = threading.Event()
    group = f"lantian-{threading.get_ident()}-{id(late)}"
    context = spark.sparkContext

    def stop() -> None:
        late.set()
        context._jsc.sc().cancelJobGroupAndFutureJobs(group)  # PySpark has only the one that forgets later jobs

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    context.setJobGroup(group, "lantian", interruptOnCancel=True)
    timer.start()
    try:
        yield
    except Exception as error:
        if not late.is_set():
            raise
        raise QueryRefused(f"查询超过 {seconds:g} 秒，已停止", f"the query was stopped after {seconds:g} s") from error
    finally:
        timer.cancel()
        timer.join()
        for name in ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel"):
            context.setLocalProperty(name, None)  # type: ignore[arg-type]


def _line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split())[:300]

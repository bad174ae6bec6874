"""Indicators and rules on Spark (the extra ``spark``): the same SQL over the same views as on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlglot import exp, parse_one

from lantian.indicators.engine import MOST, Engine, sources_of
from lantian.indicators.headers import Indicator, Level, Rule
from lantian.indicators.sources import Sources
from lantian.indicators.subset import Query
from lantian.indicators.views import ANCESTORS
from lantian.lake.query import Limits
from lantian.lake.spark import Reader, answer, failures
from lantian.lake.sparksql import in_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def transpile(query: Query, days: Mapping[str, date]) -> str:
    """A checked query in Spark's dialect, with the days as literals. KeyError: a parameter of the query has no day."""
    tree = parse_one(query.text, dialect="duckdb")
    for node in list(tree.find_all(exp.Placeholder)):
        literal = exp.Literal.string(days[node.name].isoformat())
        node.replace(exp.Cast(this=literal, to=exp.DataType.build("date")))
    return in_spark(tree)


def engine(spark: SparkSession) -> Engine:
    """What `lantian.indicators.running` takes as ``engine``: views in a session of their own, as they are asked for.

    For one thread. Views are made anew only where they are others than before, so indicators at the same level and day
    are best computed one after the other.
    """
    own = spark.newSession()
    views = _Views(own)

    def run(
        query: Indicator | Rule, sources: Sources, level: Level | None, days: dict[str, date], limits: Limits
    ) -> Any:
        views.make(query, sources, level, days["end"])
        return answer(own, f"select * from ({transpile(query.query, days)}) limit {MOST + 1}", limits)  # noqa: S608

    return run


class _Views:
    """The temporary views of a session, with what each of them shows now."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.reader = Reader(spark)
        self._tables: dict[str, tuple[Any, int]] = {}
        self._texts: dict[str, tuple[str, int]] = {}

    def make(self, query: Indicator | Rule, sources: Sources, level: Level | None, end: date) -> None:
        """Make the views that a query reads. LakeError: a file is damaged or gone."""
        tables, views = sources_of(query, sources, level, end)
        with failures():
            numbers = {name: self._table(name, rows) for name, rows in tables.items()}
            for name, text in views.items():
                # A view keeps the ancestors that it was made over.
                shown = (text, numbers.get(ANCESTORS, 0))
                if self._texts.get(name) != shown:
                    self.reader.view(name, text)
                    self._texts[name] = shown

    def _table(self, name: str, rows: Any) -> int:
        """Show the rows of a list of the directory; how many other ones were shown before."""
        before, number = self._tables.get(name, (None, 0))
        if before is None or not rows.equals(before):
            number += 1
            self.spark.createDataFrame(rows).createOrReplaceTempView(name)
            self._tables[name] = (rows, number)
        return number

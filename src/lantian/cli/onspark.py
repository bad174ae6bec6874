"""``--engine spark`` of ``lantian sql`` and ``lantian stats``: the same questions to a lake, answered by Spark."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.cli.measurements import of_day
from lantian.indicators.columns import View
from lantian.indicators.kinds import Kind
from lantian.indicators.subset import Query, checked
from lantian.lake import Lake
from lantian.lake.errors import QueryRefused
from lantian.lake.query import VIEWS, Files, Limits, view_of
from lantian.lake.query import answer as local_answer
from lantian.lake.spark import Reader, answer, failures, session
from lantian.lake.sparksql import on_spark
from lantian.lake.sqlguard import checked as guarded
from lantian.registers.marked import Problems
from lantian.standards.ambient import STANDARDS, Standard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lantian.analysis.annual import YearStatistic


def sql(root: Path, query: str, more: Mapping[str, Callable[[], str]], seconds: float, master: str) -> Any:
    """The Arrow table of one SELECT in the SQL of packs (docs/sql.md) over the lake's views and ``more``.

    QueryRefused: not in that SQL, wrong or too slow. LakeError: Spark is not there, or a file is damaged.
    """
    files = Lake(root).files()
    found = _checked(root, files, query, more)
    spark = session(master)
    reader = Reader(spark)
    with failures():
        for name in sorted(found.views):
            reader.view(name, more[name]() if name in more else view_of(name, files))
    return answer(spark, on_spark(found.text), Limits(seconds=seconds))


def _checked(root: Path, files: Files, query: str, more: Mapping[str, Callable[[], str]]) -> Query:
    """The query as it is run: only what means the same on both engines.

    Behind DuckDB stands a sandbox, behind Spark nothing but this list.
    """
    _text, names = guarded(query, VIEWS | more.keys())
    views = {}
    for name in names:
        columns = local_answer(root, files, f'select * from "{name}" where false', more=more).schema  # noqa: S608
        views[name] = View({column.name: _KINDS.get(str(column.type), _kind(column.type)) for column in columns})
    problems = Problems(Path("sql"))
    found = checked(query, views, None, problems)
    if problems.found:
        problem = problems.found[0]
        raise QueryRefused(f"查询有误（{problem.zh}）", f"the query is wrong ({problem.en})")
    if found.parameters:
        raise QueryRefused("这里没有参数", "there are no parameters here")
    return found


_KINDS: Mapping[str, Kind] = {
    "int64": "integer",
    "int32": "integer",
    "double": "decimal",
    "date32[day]": "date",
    "bool": "bool",
}


def _kind(kind: Any) -> Kind:
    return "datetime" if str(kind).startswith("timestamp") else "text"


def years(args: argparse.Namespace) -> tuple[Standard, list[YearStatistic]]:
    """What ``stats annual`` and ``stats rank`` rest on. LakeError, DataError: as without Spark."""
    from lantian.analysis.sand import read_periods
    from lantian.analysis.spark import annual

    sand = read_periods(args.without_sand) if args.without_sand else ()
    spark, files, standard = _asked(args)
    return standard, annual(spark, files, standard.key, args.stations, sand, not args.with_rejected)


def days(args: argparse.Namespace) -> list[list[Any]]:
    """The rows of ``stats daily``; what is not known is empty. LakeError: as without Spark."""
    from lantian.analysis.spark import daily

    spark, files, standard = _asked(args)
    found = daily(spark, files, standard.key, args.stations, not args.with_rejected)
    return [["" if value is None else value for value in row.values()] for row in found]


def _asked(args: argparse.Namespace) -> tuple[SparkSession, Files, Standard]:
    from lantian.analysis.spark import last_day
    from lantian.cli.lakedata import rejected_values, usable
    from lantian.cli.stats import say_rejected

    files = Lake(args.lake).files()
    usable(args.lake, args.stations)
    spark = session(args.master)
    if args.standard:
        standard = STANDARDS[args.standard]
    else:
        last = last_day(spark, files, args.stations)
        assert last is not None, "the lake has hours"
        standard = of_day("stats", last)
    if files.review and not args.with_rejected:
        say_rejected(rejected_values(args.lake, args.stations))
    return spark, files, standard

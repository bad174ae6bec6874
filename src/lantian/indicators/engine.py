"""What runs a query: DuckDB in the process, one connection for as many queries as are asked one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.indicators.headers import Indicator, Level, Rule
from lantian.indicators.known import HISTORY
from lantian.indicators.sources import Sources, around
from lantian.indicators.views import ANCESTORS, lake_view, register_view
from lantian.lake.query import Limits, connect, within

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What runs a query from the sources at a level (None: subjects are no areas) over days: the Arrow table of its results.
# LakeError: it cannot.
Engine = Callable[[Indicator | Rule, Sources, Level | None, dict[str, date], Limits], Any]

LIMITS = Limits(seconds=30.0)
# More subjects or findings than this are a query without its GROUP BY or its condition.
MOST = 200_000


@contextmanager
def on_duckdb() -> Iterator[Engine]:
    """The engine that needs nothing else; `lantian.indicators.spark.engine` is the other one.

    For one thread. Each view is made once and made anew only where it shows something else: other files, another day,
    another level. Each query has its own limits; one that fails takes its connection with it, and nothing else.
    """
    kept = _Kept()
    try:
        yield kept.run
    finally:
        kept.close()


class _Kept:
    """A connection, with what each of its views shows now."""

    def __init__(self) -> None:
        self._made: tuple[Path, Limits] | None = None
        self._connection: DuckDBPyConnection | None = None
        self._tables: dict[str, Any] = {}
        self._texts: dict[str, str] = {}

    def run(
        self, query: Indicator | Rule, sources: Sources, level: Level | None, days: dict[str, date], limits: Limits
    ) -> Any:
        connection = self._open(sources.root, limits)
        given = {name: days[name] for name in query.query.parameters}
        text = f"select * from ({query.query.text}) limit {MOST + 1}"  # noqa: S608 (checked when it was loaded)
        try:
            with within(connection, sources.root, limits):
                self._show(connection, *sources_of(query, sources, level, days["end"]))
                return connection.sql(text, params=given or None).to_arrow_table()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give up the connection; the next query opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._made = None, None
        self._tables, self._texts = {}, {}

    def _open(self, root: Path, limits: Limits) -> DuckDBPyConnection:
        """The connection, with these limits of memory and threads, which reads this lake and nothing else."""
        if self._connection is None or self._made != (root, limits):
            self.close()
            self._connection, self._made = connect(root, limits), (root, limits)
            self._connection.execute("set lock_configuration = true")
        return self._connection

    def _show(self, connection: DuckDBPyConnection, tables: dict[str, Any], views: dict[str, str]) -> None:
        for name, rows in tables.items():
            if name not in self._tables or not rows.equals(self._tables[name]):
                self._tables.pop(name, None)
                connection.register(f"_{name}_rows", rows)
                connection.execute(f"create or replace temp table {name} as select * from _{name}_rows")  # noqa: S608
                connection.unregister(f"_{name}_rows")
                self._tables[name] = rows
        for name, text in views.items():
            if self._texts.get(name) != text:
                connection.execute(f'create or replace temp view "{name}" as {text}')
                self._texts[name] = text


def sources_of(
    query: Indicator | Rule, sources: Sources, level: Level | None, end: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a query reads: (Arrow tables of the directory by name, SQL of the other views by name; the tables first)."""
    registers = {register.name: register for register in query.reads}
    names = set(query.query.views)
    mapped = level is not None
    lists = sorted((names & sources.marks.keys()) | ({ANCESTORS} if mapped else set()))
    views = {}
    for name in sorted(names - sources.marks.keys()):
        register = registers.get(name) or registers.get(name.removesuffix(HISTORY))
        if register is None:
            views[name] = lake_view(name, sources.lake[1])
        else:
            _last, files, schema = sources.register(register)
            views[name] = register_view(name, register, files, schema, end, mapped)
    return {name: around(sources, name, level, end) for name in lists}, views

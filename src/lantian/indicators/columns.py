"""Which column a name in a query means, and whether there is one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from lantian.indicators.kinds import Kind, kind_of, result_kind
from lantian.registers.marked import Problems


@dataclass(frozen=True, slots=True)
class View:
    """A view that queries read: its columns with their kinds, and which of them are about persons."""

    columns: Mapping[str, Kind]
    personal: frozenset[str] = frozenset()
    query: exp.Query | None = None  # of which the columns are results: their kinds are its business


def line_of(node: exp.Expr) -> int:
    """The line on which a part of a query stands: its own, else of its first part, else of what it belongs to."""
    lines = [item.meta["line"] for item in node.walk() if "line" in item.meta]
    if lines:
        return int(min(lines))
    return line_of(node.parent) if node.parent is not None else 1


def results_of(query: exp.Expr) -> list[str]:
    """The names of a query's results."""
    return list(query.named_selects) if isinstance(query, exp.Query) else []


class Columns:
    """The columns of one query, resolved against the views; ``views`` are those that it reads."""

    def __init__(self, tree: exp.Query, known: Mapping[str, View], problems: Problems) -> None:
        self.known = known
        self.problems = problems
        self._scopes = {id(scope.expression): scope for scope in traverse_scope(tree)}
        self._kinds: dict[int, Kind | None] = {}
        self._derived: dict[int, tuple[exp.Query, int]] = {}
        self._personal: set[int] = set()
        named = {item.alias for item in tree.find_all(exp.CTE)}
        tables = [item for item in tree.find_all(exp.Table) if item.name not in named]
        self.views = frozenset(item.name for item in tables)
        self._tree = tree
        self._tables = tables

    def check(self) -> None:
        """Report every view and column that does not exist, and persons' data that would come out."""
        for table in self._tables:
            if table.name not in self.known:
                near = self._near(table.name, self.known)
                self.problems.add(
                    line_of(table), f"没有台账或视图“{table.name}”{near[0]}", f"there is no “{table.name}”{near[1]}"
                )
        for column in self._tree.find_all(exp.Column):
            self._column(column)
        for column in self._tree.find_all(exp.Column):
            if id(column) in self._personal and _comes_out(column):
                self.problems.add(
                    line_of(column),
                    f"“{column.name}”涉及个人信息，只能用于条件、连接和计数",
                    f"“{column.name}” is about persons: it serves conditions, joins and counts only",
                )

    def kind(self, node: exp.Expr) -> Kind | None:
        """What sort of value an expression is, where that is plain."""
        return kind_of(node, self._kind)

    def result(self, query: exp.Query, at: int) -> Kind | None:
        """What sort of values a result of the query holds, where that is plain."""
        return result_kind(query, at, self._kind)

    def _kind(self, column: exp.Column) -> Kind | None:
        derived = self._derived.pop(id(column), None)
        if derived is not None:
            self._kinds[id(column)] = result_kind(*derived, self._kind)
        return self._kinds.get(id(column))

    def _column(self, column: exp.Column) -> None:
        scope = self._scope(column)
        ambiguous = False
        while scope is not None:
            named = dict(_sources(scope, self.known))
            if column.table:
                if column.table in named:
                    self._take(column, named[column.table])
                    return
            else:
                holding = [own for own in named.values() if own is None or column.name in own.columns]
                if len(holding) == 1:
                    self._take(column, holding[0])
                    return
                ambiguous = len(holding) > 1
                if ambiguous or _own_alias(column, scope):
                    break
            scope = scope.parent if scope.is_correlated_subquery or scope.is_subquery else None
        if ambiguous:
            self.problems.add(
                line_of(column),
                f"列“{column.name}”在多处出现，请写明是哪个表的",
                f"“{column.name}” is in several tables: say which",
            )
        elif scope is None and column.table:
            self.problems.add(
                line_of(column), f"查询中没有表“{column.table}”", f"there is no table “{column.table}” in the query"
            )
        elif scope is None:
            self._unknown(column, "", ())

    def _scope(self, column: exp.Column) -> Scope | None:
        node: exp.Expr | None = column
        while node is not None and id(node) not in self._scopes:
            node = node.parent
        return self._scopes[id(node)] if node is not None else None

    def _take(self, column: exp.Column, view: View | None) -> None:
        if view is None:
            return
        if column.name not in view.columns:
            self._unknown(column, column.table, view.columns)
            return
        self._kinds[id(column)] = view.columns[column.name]
        if view.query is not None:
            self._derived[id(column)] = (view.query, list(view.columns).index(column.name))
        if column.name in view.personal:
            self._personal.add(id(column))

    def _unknown(self, column: exp.Column, table: str, known: Mapping[str, object] | tuple[()]) -> None:
        near = self._near(column.name, known)
        name = f"{table}.{column.name}" if table else column.name
        self.problems.add(line_of(column), f"没有列“{name}”{near[0]}", f"there is no column “{name}”{near[1]}")

    @staticmethod
    def _near(name: str, known: Mapping[str, object] | tuple[()]) -> tuple[str, str]:
        close = difflib.get_close_matches(name, list(known), n=1)
        return (f"，是否为“{close[0]}”？", f": do you mean “{close[0]}”?") if close else ("", "")


def _sources(scope: Scope, known: Mapping[str, View]) -> Iterator[tuple[str, View | None]]:
    """The tables of a scope by the names they have there; None: unknown, and reported already."""
    for name, (_node, source) in scope.selected_sources.items():
        if isinstance(source, exp.Table):
            yield name, known.get(source.name)
        else:
            names = source.outer_columns or results_of(source.expression)
            query = source.expression if isinstance(source.expression, exp.Query) else None
            yield name, View(dict.fromkeys((item.lower() for item in names), "text"), query=query)


def _own_alias(column: exp.Column, scope: Scope) -> bool:
    """GROUP BY, HAVING and ORDER BY may use the names of the results."""
    part = column.find_ancestor(exp.Group, exp.Having, exp.Order, exp.Qualify, exp.Select)
    return isinstance(part, exp.Group | exp.Having | exp.Order | exp.Qualify) and column.name in {
        item.lower() for item in results_of(scope.expression)
    }


def _comes_out(column: exp.Column) -> bool:
    """Whether a column stands among the results of its SELECT, other than counted."""
    node: exp.Expr = column
    while node.parent is not None and not isinstance(node.parent, exp.Select):
        if isinstance(node.parent, exp.Count) or isinstance(node, exp.Where):
            return False
        node = node.parent
    return node.arg_key == "expressions"

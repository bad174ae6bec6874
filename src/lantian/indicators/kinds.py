"""What sort of value each part of a query is, so that what engines would convert differently can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from sqlglot import exp

Kind = Literal["text", "integer", "decimal", "date", "datetime", "bool"]
# Kinds that are compared and chosen between without a conversion.
FAMILY: dict[Kind, str] = {
    "text": "text", "integer": "number", "decimal": "number", "date": "day", "datetime": "day", "bool": "bool",
}  # fmt: skip
_TYPES: dict[str, Kind] = {
    "TEXT": "text", "VARCHAR": "text", "BIGINT": "integer", "INT": "integer", "DOUBLE": "decimal", "DATE": "date",
    "BOOLEAN": "bool", "TIMESTAMP": "datetime", "TIMESTAMPNTZ": "datetime",
}  # fmt: skip
_ALWAYS: dict[Kind, tuple[type[exp.Expr], ...]] = {
    "text": (exp.DPipe, exp.Lower, exp.Upper, exp.Trim, exp.Left, exp.Right, exp.Substring, exp.Replace),
    # A double also of whole numbers, on one of the engines at least.
    "decimal": (
        exp.Div, exp.Avg, exp.Median, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Sqrt, exp.Round, exp.Floor,
        exp.Ceil,
    ),
    "integer": (
        exp.Length, exp.Year, exp.Quarter, exp.Month, exp.Day, exp.Hour, exp.Extract, exp.DateDiff, exp.Count,
        exp.CountIf, exp.RowNumber, exp.Rank, exp.DenseRank,
    ),
    "date": (exp.LastDay, exp.DateFromParts, exp.Placeholder),
    "bool": (
        exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.And, exp.Or, exp.Not,
        exp.Between, exp.In, exp.Is, exp.Like, exp.Exists, exp.Boolean, exp.StartsWith, exp.Contains, exp.LogicalOr,
        exp.LogicalAnd,
    ),
}  # fmt: skip
_KIND_OF = {type_: kind for kind, types in _ALWAYS.items() for type_ in types}
_SAME = (exp.Paren, exp.Alias, exp.Neg, exp.Abs, exp.Nullif, exp.Filter, exp.Window, exp.Sum, exp.Min, exp.Max)


def values_of(node: exp.Expr) -> list[exp.Expr]:
    """The parts of which one becomes the value of a choice: COALESCE, GREATEST, LEAST, CASE, IF, LAG, LEAD."""
    if isinstance(node, exp.Case):
        return [item.args["true"] for item in node.args["ifs"]] + _there(node.args.get("default"))
    if isinstance(node, exp.If):
        return [node.args["true"], *_there(node.args.get("false"))]
    if isinstance(node, exp.Lag | exp.Lead):
        return [node.this, *_there(node.args.get("default"))]
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        return [node.this, *node.expressions]
    return []


def kind_of(node: exp.Expr, column: Callable[[exp.Column], Kind | None]) -> Kind | None:
    """The kind of an expression, None where it is not plain (null); ``column`` says it of columns."""
    if isinstance(node, exp.Column):
        return column(node)
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "integer" if node.name.isdigit() else "decimal"
    if isinstance(node, exp.Cast):
        return _TYPES.get(node.to.this.value if isinstance(node.to.this, exp.DType) else "")
    if isinstance(node, exp.Query):
        return result_kind(node, 0, column)
    if isinstance(node, _SAME):
        return kind_of(node.this, column)
    if isinstance(node, exp.Distinct):
        return kind_of(node.expressions[0], column)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
        return _reckoned([kind_of(node.this, column), kind_of(node.expression, column)])
    choices = values_of(node)
    if choices:
        return _common(kind_of(item, column) for item in choices)
    return _KIND_OF.get(type(node))


def result_kind(query: exp.Query, at: int, column: Callable[[exp.Column], Kind | None]) -> Kind | None:
    """The kind of a query's result in a place, of a union what both sides make of it."""
    if isinstance(query, exp.Subquery):
        return result_kind(query.this, at, column)
    if isinstance(query, exp.Union):
        return _common(result_kind(side, at, column) for side in (query.this, query.expression))
    return kind_of(query.selects[at], column) if at < len(query.selects) else None


def _reckoned(kinds: list[Kind | None]) -> Kind | None:
    """A day and a number or an interval is a day, numbers are a decimal where one is."""
    for kind in ("datetime", "date"):
        if kind in kinds:
            return kind
    return _common(kinds)


def _common(kinds: Iterable[Kind | None]) -> Kind | None:
    found = [kind for kind in kinds if kind is not None]
    return "decimal" if "decimal" in found else found[0] if found else None


def _there(node: exp.Expr | None) -> list[exp.Expr]:
    return [] if node is None else [node]

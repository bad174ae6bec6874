"""Joins that cannot end: every joined table is tied to those before it (docs/sql.md).

A register of a hundred thousand rows against itself is ten thousand million rows. A limit would stop that at night, one
indicator after the other; whoever writes the file can put it right at once.
"""

from __future__ import annotations

from sqlglot import exp

from lantian.indicators.columns import line_of
from lantian.registers.marked import Problems


def refuse(tree: exp.Expr, problems: Problems) -> None:
    """Report every join without an equality between its table and another, unless it brings a few rows by itself."""
    small = {item.alias for item in tree.find_all(exp.CTE) if _few_rows(item.this)}
    for join in tree.find_all(exp.Join):
        source = join.this
        few = _few_rows(source.this) if isinstance(source, exp.Subquery) else source.name in small
        if few or _tied(join.args.get("on"), source.alias_or_name):
            continue
        name = source.alias_or_name
        problems.add(
            line_of(source),
            f"“{name}”没有与其他表相等的连接条件，行数会相乘，请写成 join {name} on {name}.… = …",
            f"nothing ties “{name}” to the other tables, so that rows multiply: write join {name} on {name}.… = …",
        )


def _few_rows(query: exp.Expr) -> bool:
    """Constants, or aggregates of everything: as many rows as are written there."""
    if isinstance(query, exp.Union):
        return _few_rows(query.left) and _few_rows(query.right)
    if not isinstance(query, exp.Select) or query.args.get("joins"):
        return False
    if not query.find(exp.From):
        return True
    return not query.args.get("group") and all(_aggregate(item) for item in query.selects)


def _aggregate(item: exp.Expr) -> bool:
    """Whether an aggregate that is no window's stands in a result."""
    return any(not isinstance(found.parent, exp.Window | exp.Filter) for found in item.find_all(exp.AggFunc)) or any(
        not isinstance(found.parent, exp.Window) for found in item.find_all(exp.Filter)
    )


def _tied(condition: exp.Expr | None, name: str) -> bool:
    """Whether a part of ``condition`` that always holds equates a column of ``name`` with one of another table."""
    if condition is None:
        return False
    whole = condition.unnest()
    if isinstance(whole, exp.And):
        return _tied(whole.left, name) or _tied(whole.right, name)
    if isinstance(whole, exp.Or):
        return _tied(whole.left, name) and _tied(whole.right, name)
    if not isinstance(whole, exp.EQ | exp.NullSafeEQ):
        return False
    left, right = ({column.table for column in side.find_all(exp.Column)} for side in (whole.left, whole.right))
    # A column without its table may be of either.
    if "" in left | right:
        return bool(left) and bool(right)
    return (name in left and bool(right - {name})) or (name in right and bool(left - {name}))

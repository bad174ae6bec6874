"""The SQL that packs may use: one SELECT over known views that means the same on DuckDB and on Spark (docs/sql.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from lantian.indicators import joins, meanings
from lantian.indicators.columns import Columns, View, line_of
from lantian.registers.marked import Problems

PARAMETERS = ("start", "end", "until", "as_of")
SUBJECT_VALUE = ("subject", "value")
FINDING = ("key", "subject", "unit", "title", "detail")
_DEEPEST = 60
_SYNTAX = (
    exp.Add, exp.Alias, exp.And, exp.Between, exp.Boolean, exp.Column, exp.CTE, exp.DataType, exp.DataTypeParam,
    exp.Distinct, exp.Div, exp.DPipe, exp.EQ, exp.Exists, exp.Filter, exp.From, exp.Group, exp.GT, exp.GTE,
    exp.Having, exp.Identifier, exp.In, exp.Interval, exp.Is, exp.Join, exp.Like, exp.Limit, exp.Literal, exp.LT,
    exp.LTE, exp.Mod, exp.Mul, exp.Neg, exp.NEQ, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Offset,
    exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.Placeholder, exp.Qualify, exp.Select, exp.Star, exp.Sub,
    exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Var, exp.Where, exp.Window, exp.WindowSpec,
    exp.With,
)  # fmt: skip
_TYPES = {"TEXT", "VARCHAR", "BIGINT", "INT", "DOUBLE", "DATE", "BOOLEAN", "TIMESTAMP"}
_PARTS = {"YEAR", "QUARTER", "MONTH", "DAY", "HOUR"}
_JOINS = {("", ""), ("", "INNER"), ("LEFT", ""), ("RIGHT", ""), ("FULL", ""), ("", "CROSS"),
          ("LEFT", "OUTER"), ("RIGHT", "OUTER"), ("FULL", "OUTER")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: ``text`` is what is run, ``views`` what it reads, ``parameters`` which of PARAMETERS it uses."""

    text: str
    views: frozenset[str]
    parameters: frozenset[str]


NOTHING = Query("", frozenset(), frozenset())


@cache
def functions() -> Mapping[str, str]:
    """How the subset writes each allowed function, by SQLGlot's name of it."""
    said = yaml.safe_load((Path(__file__).parent / "functions.yaml").read_text(encoding="utf-8"))
    return {name: entry["as"] for group in said.values() for name, entry in group.items()}


def checked(text: str, views: Mapping[str, View], results: Sequence[str] | None, problems: Problems) -> Query:
    """The query of a file; whatever is wrong is reported at its line, and then the answer is of no use.

    ``results``: the columns that must come out, None where any may.
    """
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it does not know is refused below
    before = len(problems.found)
    try:
        statements = [item for item in parse(text, dialect="duckdb") if item is not None]
        tree = _one(statements, problems)
        if tree is None:
            return NOTHING
        _place(tree, text)
        if _depth(tree) > _DEEPEST:
            problems.add(1, "查询嵌套过深", "the query is nested too deeply")
            return NOTHING
        _lower(tree)
        _syntax(tree, problems)
        if len(problems.found) > before:
            return NOTHING
        columns = Columns(tree, views, problems)
        columns.check()
        if results is not None:
            joins.refuse(tree, problems)
        if len(problems.found) == before:
            meanings.refuse(tree, columns, problems)
        if results is not None:
            _results(tree, results, columns, problems)
    except SqlglotError as error:
        said: dict[str, Any] = (getattr(error, "errors", None) or [{}])[0]
        reason = " ".join(str(said.get("description") or error).split())[:200]
        at = text.find(f"{said.get('start_context') or ''}{said.get('highlight') or ''}")
        line = text.count("\n", 0, max(at, 0) + len(said.get("start_context") or "")) + 1
        problems.add(line, f"SQL 有误（{reason}）", f"the SQL is wrong ({reason})")
        return NOTHING
    except RecursionError:
        problems.add(1, "查询嵌套过深", "the query is nested too deeply")
        return NOTHING
    if len(problems.found) == before:
        meanings.settle(tree, columns)
    parameters = frozenset(item.name for item in tree.find_all(exp.Placeholder))
    for node in tree.walk():
        node.pop_comments()
    return Query(tree.sql("duckdb", identify=True), columns.views, parameters)


def _one(statements: Sequence[exp.Expr], problems: Problems) -> exp.Select | exp.Union | None:
    if len(statements) != 1:
        problems.add(
            line_of(statements[1]) if statements else 1, "只能有一条查询语句", "one statement, no more and no less"
        )
    elif not isinstance(statements[0], exp.Select | exp.Union):
        problems.add(line_of(statements[0]), "只允许 SELECT 查询", "only SELECT is allowed")
    else:
        return statements[0]
    return None


def _place(tree: exp.Expr, text: str) -> None:
    """Lines by the parts' offsets: SQLGlot counts lines twice behind a parameter."""
    for node in tree.walk():
        if "start" in node.meta:
            node.meta["line"] = text.count("\n", 0, node.meta["start"]) + 1


def _depth(tree: exp.Expr) -> int:
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in node.iter_expressions())
    return deepest


def _lower(tree: exp.Expr) -> None:
    """Names in small letters: DuckDB does not care, Spark's quoted names do."""
    for node in tree.find_all(exp.Identifier):
        node.set("this", node.name.lower())


# --- what may stand there at all ---


def _syntax(tree: exp.Expr, problems: Problems) -> None:
    for node in tree.walk():
        said = _syntax_of(node)
        if said is not None:
            problems.add(line_of(node), *said)


def _syntax_of(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.Func) and not isinstance(node, _SYNTAX):
        name = str(node.name if isinstance(node, exp.Anonymous) else node.sql_name())
        if isinstance(node, exp.Anonymous) or name not in functions():
            return f"不允许使用函数 {name.lower()}", f"the function {name.lower()} is not allowed"
    elif not isinstance(node, _SYNTAX):
        what = type(node).__name__.upper()
        return f"不允许使用 {what}", f"{what} is not allowed"
    found = _SPECIAL.get(type(node))
    return found(node) if found else None


def _with(node: exp.Expr) -> tuple[str, str] | None:
    return ("不允许递归查询", "recursive queries are not allowed") if node.args.get("recursive") else None


def _table(node: exp.Expr) -> tuple[str, str] | None:
    if not isinstance(node.this, exp.Identifier) or node.args.get("db"):
        return f"不允许查询“{node.sql('duckdb')}”", f"“{node.sql('duckdb')}” cannot be read"
    return None


def _join(node: exp.Expr) -> tuple[str, str] | None:
    kind = (str(node.args.get("side") or "").upper(), str(node.args.get("kind") or "").upper())
    if node.args.get("using") or node.args.get("method") or kind not in _JOINS:
        return "连接只能写成 [left|right|full] join … on …", "joins are written [left|right|full] join … on …"
    return None


def _select(node: exp.Expr) -> tuple[str, str] | None:
    for part in ("limit", "offset", "sample"):
        if node.args.get(part):
            return "不允许 LIMIT、OFFSET、抽样（取哪些行没有定数）", "no LIMIT, OFFSET or sample: which rows is chance"
    distinct = node.args.get("distinct")
    if isinstance(distinct, exp.Distinct) and distinct.args.get("on"):
        return "不允许 DISTINCT ON，请用 row_number()", "no DISTINCT ON: use row_number()"
    if node.args.get("order") and node.parent is not None:
        return "ORDER BY 只能在最外层或窗口内", "ORDER BY stands outermost or in a window"
    if isinstance(node, exp.Union) and node.args.get("by_name"):
        return "不允许 UNION BY NAME", "no UNION BY NAME"
    return None


def _star(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node.parent, exp.Count):
        return None
    return "请写出列名，不用 *", "name the columns, no *"


def _group(node: exp.Expr) -> tuple[str, str] | None:
    if any(node.args.get(part) for part in ("all", "cube", "rollup", "grouping_sets", "totals")):
        return "GROUP BY 只能列出列", "GROUP BY takes columns"
    return None


def _parameter(node: exp.Expr) -> tuple[str, str] | None:
    if node.name in PARAMETERS:
        return None
    known = ", ".join(f"${name}" for name in PARAMETERS)
    return f"没有参数“${node.name}”，可用：{known}", f"there is no parameter “${node.name}”: {known}"


def _type(node: exp.Expr) -> tuple[str, str] | None:
    name = node.this.value if isinstance(node.this, exp.DType) else str(node.this)
    name = name.removesuffix("NTZ")  # SQLGlot's word for DuckDB's timestamp
    if isinstance(node.parent, exp.Interval) or name in _TYPES:
        return None
    known = ", ".join(sorted(_TYPES)).lower()
    return f"不允许类型 {name.lower()}，可用：{known}", f"the type {name.lower()} is not allowed: {known}"


def _interval(node: exp.Expr) -> tuple[str, str] | None:
    unit = str(node.args.get("unit") or "").upper().rstrip("S")
    if isinstance(node.this, exp.Literal) and node.this.name.isdigit() and unit in {"DAY", "MONTH", "YEAR"}:
        return None
    return "interval 只能写成 interval N day、month 或 year", "an interval is written interval N day, month or year"


def _extract(node: exp.Expr) -> tuple[str, str] | None:
    if str(node.name).upper() in _PARTS:
        return None
    return "extract 只能取 year、quarter、month、day、hour", "extract takes year, quarter, month, day and hour"


def _days(node: exp.Expr) -> tuple[str, str] | None:
    if str(node.args.get("unit") or "DAY").upper() == "DAY":
        return None
    return "date_diff 只能按 'day' 计", "date_diff counts by 'day' only"


def _frame(node: exp.Expr) -> tuple[str, str] | None:
    if str(node.args.get("kind") or "ROWS").upper() == "ROWS" and not node.args.get("exclude"):
        return None
    return "窗口范围只能按 ROWS", "frames of windows are in ROWS"


def _divides(node: exp.Expr) -> tuple[str, str] | None:
    if _never_zero(node.expression):
        return None
    return "除数应写成 nullif(…, 0) 或非零数字", "a divisor is nullif(…, 0) or a number that is not zero"


def _never_zero(node: exp.Expr) -> bool:
    if isinstance(node, exp.Paren | exp.Cast | exp.Neg):
        return _never_zero(node.this)
    if isinstance(node, exp.Mul):
        return _never_zero(node.this) and _never_zero(node.expression)
    if isinstance(node, exp.Nullif):
        return isinstance(node.expression, exp.Literal) and _number(node.expression) == 0
    return isinstance(node, exp.Literal) and _number(node) not in (0, None)


def _number(node: exp.Literal) -> float | None:
    try:
        return None if node.is_string else float(node.name)
    except ValueError:
        return None


_SPECIAL: dict[type[exp.Expr], Callable[[Any], tuple[str, str] | None]] = {
    exp.With: _with,
    exp.Table: _table,
    exp.Join: _join,
    exp.Select: _select,
    exp.Union: _select,
    exp.Subquery: _select,
    exp.Star: _star,
    exp.Group: _group,
    exp.Placeholder: _parameter,
    exp.DataType: _type,
    exp.Interval: _interval,
    exp.Extract: _extract,
    exp.DateDiff: _days,
    exp.WindowSpec: _frame,
    exp.Div: _divides,
    exp.Mod: _divides,
}


def _results(tree: exp.Query, results: Sequence[str], columns: Columns, problems: Problems) -> None:
    found = [name.lower() for name in tree.named_selects]
    line = line_of(tree.selects[0]) if tree.selects else 1
    if sorted(found) != sorted(results):
        zh, en = "、".join(results), ", ".join(results)
        given = "、".join(found) or "—"
        problems.add(line, f"结果列应为 {zh}，现为 {given}", f"the columns are {en}, not {', '.join(found) or '—'}")
    elif "value" in found and columns.result(tree, found.index("value")) not in ("integer", "decimal", None):
        problems.add(line, "结果列 value 应为数值", "the column value is a number")

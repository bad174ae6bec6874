"""What a query would mean differently on two engines: refused, or written so that both mean the same (docs/sql.md)."""

from __future__ import annotations

import re

from sqlglot import exp

from lantian.indicators.columns import Columns, line_of
from lantian.indicators.kinds import FAMILY, values_of
from lantian.registers.marked import Problems

Said = tuple[str, str]

_TEXTS = {exp.DType.TEXT, exp.DType.VARCHAR}
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ORDERED = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead)
_DAY = r"[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}"
_TIME = re.compile(_DAY + r"( [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_WRITTEN = {exp.DType.DATE: re.compile(_DAY), exp.DType.TIMESTAMP: _TIME, exp.DType.TIMESTAMPNTZ: _TIME}
# Texts that are a number or a day. \z is the end: in Spark, $ is also before a last line break.
_READ = {
    exp.DType.DOUBLE: r"^[ ]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?[ ]*\z",
    exp.DType.DATE: rf"^{_DAY}\z",
}
_SMALL, _CAPITAL = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLANKS = " \u00a0\u3000"


def refuse(tree: exp.Expr, columns: Columns, problems: Problems) -> None:
    """Report what engines would read differently, or one of them not at all."""
    for node in tree.walk():
        said = _of(node, columns)
        if said is not None:
            problems.add(line_of(node), *said)
    units = {str(node.args.get("unit")).upper().rstrip("S") == "DAY": node for node in tree.find_all(exp.Interval)}
    if len(units) == 2:
        problems.add(
            line_of(units[True]),
            "同一查询不能既有按天又有按月或年的 interval（DuckDB 把 30 天当作一个月），天数请写成 日期 + 30",
            "intervals of days beside months or years (DuckDB takes 30 days for a month): write the days as date + 30",
        )


def _of(node: exp.Expr, columns: Columns) -> Said | None:
    for kind, check in _CHECKS:
        if isinstance(node, kind):
            said = check(node, columns)
            if said is not None:
                return said
    return None


def _minus(node: exp.Expr, columns: Columns) -> Said | None:
    if all(FAMILY.get(columns.kind(side) or "text") == "day" for side in (node.this, node.expression)):
        return "两个日期相减请用 date_diff('day', 前, 后)", "between dates: date_diff('day', a, b)"
    return None


def _made_text(node: exp.Expr, columns: Columns) -> Said | None:
    parts = [node.this, node.expression] if isinstance(node, exp.DPipe) else [node.this]
    if isinstance(node, exp.Cast) and node.to.this not in _TEXTS:
        return None
    if any(columns.kind(part) == "decimal" for part in parts):
        return (
            "小数转文字两种引擎写法不同，请先 cast(round(…) as bigint)",
            "engines write decimals differently: cast(round(…) as bigint) first",
        )
    return None


def _last_day(node: exp.Expr, columns: Columns) -> Said | None:
    instant, bound = node.this, node.args.get("high") or node.expression
    if isinstance(node, exp.GTE):
        instant, bound = bound, instant
    if columns.kind(instant) == "datetime" and isinstance(bound, exp.Placeholder) and bound.name == "end":
        return (
            "时刻与 $end 比较会漏掉最后一天，请写 < $until",
            "a time compared with $end loses the last day: write < $until",
        )
    return None


def _cast(node: exp.Expr, columns: Columns) -> Said | None:
    """Of text to something else."""
    to = node.args["to"].this
    if columns.kind(node.this) != "text" or to in _TEXTS:
        return None
    if isinstance(node.this, exp.Literal) and to in _WRITTEN:
        if _WRITTEN[to].fullmatch(node.this.name):
            return None
        return "日期写成 '2031-02-28'", "a date is written '2031-02-28', a time '2031-02-28 10:00:00'"
    if isinstance(node, exp.TryCast) and to in _READ:
        return None
    return (
        "文字只能用 try_cast(… as double) 或 try_cast(… as date) 转换，整数请再 try_cast(round(…) as bigint)",
        "text becomes a figure or a date by try_cast(… as double) or date, a whole one by try_cast(round(…) as bigint)",
    )


def _compared(node: exp.Expr, columns: Columns) -> Said | None:
    if isinstance(node, exp.Between):
        return _alike([node.this, node.args["low"], node.args["high"]], columns)
    if isinstance(node, exp.In):
        return _alike([node.this, *node.expressions], columns)
    return _alike([node.this, node.expression], columns)


def _chosen(node: exp.Expr, columns: Columns) -> Said | None:
    if isinstance(node, exp.Lag | exp.Lead):
        kinds = {columns.kind(item) for item in values_of(node)} - {None}
        if len(kinds) > 1:
            return "缺省值应与列同类", "the default of lag and lead is of the kind of the column"
    return _alike(values_of(node), columns)


def _alike(parts: list[exp.Expr], columns: Columns) -> Said | None:
    """Values that are compared or chosen between are of one family; a day may be written as text."""
    families = {FAMILY[kind] for part in parts if (kind := columns.kind(part)) is not None and not _written(part)}
    written = [part for part in parts if _written(part)]
    if "day" in families:
        if not all(_TIME.fullmatch(part.name) for part in written):
            return "日期写成 '2031-02-28'", "a date is written '2031-02-28', a time '2031-02-28 10:00:00'"
    elif written:
        families.add("text")
    if len(families) < 2:
        return None
    return (
        "不同类的值（文字、数字、日期、是否）不能比较或并列",
        "texts, figures, dates and yes-no are not compared or mixed with each other",
    )


def _written(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _true(node: exp.Expr, columns: Columns) -> Said | None:
    """What stands where yes or no is asked for."""
    if isinstance(node, exp.And | exp.Or):
        asked = [node.this, node.expression]
    elif isinstance(node, exp.Is):
        asked = [node.this] if isinstance(node.expression, exp.Boolean) else []
    elif isinstance(node, exp.Case):
        asked = [] if node.this is not None else [item.this for item in node.args["ifs"]]
    elif isinstance(node, exp.If):
        asked = [] if isinstance(node.parent, exp.Case) else [node.this]
    else:
        asked = [node.this]
    if all(columns.kind(part) in ("bool", None) for part in asked):
        return None
    return "条件应为是或否的判断", "a condition is a comparison or a yes-no column"


def _added(node: exp.Expr, columns: Columns) -> Said | None:
    if columns.kind(node.this) in ("integer", "decimal", None):
        return None
    return "sum、avg、median 等只用于数字", "sum, avg, median and deviations are of figures"


def _position(node: exp.Expr, _columns: Columns) -> Said | None:
    """LEFT, RIGHT, SUBSTRING: DuckDB counts what is below 1 from the end or before the start."""
    first = node.args.get("start")
    counts = [node.args.get("length")] if isinstance(node, exp.Substring) else [node.expression]
    numbers = [item for item in (first, *counts) if item is not None]
    if all(isinstance(item, exp.Literal) and item.name.isdigit() for item in numbers) and (
        first is None or int(first.name) > 0
    ):
        return None
    return "位置和长度写成数字，位置从 1 起", "positions and lengths are written as numbers, positions from 1"


def _within(node: exp.Expr, _columns: Columns) -> Said | None:
    if not node.args.get("query"):
        return None
    if isinstance(node.find_ancestor(exp.Where, exp.Select), exp.Where):
        return None
    return (
        "in (select …) 只能在 where 中，其他地方请用 exists",
        "in (select …) stands in where: elsewhere use exists",
    )


def _window(node: exp.Expr, _columns: Columns) -> Said | None:
    over = node.this.this if isinstance(node.this, exp.Filter) else node.this
    if isinstance(over.this, exp.Distinct):
        return "窗口内不能用 distinct", "no distinct in a window"
    if isinstance(over, _ORDERED) and not node.args.get("order"):
        return "该窗口函数需要 order by", "this window needs an order by"
    return None


_CHECKS = (
    (exp.Sub, _minus),
    (exp.Cast | exp.DPipe, _made_text),
    (exp.Between | exp.LTE | exp.GTE, _last_day),
    (exp.Cast, _cast),
    ((*_COMPARED, exp.Between, exp.In), _compared),
    ((exp.Coalesce, exp.Greatest, exp.Least, exp.Case, exp.If, exp.Lag, exp.Lead), _chosen),
    ((exp.And, exp.Or, exp.Not, exp.Is, exp.Case, exp.If, exp.Where, exp.Having, exp.Qualify), _true),
    ((exp.Sum, exp.Avg, exp.Median, exp.Stddev, exp.StddevPop, exp.StddevSamp), _added),
    ((exp.Left, exp.Right, exp.Substring), _position),
    (exp.In, _within),
    (exp.Window, _window),
)  # fmt: skip


# --- what is said more exactly ---


def settle(tree: exp.Expr, columns: Columns) -> None:
    """Write a query, once checked, so that the engines have no choice: which blanks, letters, texts and figures."""
    nodes = list(tree.walk(bfs=False))
    read = {id(node) for node in tree.find_all(exp.TryCast) if columns.kind(node.this) == "text"}
    for node in reversed(nodes):  # parts before wholes
        if isinstance(node, exp.Literal) and not node.is_string and "." in node.name and "e" not in node.name.lower():
            # A figure with a point is a decimal of its own in DuckDB, with other rounding.
            if not isinstance(node.parent, exp.Interval):
                node.set("this", f"{node.name}e0")
        elif isinstance(node, exp.Lower | exp.Upper):
            pair = (_CAPITAL, _SMALL) if isinstance(node, exp.Lower) else (_SMALL, _CAPITAL)
            given, made = (exp.Literal.string(letters) for letters in pair)
            node.replace(exp.Translate(this=node.this.copy(), from_=given, to=made))
        elif isinstance(node, exp.Trim) and node.expression is None:
            node.set("expression", exp.Literal.string(_BLANKS))
        elif isinstance(node, exp.TryCast) and id(node) in read and node.to.this in _READ:
            pattern = exp.Literal.string(_READ[node.to.this])
            fits = exp.RegexpLike(this=node.this.copy(), expression=pattern)
            node.replace(exp.Case(ifs=[exp.If(this=fits, true=node.copy())]))

"""What people may ask: one SELECT over the lake's views. The query is parsed, and what was checked is what is run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lantian.lake.errors import QueryRefused

if TYPE_CHECKING:
    from sqlglot import exp

# DuckDB's functions that SQLGlot has no class for. What is not here is refused: a function that reads a file, a
# setting or the machine may come with any release.
FUNCTIONS = frozenset(
    """
    age arbitrary bar bit_count bool_and bool_or contains corr covar_pop covar_samp date_diff date_part
    date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
    days_in_month entropy epoch epoch_ms epoch_ns epoch_us era even favg fdiv first fmod fsum gamma gcd
    geomean greatest_common_divisor histogram hour instr isfinite isinf isnan isodow isoyear julian kahan_sum
    kurtosis kurtosis_pop last lcm len lgamma list_aggregate list_any_value list_avg list_contains list_count
    list_distinct list_extract list_filter list_max list_median list_min list_position list_reverse list_slice
    list_sort list_stddev_pop list_stddev_samp list_sum list_transform list_unique list_value list_zip mad
    make_date make_timestamp make_timestamptz map_entries map_extract map_keys map_values mean microsecond
    millennium millisecond minute mode monthname nextafter nfc_normalize now prefix product quantile
    quantile_cont quantile_disc quarter regexp_matches regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile round_even roundbankers second sem signbit
    skewness starts_with strip_accents struct_extract suffix sumkahan timezone timezone_hour timezone_minute
    to_days to_hours to_milliseconds to_minutes to_months to_seconds to_timestamp to_weeks to_years trunc
    try_strptime wavg weekday weekofyear weighted_avg yearweek
    """.split()  # noqa: SIM905 (a hundred words read better so)
)


def checked(query: str, views: frozenset[str]) -> tuple[str, set[str]]:
    """(the query as it will be run, the views that it reads).

    QueryRefused: not one SELECT, WITH or UNION; another table, a file, a function that is not allowed.
    """
    import sqlglot
    from sqlglot import exp

    # A statement it does not know is logged as a warning before it is refused here.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        statements = [item for item in sqlglot.parse(query, dialect="duckdb") if item is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise QueryRefused(f"无法解析查询（{reason}）", f"the query cannot be parsed ({reason})") from error
    if len(statements) != 1:
        raise QueryRefused("只能有一条查询语句", "one statement only")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise QueryRefused("只允许 SELECT 查询", "only SELECT is allowed")
    try:
        found = _walk(tree, views)
        return tree.sql("duckdb"), found
    except RecursionError as error:
        raise QueryRefused("查询嵌套过深", "the query is nested too deeply") from error


def _walk(tree: exp.Expression, views: frozenset[str]) -> set[str]:
    from sqlglot import exp

    named = {item.alias.lower() for item in tree.find_all(exp.CTE)}
    read: set[str] = set()
    for node in tree.walk():
        if isinstance(node, exp.DML | exp.DDL | exp.Command | exp.Into | exp.Pragma | exp.Set | exp.Lock):
            if not isinstance(node, exp.Query):
                raise QueryRefused("只允许 SELECT 查询", "only SELECT is allowed")
        elif isinstance(node, exp.Table):
            name = _table(node)
            if name in views:
                read.add(name)
            elif name not in named:
                raise QueryRefused(
                    f"没有“{name}”，可查：{'、'.join(sorted(views))}",
                    f"there is no “{name}”; there are {', '.join(sorted(views))}",
                )
        elif isinstance(node, exp.Anonymous) and node.name.lower() not in FUNCTIONS:
            raise _no_function(node.name)
        elif isinstance(node, exp.ReadCSV | exp.ReadParquet):
            raise _no_function(node.sql_name())
    return read


def _table(node: exp.Table) -> str:
    """The plain name of a table in FROM."""
    from sqlglot import exp

    if not isinstance(node.this, exp.Identifier):
        raise _no_function(_function(node.this) if isinstance(node.this, exp.Func) else "FROM")
    if node.args.get("db") or node.args.get("catalog"):
        raise QueryRefused(f"没有“{node.sql('duckdb')}”", f"there is no “{node.sql('duckdb')}”")
    return str(node.name).lower()


def _function(node: exp.Func) -> str:
    """The name of a function; one that SQLGlot knows has its first argument where others have their name."""
    from sqlglot import exp

    return str(node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower())


def _no_function(name: str) -> QueryRefused:
    return QueryRefused(f"不允许使用函数 {name}", f"the function {name} is not allowed")

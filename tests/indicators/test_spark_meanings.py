"""Every function of the subset on both engines, over values at the edges: each means the same, or is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from lantian.indicators.columns import View
from lantian.indicators.spark import transpile
from lantian.indicators.subset import Query, checked, functions
from lantian.lake.spark import answer
from lantian.registers.marked import Problems
from tests.spark import live

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

# Columns of the rows on which expressions are tried: d, e double, i whole, s text, b bool, x, y dates, t time.
DOUBLES = [None, 0.0, 0.5, 1.5, 2.5, -0.5, -2.5, 2.675, 1.005, 1e9, 0.1, -3.46, 123456789.125, 1 / 3]
WHOLE = [None, 0, 1, 2, 3, -1, -7, 10, 1_000_000_007]
TEXTS = [None, "", " 云溪 ", "云溪市", "Abc", "a_c", "a%c", "a\\b", "12", "2.5", "-3", "x'y", "é", "2031-02-28", "ⅷ"]
# Texts that engines read as figures, days and letters of their own: one is the other's null.
ODD = [
    "12",
    " 12 ",
    "\t12",
    "12\n",
    "12.5",
    "-12.5",
    "1e3",
    "1E+3",
    "1e",
    ".5",
    "5.",
    ".",
    "+7",
    "- 3",
    "1_000",
    "0x10",
    "12d",
    "12f",
    "1e400",
    "NaN",
    "-nan",
    "inf",
    "9223372036854775808",
    "1,000",
    "９",
    "2031-2-8",
    "2031/02/28",
    "2031-02",
    "2031",
    "2031-02-30",
    " 2031-02-28 ",
    "2031-02-28 x",
    "2031-02-28 10:11:12",
    "0000-01-01",
    "-0001-01-01",
    "epoch",
    "+2031-01-01",
    "20310228",
    "ß",
    "İ",
    "ﬁ",
    "Äx",
    "　全　",
    "\xa0a",
    "\tb ",
    "e\u0301",
    "😀a",
]
DAYS = [None, "2031-01-01", "2031-01-31", "2032-02-29", "2030-12-31", "2031-06-30", "1999-03-01"]

SCALARS = {
    "ABS": ["abs(d)", "abs(i)"],
    "ROUND": ["round(d)", "round(d, 2)", "round(d, 1)", "round(i, 0)", "round(d, -1)",
              "round(i, -1)", "round(i + 0.005, 2)"],
    "FLOOR": ["floor(d)", "floor(i)", "floor(i / 2.5)"],
    "CEIL": ["ceil(d)"],
    "SQRT": ["sqrt(abs(d))", "sqrt(d)"],
    "COALESCE": ["coalesce(d, 0)", "coalesce(s, '无')", "coalesce(i, 0) + 1"],
    "NULLIF": ["nullif(i, 0)", "100.0 * i / nullif(i, 0)", "i / nullif(i, 0)", "7 / nullif(i, 0)", "i % nullif(i, 0)"],
    "GREATEST": ["greatest(d, e)", "greatest(x, y)", "greatest(x, t)", "greatest(s, 'b')"],
    "LEAST": ["least(d, e, 0)", "least(s, 'b')"],
    "CASE": ["case when d > 1 then 'a' when d is null then 'b' else 'c' end", "case i when 1 then 2.5 end"],
    "IF": ["if(d > 0, 1, 0)"],
    "CAST": [
        "cast(d as bigint)", "cast(i as double)", "cast(i as varchar)", "cast(x as varchar)", "cast(b as varchar)",
        "cast(b as int)", "cast(t as date)", "cast(t as varchar)", "cast(d as int) + 1", "cast('2031-02-03' as date)",
        "cast(i + 0.5 as int)", "cast(i * 2.5 as bigint)", "cast(i as boolean)", "cast(x as timestamp)",
        "cast(b as double)", "cast('2031-02-03 04:05:06' as timestamp)",
    ],
    "TRY_CAST": ["try_cast(s as double)", "try_cast(s as date)", "try_cast(round(try_cast(s as double)) as bigint)",
                 "try_cast(trim(s) as double)", "try_cast(d as bigint)"],
    "LOWER": ["lower(s)"],
    "UPPER": ["upper(s)"],
    "LENGTH": ["length(s)"],
    "TRIM": ["trim(s)", "trim(s, 'a ')", "ltrim(s)", "rtrim(s)"],
    "LEFT": ["left(s, 2)", "left(s, 0)"],
    "RIGHT": ["right(s, 2)", "right(s, 0)"],
    "SUBSTRING": ["substring(s, 2, 2)", "substring(s, 2)", "substring(s, 1, 0)", "substring(s, 9, 2)"],
    "REPLACE": ["replace(s, 'a', 'zz')", "replace(s, '', 'x')"],
    "STARTS_WITH": ["starts_with(s, 'a')", "starts_with(s, '云')"],
    "CONTAINS": ["contains(s, '%')", "contains(s, '溪')", "contains(s, '')"],
    "YEAR": ["year(x)", "year(t)"],
    "QUARTER": ["quarter(x)", "quarter(t)"],
    "MONTH": ["month(x)", "month(t)"],
    "DAY": ["day(x)", "day(t)"],
    "HOUR": ["hour(t)", "hour(x)"],
    "EXTRACT": ["extract(year from x)", "extract(quarter from t)", "extract(hour from t)"],
    "LAST_DAY": ["last_day(x)", "last_day(t)", "last_day(x) + 1"],
    "DATEDIFF": ["date_diff('day', x, y)", "date_diff('day', t, y)", "datediff('day', y, x)"],
    "DATE_FROM_PARTS": ["make_date(year(x), month(x), 1)"],
    "": [
        "d + e", "d - i", "d * 1.1", "-d", "100 * (d - e)", "0.07 * 100", "i / 3", "i % 3", "s || '·' || s",
        "s like 'a_c'",
        "s like 'a\\_c'", "s like '%\\%'", "s like '云%'", "s is distinct from 'Abc'", "d is not distinct from e",
        "s in ('Abc', '12')", "not (b and d > 0)", "x + interval 1 month", "x - interval 1 year",
        "t >= x", "x between date '2031-01-01' and date '2031-12-31'", "d between 0 and 2", "0.1 + 0.2 = 0.3",
        "i * 0.1 = 0.3",
        "i % 2.5", "i % -3", "d % -2", "-7 % 3", "x = t", "x < t", "x > '2031-01-01'", "s in ('a', null)",
        "s not in ('Abc', null)", "s not like 'a%'", "s like null", "i between 1 and 2.5", "t - interval 1 month",
        "exists (select 1 from rows r where r.i = rows.i + 1)", "(select max(r.d) from rows r where r.b = rows.b)",
        "b is true", "b is not false", "b = true", "s || i", "i * d / 3",
        "x + 1", "x - 1", "b or d > 0", "s > 'A'", "s < '云'",
    ],
}  # fmt: skip
# Days as intervals stand in a query without months.
BY_DAY = ["x + interval 20 day", "t + interval 1 day", "x - interval 30 day", "interval 1 day + x"]
AGGREGATES = {
    "COUNT": ["count(*)", "count(d)", "count(distinct s)", "count(distinct i) filter (where b)"],
    "SUM": [
        "sum(d)",
        "sum(i)",
        "sum(d) filter (where b)",
        "sum(distinct i)",
        "sum(i) % 7",
        "sum(i) || ''",
        "sum(case when b then 1.5 end)",
    ],
    "AVG": ["avg(d)", "avg(i)", "avg(distinct i)", "round(avg(i), 2)"],
    "MIN": ["min(d)", "min(s)", "min(x)", "min(b)"],
    "MAX": ["max(d)", "max(s)", "max(t)"],
    "COUNT_IF": ["count_if(d > 0)", "count_if(b)"],
    "LOGICAL_OR": ["bool_or(d > 0)"],
    "LOGICAL_AND": ["bool_and(d > 0)"],
    "MEDIAN": ["median(d)", "median(i)", "median(d) filter (where b)", "median(distinct i)"],
    "STDDEV_SAMP": ["stddev_samp(i)", "stddev_samp(d) filter (where n = 1)"],
    "STDDEV_POP": ["stddev_pop(i)"],
}
WINDOWS = {
    "ROW_NUMBER": ["row_number() over (partition by b order by d desc, n)", "row_number() over (order by s, n)"],
    "RANK": ["rank() over (order by d)", "rank() over (partition by b order by d desc nulls first)"],
    "DENSE_RANK": ["dense_rank() over (order by i)"],
    "LAG": [
        "lag(d) over (order by n)",
        "lag(d, 2, 0.0) over (partition by b order by n)",
        "lag(d, -1) over (order by n)",
    ],
    "LEAD": ["lead(s) over (order by x, n)"],
    "": [
        "sum(i) over (order by n rows between 2 preceding and current row)",
        "avg(d) over (partition by b)",
        "max(d) over (order by n rows between unbounded preceding and 1 preceding)",
        "sum(d) over (order by x)",
        "count_if(b) over (partition by i)",
        "sum(i) filter (where b) over (partition by i)",
    ],
}


def test_every_function_is_tried() -> None:
    assert set(functions()) == (SCALARS | AGGREGATES | WINDOWS).keys() - {""}


@pytest.fixture(scope="module")
def rows() -> Any:
    """Each list beside the others, in steps that do not divide each other."""
    from datetime import date, datetime

    days = [None if day is None else date.fromisoformat(day) for day in DAYS]
    count = 90
    return pa.table(
        {
            "n": pa.array(range(count), pa.int64()),
            "d": pa.array([DOUBLES[at % len(DOUBLES)] for at in range(count)], pa.float64()),
            "e": pa.array([DOUBLES[(at * 3 + 1) % len(DOUBLES)] for at in range(count)], pa.float64()),
            "i": pa.array([WHOLE[at % len(WHOLE)] for at in range(count)], pa.int64()),
            "s": pa.array([TEXTS[at % len(TEXTS)] for at in range(count)], pa.string()),
            "b": pa.array([(None, True, False, True)[at % 4] for at in range(count)], pa.bool_()),
            "x": pa.array([days[at % len(days)] for at in range(count)], pa.date32()),
            "y": pa.array([days[(at * 2 + 1) % len(days)] for at in range(count)], pa.date32()),
            "t": pa.array(
                [
                    day and datetime(day.year, day.month, day.day, 23, 59, 59)  # noqa: DTZ001
                    for day in (days[at % 7] for at in range(count))
                ],
                pa.timestamp("us"),
            ),
        }
    )


VIEW = View(
    {
        "n": "integer", "d": "decimal", "e": "decimal", "i": "integer", "s": "text", "b": "bool", "x": "date",
        "y": "date", "t": "datetime",
    }
)  # fmt: skip


def taken(text: str) -> Query:
    """A query as packs have it, which the subset takes."""
    problems = Problems(Path("one.sql"))
    query = checked(text, {"rows": VIEW}, None, problems)
    assert not problems.found, problems.found
    return query


def unlike(query: Query, texts: Sequence[str], rows: Any) -> list[tuple[str, list[Any]]]:
    """The expressions of a query, which stand behind its first column, that give something else on the other engine."""
    spark = live()
    spark.createDataFrame(rows).createOrReplaceTempView("rows")
    here = duckdb.connect()
    here.execute("set TimeZone = 'UTC'")
    here.register("rows", rows)
    one = here.sql(query.text).to_arrow_table()
    other = answer(spark, transpile(query, {}))
    wrong = []
    for place, text in enumerate(texts, 1):
        pairs = list(zip(one.column(place).to_pylist(), other.column(place).to_pylist(), strict=True))
        bad = [pair for pair in pairs if not same(*pair)]
        if bad:
            wrong.append((text, bad[:3]))
    return wrong


def named(texts: Sequence[str]) -> str:
    return ", ".join(f"{text} as c{place}" for place, text in enumerate(texts))


def test_both_engines_mean_the_same(rows: Any) -> None:
    by_row = [text for group in (SCALARS, WINDOWS) for own in group.values() for text in own]
    by_group = [text for own in AGGREGATES.values() for text in own]
    wrong = []
    for texts, query in (
        (by_row, "select n, {} from rows order by n"),
        (BY_DAY, "select n, {} from rows order by n"),
        (by_group, "select b, {} from rows group by b order by b"),
        (by_group, "select null as b, {} from rows where n < 0"),
    ):
        wrong += unlike(taken(query.format(named(texts))), texts, rows)
    assert not [text for text, _bad in wrong], wrong


def test_texts_that_engines_read_differently(rows: Any) -> None:
    """The same letters, blanks, figures and days for both; and what they are: `docs/sql.md`."""
    texts = [text for name in ("TRY_CAST", "TRIM", "LOWER", "UPPER", "LEFT", "LENGTH") for text in SCALARS[name]]
    odd = rows.slice(0, len(ODD)).set_column(rows.schema.get_field_index("s"), "s", pa.array(ODD))
    query = taken(f"select s, {named(texts)} from rows order by n")  # noqa: S608
    assert unlike(query, texts, odd) == []
    here = duckdb.connect()
    here.register("rows", odd)
    found = {row[0]: row[1:] for row in here.sql(query.text).fetchall()}
    figures = {text: row[0] for text, row in found.items() if row[0] is not None}
    assert {text: figures.pop(text) for text in ("12", " 12 ", "1e3", ".5", "+7")} == {
        "12": 12, " 12 ": 12, "1e3": 1000, ".5": 0.5, "+7": 7,
    }  # fmt: skip
    assert figures.keys() == {"12.5", "-12.5", "1E+3", "5.", "1e400", "9223372036854775808", "2031", "20310228"}
    assert [text for text, row in found.items() if row[1] is not None] == ["2031-2-8"]


def same(here: Any, there: Any) -> bool:
    """Equal as packs see it: figures within 1e-9, a date at its midnight, everything else by its text."""
    if here is None or there is None:
        return here is there
    if isinstance(here, bool) or isinstance(there, bool):
        return here is there
    if isinstance(here, str) or isinstance(there, str):
        return here == there
    if hasattr(here, "isoformat"):
        here, there = (value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value for value in (here, there))
        return here.isoformat().removesuffix("T00:00:00") == there.isoformat().removesuffix("T00:00:00")
    if isinstance(here, float) and math.isnan(here):
        return math.isnan(float(there))
    return math.isclose(float(here), float(there), rel_tol=1e-9, abs_tol=1e-12)

"""What packs' SQL may say: refused with file, line and sentence, or the same on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from lantian.indicators.packs import load
from lantian.indicators.running import Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.spark import transpile
from lantian.indicators.subset import functions
from lantian.registers import PacksRefused
from lantian.registers import load as load_packs
from tests.indicators.invented import AREAS, HEADER, RULE_HEADER, register, site, trial, write_pack

# (what stands from line 4 on, the line that is named, a part of the sentence)
REFUSED = [
    ("select s.nosuch as subject, 1 as value\nfrom site s", 4, "no column “s.nosuch”"),
    ("select s.street as subject, 1 as value\nfrom site s\nwhere s.sizes > 1", 6, "do you mean “size”"),
    ("select street as subject, 1 as value\nfrom sites", 5, "there is no “sites”"),
    ("select street as subject, x.size as value from site", 4, "no table “x”"),
    ("select street as subject, 1 as value from site s\njoin \"check\" c on c.site = s.key", 4, "several tables"),
    ("select street as subject, count(*) / count(size) as value from site group by street", 4, "nullif"),
    ("select street as subject, size / 0 as value from site", 4, "nullif"),
    ("select street as subject, size / nullif(size, 1) as value from site", 4, "nullif"),
    ("select street as subject, size % floors as value from site", 4, "nullif"),
    ('select a.street as subject, 1 as value\nfrom site a, "check" b', 5, "nothing ties “b”"),
    ("select a.street as subject, 1 as value from site a\ncross join site b", 5, "rows multiply"),
    ("select a.street as subject, 1 as value from site a\nleft join site b on 1 = 1", 5, "nothing ties “b”"),
    ("select a.street as subject, 1 as value from site a\njoin site b on a.size < b.size", 5, "nothing ties “b”"),
    ("select a.street as subject, 1 as value from site a\njoin site b on b.key = b.code", 5, "nothing ties “b”"),
    ("select a.street as subject, 1 as value from site a\njoin site b on a.key = b.key or a.size = 1", 5, "ties"),
    ("select s.street as subject, 1 as value from site s where exists\n"
     "(select 1 from site a\ncross join (select avg(size) over () as x from site) b where a.key = s.key)", 6, "ties"),
    ("select street as subject, max(code) as value from site group by street", 4, "value is a number"),
    ("with w as (select street, start as x from site)\nselect street as subject, x as value from w", 5, "is a number"),
    ("select street as subject, state_paid as value from site", 4, "value is a number"),
    ("insert into site values (1)", 4, "only SELECT"),
    ("delete from site", 4, "only SELECT"),
    ("copy (select 1) to 'x.csv'", 4, "only SELECT"),
    ("attach 'x.db'", 4, "only SELECT"),
    ("select 1 as subject, 2 as value from site;\nselect 1", 5, "one statement"),
    ("", 1, "one statement"),
    ("select * from read_csv('x.csv')", 4, "read_csv"),
    ("select * from 'x.parquet'", 4, "name the columns"),
    ("select getenv('HOME') as subject, 1 as value from site", 4, "getenv"),
    ("select street as subject, random() as value from site", 4, "rand"),
    ("select street as subject, 1 as value from site where code ~ 'a'", 4, "not allowed"),
    ("select street as subject, 1 as value from site limit 1", 4, "LIMIT"),
    ("with c as (select street from site order by street) select street as subject, 1 as value from c", 4, "ORDER BY"),
    ("select distinct on (street) street as subject, size as value from site", 4, "DISTINCT ON"),
    ("select street as subject, 1 as value from site join \"check\" using (street)", 4, "join"),
    ("select street as subject, count(*) as value from site group by all", 4, "GROUP BY"),
    ("with recursive r as (select 1 as n union all select n + 1 from r) select n as subject, n as value from r", 4,
     "recursive"),
    ("select street as subject, start - $start as value from site", 4, "date_diff"),
    ("select street as subject, date_diff('month', start, $end) as value from site", 4, "'day'"),
    ("select street as subject, 1 as value from site where seen <= $end", 4, "$until"),
    ("select street as subject, 1 as value from site where seen between $start and $end", 4, "$until"),
    ("select street as subject, 1 as value from site where start > $begin", 4, "$begin"),
    ("select phone as subject, count(*) as value from site group by phone", 4, "about persons"),
    ("with p as (select phone as x from site) select x as subject, 1 as value from p", 4, "about persons"),
    ("select street as subject, size as amount from site", 4, "the columns are subject, value"),
    ("select street as subject, size as value, code as more from site", 4, "the columns are subject, value"),
    ("select street as subject, cast(size as varchar) as value from site", 4, "write decimals differently"),
    ("select street || (2.0 * sum(size)) as subject, 1 as value from site group by street", 4, "decimals differently"),
    ("select street as subject,\n(size as value from site", 5, "the SQL is wrong"),
    ("select street as subject, sum(size) over (order by start range between interval 1 day preceding and current row)"
     " as value from site", 4, "ROWS"),
    ("select street as subject, cast(size as decimal(9, 2)) as value from site", 4, "decimal"),
    ("select extract(dow from start) as subject, 1 as value from site", 4, "extract"),
    ("select street as subject, 1 as value from site\nwhere start > $start - interval 1 month\n"
     "and start < $end + interval 30 day", 6, "date + 30"),
    ("select street as subject, 1 as value from site where start > $start - interval '1.5' month", 4, "interval N day"),
    ("select street as subject, cast(code as bigint) as value from site", 4, "try_cast"),
    ("select street as subject, try_cast(upper(code) as int) as value from site", 4, "try_cast(round"),
    ("select street as subject, cast(code as double) as value from site", 4, "try_cast"),
    ("with x as (select street, code || '1' as c from site) select street as subject, cast(c as bigint) as value"
     " from x", 4, "try_cast"),
    ("with x as (select street, start as d from site) select street as subject, d - $start as value from x", 4,
     "date_diff"),
    ("with x as (select street, seen as d from site) select street as subject, 1 as value from x where d <= $end", 4,
     "$until"),
    ("with x as (select street, size as d from site) select street || d as subject, 1 as value from x", 4,
     "write decimals differently"),
    ("select street || floor(floors) as subject, 1 as value from site", 4, "write decimals differently"),
    ("select street as subject, 1 as value from site where start > '2026/03/01'", 4, "a date is written"),
    ("select street as subject, 1 as value from site where start > date '2026/03/01'", 4, "a date is written"),
    ("select street as subject, 1 as value from site where floors = '3'", 4, "not compared or mixed"),
    ("select street as subject, 1 as value from site where state_paid = 1", 4, "not compared or mixed"),
    ("select street as subject, coalesce(state_paid, 0) as value from site", 4, "not compared or mixed"),
    ("select street as subject, 1 as value from site where not floors", 4, "a condition is"),
    ("select street as subject, case when floors then 1 end as value from site", 4, "a condition is"),
    ("select street as subject, sum(state_paid) as value from site group by street", 4, "are of figures"),
    ("select street as subject, 1 as value from site where substring(code, 0, 2) = 'A'", 4, "positions from 1"),
    ("select street as subject, 1 as value from site where left(code, -1) = 'A'", 4, "positions from 1"),
    ("select street as subject, case when code in (select c.site from \"check\" c) then 1 end as value from site", 4,
     "use exists"),
    ("select street as subject, count(distinct code) over (partition by street) as value from site", 4, "no distinct"),
    ("select street as subject, row_number() over (partition by street) as value from site", 4, "order by"),
    ("select street as subject, lag(floors, 1, 0.5) over (order by code) as value from site", 4, "default of lag"),
    ("select street as subject, " + "(" * 70 + "size" + ")" * 70 + " as value from site", 1, "too deeply"),
]  # fmt: skip

TAKEN = [
    "select street as subject, 1 as value from site where start between $start - interval 1 month and $end + 30"
    " and seen >= timestamp '2026-03-01 08:00:00' and start < '2026-03-31' and code in (select site from \"check\")",
    "select street as subject, sum(try_cast(round(try_cast(code as double)) as bigint)) as value from site group by 1",
    "with c as (select street, count(*) as n from site group by street) select street as subject, n as value from c",
    "select subject, value from (select street as subject, size as value, row_number() over (partition by street"
    " order by start desc, key) as r from site) x where r = 1",
    "select street as subject, size as value from site qualify rank() over (partition by street order by size) = 1",
    'select s.street as subject, (select sum(weight) from "check" c where c.site = s.key and c.street = s.street)'
    " as value from site s",
    "select a.code as subject, count(s.key) as value from area a left join site s on s.street = a.code group by a.code",
    "select street as subject, count(distinct phone) as value from site where phone is not null group by 1",
    "select street as subject, sum(case when floors > 3 then size else 0 end) / 12 as value from site_history"
    " where valid_from <= $end and (valid_to is null or valid_to > $as_of) group by street having sum(size) > 0",
    "select t.area as subject, avg(h.value) as value from hour h join station t on t.code = h.station"
    " where h.time >= $start and h.time < $until group by t.area",
    "select street as subject, size as value from site where start >= $start - interval 12 month"
    ' union all select street, weight from "check"',
    "with t as (select sum(size) as x, count(*) filter (where size > 1) as n from site)"
    " select s.street as subject, 100 * sum(s.size) / nullif(max(t.x), 0) as value from site s cross join t"
    " cross join (select 'a' as one union all select 'b' as one) c group by s.street",
    "select a.street as subject, 1 as value from site a join site b"
    " on (a.size < b.size and a.street = b.street) or (a.floors = 1 and a.key = b.key)",
    "select street as subject, date_diff('day', max(start), $end) as value from site"
    " where place_lon between 116 and 117 and land_ha > 1 group by street",
]


def problems(folder: Path, query: str, header: str = HEADER, kind: str = "indicators") -> list[tuple[str, int, str]]:
    """(file, line, sentence) of what is wrong with one query."""
    try:
        load(load_packs(write_pack(folder, {f"{kind}/one.sql": header + query})))
    except PacksRefused as error:
        return [(item.file.name, item.line, item.en) for item in error.problems]
    return []


@pytest.mark.parametrize(("query", "line", "says"), REFUSED)
def test_refused_with_its_line(tmp_path: Path, query: str, line: int, says: str) -> None:
    found = problems(tmp_path, query)
    assert [at for file, at, said in found if says in said and file == "one.sql"] == [line], found


@pytest.mark.parametrize("query", TAKEN)
def test_taken(tmp_path: Path, query: str) -> None:
    assert problems(tmp_path, query) == []


def test_line_behind_parameters(tmp_path: Path) -> None:
    """SQLGlot counts the lines behind `$end` twice."""
    query = "select street as subject, 1 as value\nfrom site\nwhere start between $start and $end\n  and nope = 1"
    assert [line for _file, line, _said in problems(tmp_path, query)] == [7]


def test_rule_has_its_own_columns(tmp_path: Path) -> None:
    query = "select key as key, street as subject, keeper as unit, code as title from site"
    (found,) = problems(tmp_path, query, RULE_HEADER, "rules")
    assert found[1:] == (3, "the columns are key, subject, unit, title, detail, not key, subject, unit, title")


def test_every_problem_at_once(tmp_path: Path) -> None:
    query = "select s.one as subject, s.two as value from site s\nwhere s.three = 1"
    assert [line for _file, line, _said in problems(tmp_path, query)] == [4, 4, 5]


def test_functions_are_sqlglots() -> None:
    known = {name for kind in exp.ALL_FUNCTIONS for name in (kind.sql_name(),)}
    assert set(functions()) <= known


# One use of every function of the table.
USES = {
    "COUNT": "count(distinct street)", "SUM": "sum(size)", "AVG": "avg(size)", "MIN": "min(size)", "MAX": "max(size)",
    "COUNT_IF": "count_if(size > 1)", "LOGICAL_OR": "max(0) + case when bool_or(state_paid) then 1 else 0 end",
    "LOGICAL_AND": "case when bool_and(state_paid) then 1 else 0 end", "MEDIAN": "median(size)",
    "STDDEV_SAMP": "stddev_samp(size)", "STDDEV_POP": "stddev_pop(size)",
    "ROW_NUMBER": "max(size) + row_number() over (order by code)", "RANK": "max(size) + rank() over (order by code)",
    "DENSE_RANK": "max(size) + dense_rank() over (order by code)",
    "LAG": "lag(max(size)) over (order by code)", "LEAD": "lead(max(size), 1) over (order by code desc)",
    "ABS": "abs(-max(size))", "ROUND": "round(max(size), 1)", "FLOOR": "floor(max(size))", "CEIL": "ceil(max(size))",
    "SQRT": "sqrt(max(size))", "COALESCE": "coalesce(max(size), 0)", "NULLIF": "nullif(max(size), 0)",
    "GREATEST": "greatest(max(size), null)", "LEAST": "least(max(size), 1)",
    "CASE": "case when code = 'A' then 1 else 2 end", "IF": "if(code = 'A', 1, 2)", "CAST": "cast(max(size) as bigint)",
    "TRY_CAST": "try_cast(code as double)", "LOWER": "length(lower(code))", "UPPER": "length(upper(code))",
    "LENGTH": "length('云溪')", "TRIM": "length(trim(' a '))", "LEFT": "length(left(code, 1))",
    "RIGHT": "length(right(code, 1))", "SUBSTRING": "length(substring(code, 1, 2))",
    "REPLACE": "length(replace(code, 'A', 'BB'))", "STARTS_WITH": "if(starts_with(code, 'A'), 1, 0)",
    "CONTAINS": "if(contains(code, 'A'), 1, 0)", "YEAR": "year(max(start))", "QUARTER": "quarter(max(start))",
    "MONTH": "month(max(start))", "DAY": "day(max(start))", "HOUR": "hour(max(seen))",
    "EXTRACT": "extract(year from max(start))", "LAST_DAY": "day(last_day(max(start)))",
    "DATEDIFF": "date_diff('day', max(start), $end)", "DATE_FROM_PARTS": "year(make_date(2026, 1, 1))",
}  # fmt: skip


def test_every_function_runs_and_is_sql_for_spark(tmp_path: Path) -> None:
    assert set(USES) == set(functions())
    query = "select code as subject, {} as value from site group by code"
    queries = {name.lower(): query.format(use) for name, use in USES.items()}
    packs = trial(tmp_path / "packs", **queries)
    row = site("A", start="2026-02-03", seen="2026-02-03T01:00:00Z", state_paid=True)
    Snapshots(tmp_path / "lake").append(register(packs, "site"), [row, site("B", size="20")], 1)
    sources = Sources(tmp_path / "lake", areas=AREAS)
    end = date(2026, 3, 31)
    for indicator in packs.indicators.values():
        answer = compute(indicator, end.replace(day=1), end, sources, "street")
        assert answer.failed is None, (indicator.name, answer.failed)
        assert len(answer.rows) == 2
        days = {"start": end, "end": end, "until": end, "as_of": end}
        unknown = parse_one(transpile(indicator.query, days), dialect="spark").find_all(exp.Anonymous)
        assert {item.name for item in unknown} <= {"MAKE_DATE"}  # Spark has it, SQLGlot's dialect does not know

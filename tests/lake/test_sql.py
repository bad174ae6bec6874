"""SQL from people: one SELECT over the views, and nothing else of the machine (contracts §8)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from lantian.cli.main import main
from lantian.lake import Lake, LakeError
from lantian.lake.errors import QueryRefused
from lantian.lake.query import VIEWS, Limits, answer, connect
from lantian.lake.sqlguard import checked
from tests.lake.invented import NOON, row, table

ATTACKS = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_csv_auto('/etc/passwd')",
    "select * from read_parquet('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from parquet_scan('/etc/passwd')",
    "select * from '/etc/passwd'",
    "from '/etc/passwd'",
    'select * from "/etc/passwd"',
    "select * from glob('/*')",
    "select * from query('select 1')",
    "select * from query_table('observation')",
    "select * from duckdb_settings()",
    "select * from pragma_version()",
    "select * from information_schema.tables",
    "select * from main.observation",
    "select * from sqlite_master",
    "select * from range(1000000000)",
    "select * from observation, lateral (select * from read_text('/etc/passwd'))",
    "select (select content from read_text('/etc/passwd'))",
    "with a as (select * from read_blob('/etc/passwd')) select * from a",
    "with observation as (select * from glob('/*')) select * from observation",
    "select * from observation where exists (select * from '/etc/passwd')",
    "select '/etc/passwd'.read_text()",
    "select getenv('HOME')",
    "select pg_sleep(1)",
    "select write_log('x')",
    "select getvariable('x')",
    "select nextval('x')",
    "select current_setting('temp_directory')",
    "select * into stolen from observation",
    "select 1; select 2",
    "select 1; drop view observation",
    "copy observation to '/tmp/stolen.csv'",
    "copy (select 1) to '/tmp/stolen.csv'",
    "export database '/tmp/stolen'",
    "attach '/tmp/other.db'",
    "install httpfs",
    "load httpfs",
    "pragma database_list",
    "set memory_limit = '100GB'",
    "set enable_external_access = true",
    "reset lock_configuration",
    "create table a (b int)",
    "create macro f(x) as x",
    "insert into observation values (1)",
    "with a as (insert into observation values (1) returning *) select * from a",
    "update observation set value = 1",
    "delete from observation",
    "drop view observation",
    "call pragma_version()",
    "explain select 1",
    "describe observation",
    "summarize observation",
    "prepare a as select 1",
    "vacuum",
    "select from where",
    "",
    "--",
    "select " + "(" * 3000 + "1" + ")" * 3000,
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    found = Lake(tmp_path_factory.mktemp("lake"))
    values = [1 / 3, None, 2.0]
    found.append(table(row(value, time=NOON + timedelta(minutes=at)) for at, value in enumerate(values)))
    return found


@pytest.mark.parametrize("query", ATTACKS)
def test_attacks_are_refused(query: str):
    with pytest.raises(QueryRefused):
        checked(query, VIEWS)


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from observation",
        "from observation",
        "select station, max(value) filter (where flag = 'N') from observation o group by all having count(*) > 0",
        "with a as (select * from observation), b as (select * from a) select * from b union all from observation",
        "select date_trunc('day', time at time zone 'Asia/Shanghai'), quantile_cont(value, 0.95), arg_max(value, time) "
        "from observation group by 1 order by 1",
        "select *, avg(value) over (partition by station order by time range between interval 8 hours preceding "
        "and current row) as mean from observation qualify row_number() over (order by time) = 1",
        "select interval, attribute from observation where interval in ('instant', 'hour') limit 3",
        "select strftime(time, '%Y-%m'), round(value, 1), coalesce(unit, '?') from observation",
        "select * from (values (1), (2)) t(x) where x > 1",
        "select * from observation h asof join hour o on h.station = o.station and h.time >= o.time",
    ],
)
def test_what_analysts_ask_is_answered(lake: Lake, query: str):
    lake.sql(query)


def test_duckdb_itself_reads_nothing_outside_the_lake(lake: Lake, tmp_path: Path):
    """The second wall: what the check would let through by mistake finds the door locked."""
    import duckdb

    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    connection = connect(lake.root, Limits())
    for query in (
        f"select * from read_csv('{secret}')",  # noqa: S608
        f"copy (select 1) to '{tmp_path}/out.csv'",
        f"attach '{tmp_path}/other.db'",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(query)


def test_limits(lake: Lake):
    endless = "with recursive a as (select 1 as n union all select n + 1 from a) select max(n) from a"
    with pytest.raises(QueryRefused, match=r"0\.3"):
        lake.sql(endless, limits=Limits(seconds=0.3))
    with pytest.raises(QueryRefused, match="64 MB"):
        lake.sql(
            "with recursive a as (select 1 as n, repeat('x', 1000) as t union all select n + 1, t from a "
            "where n < 300000) select list(t) from a",
            limits=Limits(megabytes=64),
        )
    with pytest.raises(QueryRefused, match="nowhere"):
        lake.sql("select nowhere from observation")


def test_parameters(lake: Lake):
    found = lake.sql("select value from observation where time = $at", {"at": NOON})
    assert found.to_pylist() == [{"value": 1 / 3}]


def test_a_pinned_version_does_not_see_what_is_written_later(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    pinned = lake.files()
    lake.append(table([row(2.0, received=NOON + timedelta(hours=1))]))
    lake.compact()
    assert answer(tmp_path, pinned, "select value from observation").to_pylist() == [{"value": 1.0}]
    assert lake.sql("select value from observation").to_pylist() == [{"value": 2.0}]


def test_csv(lake: Lake, capsys: pytest.CaptureFixture[str]):
    query = "select station, time, value, unit, value > 1 as more, time::date as day from observation order by time"
    assert main(["sql", "--lake", str(lake.root), "--format", "csv", query]) == 0
    out, err = capsys.readouterr()
    rows = list(csv.reader(io.StringIO(out)))
    assert rows == [
        ["station", "time", "value", "unit", "more", "day"],
        ["云溪一中", "2025-06-30T04:00:00Z", "0.3333333333333333", "", "false", "2025-06-30"],
        ["云溪一中", "2025-06-30T04:01:00Z", "", "", "", "2025-06-30"],
        ["云溪一中", "2025-06-30T04:02:00Z", "2.0", "", "true", "2025-06-30"],
    ]
    assert err == ""


def test_json_and_table(lake: Lake, capsys: pytest.CaptureFixture[str]):
    query = "select value, 'inf'::double as endless, [1, 2] as several from observation order by time"
    assert main(["sql", "--lake", str(lake.root), "--format", "json", query]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {"value": 1 / 3, "endless": None, "several": "[1, 2]"}
    assert [item["value"] for item in found] == [1 / 3, None, 2.0]
    assert main(["sql", "--lake", str(lake.root), "--format", "table", "select station from observation"]) == 0
    assert "云溪一中" in capsys.readouterr().out


def test_exit_codes(lake: Lake, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["sql", "--lake", str(lake.root), "select * from read_csv('/etc/passwd')"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "read_csv" in err
    with pytest.raises(SystemExit) as stopped:
        main(["sql", "select 1"])
    assert stopped.value.code == 2
    (tmp_path / "notes.txt").write_text("no lake")
    assert main(["sql", "--lake", str(tmp_path), "select * from observation"]) == 1
    assert main(["sql", "--lake", str(tmp_path / "absent"), "select * from observation"]) == 0
    assert capsys.readouterr().out.startswith("station,factor,attribute,time,interval,value,unit,flag,quality,source,")


def test_a_damaged_file_is_named(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    lake.files().raw[0].path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(LakeError, match=r"\.parquet"):
        lake.sql("select * from observation")

"""The lake on a live Spark: the views and the statistics of DuckDB and NumPy, over the same files."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lantian.cli.main import main
from lantian.lake import Lake, LakeError
from lantian.lake.errors import QueryRefused
from lantian.lake.query import VIEWS, Limits
from lantian.lake.reviews import Review
from lantian.lake.schema import INSTANT
from lantian.lake.spark import answer, views
from tests.analysis.invented import write_station
from tests.conftest import SHARED, SOAK, require
from tests.lake.invented import CHINA, NOON, row, table
from tests.spark import live

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]
FIRST = datetime(2024, 12, 30, tzinfo=CHINA)


@pytest.fixture(scope="module")
def spark() -> Any:
    return live()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hours with corrections beside their base, observations sent twice, late and corrected; a name full of signs."""
    root = tmp_path_factory.mktemp("lake") / "云溪 [湖]*{1}"
    lake = Lake(root)
    chance = np.random.default_rng(5)
    values = np.round(100 * chance.random((2, 24 * 9)), 3)
    values[chance.random(values.shape) < 0.2] = np.nan
    lake.write_hours(["云溪一中", "植物园"], "PM2.5", FIRST, values, "µg/m³", "年报")
    lake.write_hours(["云溪一中"], "O3", FIRST, values[:1], None, "年报")
    lake.write_hours(
        ["植物园", "云溪一中"], "PM2.5", FIRST + timedelta(days=5), values[:, :50] + 1, "µg/m³", "年报", "王工"
    )
    lake.append(table([row(1.0), row(1.0, received=NOON + timedelta(hours=1)), row(2.5, station="植物园", flag="D")]))
    lake.append(table([row(4.0, received=NOON + timedelta(days=2)), row(None, time=NOON + timedelta(days=1))]))
    lake.append(
        table(
            [row(7.0, factor="PM2.5", attribute="Avg", interval="hour", time=FIRST.astimezone(UTC), station="植物园")]
        )
    )
    lake.append(table([row(9.0, station="unknown")]), into="quarantine")
    word = Review(
        "a", 1, "植物园", "PM2.5", FIRST + timedelta(hours=3), FIRST + timedelta(hours=9), "rejected", "王", NOON
    )
    lake.review([word, replace(word, finding="b", start=FIRST), replace(word, finding="b", sequence=2, state="kept")])
    return root


def same_rows(root: Path, spark: Any) -> None:
    files = Lake(root).files()
    views(spark, files)
    for name in sorted(VIEWS):
        here = Lake(root).sql(f'select * from "{name}"')  # noqa: S608
        there = answer(spark, f"select * from `{name}`")  # noqa: S608
        assert there.column_names == here.column_names
        assert [str(kind) for kind in there.schema.types] == [str(kind) for kind in here.schema.types], name
        assert sorted(map(repr, there.to_pylist())) == sorted(map(repr, here.to_pylist())), name


def test_the_same_views_with_new_files_folded_and_empty(root: Path, spark: Any, tmp_path: Path) -> None:
    assert Lake(root).sql("select count(*) as n from correction").column("n").to_pylist() != [0]
    same_rows(root, spark)
    Lake(root).compact()
    same_rows(root, spark)
    same_rows(tmp_path / "absent", spark)


def test_instants_keep_their_zone(root: Path, spark: Any) -> None:
    views(spark, Lake(root).files(), ["hour"])
    found = answer(spark, "select min(time) as first from hour")
    assert found.schema.types == [INSTANT]
    assert found.column("first").to_pylist()[0] >= FIRST


def test_a_version_stays_while_others_write(tmp_path: Path, spark: Any) -> None:
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    files = lake.files()
    lake.append(table([row(2.0, station="植物园")]))
    views(spark, files, ["observation"])
    assert answer(spark, "select station from observation").column("station").to_pylist() == ["云溪一中"]


def test_a_lost_file_is_one_sentence(tmp_path: Path, spark: Any) -> None:
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    files = lake.files()
    for item in files.raw:
        item.path.unlink()
    with pytest.raises(LakeError, match="damaged or gone"):
        views(spark, files, ["observation"])


def busy(spark: Any) -> bool:
    """Whether a task is being worked on."""
    found = spark.sparkContext._jvm.java.lang.Thread.getAllStackTraces().keySet().toString()
    return "Executor task launch" in found


def test_an_endless_join_ends_at_the_limit_and_its_task_with_it(spark: Any) -> None:
    spark.range(10**15).createOrReplaceTempView("endless")
    spark.range(100).createOrReplaceTempView("some")
    with pytest.raises(QueryRefused, match="stopped after 2 s"):
        answer(spark, "select count(*) as n from endless a join some b on a.id + b.id <> 7", Limits(seconds=2))
    waited = 0
    while busy(spark) and waited < 600:
        time.sleep(0.1)
        waited += 1
    assert not busy(spark)
    assert answer(spark, "select count(*) as n from some").column("n").to_pylist() == [100]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(item) for item in arguments])
    return (code, *capsys.readouterr())


def same_statistics(capsys: pytest.CaptureFixture[str], root: Path, *more: object) -> str:
    text = ""
    for verb in ("annual", "daily", "rank"):
        here = printed(capsys, "stats", verb, "--lake", root, *more)
        there = printed(capsys, "stats", verb, "--lake", root, "--engine", "spark", *more)
        assert (here[0], here[2]) == (0, there[2])
        assert close(here[1], there[1])
        text += there[1]
    return text


def close(here: str, there: str) -> bool:
    """The same CSV, values with a point within 1e-9 of each other: sums are over another span of days."""
    pairs = list(zip(csv.reader(here.splitlines()), csv.reader(there.splitlines()), strict=True))
    return all(
        a == b or ("." in a + b and math.isclose(float(a), float(b), rel_tol=1e-9))
        for one, other in pairs
        for a, b in zip(one, other, strict=True)
    )


@pytest.fixture
def started(spark: Any) -> Iterator[None]:
    """A Spark that commands find running, small as it is."""
    yield
    spark.catalog.clearCache()


@pytest.mark.usefixtures("started")
def test_the_same_statistics(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    begins = {"云溪一中": datetime(2023, 12, 1), "云溪植物园": datetime(2024, 2, 10)}  # noqa: DTZ001
    files = [write_station(tmp_path, name, begin, 420, 11, 0.01) for name, begin in begins.items()]
    root = tmp_path / "lake"
    printed(capsys, "lake", "load", "--lake", root, "--hour-label", "begin", "--source", "test", "--data", *files)
    whole = same_statistics(capsys, root)
    assert len(whole.splitlines()) > 840
    days = (datetime(2024, 5, 1, tzinfo=CHINA), datetime(2024, 7, 1, tzinfo=CHINA))
    sand = tmp_path / "sand.csv"
    sand.write_text(
        "area,start,end,decided_by,document\n云溪一中,2024-03-01 00:00,2024-04-20 00:00,省厅,函\n", encoding="utf-8"
    )
    plain, less = (
        printed(capsys, "stats", "annual", "--lake", root, "--engine", "spark", *more)[1]
        for more in ((), ("--without-sand", sand))
    )
    assert less != plain
    assert close(less, printed(capsys, "stats", "annual", "--lake", root, "--without-sand", sand)[1])
    word = Review("a", 1, "云溪一中", "O3", days[0], days[1], "rejected", "王工", NOON)
    Lake(root).review([word, replace(word, finding="b", factor="CO", until=days[0] + timedelta(hours=30))])
    left = same_statistics(capsys, root)
    assert left != whole
    assert same_statistics(capsys, root, "--with-rejected") == whole
    only = ("--stations", "云溪一中")
    assert same_statistics(capsys, root, *only, "--standard", "gb3095-2012").count("植物园") == 0


@pytest.mark.shared
@pytest.mark.usefixtures("started")
def test_the_same_statistics_of_beijing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paths = sorted((SHARED / "data" / "prsa").glob("*.csv.gz"))
    if not paths:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    # All twelve stations take two minutes and a half on Spark: `make soak`.
    some = paths if SOAK else [path for path in paths if "Dongsi" in path.name or "Gucheng" in path.name]
    printed(capsys, "lake", "load", "--lake", tmp_path, "--hour-label", "begin", "--source", "prsa", "--data", *some)
    assert "Dongsi" in same_statistics(capsys, tmp_path)


@pytest.mark.usefixtures("started")
def test_sql_on_both_engines(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    query = (
        "select station, month(time) as month, count(value) as hours, round(avg(value), 2) as mean, min(time) as since "
        "from hour group by station, month(time) order by station, month(time)"
    )
    here = printed(capsys, "sql", "--lake", root, query)
    assert here == printed(capsys, "sql", "--lake", root, "--engine", "spark", query)
    assert "植物园,1," in here[1]
    for refused, why in (
        ("select * from hour", "name the columns"),
        ("select random() as x from hour", "not allowed"),
        ("select java_method('java.lang.System', 'exit') as x from hour", "java_method"),
        ("select value / 2.0 / value as x from hour", "nullif"),
        ("select station from parquet.`/etc/passwd`", "cannot be parsed"),
        ("select valu from hour", "no column"),
    ):
        code, out, err = printed(capsys, "sql", "--lake", root, "--engine", "spark", refused)
        assert (code, out) == (1, "")
        assert why in err
    code, _out, _err = printed(capsys, "stats", "rank", "--lake", root, "--engine", "spark")
    assert code == 1, "a unit that nobody confirmed"

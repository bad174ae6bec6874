"""What ships, in Spark's dialect. Equal figures on a live Spark: test_spark_parity.py."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from lantian.indicators.packs import load
from lantian.indicators.spark import transpile
from lantian.lake.errors import MissingExtra
from lantian.lake.spark import session
from lantian.registers import load as load_packs
from tests.indicators.invented import SHARE, trial

DAYS = {
    "start": date(2026, 3, 1),
    "end": date(2026, 3, 31),
    "until": date(2026, 4, 1),
    "as_of": date(2026, 3, 31),
}


def test_everything_that_ships_is_sql_for_spark() -> None:
    found = load(load_packs())
    for item in [*found.indicators.values(), *found.rules.values()]:
        tree = parse_one(transpile(item.query, DAYS), dialect="spark")
        assert not list(tree.find_all(exp.Placeholder, exp.Qualify)), item.name
        assert {part.name.lower() for part in tree.find_all(exp.Anonymous)} <= {"rint"}, item.name


def test_figures_are_doubles_and_names_are_quoted(tmp_path: Path) -> None:
    text = transpile(trial(tmp_path, share=SHARE).indicators["share"].query, DAYS)
    assert "CAST(100.0e0 AS DOUBLE) *" in text
    assert "FROM `check`" in text
    assert "BETWEEN CAST('2026-03-01' AS DATE) AND CAST('2026-03-31' AS DATE)" in text


def test_nulls_come_last_and_qualify_is_gone(tmp_path: Path) -> None:
    query = "select street as subject, size as value from site qualify row_number() over (order by size) = 1"
    text = transpile(trial(tmp_path, one=query).indicators["one"].query, DAYS)
    assert "NULLS LAST" in text
    assert "QUALIFY" not in text


def test_without_pyspark_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtra, match="lantian\\[spark\\]"):
        session()

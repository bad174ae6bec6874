"""Everything that ships, on DuckDB and on a live Spark, over rows made for every register: the same keys and values."""

from __future__ import annotations

import math
from functools import cache

import pytest

from lantian.indicators.engine import Engine
from lantian.indicators.headers import Indicator
from lantian.indicators.packs import Indicators
from lantian.indicators.packs import load as load_indicators
from lantian.indicators.running import Limits, Sources, compute, find
from lantian.indicators.spark import engine
from lantian.registers import load
from tests.conftest import SOAK
from tests.indicators.generated import END, START, kept
from tests.spark import live

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]
PATIENT = Limits(seconds=300.0)


@cache
def shipped() -> Indicators:
    return load_indicators(load())


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return kept(tmp_path_factory.mktemp("lake"), shipped())


@pytest.fixture(scope="module")
def spark() -> Engine:
    return engine(live())


def at(item: Indicator, n: int) -> str:
    """The one level at which an indicator is tried in `make test`: a query costs a third of a second on Spark, and
    `make soak` runs them at all of theirs."""
    levels = item.levels or ("city",)
    return levels[n % len(levels)]


@pytest.mark.parametrize("level", ["street", "district", "city"])
def test_every_indicator(sources: Sources, spark: Engine, level: str) -> None:
    wrong, figures, empty = [], 0, []
    known = list(shipped().indicators.values())
    chosen = [item for n, item in enumerate(known) if level in ((item.levels or ("city",)) if SOAK else [at(item, n)])]
    for item in chosen:
        here = compute(item, START, END, sources, level=level, limits=PATIENT)  # type: ignore[arg-type]
        there = compute(item, START, END, sources, level=level, limits=PATIENT, engine=spark)  # type: ignore[arg-type]
        if here.failed or there.failed:
            wrong.append((item.name, here.failed, there.failed))
        elif not same(here.rows, there.rows):
            wrong.append((item.name, here.rows, there.rows))
        given = sum(value is not None for _subject, value in here.rows)
        figures += given
        if not given:
            empty.append(item.name)
    print(f"{level}: {len(chosen)} indicators, {figures} figures, none: {empty}")  # noqa: T201
    assert not wrong
    assert len(empty) <= len(chosen) * 0.15, "the rows must give most indicators a figure"


def test_every_rule(sources: Sources, spark: Engine) -> None:
    wrong, findings, empty = [], 0, []
    for rule in shipped().rules.values():
        here = find(rule, START, END, sources, limits=PATIENT)
        there = find(rule, START, END, sources, limits=PATIENT, engine=spark)
        findings += len(here)
        if not here:
            empty.append(rule.name)
        if here != there:
            wrong.append((rule.name, set(here) ^ set(there)))
    print(f"{len(shipped().rules)} rules, {findings} findings, none: {empty}")  # noqa: T201
    assert not wrong
    assert len(empty) <= len(shipped().rules) * 0.1, "the rows must give most rules a finding"


def same(here: list[tuple[str, float | None]], there: list[tuple[str, float | None]]) -> bool:
    """Equal as contracts say: the same keys, values within 1e-9 of each other."""
    return [key for key, _value in here] == [key for key, _value in there] and all(
        a is b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12))
        for (_, a), (_, b) in zip(here, there, strict=True)
    )

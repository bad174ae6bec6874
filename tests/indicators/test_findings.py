"""Findings over time: opened once, capped, quiet at night, closed when gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.indicators.finding import quiet, settle
from lantian.indicators.headers import Rule
from lantian.indicators.packs import Indicators, load
from lantian.indicators.running import Failed, Found, Sources, find
from lantian.indicators.snapshots import Snapshots
from lantian.registers import load as load_packs
from tests.conftest import examples
from tests.indicators.invented import RULE_HEADER, check, register, site, trial, write_pack

NOON = datetime(2026, 3, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Indicators:
    return trial(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def rule(packs: Indicators) -> Rule:
    return packs.rules["unchecked"]


def found(*keys: str) -> list[Found]:
    return [Found(key, "880101001", "u1", key, "无抽检") for key in keys]


def test_found_with_whose_it_is(packs: Indicators, rule: Rule, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.append(register(packs, "site"), [site("B", keeper=None), site("A"), site("C", status="竣工")], 1)
    snapshots.append(register(packs, "check"), [check("P", "2026-03-31", site="A")], 2)
    got = find(rule, date(2026, 3, 1), date(2026, 3, 31), Sources(tmp_path))
    assert got == [Found("B", "880101001", "", "B", "无抽检")]


def test_key_twice_is_a_failure(tmp_path: Path) -> None:
    query = "select s.street as key, s.code as subject, s.keeper as unit, s.code as title, 'x' as detail from site s"
    packs = load(load_packs(write_pack(tmp_path / "packs", {"rules/twice.sql": RULE_HEADER + query})))
    Snapshots(tmp_path / "lake").append(register(packs, "site"), [site("A"), site("B")], 1)
    with pytest.raises(Failed, match="880101001"):
        find(packs.rules["twice"], date(2026, 3, 1), date(2026, 3, 31), Sources(tmp_path / "lake"))


def test_cap_holds_the_rest_back(rule: Rule) -> None:
    first = settle([], found("A", "B", "C"), rule, NOON)
    assert [item.key for item in first.opened] == ["A", "B"]
    assert [item.key for item in first.held] == ["C"]
    second = settle(["A", "B"], found("A", "C"), rule, NOON)
    assert ([item.key for item in second.opened], second.closed) == (["C"], ["B"])


def test_stays_until_somebody_closes_it(rule: Rule) -> None:
    assert settle(["A"], [], replace(rule, closes="stays"), NOON).closed == []
    assert settle(["A"], [], rule, NOON).closed == ["A"]


@pytest.mark.parametrize(("hour", "minute", "silent"), [(13, 59, False), (14, 0, True), (22, 59, True), (23, 0, False)])
def test_quiet_over_midnight_in_china(rule: Rule, hour: int, minute: int, silent: bool) -> None:
    """22:00 to 07:00 in China is 14:00 to 23:00 UTC."""
    now = datetime(2026, 3, 5, hour, minute, tzinfo=UTC)
    assert quiet(rule, now) is silent
    assert bool(settle([], found("A"), rule, now).opened) is not silent
    assert not quiet(replace(rule, quiet=None), now)


keys = st.lists(st.sampled_from("ABCDEFGH"), unique=True)


@given(st.lists(keys, max_size=8), st.sampled_from(["gone", "stays"]))
@settings(max_examples=examples(100))
def test_any_course(rule: Rule, runs: list[list[str]], closes: str) -> None:
    """Every finding opens once at a time, no run opens more than the cap, and what is gone is not open."""
    own, standing = replace(rule, closes=closes), set[str]()  # type: ignore[arg-type]
    for run in runs:
        done = settle(standing, found(*run), own, NOON)
        opened = {item.key for item in done.opened}
        assert len(opened) <= own.cap
        assert not opened & standing
        assert opened | {item.key for item in done.still} | {item.key for item in done.held} == set(run)
        standing = (standing | opened) - set(done.closed)
        if closes == "gone":
            assert standing <= set(run)

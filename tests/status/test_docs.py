"""docs/status.md names what the tables hold."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import lantian.status
from lantian.status import DEFAULTS, STATES, curve_presets, ladders
from tests.conftest import ROOT

TABLES = Path(lantian.status.__file__).parent / "tables"
PAGE = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]


def test_states_and_tables_are_named():
    assert all(f"`{state}`" in PAGE for state in STATES)
    tables = {path.name for path in TABLES.iterdir()}
    assert tables <= set(re.findall(r"tables/([a-z_]+\.(?:yaml|csv))", PAGE))


@pytest.mark.parametrize("field", [item.name for item in fields(DEFAULTS)])
def test_settings_are_named_with_their_defaults(field: str):
    row = next(row for row in ROWS if row[0] == f"`{field}`")
    value = getattr(DEFAULTS, field)
    if isinstance(value, (Decimal, int)):
        assert row[1] == str(value)


def test_curves_and_ladders_are_named():
    assert {row[0] for row in ROWS} >= {f"`{curve}`" for curve in curve_presets()}
    assert all(curve.zh in PAGE for curve in curve_presets().values() if curve.id != "milestones")
    for ladder in ladders().values():
        steps = " → ".join(step.zh for step in ladder.steps)
        assert f"`{ladder.id}` {steps}" in re.sub(r"\s+", " ", PAGE)


def test_cadence_rules_are_named():
    table = yaml.safe_load((TABLES / "cadence.yaml").read_text(encoding="utf-8"))
    said = {row[0]: row[1] for row in ROWS if re.fullmatch(r"C\d\d", row[0])}
    assert said == {rule["id"]: f"`{rule['cadence']}`" for rule in table["rules"]}

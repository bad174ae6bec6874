"""Every rule is documented, and every rule is raised somewhere: a table must not promise what nobody does."""

from __future__ import annotations

import re

from lantian.reading.rules import rules
from tests.conftest import ROOT

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "lantian" / "reading").rglob("*.py"))


def test_every_rule_is_documented_with_its_sentence():
    page = (ROOT / "docs" / "reading" / "flags.md").read_text(encoding="utf-8")
    for rule in rules().values():
        row = next((line for line in page.splitlines() if line.startswith(f"| {rule.id} ")), "")
        assert rule.name in row, f"{rule.id} is missing from docs/reading/flags.md (or its name changed)"
        assert rule.zh in row, f"{rule.id}: the Chinese sentence differs"


def test_every_rule_is_raised_somewhere():
    silent = [rule_id for rule_id in rules() if f'"{rule_id}"' not in SOURCES]
    assert not silent, f"rules that nothing raises: {silent}"


def test_every_raised_rule_is_in_the_table():
    assert set(re.findall(r'Flag\("(R\d\d)"', SOURCES)) <= set(rules())

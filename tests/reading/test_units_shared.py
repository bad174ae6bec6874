"""Units of the real plans against a careful hand count (domain/plan-catalogue.md §7)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from lantian.reading.grammar.units import is_unit_name, read_unit_lists, split_units
from tests.reading.plan_cells import DUMPS, confusion, f1, role_cells, rows

pytestmark = pytest.mark.shared

# The catalogue counts a unit printed twice in one cell twice, and the wording 等部门 as a unit of its own.
VARIANTS = {"民航华北管理局": "民航华北地区管理局"}


def hand_count(folder: Path) -> Counter[str]:
    text = (folder.parent / "domain" / "plan-catalogue.md").read_text(encoding="utf-8")
    section = text[text.index("## 7 Units") :]
    counts: Counter[str] = Counter()
    for name, count in re.findall(r"^\| ([^|]+?) \| (\d+) \| \d+ / ", section, re.M):
        if name != "（等部门）":
            counts[VARIANTS.get(name, name)] += int(count)
    return counts


def test_role_columns_of_five_city_plans(shared_plans: Path) -> None:
    read: Counter[str] = Counter()
    for dump, year in DUMPS.items():
        lists = read_unit_lists(role_cells(shared_plans, dump), region="北京市", level="municipal", year=year)
        read.update(mention.name for item in lists for mention in item.mentions)
    expected = hand_count(shared_plans)
    differing = "\n".join(confusion(expected, read))
    assert set(read) == set(expected), differing
    assert f1(expected, read) >= 0.99, differing


def test_misprints_are_corrected_with_the_print_kept(shared_plans: Path) -> None:
    cells = role_cells(shared_plans, "bj-2021")
    lists = read_unit_lists(cells, region="北京市", level="municipal", year=2021)
    printed = {mention.as_printed: mention.name for item in lists for mention in item.mentions}
    assert printed["市生态环境委"] == "市生态环境局"
    assert printed["市财政改革委"] == "市财政局"
    garbled = [name for name in printed if "经济委会" in name or name.startswith("各区政府各北京")]
    assert {printed[name] for name in garbled} == {"各区政府（含北京经济技术开发区管委会）"}
    assert len(garbled) == 2


@pytest.mark.parametrize("dump", DUMPS)
def test_tasks_and_measures_are_no_unit_names(shared_plans: Path, dump: str) -> None:
    texts = [cell for row in rows(shared_plans, dump) for cell in row[:4]]
    assert [text for text in texts if is_unit_name(text)] == []


def test_brackets_of_state_council_documents(shared_plans: Path) -> None:
    """Every unit that a duty bracket names is known: ministries by their usual short names, or a collective."""
    unknown: Counter[str] = Counter()
    total = 0
    for path in sorted(shared_plans.glob("cn-*.txt")):
        for duty in re.findall(
            "[（(]([^（()）]{3,160}?)(?:牵头|按职责分工)?(?:负责|指导)[)）]", path.read_text(encoding="utf-8")
        ):
            for mention in split_units(duty):
                total += 1
                unknown[mention.name] += not mention.known
    assert total > 300
    assert +unknown == Counter()

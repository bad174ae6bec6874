"""Deadline cells and dates in the texts of the real plans (domain/plan-catalogue.md §6)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lantian.reading.grammar.deadlines import find_dates, is_deadline, read_deadline
from lantian.reading.grammar.heads import read_head
from lantian.reading.text import join_layout, strip_markup
from tests.reading.plan_cells import DEADLINE, DUMPS, MEASURE, role_cells, rows

pytestmark = pytest.mark.shared


def test_every_deadline_cell_is_read(shared_plans: Path) -> None:
    kinds: Counter[str] = Counter()
    for dump, year in DUMPS.items():
        for row in rows(shared_plans, dump):
            if row[DEADLINE].strip():
                assert is_deadline(row[DEADLINE]), row[DEADLINE]
                kinds[read_deadline(row[DEADLINE], year=year, region="北京市").kind] += 1
    assert kinds == {"by": 168, "long_term": 72, "as_scheduled": 15, "window": 2, "from": 1}


def test_dates_in_the_texts(shared_plans: Path) -> None:
    words: Counter[str] = Counter()
    for dump, year in DUMPS.items():
        for row in rows(shared_plans, dump):
            text = join_layout(strip_markup(row[MEASURE]))
            words.update(item.text for item in find_dates(text, year=year, region="北京市"))
    assert words["“十四五”末"] == 4
    assert words["2022年"] == 2
    assert words["到2025年"] == words["2023—2024年内"] == words["7月1日起"] == 1
    assert not any("2018" in word or "2035" in word or "版" in word for word in words)


@pytest.mark.parametrize(
    ("dump", "title"), [("bj-air-2024", "蓝天保卫战 2024 年行动计划"), ("bj-2021", "水污染防治 2021 年行动计划")]
)
def test_city_plans_name_no_area_but_their_units_do(shared_plans: Path, dump: str, title: str) -> None:
    head = read_head(title, [], units=role_cells(shared_plans, dump))
    assert (head.region, head.level, head.year) == ("北京市", "municipal", DUMPS[dump])

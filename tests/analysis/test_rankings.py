"""Rankings as bulletins print them: ties, the last so many, who is not ranked, why a street stands where it does."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.rankings import (
    Figure,
    Membership,
    Period,
    StationDays,
    appearances,
    explain,
    extremes,
    figures,
    given_ranks,
    half_month,
    half_months,
    last,
    members,
    month,
    rank,
    subject_days,
    year_to_date,
)
from tests.conftest import SHARED, examples, require

TSP = [
    Figure("柳塘街道", 182.0, 1.0, 170.0, "东城"),
    Figure("石桥镇", 171.4, 0.9, 171.4, "东城"),
    Figure("北站街道", 170.6, 1.0, 190.0, "西城"),
    Figure("云溪镇", 150.0, 0.8, 160.0, "西城"),
    Figure("南苑街道", 149.5, 0.5, 140.0, "西城"),
    Figure("东湖街道", None, None, None, "东城"),
    Figure("高新街道", 300.0, 1.0, None, "东城", "监测点迁移"),
]


def test_periods():
    assert half_month(date(2024, 2, 15)) == Period(date(2024, 2, 1), date(2024, 2, 15))
    assert half_month(date(2024, 2, 16)) == Period(date(2024, 2, 16), date(2024, 2, 29))
    assert half_month(date(2024, 2, 16)).days == 14
    assert len(half_months(2025)) == 24
    assert sum(period.days for period in half_months(2024)) == 366
    assert year_to_date(date(2026, 3, 5)).days == 64
    assert month(2024, 2).year_before() == Period(date(2023, 2, 1), date(2023, 2, 28))
    assert month(2025, 2).year_before() == month(2024, 2), "a February's end stays its end"
    assert year_to_date(date(2024, 2, 29)).year_before() == Period(date(2023, 1, 1), date(2023, 2, 28))
    with pytest.raises(ValueError, match="ends before"):
        Period(date(2024, 2, 2), date(2024, 2, 1))


def test_a_half_month_of_streets():
    table = rank(TSP, period=half_month(date(2026, 5, 3)), worst_first=True)
    assert [(row.subject, row.value, row.rank) for row in table.rows[:4]] == [
        ("柳塘街道", Decimal(182), 1),
        ("石桥镇", Decimal(171), 2),
        ("北站街道", Decimal(171), 2),
        ("云溪镇", Decimal(150), 4),
    ]
    assert {row.subject: (row.status, row.reason) for row in table.rows[4:]} == {
        "南苑街道": ("incomplete", "有效数据 50%，不足 75%"),
        "东湖街道": ("no_value", "无数据"),
        "高新街道": ("excluded", "监测点迁移"),
    }
    assert set(table.population) == {"柳塘街道", "石桥镇", "北站街道", "云溪镇"}
    # 182 against 170; 171 against 171; 171 against 190; 150 against 160: the printed figures.
    assert [str(row.change_pct) for row in table.rows[:4]] == ["7.1", "0.0", "-10.0", "-6.2"]
    assert [row.improvement for row in table.rows[:4]] == [4, 3, 1, 2]


def test_best_first_and_high_is_good():
    best = rank(TSP)
    assert [row.rank for row in best.rows[:4]] == [1, 2, 2, 4]
    assert best.row("柳塘街道").from_worst == 1
    good_days = rank([Figure("甲", 300), Figure("乙", 280)], high_is_worse=False)
    assert [(row.subject, row.rank, row.from_worst) for row in good_days.rows] == [("甲", 1, 2), ("乙", 2, 1)]


def test_a_subject_twice_is_refused():
    with pytest.raises(ValueError, match="云溪镇"):
        rank([*TSP, TSP[3]])


def test_the_last_so_many_may_be_more_or_fewer():
    values = [9, 8, 7, 7, 7, 6]
    table = rank([Figure(f"街道{at}", value) for at, value in enumerate(values)])
    assert [row.from_worst for row in last(table, 3)] == [1, 2, 3, 3, 3]
    assert len(last(table, 5)) == 5, "ranks 1 2 3 3 3, then 6"
    assert len(last(table, 6)) == 6
    assert last(rank([]), 30) == []


def test_groups_of_the_day():
    groups = [
        Membership("平原地区", "东城"),
        Membership("平原地区", "西城", until=date(2025, 12, 31)),
        Membership("平原地区", "高新", since=date(2026, 1, 1)),
        Membership("山区", "北山"),
    ]
    assert members(groups, "平原地区", month(2025, 12)) == {"东城", "西城"}
    assert members(groups, "平原地区", Period(date(2025, 12, 20), date(2026, 1, 5))) == {"东城", "高新"}
    table = rank(TSP, within={"云溪镇", "石桥镇"})
    assert [row.subject for row in table.rows] == ["云溪镇", "石桥镇"]


def test_best_and_worst_of_each_district():
    found = extremes(rank(TSP, worst_first=True), 1)
    best, worst = found["东城"]
    assert ([row.subject for row in best], [row.subject for row in worst]) == (["石桥镇"], ["柳塘街道"])
    best, worst = found["西城"]
    assert ([row.subject for row in best], [row.subject for row in worst]) == (["云溪镇"], ["北站街道"])
    tied = rank([Figure(name, value, parent="区") for name, value in zip("甲乙丙丁", (5, 5, 4, 4), strict=True)])
    assert [len(side) for side in extremes(tied, 1)["区"]] == [2, 2]


def test_how_often_in_the_last():
    tables = [
        rank([Figure("甲", 9), Figure("乙", 8), Figure("丙", 1)], period=period) for period in half_months(2026)[:3]
    ]
    tables.append(rank([Figure("甲", 1), Figure("乙", 8), Figure("丙", 9)], period=half_months(2026)[3]))
    found = appearances(tables, 1)
    assert {name: len(times) for name, times in found.items()} == {"甲": 3, "丙": 1}
    assert next(iter(found)) == "甲"
    assert found["丙"][0].period == half_months(2026)[3]


def test_why_am_i_here():
    days = {
        "柳塘街道": {date(2026, 5, 1): 100.0, date(2026, 5, 2): 300.0, date(2026, 5, 3): 146.0},
        "石桥镇": {date(2026, 5, 1): 120.0, date(2026, 5, 2): 150.0, date(2026, 5, 3): 244.0},
        "北站街道": {date(2026, 5, 1): 130.0, date(2026, 5, 2): 160.0, date(2026, 5, 3): 222.0},
    }
    before = rank([replace(item, value=item.before) for item in TSP], worst_first=True)
    found = explain(rank(TSP, worst_first=True), "柳塘街道", previous=before, days=days, count=2)
    assert (found.row.rank, found.population, found.in_last) == (1, 4, True)
    assert found.better is not None
    assert (found.better.subject, found.better.rank, found.better.gap) == ("北站街道", 2, Decimal(-11))
    assert found.worse is None
    assert (found.rank_before, found.value_before) == (3, Decimal(170))
    # Two others at 171: at 170 both would be worse, and rank 3 is outside the last two.
    assert found.leaves_last_at == Decimal(170)
    moved = rank([replace(TSP[0], value=170.0), *TSP[1:]], worst_first=True)
    assert moved.row("柳塘街道").from_worst == 3
    assert [(item.day.day, item.usual, item.adds) for item in found.days] == [(2, 160.0, pytest.approx(140 / 3))]
    assert found.without_days == pytest.approx(546 / 3 - 140 / 3)
    same = explain(rank(TSP), "石桥镇", count=1)
    assert (same.same, same.in_last, same.leaves_last_at) == (("北站街道",), False, None)
    unranked = explain(rank(TSP), "高新街道")
    assert (unranked.row.reason, unranked.better, unranked.in_last) == ("监测点迁移", None, False)
    with pytest.raises(KeyError):
        explain(rank(TSP), "不在")


def test_published_ranks_against_ours():
    table = rank(TSP, worst_first=True)
    assert given_ranks({"柳塘街道": 1, "石桥镇": 3, "不在": 9}, table) == {"不在": (9, None), "石桥镇": (3, 2)}


def test_figures_from_stations():
    days = StationDays(
        ("a", "b", "c", "d", "e"),
        date(2025, 5, 1),
        np.array(
            [
                [10.0, 20.0, np.nan, 40.0],
                [30.0, np.nan, np.nan, 40.0],
                [1.0, 2.0, 3.0, np.nan],
                [1.0, 2.0, 3.0, np.nan],
                [9.0, 9.0, 9.0, 9.0],
            ]
        ),
    )
    where = {"a": "甲", "b": "甲", "c": "乙", "d": "乙"}
    subjects, values = subject_days(days, where)
    assert subjects == ("乙", "甲")
    # Of two stations one is enough (50 %), so 20 stands; stations first, then days.
    assert np.array_equal(values[1], [20.0, 20.0, np.nan, 40.0], equal_nan=True)
    found = figures(days, where, Period(date(2025, 5, 1), date(2025, 5, 4)), parent_of={"甲": "区"})
    assert (found[1].subject, found[1].parent, found[1].share) == ("甲", "区", 0.75)
    assert found[1].value == pytest.approx(80 / 3)
    outside = figures(days, where, Period(date(2026, 5, 1), date(2026, 5, 4)))
    assert (outside[1].value, outside[1].share) == (None, 0.0)
    assert outside[1].before == pytest.approx(80 / 3)


def test_published_lists():
    """The ranks of a published TSP list obey our rule of ties: each equals 1 + how many stand above it."""
    path = SHARED / "domain" / "tables" / "tsp_street_bottom30.csv"
    if not path.is_file():
        require("shared", "the published lists (../shared/domain/tables) are not here")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for period in {row["period"] for row in rows}:
        ranks = [int(row["rank_reverse"]) for row in rows if row["period"] == period]
        table = rank([Figure(f"{at}", 1000.0 - place) for at, place in enumerate(ranks)], worst_first=True)
        ours = sorted(row.rank or 0 for row in table.rows)
        if min(ranks) == 1 and len(ranks) >= max(ranks):
            assert ours == sorted(ranks), period


def test_published_rankings_of_districts():
    path = SHARED / "domain" / "tables" / "test_vectors_ambient.json"
    if not path.is_file():
        require("shared", "the test vectors (../shared/domain/tables) are not here")
    vectors = json.loads(path.read_text(encoding="utf-8"))
    districts = next(case for case in vectors["ranking"] if isinstance(case.get("values"), dict))
    table = rank([Figure(name, value) for name, value in districts["values"].items()])
    assert {row.subject: row.rank for row in table.rows} == districts["rank"]
    for case in vectors["year_on_year"]:
        places = 1 if isinstance(case["now"], float) else 0
        row = rank([Figure("区", case["now"], before=case["before"])], places=places).rows[0]
        assert row.change_pct == Decimal(str(case["pct"])), case


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=25),
    st.integers(1, 12),
    st.randoms(use_true_random=False),
    st.booleans(),
)
@settings(max_examples=examples(80))
def test_order_does_not_matter_and_ranks_count(values: list[int | None], count: int, chance, worst_first: bool):
    items = [Figure(f"{at:02}", value) for at, value in enumerate(values)]
    table = rank(items, worst_first=worst_first)
    mixed = list(items)
    chance.shuffle(mixed)
    assert rank(mixed, worst_first=worst_first) == table
    known = [row for row in table.rows if row.value is not None]
    for row in known:
        assert row.from_worst == 1 + sum(other.value > row.value for other in known)
    found = last(table, count)
    assert all(row.from_worst <= count for row in found)
    assert len(found) == sum(row.from_worst <= count for row in known)
    for row in found:
        limit = explain(table, row.subject, count=count).leaves_last_at
        if limit is None:
            assert len(known) - 1 < count
            continue
        place = int(row.subject)
        for value, inside in ((limit, False), (limit + 1, True)):
            changed = [*items[:place], replace(items[place], value=value), *items[place + 1 :]]
            assert (rank(changed).row(row.subject).from_worst <= count) is inside

"""Published lists of real streets (../shared/domain/tables), set as a bulletin prints them and read again."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from lantian.reading.received import received_of
from lantian.reading.received.delimited import parse_delimited
from tests.conftest import SHARED, require

pytestmark = pytest.mark.shared


def rows_of(name: str) -> list[dict[str, str]]:
    path = Path(SHARED) / "domain" / "tables" / name
    if not path.is_file():
        require("shared", f"the published tables ({name}) are not here")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_published_lists_of_the_last_thirty_are_read_whole() -> None:
    lists: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("tsp_street_bottom30.csv"):
        lists[row["period"]].append(row)
    for period, rows in lists.items():
        lines = [f"{row['rank_reverse']}\t{row['district']}\t{row['street']}" for row in rows]
        title = f"全市街道（乡镇）粗颗粒物浓度后30名（{period}）"
        read = received_of(parse_delimited("\n".join([title, "倒数排名\t区\t街道（乡镇）", *lines])))
        assert [(f.rank, f.district, f.subject) for f in read.figures] == [
            (int(row["rank_reverse"]), row["district"], row["street"]) for row in rows
        ]
        assert read.period is not None
        assert (read.period.key, read.indicator) == (period, "tsp")
        assert {figure.direction for figure in read.figures} == {"worst"}
        # The published ranks jump after ties and hold as many names as ties make them: only their number is noted.
        assert {oddity.rule for oddity in read.oddities} <= {"B20"}, period


def test_the_published_best_of_road_dust_load_raise_nothing() -> None:
    rows = rows_of("road_silt_street_2023_01_best.csv")
    lines = [f"{row['rank']},{row['district']},{row['street']},{row['silt_load_g_m2']}" for row in rows]
    head = ["2023年1月道路尘负荷较好的街道（乡镇）（克/平方米）", "排名,区,街道（乡镇）,道路尘负荷"]
    read = received_of(parse_delimited("\n".join([*head, *lines])))
    assert [(f.rank, f.value) for f in read.figures] == [
        (int(row["rank"]), Decimal(row["silt_load_g_m2"])) for row in rows
    ]
    assert (read.indicator, read.unit, read.oddities) == ("road_load", "g/m²", ())

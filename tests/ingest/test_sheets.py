"""Packets of a journal read by the sheet give the rows that they give one by one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.ingest import rows as rows_module
from lantian.ingest.records import REGULAR, SECOND_PEER, Record
from lantian.ingest.registry import Registry, parse
from lantian.ingest.rows import RowMaker
from tests.conftest import examples
from tests.ingest.running import packet

BEGIN = datetime(2026, 10, 11, 2, tzinfo=UTC)
DEVICES, _ = parse(
    """
    S1: {station: 一中, units: {a34004: ug/m3}}
    S2: {station: 二中, aliases: {a34004: a34002}}
    S3: {station: 三中, period_label: end, minutes: 5}
    """.encode(),
    "profiles",
)
VALUES = (
    "35.5",
    "0",
    "-3",
    "-0.004",
    "9999",
    "99999.0",
    "1e3",
    "123456789012345678",
    "NaN",
    "",
    "+7",
    "00012.50",
    ".5",
)
FLAGS = ("N", "D", "", "NN", "T")


def frame(mn: str, command: str, turn: int, number: int, values: list[str], flag: str) -> bytes:
    names = ("a34004", "a34002", "a01001")[: number + 1]
    attribute = "Rtd" if command == "2011" else "Avg"
    said = [(name, {attribute: values[at % len(values)], "Flag": flag}) for at, name in enumerate(names)]
    at = BEGIN + timedelta(minutes=turn)
    return packet(mn, at, rows=said, command=command).removesuffix(b"\r\n")


KINDS = st.tuples(
    st.sampled_from(("S1", "S2", "S3", "unknown")),
    st.sampled_from(("2011", "2051", "2061", "2031", "2021")),
    st.integers(1, 2),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=3),
    st.sampled_from(FLAGS),
    st.integers(1, 70),
)


def rows_of(made: Any) -> tuple[list[Any], list[Any]]:
    tables = (made.observation, made.quarantine)
    first, second = (sorted(map(repr, table.to_pylist())) for table in tables)
    return first, second


@settings(max_examples=examples(40), deadline=None)
@given(
    kinds=st.lists(KINDS, min_size=1, max_size=5),
    marks=st.sampled_from((REGULAR, REGULAR | SECOND_PEER)),
    late=st.booleans(),
)
def test_by_the_sheet_and_one_by_one_the_rows_are_the_same(
    kinds: list[tuple[str, str, int, list[str], str, int]], marks: int, late: bool
) -> None:
    records = []
    for mn, command, number, values, flag, times in kinds:
        for turn in range(times):
            # Every other value as given, the rest of other lengths: columns are not aligned by luck.
            own = values if turn % 2 else [f"{turn}.{turn % 7}", *values]
            arrival = int((BEGIN + timedelta(minutes=turn, days=400 if late else 0)).timestamp() * 1e6) + turn
            records.append(Record(0, arrival, 1, marks, "10.0.0.7:9", frame(mn, command, turn, number, own, flag)))
    registry = Registry(devices=DEVICES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "_AT_ONCE", 150)
        together = RowMaker(registry.device, registry.profile).make(records)
    alone = RowMaker(registry.device, registry.profile)
    counts: Counter[str] = Counter()
    expected: tuple[list[Any], list[Any]] = ([], [])
    for record in records:
        made = alone.make([record])
        counts.update(made.counts)
        for whole, own_rows in zip(expected, rows_of(made), strict=True):
            whole += own_rows
    assert rows_of(together) == (sorted(expected[0]), sorted(expected[1]))
    assert +together.counts == +counts


def test_nothing_makes_nothing() -> None:
    made = RowMaker(Registry().device, Registry().profile).make([])
    assert made.observation.num_rows == made.quarantine.num_rows == 0

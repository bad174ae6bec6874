"""Raw observations: a key counts once, the later received counts, nothing that was said is lost (contracts §4)."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.lake import Lake, LakeError, schema, upkeep
from tests.conftest import examples
from tests.lake.invented import NOON, row, table

OBSERVED = [
    "station", "factor", "attribute", "time", "interval", "value", "unit", "flag", "quality", "source", "received",
]  # fmt: skip


def test_an_absent_lake_reads_as_an_empty_one(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    found = lake.sql("select * from observation")
    assert (found.num_rows, found.column_names, lake.version(), lake.exists()) == (0, OBSERVED, 0, False)
    assert found.schema.field("time").type == schema.INSTANT
    for view in ("observation_history", "correction", "quarantine", "hour", "series"):
        assert lake.sql(f"select * from {view}").num_rows == 0  # noqa: S608
    assert lake.latest().num_rows == 0
    assert lake.last_transaction("gateway") is None
    assert lake.compact().folded == 0
    assert not (tmp_path / "lake").exists()


def test_a_replayed_transaction_writes_nothing(tmp_path: Path):
    lake = Lake(tmp_path)
    assert lake.append(table([row(1.0)]), transaction=("gateway", 7))
    before = lake.version()
    assert not lake.append(table([row(2.0)]), transaction=("gateway", 7))
    assert not lake.append(table([row(2.0)]), transaction=("gateway", 3))
    assert lake.version() == before
    assert lake.append(table([]), transaction=("gateway", 8)), "a batch of quarantined packets advances it, too"
    assert lake.last_transaction("gateway") == 8
    assert lake.last_transaction("gateway", into="quarantine") is None
    assert lake.sql("select value from observation").to_pylist() == [{"value": 1.0}]
    lake.compact()
    assert lake.last_transaction("gateway") == 8


def test_quarantine_is_apart(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0, station="MN-unknown")]), into="quarantine", transaction=("gateway", 1))
    assert lake.sql("select * from observation").num_rows == 0
    assert lake.sql("select station from quarantine").to_pylist() == [{"station": "MN-unknown"}]


def test_a_correction_keeps_the_old_value_and_says_who(tmp_path: Path):
    lake = Lake(tmp_path)
    later = [NOON + timedelta(seconds=at) for at in (1, 60, 120, 180)]
    for value, received, source in zip(
        (5.0, 5.0, 6.0, 6.0), later, ("gateway", "backfill", "王工", "backfill"), strict=True
    ):
        lake.append(table([row(value, received=received, source=source)]))
    for _ in range(2):
        now = lake.sql("select value, source, received from observation").to_pylist()
        assert now == [{"value": 6.0, "source": "backfill", "received": later[3]}]
        history = lake.sql("select value, source from observation_history order by received").to_pylist()
        assert history == [{"value": 5.0, "source": "gateway"}, {"value": 6.0, "source": "王工"}]
        said = lake.sql('select old_value, new_value, "by", recorded from correction').to_pylist()
        assert said == [{"old_value": 5.0, "new_value": 6.0, "by": "王工", "recorded": later[2]}]
        assert lake.compact().into in (2, 0), "the second time there is nothing to fold"


KEYS = st.tuples(st.sampled_from(["甲", "乙"]), st.sampled_from(["a34004", "a01001"]), st.integers(0, 3))
ARRIVALS = st.lists(
    st.tuples(KEYS, st.sampled_from([1.0, 2.0, 3.0, None]), st.sampled_from(["append", "append", "tidy", "fold"])),
    min_size=1,
    max_size=10,
)


@settings(max_examples=examples(12))
@given(arrivals=ARRIVALS, order=st.randoms(use_true_random=False))
def test_appends_in_any_order_equal_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, arrivals: list[Any], order: Any
):
    """Late data, re-delivery and corrections, with compaction anywhere between."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    received = list(range(len(arrivals)))
    order.shuffle(received)
    said: dict[Any, list[tuple[datetime, float | None]]] = defaultdict(list)
    batch = []
    for (key, value, then), number in zip(arrivals, received, strict=True):
        time, stamp = NOON + timedelta(hours=7 * key[2]), NOON + timedelta(days=1, seconds=number)
        said[key[0], key[1], time].append((stamp, value))
        batch.append(row(value, station=key[0], factor=key[1], time=time, received=stamp))
        if then != "append" or number % 2:
            lake.append(table(batch))
            batch = []
        if then != "append":
            lake.compact(thorough=then == "fold")
    if batch:
        lake.append(table(batch))
    for _ in range(2):
        found = lake.sql("select station, factor, time, value, received from observation").to_pylist()
        assert {(r["station"], r["factor"], r["time"]): (r["received"], r["value"]) for r in found} == {
            key: max(values, key=lambda item: item[0]) for key, values in said.items()
        }
        assert len(found) == len(said)
        changes = {
            (*key, old, new, stamp)
            for key, values in said.items()
            for (_, old), (stamp, new) in pairwise(sorted(values, key=lambda item: item[0]))
            if old != new
        }
        told = lake.sql("select station, factor, time, old_value, new_value, recorded from correction").to_pylist()
        assert {tuple(r.values()) for r in told} == changes
        assert len(told) == len(changes)
        lake.compact()


def test_latest(tmp_path: Path):
    lake = Lake(tmp_path)
    rows = [row(float(hour), time=NOON + timedelta(hours=hour)) for hour in range(30)]
    lake.append(table([*rows, row(9.0, factor="a01001", time=NOON - timedelta(days=3))]))
    newest = lake.latest(["a34004"]).to_pylist()
    assert [(item["value"], item["time"]) for item in newest] == [(29.0, NOON + timedelta(hours=29))]
    assert len(lake.latest()) == 2
    assert lake.latest(since=NOON).column("factor").to_pylist() == ["a34004"]
    assert lake.latest(since=NOON).column_names == OBSERVED


def test_what_is_no_observation_is_refused(tmp_path: Path):
    lake = Lake(tmp_path)
    for wrong, names in (
        (table([row(1.0)]).append_column("colour", pa.array(["red"])), "colour"),
        (table([row(1.0)]).drop_columns(["station"]), "station"),
        (table([row(1.0, station=None)]), "station"),
        (table([row(1.0, interval="fortnight")]), "fortnight"),
    ):
        with pytest.raises(LakeError, match=names):
            lake.append(wrong)
    assert not lake.exists()
    lake.append(table([row(math.nan), row(math.inf, factor="a01001")]))
    assert lake.sql("select value from observation").column("value").to_pylist() == [None, None]


def test_a_column_that_a_later_release_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = Lake(tmp_path)
    older = pa.schema([field for field in schema.OBSERVATION if field.name != "quality"])
    monkeypatch.setattr(schema, "OBSERVATION", older)
    target = lake.table("raw")
    delta = target.for_writing()
    old = table([row(1.0)]).select(older.names)
    target.commit(delta, [target.write_file(old, {"layer": "new", "date": "2025-06-30"})])
    monkeypatch.undo()
    assert lake.sql("select value, quality from observation").to_pylist() == [{"value": 1.0, "quality": None}]
    lake.append(table([row(2.0, quality="ok", time=NOON + timedelta(minutes=1))]))
    found = lake.sql("select value, quality from observation order by time").to_pylist()
    assert [item["quality"] for item in found] == [None, "ok"]
    lake.compact()
    assert lake.sql("select value, quality from observation order by time").to_pylist() == found


def test_retention_drops_old_dates_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = Lake(tmp_path)
    lake.append(table(row(float(day), time=NOON + timedelta(days=day)) for day in range(5)))
    monkeypatch.setattr(upkeep, "_today", lambda: (NOON + timedelta(days=4)).date())
    assert lake.compact(keep_days=2).dropped == 2
    assert lake.sql("select value from observation order by time").column(0).to_pylist() == [2.0, 3.0, 4.0]


def test_small_folds_leave_the_base_alone(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table(row(1.0, time=NOON + timedelta(seconds=at)) for at in range(40)))
    lake.compact()
    for number in range(3):
        lake.append(table([row(2.0, time=NOON + timedelta(seconds=number))]))
    assert lake.compact(thorough=False).folded == 3
    layers = sorted(item.partition["layer"] for item in lake.files().raw)
    assert layers == ["base", "new"]
    assert lake.sql("select sum(value) as total from observation").to_pylist() == [{"total": 43.0}]


def test_vacuum_keeps_a_day(tmp_path: Path):
    lake = Lake(tmp_path)
    for number in range(3):
        lake.append(table([row(float(number), time=NOON + timedelta(seconds=number))]))
    pinned = lake.files()
    with pytest.raises(LakeError, match="24"):
        lake.compact(vacuum_hours=1)
    lake.compact()
    assert all(item.path.exists() for item in pinned.raw), "readers of the version before still have their files"


def test_local_dates(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table(row(1.0, time=datetime(2025, 6, 30, hour, tzinfo=UTC)) for hour in (15, 16)))
    assert sorted(item.partition["date"] for item in lake.files().raw) == ["2025-06-30", "2025-07-01"]


def test_latest_takes_hours_too_and_names_a_damaged_file(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.write_hours(["甲"], "O3", NOON, np.array([[1.0, 2.0, np.nan]]))
    lake.append(table([row(5.0)]))
    newest = lake.latest(since=NOON).to_pylist()
    assert [(item["station"], item["interval"], item["value"]) for item in newest] == [
        ("云溪一中", "instant", 5.0), ("甲", "hour", 2.0),
    ]  # fmt: skip
    assert lake.latest(["O3"], since=NOON + timedelta(hours=5)).num_rows == 0
    lake.files().raw[0].path.write_bytes(b"nothing")
    with pytest.raises(LakeError, match="parquet"):
        lake.latest()

"""Registers in the lake: typed, idempotent, whole or not at all, and the same after folding."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lantian.indicators import moving
from lantian.indicators import snapshots as module
from lantian.indicators.packs import Indicators
from lantian.indicators.running import Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.views import register_view
from lantian.lake import LakeError
from lantian.lake.query import Limits, asking
from lantian.registers.migrating import mover
from tests.indicators.invented import AREAS, CHECK, SHARE, SITE, check, register, site, trial, write_pack
from tests.registers.names import Listed

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Indicators:
    return trial(tmp_path_factory.mktemp("packs"), share=SHARE)


def seen(root: Path, packs: Indicators, name: str, day: date = MARCH[1], masked: bool = False) -> list[dict[str, Any]]:
    """The rows of a register's view, by key."""
    own = register(packs, name.removesuffix("_history"))
    _last, files, schema = Sources(root).register(own)
    with asking(root, Limits()) as connection:
        found = connection.sql(register_view(name, own, files, schema, day, False, masked)).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return sorted(rows, key=lambda row: (row["key"], str(row.get("valid_from"))))


def test_types(packs: Indicators, tmp_path: Path) -> None:
    row = site(
        "A",
        size="12.50",
        floors="3",
        start="2026-02-28",
        seen="2026-02-28T16:30:00+00:00",
        state_paid=True,
        place={"lon": 116.4, "lat": 39.9, "datum": "gcj02", "x": 1, "y": 2},
        land={"wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))", "ha": 1.25},
        phone="",
    )
    assert Snapshots(tmp_path).append(
        register(packs, "site"), [row, site("B", size="NaN"), site("C", size=0, floors=0)], 1
    )
    first, second, third = seen(tmp_path, packs, "site")
    assert (first["size"], first["floors"], first["start"], first["state_paid"]) == (12.5, 3, date(2026, 2, 28), True)
    assert (first["place_lon"], first["land_ha"], first["phone"]) == (116.4, 1.25, None)
    assert f"{first['seen']:%F %R}" == "2026-03-01 00:30"  # in China
    assert second["size"] is None
    assert second["place_lat"] is None
    assert (third["size"], third["floors"]) == (0.0, 0)  # numbers of JSON are taken, too


@pytest.mark.parametrize(
    ("field", "value"), [("size", "viel"), ("floors", "1.5"), ("start", "2026-02-30"), ("seen", "2026-02-01T10:00:00"),
                         ("state_paid", "yes"), ("place", "116,39")]
)  # fmt: skip
def test_wrong_value_is_refused_by_name(packs: Indicators, tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(LakeError, match=rf"register site, “B”: {field}"):
        Snapshots(tmp_path).append(register(packs, "site"), [site("A"), site("B", **{field: value})], 1)
    assert Snapshots(tmp_path).last("site") is None
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_change_set_counts_once(packs: Indicators, tmp_path: Path) -> None:
    snapshots, own = Snapshots(tmp_path), register(packs, "check")
    assert snapshots.last("check") is None
    assert snapshots.append(own, [check("P", "2026-03-01")], 5)
    assert not snapshots.append(own, [check("Q", "2026-03-01")], 5)
    assert not snapshots.append(own, [check("Q", "2026-03-01")], 4)
    assert snapshots.append(own, [], 6)
    assert snapshots.last("check") == 6
    assert [row["key"] for row in seen(tmp_path, packs, "check")] == ["P"]


def test_history_is_rewritten_from_a_day_on(packs: Indicators, tmp_path: Path) -> None:
    """A correction that takes effect in the past replaces what was said for later days."""
    snapshots, own = Snapshots(tmp_path), register(packs, "site")
    snapshots.append(own, [site("A", "2026-01-01", size="1")], 1)
    snapshots.append(own, [site("A", "2026-03-01", size="2")], 2)
    snapshots.append(own, [site("A", "2026-02-01", size="3")], 3)
    snapshots.append(own, [site("A", "2026-03-20", gone=True)], 4)
    told = [
        (row["size"], str(row["valid_from"]), str(row["valid_to"])) for row in seen(tmp_path, packs, "site_history")
    ]
    assert told == [(1.0, "2026-01-01", "2026-02-01"), (3.0, "2026-02-01", "2026-03-20")]
    days = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 19), date(2026, 3, 20)]
    assert [[row["size"] for row in seen(tmp_path, packs, "site", day)] for day in days] == [[], [1], [3], [3], []]


def test_folding_changes_nothing_that_is_read(packs: Indicators, tmp_path: Path) -> None:
    snapshots, own = Snapshots(tmp_path), register(packs, "check")
    snapshots.append(own, [check(code, f"2026-0{month}-01") for month, code in ((1, "P"), (2, "Q"), (3, "R"))], 1)
    snapshots.fold(own)
    snapshots.append(own, [check("P", "2026-03-05"), check("Q", "2026-02-01", gone=True), check("S", "2026-03-06")], 2)
    before = [seen(tmp_path, packs, name) for name in ("check", "check_history")]
    assert snapshots.fold(own) == 5  # three months of base, two of new
    assert [seen(tmp_path, packs, name) for name in ("check", "check_history")] == before
    assert {item.partition["_layer"] for item in snapshots.files(own)} == {"base", "old"}
    assert snapshots.fold(own) == 0
    assert snapshots.last("check") == 2


def test_removed_without_a_date(packs: Indicators, tmp_path: Path) -> None:
    """What is said of a removed row is that it is gone, and nothing else."""
    snapshots, own = Snapshots(tmp_path), register(packs, "check")
    snapshots.append(own, [check("P", "2026-03-01"), check("Q", "2026-03-02")], 1)
    snapshots.append(own, [{"key": "P", "valid_from": "2026-03-05", "gone": True}], 2)
    assert [row["key"] for row in seen(tmp_path, packs, "check")] == ["Q"]
    snapshots.fold(own)
    assert [row["key"] for row in seen(tmp_path, packs, "check")] == ["Q"]
    snapshots.append(own, [check("P", "2026-03-06")], 3)
    snapshots.fold(own)
    assert [str(row["date"]) for row in seen(tmp_path, packs, "check")] == ["2026-03-06", "2026-03-02"]


def test_small_files_are_folded_by_themselves(packs: Indicators, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_FILES", 4)
    snapshots, own = Snapshots(tmp_path), register(packs, "site")
    for change in range(1, 10):
        snapshots.append(own, [site(f"S{change}")], change)
    assert len(snapshots.files(own)) < 4
    assert len(seen(tmp_path, packs, "site")) == 9


def test_many_rows_go_in_bounded_pieces(packs: Indicators, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_CHUNK", 10)
    monkeypatch.setattr(module, "_HELD", 40)
    rows: Iterator[dict[str, Any]] = (check(f"C{n}", f"2026-0{n % 3 + 1}-01") for n in range(205))
    Snapshots(tmp_path).append(register(packs, "check"), rows, 1)
    assert len({row["key"] for row in seen(tmp_path, packs, "check")}) == 205


def test_new_field_is_null_in_old_rows(packs: Indicators, tmp_path: Path) -> None:
    Snapshots(tmp_path / "lake").append(register(packs, "site"), [site("A")], 1)
    more = SITE + "  owner: {type: text, label: {zh: 业主, en: Owner}}\n"
    later = trial_with(tmp_path / "more", more)
    Snapshots(tmp_path / "lake").append(register(later, "site"), [site("B", owner="云溪建工")], 2)
    assert [row["owner"] for row in seen(tmp_path / "lake", later, "site")] == [None, "云溪建工"]


def test_another_type_wants_a_rebuild(packs: Indicators, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "lake")
    snapshots.append(register(packs, "site"), [site("A", floors="3")], 1)
    later = trial_with(tmp_path / "other", SITE.replace("floors: {type: integer", "floors: {type: text"))
    with pytest.raises(LakeError, match="rebuilt"):
        snapshots.append(register(later, "site"), [site("A", floors="三层")], 2)
    assert seen(tmp_path / "lake", packs, "site")[0]["floors"] == 3
    snapshots.rebuild(register(later, "site"), [site("A", floors="三层")], 2)
    assert [row["floors"] for row in seen(tmp_path / "lake", later, "site")] == ["三层"]
    assert snapshots.last("site") == 2


def trial_with(folder: Path, text: str) -> Indicators:
    """The pack with another declaration of sites."""
    from lantian.indicators.packs import load
    from lantian.registers import load as load_packs

    return load(load_packs(write_pack(folder, {"registers/site.yaml": text, "registers/check.yaml": CHECK})))


_KILLED = """
import os, sys
from pathlib import Path
from lantian.indicators.snapshots import Snapshots
from lantian.lake.tables import Table
from tests.indicators.invented import check, register, trial

packs = trial(Path(sys.argv[1]) / "packs")
commit = Table.commit
def die(self, *given, **named):
    if sys.argv[2] == "after":
        commit(self, *given, **named)
    os.kill(os.getpid(), 9)
Table.commit = die
Snapshots(Path(sys.argv[1]) / "lake").append(register(packs, "check"), [check("P", "2026-03-01")], 1)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_commit(packs: Indicators, tmp_path: Path, when: str) -> None:
    """Killed between file and commit nothing is there, behind it everything; writing again is right both times."""
    command = [sys.executable, "-c", _KILLED, str(tmp_path), when]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False)
    assert done.returncode == -9, done.stderr.decode()
    snapshots = Snapshots(tmp_path / "lake")
    assert snapshots.last("check") == (None if when == "before" else 1)
    assert len(seen(tmp_path / "lake", packs, "check")) == (0 if when == "before" else 1)
    snapshots.append(register(packs, "check"), [check("P", "2026-03-01")], 1)
    sources = Sources(tmp_path / "lake", areas=AREAS)
    assert compute(packs.indicators["share"], *MARCH, sources, "city").rows == [("880100", 100.0)]
    assert len(seen(tmp_path / "lake", packs, "check")) == 1


# Version 2 of sites: a figure has another name, a whole number becomes a text.
MOVED = SITE.replace("  size: {", "  hectares: {was: size, ").replace(
    "  floors: {type: integer", "  storeys: {type: text, converts: floors, label: {zh: 层, en: Storeys}}\n"
    "  floors: {hidden: true, type: integer"
)  # fmt: skip


def move_sites(folder: Path, snapshots: Snapshots, change: int, meanwhile: Callable[[], Any] = bool) -> Indicators:
    """Sites under the declaration MOVED, which is returned; ``meanwhile`` happens while the rows are read."""
    later = trial_with(folder, MOVED)
    own = register(later, "site")
    move = mover(own, Listed())
    told: list[Any] = []

    def first(values: Any) -> Any:
        if not told:
            told.append(meanwhile())
        return move(values)

    snapshots.move(own, first, change)
    return later


def test_moved_rows_answer_for_past_days(packs: Indicators, tmp_path: Path, monkeypatch: Any) -> None:
    """Also those that somebody appends while the others are read; once more changes nothing."""
    monkeypatch.setattr(moving, "_BATCH", 2)
    snapshots, own = Snapshots(tmp_path / "lake"), register(packs, "site")
    place = {"lon": 116.4, "lat": 39.9, "datum": "WGS-84", "x": 116.4, "y": 39.9}
    rows = [site(f"S{n}", "2026-01-01", size=f"{n}.25", floors=n, place=place) for n in range(5)]
    snapshots.append(own, rows, 1)
    snapshots.append(own, [site("S1", "2026-03-01", size="7"), site("S2", "2026-03-01", gone=True)], 2)
    days = [date(2025, 12, 31), date(2026, 2, 1), date(2026, 3, 1)]
    before = [[(row["key"], row["size"], row["place_lon"]) for row in seen(tmp_path / "lake", packs, "site", day)]
              for day in days]  # fmt: skip
    assert [len(found) for found in before] == [0, 5, 4]
    late = site("S9", "2026-04-01", size="9", floors="9")
    later = move_sites(tmp_path / "later", snapshots, 4, lambda: snapshots.append(own, [late], 3))
    now = [[(row["key"], row["hectares"], row["place_lon"]) for row in seen(tmp_path / "lake", later, "site", day)]
           for day in days]  # fmt: skip
    assert now == before
    first = seen(tmp_path / "lake", later, "site", days[1])[3]
    assert (first["storeys"], first["floors"], "size" in first) == ("3", 3, False)
    assert seen(tmp_path / "lake", later, "site", date(2026, 4, 1))[-1]["storeys"] == "9"
    version = snapshots.table(own).version()
    move_sites(tmp_path / "later", snapshots, 4)
    assert (snapshots.last("site"), snapshots.table(own).version()) == (4, version)


_KILLED_MOVE = """
import os, sys
from pathlib import Path
from lantian.indicators.snapshots import Snapshots
from lantian.lake.tables import Table
from tests.indicators.test_snapshots import move_sites

replace = Table.replace
def die(self, *given, **named):
    if sys.argv[2] == "after":
        replace(self, *given, **named)
    os.kill(os.getpid(), 9)
Table.replace = die
move_sites(Path(sys.argv[1]) / "killed", Snapshots(Path(sys.argv[1]) / "lake"), 2)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_move_that_is_killed_is_done_or_not(packs: Indicators, tmp_path: Path, when: str) -> None:
    snapshots = Snapshots(tmp_path / "lake")
    snapshots.append(register(packs, "site"), [site("A", size="1"), site("B", size="2", floors="3")], 1)
    command = [sys.executable, "-c", _KILLED_MOVE, str(tmp_path), when]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False)
    assert done.returncode == -9, done.stderr.decode()
    assert snapshots.last("site") == (1 if when == "before" else 2)
    if when == "before":
        assert [row["size"] for row in seen(tmp_path / "lake", packs, "site")] == [1, 2]
    later = move_sites(tmp_path / "again", snapshots, 2)
    told = [(row["hectares"], row["storeys"]) for row in seen(tmp_path / "lake", later, "site")]
    assert told == [(1, None), (2, "3")]
    assert snapshots.last("site") == 2


def test_personal_fields_are_masked(packs: Indicators, tmp_path: Path) -> None:
    Snapshots(tmp_path).append(register(packs, "site"), [site("A", phone="13800000000")], 1)
    assert [row["phone"] for row in seen(tmp_path, packs, "site", masked=True)] == [None]
    assert [row["phone"] for row in seen(tmp_path, packs, "site")] == ["13800000000"]


def test_lake_of_registers_alone_is_a_lake(packs: Indicators, tmp_path: Path) -> None:
    from lantian.lake import Lake

    Snapshots(tmp_path).append(register(packs, "site"), [site("A")], 1)
    assert Lake(tmp_path).exists() is False  # nothing observed, and nothing strange either
    assert Snapshots(tmp_path).names() == ["site"]
    assert Lake(tmp_path).compact().deleted == 0
    assert Snapshots(tmp_path).vacuum() == 0

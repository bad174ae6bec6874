"""Our own reading of a table's log gives what deltalake gives, or leaves it to deltalake."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from lantian.lake import Lake, LakeError, log
from lantian.lake.tables import DataFile, Table
from tests.lake.invented import NOON, row, table
from tests.lake.test_hours import NEW_YEAR


def known(files: list[DataFile]) -> list[tuple[object, ...]]:
    """Every file's facts, bounds that are not known left out, in the order of paths."""
    return sorted(
        (
            item.relative,
            item.path,
            item.size,
            item.rows,
            tuple(sorted(item.partition.items())),
            tuple((name, value) for name, value in sorted(item.low.items()) if value is not None),
            tuple((name, value) for name, value in sorted(item.high.items()) if value is not None),
        )
        for item in files
    )


def same(table: Table) -> int:
    """How many files both say that the table has; what we read is no fallback."""
    assert log.adds(table.folder) is not None
    ours, theirs = known(table.newest()), known(table.files(table.open()))
    assert ours == theirs
    return len(ours)


def filled(root: Path, commits: int = 4) -> Lake:
    lake = Lake(root)
    for number in range(commits):
        lake.append(table([row(float(number), time=NOON + timedelta(days=number % 3, seconds=number))]))
    return lake


def test_commits_and_what_compaction_removed(tmp_path: Path):
    lake = filled(tmp_path)
    assert same(lake.table("raw")) == 4
    lake.compact()
    assert same(lake.table("raw")) == 3
    lake.write_hours(["云溪一中"], "PM2.5", NEW_YEAR, np.full((1, 48), 7.0))
    lake.write_hours(["云溪一中"], "PM2.5", NEW_YEAR, np.full((1, 48), 8.0), by="王工")
    for name in ("hours", "series", "correction"):
        assert same(lake.table(name)) >= 1


def test_a_checkpoint_stands_for_the_commits_before_it(tmp_path: Path):
    lake = filled(tmp_path)
    lake.compact()
    raw = lake.table("raw")
    raw.for_writing().create_checkpoint()
    for commit in (tmp_path / "raw" / log.LOG).glob("*.json"):
        if commit.stem.isdigit() and int(commit.stem) < raw.version():
            commit.unlink()
    assert same(raw) == 3
    lake.append(table([row(9.0, time=NOON + timedelta(days=5))]))
    assert same(raw) == 4


def test_no_table_has_no_files(tmp_path: Path):
    assert log.adds(tmp_path) is None
    assert Lake(tmp_path).table("raw").newest() == []


@pytest.mark.parametrize(
    "odd",
    [
        {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7}},
        {"add": {"path": "a%20b", "size": 1, "partitionValues": {}, "stats": None}},
        {"add": {"path": "a", "size": 1, "partitionValues": {}, "stats": None, "deletionVector": {"storageType": "u"}}},
        {"sidecar": {"path": "x"}},
        {"add": {"size": 1}},
        ["no object"],
    ],
)
def test_what_is_not_plain_is_left_to_deltalake(tmp_path: Path, odd: object):
    raw = filled(tmp_path).table("raw")
    folder = tmp_path / "raw" / log.LOG
    (folder / f"{raw.version() + 1:020}.json").write_text(json.dumps(odd) + "\n", encoding="utf-8")
    with pytest.raises(log.NotPlain):
        log.adds(raw.folder)


@pytest.mark.parametrize(
    "pointer", ['{"version": 2, "parts": 3}', '{"version": 2, "v2Checkpoint": {"path": "x"}}', "{"]
)
def test_checkpoints_of_another_form_are_left_to_deltalake(tmp_path: Path, pointer: str):
    raw = filled(tmp_path).table("raw")
    (tmp_path / "raw" / log.LOG / "_last_checkpoint").write_text(pointer, encoding="utf-8")
    with pytest.raises(log.NotPlain):
        log.adds(raw.folder)


def test_a_lost_or_empty_commit_is_damage_as_before(tmp_path: Path):
    raw = filled(tmp_path).table("raw")
    commits = sorted((tmp_path / "raw" / log.LOG).glob("*.json"))
    content = commits[2].read_bytes()
    commits[2].write_bytes(b"")
    with pytest.raises(log.NotPlain):
        log.adds(raw.folder)
    commits[2].unlink()
    with pytest.raises(LakeError, match="raw"):
        raw.newest()
    commits[2].write_bytes(content)
    assert same(raw) == 4


def test_reading_hours_imports_no_more_than_it_needs(tmp_path: Path):
    """Start-up is a feature: each of these takes as long to import as a year of statistics takes to compute."""
    days = np.full((1, 24 * 365), 7.0)
    Lake(tmp_path).write_hours(["云溪一中"], "PM2.5", NEW_YEAR, days, unit="µg/m³", source="测试")
    code = (
        "import sys; from lantian.cli.main import main; "
        "code = main(['stats', 'annual', '--standard', 'gb3095-2012', '--lake', sys.argv[1]]); "
        "print(code, sorted({'pandas', 'pyarrow.compute', 'pyarrow.dataset', 'deltalake', 'duckdb', 'django', "
        "'concurrent.futures'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    assert len(done.stdout.splitlines()) > 2
